import Engine
import Events
import Experience
import Statistics

/// Draws cases as a stream: as wide as the cases that came this far, in the colours of their
/// starting points, with those who left turning downwards.
struct FlowDrawing {
  let chart: Chart
  /// The width of a column.
  let width: Double

  static let top = 46.0
  static let depth = 168.0
  static let foot = 68.0
  /// The most space between two starting points, and between all of them together.
  static let gaps = (one: 12.0, all: 48.0)
  static let node = 6.0
  private static let labelLine = 13.0
  /// Where marks begin inside a column: where its text does.
  static let inset = 14.0

  private var starts: Int { chart.measured.starts.count }
  private var total: Double { Double(max(1, chart.measured.cases.total)) }
  private var gap: Double { min(Self.gaps.one, Self.gaps.all / Double(max(1, starts - 1))) }
  private var scale: Double { (Self.depth - gap * Double(max(0, starts - 1))) / total }
  private var ground: Double { Self.top + Self.depth + 16 }

  private func x(_ column: Int) -> Double { Double(column) * width + Self.inset }

  /// The whole lane: the starting points in column 0, then a column for each step.
  func drawing() -> Drawing {
    var body = beginnings()
    for index in chart.columns.indices { body += step(index) }
    return Drawing(
      name: "flow", title: "How cases flowed from step to step", description: description,
      height: Self.top + Self.depth + Self.foot, body: body, isLinked: chart.links != nil)
  }

  private var description: String {
    let f = chart.figures
    return "\(f.count(chart.measured.cases.total, "case", "cases")) began. "
      + chart.columns.map { column in
        "\(f.count(column.step.reached)) came as far as \(column.title)"
          + (column.step.dropOff > 0
            ? ", where \(f.count(column.step.dropOff)) dropped off. " : ". ")
      }.joined()
  }

  /// The starting points, one under another, each flowing into the first step.
  private func beginnings() -> String {
    var result = ""
    var y = Self.top
    var arrival = Self.top
    let first = chart.columns.first?.step
    for (k, start) in chart.measured.starts.enumerated() {
      let cases = Double(start.cases.total)
      let goes = Double(first.map { Chart.at(k, $0.reachedByStart) } ?? 0)
      let height = cases * scale
      let title =
        "\(start.title.asTitle): \(chart.figures.count(start.cases.total, "case", "cases"))"
      if goes > 0 {
        result += ribbon(
          from: (x(0) + Self.node, y), to: (x(1), arrival), goes * scale, "flow s\(k)",
          title: title)
      }
      if cases > goes {
        result += leaving(x(0) + Self.node, y + goes * scale, (cases - goes) * scale)
      }
      result += SVG.rectangle(
        x(0), y, Self.node, max(height, 1), "fill-s\(k)", round: 1.5, title: title)
      result += label(start.title.asTitle, at: y, height)
      y += height + gap
      arrival += goes * scale
    }
    result += numbers(0, chart.measured.cases.total, "began", JourneyPlace(.cases))
    if chart.lostAtStart > 0 {
      result += SVG.text(
        x(0), ground + 14, "−" + chart.figures.count(chart.lostAtStart), "number bad")
      let share = chart.figures.share(chart.lostAtStart, of: chart.measured.cases.total)
      for (line, text) in SVG.wrapped(
        share + " went no further", to: width - 6, size: 12, lines: 2
      ).enumerated() {
        result += SVG.text(x(0), ground + 29 + Double(line) * 14, text, "small muted")
      }
    }
    return result
  }

  /// The name of a starting point beside its node, in as many lines as it has room for.
  private func label(_ title: String, at y: Double, _ height: Double) -> String {
    let space = height + gap
    let most = min(3, Int(space / Self.labelLine))
    guard most > 0 else { return "" }
    let lines = SVG.wrapped(title, to: width - 26, size: 12, lines: most)
    let middle = min(max(height, space - 4) / 2, 24)
    let first = y + middle + 4 - Double(lines.count - 1) * Self.labelLine / 2
    return lines.enumerated().map { line, text in
      SVG.text(x(0) + Self.node + 7, first + Double(line) * Self.labelLine, text, "small")
    }.joined()
  }

  /// Those who go no further from a starting point: a wedge that fades.
  private func leaving(_ x: Double, _ y: Double, _ height: Double) -> String {
    SVG.path(
      [
        .move(x, y), .curve(x + 12, y, x + 18, y + height / 2, x + 30, y + height),
        .line(x, y + height), .close,
      ], "leave")
  }

