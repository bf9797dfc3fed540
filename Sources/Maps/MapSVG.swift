import Engine
import Experience
import Statistics

/// The picture of a measured map alone, as one standalone SVG for documents and slides.
public enum MapSVG {
  /// The ground that a picture is made for.
  public enum Theme: Sendable, CaseIterable {
    case light, dark
  }

  /// Draws a measured journey: title, key figures, and the lanes from stage to owner.
  ///
  /// The picture needs nothing from outside. Colours are written out, because not every program that
  /// shows SVG knows CSS properties; text is cut by its approximate width so that nothing overlaps.
  public static func render(
    _ measured: MeasuredJourney, of journey: Journey, in experience: Experience,
    theme: Theme = .light, tickets: WaitingTickets = WaitingTickets()
  ) -> String {
    let chart = Chart(measured, of: journey, in: experience, tickets: tickets)
    let columns = Double(chart.columns.count + 1)
    let room = 1200 - 2 * MapPicture.margin - MapPicture.laneName - MapPicture.inside
    let width = min(210, max(MapPage.narrowest, (room / columns).rounded(.down)))
    var picture = MapPicture(chart: chart, width: width)
    picture.draw()
    return picture.text(theme)
  }
}

/// A map picture as it grows downwards, lane by lane.
struct MapPicture {
  let chart: Chart
  /// The width of a column.
  let width: Double
  private var body = ""
  private var y = 0.0

  static let margin = 24.0
  static let laneName = 84.0
  /// The space between the last column and the frame.
  static let inside = 8.0

  init(chart: Chart, width: Double) {
    self.chart = chart
    self.width = width
  }

  private var left: Double { Self.margin + Self.laneName }
  private var lanes: Double { Double(chart.columns.count + 1) * width }
  private var room: Double { width - 2 * FlowDrawing.inset }
  private var total: Double { max(760, left + lanes + Self.inside + Self.margin) }

  /// Adds everything that the picture shows.
  mutating func draw() {
    head()
    guard !chart.isEmpty else {
      body += SVG.text(Self.margin, y + 24, "Nothing to show yet", "number")
      y += 44
      for advice in chart.emptyAdvice.flatMap({
        SVG.wrapped($0, to: total - 2 * Self.margin, size: 13, lines: 4)
      }) {
        body += SVG.text(Self.margin, y, advice, "note muted")
        y += 20
      }
      return
    }
    let top = y
    stages()
    steps()
    lane("Cases", FlowDrawing(chart: chart, width: width).drawing())
    lane("Time", TimeDrawing(chart: chart, width: width).drawing())
    if chart.columns.contains(where: { !chart.channels(of: $0).isEmpty }) {
      lane("Channels", ChannelDrawing(chart: chart, width: width).drawing())
    }
    if chart.columns.contains(where: {
      chart.designedFeeling(of: $0) != nil || chart.feeling(of: $0).value != nil
    }) {
      lane("Feeling", FeelingDrawing(chart: chart, width: width).drawing())
    }
    pains()
    tickets()
    owners()
    let frame = SVG.rectangle(
      Self.margin, top, total - 2 * Self.margin, y - top, "frame", round: 12)
    body = frame + body
    legend()
  }

