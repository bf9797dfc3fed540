import Engine
import Maps

extension AnswerPicture {
  /// The picture in characters, as lines of at most a number of cells.
  func lines(width: Int) -> [String] {
    switch self {
    case .bars(let title, let series, let bars):
      bars.isEmpty ? [] : [title.cleaned.shortened(to: width)] + BarText(series, bars).lines(width)
    case .lines(let title, let axis, let lines):
      axis.isEmpty || lines.isEmpty
        ? [] : [title.cleaned.shortened(to: width)] + LineText(axis, lines).lines(width)
    case .grid(let title, let rows, let columns, let shares):
      rows.isEmpty || columns.isEmpty
        ? []
        : [title.cleaned.shortened(to: width)] + GridText(rows, columns, shares).lines(width)
    case .flow(let title, let nodes, let links):
      links.isEmpty
        ? [] : [title.cleaned.shortened(to: width)] + FlowText(nodes, links).lines(width)
    case .ranges(let title, let ranges):
      ranges.isEmpty
        ? [] : [title.cleaned.shortened(to: width)] + RangeText(ranges: ranges).lines(width)
    case .matrix(let title, let matrix):
      matrix.points.isEmpty
        ? [] : [title.cleaned.shortened(to: width)] + MatrixText(matrix: matrix).lines(width)
    case .several(let title, let parts):
      parts.reduce([title.cleaned.shortened(to: width)]) { lines, part in
        let name = part.name.cleaned.shortened(to: width)
        return lines + ["", name] + part.picture.lines(width: width).dropFirst()
      }
    }
  }
}

/// Marks that fill cells of a terminal by eighths.
enum Blocks {
  private static let across = Array(" ▏▎▍▌▋▊▉█")
  private static let upright = Array(" ▁▂▃▄▅▆▇█")

  /// A bar from the left, in eighths of a cell; what is more than nothing is seen.
  static func bar(_ share: Double, width: Int) -> String {
    guard share.isFinite, share > 0, width > 0 else { return "" }
    let eighths = max(1, min(width * 8, Int((share * Double(width) * 8).rounded())))
    let rest = eighths % 8
    return String(repeating: "█", count: eighths / 8) + (rest > 0 ? String(across[rest]) : "")
  }

  /// The cell of a column at a height, counted from the bottom.
  static func column(_ share: Double, height: Int, row: Int) -> Character {
    guard share.isFinite, share > 0 else { return " " }
    let eighths = max(1, min(height * 8, Int((share * Double(height) * 8).rounded())))
    return upright[max(0, min(8, eighths - row * 8))]
  }
}

/// Bars, one under the other.
struct BarText {
  /// Beyond these a table says it better.
  static let mostLines = 24

  private let series: [String]
  private let bars: [AnswerPicture.Bar]

  init(_ series: [String], _ bars: [AnswerPicture.Bar]) {
    self.series = series
    self.bars = bars
  }

  func lines(_ width: Int) -> [String] {
    let each = max(1, bars.map(\.values.count).max() ?? 1)
    let shown = bars.prefix(max(1, Self.mostLines / each))
    let values = shown.flatMap(\.values)
    let scale = PictureScale(values)
    let most = values.map(abs).filter(\.isFinite).max() ?? 0
    let labels = shown.map(\.label.cleaned)
    let labelWidth = min(width / 3, labels.map(\.cells).max() ?? 0)
    let names = each > 1 ? series.map(\.cleaned) : []
    let nameWidth = min(width / 5, names.map(\.cells).max() ?? 0)
    let numberWidth = values.map { scale.text($0).cells }.max() ?? 0
    let room = max(4, width - labelWidth - nameWidth - numberWidth - (names.isEmpty ? 4 : 6))
    var lines: [String] = []
    for (bar, label) in zip(shown, labels) {
      for (position, value) in bar.values.enumerated() {
        var line = (position == 0 ? label.shortened(to: labelWidth) : "").left(labelWidth) + "  "
        if !names.isEmpty {
          let name = position < names.count ? names[position] : ""
          line += name.shortened(to: nameWidth).left(nameWidth) + "  "
        }
        line += scale.text(value).right(numberWidth)
        let bar = most > 0 ? Blocks.bar(abs(value) / most, width: room) : ""
        // Less than nothing is drawn hollow.
        line += bar.isEmpty ? "" : "  " + (value < 0 ? String(bar.map { _ in "░" }) : bar)
        lines.append(line.shortened(to: width))
      }
    }
    if bars.count > shown.count { lines.append("… and \(bars.count - shown.count) more") }
    return lines
  }
}

/// Lines over a common axis: a single one as columns, several as a row of blocks each.
struct LineText {
  static let mostLines = 16
  private static let height = 6
  /// The widest that a point is drawn.
  private static let widestPoint = 4

  private let axis: [String]
  private let lines: [AnswerPicture.Line]

  init(_ axis: [String], _ lines: [AnswerPicture.Line]) {
    self.axis = axis.map(\.cleaned)
    self.lines = lines
  }

  func lines(_ width: Int) -> [String] {
    let shown = lines.prefix(Self.mostLines)
    let values = shown.flatMap { $0.values.compactMap(\.self) }.filter(\.isFinite)
    let scale = PictureScale(values)
    guard let least = values.min().map({ min(0, $0) }), let most = values.max() else {
      return ["No point to draw yet."]
    }
    let span = most > least ? most - least : 1
    func share(_ value: Double) -> Double { (value - least) / span }
    var result =
      shown.count == 1
      ? columns(shown[0], scale, least, most, share, width)
      : rows(Array(shown), scale, share, width)
    if lines.count > shown.count { result.append("… and \(lines.count - shown.count) more lines") }
    return result
  }

