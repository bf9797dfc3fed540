import Engine
import Events
import Maps

/// How much room a picture has. Its letters are as large in each, 11 to 20 pixels: what has little room
/// is drawn anew for it, with less beside each other and more below, and not made smaller.
public enum PictureRoom: Sendable, CaseIterable {
  /// The width of a page.
  case page
  /// A tile beside others.
  case tile
  /// A phone held upright.
  case phone

  /// The width of the whole picture.
  var width: Double {
    switch self {
    case .page: 960
    case .tile: 520
    case .phone: 300
    }
  }

  /// What is left free around the picture.
  var margin: Double {
    switch self {
    case .page: 28
    case .tile: 14
    case .phone: 10
    }
  }

  /// The lines that a title and a note may take.
  fileprivate var lines: (title: Int, note: Int) { self == .page ? (2, 4) : (3, 8) }
}

/// The picture of an answer as one standalone SVG, light or dark as its reader's screen is.
///
/// It needs nothing from outside and has no script. Names are cleaned, escaped and cut to their room.
public enum AnswerSVG {
  /// Draws an answer, with what it rests on under the title.
  ///
  /// - Throws: `answer.picture` where a table says it best.
  public static func render(
    _ answered: Answered, style: AnswerStyle, in room: PictureRoom = .page
  ) throws(Refusal) -> String {
    guard let picture = answered.answer.subject.picture else {
      throw Refusal(
        "answer.picture",
        problem: "The answer to `\(answered.receipt.question.kind.rawValue)` has no picture.",
        remedy: "Choose text, csv or json.")
    }
    return render(picture, notes: AnswerText.brief(answered.receipt, style, width: .max), in: room)
  }

  /// Draws a picture.
  ///
  /// - Parameter notes: quiet lines under the title, clean.
  static func render(
    _ picture: AnswerPicture, notes: [String], in room: PictureRoom = .page
  ) -> String {
    let margin = room.margin
    let drawing = Sketch(picture, width: room.width - 2 * margin)
    let width = drawing.width + 2 * margin
    var y = margin + 18
    let title = SVG.wrapped(
      picture.title.cleaned, to: drawing.width, size: 20, lines: room.lines.title)
    var head = ""
    for line in title {
      head += SVG.text(margin, y, line, "title")
      y += 26
    }
    for line in notes.flatMap({
      SVG.wrapped($0, to: drawing.width, size: 12.5, lines: room.lines.note)
    }) {
      head += SVG.text(margin, y - 4, line, "note muted")
      y += 18
    }
    y += 8
    let height = y + drawing.height + margin
    return """
      <svg xmlns="http://www.w3.org/2000/svg" role="img" \
      viewBox="0 0 \(SVG.number(width)) \(SVG.number(height))" \
      width="\(SVG.number(width))" height="\(SVG.number(height))">
      <title>\(picture.title.cleaned.escaped)</title>
      <desc>\(drawing.description.escaped)</desc>
      <style>\(style)</style>
      \(SVG.rectangle(0, 0, width, height, "ground"))
      \(head)
      <g transform="translate(\(SVG.number(margin)) \(SVG.number(y)))">\(drawing.body)</g>
      </svg>

      """
  }

  /// Colours are written out, because not every program that shows SVG knows CSS properties; one that
  /// knows media queries turns dark.
  private static var style: String {
    // Text in cells turns where it stands out more from the ground: later in the light.
    var (light, dark) = (colors + inverse(from: 7), colors + inverse(from: 6))
    for color in Palette.colors {
      light = light.replacing("var(--\(color.name))", with: color.light)
      dark = dark.replacing("var(--\(color.name))", with: color.dark)
    }
    return "text{font-family:\(MapStyle.fonts);font-size:12.5px;font-variant-numeric:tabular-nums}"
      + "text.title{font-size:20px;font-weight:660}text.note{font-size:12.5px}"
      + "text.strong{font-weight:600}text.tiny{font-size:11px}"
      + "text.end{text-anchor:end}text.middle{text-anchor:middle}"
      + "text.halo{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}"
      + "path.curve{fill:none;stroke-width:2.25px;stroke-linejoin:round;stroke-linecap:round}"
      + "path.ribbon{fill-opacity:.3}path.ribbon:hover{fill-opacity:.5}"
      + "path.back{fill:none;stroke-dasharray:5 4;stroke-opacity:.55}"
      + (1...10).map { ".o\($0){fill-opacity:\(Double($0) / 10)}" }.joined()
      + "line.rule{stroke-width:1px;shape-rendering:crispEdges}"
      + light + "@media (prefers-color-scheme:dark){\(dark)}"
  }

  private static func inverse(from first: Int) -> String {
    (first...10).map { "text.t\($0)" }.joined(separator: ",") + "{fill:var(--surface)}"
  }

