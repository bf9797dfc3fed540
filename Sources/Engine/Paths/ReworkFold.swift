import Events
import Experience
import Statistics
import Stories

/// Counts what is repeated.
///
/// Memory: 12 bytes for each pair of names and section, and 12 for each customer and name that is repeated.
public struct ReworkFold: TraceableFold {
  let question: ReworkQuestion
  let touchpoints: [Touchpoint]

  /// What is worked out once.
  public struct Plan: Sendable {
    let names: PathNames
    /// By segment; empty where everybody counts.
    let populations: [StoryRule]
  }

  /// A name, or a loop from one name by another, as the position of the pair.
  public enum Cell: Sendable { case name(Int), loop(Int) }

  /// Numbers the names and compiles the condition.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    try question.validate()
    let table = try NamingTable(
      question.naming, only: question.only, of: stories, touchpoints: touchpoints,
      most: ReworkQuestion.mostNames, order: .any)
    try table.check(most: ReworkQuestion.mostNames)
    var populations: [StoryRule] = []
    if let rule = question.scope.population?.rule {
      for segment in stories.segments {
        populations.append(try StoryRule(rule, of: segment, names: stories.names))
      }
    }
    return Plan(names: PathNames(table, of: stories), populations: populations)
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> ReworkCounts { ReworkCounts(names: plan.names.names.count) }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout ReworkCounts
  ) {
    let segment = stories.segments[index]
    let population = plan.populations.isEmpty ? nil : plan.populations[index]
    let range = question.scope.bounds
    for customer in customers {
      let story = segment.rows(of: customer)
      let rows = segment.rows(of: customer, in: range)
      plan.names.read(
        index, of: segment,
        byCode: { partial.add(rows, of: story, segment, $0, population) },
        byRow: { partial.add(rows, of: story, segment, $0, population) })
    }
  }

  /// Adds up.
  public func merge(_ later: consuming ReworkCounts, into partial: inout ReworkCounts) {
    partial.add(later)
  }

  /// Makes shares and medians, and ranks.
  public func finish(_ partial: consuming ReworkCounts, by plan: Plan) -> Rework {
    let names = plan.names.names
    var times = [[Int64]](repeating: [], count: names.count)
    for (name, time) in zip(partial.timed, partial.times) { times[Int(name)].append(time) }
    var rows: [Rework.Name] = []
    for (position, name) in partial.names.enumerated() where name.events > 0 {
      let repeats = name.events - name.customers
      let total = times[position].reduce(0.0) { $0 + Double($1) }
      rows.append(
        Rework.Name(
          name: names[position], events: name.events, customers: name.customers,
          again: name.again, share: .share(name.again, of: name.customers), repeats: repeats,
          selfLoops: name.selfLoops, repetitions: name.repetitions,
          meanRepeats: name.again == 0 ? nil : Double(repeats) / Double(name.again),
          time: .median(of: &times[position]), totalTime: total))
    }
    // Both are in the order of their names before, and the sort is stable.
    rows.sort { $0.repeats > $1.repeats }
    var loops: [Rework.Loop] = []
    for (position, loop) in partial.loops.enumerated() where loop.count > 0 {
      loops.append(
        Rework.Loop(
          name: names[position / names.count], by: names[position % names.count],
          loops: Int(loop.count), customers: Int(loop.customers)))
    }
    loops.sort { $0.loops > $1.loops }
    return Rework(
      tally: AnswerTally(
        counted: partial.counted,
        excluded: [
          .init(reason: "no such event in the range", count: partial.withoutEvents),
          .init(reason: "not of the population", count: partial.outside),
        ]), again: partial.again, names: rows, loops: Array(loops.prefix(question.limit)))
  }

  /// The name or loop of a row.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    let text = try row.value("what", of: ["what"])
    if let name = plan.names.names.firstIndex(of: text) { return .name(name) }
    let way = try plan.names.way(of: text, column: "what")
    guard way.count == 3, way[0] == way[2] else { throw AnswerRowKey.unknown("what", text) }
    return .loop(Int(way[0]) * plan.names.names.count + Int(way[1]))
  }

  /// The customers with repeats of the name, or with the loop.
  public func count(at cell: Cell, in partial: borrowing ReworkCounts) -> Int {
    switch cell {
    case .name(let name): partial.names[name].again
    case .loop(let loop): Int(partial.loops[loop].customers)
    }
  }
}

