import Events
import Experience
import Stories

/// A trend's question, compiled for all segments.
///
/// Each series has a place for every cell, which is an interval and a value of the breakdown, and one
/// after them for events that don't count.
struct TrendsPlan: Sendable {
  let spans: TrendSpans
  let values: DimensionTable?
  /// How many values there are; 1 without a breakdown.
  let width: Int
  /// Whether some events may lie outside the range.
  let isCut: Bool
  let segments: [TrendsTable]
  let watermark: Instant?

  /// How many cells a series has, without the one for events that don't count.
  var cells: Int { spans.count * width }

  init(
    _ question: TrendsQuestion, for stories: Stories, _ calendar: LocalCalendar
  ) throws(Refusal) {
    try question.validate()
    watermark = stories.watermark
    spans = try TrendSpans(
      question.interval, of: question.scope, comparison: question.comparison, over: stories,
      calendar)
    let values = try question.breakdown.map { property throws(Refusal) in
      try stories.values(of: property, most: question.values)
    }
    self.values = values
    width = values?.count ?? 1
    guard spans.count * width * question.series.count <= TrendsQuestion.mostCells else {
      throw Refusal(
        "trends.cells",
        problem: "\(spans.count) intervals by \(width) values by \(question.series.count) series "
          + "are more than \(TrendsQuestion.mostCells) figures.",
        remedy: "Take a longer interval, a shorter range, or fewer `values`.")
    }
    let first = stories.span?.lowerBound.milliseconds ?? 0
    isCut =
      !(spans.times.contains(first)
      && spans.times.contains(stories.watermark?.milliseconds ?? 0))
    var segments: [TrendsTable] = []
    for (index, segment) in stories.segments.enumerated() {
      var series: [TrendsSelection] = []
      for one in question.series {
        series.append(try TrendsSelection(one, of: segment, names: stories.names))
      }
      segments.append(
        TrendsTable(
          series: series,
          dimension: values.flatMap { values in
            question.breakdown.map { RowDimension($0, values[index], of: segment) }
          }))
    }
    self.segments = segments
  }
}

/// A trend's question, compiled for one segment.
struct TrendsTable: Sendable {
  let series: [TrendsSelection]
  let dimension: RowDimension?
}

/// The events of a series in one segment.
struct TrendsSelection: Sendable {
  /// What is known of an event from its code.
  enum Knowledge {
    /// Every event is meant.
    case all
    /// By code: all ones where it is meant, all zeros where not.
    case byCode([UInt32])
    /// By code; of those that are sometimes meant the rule must be asked.
    case asked([EventRule.Verdict], EventRule)
  }

  let knowledge: Knowledge
  let number: NumberRule?

  init(
    _ series: TrendsQuestion.Series, of segment: StorySegment, names: EventNames
  ) throws(Refusal) {
    let rule = try EventRule(series.events.rule, of: segment, names: names)
    let verdicts = names.names.indices.map { rule.verdict(code: UInt16($0)) }
    knowledge =
      if verdicts.allSatisfy({ $0 == .always }) {
        .all
      } else if verdicts.contains(.sometimes) {
        .asked(verdicts, rule)
      } else {
        .byCode(verdicts.map { $0 == .always ? UInt32.max : 0 })
      }
    number = try series.measure.number.map { number throws(Refusal) in
      try NumberRule(number.rule, of: segment, names: names)
    }
  }

  /// Takes the cells of those events that are meant, and the last cell for the others.
  func choose(
    _ cells: UnsafePointer<UInt32>, from first: Int, count: Int, of segment: StorySegment,
    nowhere: UInt32, into chosen: UnsafeMutablePointer<UInt32>
  ) {
    guard let codes = segment.codes.baseAddress.map({ $0 + first }) else { return }
    switch knowledge {
    case .all: chosen.update(from: cells, count: count)
    case .byCode(let masks):
      masks.withUnsafeBufferPointer { masks in
        for row in 0..<count {
          let mask = masks[Int(codes[row])]
          chosen[row] = (cells[row] & mask) | (nowhere & ~mask)
        }
      }
    case .asked(let verdicts, let rule):
      verdicts.withUnsafeBufferPointer { verdicts in
        for row in 0..<count {
          let verdict = verdicts[Int(codes[row])]
          let isMeant =
            verdict == .always || (verdict == .sometimes && rule.matches(first &+ row))
          chosen[row] = isMeant ? cells[row] : nowhere
        }
      }
    }
  }

  /// Whether the event of a row is meant.
  @inline(__always) func means(_ row: Int, of segment: StorySegment) -> Bool {
    switch knowledge {
    case .all: true
    case .byCode(let masks): masks[Int(segment.codes[row])] != 0
    case .asked(let verdicts, let rule):
      switch verdicts[Int(segment.codes[row])] {
      case .never: false
      case .always: true
      case .sometimes: rule.matches(row)
      }
    }
  }
}
