import Engine
import Maps

/// Lines over a common axis.
struct LineDrawing {
  /// As many as there are colours.
  static let mostLines = Palette.starts
  /// Up to so many points each gets a dot.
  private static let mostDotted = 62
  private static let height = 300.0

  let axis: [String]
  let lines: [AnswerPicture.Line]

  init(_ axis: [String], _ lines: [AnswerPicture.Line]) {
    self.axis = axis.map(\.cleaned)
    self.lines = lines
  }

  func sketch() -> Sketch {
    let shown = lines.prefix(Self.mostLines)
    let values = shown.flatMap { $0.values.compactMap(\.self) }.filter(\.isFinite)
    let scale = PictureScale(values)
    let marks = Axis(values)
    let left = max(
      36, (marks.ticks.map { SVG.width(of: scale.text($0), size: 11) }.max() ?? 0) + 12)
    let room = Sketch.usualWidth - left - 16
    var (body, top) = ("", 6.0)
    if shown.count > 1 {
      let legend = Sketch.legend(shown.map(\.name.cleaned), width: Sketch.usualWidth)
      (body, top) = (legend.body, legend.height + 8)
    }
    func x(_ position: Int) -> Double {
      axis.count > 1 ? left + room * Double(position) / Double(axis.count - 1) : left + room / 2
    }
    func y(_ value: Double) -> Double { top + Self.height * (1 - marks.share(value)) }
    for tick in marks.ticks {
      body += SVG.line(left, y(tick), left + room, y(tick), tick == 0 ? "rule axis" : "rule")
      body += SVG.text(left - 8, y(tick) + 4, scale.text(tick), "tiny muted end")
    }
    body += labels(x, top + Self.height + 20, room)
    for (position, line) in shown.enumerated() {
      body += curve(line, position, scale, x, y)
    }
    var bottom = top + Self.height + 28
    if lines.count > shown.count {
      bottom += 18
      body += Sketch.more(lines.count - shown.count, "lines", at: bottom)
    }
    return Sketch(
      width: Sketch.usualWidth, height: bottom, description: description(scale), body: body)
  }

  /// As many names of the axis as have room beside each other.
  private func labels(_ x: (Int) -> Double, _ y: Double, _ room: Double) -> String {
    let widest = axis.map { SVG.width(of: $0, size: 11) }.max() ?? 0
    let most = max(1, Int(room / (min(140, widest) + 14)))
    let step = max(1, (axis.count + most - 1) / most)
    return stride(from: 0, to: axis.count, by: step).map { position in
      SVG.text(
        x(position), y, SVG.shortened(axis[position], to: 140, size: 11), "tiny muted middle")
    }.joined()
  }

  /// The line in pieces where points are missing, with a dot for each point if they are few.
  private func curve(
    _ line: AnswerPicture.Line, _ number: Int, _ scale: PictureScale, _ x: (Int) -> Double,
    _ y: (Double) -> Double
  ) -> String {
    var strokes: [SVG.Stroke] = []
    var dots = ""
    var isDown = false
    for (position, value) in line.values.prefix(axis.count).enumerated() {
      guard let value, value.isFinite else {
        isDown = false
        continue
      }
      strokes.append(isDown ? .line(x(position), y(value)) : .move(x(position), y(value)))
      let follows = position + 1 < line.values.count && line.values[position + 1] != nil
      if axis.count <= Self.mostDotted || (!isDown && !follows) {
        dots += SVG.circle(
          x(position), y(value), axis.count <= 31 ? 3 : 2, Sketch.color(number),
          title: "\(line.name.cleaned), \(axis[position]): \(scale.text(value))")
      }
      isDown = true
    }
    return SVG.path(strokes, "curve c\(number % Palette.starts)", title: line.name.cleaned) + dots
  }

  private func description(_ scale: PictureScale) -> String {
    let told = lines.prefix(Sketch.mostTold).map { line in
      let known = line.values.compactMap(\.self)
      guard let first = known.first, let last = known.last else { return "\(line.name.cleaned): –" }
      return "\(line.name.cleaned): from \(scale.text(first)) to \(scale.text(last))"
    }
    return "Lines over \(axis.first ?? "–") to \(axis.last ?? "–"). "
      + told.joined(separator: "; ") + "."
  }
}