/// What a section has counted of rework.
public struct ReworkCounts: Sendable {
  struct Name: Sendable {
    var events = 0
    var customers = 0
    var again = 0
    var selfLoops = 0
    var repetitions = 0
    // Of the customer at hand
    var latest = 0
    var own = 0
    var first: Int64 = 0
    var last: Int64 = 0
  }

  struct Loop: Sendable {
    var count: UInt32 = 0
    var customers: UInt32 = 0
    var latest: UInt32 = 0
  }

  private(set) var names: [Name]
  /// By name × names + the name between.
  private(set) var loops: [Loop]
  private(set) var times: [Int64] = []
  private(set) var timed: [UInt16] = []
  private(set) var counted = 0
  private(set) var again = 0
  private(set) var withoutEvents = 0
  private(set) var outside = 0
  private var met: [UInt16] = []

  init(names: Int) {
    self.names = Array(repeating: Name(), count: names)
    loops = Array(repeating: Loop(), count: names * names)
  }

  /// Counts a customer's events.
  fileprivate mutating func add(
    _ rows: Range<Int>, of story: Range<Int>, _ segment: StorySegment, _ reader: some RowNames,
    _ population: StoryRule?
  ) {
    let skipped = NamingTable.skipped
    guard let first = rows.first(where: { reader.number($0) != skipped }) else {
      withoutEvents += 1
      return
    }
    guard population?.holds(story: story, before: first, at: segment.times[first]) ?? true else {
      outside += 1
      return
    }
    counted += 1
    met.removeAll(keepingCapacity: true)
    // The stay at hand and the one before it.
    var (stay, before) = (skipped, skipped)
    var isLong = false
    for row in first..<rows.upperBound {
      let name = reader.number(row)
      guard name != skipped else { continue }
      let isKnown = note(name, segment.times[row])
      if name == stay {
        if !isLong { names[Int(name)].selfLoops += 1 }
        isLong = true
        continue
      }
      if isKnown { names[Int(name)].repetitions += 1 }
      if name == before { noteLoop(Int(name) * names.count + Int(stay)) }
      (before, stay, isLong) = (stay, name, false)
    }
    var isAgain = false
    for name in met where names[Int(name)].own > 1 {
      names[Int(name)].again += 1
      times.append(names[Int(name)].last &- names[Int(name)].first)
      timed.append(name)
      isAgain = true
    }
    if isAgain { again += 1 }
  }

  /// Counts an event; whether the customer had one of the name before.
  private mutating func note(_ name: UInt16, _ time: Int64) -> Bool {
    let isKnown = names[Int(name)].latest == counted
    if !isKnown {
      names[Int(name)].latest = counted
      names[Int(name)].customers += 1
      names[Int(name)].own = 0
      names[Int(name)].first = time
      met.append(name)
    }
    names[Int(name)].events += 1
    names[Int(name)].own += 1
    names[Int(name)].last = time
    return isKnown
  }

  private mutating func noteLoop(_ pair: Int) {
    loops[pair].count += 1
    guard loops[pair].latest != UInt32(counted) else { return }
    loops[pair].latest = UInt32(counted)
    loops[pair].customers += 1
  }

  /// Adds another section's counts.
  fileprivate mutating func add(_ other: ReworkCounts) {
    for name in names.indices {
      names[name].events += other.names[name].events
      names[name].customers += other.names[name].customers
      names[name].again += other.names[name].again
      names[name].selfLoops += other.names[name].selfLoops
      names[name].repetitions += other.names[name].repetitions
    }
    for loop in loops.indices {
      loops[loop].count += other.loops[loop].count
      loops[loop].customers += other.loops[loop].customers
    }
    times += other.times
    timed += other.timed
    counted += other.counted
    again += other.again
    withoutEvents += other.withoutEvents
    outside += other.outside
  }
}
