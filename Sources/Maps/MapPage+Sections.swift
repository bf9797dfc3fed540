import Engine
import Events
import Experience
import Statistics

extension MapPage {
  /// The most items of one list on a page.
  static let mostItems = 12

  static func attention(_ chart: Chart) -> String {
    let steps = chart.measured.attention.filter { $0.weight > 0 }.prefix(5)
    let items = steps.map { step in
      let gain = chart.gain(step).map { "<span class=\"gain\">\($0.escaped)</span>" } ?? ""
      let reasons = step.reasons.map { name(chart.sentence($0), 240) }.joined(separator: " ")
      let title = chart.linked(name(step.title.asTitle), step: step.step)
      return "<li><div><h3>\(title)\(gain)</h3><p>\(reasons)</p></div></li>"
    }
    let list =
      items.isEmpty
      ? "<p class=\"muted\">No step stands out.</p>" : "<ol class=\"first\">\(items.joined())</ol>"
    return section(
      "first", "Look here first", lead: steps.isEmpty ? "" : Chart.gainRule,
      "<div class=\"card\">\(list)</div>")
  }

  static func starts(_ chart: Chart) -> String {
    let (m, f) = (chart.measured, chart.figures)
    let rows = m.starts.enumerated().map { k, start in
      let share = Double(start.cases.total) / Double(max(1, m.cases.total))
      func linked(_ count: Int, _ kind: JourneyPlace.Figure) -> String {
        chart.linked(
          figure(f.count(count)), count, JourneyPlace(kind, start: start.touchpoint))
      }
      let few =
        start.completion.count < Figures.few
        ? " <span class=\"badge uncertain\">few</span>" : ""
      var money = chart.hasValues ? "<td>\(figure(f.money(start.value)))</td>" : ""
      if chart.hasCosts { money += "<td>\(figure(f.money(start.cost)))</td>" }
      return "<tr><th scope=\"row\"><span class=\"dot s\(k)\"></span>"
        + "\(name(start.title.asTitle, 40))</th>"
        + "<td>\(linked(start.cases.total, .cases))</td>"
        + "<td class=\"text\">\(bar(share, "s\(k)")) \(figure(f.share(share)))</td>"
        + "<td>\(figure(f.share(start.completion.value)))\(few)</td>"
        + "<td class=\"muted\">\(figure(f.interval(start.completion, f.share) ?? Figures.none))</td>"
        + "<td>\(figure(f.time(start.time.median.value)))</td>"
        + "<td>\(linked(start.cases.open, .open))</td><td>\(figure(f.count(start.repeats)))</td>"
        + money + "</tr>"
    }
    var titles = [
      "Cases", "Share", "Completed", "95 % interval", "Median time", "Open", "Repeats",
    ]
    if chart.hasValues { titles.append("Value") }
    if chart.hasCosts { titles.append("Cost") }
    let heads = titles.map {
      "<th scope=\"col\"\($0 == "Share" ? " class=\"text\"" : "")>\($0)</th>"
    }.joined()
    return section(
      "starts", "Where they started",
      "<div class=\"card scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Starting points\">"
        + "<table><thead><tr><th scope=\"col\">Starting point</th>\(heads)</tr></thead><tbody>"
        + rows.joined() + "</tbody></table></div>")
  }

  /// A share as a bar; its number stands beside it.
  static func bar(_ share: Double, _ classes: String = "") -> String {
    let part = SVG.number(100 * min(1, max(0, share.isFinite ? share : 0)))
    return "<span class=\"bar\" aria-hidden=\"true\"><i class=\"\(classes)\""
      + " style=\"width:\(part)%\"></i></span>"
  }

  static func wentNext(_ chart: Chart) -> String {
    let losing = chart.columns.filter { $0.step.dropOff > 0 && !$0.step.wentNext.isEmpty }
      .sorted { $0.step.dropOff > $1.step.dropOff }.prefix(4)
    guard !losing.isEmpty else { return "" }
    let f = chart.figures
    let groups = losing.map { column in
      let rows = column.step.wentNext.prefix(4).map { passage in
        let share = Double(passage.cases) / Double(max(1, column.step.dropOff))
        let place = chart.place(.next, step: column.step.index, passage)
        return
          "<tr><th scope=\"row\">\(name(chart.label(passage), 40))</th>"
          + "<td class=\"text\">\(bar(share)) \(figure(f.share(share)))</td>"
          + "<td>\(chart.linked(figure(f.count(passage.cases)), passage.cases, place))</td></tr>"
      }
      return
        "<h3>After \(chart.linked(name(column.title, 40), step: column.step.index))</h3><table class=\"list\"><tbody>\(rows.joined())</tbody></table>"
    }
    return section(
      "next", "Where those went who dropped off",
      "<div class=\"card\">\(groups.joined())</div>")
  }

  static func targets(_ chart: Chart) -> String {
    guard !chart.measured.targets.isEmpty else { return "" }
    let rows = chart.measured.targets.map { target in
      let style =
        switch target.verdict {
        case .met: "met"
        case .missed: "missed"
        case .uncertain: "uncertain"
        case .noData: "nodata"
        }
      let show = { (value: Double?) in chart.show(value, metric: target.metric) }
      return "<tr><th scope=\"row\">\(name(chart.label(target), 40))<div class=\"muted\""
        + " style=\"font-weight:400\">\(name(chart.limit(target), 60))</div></th>"
        + "<td>\(figure(show(target.measured.value)))<div class=\"muted\">"
        + "\(figure(chart.figures.interval(target.measured, show) ?? ""))</div></td>"
        + "<td><span class=\"badge \(style)\">\(target.verdict.mark) \(target.verdict.rawValue)"
        + "</span></td></tr>"
    }
    return section(
      "targets", "Targets",
      lead: "Met or missed where the 95 % interval leaves no doubt, else uncertain.",
      "<div class=\"card scroll\"\(chart.region("Targets"))><table><thead><tr>"
        + "<th scope=\"col\">Target</th>"
        + "<th scope=\"col\">Measured</th><th scope=\"col\">Verdict</th></tr></thead><tbody>"
        + rows.joined() + "</tbody></table></div>")
  }

  static func conformance(_ chart: Chart) -> String {
    let (c, f) = (chart.measured.conformance, chart.figures)
    guard c.cases > 0 else { return "" }
    let verdicts = chart.verdicts.map { verdict in
      let share = Double(verdict.count) / Double(c.cases)
      let style = verdict.label == "as planned" ? "fine" : "worse"
      return "<tr><th scope=\"row\">\(verdict.label.asTitle)</th>"
        + "<td class=\"text\">\(bar(share, style)) \(figure(f.share(share)))</td>"
        + "<td>\(chart.linked(figure(f.count(verdict.count)), verdict.count, verdict.place))</td>"
        + "</tr>"
    }
    let variants = c.variants.prefix(mostItems).map { variant in
      let chain = variant.touchpoints.prefix(24).map {
        "<span>\(name(chart.title(of: $0), 28))</span>"
      }
      let more = variant.touchpoints.count > 24 ? "<span>…</span>" : ""
      return "<tr><td class=\"text\"><div class=\"chain\">\(chain.joined())\(more)</div></td>"
        + "<td>\(figure(f.count(variant.cases)))</td>"
        + "<td>\(figure(f.share(variant.completed, of: variant.cases)))</td>"
        + "<td>\(figure(f.time(variant.medianTime)))</td><td>\(figure(f.fitness(variant.fitness)))</td></tr>"
    }
    let fitness =
      "Fitness \(f.fitness(c.fitness)), where 1 is exactly as designed, over "
      + f.count(c.cases, "closed case", "closed cases")
      + (c.fitnessCompleted.map { "; \(f.fitness($0)) where the goal was reached" } ?? "")
      + ". A case may deserve several verdicts."
    let ways =
      variants.isEmpty
      ? ""
      : "<div class=\"card scroll\"\(chart.region("Ways"))><h3>The most common of "
        + "\(f.count(c.variantCount, "way", "ways"))</h3><table><thead><tr><th scope=\"col\">Way</th>"
        + "<th scope=\"col\">Cases</th><th scope=\"col\">Completed</th><th scope=\"col\">Median time</th>"
        + "<th scope=\"col\">Fitness</th></tr></thead><tbody>\(variants.joined())</tbody></table></div>"
    return section(
      "conformance", "As designed?", lead: fitness,
      "<div class=\"pair\"><div class=\"card\"><h3>Verdicts</h3><table class=\"list\"><tbody>"
        + "\(verdicts.joined())</tbody></table></div>\(ways)</div>")
  }

  static func offMap(_ chart: Chart) -> String {
    let passages = chart.measured.offMap.prefix(mostItems)
    guard !passages.isEmpty else { return "" }
    let (total, f) = (max(1, chart.measured.cases.total), chart.figures)
    let rows = passages.map { passage in
      let share = Double(passage.cases) / Double(total)
      return
        "<tr><th scope=\"row\">\(name(chart.label(passage), 60))</th>"
        + "<td class=\"text\">\(bar(share)) \(figure(f.share(share)))</td>"
        + "<td>"
        + chart.linked(
          figure(f.count(passage.cases, "case", "cases")), passage.cases,
          chart.place(.passage, passage)) + "</td></tr>"
    }
    return section(
      "off", "Met on the way, not on this map",
      "<div class=\"card\"><table class=\"list\"><tbody>\(rows.joined())</tbody></table></div>")
  }

  /// Where the figures come from: definition, data, exclusions, rules.
  static func making(_ chart: Chart) -> String {
    let (m, f) = (chart.measured, chart.figures)
    let excluded = chart.exclusions.filter { $0.count > 0 }
      .map { "<li>\(figure(f.count($0.count))) \($0.reason.escaped)</li>" }
    let exclusions =
      excluded.isEmpty
      ? "<p class=\"muted\">None.</p>"
      : "<ul class=\"rules\">\(excluded.joined())</ul>"
    return section(
      "made", "How these numbers are made",
      "<div class=\"pair\"><div class=\"card\"><h3>From</h3><p class=\"muted\">Definition <code>"
        + "\(m.definition.cleaned.shortened(to: 32).escaped)</code> · \(chart.dataUntil.escaped) · "
        + "\(chart.range.escaped) · \(name(chart.population))</p>"
        + "<h3>Starting events that opened no case</h3>\(exclusions)</div>"
        + "<div class=\"card\"><h3>Rules</h3><ul class=\"rules\">"
        + chart.rules.map { "<li>\(name($0, 240))</li>" }.joined() + "</ul></div></div>")
  }
}
