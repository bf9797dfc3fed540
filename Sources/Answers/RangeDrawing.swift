import Engine
import Maps

/// Figures with their intervals, one under the other: a dot with a bar as wide as the doubt.
struct RangeDrawing {
  static let mostRanges = 120
  private static let height = 26.0

  let ranges: [AnswerPicture.Range]

  func sketch() -> Sketch {
    let shown = ranges.prefix(Self.mostRanges)
    let values = shown.flatMap(\.numbers)
    let (scale, axis) = (PictureScale(values), Axis(values))
    let labels = shown.map { SVG.shortened($0.label.cleaned, to: 240, size: 12.5) }
    let left = (labels.map { SVG.width(of: $0, size: 12.5) }.max() ?? 0) + 26
    let numbers = (shown.map { SVG.width(of: $0.text(scale), size: 12.5) }.max() ?? 0) + 14
    let room = max(120, Sketch.usualWidth - left - numbers)
    func x(_ value: Double) -> Double { left + room * axis.share(value) }
    let bottom = 22 + Double(shown.count) * Self.height
    var body = ""
    for tick in axis.ticks {
      body += SVG.text(x(tick), 10, scale.text(tick), "tiny muted middle")
      body += SVG.line(x(tick), 16, x(tick), bottom, tick == 0 ? "rule axis" : "rule")
    }
    for (position, (range, label)) in zip(shown, labels).enumerated() {
      let y = 22 + (Double(position) + 0.5) * Self.height
      body += SVG.text(left - 14, y + 4.5, label, "end")
      let hint = "\(range.label.cleaned): \(range.text(scale))"
      if let (low, high) = range.ends {
        body += SVG.rectangle(
          x(low), y - 4, max(1, x(high) - x(low)), 8, "s0 o4", round: 4, title: hint)
      }
      if let value = range.value, value.isFinite {
        body += SVG.circle(x(value), y, 5, "s0", title: hint)
      }
      body += SVG.text(left + room + 10, y + 4.5, range.text(scale), "")
    }
    var y = bottom
    if ranges.count > shown.count {
      y += 18
      body += Sketch.more(ranges.count - shown.count, "figures", at: y)
    }
    return Sketch(
      width: left + room + numbers, height: y, description: description(scale), body: body)
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

  let ranges: [AnswerPicture.Range]

  func lines(_ width: Int) -> [String] {
    let shown = ranges.prefix(Self.mostLines)
    let values = shown.flatMap(\.numbers)
    let (scale, axis) = (PictureScale(values), Axis(values))
    let labels = shown.map(\.label.cleaned)
    let labelWidth = min(width / 4, labels.map(\.cells).max() ?? 0)
    let texts = shown.map { $0.text(scale) }
    let textWidth = min(width / 2, texts.map(\.cells).max() ?? 0)
    let room = max(8, width - labelWidth - textWidth - 4)
    func place(_ value: Double) -> Int {
      max(0, min(room - 1, Int((axis.share(value) * Double(room - 1)).rounded())))
    }
    var lines = zip(zip(labels, texts), shown).map { words, range in
      var cells = [Character](repeating: " ", count: room)
      if values.contains(where: { $0 < 0 }) { cells[place(0)] = "┊" }
      if let (low, high) = range.ends {
        for cell in place(low)...max(place(low), place(high)) { cells[cell] = "─" }
      }
      if let value = range.value, value.isFinite { cells[place(value)] = "●" }
      let line =
        words.0.shortened(to: labelWidth).left(labelWidth) + "  " + String(cells) + "  " + words.1
      return line.trimmed.shortened(to: width)
    }
    if ranges.count > shown.count { lines.append("… and \(ranges.count - shown.count) more") }
    return lines
  }
}
