import Engine
import Events
import Experience
import Statistics

/// The lanes of a map for some of its columns; column 0 holds the starting points.
struct MapSheet {
  let chart: Chart
  let width: Double
  private let flow: Drawing
  private let time: Drawing
  private let channel: Drawing
  private let feeling: Drawing

  init(chart: Chart, width: Double) {
    self.chart = chart
    self.width = width
    flow = FlowDrawing(chart: chart, width: width).drawing()
    time = TimeDrawing(chart: chart, width: width).drawing()
    channel = ChannelDrawing(chart: chart, width: width).drawing()
    feeling = FeelingDrawing(chart: chart, width: width).drawing()
  }

  /// The map of some columns. Printed parts refer to the pictures of the whole map.
  func render(_ range: Range<Int>, many: Bool = false, printed: Bool = false) -> String {
    func picture(_ drawing: Drawing) -> String {
      drawing.svg(columns: range, width: width, reference: printed)
    }
    func cells(_ cell: (Chart.Column) -> String, start: String = "") -> String {
      range.map { index in
        "<div class=\"cell\">\(index == 0 ? start : cell(chart.columns[index - 1]))</div>"
      }.joined()
    }
    var lanes = [
      lane("Stage", stages(range)),
      lane("Step", cells(step, start: "<div class=\"step\"><b>Starting points</b></div>")),
      lane("Cases", "reached and left", picture(flow)),
      lane("Time", "from the step before", picture(time)),
    ]
    if chart.columns.contains(where: { !chart.channels(of: $0).isEmpty }) {
      lanes.append(lane("Channels", "of interactions", picture(channel)))
    }
    if chart.columns.contains(where: {
      chart.designedFeeling(of: $0) != nil || chart.feeling(of: $0).value != nil
    }) {
      lanes.append(lane("Feeling", "designed and measured", picture(feeling)))
    }
    lanes.append(lane("Pains", "and deviations", cells(pains)))
    if chart.hasTickets {
      let start = tickets(chart.startTickets)
      lanes.append(
        lane(
          "Tickets", "not closed yet",
          cells({ tickets(chart.tickets(of: $0.step.touchpoints.map(\.name))) }, start: start)))
    }
    if chart.hasValues || chart.hasCosts {
      lanes.append(
        lane(
          "Money", "value and cost",
          cells({ money($0.value, $0.cost) }, start: money(startValue, startCost))))
    }
    lanes.append(
      lane("Held by", cells({ owners($0.touchpoints) }, start: owners(chart.startTouchpoints))))
    if chart.columns.contains(where: { !$0.backstage.isEmpty }) {
      lanes.append(divide("LINE OF VISIBILITY"))
      lanes.append(lane("Backstage", "what employees do", cells { list($0.backstage) }))
    }
    if chart.columns.contains(where: { !$0.support.isEmpty }) {
      lanes.append(divide("LINE OF INTERNAL INTERACTION"))
      lanes.append(lane("Support", "systems behind", cells { list($0.support) }))
    }
    let style = "--n:\(range.count);--w:\(SVG.number(width))px"
    let access =
      printed ? "" : " tabindex=\"0\" role=\"region\" aria-label=\"Journey map, scrolls sideways\""
    return "<div class=\"map\(printed ? "" : " screen")\(many ? " many" : "")\" style=\"\(style)\""
      + "\(access)>" + lanes.joined() + "</div>"
  }

  private func lane(_ title: String, _ cells: String) -> String { lane(title, "", cells) }

  private func lane(_ title: String, _ note: String, _ cells: String) -> String {
    "<div class=\"lane\"><div class=\"lane-name\">\(title)"
      + (note.isEmpty ? "" : "<small>\(note)</small>")
      + "</div><div class=\"cells\">\(cells)</div></div>"
  }

  private func divide(_ text: String) -> String {
    "<div class=\"divide\"><span>\(text)</span></div>"
  }

