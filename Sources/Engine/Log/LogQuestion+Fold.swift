import Events
import Statistics
import Stories

extension LogQuestion: Fold {
  /// Which code is counted under which position.
  public struct Plan: Sendable {
    /// The names, most events first; the last may stand for all others.
    var names: [String]
    /// By code; `skipped` where events of the name are left out.
    var position: [UInt16]

    static let skipped = UInt16.max
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    struct Name: Sendable {
      var events = 0
      var customers = 0
      var first = Int64.max
      var last = Int64.min
      var positions = 0.0
      /// The last customer that had one, so that each counts once.
      var latest = -1
    }

    struct Pair: Sendable {
      var transitions = 0
      var customers = 0
      var gaps: [Int64] = []
      var latest = -1
    }

    var names: [Name]
    /// By from × names + to: the place in `pairs` from 1, 0 where the pair has not occurred.
    var places: [UInt32]
    var pairs: [Pair] = []
    var precedes: [Int]
    var variants: [[UInt16]: Int] = [:]
    var customers = 0

    // Room for one story
    var story: [UInt16] = []
    var met: [UInt16] = []
  }

  /// Ranks the names by their events.
  public func plan(for stories: Stories) -> Plan {
    let counts = stories.eventsByCode
    let wanted = stories.names.names.enumerated().filter { code, name in
      counts[code] > 0 && (names.isEmpty || names.contains(name))
    }.sorted { (counts[$1.offset], $0.element) < (counts[$0.offset], $1.element) }
    var plan = Plan(
      names: wanted.prefix(Self.mostNames).map(\.element),
      position: Array(repeating: Plan.skipped, count: counts.count))
    for (rank, name) in wanted.enumerated() {
      plan.position[name.offset] = UInt16(min(rank, Self.mostNames))
    }
    if wanted.count > Self.mostNames { plan.names.append(LogOverview.others) }
    return plan
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    let count = plan.names.count
    return Partial(
      names: Array(repeating: .init(), count: count),
      places: Array(repeating: 0, count: count * count),
      precedes: Array(repeating: 0, count: count * count))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    for customer in customers {
      visit(segment.rows(of: customer), of: segment, by: plan, into: &partial)
    }
  }

  private func visit(
    _ rows: Range<Int>, of segment: StorySegment, by plan: Plan, into partial: inout Partial
  ) {
    let count = plan.names.count
    let customer = partial.customers
    partial.story.removeAll(keepingCapacity: true)
    partial.met.removeAll(keepingCapacity: true)
    let length = rows.reduce(0) {
      $0 + (plan.position[Int(segment.codes[$1])] == Plan.skipped ? 0 : 1)
    }
    guard length > 0 else { return }
    var place = 0
    var previousTime = Int64.min
    for row in rows {
      let name = plan.position[Int(segment.codes[row])]
      guard name != Plan.skipped else { continue }
      let time = segment.times[row]
      let position = length == 1 ? 0.5 : Double(place) / Double(length - 1)
      place += 1
      if partial.names[Int(name)].note(time, position, of: customer) { partial.met.append(name) }
      if let previous = partial.story.last {
        if runs == .collapsed, previous == name { continue }
        let cell = Int(previous) * count + Int(name)
        if partial.places[cell] == 0 {
          partial.pairs.append(.init())
          partial.places[cell] = UInt32(partial.pairs.count)
        }
        partial.pairs[Int(partial.places[cell]) - 1].note(
          gaps == .measured ? time - previousTime : nil, of: customer)
      }
      partial.story.append(name)
      previousTime = time
    }
    for (position, first) in partial.met.enumerated() {
      for later in partial.met[(position + 1)...] {
        partial.precedes[Int(first) * count + Int(later)] += 1
      }
    }
    partial.variants[partial.story, default: 0] += 1
    partial.customers += 1
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for (index, name) in later.names.enumerated() { partial.names[index].add(name) }
    for (cell, place) in later.places.enumerated() where place > 0 {
      if partial.places[cell] == 0 {
        partial.pairs.append(.init())
        partial.places[cell] = UInt32(partial.pairs.count)
      }
      partial.pairs[Int(partial.places[cell]) - 1].add(later.pairs[Int(place) - 1])
    }
    for (cell, count) in later.precedes.enumerated() { partial.precedes[cell] += count }
    partial.variants.merge(later.variants) { $0 + $1 }
    partial.customers += later.customers
  }

  /// Makes means and quantiles, and ranks.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> LogOverview {
    let count = plan.names.count
    var follows: [LogOverview.Follow] = []
    for (cell, place) in partial.places.enumerated() where place > 0 {
      var pair = partial.pairs[Int(place) - 1]
      follows.append(
        .init(
          from: plan.names[cell / count], to: plan.names[cell % count],
          transitions: pair.transitions, customers: pair.customers,
          medianGap: quantile(0.5, of: &pair.gaps), p95Gap: quantile(0.95, of: &pair.gaps)))
    }
    follows.sort { ($1.transitions, $0.from, $0.to) < ($0.transitions, $1.from, $1.to) }
    let variants = partial.variants.sorted {
      $0.value == $1.value ? $0.key.lexicographicallyPrecedes($1.key) : $0.value > $1.value
    }
    return LogOverview(
      events: partial.names.reduce(0) { $0 + $1.events }, customers: partial.customers,
      names: zip(plan.names, partial.names).map { name, figures in
        LogOverview.Name(
          name: name, events: figures.events, customers: figures.customers,
          first: Instant(milliseconds: figures.first), last: Instant(milliseconds: figures.last),
          meanPosition: figures.positions / Double(max(1, figures.events)))
      },
      follows: follows,
      variants: variants.prefix(max(0, self.variants)).map { sequence, customers in
        LogOverview.Variant(names: sequence.map { plan.names[Int($0)] }, customers: customers)
      },
      variantCount: variants.count,
      precedes: (0..<count).map { Array(partial.precedes[($0 * count)..<(($0 + 1) * count)]) })
  }
}

extension LogQuestion.Partial.Name {
  /// Counts an event; whether it is the customer's first of this name.
  fileprivate mutating func note(_ time: Int64, _ position: Double, of customer: Int) -> Bool {
    events += 1
    first = min(first, time)
    last = max(last, time)
    positions += position
    guard latest != customer else { return false }
    latest = customer
    customers += 1
    return true
  }

  fileprivate mutating func add(_ other: Self) {
    events += other.events
    customers += other.customers
    first = min(first, other.first)
    last = max(last, other.last)
    positions += other.positions
  }
}

extension LogQuestion.Partial.Pair {
  fileprivate mutating func note(_ gap: Int64?, of customer: Int) {
    transitions += 1
    if let gap { gaps.append(gap) }
    if latest != customer {
      latest = customer
      customers += 1
    }
  }

  fileprivate mutating func add(_ other: Self) {
    transitions += other.transitions
    customers += other.customers
    gaps += other.gaps
  }
}