  /// A step: its node, its number, the ribbons to the next step, and those who leave.
  private func step(_ index: Int) -> String {
    let (step, f) = (chart.columns[index].step, chart.figures)
    let next = index + 1 < chart.columns.count ? chart.columns[index + 1].step : nil
    let here = Double(step.reached) * scale
    let left = x(index + 1)
    var result = ""
    var departure = Self.top
    var arrival = Self.top
    for k in 0..<starts {
      let goes = Double(Chart.at(k, next?.reachedByStart ?? [])) * scale
      if goes > 0 {
        result += ribbon(
          from: (left + Self.node, departure), to: (left + width, arrival), goes, "flow s\(k)",
          title: "")
      }
      departure += goes
      arrival += goes
    }
    let drop = Double(step.dropOff) * scale
    let open = Double(step.open) * scale
    if step.goal {
      let completed = min(
        Double(chart.measured.cases.completed) * scale, max(0, here - (departure - Self.top)))
      result += ending(left + Self.node, departure, completed)
      departure += completed
    }
    if drop > 0 { result += peel(left + Self.node, departure, drop) }
    if open > 0 {
      result += SVG.rectangle(
        left + Self.node, departure + drop, 16, open, "open",
        title: "\(f.count(step.open)) still open")
    }
    result += SVG.rectangle(
      left, Self.top, Self.node, max(here, 1.5), step.goal ? "fill-good" : "fill-ink", round: 1.5,
      title: "\(chart.columns[index].title): \(f.count(step.reached, "case", "cases"))")
    result += numbers(
      index + 1, step.reached, f.share(step.share.value), JourneyPlace(.reached, step: index))
    return result + footing(index, left)
  }

  /// The numbers beneath a step: who left, and who is still there.
  private func footing(_ index: Int, _ left: Double) -> String {
    let (step, f) = (chart.columns[index].step, chart.figures)
    let dropOff = JourneyPlace(.droppedOff, step: index)
    if step.goal {
      let completed = chart.measured.cases.completed
      return chart.linked(
        SVG.text(left, ground + 14, f.count(completed), "number good"), completed,
        JourneyPlace(.completed))
        + SVG.text(left, ground + 29, "reached the goal", "small muted")
        + (step.dropOff == 0
          ? ""
          : chart.linked(
            SVG.text(left, ground + 43, "−\(f.count(step.dropOff)) left", "small bad"),
            step.dropOff, dropOff))
    }
    guard step.dropOff > 0 || step.open > 0 else { return "" }
    let open = step.open > 0 ? "\(f.count(step.open)) open" : ""
    func opened(_ y: Double) -> String {
      chart.linked(
        SVG.text(left, y, open, "small muted"), step.open, JourneyPlace(.open, step: index))
    }
    guard step.dropOff > 0 else { return opened(ground + 14) }
    return chart.linked(
      SVG.text(left, ground + 14, "−" + f.count(step.dropOff), "number bad"), step.dropOff, dropOff)
      + SVG.text(
        left, ground + 29, f.share(step.dropOffShare.value) + " left", "small muted")
      + (open.isEmpty ? "" : opened(ground + 43))
  }

  private func numbers(
    _ column: Int, _ count: Int, _ note: String, _ place: JourneyPlace
  ) -> String {
    chart.linked(SVG.text(x(column), 20, chart.figures.count(count), "number"), count, place)
      + SVG.text(x(column), 36, note, "small muted")
  }

  private func ribbon(
    from: (x: Double, y: Double), to: (x: Double, y: Double), _ height: Double, _ classes: String,
    title: String
  ) -> String {
    let middle = (from.x + to.x) / 2
    return SVG.path(
      [
        .move(from.x, from.y), .curve(middle, from.y, middle, to.y, to.x, to.y),
        .line(to.x, to.y + height),
        .curve(middle, to.y + height, middle, from.y + height, from.x, from.y + height), .close,
      ], classes, title: title)
  }

  /// A band that turns from the right to straight down, and narrows on its way.
  private func peel(_ x: Double, _ y: Double, _ height: Double) -> String {
    let reach = min(width - 40, 30 + min(height, 34))
    let band = min(max(height * 0.5, 2), 24)
    let bottom = y + height
    let turn = bottom + 12
    let end = ground - 4
    let tip = x + reach - band / 2
    return SVG.path(
      [
        .move(x, y), .curve(x + reach * 0.7, y, x + reach, y + height * 0.3, x + reach, turn),
        .curve(x + reach, (turn + end) / 2, tip + 1, (turn + end) / 2, tip + 0.8, end),
        .line(tip - 0.8, end),
        .curve(
          tip - 1, (turn + end) / 2, x + reach - band, (turn + end) / 2, x + reach - band, turn),
        .curve(x + reach - band, bottom, x + reach * 0.4, bottom, x, bottom), .close,
      ], "leave")
  }

  /// What the goal receives: a band that ends in a point.
  private func ending(_ x: Double, _ y: Double, _ height: Double) -> String {
    SVG.path(
      [
        .move(x, y), .line(x + 26, y), .line(x + 40, y + height / 2), .line(x + 26, y + height),
        .line(x, y + height), .close,
      ], "reached")
  }
}
