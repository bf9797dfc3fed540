import Engine
import Maps

/// Lines over a common axis.
struct LineDrawing {
  /// As many as there are colours.
  static let mostLines = Palette.starts
  /// Up to so many points each gets a dot.
  private static let mostDotted = 62
  /// The highest that the lines reach, and the widest name of the axis.
  private static let highest = 300.0
  private static let widestName = 140.0

  let axis: [String]
  let lines: [AnswerPicture.Line]

  init(_ axis: [String], _ lines: [AnswerPicture.Line]) {
    self.axis = axis.map(\.cleaned)
    self.lines = lines
  }

  func sketch(_ width: Double) -> Sketch {
    let shown = lines.prefix(Self.mostLines)
    let values = shown.flatMap { $0.values.compactMap(\.self) }.filter(\.isFinite)
    let scale = PictureScale(values)
    let marks = Axis(values)
    let height = min(Self.highest, width * 0.6)
    let names = axis.map { SVG.shortened($0, to: min(Self.widestName, width / 4), size: 11) }
    // A name stands below the middle of its point, at both ends of the axis too.
    let widest = names.map { SVG.width(of: $0, size: 11) }.max() ?? 0
    let left = max(
      36, (marks.ticks.map { SVG.width(of: scale.text($0), size: 11) }.max() ?? 0) + 12, widest / 2)
    let room = max(40, width - left - max(16, widest / 2))
    var (body, top) = ("", 6.0)
    if shown.count > 1 {
      let legend = Sketch.legend(shown.map(\.name.cleaned), width: width)
      (body, top) = (legend.body, legend.height + 8)
    }
    func x(_ position: Int) -> Double {
      axis.count > 1 ? left + room * Double(position) / Double(axis.count - 1) : left + room / 2
    }
    func y(_ value: Double) -> Double { top + height * (1 - marks.share(value)) }
    for tick in marks.ticks {
      body += SVG.line(left, y(tick), left + room, y(tick), tick == 0 ? "rule axis" : "rule")
      body += SVG.text(left - 8, y(tick) + 4, scale.text(tick), "tiny muted end")
    }
    // As many names as have room beside each other.
    let most = max(1, Int(room / (widest + 14)))
    for position in stride(
      from: 0, to: axis.count, by: max(1, (axis.count + most - 1) / most))
    {
      body += SVG.text(x(position), top + height + 20, names[position], "tiny muted middle")
    }
    for (position, line) in shown.enumerated() {
      body += curve(line, position, scale, x, y)
    }
    var bottom = top + height + 28
    if lines.count > shown.count {
      bottom += 18
      body += Sketch.more(lines.count - shown.count, "lines", at: bottom)
    }
    return Sketch(
      width: max(width, left + room), height: bottom, description: description(scale), body: body)
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
