import Engine
import Events
import Experience
import Statistics

extension MapPage {
  /// The most columns of a map that fit a printed page upright.
  static let columnsInPrint = 5

  /// The narrowest column in which words still stand; ten of them fit a window 1440 wide.
  static let narrowest = 118.0

  /// The map itself: one column for the starting points and one for each step.
  static func map(_ chart: Chart) -> String {
    let count = chart.columns.count + 1
    let width = min(290, max(narrowest, (1212.0 / Double(count)).rounded(.down)))
    let sheet = MapSheet(chart: chart, width: width)
    let all = 0..<count
    var maps = sheet.render(all, many: count > columnsInPrint)
    if count > columnsInPrint {
      let pages = (count + columnsInPrint - 1) / columnsInPrint
      let parts = (0..<pages).map { page in
        sheet.render((count * page / pages)..<(count * (page + 1) / pages), printed: true)
      }
      maps += "<div class=\"map-print\" aria-hidden=\"true\">" + parts.joined() + "</div>"
    }
    return section(
      "map", "The way they walked",
      lead: "The stream is as wide as the cases that came this far. Those who turn downwards left.",
      maps + legend(chart) + table(chart))
  }

  private static func legend(_ chart: Chart) -> String {
    func swatch(_ style: String) -> String {
      "<svg class=\"drawing\" style=\"display:inline\" width=\"14\" height=\"12\" aria-hidden=\"true\">"
        + SVG.rectangle(0, 1, 14, 10, style, round: 2) + "</svg>"
    }
    var items = chart.measured.starts.enumerated().map { k, start in
      "<span>\(swatch("fill-s\(k)"))\(name(start.title.asTitle, 30))</span>"
    }
    items += [
      "<span>\(swatch("leave"))left</span>", "<span>\(swatch("open"))still open</span>",
      "<span>\(swatch("fill-accent"))median time</span>",
      "<span>\(swatch("p90"))nine of ten</span>",
      "<span><svg class=\"drawing\" style=\"display:inline\" width=\"22\" height=\"12\""
        + " aria-hidden=\"true\">\(SVG.line(0, 6, 22, 6, "designed"))</svg>designed feeling</span>",
      "<span><svg class=\"drawing\" style=\"display:inline\" width=\"12\" height=\"12\""
        + " aria-hidden=\"true\">\(SVG.circle(6, 6, 5, "felt good"))</svg>measured feeling</span>",
    ]
    return "<div class=\"legend\">" + items.joined() + "</div>"
  }

  /// The map's figures as a table: its text alternative.
  private static func table(_ chart: Chart) -> String {
    let f = chart.figures
    let rows = chart.columns.map { column in
      let step = column.step
      let feeling = chart.feeling(of: column)
      func linked(_ count: Int, _ kind: JourneyPlace.Figure) -> String {
        chart.linked(f.count(count).escaped, count, JourneyPlace(kind, step: step.index))
      }
      let promised = " of \(f.count(step.promised))".escaped
      var cells = [
        linked(step.reached, .reached), f.share(step.share.value).escaped,
        (f.interval(step.share, f.share) ?? Figures.none).escaped, linked(step.cases, .met),
        linked(step.dropOff, .droppedOff), f.share(step.dropOffShare.value).escaped,
        linked(step.open, .open), f.time(step.timeFromPrevious.median.value).escaped,
        f.time(step.timeFromPrevious.p90).escaped,
        step.promised > 0 ? linked(step.late, .late) + promised : Figures.none,
        linked(step.skipped, .skipped), linked(step.casesRepeating, .repeated),
        linked(step.outOfOrder, .outOfOrder), linked(step.wrongChannel, .wrongChannel),
        linked(step.channelSwitches, .switchedChannel),
        (feeling.value == nil
          ? Figures.none : "\(f.score(feeling.value)) (\(f.basis(feeling.count)))").escaped,
      ]
      if chart.hasValues { cells.append(f.money(column.value).escaped) }
      if chart.hasCosts { cells.append(f.money(column.cost).escaped) }
      return "<tr><th scope=\"row\">\(name(column.title, 40))</th>"
        + cells.map { "<td class=\"figure\">\($0)</td>" }.joined() + "</tr>"
    }
    var heads = [
      "Step", "Came here", "Of all", "95 % interval", "Met it", "Dropped off", "Of these", "Open",
      "Median time", "Nine of ten", "Late", "Skipped", "Repeating", "Out of order",
      "Wrong channel", "Switched", "Feeling",
    ]
    if chart.hasValues { heads.append("Value") }
    if chart.hasCosts { heads.append("Cost") }
    return "<details><summary>The same map as a table</summary><div class=\"scroll\" tabindex=\"0\""
      + " role=\"region\" aria-label=\"Figures of the map\"><table><thead><tr>"
      + heads.map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr></thead><tbody>"
      + rows.joined() + "</tbody></table></div></details>"
  }
}
