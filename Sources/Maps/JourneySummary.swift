import Engine
import Events
import Experience
import Statistics

/// The health of a journey at a glance. All are markup.
package struct JourneySummary: Sendable {
  package let title: String
  /// The share completed with its interval, against its target where there is one.
  package let completion: String
  /// Completion by week as a line; empty where fewer than two weeks have closed cases.
  package let trend: String
  /// Cases, median time, feeling and value, as terms and descriptions.
  package let figures: String
  /// The targets with their verdicts; empty where there are none.
  package let targets: String
  /// The step to look at first, with the heaviest reason; empty where none stands out.
  package let attention: String
  package let isEmpty: Bool

  /// Sums a measured journey up.
  ///
  /// - Parameter weeks: conformance by week, whose completion is drawn.
  package init(
    _ measured: MeasuredJourney, of journey: Journey, in experience: Experience,
    weeks: ConformanceTrend?, links: MapLinks
  ) {
    let chart = Chart(measured, of: journey, in: experience, links: links)
    let f = chart.figures
    isEmpty = chart.isEmpty
    title = MapPage.name(chart.title, 90)
    completion = Self.completion(chart)
    trend = weeks.map { Self.trend($0, f) } ?? ""
    var facts = [
      ("Cases", chart.linked(f.count(measured.cases.total), measured.cases.total, .init(.cases))),
      ("Still open", chart.linked(f.count(measured.cases.open), measured.cases.open, .init(.open))),
      ("Median time", f.time(measured.time.median.value).escaped),
    ]
    if measured.feeling.value != nil {
      facts.append(("Feeling", "\(f.score(measured.feeling.value)) of 5".escaped))
    }
    if chart.hasValues { facts.append(("Value", f.money(measured.value.sum).escaped)) }
    figures = facts.map { "<div><dt>\($0.0)</dt><dd class=\"figure\">\($0.1)</dd></div>" }.joined()
    targets = measured.targets.map { target in
      let value = chart.show(target.measured.value, metric: target.metric)
      return "<li><span class=\"badge \(target.verdict.style)\">\(target.verdict.mark) "
        + "\(target.verdict.rawValue)</span> \(MapPage.name(chart.label(target), 40)): "
        + "\(MapPage.figure(value)), <span class=\"muted\">"
        + "\(MapPage.name(chart.limit(target), 60))</span></li>"
    }.joined()
    attention =
      measured.attention.first { $0.weight > 0 }.map { first in
        let step = chart.linked(MapPage.name(first.title.asTitle), step: first.step)
        let reason = first.reasons.first.map { MapPage.name(chart.sentence($0), 240) } ?? ""
        return reason.isEmpty ? "<b>\(step)</b>" : "<b>\(step)</b>: \(reason)"
      } ?? ""
  }

  private static func completion(_ chart: Chart) -> String {
    let (completion, f) = (chart.measured.completion, chart.figures)
    let target = chart.measured.targets.first { $0.metric == "completion" }
    let few =
      completion.count < Figures.few ? " <span class=\"badge uncertain\">few</span>" : ""
    let high = max(completion.high ?? 0, completion.value ?? 0, target?.limit ?? 0)
    let scale = [0.05, 0.1, 0.25, 0.5].first { high <= $0 * 0.9 } ?? 1
    return "<span class=\"value\">\(f.share(completion.value).escaped)</span> completed\(few)"
      + MapPage.interval(completion, from: 0, to: scale)
      + "<span class=\"muted\">"
      + "\((f.interval(completion, f.share) ?? "no closed case yet").escaped)</span>"
  }

  private static let size = (width: 150.0, height: 34.0)

  /// A line through the weeks' shares, on a scale from 0 to the highest; weeks in which most cases
  /// are open are left out, for those that closed so soon are not like the rest.
  static func trend(_ weeks: ConformanceTrend, _ f: Figures) -> String {
    let rows = weeks.rows.filter { $0.segment == nil }
    let known = rows.enumerated().compactMap { position, row -> (Int, Double, String)? in
      guard let value = row.completion.value, row.cases.open <= row.cases.closed else {
        return nil
      }
      return (position, value, row.interval)
    }
    guard known.count > 1, let first = known.first, let last = known.last else { return "" }
    let top = max(known.map(\.1).max() ?? 0, 0.01)
    let step = (size.width - 8) / Double(last.0 - first.0)
    func point(_ week: (Int, Double, String)) -> (Double, Double) {
      (4 + Double(week.0 - first.0) * step, 4 + (size.height - 8) * (1 - week.1 / top))
    }
    let start = point(first)
    let strokes =
      [SVG.Stroke.move(start.0, start.1)]
      + known.dropFirst().map { week in SVG.Stroke.line(point(week).0, point(week).1) }
    let end = point(last)
    let words =
      "Completion by week, from \(f.share(first.1)) in the week of \(first.2) to "
      + "\(f.share(last.1)) in the week of \(last.2)."
    let box = "\(SVG.number(size.width)) \(SVG.number(size.height))"
    return "<svg role=\"img\" class=\"drawing spark\" viewBox=\"0 0 \(box)\""
      + " width=\"\(SVG.number(size.width))\" height=\"\(SVG.number(size.height))\">"
      + "<title>\(words.escaped)</title>" + SVG.path(strokes, "spark-line")
      + SVG.circle(end.0, end.1, 3, "fill-accent") + "</svg>"
  }
}

extension MeasuredTarget.Verdict {
  /// The class of its badge.
  var style: String {
    switch self {
    case .met: "met"
    case .missed: "missed"
    case .uncertain: "uncertain"
    case .noData: "nodata"
    }
  }
}
