import Events
import Experience
import Stories

/// Asks what a log looks like, in the counts that a proposal or a check of an experience needs.
public struct SummaryQuestion: Sendable {
  /// Touchpoints whose matches are counted; empty: none are.
  public var touchpoints: [Touchpoint]
  /// Names that are looked at however rare they are, as far as they were seen.
  public var mentioned: Set<String>

  /// Makes a question; with an experience, one for checking it.
  public init(checking experience: Experience? = nil) {
    touchpoints = experience?.touchpoints ?? []
    mentioned = []
    guard let experience else { return }
    var rules: [Expression?] = experience.segments.map(\.rule)
    for touchpoint in touchpoints {
      rules += [touchpoint.rule, touchpoint.value, touchpoint.score]
    }
    rules += experience.personas.map(\.rule)
    rules += experience.journeys.map(\.audience)
    for rule in rules.compactMap(\.self) { mentioned.formUnion(rule.namedEvents) }
  }

  /// How many names are told apart beside those that are mentioned: pairs are counted in a table.
  public static let mostNames = 256
}

extension SummaryQuestion: Fold {
  /// What is worked out over whole columns.
  public struct Plan: Sendable {
    var names: [String] = []
    /// By code: the position in `names`, or `skipped`.
    var position: [UInt16]
    var channels: [[String: Int]] = []
    var numbers: [[String: Int]] = []
    /// By property whose values are all of a lifecycle, then value: how many events of each name.
    var lifecycles: [String: [String: [Int]]] = [:]
    var properties: Set<String> = []
    var tables: [TouchpointTable] = []
    var touchpoints: [String] = []

    static let skipped = UInt16.max
  }

  /// What a section has counted, by name.
  public struct Partial: Sendable {
    var events: [Int]
    var customers: [Int]
    var positions: [Double]
    var firstOf: [Int]
    var lastOf: [Int]
    var fromStart: [[Int64]]
    /// By name × names + name.
    var precedes: [Int]
    var matches: [Int]
    var stories = 0
    var first = Int64.max
    var last = Int64.min
    var met: [UInt16] = []
    var metIn: [Int]
  }

  /// Ranks the names and looks through the columns of properties.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    var plan = Plan(position: Array(repeating: Plan.skipped, count: stories.names.names.count))
    let counts = stories.eventsByCode
    let seen = stories.names.names.enumerated()
      .filter { counts[$0.offset] > 0 && !$0.element.hasPrefix("$") }
      .sorted { (counts[$1.offset], $0.element) < (counts[$0.offset], $1.element) }
    for (rank, name) in seen.enumerated()
    where rank < Self.mostNames || mentioned.contains(name.element) {
      plan.position[name.offset] = UInt16(plan.names.count)
      plan.names.append(name.element)
    }
    plan.channels = Array(repeating: [:], count: plan.names.count)
    plan.numbers = plan.channels
    for segment in stories.segments {
      plan.add(segment)
      guard !touchpoints.isEmpty else { continue }
      plan.tables.append(try TouchpointTable(touchpoints, of: segment, names: stories.names))
    }
    plan.touchpoints = touchpoints.map(\.name)
    return plan
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    let zeros = [Int](repeating: 0, count: plan.names.count)
    return Partial(
      events: zeros, customers: zeros, positions: zeros.map(Double.init), firstOf: zeros,
      lastOf: zeros, fromStart: zeros.map { _ in [] },
      precedes: Array(repeating: 0, count: zeros.count * zeros.count),
      matches: Array(repeating: 0, count: plan.touchpoints.count),
      metIn: zeros.map { _ in -1 })
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    for customer in customers {
      let rows = segment.rows(of: customer)
      partial.add(rows, of: segment, by: plan)
      guard !plan.tables.isEmpty else { continue }
      for row in rows {
        let touchpoint = plan.tables[index].touchpoint(at: row)
        if touchpoint != TouchpointTable.none { partial.matches[Int(touchpoint)] += 1 }
      }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for name in partial.events.indices {
      partial.events[name] += later.events[name]
      partial.customers[name] += later.customers[name]
      partial.positions[name] += later.positions[name]
      partial.firstOf[name] += later.firstOf[name]
      partial.lastOf[name] += later.lastOf[name]
      partial.fromStart[name] += later.fromStart[name]
    }
    for pair in partial.precedes.indices { partial.precedes[pair] += later.precedes[pair] }
    for match in partial.matches.indices { partial.matches[match] += later.matches[match] }
    partial.stories += later.stories
    partial.first = min(partial.first, later.first)
    partial.last = max(partial.last, later.last)
  }
}