  private func columns(
    _ line: AnswerPicture.Line, _ scale: PictureScale, _ least: Double, _ most: Double,
    _ share: (Double) -> Double, _ width: Int
  ) -> [String] {
    let (top, bottom) = (scale.text(most), scale.text(least))
    let margin = max(top.cells, bottom.cells)
    let room = max(8, width - margin - 2)
    let points = Self.drawn(line.values, in: room)
    let each = Self.width(of: points.count, in: room)
    var result = (0..<Self.height).reversed().map { row in
      let mark = row == Self.height - 1 ? top : row == 0 ? bottom : ""
      let cells = points.map { point in
        let cell = point.map { Blocks.column(share($0), height: Self.height, row: row) } ?? " "
        return String(repeating: cell, count: each)
      }
      return mark.right(margin) + " │" + cells.joined()
    }
    result.append(
      String(repeating: " ", count: margin + 2) + ends(points.count * each, within: room))
    return result.map { $0.trimmed.shortened(to: width) }
  }

  private func rows(
    _ lines: [AnswerPicture.Line], _ scale: PictureScale, _ share: (Double) -> Double, _ width: Int
  ) -> [String] {
    let names = lines.map(\.name.cleaned)
    let nameWidth = min(width / 4, names.map(\.cells).max() ?? 0)
    let lasts = lines.map { $0.values.last { $0 != nil }.flatMap(\.self).map(scale.text) ?? "" }
    let lastWidth = lasts.map(\.cells).max() ?? 0
    let room = max(8, width - nameWidth - lastWidth - 4)
    var drawn = 0
    var result = zip(zip(names, lasts), lines).map { words, line in
      let points = Self.drawn(line.values, in: room)
      let each = Self.width(of: points.count, in: room)
      drawn = points.count * each
      let cells = points.map { point in
        let cell = point.map { Blocks.column(share($0), height: 1, row: 0) } ?? " "
        return String(repeating: cell, count: each)
      }
      return words.0.shortened(to: nameWidth).left(nameWidth) + "  " + cells.joined() + "  "
        + words.1.right(lastWidth)
    }
    result.append(String(repeating: " ", count: nameWidth + 2) + ends(drawn, within: room))
    return result.map { $0.trimmed.shortened(to: width) }
  }

  /// The cells of each of so many points.
  private static func width(of points: Int, in room: Int) -> Int {
    max(1, min(widestPoint, room / max(1, points)))
  }

  /// The first and the last name of the axis, as far apart as the points.
  private func ends(_ points: Int, within room: Int) -> String {
    guard let first = axis.first, let last = axis.last, axis.count > 1 else {
      return axis.first ?? ""
    }
    let space = points - first.cells - last.cells
    return (first + (space > 1 ? String(repeating: " ", count: space) : " … ") + last)
      .shortened(to: room)
  }

  /// The points, or the means of neighbours where there is less room than points.
  private static func drawn(_ values: [Double?], in room: Int) -> [Double?] {
    guard values.count > room else { return values }
    return (0..<room).map { cell in
      let range = (cell * values.count / room)..<((cell + 1) * values.count / room)
      let known = values[range].compactMap(\.self)
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
  }
}

/// Shares in a grid: percents with a shade before them.
struct GridText {
  static let mostRows = 32
  private static let cell = 5

  private let rows: [String]
  private let columns: [String]
  private let shares: [[Double?]]

  init(_ rows: [String], _ columns: [String], _ shares: [[Double?]]) {
    self.rows = rows.map(\.cleaned)
    self.columns = Self.distinct(columns.map(\.cleaned))
    self.shares = shares
  }

  /// The names without the word that all begin with: `week 0`, `week 1` are 0 and 1.
  static func distinct(_ names: [String]) -> [String] {
    let words = names.map { $0.split(separator: " ", maxSplits: 1) }
    guard words.allSatisfy({ $0.count == 2 && $0[0] == words.first?[0] }) else { return names }
    return words.map { String($0[1]) }
  }

  func lines(_ width: Int) -> [String] {
    let labelWidth = min(width / 3, rows.map(\.cells).max() ?? 0)
    let count = max(1, min(columns.count, (width - labelWidth - 2) / Self.cell))
    var lines = [
      String(repeating: " ", count: labelWidth + 1)
        + columns.prefix(count).map { $0.shortened(to: Self.cell - 1).right(Self.cell) }.joined()
    ]
    for (name, row) in zip(rows, shares).prefix(Self.mostRows) {
      lines.append(
        name.shortened(to: labelWidth).left(labelWidth) + " "
          + row.prefix(count).map { Self.text($0).right(Self.cell) }.joined())
    }
    if columns.count > count { lines.append("… and \(columns.count - count) more columns") }
    if rows.count > Self.mostRows { lines.append("… and \(rows.count - Self.mostRows) more rows") }
    return lines.map { $0.trimmed.shortened(to: width) }
  }

  private static func text(_ share: Double?) -> String {
    guard let share, share.isFinite else { return "" }
    let shades = Array(" ░▒▓█")
    let shade = shades[max(0, min(4, Int((share * 5).rounded(.down))))]
    let percent = String(Int((share * 100).rounded()))
    return "\(shade)" + percent.right(3)
  }
}

extension String {
  /// The text without spaces at its end.
  var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
