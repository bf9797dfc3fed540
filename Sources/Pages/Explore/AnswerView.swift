import Answers
import Engine
import Events
import Maps

/// One answer on a page: its picture, its table, and what it rests on.
struct AnswerView {
  /// How many rows of a table a page shows; the files have all.
  static let mostRows = 200

  let answered: Answered
  let style: AnswerStyle
  /// The address of the customers behind a row; nil where rows are not to be opened.
  let customers: ((String) -> String)?

  var markup: Markup {
    let table = answered.answer.subject.table
    return """
      \(picture([.phone, .tile, .page]))
      <div class="card scroll" tabindex="0" role="region" aria-label="Figures">\(self.table(table))</div>
      \(more(table))
      <p class="muted">\(style.brief(answered.receipt))</p>
      <details><summary>What this answer rests on</summary><pre>\(lines: receipt)</pre></details>
      """
  }

  /// The answer at a glance: its picture, which says what it rests on, or the first rows of its table.
  var glance: Markup {
    if let picture = picture([.phone, .tile]) { return picture }
    let table = answered.answer.subject.table
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="Figures">\
      \(self.table(table, atMost: Self.rowsAtAGlance))</div>
      <p class="muted brief">\(style.brief(answered.receipt))</p>
      """
  }

  /// How many rows say something at a glance.
  private static let rowsAtAGlance = 8

  /// The picture as an image of its own, which brings its own style: drawn for each of some rooms, of
  /// which the browser takes the one that it has. The last is the widest, and that which is printed.
  private func picture(_ rooms: [PictureRoom]) -> Markup? {
    guard let title = answered.answer.subject.picture?.title else { return nil }
    let drawn = rooms.compactMap { room in
      (try? AnswerSVG.render(answered, style: style, in: room)).map {
        (room: room, data: "data:image/svg+xml," + $0.urlEncoded)
      }
    }
    guard let widest = drawn.last else { return nil }
    let narrower = drawn.dropLast().map { room, data -> Markup in
      """
      <source media="screen and (max-width:\(room.widestWindow)px)" srcset="\(lines: data)">
      """
    }
    return """
      <figure class="picture"><picture>\(narrower)\
      <img src="\(lines: widest.data)" alt="\(title)"></picture></figure>
      """
  }

  private func table(_ table: AnswerTable, atMost most: Int = mostRows) -> Markup {
    guard !table.rows.isEmpty else { return "<p class=\"muted\">Nothing to show: no row.</p>" }
    let heads = table.columns.map { column -> Markup in
      let isText = [.key, .note, .words].contains(column.measure)
      return """
        <th scope="col"\(Markup(safe: isText ? " class=\"text\"" : ""))>\
        \(column.name.replacing("_", with: " "))</th>
        """
    }
    let rows = table.rows.prefix(most).map { row in self.row(row, of: table) }
    return """
      <table><thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table>
      """
  }

  private func row(_ row: [AnswerTable.Cell], of table: AnswerTable) -> Markup {
    let keys = table.columns.prefix { $0.measure == .key }.count
    let place = zip(table.columns, row).prefix(keys).map { column, cell in
      column.name + "=" + Self.escaped(style.text(cell, column.measure))
    }.joined(separator: ",")
    let cells = zip(table.columns, row).enumerated().map { position, entry -> Markup in
      let (column, cell) = entry
      let text = style.text(cell, column.measure)
      switch column.measure {
      case .key: return "<th scope=\"row\" class=\"text\"><bdi>\(text)</bdi></th>"
      case .note: return "<td class=\"text muted\">\(text)</td>"
      case .words: return "<td class=\"text words\"><bdi>\(lines: text)</bdi></td>"
      case _ where position == keys && keys > 0:
        guard let customers, case .count(let count) = cell, count > 0 else {
          return "<td class=\"figure\">\(text)</td>"
        }
        return """
          <td class="figure"><a href="\(lines: customers(place))" title="The customers behind this">\
          \(text)</a></td>
          """
      default: return "<td class=\"figure\">\(text)</td>"
      }
    }
    return "<tr>\(cells)</tr>"
  }

  private func more(_ table: AnswerTable) -> Markup? {
    guard table.rows.count > Self.mostRows else { return nil }
    return """
      <p class="muted">\(Self.mostRows) of \(table.rows.count) rows; the CSV file has all.</p>
      """
  }

  private var receipt: String {
    let question = (try? answered.receipt.question.json) ?? ""
    let removed = answered.receipt.removedBefore.map { "before \($0)" } ?? "nothing"
    return """
      events read  \(answered.receipt.events)
      units read   \(answered.receipt.units)
      definition   \(answered.receipt.definition)
      data until   \(answered.receipt.watermark.map(\.description) ?? "no data")
      removed      \(removed)
      question     \(question)
      """
  }

  /// A value of a row's key as `AnswerRowKey` reads it.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing(",", with: "\\,")
  }
}

extension PictureRoom {
  /// The widest window, in pixels, in which a picture for this room is shown where there are others.
  fileprivate var widestWindow: Int {
    switch self {
    case .phone: 480
    case .tile: 900
    case .page: .max
    }
  }
}
