import Engine
import Experience
import Statistics

extension MapPage {
  /// Writes two measurements of a journey side by side as a page, with differences in words.
  public static func render(
    _ comparison: MapComparison, of journey: Journey, in experience: Experience,
    language: String = "en"
  ) -> String {
    let chart = Chart(comparison.left, of: journey, in: experience)
    let header =
      "<div class=\"over\">\(name(experience.title.asTitle)) · comparison</div>"
      + "<h1>\(name(chart.title, 90))</h1>" + facts(comparison, of: journey, in: experience)
    return document(
      title: chart.title, language: language, header: header,
      main: sections(comparison, chart))
  }

  /// Both sides with their cases.
  static func facts(
    _ comparison: MapComparison, of journey: Journey, in experience: Experience
  ) -> String {
    let names = (name(comparison.leftName, 24), name(comparison.rightName, 24))
    return "<p class=\"facts\">"
      + side(names.0, Chart(comparison.left, of: journey, in: experience), "s0")
      + side(names.1, Chart(comparison.right, of: journey, in: experience), "s1") + "</p>"
  }

  /// All differences, section by section.
  static func sections(_ comparison: MapComparison, _ chart: Chart) -> String {
    let names = (name(comparison.leftName, 24), name(comparison.rightName, 24))
    let findings = comparison.findings(chart.figures)
    let list =
      findings.isEmpty
      ? "<p class=\"muted\">No change beyond noise.</p>"
      : "<ul class=\"rules\">" + findings.map { "<li>\(name($0, 240))</li>" }.joined() + "</ul>"
    return [
      section("changed", "What changed", "<div class=\"card\">\(list)</div>"),
      section("whole", "The whole journey", whole(comparison, names, chart.figures)),
      section(
        "steps", "Step by step",
        lead: "A change is called a change only when its 95 % interval leaves zero.",
        steps(comparison, names, chart.figures)),
      making(chart),
    ].joined(separator: "\n")
  }

  private static func side(_ name: String, _ chart: Chart, _ color: String) -> String {
    let total = chart.measured.cases.total
    let few = total < Figures.few ? ", few" : ""
    return "<span><span class=\"dot \(color)\"></span>\(name): "
      + "\(chart.figures.count(total, "case", "cases").escaped)\(few), \(chart.range.escaped)</span>"
  }

  private static func whole(
    _ comparison: MapComparison, _ names: (String, String), _ f: Figures
  ) -> String {
    table(names, first: "Figure", comparison.figures.map { row($0, $0.label.escaped, f) })
  }

  private static func steps(
    _ comparison: MapComparison, _ names: (String, String), _ f: Figures
  ) -> String {
    let rows = comparison.steps.flatMap { step in
      ["<tr><th scope=\"rowgroup\" colspan=\"5\">\(name(step.title))</th></tr>"]
        + step.figures.map { row($0, $0.label.asTitle.escaped, f, plain: " class=\"plain\"") }
    }
    return table(names, first: "Step", rows)
  }

  private static func table(
    _ names: (String, String), first: String, _ rows: [String]
  ) -> String {
    "<div class=\"card scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(first)s compared\">"
      + "<table><thead><tr><th scope=\"col\">\(first)</th><th scope=\"col\">\(names.0)</th>"
      + "<th scope=\"col\">\(names.1)</th><th scope=\"col\">Change (95 % interval)</th>"
      + "<th scope=\"col\">In words</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>"
  }

  private static func row(
    _ figure: ComparedFigure, _ label: String, _ f: Figures, plain: String = ""
  ) -> String {
    func cell(_ estimate: Estimate, _ color: String) -> String {
      let share = figure.unit == .share ? bar(estimate.value ?? 0, color) + " " : ""
      return "<td>\(share)\(self.figure(figure.show(estimate.value, f)))</td>"
    }
    let style =
      switch figure.finding {
      case .better: "met"
      case .worse: "missed"
      case .noise: "even"
      case .unknown: "uncertain"
      }
    return "<tr><th scope=\"row\"\(plain)>\(label)</th>" + cell(figure.left, "s0")
      + cell(figure.right, "s1")
      + "<td>\(self.figure(figure.changeText(f)))</td>"
      + "<td><span class=\"badge \(style)\">\(figure.mark) \(figure.words)</span></td></tr>"
  }
}
