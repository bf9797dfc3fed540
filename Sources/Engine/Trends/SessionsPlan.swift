import Events
import Experience
import Stories

/// A sessions' question, compiled for all segments.
struct SessionsPlan: Sendable {
  let spans: TrendSpans
  let values: DimensionTable?
  /// How many values there are; 1 without a breakdown.
  let width: Int
  /// Whether some sessions may begin outside the range.
  let isCut: Bool
  let ends: NamingTable?
  let segments: [Table]
  let watermark: Instant?

  /// How many cells there are: intervals by values. One place more is for sessions that don't count.
  var cells: Int { spans.count * width }
  /// How many names a cell's first or last events may have.
  var endNames: Int { ends?.count ?? 0 }

  /// The question in one segment.
  struct Table: Sendable {
    let dimension: RowDimension?
    let goal: TrendsSelection?
  }

  init(
    _ question: SessionsQuestion, for stories: Stories, _ calendar: LocalCalendar,
    touchpoints: [Touchpoint]
  ) throws(Refusal) {
    try question.validate()
    watermark = stories.watermark
    spans = try TrendSpans(
      question.interval, of: question.scope, comparison: .none, over: stories, calendar)
    let values = try question.breakdown.map { property throws(Refusal) in
      try DimensionTable(property, of: stories, most: question.values)
    }
    self.values = values
    width = values?.count ?? 1
    ends = try question.ends.map { naming throws(Refusal) in
      try NamingTable(naming, of: stories, touchpoints: touchpoints)
    }
    guard spans.count * width * (1 + 2 * (ends?.count ?? 0)) <= TrendsQuestion.mostCells else {
      throw Refusal(
        "sessions.cells",
        problem:
          "\(spans.count) intervals by \(width) values by \(ends?.count ?? 0) beginnings and "
          + "ends are more than \(TrendsQuestion.mostCells) figures.",
        remedy: "Take a longer interval, a shorter range, or fewer `values`.")
    }
    isCut =
      !(spans.times.contains(stories.span?.lowerBound.milliseconds ?? 0)
      && spans.times.contains(stories.watermark?.milliseconds ?? 0))
    var segments: [Table] = []
    for (index, segment) in stories.segments.enumerated() {
      let dimension = values.flatMap { values in
        question.breakdown.map { RowDimension($0, values[index], of: segment) }
      }
      let goal = try question.goal.map { goal throws(Refusal) in
        try TrendsSelection(.init(goal), of: segment, names: stories.names)
      }
      segments.append(Table(dimension: dimension, goal: goal))
    }
    self.segments = segments
  }

  /// The cell of a session that begins with a row; `cells` where it does not count.
  @inline(__always) func cell(_ row: Int, time: Int64, _ dimension: RowDimension?) -> Int {
    let span = spans.position(of: time, isCut: isCut)
    let cell = span &* width &+ (dimension?.position(row) ?? 0)
    return isCut && !spans.times.contains(time) ? cells : cell
  }
}
