import Events
import Experience
import Statistics
import Stories

extension FrequencyQuestion: TraceableFold {
  /// The rules and the rows.
  public struct Plan: Sendable {
    let rules: [ActivityRule]
    /// By row: the most events that it stands for.
    let tops: [Int]
    /// The least.
    func bottom(_ row: Int) -> Int { row == 0 ? 0 : tops[row - 1] + 1 }
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    /// By row of the answer.
    var rows: [Int]
    /// By number of events, of which there are few.
    var few: [Int]
    /// The numbers of units with more.
    var many: [Int64] = []
    /// Units that count.
    var units = 0
    /// Units without an event that counts, which are left out.
    var without = 0
    /// Units whose story begins after the range.
    var later = 0
  }

  /// Numbers of events below this are counted in a table, others are kept.
  static let few = 1024

  /// Compiles the rules.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    try validate()
    var tops = Array(0...exact)
    var power = 1
    // No story has more events than there are rows in all.
    let most = stories.segments.map(\.count).max() ?? 0
    while tops[tops.count - 1] < most {
      for top in [power, 2 * power, 5 * power] where top > exact { tops.append(top) }
      power *= 10
    }
    return Plan(rules: try ActivityRule.all(event, of: stories), tops: tops)
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(
      rows: Array(repeating: 0, count: plan.tops.count),
      few: Array(repeating: 0, count: Self.few))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    let rule = plan.rules[index]
    let range = scope.milliseconds
    for customer in customers {
      let story = segment.rows(of: customer)
      let times = UnsafeBufferPointer(rebasing: segment.times[story])
      guard let first = times.first, first < range.upperBound else {
        partial.later += 1
        continue
      }
      let begin = first >= range.lowerBound ? 0 : times.firstPosition { $0 >= range.lowerBound }
      let end =
        times[times.count - 1] < range.upperBound
        ? times.count : times.firstPosition { $0 >= range.upperBound }
      var count = end - begin
      if !rule.isEvery {
        count = 0
        for row in (story.lowerBound + begin)..<(story.lowerBound + max(begin, end)) {
          count += rule.contains(row) ? 1 : 0
        }
      }
      guard count > 0 || zero == .counted else {
        partial.without += 1
        continue
      }
      partial.units += 1
      partial.rows[plan.row(of: count, exact: exact)] += 1
      if count < Self.few { partial.few[count] += 1 } else { partial.many.append(Int64(count)) }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for row in partial.rows.indices { partial.rows[row] += later.rows[row] }
    for count in partial.few.indices { partial.few[count] += later.few[count] }
    partial.many += later.many
    partial.units += later.units
    partial.without += later.without
    partial.later += later.later
  }

  /// Finds a number of events, or all units.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Int {
    let text = try row.value("events", of: ["events"])
    if text == Retention.all { return plan.tops.count }
    guard let row = plan.tops.indices.first(where: { plan.name(of: $0) == text }) else {
      throw AnswerRowKey.unknown("events", text)
    }
    return row
  }

  /// How many units have so many.
  public func count(at cell: Int, in partial: borrowing Partial) -> Int {
    cell < partial.rows.count ? partial.rows[cell] : partial.units
  }
}

extension FrequencyQuestion.Plan {
  fileprivate func row(of count: Int, exact: Int) -> Int {
    count <= exact ? count : tops.firstIndex { $0 >= count } ?? tops.count - 1
  }

  /// `3`, or `21-50`.
  func name(of row: Int) -> String {
    bottom(row) == tops[row] ? "\(tops[row])" : "\(bottom(row))-\(tops[row])"
  }
}
