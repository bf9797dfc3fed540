import Events
import Experience
import Stories

/// A retention question, compiled for all segments.
public struct RetentionPlan: Sendable {
  /// The rules of one segment.
  struct Segment: Sendable {
    let start: ActivityRule
    let comeback: ActivityRule
    let population: StoryRule?
    let values: DimensionColumns?
  }

  /// A span of periods.
  struct Bracket: Sendable, Equatable {
    let periods: Range<Int>
    /// Whether anything later counts as well.
    let isOpen: Bool

    /// `3`, `3+` or `3-6`, its last period counted.
    var name: String {
      if isOpen { return "\(periods.lowerBound)+" }
      return periods.count == 1
        ? "\(periods.lowerBound)" : "\(periods.lowerBound)-\(periods.upperBound - 1)"
    }
  }

  let segments: [Segment]
  let brackets: [Bracket]
  /// By period: its bracket, −1 before the first.
  let bracketOfPeriod: [Int]
  /// The intervals from that of the first start; nil where no start can be.
  let intervals: IntervalTable?
  /// How many intervals have starts.
  let cohorts: Int
  /// By cohort: how many brackets have wholly passed, by the calendar.
  let elapsed: [Int]
  /// By cohort: how many brackets have begun.
  let begun: [Int]
  /// By cohort: the first moment after all brackets, by the calendar.
  let horizons: [Int64]
  /// The values of the breakdown.
  let values: [String]
  let range: Range<Int64>
  let watermark: Int64

  /// Rows of numbers: the whole and each value, by cohort and for all cohorts together.
  var rows: Int { (1 + values.count) * (cohorts + 1) }

  /// The row of a cohort; `cohorts` means all of them. Value −1 means the whole.
  func row(value: Int, cohort: Int) -> Int { (value + 1) * (cohorts + 1) + cohort }

  init(
    _ question: RetentionQuestion, calendar: LocalCalendar, for stories: Stories
  ) throws(Refusal) {
    try question.validate()
    let brackets = question.brackets
    self.brackets = brackets
    let horizon = brackets.last?.periods.upperBound ?? 0
    bracketOfPeriod = (0..<horizon).map { period in
      brackets.firstIndex { $0.periods.contains(period) } ?? -1
    }
    range = question.scope.milliseconds
    watermark = stories.watermark?.milliseconds ?? .min / 4
    let dimension = try question.breakdown.map { property throws(Refusal) in
      try DimensionTable(property, of: stories, most: RetentionQuestion.mostValues)
    }
    values = dimension?.names ?? []
    var segments: [Segment] = []
    for (index, segment) in stories.segments.enumerated() {
      segments.append(
        Segment(
          start: try ActivityRule(question.start, of: segment, names: stories.names),
          comeback: try ActivityRule(question.comeback, of: segment, names: stories.names),
          population: try question.scope.population?.rule.map { rule throws(Refusal) in
            try StoryRule(rule, of: segment, names: stories.names)
          }, values: dimension?[index]))
    }
    self.segments = segments
    guard let reach = ActivityReach(of: stories, within: range) else {
      (intervals, cohorts, elapsed, begun, horizons) = (nil, 0, [], [], [])
      return
    }
    let furthest = reach.last + Int64(horizon + 1) * question.interval.longestLength
    let table = try IntervalTable(
      question.interval, from: Instant(milliseconds: reach.first),
      through: Instant(milliseconds: min(watermark, furthest)), calendar)
    intervals = table
    cohorts = table.position(of: reach.last) + 1
    let (watermark, starts) = (watermark, table.starts)
    let length = question.interval.rollingLength
    /// When a period begins at the earliest; nil where that lies beyond the data.
    func begin(_ period: Int, of cohort: Int) -> Int64? {
      if question.clock == .rolling {
        return starts[cohort].milliseconds + Int64(period) * length
      }
      return cohort + period < starts.count ? starts[cohort + period].milliseconds : nil
    }
    elapsed = (0..<cohorts).map { cohort in
      brackets.count { (begin($0.periods.upperBound, of: cohort) ?? .max) <= watermark }
    }
    begun = (0..<cohorts).map { cohort in
      brackets.count { (begin($0.periods.lowerBound, of: cohort) ?? .max) <= watermark }
    }
    horizons = (0..<cohorts).map { begin(horizon, of: $0) ?? .max }
    guard (1 + values.count) * (cohorts + 1) * brackets.count <= RetentionQuestion.mostCells
    else {
      throw Refusal(
        "retention.size",
        problem: "\(cohorts) cohorts by \(brackets.count) periods"
          + (values.isEmpty ? "" : " by \(values.count) values") + " are too many numbers.",
        remedy: "Take a longer interval, a shorter range or fewer periods.")
    }
  }
}

extension RetentionQuestion {
  /// The spans of periods in which returns are looked for, ascending and without gaps.
  fileprivate var brackets: [RetentionPlan.Bracket] {
    switch returns {
    case .on(let periods): (0..<periods).map { .init(periods: $0..<($0 + 1), isOpen: false) }
    case .onOrAfter(let periods):
      (0..<periods).map { .init(periods: $0..<($0 + 1), isOpen: true) }
    case .brackets(let bounds):
      zip(bounds, bounds.dropFirst()).map { .init(periods: $0..<$1, isOpen: false) }
    }
  }
}