  /// The rules that hold colours.
  private static var colors: String {
    "text{fill:var(--ink)}text.muted{fill:var(--muted)}"
      + ".ground{fill:var(--paper)}.cell{fill:var(--accent)}.empty{fill:var(--tint)}"
      + "line.rule{stroke:var(--line)}line.axis{stroke:var(--muted)}"
      + "text.halo{stroke:var(--paper)}path.back{stroke:var(--muted)}"
      + (0..<Palette.starts).map {
        ".s\($0){fill:var(--start\($0))}path.curve.c\($0){stroke:var(--start\($0))}"
      }.joined()
  }
}

/// A drawn picture without its head.
struct Sketch {
  var width: Double
  var height: Double
  /// What a reader who does not see it should know.
  var description: String
  var body: String

  init(width: Double, height: Double, description: String, body: String) {
    self.width = width
    self.height = height
    self.description = description
    self.body = body
  }

  /// Draws a picture in a width; of several, one under the other with their names.
  init(_ picture: AnswerPicture, width: Double) {
    switch picture {
    case .bars(_, let series, let bars): self = BarDrawing(series, bars).sketch(width)
    case .lines(_, let axis, let lines): self = LineDrawing(axis, lines).sketch(width)
    case .grid(_, let rows, let columns, let shares):
      self = GridDrawing(rows, columns, shares).sketch(width)
    case .flow(_, let nodes, let links): self = SankeyDrawing(nodes, links).sketch(width)
    case .ranges(_, let ranges): self = RangeDrawing(ranges: ranges).sketch(width)
    case .matrix(_, let matrix): self = MatrixDrawing(matrix: matrix).sketch(width)
    case .several(_, let parts):
      self.init(width: width, height: 0, description: "", body: "")
      for part in parts { add(part, width) }
    }
  }

  private mutating func add(_ part: AnswerPicture.Part, _ room: Double) {
    let sketch = Sketch(part.picture, width: room)
    let name = part.name.cleaned
    body += SVG.text(0, height + 14, SVG.shortened(name, to: room, size: 12.5), "strong")
    height += Self.gap
    body += "<g transform=\"translate(0 \(SVG.number(height)))\">\(sketch.body)</g>"
    height += sketch.height + Self.gap
    width = max(width, sketch.width)
    description += (description.isEmpty ? "" : " ") + "\(name): \(sketch.description)"
  }

  /// Between parts, and from a part's name to its picture.
  private static let gap = 28.0
  /// Below this width names stand above their marks, not beside them.
  static let narrow = 400.0
  /// Below this width a picture is one of several things to look at.
  private static let wide = 800.0
  /// The most things that a description tells one by one.
  static let mostTold = 40

  /// The most marks one under the other in a width: a page is long, a glance is not.
  static func most(_ count: Int, in width: Double) -> Int { width < wide ? min(count, 30) : count }

  /// The widest that a name may be beside its marks.
  static func name(in width: Double) -> Double { min(240, width * 0.38) }

  /// The names of series with their colours, in as many lines as they need.
  static func legend(_ names: [String], width: Double) -> (body: String, height: Double) {
    var (x, y, body) = (0.0, 10.0, "")
    for (position, name) in names.enumerated() {
      let shown = SVG.shortened(name, to: min(220, width - 38), size: 12.5)
      let room = SVG.width(of: shown, size: 12.5) + 38
      if x > 0, x + room > width { (x, y) = (0, y + 20) }
      body += SVG.rectangle(x, y - 9, 11, 11, color(position), round: 2.5)
      body += SVG.text(x + 17, y + 1, shown, "")
      x += room
    }
    return (body, y + 18)
  }

  /// The class of a series' colour.
  static func color(_ position: Int) -> String { "s\(position % Palette.starts)" }

  /// A remark that not everything is drawn.
  static func more(_ count: Int, _ noun: String, at y: Double) -> String {
    SVG.text(0, y, "… and \(count) more \(noun); CSV has all.", "muted")
  }
}

/// The ends and marks of an axis of numbers: steps of 1, 2 or 5 times a power of ten.
struct Axis {
  private(set) var ticks: [Double] = []

  /// An axis that has 0 and all values on it, with a mark for each of at most five steps between them.
  init(_ values: some Sequence<Double>) {
    var (low, high) = (0.0, 0.0)
    for value in values where value.isFinite && abs(value) < 1e200 {
      low = min(low, value)
      high = max(high, value)
    }
    if high - low < 1e-200 { high = low + 1 }
    var step = 1.0
    // Powers of ten between 1e-308 and 1e200: the loops end.
    while step > (high - low) / 5 { step /= 10 }
    while step * 10 <= (high - low) / 5 { step *= 10 }
    let fifth = (high - low) / 5 / step
    step *= fifth > 5 ? 10 : fifth > 2 ? 5 : fifth > 1 ? 2 : 1
    let (first, last) = ((low / step).rounded(.down), (high / step).rounded(.up))
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// Where a value lies between the ends: 0 to 1.
  func share(_ value: Double) -> Double {
    guard let low = ticks.first, let high = ticks.last, high > low else { return 0 }
    return (value - low) / (high - low)
  }
}
