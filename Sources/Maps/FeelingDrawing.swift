import Engine
import Events
import Experience
import Statistics

/// Draws the designed feeling as a dashed curve and the measured one as points with intervals.
struct FeelingDrawing {
  let chart: Chart
  let width: Double

  static let top = 18.0
  static let depth = 104.0
  /// Half a point of five: a smaller gap to the design is not marked, however sure it is.
  static let noticeable = 0.5

  private func x(_ index: Int) -> Double { Double(index + 1) * width + FlowDrawing.inset + 10 }
  private func y(_ feeling: Double) -> Double {
    Self.top + (5 - min(5, max(1, feeling.isFinite ? feeling : 3))) / 4 * Self.depth
  }

  /// The whole lane.
  func drawing() -> Drawing {
    let end = Double(chart.columns.count + 1) * width
    var body = ""
    for (level, word) in [(5.0, "delighted"), (3, "neutral"), (1, "upset")] {
      body += SVG.line(FlowDrawing.inset, y(level), end, y(level), "grid")
      body += SVG.text(FlowDrawing.inset, y(level) - 4, "\(Int(level)) \(word)", "tiny muted")
    }
    body += designed() + measured()
    return Drawing(
      name: "feeling", title: "How it was designed to feel, and how it felt",
      description: description, height: Self.top + Self.depth + 20, body: body)
  }

  private var description: String {
    let parts = chart.columns.compactMap { column -> String? in
      let designed = chart.designedFeeling(of: column)
      let felt = chart.feeling(of: column)
      guard designed != nil || felt.value != nil else { return nil }
      return "\(column.title): designed \(chart.figures.score(designed)), "
        + "measured \(chart.figures.score(felt.value))"
    }
    return parts.isEmpty
      ? "Nothing was designed or measured." : parts.joined(separator: "; ") + ". From 1 to 5."
  }

  private func designed() -> String {
    let points = chart.columns.enumerated().compactMap { index, column in
      chart.designedFeeling(of: column).map { (x: x(index), y: y($0)) }
    }
    guard let first = points.first else { return "" }
    var strokes: [SVG.Stroke] = [.move(first.x, first.y)]
    for (before, point) in zip(points, points.dropFirst()) {
      let middle = (before.x + point.x) / 2
      strokes.append(.curve(middle, before.y, middle, point.y, point.x, point.y))
    }
    return SVG.path(strokes, "designed")
      + points.map { SVG.circle($0.x, $0.y, 2.5, "designed-point") }.joined()
  }

  private func measured() -> String {
    chart.columns.enumerated().map { index, column in
      let felt = chart.feeling(of: column)
      guard let value = felt.value, value.isFinite else { return "" }
      let less = chart.designedFeeling(of: column).map {
        (felt.high ?? value) < $0 && value <= $0 - Self.noticeable
      }
      let far = less ?? (value < 3)
      let ink = far ? "bad" : "good"
      let x = x(index)
      var marks = ""
      if let low = felt.low, let high = felt.high {
        marks += SVG.line(x, y(low), x, y(high), "whisker \(ink)")
      }
      marks += SVG.circle(
        x, y(value), 5, "felt \(ink)",
        title: "\(column.title): \(chart.figures.score(value)) of 5, "
          + chart.figures.footing(felt, chart.figures.score))
      let few = felt.count < Figures.few ? " few" : ""
      return marks
        + SVG.text(x + 10, y(value) + 4.5, chart.figures.score(value) + few, "number halo \(ink)")
    }.joined()
  }
}