  /// Neighbouring columns of the same stage under one band.
  private func stages(_ range: Range<Int>) -> String {
    let names = Array(chart.stages[range])
    var result = ""
    var begin = 0
    while begin < names.count {
      var end = begin + 1
      while end < names.count, names[end] == names[begin] { end += 1 }
      let title = names[begin].map { MapPage.name($0.replacing("_", with: " ").asTitle, 40) }
      result += "<div class=\"stage\" style=\"--span:\(end - begin)\">\(title ?? "–")</div>"
      begin = end
    }
    return result
  }

  private func step(_ column: Chart.Column) -> String {
    var marks = ""
    if column.step.goal { marks += "<span class=\"mark good\">◆ Goal</span>" }
    if column.momentOfTruth { marks += "<span class=\"mark star\">★ Moment of truth</span>" }
    if column.step.optional { marks += "<span class=\"mark muted\">○ Optional</span>" }
    if !column.pains.isEmpty { marks += "<span class=\"mark bad\">▲ Known pain</span>" }
    let parts = column.step.touchpoints
    let names =
      parts.count > 1
      ? "<span class=\"muted\">"
        + parts.map { "\(MapPage.name($0.title.asTitle, 30)) \(chart.figures.count($0.cases))" }
        .joined(separator: "<br>") + "</span>" : ""
    let title = chart.linked(MapPage.name(column.title, 48), step: column.step.index)
    return "<div class=\"step\"><b>\(title)</b>\(names)\(marks)</div>"
  }

  private func pains(_ column: Chart.Column) -> String {
    let chips = chart.deviations(of: column).map { deviation in
      "<span class=\"chip\(deviation.share >= 0.05 ? " strong" : "")\">\(deviation.label) "
        + chart.linked("<b>\(deviation.number)</b>", 1, deviation.place) + "</span>"
    }
    let pains = column.pains.filter { !$0.isEmpty && $0 != "true" }
      .map { "<span class=\"pain\">▲ \(MapPage.name($0, 80))</span>" }
    let all = chips.joined() + pains.joined()
    return all.isEmpty ? "<span class=\"muted\">–</span>" : all
  }

  private func tickets(
    _ tickets: [(touchpoint: String, count: WaitingTickets.Count)]
  ) -> String {
    let chips = tickets.map { touchpoint, count in
      let words = chart.linked(chart.words(count).escaped, ticketsOf: touchpoint)
      return "<span class=\"chip\(count.overdue > 0 ? " strong" : "")\">\(words)</span>"
    }
    return chips.isEmpty ? "<span class=\"muted\">–</span>" : chips.joined()
  }

  /// What the starting events are worth, and those that end a case.
  private var startValue: Double {
    let steps = chart.columns.reduce(0) { $0 + $1.value }
    let rest = chart.measured.value.sum - steps
    // Sums of many amounts differ in their last digits.
    return abs(rest) < 0.005 ? 0 : rest
  }

  /// What the starting events cost, and those that end a case.
  private var startCost: Double {
    let steps = chart.columns.reduce(0) { $0 + $1.cost }
    return max(0, chart.measured.cost.sum - steps)
  }

  private func money(_ value: Double, _ cost: Double) -> String {
    let f = chart.figures
    var lines: [String] = []
    if value != 0 { lines.append("<b>\(f.money(value).escaped)</b> value") }
    if cost >= 0.005 {
      lines.append("<span class=\"muted\">\(f.money(cost).escaped) cost</span>")
    }
    return lines.isEmpty ? "<span class=\"muted\">–</span>" : lines.joined(separator: "<br>")
  }

  private func owners(_ touchpoints: [Touchpoint]) -> String {
    let owners = chart.owners(of: touchpoints).map { owner in
      let note =
        switch owner.control {
        case .owned: ""
        case .partner: "<small>partner</small>"
        case .external: "<small>outside our control</small>"
        }
      let outside = owner.control == .owned ? "" : " outside"
      return "<span class=\"own\(outside)\">\(MapPage.name(owner.name, 40))\(note)</span>"
    }
    return owners.isEmpty ? "<span class=\"muted\">–</span>" : owners.joined()
  }

  private func list(_ items: [String]) -> String {
    "<ul class=\"back\">" + items.prefix(8).map { "<li>\(MapPage.name($0, 48))</li>" }.joined()
      + "</ul>"
  }
}
