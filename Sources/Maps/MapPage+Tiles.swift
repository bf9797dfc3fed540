import Engine
import Events
import Experience
import Statistics

extension MapPage {
  /// The key figures of the whole journey.
  static func tiles(_ chart: Chart) -> String {
    let (m, f) = (chart.measured, chart.figures)
    let closed = f.count(m.cases.closed, "closed case", "closed cases")
    var tiles = [
      tile(
        "Completion", f.share(m.completion.value).escaped, few: m.completion.count,
        picture: interval(m.completion, from: 0, to: span(m.completion)),
        note: [f.interval(m.completion, f.share), "of \(closed)"]),
      tile(
        "Cases", chart.linked(f.count(m.cases.total), m.cases.total, JourneyPlace(.cases)),
        picture: outcomes(chart), note: [],
        figures: [
          (m.cases.completed, "completed", JourneyPlace.Figure.completed),
          (m.cases.ended, "ended", .ended), (m.cases.abandoned, "abandoned", .abandoned),
          (m.cases.open, "open", .open),
        ].map { chart.linked("\(f.count($0)) \($1)", $0, JourneyPlace($2)) }),
      tile(
        "Median time to goal", f.time(m.time.median.value).escaped, few: m.time.median.count,
        note: [
          f.interval(m.time.median, f.time), m.time.p90.map { "nine of ten within \(f.time($0))" },
        ]),
    ]
    if chart.hasValues {
      tiles.append(
        tile(
          "Value", f.money(m.value.sum).escaped,
          note: [
            m.value.mean.value.map { "\(f.money($0)) a completion" },
            f.interval(m.value.mean, f.money),
          ]))
    }
    if chart.hasCosts {
      tiles.append(
        tile(
          "Cost", f.money(m.cost.sum).escaped,
          note: [
            m.cost.mean.value.map { "\(f.money($0)) a case" }, f.interval(m.cost.mean, f.money),
          ]))
    }
    tiles.append(
      tile(
        "Feeling",
        (m.feeling.value == nil ? Figures.none : "\(f.score(m.feeling.value)) of 5").escaped,
        few: m.feeling.value == nil ? nil : m.feeling.count,
        note: m.feeling.value == nil
          ? ["no scores given"]
          : [f.interval(m.feeling, f.score), "\(f.count(m.feeling.count, "score", "scores"))"]))
    tiles.append(
      tile(
        "Fit with the design", f.fitness(m.conformance.fitness).escaped,
        note: [
          "1 is exactly as designed",
          m.conformance.fitnessCompleted.map { "\(f.fitness($0)) if completed" },
        ]))
    return "<dl class=\"tiles\">" + tiles.joined() + "</dl>"
  }

  /// One key figure; the value and the figures beneath it are markup, the notes are text.
  private static func tile(
    _ title: String, _ value: String, few count: Int? = nil, picture: String = "",
    note: [String?], figures: [String] = []
  ) -> String {
    let few =
      count.map { $0 < Figures.few ? " <span class=\"badge uncertain\">few</span>" : "" } ?? ""
    return "<div class=\"tile\"><dt>\(title.escaped)</dt><dd><div class=\"value\">"
      + "\(value)\(few)</div>\(picture)<div class=\"note\">"
      + (note.compactMap(\.self).map(\.escaped) + figures)
      .map { "<span class=\"figure\">\($0)</span>" }.joined() + "</div></dd></div>"
  }

  /// The end of a scale on which an interval is easily read.
  private static func span(_ estimate: Estimate) -> Double {
    let high = max(estimate.high ?? 0, estimate.value ?? 0)
    return [0.05, 0.1, 0.25, 0.5].first { high <= $0 * 0.9 } ?? 1
  }

  /// A point with its interval on a scale.
  static func interval(_ estimate: Estimate, from: Double, to: Double) -> String {
    guard let value = estimate.value, let low = estimate.low, let high = estimate.high, to > from
    else { return "" }
    func x(_ value: Double) -> Double { 140 * min(1, max(0, (value - from) / (to - from))) }
    return "<svg role=\"img\" class=\"drawing\" width=\"140\" height=\"16\" viewBox=\"0 0 140 16\">"
      + "<title>Interval</title><desc>The figure with its 95 % interval.</desc>"
      + SVG.rectangle(0, 6, 140, 4, "track", round: 2)
      + SVG.rectangle(x(low), 6, max(3, x(high) - x(low)), 4, "p90", round: 2)
      + SVG.circle(x(value), 8, 4, "fill-accent") + "</svg>"
  }

  /// The outcomes of all cases as one bar.
  private static func outcomes(_ chart: Chart) -> String {
    let cases = chart.measured.cases
    var x = 0.0
    var bars = ""
    for (count, style, word) in [
      (cases.completed, "fill-good", "completed"), (cases.ended, "fill-bad", "ended"),
      (cases.abandoned, "leave", "abandoned"), (cases.open, "open", "open"),
    ] where count > 0 {
      let part = 140 * Double(count) / Double(max(1, cases.total))
      bars += SVG.rectangle(
        x, 5, max(1, part - 1), 6, style, round: 1,
        title: "\(chart.figures.count(count)) \(word)")
      x += part
    }
    return "<svg role=\"img\" class=\"drawing\" width=\"140\" height=\"16\" viewBox=\"0 0 140 16\">"
      + "<title>Outcomes</title><desc>Completed, ended, abandoned and open cases.</desc>\(bars)"
      + "</svg>"
  }
}