extension SummaryQuestion.Plan {
  /// Counts the values of a property that says how far an activity has come.
  private mutating func addLifecycle(_ column: PropertyColumn, _ segment: StorySegment) {
    let words = LogSummary.lifecycleWords
    guard column.kind == .string, column.dictionary.count <= words.count else { return }
    let values = (0..<column.dictionary.count).map { column.dictionary[$0] }
    guard values.allSatisfy({ words.contains($0.lowercased()) }) else { return }
    let zeros = [Int](repeating: 0, count: names.count)
    var counts = [[Int]](repeating: zeros, count: values.count + 1)
    for row in column.rows.map({ $0.map(Int.init) }) ?? Array(0..<segment.count) {
      let name = position[Int(segment.codes[row])]
      if name != Self.skipped { counts[column.code(at: row)][Int(name)] += 1 }
    }
    for (value, counts) in zip(values, counts.dropFirst()) {
      let known = lifecycles[column.name, default: [:]][value] ?? zeros
      lifecycles[column.name, default: [:]][value] = zip(known, counts).map(+)
    }
  }

  /// Counts which channels and numbers each name's events have.
  fileprivate mutating func add(_ segment: StorySegment) {
    for column in segment.properties {
      properties.insert(column.name)
      addLifecycle(column, segment)
      guard column.kind == .number || column.name == "channel" && column.kind == .string else {
        continue
      }
      let rows = column.rows.map { $0.map(Int.init) } ?? Array(0..<segment.count)
      var counts: [Int: Int] = [:]
      for row in rows {
        let name = position[Int(segment.codes[row])]
        let code =
          column.kind == .number ? (column.number(at: row) == nil ? 0 : 1) : column.code(at: row)
        guard name != Self.skipped, code > 0 else { continue }
        counts[Int(name) << 32 | code, default: 0] += 1
      }
      for (key, count) in counts {
        let (name, code) = (key >> 32, key & 0xFFFF_FFFF)
        if column.kind == .number {
          numbers[name][column.name, default: 0] += count
        } else {
          channels[name][column.dictionary[code - 1], default: 0] += count
        }
      }
    }
  }
}

extension SummaryQuestion.Partial {
  fileprivate mutating func add(
    _ rows: Range<Int>, of segment: StorySegment, by plan: SummaryQuestion.Plan
  ) {
    let skipped = SummaryQuestion.Plan.skipped
    let length = rows.count { plan.position[Int(segment.codes[$0])] != skipped }
    guard length > 0 else { return }
    met.removeAll(keepingCapacity: true)
    var place = 0
    var start = Int64.min
    var name = skipped
    for row in rows {
      let position = plan.position[Int(segment.codes[row])]
      guard position != skipped else { continue }
      name = position
      let time = segment.times[row]
      if place == 0 {
        start = time
        firstOf[Int(name)] += 1
      }
      events[Int(name)] += 1
      positions[Int(name)] += length == 1 ? 0 : Double(place) / Double(length - 1)
      if metIn[Int(name)] != stories {
        metIn[Int(name)] = stories
        customers[Int(name)] += 1
        fromStart[Int(name)].append(time - start)
        met.append(name)
      }
      place += 1
      (first, last) = (min(first, time), max(last, time))
    }
    lastOf[Int(name)] += 1
    for (index, before) in met.enumerated() {
      for after in met[(index + 1)...] { precedes[Int(before) * events.count + Int(after)] += 1 }
    }
    stories += 1
  }
}
