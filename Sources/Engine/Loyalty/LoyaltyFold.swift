import Events
import Experience
import Statistics
import Stories

/// Counts what customers of each group do after their event.
public struct LoyaltyFold: TraceableFold {
  let question: LoyaltyQuestion
  /// Those by which something is new; none where nothing is asked of them.
  let touchpoints: [Touchpoint]

  /// The question, compiled for all segments.
  public struct Plan: Sendable {
    let segments: [LoyaltyTable]
    /// Until when something may have followed.
    let watermark: Int64
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    /// By group: customers whose span has passed, and others.
    var passed: [Int]
    var open: [Int]
    /// By group × outcomes + outcome: who did it.
    var did: [Int]
    var offScale = 0
  }

  /// Compiles the question.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    var segments: [LoyaltyTable] = []
    for segment in stories.segments {
      segments.append(try LoyaltyTable(question, touchpoints, of: segment, names: stories.names))
    }
    return Plan(segments: segments, watermark: stories.watermark?.milliseconds ?? 0)
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    let none = question.groups.map { _ in 0 }
    return Partial(
      passed: none, open: none,
      did: Array(repeating: 0, count: none.count * question.outcomes.count))
  }

  /// Counts customers.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let (segment, table, range) = (
      stories.segments[index], plan.segments[index], question.scope.milliseconds
    )
    for customer in customers {
      let story = segment.rows(of: customer)
      var group: Int?
      var first = story.lowerBound
      var isOff = false
      while first < story.upperBound, segment.times[first] < range.upperBound, group == nil {
        if segment.times[first] >= range.lowerBound, table.event.contains(first) {
          group = table.group(at: first, of: story)
          if group == nil { isOff = true }
        }
        first += 1
      }
      guard let group else {
        if isOff { partial.offScale += 1 }
        continue
      }
      let end = segment.times[first - 1] + question.within.milliseconds
      guard end <= plan.watermark else {
        partial.open[group] += 1
        continue
      }
      partial.passed[group] += 1
      for outcome in question.outcomes.indices
      where table.happens(outcome, after: first - 1, of: story, until: end) {
        partial.did[group * question.outcomes.count + outcome] += 1
      }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for group in partial.passed.indices {
      partial.passed[group] += later.passed[group]
      partial.open[group] += later.open[group]
    }
    for place in partial.did.indices { partial.did[place] += later.did[place] }
    partial.offScale += later.offScale
  }

  /// Makes shares, and differences from the last group.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Loyalty {
    Loyalty(question, partial)
  }

  /// An outcome of a group.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Int {
    let columns = ["outcome", "group"]
    let name = try row.value("outcome", of: columns)
    guard let outcome = question.outcomes.firstIndex(where: { $0.name == name }) else {
      throw AnswerRowKey.unknown("outcome", name)
    }
    let called = try row.value("group", of: columns)
    guard let group = question.groups.firstIndex(of: called) else {
      throw AnswerRowKey.unknown("group", called)
    }
    return group * question.outcomes.count + outcome
  }

  /// Who of the group did it.
  public func count(at cell: Int, in partial: borrowing Partial) -> Int { partial.did[cell] }
}

/// A question about loyalty, compiled for one segment.
struct LoyaltyTable: Sendable {
  let event: ActivityRule
  private let split: Split
  private let outcomes: [Outcome]
  private let segment: StorySegment

  private enum Split: Sendable {
    case score(NumberRule, LoyaltyQuestion.Bands)
    case met(ActivityRule, before: Int64?)
  }

  private struct Outcome: Sendable {
    let events: ActivityRule
    let new: Novelty?
  }

  /// What an event has that may be new.
  private enum Novelty: Sendable {
    case touchpoint(TouchpointTable)
    case stage(TouchpointTable, [String?])
    case property(PropertyColumns)

    func value(at row: Int) -> PropertyValue? {
      switch self {
      case .property(let columns): return columns.value(at: row)
      case .touchpoint(let table):
        let position = table.touchpoint(at: row)
        return position == TouchpointTable.none ? nil : .number(Double(position))
      case .stage(let table, let stages):
        let position = table.touchpoint(at: row)
        guard position != TouchpointTable.none else { return nil }
        return stages[Int(position)].map { .string($0) }
      }
    }
  }

  init(
    _ question: LoyaltyQuestion, _ touchpoints: [Touchpoint], of segment: StorySegment,
    names: EventNames
  ) throws(Refusal) {
    self.segment = segment
    event = try ActivityRule(question.event, of: segment, names: names)
    switch question.split {
    case .score(let score, let rule):
      split = .score(
        try NumberRule(score.rule, of: segment, names: names), LoyaltyQuestion.Bands(rule))
    case .met(let events, let before):
      split = .met(
        try ActivityRule(events, of: segment, names: names), before: before?.milliseconds)
    }
    var outcomes: [Outcome] = []
    for outcome in question.outcomes {
      let new: Novelty?
      switch outcome.new {
      case nil: new = nil
      case .property(let name)?: new = .property(PropertyColumns(name, of: segment))
      case .touchpoint?:
        new = .touchpoint(try TouchpointTable(touchpoints, of: segment, names: names))
      case .stage?:
        new = .stage(
          try TouchpointTable(touchpoints, of: segment, names: names), touchpoints.map(\.stage))
      }
      outcomes.append(
        Outcome(
          events: try ActivityRule(outcome.events, of: segment, names: names), new: new))
    }
    self.outcomes = outcomes
  }

  /// The group that an event puts its customer in; nil where its score is none of the scale.
  func group(at row: Int, of story: Range<Int>) -> Int? {
    switch split {
    case .score(let number, let bands): return number.number(row).flatMap { bands.group(of: $0) }
    case .met(let events, let before):
      let earliest = before.map { segment.times[row] - $0 } ?? .min
      for earlier in (story.lowerBound..<row).reversed() {
        guard segment.times[earlier] >= earliest else { break }
        if events.contains(earlier) { return 0 }
      }
      return 1
    }
  }

  /// Whether an outcome happens after a row, that moment's end included.
  func happens(_ outcome: Int, after row: Int, of story: Range<Int>, until end: Int64) -> Bool {
    let outcome = outcomes[outcome]
    var known: Set<PropertyValue>?
    for later in (row + 1)..<max(row + 1, story.upperBound) {
      guard segment.times[later] <= end else { break }
      guard outcome.events.contains(later) else { continue }
      guard let new = outcome.new else { return true }
      guard let value = new.value(at: later) else { continue }
      let before =
        known
        ?? Set(
          (story.lowerBound...row).lazy.filter { outcome.events.contains($0) }
            .compactMap { new.value(at: $0) })
      if !before.contains(value) { return true }
      known = before
    }
    return false
  }
}

extension LoyaltyQuestion {
  /// The group of each answer, by whole numbers from the lowest.
  struct Bands: Sendable {
    private let lowest: Int
    private let groups: [Int]

    init(_ rule: ScoreRule) {
      lowest = rule.scale.lowerBound
      groups = rule.scale.map { rule.band(of: $0).rawValue }
    }

    /// Nil where the number is none of the scale.
    func group(of number: Double) -> Int? {
      guard let whole = Int(exactly: number), groups.indices.contains(whole - lowest) else {
        return nil
      }
      return groups[whole - lowest]
    }
  }
}
