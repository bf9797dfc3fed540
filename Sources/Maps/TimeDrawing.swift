import Engine
import Events
import Experience
import Statistics

/// Draws the time from the step before: the median inside what nine of ten keep, and the promise.
struct TimeDrawing {
  let chart: Chart
  let width: Double

  private static let height = 96.0
  private static let line = 15.0
  /// Lines of the longest promise; the lane is as high as it needs.
  private static let mostLines = 3

  /// The whole lane. Each bar runs to its own step's longest figure: seconds and days share no scale.
  func drawing() -> Drawing {
    let f = chart.figures
    let body = chart.columns.indices.map(cell).joined()
    let description = chart.columns.map { column in
      "\(column.title): median \(f.time(column.step.timeFromPrevious.median.value)), "
        + "nine of ten within \(f.time(column.step.timeFromPrevious.p90))"
    }.joined(separator: "; ")
    let lines = chart.columns.map { promise($0).count }.max() ?? 0
    return Drawing(
      name: "time", title: "Time from the step before", description: description,
      height: Self.height + Double(max(0, lines - 1)) * Self.line, body: body,
      isLinked: chart.links != nil)
  }

  /// What was promised and how often it was not kept, in lines that fit the column.
  private func promise(_ column: Chart.Column) -> [String] {
    guard let expectation = column.expectations.first else { return [] }
    let within = chart.figures.time(Double(expectation.within.milliseconds))
    let text =
      column.step.promised > 0
      ? "\(chart.figures.share(column.step.late, of: column.step.promised)) later than\(Figures.space)\(within)"
      : "promised \(within)"
    return SVG.wrapped(text, to: width - FlowDrawing.inset - 6, size: 12, lines: Self.mostLines)
  }

  private func cell(_ index: Int) -> String {
    let (column, f) = (chart.columns[index], chart.figures)
    let times = column.step.timeFromPrevious
    let x = Double(index + 1) * width + FlowDrawing.inset
    guard let median = times.median.value, median.isFinite, median >= 0 else {
      return SVG.text(x, 26, Figures.none, "number muted")
    }
    let room = width - 2 * FlowDrawing.inset
    let promised = chart.promisedFromPrevious(index)
    let longest = max(times.p90 ?? 0, median, promised ?? 0, 1)
    let late = promised.map { median > $0 } ?? false
    var marks = SVG.text(x, 24, f.time(median), late ? "number bad" : "number")
    if times.median.count < Figures.few {
      marks += SVG.text(
        x + SVG.width(of: f.time(median), size: 15) + 10, 24, "few", "tiny warn")
    }
    marks += SVG.rectangle(x, 34, room, 7, "track", round: 3.5)
    if let p90 = times.p90, p90.isFinite {
      marks += SVG.rectangle(x, 34, room * min(1, max(0, p90 / longest)), 7, "p90", round: 3.5)
    }
    marks += SVG.rectangle(
      x, 34, max(3, room * median / longest), 7, late ? "fill-bad" : "fill-accent", round: 3.5)
    if let promised {
      let at = x + room * promised / longest
      marks += SVG.line(at, 30, at, 45, "promise")
    }
    marks += SVG.text(x, 59, "90 % in \(f.time(times.p90))", "small muted")
    for (line, text) in promise(column).enumerated() {
      marks += chart.linked(
        SVG.text(
          x, 76 + Double(line) * Self.line, text,
          column.step.late * 10 > column.step.promised ? "small bad" : "small muted"),
        column.step.late, JourneyPlace(.late, step: index))
    }
    return marks
  }
}
