import Events
import Experience
import Stories

/// Judges units at the ends of intervals.
public struct SegmentsFold: TraceableFold {
  let question: SegmentsQuestion
  let calendar: LocalCalendar

  /// The conditions, compiled, and the moments.
  public struct Plan: Sendable {
    /// By segment of the stories, then of the question; nil of saved sets.
    let rules: [[StoryRule?]]
    /// By segment: whether the condition changes with events alone, never with time.
    let areTimeless: [Bool]
    /// What the intervals are called.
    let names: [String]
    /// The first moment of each, and of the one after the last.
    let starts: [Instant]
    /// The moment before the first interval, then the end of each; ascending.
    let moments: [Int64]
    let watermark: Int64
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    /// By moment, then segment.
    var sizes: [Int]
    var entering: [Int]
    var leaving: [Int]
    /// By segment, then segment: units of both at the last moment.
    var both: [Int]
    /// By moment: units whose story has begun.
    var known: [Int]
    /// Units whose story begins after the last moment.
    var later = 0
  }

  /// A count: of a segment at a moment, or of two at the last.
  public enum Cell: Sendable {
    case size(Int)
    case both(Int)
  }

  /// Compiles the conditions and lays the intervals.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    try question.validate()
    var rules: [[StoryRule?]] = []
    for segment in stories.segments {
      var compiled: [StoryRule?] = []
      for population in question.segments {
        compiled.append(
          try population.rule.map { rule throws(Refusal) in
            try StoryRule(rule, of: segment, names: stories.names)
          })
      }
      rules.append(compiled)
    }
    let timeless = question.segments.map { $0.rule?.isTimeless ?? true }
    let range = question.scope.milliseconds
    let watermark = stories.watermark?.milliseconds ?? .min / 4
    guard let reach = ActivityReach(of: stories, within: range) else {
      return Plan(
        rules: rules, areTimeless: timeless, names: [], starts: [], moments: [],
        watermark: watermark)
    }
    let starts = calendar.starts(
      of: question.interval, from: Instant(milliseconds: reach.first),
      through: Instant(milliseconds: reach.last), limit: SegmentsQuestion.mostIntervals)
    guard let starts else {
      throw Refusal(
        "segments.interval",
        problem: "The range has more than \(SegmentsQuestion.mostIntervals) intervals of one "
          + "\(question.interval.rawValue).",
        remedy: "Take a longer interval or a shorter range.")
    }
    return Plan(
      rules: rules, areTimeless: timeless,
      names: starts.dropLast().map { calendar.name(of: question.interval, at: $0) },
      starts: starts,
      moments: starts.map { min(max($0.milliseconds, range.lowerBound), reach.last + 1) },
      watermark: watermark)
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    let segments = question.segments.count
    let zeros = [Int](repeating: 0, count: plan.moments.count * segments)
    return Partial(
      sizes: zeros, entering: zeros, leaving: zeros,
      both: Array(repeating: 0, count: segments * segments),
      known: Array(repeating: 0, count: plan.moments.count))
  }

  /// Judges the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let stored = stories.segments[index]
    let (rules, segments) = (plan.rules[index], question.segments.count)
    for customer in customers {
      let story = stored.rows(of: customer)
      var saved: UInt64 = 0
      for (segment, population) in question.segments.enumerated() {
        guard case .saved(_, let keys) = population else { continue }
        if keys.contains(sorted: stored.customers[customer]) { saved |= 1 << UInt64(segment) }
      }
      var row = story.lowerBound
      var judged = -1
      var members: UInt64 = 0
      for (position, moment) in plan.moments.enumerated() {
        while row < story.upperBound, stored.times[row] < moment { row += 1 }
        let before = members
        if row > story.lowerBound {
          partial.known[position] += 1
          for segment in 0..<segments where judged != row || !plan.areTimeless[segment] {
            let holds =
              rules[segment]?.holds(story: story, before: row, at: moment)
              ?? (saved >> UInt64(segment) & 1 == 1)
            members = members & ~(1 << UInt64(segment)) | (holds ? 1 : 0) << UInt64(segment)
          }
          judged = row
        }
        partial.add(members, before, at: position, segments: segments)
      }
      if row == story.lowerBound { partial.later += 1 }
      partial.add(overlapsOf: members, segments: segments)
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for cell in partial.sizes.indices {
      partial.sizes[cell] += later.sizes[cell]
      partial.entering[cell] += later.entering[cell]
      partial.leaving[cell] += later.leaving[cell]
    }
    for pair in partial.both.indices { partial.both[pair] += later.both[pair] }
    for moment in partial.known.indices { partial.known[moment] += later.known[moment] }
    partial.later += later.later
  }

  /// Finds a segment at an interval's end; with `and`, it and another at the last one's.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    let columns = ["interval", "segment", "and"]
    func segment(_ name: String, _ column: String) throws(Refusal) -> Int {
      guard let position = question.segments.firstIndex(where: { $0.name == name }) else {
        throw AnswerRowKey.unknown(column, name)
      }
      return position
    }
    let name = try row.value("interval", of: columns)
    let first = try segment(try row.value("segment", of: columns), "segment")
    guard let interval = plan.names.firstIndex(of: name) else {
      throw AnswerRowKey.unknown("interval", name)
    }
    guard let other = row.values["and"], !other.isEmpty else {
      return .size((interval + 1) * question.segments.count + first)
    }
    guard interval == plan.names.count - 1 else { throw AnswerRowKey.unknown("interval", name) }
    return .both(first * question.segments.count + (try segment(other, "and")))
  }

  /// How many units are there.
  public func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    switch cell {
    case .size(let place): partial.sizes[place]
    case .both(let pair): partial.both[pair]
    }
  }
}

extension SegmentsFold.Partial {
  /// Counts a unit at a moment; its segments, and those that it was in before, are bits.
  fileprivate mutating func add(
    _ members: UInt64, _ before: UInt64, at moment: Int, segments: Int
  ) {
    var either = members | before
    while either != 0 {
      let segment = either.trailingZeroBitCount
      either &= either - 1
      let bit = UInt64(1) << UInt64(segment)
      let cell = moment * segments + segment
      if members & bit != 0 { sizes[cell] += 1 }
      if members & ~before & bit != 0 { entering[cell] += 1 }
      if before & ~members & bit != 0 { leaving[cell] += 1 }
    }
  }

  fileprivate mutating func add(overlapsOf members: UInt64, segments: Int) {
    for first in 0..<segments where members >> UInt64(first) & 1 == 1 {
      for second in 0..<segments where members >> UInt64(second) & 1 == 1 {
        both[first * segments + second] += 1
      }
    }
  }
}

extension Expression {
  /// Whether what it says of a story changes with events alone, never with time.
  var isTimeless: Bool {
    switch self {
    case .string, .number, .boolean, .span, .event, .property, .trait: true
    case .count(_, let span), .sum(_, _, let span): span == nil
    case .since, .age: false
    case .has(let part), .not(let part), .negative(let part): part.isTimeless
    case .binary(_, let left, let right), .text(_, let left, let right):
      left.isTimeless && right.isTimeless
    case .isOneOf(let part, let list): part.isTimeless && list.allSatisfy(\.isTimeless)
    case .isBetween(let first, let second, let third),
      .conditional(let first, let second, let third):
      first.isTimeless && second.isTimeless && third.isTimeless
    }
  }
}
