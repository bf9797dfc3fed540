import Accounts
import Events
import Experience
import Store
import Wire

/// Reads a query's rows in the order of its cursor, a bounded number at a time, and makes events of
/// them.
///
/// The query runs inside another, so it can't be more than one `SELECT`, and its rows come in order:
///
///     SELECT * FROM (…) AS waymark ORDER BY waymark."id" LIMIT 100000
///
/// It runs in a transaction that reads only, within a time that the server keeps.
struct TableReader {
  /// A row, and what it stands for.
  struct MappedRow {
    /// The cursor's value; nil where the row has none.
    var cursor: String?
    var event: Result<Event, ItemRefusal>
    /// Values that the event has to do without.
    var leftOut: [ItemRefusal] = []
    /// The row as JSON.
    var text: () -> String
  }

  /// How many rows one look reads at most; the next one goes on there.
  static let mostRows = 100_000
  /// How many rows are asked for at once, and how many bytes of them are welcome.
  private static let mostAtOnce = 1000
  private static let bytesAtOnce = 4 << 20

  private let source: EventSource
  private let query: EventSource.Query
  private let database: PostgreSQL
  private var mapper: EventMapper
  private var columns: [Column] = []
  private var limit: Int
  private var size = 100
  /// How often each row came that has the cursor's value at hand: rows may be equal.
  private var equal: (cursor: String, counts: [UInt64: Int]) = ("", [:])
  /// How many rows were read.
  private(set) var count = 0
  private var isAtEnd = false

  /// Whether as many rows came as are read at once, so that there may be more.
  var isFull: Bool { count >= limit }

  private var timeout: Duration { .milliseconds(query.timeout.milliseconds) }

  /// Asks for the rows after a value of the cursor.
  ///
  /// - Throws: `source.connection`, `source.query`, `source.timeout`.
  init(
    _ source: EventSource, _ query: EventSource.Query, at address: String, after cursor: String,
    limit: Int = mostRows
  ) throws {
    self.source = source
    self.query = query
    self.limit = limit
    mapper = try EventMapper(source.mapping)
    database = try PostgreSQL(address, name: source.name)
    try ask(after: cursor)
  }

  private static let head = "DECLARE waymark NO SCROLL CURSOR FOR SELECT * FROM (\n"

  private mutating func ask(after cursor: String) throws {
    let column = "\"" + query.cursor.replacing("\"", with: "\"\"") + "\""
    var text = query.text
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    let statement =
      Self.head + text + "\n) AS waymark ORDER BY waymark.\(column) LIMIT \(limit)"
    do {
      _ = try database.run(
        """
        BEGIN READ ONLY; SET LOCAL statement_timeout = \(query.timeout.milliseconds);
        SET LOCAL TIME ZONE 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'iso_8601';
        SET LOCAL extra_float_digits = 1; SET LOCAL idle_in_transaction_session_timeout = 0
        """, within: timeout)
      _ = try database.run(statement, [cursor], within: timeout)
    } catch let failure as PostgreSQL.Failure { throw refusal(failure) }
  }

  /// The next rows; none at the end.
  mutating func next() throws -> [MappedRow] {
    let wanted = min(size, limit - count)
    guard !isAtEnd, wanted > 0 else { return [] }
    let rows: Rows
    do {
      rows = try database.run("FETCH FORWARD \(wanted) FROM waymark", within: timeout)
    } catch let failure as PostgreSQL.Failure { throw refusal(failure) }
    if columns.isEmpty { try settle(rows.columns) }
    isAtEnd = rows.count < wanted
    count += rows.count
    var bytes = 0
    let mapped = (0..<rows.count).map { row in
      let cells = columns.indices.map { rows.text(row, $0) }
      bytes += cells.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
      return map(cells)
    }
    if rows.count > 0 {
      size = max(1, min(Self.mostAtOnce, Self.bytesAtOnce / max(1, bytes / rows.count)))
    }
    return mapped
  }

