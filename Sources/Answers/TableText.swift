import Engine
import Maps

/// An answer's table for a terminal: what does not fit is left out by importance, and said to be.
struct TableText {
  /// Beyond these a table is read by programs, not by people.
  static let mostRows = 50
  /// More notes than these under a table are not read.
  private static let mostNotes = 12
  /// The least that a key is shortened to.
  private static let narrowestKey = 8
  private static let gap = 2
  /// A note of so many cells is no burden.
  private static let shortNote = 12

  /// A column as it is shown: one of the table's, or an interval made of two.
  private struct Column {
    var title: String
    var isLeft: Bool
    /// Columns of a lower one give way first.
    var importance: Int
    var cells: [String]
    var isKey: Bool
    var isNote = false
    var width: Int { max(title.cells, cells.map(\.cells).max() ?? 0) }
  }

  private let columns: [Column]
  /// By row: what people wrote, which has lines of its own.
  private let words: [[String]]
  private let rowCount: Int

  init(_ table: AnswerTable, style: AnswerStyle) {
    rowCount = table.rows.count
    var columns: [Column] = []
    var words = [[String]](repeating: [], count: min(rowCount, Self.mostRows))
    var position = 0
    while position < table.columns.count {
      let cells = Self.cells(position, of: table, style)
      let column = table.columns[position]
      if column.measure == .words {
        words = zip(words, cells).map { $0 + ($1.isEmpty ? [] : [$1]) }
        position += 1
        continue
      }
      let isKey = column.measure == .key
      columns.append(
        Column(
          title: Self.title(column.name), isLeft: isKey || column.measure == .note,
          importance: Self.importance(cells, at: position, of: table), cells: cells,
          isKey: isKey, isNote: column.measure == .note))
      position += 1
      guard Self.isInterval(after: position - 1, of: table) else { continue }
      let low = Self.cells(position, of: table, style)
      let high = Self.cells(position + 1, of: table, style)
      columns.append(
        Column(
          title: Self.interval, isLeft: false,
          // Never without its figure.
          importance: min(600, columns[columns.count - 1].importance - 1),
          cells: zip(low, high).map {
            $0 == Figures.none || $1 == Figures.none ? "" : Self.interval($0, $1)
          }, isKey: false))
      position += 2
    }
    self.words = words
    // A column in which nothing is said needs no room.
    self.columns = columns.filter { column in
      column.isKey || table.rows.isEmpty
        || column.cells.contains { !$0.isEmpty && $0 != Figures.none }
    }
  }

  /// The table as lines of at most a number of cells.
  func lines(width: Int) -> [String] {
    guard !columns.isEmpty else { return [] }
    guard rowCount > 0 else { return ["Nothing to show: no row."] }
    var shown = columns
    var (dropped, notes) = ([String](), [Column]())
    while Self.width(of: shown) > width,
      let least = shown.indices.filter({ shown[$0].importance < 1000 }).min(by: {
        shown[$0].importance < shown[$1].importance
      })
    {
      let column = shown.remove(at: least)
      if column.isNote {
        notes.insert(column, at: 0)
      } else if column.title != Self.interval {
        dropped.append(column.title)
      }
    }
    let widths = Self.widths(of: shown, within: width)
    var lines = [line(shown.map(\.title), shown, widths, width)]
    for row in 0..<min(rowCount, Self.mostRows) {
      lines.append(line(shown.map { $0.cells[row] }, shown, widths, width))
      for text in words[row] {
        lines += text.wrappedWhole(to: width - Self.gap).map { "  " + $0 }
      }
    }
    if rowCount > Self.mostRows {
      let rest = AnswerStyle.number(Double(rowCount - Self.mostRows))
      lines += "… and \(rest) more rows; --format csv has all.".wrapped(to: width)
    }
    if !dropped.isEmpty {
      lines += "Too wide to show: \(dropped.reversed().joined(separator: ", ")).".wrapped(to: width)
    }
    return lines + self.lines(of: notes, width: width)
  }

