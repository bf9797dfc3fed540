import Events
import Foundation
import GRDB

/// A row of the log: the events of one transaction, or what an erasure left of them.
struct LogRow {
  /// The arrival of the first event; the others follow.
  var first: Int
  /// How many events there are.
  var count: Int
  /// When the earliest and the latest happened, in milliseconds.
  var times: ClosedRange<Int64>
  /// The events: see `LogBatch`.
  var bytes: [UInt8]

  /// The arrival after the last event.
  var end: Int { first + count }

  /// Puts chunks, which have an event at least, into one row.
  init(first: Int, chunks: [LogChunk]) {
    self.first = first
    count = chunks.reduce(0) { $0 + $1.count }
    let times = chunks.compactMap(\.times)
    self.times = (times.map(\.lowerBound).min() ?? 0)...(times.map(\.upperBound).max() ?? 0)
    bytes = LogBatch.encoded(chunks)
  }

  /// Stores the row.
  func insert(into database: Database) throws {
    let insert = try database.cachedStatement(
      sql: """
        INSERT INTO log (first, count, first_time, last_time, events)
        VALUES (?, ?, ?, ?, ?)
        """)
    try insert.execute(
      arguments: [first, count, times.lowerBound, times.upperBound, Data(bytes)])
  }
}

extension LogRow {
  /// The rows that no part holds yet.
  static let unsealed = "first >= (SELECT arrival FROM log_sealed)"

  /// Says that events before an arrival are in parts; `Store.trimLog` removes them.
  static func seal(before end: Int, _ database: Database) throws {
    try database.execute(literal: "UPDATE log_sealed SET arrival = max(arrival, \(end))")
  }

  /// The arrival after the last event; 0: there is none.
  static func end(_ database: Database) throws -> Int {
    try Int.fetchOne(
      database,
      sql: "SELECT first + count FROM log WHERE \(unsealed) ORDER BY first DESC LIMIT 1") ?? 0
  }

  /// Visits rows that no part holds yet, in order of arrival, without a copy of their bytes.
  ///
  /// - Parameter id: only rows in whose bytes this text occurs; nil: all.
  static func visit(
    _ database: Database, in folder: String, mentioning id: String? = nil,
    _ body: (_ first: Int, _ count: Int, _ bytes: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT first, count, events FROM log
        WHERE \(unsealed) AND (?1 IS NULL OR instr(events, ?1) > 0) ORDER BY first
        """, arguments: [id.map { Data($0.utf8) }])
    while let row = try rows.next() {
      let (first, count): (Int, Int) = (row[0], row[1])
      do {
        try row.withUnsafeData(atIndex: 2) { data in
          try (data ?? Data()).withUnsafeBytes { try body(first, count, $0) }
        }
      } catch is LogDamage {
        throw Fault.damagedLog(at: first, in: folder)
      }
    }
  }
}

extension LogRow {
  /// Rewrites the rows that hold events of erased identities; how many events are gone.
  static func removeEvents(
    of identities: [Identity], in folder: String, _ database: Database
  ) throws -> Int {
    let names = try Int.fetchOne(database, sql: "SELECT count(*) FROM event_names") ?? 0
    let erased = Set(identities)
    var removed = 0
    for identity in identities {
      var changed: [(row: LogRow?, first: Int)] = []
      try visit(database, in: folder, mentioning: identity.id) { first, count, bytes in
        let entries = try LogEvents(bytes, count: count, names: names).entries
        let kept = entries.filter { !erased.contains($0.event.identity) }
        guard kept.count < entries.count else { return }
        removed += entries.count - kept.count
        var chunk = LogChunk(expecting: kept.count)
        for entry in kept { chunk.append(entry.event, code: entry.code, message: entry.message) }
        changed.append((kept.isEmpty ? nil : LogRow(first: first, chunks: [chunk]), first))
      }
      for (row, first) in changed {
        try database.execute(literal: "DELETE FROM log WHERE first = \(first)")
        try row?.insert(into: database)
      }
    }
    return removed
  }
}

extension Store {
  /// How many bytes of the log one transaction removes: appending waits for it.
  private static let trimmedAtOnce = 4_194_304

  /// Removes the rows of the log that are in parts, a few at a time; the caller holds `changing`.
  ///
  /// Their bytes stay in pages that are free to be used again, as those events do in the parts: an
  /// erasure writes the database anew. To overwrite them would write the log once more.
  func trimLog() throws {
    var isDone = false
    while !isDone {
      isDone = try writeWithoutSecureDelete { database in
        let rows = try Row.fetchCursor(
          database,
          sql: "SELECT first, length(events) FROM log WHERE NOT (\(LogRow.unsealed)) ORDER BY first"
        )
        var (bytes, last) = (0, -1)
        while bytes < Self.trimmedAtOnce, let row = try rows.next() {
          last = row[0]
          bytes += row[1]
        }
        guard last >= 0 else { return true }
        try database.execute(literal: "DELETE FROM log WHERE first <= \(last)")
        return false
      }
    }
  }

  /// Runs writing SQL in one transaction, leaving the bytes of what it removes.
  private func writeWithoutSecureDelete<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try write { database in
      try database.execute(sql: "PRAGMA secure_delete = OFF")
      let result = Result { try body(database) }
      try database.execute(sql: "PRAGMA secure_delete = ON")
      return try result.get()
    }
  }
}