  /// The whole file in a theme's colours.
  func text(_ theme: MapSVG.Theme) -> String {
    let f = chart.figures
    let description =
      "\(f.count(chart.measured.cases.total, "case", "cases")), "
      + "\(f.share(chart.measured.completion.value)) of closed ones completed."
    var style =
      MapStyle.drawing
      + "text{font-family:\(MapStyle.fonts)}text.title{font-size:26px;font-weight:680}"
      + "text.note{font-size:13px}text.key{font-size:20px;font-weight:660}"
      + "text.name{font-size:12.5px;font-weight:600}text.step{font-size:14px;font-weight:650}"
      + "text.over{font-size:12.5px;font-weight:600}text.accent{fill:var(--accent)}"
      + ".ground{fill:var(--paper)}.frame{fill:var(--surface);stroke:var(--line)}"
      + ".band,.chip{fill:var(--tint)}.chip.strong{fill:var(--bad-tint)}"
    for color in Palette.colors {
      style = style.replacing(
        "var(--\(color.name))", with: theme == .light ? color.light : color.dark)
    }
    let height = y + Self.margin
    let size = "\(SVG.number(total)) \(SVG.number(height))"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 \(size)" \
      width="\(SVG.number(total))" height="\(SVG.number(height))">
      <title>\(chart.title.escaped)</title>
      <desc>\(description.escaped)</desc>
      <style>\(style)</style>
      \(SVG.rectangle(0, 0, total, height, "ground"))
      \(body)
      </svg>

      """
  }

  private mutating func head() {
    let wide = total - 2 * Self.margin
    body += SVG.text(
      Self.margin, 48, SVG.shortened(chart.experience.title.asTitle, to: wide, size: 13),
      "over accent")
    body += SVG.text(Self.margin, 80, SVG.shortened(chart.title, to: wide, size: 27), "title")
    let facts = "\(chart.range) · \(chart.dataUntil) · \(chart.population)"
    body += SVG.text(
      Self.margin, 104, SVG.shortened(facts, to: wide, size: 13), "note muted")
    y = 126
    guard !chart.isEmpty else { return }
    let (m, f) = (chart.measured, chart.figures)
    var keys: [(String, String)] = [
      ("cases", f.count(m.cases.total)), ("completed", f.share(m.completion.value)),
      ("median time to goal", f.time(m.time.median.value)),
    ]
    if chart.hasValues { keys.append(("value", f.money(m.value.sum))) }
    if m.feeling.value != nil { keys.append(("feeling of 5", f.score(m.feeling.value))) }
    keys.append(("fit with the design", f.fitness(m.conformance.fitness)))
    let step = min(190, wide / Double(keys.count))
    for (place, key) in keys.enumerated() {
      let x = Self.margin + Double(place) * step
      body += SVG.text(x, y + 22, SVG.shortened(key.1, to: step - 12, size: 21), "key")
      body += SVG.text(x, y + 42, key.0, "note muted")
    }
    y += 66
  }

  /// Neighbouring columns of the same stage under one band.
  private mutating func stages() {
    body += name("Stage", y + 26)
    let names = chart.stages
    var begin = 0
    while begin < names.count {
      var end = begin + 1
      while end < names.count, names[end] == names[begin] { end += 1 }
      let wide = Double(end - begin) * width - 10
      let x = left + Double(begin) * width + 6
      let title = names[begin].map { $0.replacing("_", with: " ").asTitle } ?? Figures.none
      body += SVG.rectangle(x, y + 9, wide, 25, "band", round: 6)
      body += SVG.text(x + 8, y + 26, SVG.shortened(title, to: wide - 16, size: 13), "name")
      begin = end
    }
    y += 42
    rule()
  }

  private mutating func steps() {
    body += name("Step", y + 24)
    let starts = SVG.wrapped("Starting points", to: room, size: 14.5, lines: 2)
    for (line, text) in starts.enumerated() {
      body += SVG.text(x(0), y + 24 + Double(line) * 18, text, "step")
    }
    var deepest = starts.count
    for (index, column) in chart.columns.enumerated() {
      let lines = SVG.wrapped(column.title, to: room, size: 14.5, lines: 3)
      for (line, text) in lines.enumerated() {
        body += SVG.text(x(index + 1), y + 24 + Double(line) * 18, text, "step")
      }
      var marks: [(String, String)] = []
      func mark(_ text: String, _ classes: String) {
        marks += SVG.wrapped(text, to: width - 14, size: 12, lines: 2).map { ($0, classes) }
      }
      if column.step.goal { mark("◆ Goal", "small good") }
      if column.momentOfTruth { mark("★ Moment of truth", "small warn") }
      if column.step.optional { mark("○ Optional", "small muted") }
      for (line, mark) in marks.enumerated() {
        body += SVG.text(
          x(index + 1), y + 24 + Double(lines.count + line) * 18, mark.0, mark.1)
      }
      deepest = max(deepest, lines.count + marks.count)
    }
    y += 24 + Double(deepest) * 18
    rule()
  }

  private mutating func lane(_ title: String, _ drawing: Drawing) {
    body += name(title, y + 24)
    body +=
      "<g transform=\"translate(\(SVG.number(left)) \(SVG.number(y)))\">"
      + "<title>\(drawing.title.escaped)</title>\(drawing.body)</g>"
    y += drawing.height
    rule()
  }

  /// Deviations as chips under one another, then what is known to hurt.
  private mutating func pains() {
    body += name("Pains", y + 28)
    var deepest = 28.0
    for (index, column) in chart.columns.enumerated() {
      var depth = 14.0
      for deviation in chart.deviations(of: column).prefix(4) {
        let lines = SVG.wrapped(
          "\(deviation.label) \(deviation.number)", to: width - 28, size: 12, lines: 2)
        let strong = deviation.share >= 0.05
        let high = 6 + 14 * Double(lines.count)
        body += SVG.rectangle(
          x(index + 1), y + depth, (lines.map { SVG.width(of: $0, size: 12) }.max() ?? 0) + 12,
          high, strong ? "chip strong" : "chip", round: 5)
        for (line, text) in lines.enumerated() {
          body += SVG.text(
            x(index + 1) + 6, y + depth + 14 + Double(line) * 14, text,
            strong ? "small bad" : "small")
        }
        depth += high + 5
      }
      for pain in column.pains.filter({ !$0.isEmpty && $0 != "true" }).prefix(1) {
        for line in SVG.wrapped("▲ " + pain, to: width - 18, size: 12, lines: 5) {
          body += SVG.text(x(index + 1), y + depth + 13, line, "small bad")
          depth += 16
        }
      }
      deepest = max(deepest, depth)
    }
    y += deepest + 10
    rule()
  }

  private mutating func tickets() {
    guard chart.hasTickets else { return }
    body += name("Tickets", y + 24)
    var deepest = 1
    for index in 0...chart.columns.count {
      let found =
        index == 0
        ? chart.startTickets
        : chart.tickets(of: chart.columns[index - 1].step.touchpoints.map(\.name))
      let lines = found.prefix(3).flatMap { _, count in
        SVG.wrapped(chart.words(count), to: width - 18, size: 12, lines: 2)
          .map { ($0, count.overdue > 0 ? "small bad" : "small") }
      }
      for (line, text) in lines.enumerated() {
        body += SVG.text(x(index), y + 24 + Double(line) * 16, text.0, text.1)
      }
      deepest = max(deepest, lines.count)
    }
    y += 20 + Double(deepest) * 16
    rule()
  }

  private mutating func owners() {
    body += name("Held by", y + 24)
    var deepest = 1
    for index in 0...chart.columns.count {
      let touchpoints =
        index == 0 ? chart.startTouchpoints : chart.columns[index - 1].touchpoints
      let lines = chart.owners(of: touchpoints).prefix(3).flatMap { owner in
        let note =
          switch owner.control {
          case .owned: ""
          case .partner: " (partner)"
          case .external: owner.name == "External" ? "" : " (external)"
          }
        return SVG.wrapped(owner.name + note, to: width - 18, size: 12, lines: 2)
      }
      for (line, text) in lines.enumerated() {
        body += SVG.text(x(index), y + 24 + Double(line) * 16, text, "small")
      }
      deepest = max(deepest, lines.count)
    }
    y += 20 + Double(deepest) * 16
  }

  /// How to read the picture, beneath it.
  private mutating func legend() {
    let lines = SVG.wrapped(
      "The stream is as wide as the cases that came this far; those who turn downwards left. "
        + "Dashed: the designed feeling; points: the measured one.",
      to: total - 2 * Self.margin, size: 12, lines: 3)
    for (line, text) in lines.enumerated() {
      body += SVG.text(Self.margin, y + 24 + Double(line) * 16, text, "small muted")
    }
    y += 12 + Double(lines.count) * 16
  }

  private func x(_ column: Int) -> Double {
    left + Double(column) * width + FlowDrawing.inset
  }

  private func name(_ title: String, _ y: Double) -> String {
    SVG.text(Self.margin + 16, y, title, "name")
  }

  private mutating func rule() {
    body += SVG.line(Self.margin, y, total - Self.margin, y, "grid")
  }
}
