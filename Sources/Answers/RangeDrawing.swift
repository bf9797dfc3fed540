import Engine
import Maps

/// Figures with their intervals, one under the other: a dot with a bar as wide as the doubt.
struct RangeDrawing {
  static let mostRanges = 120
  private static let height = 26.0
  /// How much higher it is with the name and the figure above the mark.
  private static let stacked = 14.0

  let ranges: [AnswerPicture.Range]

  func sketch(_ width: Double) -> Sketch {
    let shown = ranges.prefix(Sketch.most(Self.mostRanges, in: width))
    let values = shown.flatMap(\.numbers)
    let (scale, axis) = (PictureScale(values), Axis(values))
    let isStacked = width < Sketch.narrow
    let numbers = (shown.map { SVG.width(of: $0.text(scale), size: 12.5) }.max() ?? 0) + 14
    let labels = shown.map {
      SVG.shortened(
        $0.label.cleaned, to: isStacked ? max(60, width - numbers) : Sketch.name(in: width),
        size: 12.5)
    }
    let widest = labels.map { SVG.width(of: $0, size: 12.5) }.max() ?? 0
    // Marks of the axis reach a little over its ends.
    let (left, right) = isStacked ? (14, 14) : (widest + 26, numbers)
    let room = max(120, width - left - right)
    func x(_ value: Double) -> Double { left + room * axis.share(value) }
    let each = Self.height + (isStacked ? Self.stacked : 0)
    let bottom = 22 + Double(shown.count) * each
    func y(_ position: Int) -> Double { 22 + Double(position + 1) * each - Self.height / 2 }
    var body = ""
    for tick in axis.ticks {
      body += SVG.text(x(tick), 10, scale.text(tick), "tiny muted middle")
      // Between names and figures a line would strike them out.
      let ends: [(Double, Double)] =
        isStacked ? shown.indices.map { (y($0) - 8, y($0) + 8) } : [(16, bottom)]
      for (top, end) in ends {
        body += SVG.line(x(tick), top, x(tick), end, tick == 0 ? "rule axis" : "rule")
      }
    }
    for (position, (range, label)) in zip(shown, labels).enumerated() {
      let y = y(position)
      body +=
        isStacked
        ? SVG.text(0, y - 12, label, "")
          + SVG.text(width, y - 12, range.text(scale), "end")
        : SVG.text(left - 14, y + 4.5, label, "end")
          + SVG.text(left + room + 10, y + 4.5, range.text(scale), "")
      let hint = "\(range.label.cleaned): \(range.text(scale))"
      if let (low, high) = range.ends {
        body += SVG.rectangle(
          x(low), y - 4, max(1, x(high) - x(low)), 8, "s0 o4", round: 4, title: hint)
      }
      if let value = range.value, value.isFinite {
        body += SVG.circle(x(value), y, 5, "s0", title: hint)
      }
    }
    var y = bottom
    if ranges.count > shown.count {
      y += 18
      body += Sketch.more(ranges.count - shown.count, "figures", at: y)
    }
    return Sketch(
      width: max(width, left + room + right), height: y, description: description(scale), body: body
    )
  }

  private func description(_ scale: PictureScale) -> String {
    let told = ranges.prefix(Sketch.mostTold).map { "\($0.label.cleaned): \($0.text(scale))" }
    return "Figures with intervals. " + told.joined(separator: "; ")
      + (ranges.count > told.count ? "; …" : ".")
  }
}

extension AnswerPicture.Range {
  /// Its numbers, as far as they can be drawn.
  var numbers: [Double] { [value, low, high].compactMap(\.self).filter(\.isFinite) }

  /// The ends of the interval.
  var ends: (low: Double, high: Double)? {
    guard let low, let high, low.isFinite, high.isFinite, low <= high else { return nil }
    return (low, high)
  }

  /// The figure and its interval in words.
  func text(_ scale: PictureScale) -> String {
    guard let value, value.isFinite else { return "too few" }
    return scale.text(value)
      + (ends.map { " (\(scale.text($0.low)) to \(scale.text($0.high)))" } ?? "")
  }
}

/// The same in characters.
struct RangeText {
  static let mostLines = 40
  private static let fewestMarks = 16

  let ranges: [AnswerPicture.Range]

  func lines(_ width: Int) -> [String] {
    let shown = ranges.prefix(Self.mostLines)
    let values = shown.flatMap(\.numbers)
    let (scale, axis) = (PictureScale(values), Axis(values))
    let labels = shown.map(\.label.cleaned)
    let texts = shown.map { $0.text(scale) }
    let textWidth = min(width / 2, texts.map(\.cells).max() ?? 0)
    // Names have what the figures leave of the line, and the marks a few cells of it.
    let labelWidth = min(
      max(width / 4, width - textWidth - 4 - Self.fewestMarks), labels.map(\.cells).max() ?? 0)
    let room = max(8, width - labelWidth - textWidth - 4)
    func place(_ value: Double) -> Int {
      max(0, min(room - 1, Int((axis.share(value) * Double(room - 1)).rounded())))
    }
    var lines = zip(zip(labels, texts), shown).flatMap { words, range in
      var cells = [Character](repeating: " ", count: room)
      if values.contains(where: { $0 < 0 }) { cells[place(0)] = "┊" }
      if let (low, high) = range.ends {
        for cell in place(low)...max(place(low), place(high)) { cells[cell] = "─" }
      }
      if let value = range.value, value.isFinite { cells[place(value)] = "●" }
      // A longer name has the lines above.
      let above = words.0.cells > labelWidth ? words.0.wrapped(to: width) : []
      let name = above.isEmpty ? words.0 : ""
      let line = name.left(labelWidth) + "  " + String(cells) + "  " + words.1
      return (above + [line]).map { $0.trimmed.shortened(to: width) }
    }
    if ranges.count > shown.count { lines.append("… and \(ranges.count - shown.count) more") }
    return lines
  }
}
