import Accounts
import Events
import GRDB

/// A source that events are fetched from or sent by, as the store knows it.
public struct PulledSource: Sendable, Equatable {
  /// The number, which is never given out twice.
  public let id: Int
  /// The name that it has in the experience.
  public let name: String
  /// The column of the cursor and its last value; nil before the first row, and for folders.
  public var cursor: Cursor?
  /// When it was last looked at without a failure.
  public let pulled: Instant?

  /// How far a table was read.
  public struct Cursor: Sendable, Equatable {
    public var column: String
    /// The value of the last row whose events are all on the disk, as PostgreSQL writes it.
    public var value: String

    /// Makes a cursor.
    public init(column: String, value: String) {
      self.column = column
      self.value = value
    }
  }

  /// The source as somebody who sends events.
  public var principal: Principal { .source(id, name: name) }

  init(_ row: Row) {
    id = row["id"]
    name = row["name"]
    cursor = (row["cursor"] as String?).map { Cursor(column: row["cursor_column"], value: $0) }
    pulled = (row["pulled"] as Int64?).map(Instant.init(milliseconds:))
  }
}

/// A file of a folder that was imported to its end.
public struct PulledFile: Sendable, Equatable {
  public var name: String
  public var size: Int
  /// The hash of all its bytes.
  public var hash: UInt64
  /// When it was changed last, in nanoseconds since 1970.
  public var changed: Int64

  /// Makes a file.
  public init(name: String, size: Int, hash: UInt64, changed: Int64) {
    self.name = name
    self.size = size
    self.hash = hash
    self.changed = changed
  }
}

extension Store {
  /// All sources that were ever looked at, by name.
  public func pulledSources() throws(Fault) -> [PulledSource] {
    try faultsOnly {
      try read { database in
        guard try Schema.version(database) >= Schema.firstWithPulling else { return [] }
        return try Row.fetchAll(database, sql: "SELECT * FROM pulled_sources ORDER BY name")
          .map(PulledSource.init)
      }
    }
  }

  /// The source of a name, which is given a number where it has none yet.
  public func pulledSource(_ name: String) throws(Fault) -> PulledSource {
    try faultsOnly {
      // Mostly it is there, and nobody has to wait who writes.
      if let known = try pulledSources().first(where: { $0.name == name }) { return known }
      return try write { database in
        try database.execute(
          literal: "INSERT INTO pulled_sources (name) VALUES (\(name)) ON CONFLICT DO NOTHING")
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM pulled_sources WHERE name = ?", arguments: [name])
        guard let row else { throw Fault.damagedSources(folder) }
        return PulledSource(row)
      }
    }
  }

  /// Keeps how far a table was read.
  public func keep(_ cursor: PulledSource.Cursor, of source: Int) throws(Fault) {
    try faultsOnly {
      try write { database in
        try database.execute(
          literal: """
            UPDATE pulled_sources SET cursor_column = \(cursor.column), cursor = \(cursor.value)
            WHERE id = \(source)
            """)
      }
    }
  }

  /// Notes that a source was looked at without a failure.
  public func notePulled(_ source: Int, at now: Instant) throws(Fault) {
    try faultsOnly {
      try write { database in
        try database.execute(
          literal: "UPDATE pulled_sources SET pulled = \(now.milliseconds) WHERE id = \(source)")
      }
    }
  }

  /// The files of a folder that were imported.
  public func pulledFiles(of source: Int) throws(Fault) -> [PulledFile] {
    try faultsOnly {
      try read { database in
        try Row.fetchAll(
          database, sql: "SELECT name, size, hash, changed FROM pulled_files WHERE source = ?",
          arguments: [source]
        ).map { row in
          PulledFile(
            name: row[0], size: row[1], hash: UInt64(bitPattern: row[2] as Int64), changed: row[3])
        }
      }
    }
  }

  /// Remembers that a file was imported.
  public func remember(_ file: PulledFile, of source: Int, at now: Instant) throws(Fault) {
    try faultsOnly {
      try write { database in
        try database.execute(
          literal: """
            INSERT INTO pulled_files (source, name, size, hash, changed, at)
            VALUES (\(source), \(file.name), \(file.size), \(Int64(bitPattern: file.hash)),
              \(file.changed), \(now.milliseconds))
            ON CONFLICT DO UPDATE SET changed = excluded.changed
            """)
      }
    }
  }
}

extension Fault {
  fileprivate static func damagedSources(_ folder: String) -> Fault {
    Fault(
      "store.sources", subject: folder, problem: "A source that was written is not there.",
      remedy: "Look at the store with `waymark doctor`.")
  }
}
