import Engine
import Maps

/// Shares as the depth of a colour, with the percents in it.
struct GridDrawing {
  static let mostRows = 120
  static let mostColumns = 60
  private static let cell = (width: 44.0, height: 26.0)
  /// The width of a cell where there is little room: that of `100`.
  private static let narrowestCell = 30.0

  let rows: [String]
  let columns: [String]
  let shares: [[Double?]]

  init(_ rows: [String], _ columns: [String], _ shares: [[Double?]]) {
    self.rows = rows.map(\.cleaned)
    self.columns = columns.map(\.cleaned)
    self.shares = shares
  }

  func sketch(_ width: Double) -> Sketch {
    let height = Self.cell.height
    let names = rows.prefix(Sketch.most(Self.mostRows, in: width)).map {
      SVG.shortened($0, to: Sketch.name(in: width), size: 12.5)
    }
    let left = (names.map { SVG.width(of: $0, size: 12.5) }.max() ?? 0) + 14
    let isNarrow = width < Sketch.narrow
    // On a phone there are as many columns as have room, elsewhere the picture grows.
    let most = isNarrow ? Int((width - left) / Self.narrowestCell) : Self.mostColumns
    let heads = (isNarrow ? GridText.distinct(columns) : columns).prefix(max(1, most))
    let narrowest = isNarrow ? Self.narrowestCell : Self.cell.width
    let across = max(narrowest, min(84, (width - left) / Double(max(1, heads.count))))
    var (body, y) = ("", 12.0)
    for (position, head) in heads.enumerated() {
      let shown = SVG.shortened(head, to: across - 4, size: 11)
      body += SVG.text(left + (Double(position) + 0.5) * across, y, shown, "tiny muted middle")
    }
    y += 8
    for (row, name) in names.enumerated() {
      body += SVG.text(left - 10, y + height / 2 + 4.5, name, "end")
      for (column, share) in (row < shares.count ? shares[row] : []).prefix(heads.count)
        .enumerated()
      {
        body += cell(
          share, at: left + Double(column) * across, y, across, "\(rows[row]), \(columns[column])")
      }
      y += height
    }
    for (count, noun) in [
      (rows.count - names.count, "rows"), (columns.count - heads.count, "columns"),
    ] where count > 0 {
      y += 20
      body += Sketch.more(count, noun, at: y)
    }
    return Sketch(
      width: max(width, left + across * Double(heads.count)), height: y,
      description: description, body: body)
  }

  private func cell(
    _ share: Double?, at x: Double, _ y: Double, _ width: Double, _ name: String
  ) -> String {
    let size = (width - 2, Self.cell.height - 2)
    guard let share, share.isFinite else {
      return SVG.rectangle(x + 1, y + 1, size.0, size.1, "empty", round: 3)
    }
    let text = PictureScale.shares.text(share)
    let depth = min(1, max(0, share))
    // Steps of a tenth: the style turns the text's colour where it must to be read.
    let tenths = Int(((0.06 + 0.94 * depth) * 10).rounded())
    return SVG.rectangle(
      x + 1, y + 1, size.0, size.1, "cell o\(tenths)", round: 3, title: "\(name): \(text)")
      + SVG.text(
        x + width / 2, y + Self.cell.height / 2 + 4, "\(Int((share * 100).rounded()))",
        "tiny middle t\(tenths)")
  }

  private var description: String {
    let told = zip(rows, shares).prefix(Sketch.mostTold).map { name, shares in
      name + ": "
        + shares.prefix(12).map { $0.map(PictureScale.shares.text) ?? "–" }
        .joined(separator: ", ")
    }
    return "Shares by row and column. " + told.joined(separator: "; ") + "."
  }
}
