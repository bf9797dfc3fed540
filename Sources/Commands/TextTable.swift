import Maps

/// Rows in columns for a terminal: numbers to the right, the last text column shortened to fit.
struct TextTable {
  enum Side { case left, right }

  private let sides: [Side]
  private var rows: [[String]] = []

  /// Makes a table from the headings and sides of its columns.
  init(_ headings: [(title: String, side: Side)]) {
    sides = headings.map(\.side)
    if headings.contains(where: { !$0.title.isEmpty }) { rows.append(headings.map(\.title)) }
  }

  /// Adds a row with one cell a column.
  mutating func add(_ cells: [String]) {
    precondition(cells.count == sides.count, "A row has a cell for every column.")
    rows.append(cells.map(\.printable))
  }

  /// Whether nothing has to be shortened.
  var fits: Bool { width <= Terminal.width }

  private var widths: [Int] {
    sides.indices.map { column in rows.map { $0[column].cells }.max() ?? 0 }
  }

  private var width: Int { 2 * (sides.count - 1) + widths.reduce(0, +) }

  /// The table as lines; the widest left column gives way where a line would be too long.
  func lines(width: Int = Terminal.width) -> [String] {
    var widths = widths
    let spare = width - self.width
    if spare < 0,
      let widest = sides.indices.filter({ sides[$0] == .left }).max(by: { widths[$0] < widths[$1] })
    {
      widths[widest] = max(8, widths[widest] + spare)
    }
    return rows.map { row in
      let cells = sides.indices.map { column in
        let cell = row[column].shortened(to: widths[column])
        return sides[column] == .left ? cell.left(widths[column]) : cell.right(widths[column])
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