  /// The notes that have no room in the table, each behind the key of its row.
  private func lines(of notes: [Column], width: Int) -> [String] {
    let rows = (0..<min(rowCount, Self.mostRows)).filter { row in
      notes.contains { !$0.cells[row].isEmpty }
    }
    let lines = rows.prefix(Self.mostNotes).flatMap { row in
      let key = columns.filter(\.isKey).map { $0.cells[row] }.joined(separator: ", ")
      let texts = notes.map { $0.cells[row] }.filter { !$0.isEmpty }
      return "\(key): \(texts.joined(separator: "; "))".wrapped(to: width)
    }
    guard rows.count > Self.mostNotes else { return lines }
    return lines + ["… and \(rows.count - Self.mostNotes) more notes"]
  }

  private func line(
    _ cells: [String], _ columns: [Column], _ widths: [Int], _ width: Int
  ) -> String {
    var parts: [String] = []
    for (position, cell) in cells.enumerated() {
      let cut = cell.shortened(to: widths[position])
      parts.append(
        columns[position].isLeft ? cut.left(widths[position]) : cut.right(widths[position]))
    }
    var line = parts.joined(separator: String(repeating: " ", count: Self.gap))
    while line.last == " " { line.removeLast() }
    return line.shortened(to: width)
  }

  private static func width(of columns: [Column]) -> Int {
    columns.reduce(gap * (columns.count - 1)) { $0 + $1.width }
  }

  /// The widest keys give way where the others leave too little room.
  private static func widths(of columns: [Column], within width: Int) -> [Int] {
    var widths = columns.map(\.width)
    var excess = Self.width(of: columns) - width
    while excess > 0,
      let widest = columns.indices.filter({ columns[$0].isKey && widths[$0] > narrowestKey })
        .max(by: { widths[$0] < widths[$1] })
    {
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private static func cells(
    _ position: Int, of table: AnswerTable, _ style: AnswerStyle
  ) -> [String] {
    let measure = table.columns[position].measure
    return table.rows.prefix(mostRows).map { style.text($0[position], measure) }
  }

  private static func title(_ name: String) -> String {
    name.replacing("_", with: " ").cleaned
  }

  /// Whether the two columns behind a figure are the ends of its interval: `low` and `high`, or
  /// `share_low` and `share_high` behind `share`.
  private static func isInterval(after position: Int, of table: AnswerTable) -> Bool {
    guard position + 2 < table.columns.count, table.columns[position].measure != .key else {
      return false
    }
    let name = table.columns[position].name
    let (low, high) = (table.columns[position + 1].name, table.columns[position + 2].name)
    return (low == "low" && high == "high") || (low == "\(name)_low" && high == "\(name)_high")
  }

  /// What stands over an interval.
  private static let interval = "95\(Figures.space)%"

  /// `8.1–9.1 %`, `−3 to 2 %`: what both ends end with is said once.
  private static func interval(_ low: String, _ high: String) -> String {
    let unit = "\(Figures.space)%"
    return (low.hasSuffix(unit) && high.hasSuffix(unit) ? String(low.dropLast(unit.count)) : low)
      + (low.hasPrefix("−") || high.hasPrefix("−") ? " to " : "–") + high
  }

  /// Keys and the first figure stay; then the first share, the second figure, short notes,
  /// intervals, other figures from the left, and long notes.
  private static func importance(
    _ cells: [String], at position: Int, of table: AnswerTable
  ) -> Int {
    let keys = table.columns.prefix { $0.measure == .key }.count
    return switch table.columns[position].measure {
    case .key: 1000
    case _ where position == keys: 1000
    case .note:
      cells.allSatisfy { $0.cells <= shortNote } ? 700 : -1000 - 2 * position
    case .share where table.columns[..<position].allSatisfy({ $0.measure != .share }): 900
    case _ where position == keys + 1: 800
    default: -2 * position
    }
  }
}