  /// Checks that the query gives what the mapping names.
  private mutating func settle(_ given: [Column]) throws(Refusal) {
    columns = given
    let names = given.map(\.name)
    for name in source.mapping.fields + [query.cursor] where !names.contains(name) {
      throw Refusal(
        "source.column", problem: "The query gives no column “\(name)”.",
        remedy: "It gives \(names.prefix(30).joined(separator: ", ")).")
    }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw Refusal(
        "source.column", problem: "The query gives two columns called “\(twice)”.",
        remedy: "Give one of them another name with AS.")
    }
  }

  private mutating func map(_ cells: [String?]) -> MappedRow {
    let columns = columns
    func plain(_ name: String?) -> String? {
      guard let name, let index = columns.firstIndex(where: { $0.name == name }) else { return nil }
      return cells[index].map { columns[index].plain($0) }
    }
    let mapping = source.mapping
    let cursor = columns.firstIndex { $0.name == query.cursor }.flatMap { cells[$0] }
    var row = MappedRow(cursor: cursor, event: .failure(.noCursor(query.cursor))) {
      Self.json(columns, cells)
    }
    guard let cursor else { return row }
    let id = messageID(plain(mapping.messageID), cursor, cells)
    do throws(ItemRefusal) {
      var event = try mapper.event(
        EventMapper.Parts(
          event: plain(mapping.event), customer: plain(mapping.customer),
          anonymous: plain(mapping.anonymous), time: plain(mapping.time),
          channel: plain(mapping.channel)), received: nil)
      event.messageID = id
      let parts = Set(mapping.fields)
      for (column, cell) in zip(columns, cells) where !parts.contains(column.name) {
        guard let cell else { continue }
        do throws(ItemRefusal) {
          try column.visitProperties(cell) { name, value in
            if let refusal = EventMapper.add(name, value, to: &event) {
              row.leftOut.append(refusal)
            }
          }
        } catch {
          row.leftOut.append(
            ItemRefusal(
              field: column.name, error.code, problem: error.problem, remedy: error.remedy))
        }
      }
      row.event = .success(event)
    } catch { row.event = .failure(error) }
    return row
  }

  /// What the row is recognised by when it is read once more: its own id, or else the source, the
  /// cursor, what it holds, and how many equal ones came before it.
  private mutating func messageID(
    _ own: String?, _ cursor: String, _ cells: [String?]
  ) -> String {
    if let own, !own.isEmpty { return "\(source.name)/\(own)" }
    let hash = stableHash(cells.map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined())
    if equal.cursor != cursor { equal = (cursor, [:]) }
    let before = equal.counts[hash, default: 0]
    equal.counts[hash] = before + 1
    let place = before == 0 ? "" : "/\(before)"
    return "\(source.name)/\(cursor)/\(hexadecimal(hash))\(place)"
  }

  private static func json(_ columns: [Column], _ cells: [String?]) -> String {
    let members = zip(columns, cells).map { column, cell in
      (column.name, cell.map { JSONValue.text(String($0.prefix(Masking.kept))) } ?? .null)
    }
    return JSONValue.object(Dictionary(members) { first, _ in first }).written
  }

  /// What the server says against the query, with the place in it.
  private func refusal(_ failure: PostgreSQL.Failure) -> any Error {
    switch failure.state {
    case "57014":
      return Refusal(
        "source.timeout", problem: "The query took longer than \(query.timeout).",
        remedy: "Give the column “\(query.cursor)” an index, or write a longer “timeout”.")
    case "57P01", "57P02", "57P03":
      return Fault(
        "source.connection", subject: source.name, problem: "The server was stopped meanwhile.",
        remedy: "It is tried again.")
    case "25006":
      return Refusal(
        "source.query", problem: "The query would change something, and it may only read.",
        remedy: "Write a SELECT without side effects.")
    default: break
    }
    var problem = "PostgreSQL says: \(failure.message.prefix(500))"
    if let position = failure.position, let place = place(ofLetter: position) {
      problem += ", at \(place) of the query"
    }
    return Refusal(
      "source.query", problem: "\(problem) (\(failure.state)).",
      remedy: failure.hint.map { String($0.prefix(300)) } ?? "Mend the query in the experience.")
  }

  private func place(ofLetter position: Int) -> String? {
    let offset = position - 1 - Self.head.unicodeScalars.count
    guard offset >= 0, offset <= query.text.unicodeScalars.count else { return nil }
    let before = query.text.unicodeScalars.prefix(offset)
    let line = before.count { $0 == "\n" } + 1
    let column = before.reversed().prefix { $0 != "\n" }.count + 1
    return "line \(line), column \(column)"
  }
}

extension ItemRefusal {
  fileprivate static func noCursor(_ column: String) -> ItemRefusal {
    ItemRefusal(
      field: column, "source.cursor", problem: "The cursor has no value in this row.",
      remedy: "Leave such rows out: WHERE \(column) > $1.")
  }
}
