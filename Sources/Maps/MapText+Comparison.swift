import Engine
import Experience
import Statistics

extension MapText {
  /// Writes two measurements of a journey side by side, with their differences in words.
  ///
  /// - Parameter width: cells in a line, from `narrowest` to `widest`.
  public static func render(
    _ comparison: MapComparison, of journey: Journey, in experience: Experience, width: Int = 80,
    color: Color = .plain
  ) -> String {
    var page = TextPage(width: width, color: color)
    page.compare(comparison, Chart(comparison.left, of: journey, in: experience))
    return page.text
  }
}

extension TextPage {
  fileprivate mutating func compare(_ comparison: MapComparison, _ chart: Chart) {
    let f = chart.figures
    line(paint(chart.title.shortened(to: width), .bold))
    for (place, name, side) in [
      ("first", comparison.leftName, comparison.left),
      ("second", comparison.rightName, comparison.right),
    ] {
      let few = side.cases.total < Figures.few ? ", few" : ""
      paragraph(
        "\(place): \(name.cleaned), \(f.count(side.cases.total, "case", "cases"))\(few)", indent: 0)
    }
    line(paint(String(repeating: "─", count: width), .dim))
    line(
      paint(
        "  " + "".left(Self.labels) + "first".right(Self.values) + "second".right(Self.values)
          + "  Change", .dim))
    for figure in comparison.figures { row(figure, label: figure.label, f) }
    for step in comparison.steps {
      line()
      line("  " + paint(step.title.shortened(to: width - 2), .bold))
      for figure in step.figures { row(figure, label: figure.label.asTitle, f) }
    }
    section("What changed")
    let findings = comparison.findings(f)
    if findings.isEmpty { paragraph("No change beyond noise.") }
    for finding in findings { item(finding) }
  }

  private static let labels = 22
  private static let values = 10

  private mutating func row(_ figure: ComparedFigure, label: String, _ f: Figures) {
    let ink: Ink =
      switch figure.finding {
      case .better: .good
      case .worse: .bad
      case .noise, .unknown: .dim
      }
    let sure = figure.finding == .better || figure.finding == .worse
    let change = figure.mark + " " + (sure ? figure.changeText(f) : figure.words)
    let room = width - 4 - Self.labels - 2 * Self.values
    let front =
      "  " + label.left(Self.labels) + figure.show(figure.left.value, f).right(Self.values)
      + figure.show(figure.right.value, f).right(Self.values)
    guard change.cells > room else { return line(front + "  " + paint(change, ink)) }
    line(front)
    paragraph(change, indent: 4, ink: ink)
  }
}
