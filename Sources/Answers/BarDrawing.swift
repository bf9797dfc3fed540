import Engine
import Maps

/// Bars, one under the other; of several series, those of a label stand together.
struct BarDrawing {
  static let mostBars = 120

  let series: [String]
  let bars: [AnswerPicture.Bar]

  init(_ series: [String], _ bars: [AnswerPicture.Bar]) {
    self.series = series.map(\.cleaned)
    self.bars = bars
  }

  func sketch(_ width: Double) -> Sketch {
    let each = max(1, bars.map(\.values.count).max() ?? 1)
    let shown = bars.prefix(max(1, Sketch.most(Self.mostBars, in: width) / each))
    let isStacked = width < Sketch.narrow
    let values = shown.flatMap(\.values).filter(\.isFinite)
    let scale = PictureScale(values)
    let labels = shown.map {
      SVG.shortened(
        $0.label.cleaned, to: isStacked ? width : Sketch.name(in: width), size: 12.5)
    }
    let left =
      isStacked ? 0 : (labels.map { SVG.width(of: $0, size: 12.5) }.max() ?? 0) + 14
    let numbers = (values.map { SVG.width(of: scale.text($0), size: 12.5) }.max() ?? 0) + 10
    let (low, high) = (min(0, values.min() ?? 0), max(0, values.max() ?? 0))
    let hollow = low < 0 ? numbers : 0
    let room = max(40, width - left - numbers - hollow)
    let span = high > low ? high - low : 1
    let zero = left + hollow + room * -low / span
    let thickness = each == 1 ? 18.0 : 13.0
    var (body, y) = ("", 0.0)
    if each > 1 {
      let legend = Sketch.legend(Array(series.prefix(each)), width: width)
      (body, y) = (legend.body, legend.height)
    }
    let top = y
    for (bar, label) in zip(shown, labels) {
      let height = Double(bar.values.count) * (thickness + 2)
      if isStacked {
        body += SVG.text(0, y + 11, label, "")
        y += 17
        body += SVG.line(zero, y - 2, zero, y + height, "rule axis")
      } else {
        body += SVG.text(left - 12, y + height / 2 + 3.5, label, "end")
      }
      for (position, value) in bar.values.enumerated() {
        let length = value.isFinite ? abs(value) / span * room : 0
        let x = value < 0 ? zero - length : zero
        let name = position < series.count && each > 1 ? ", \(series[position])" : ""
        body += SVG.rectangle(
          x, y, value == 0 ? 0 : max(1, length), thickness, Sketch.color(position), round: 2.5,
          title: "\(bar.label.cleaned)\(name): \(scale.text(value))")
        body += SVG.text(
          value < 0 ? x - 6 : x + length + 6, y + thickness / 2 + 4.5, scale.text(value),
          value < 0 ? "end" : "")
        y += thickness + 2
      }
      y += each == 1 ? 7 : 11
    }
    if !isStacked { body += SVG.line(zero, top - 3, zero, max(top, y - 4), "rule axis") }
    if bars.count > shown.count {
      y += 16
      body += Sketch.more(bars.count - shown.count, "bars", at: y)
    }
    return Sketch(
      width: max(width, left + hollow + room + numbers), height: y, description: description(scale),
      body: body)
  }

  private func description(_ scale: PictureScale) -> String {
    let told = bars.prefix(Sketch.mostTold).map { bar in
      "\(bar.label.cleaned): \(bar.values.map(scale.text).joined(separator: ", "))"
    }
    return "Bars. " + told.joined(separator: "; ") + (bars.count > told.count ? "; …" : ".")
  }
}
