import Events
import Experience
import Statistics
import Stories

extension RecencyQuestion: TraceableFold {
  /// The rules and the moment.
  public struct Plan: Sendable {
    let rules: [ActivityRule]
    /// At which it is judged; nil where nothing lies in the range.
    let moment: Int64?
    /// By bracket: the span since the last event with which it begins, in milliseconds.
    let bounds: [Int64]
  }

  /// What a section has counted; eight bytes are kept for each unit and each time between events.
  public struct Partial: Sendable {
    /// By bracket.
    var counts: [Int]
    /// By unit: the time since its last event.
    var recencies: [Int64] = []
    /// Times from an event to the next of the same unit.
    var gaps: [Int64] = []
    var without = 0
  }

  /// Compiles the rules.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    try validate()
    return Plan(
      rules: try ActivityRule.all(event, of: stories),
      moment: stories.watermark.map { min($0.milliseconds, scope.milliseconds.upperBound) },
      bounds: brackets.map { Int64($0) * interval.rollingLength })
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(counts: Array(repeating: 0, count: plan.bounds.count))
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
      var last: Int64?
      for row in segment.rows(of: customer) {
        let time = segment.times[row]
        guard time < range.upperBound else { break }
        guard time >= range.lowerBound, rule.contains(row) else { continue }
        if let last { partial.gaps.append(time - last) }
        last = time
      }
      guard let last, let moment = plan.moment else {
        partial.without += 1
        continue
      }
      let recency = moment - last
      partial.recencies.append(recency)
      let later = plan.bounds.firstIndex { $0 > recency } ?? plan.bounds.count
      partial.counts[later - 1] += 1
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for bracket in partial.counts.indices { partial.counts[bracket] += later.counts[bracket] }
    partial.recencies += later.recencies
    partial.gaps += later.gaps
    partial.without += later.without
  }

  /// Finds a bracket, or all units.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Int {
    let text = try row.value("ago", of: ["ago"])
    if text == Retention.all { return brackets.count }
    guard let bracket = brackets.indices.first(where: { name(ofBracket: $0) == text }) else {
      throw AnswerRowKey.unknown("ago", text)
    }
    return bracket
  }

  /// How many units are in it.
  public func count(at cell: Int, in partial: borrowing Partial) -> Int {
    cell < partial.counts.count ? partial.counts[cell] : partial.recencies.count
  }

  /// `0`, `3-6`, its last interval counted, or `365+`.
  fileprivate func name(ofBracket bracket: Int) -> String {
    guard bracket + 1 < brackets.count else { return "\(brackets[bracket])+" }
    let last = brackets[bracket + 1] - 1
    return last == brackets[bracket] ? "\(last)" : "\(brackets[bracket])-\(last)"
  }

  /// Makes medians and quantiles.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Recency {
    var recencies = partial.recencies
    var gaps = partial.gaps
    let (counts, without) = (partial.counts, partial.without)
    recencies.sort()
    return Recency(
      interval: interval, moment: plan.moment.map { Instant(milliseconds: $0) },
      brackets: brackets.indices.map { bracket in
        Recency.Bracket(
          name: name(ofBracket: bracket), from: brackets[bracket],
          to: bracket + 1 < brackets.count ? brackets[bracket + 1] : nil, count: counts[bracket],
          share: .share(counts[bracket], of: recencies.count))
      },
      median: .median(ofSorted: recencies), quantiles: UnitQuantile.usual(ofSorted: recencies),
      medianBetween: .median(of: &gaps),
      tally: AnswerTally(
        counted: recencies.count,
        excluded: [.init(reason: "no such event in the range", count: without)]))
  }
}
