import Events
import Foundation
import GRDB
import Stories

/// What a store holds, in a few figures that cost no look at the events.
public struct StoreStatus: Sendable, Equatable {
  /// The version of the format.
  public var format: Int
  /// How many events count: those of the base and of the log.
  public var events: Int
  /// How many customers have events in the base, as they stood when its parts were written.
  public var customers: Int
  /// How many events wait in the log to become parts.
  public var loggedEvents: Int
  /// How many parts the base has.
  public var parts: Int
  /// The size of all parts.
  public var bytes: Int
  /// How many imports were finished.
  public var imports: Int
  /// The source of an import that isn't finished; nil where there is none.
  public var runningImport: String?
  /// When the earliest event happened; nil where there is none.
  public var first: Instant?
  /// When the latest event happened; nil where there is none.
  public var last: Instant?
}

extension Store {
  /// What the store holds.
  public func status() throws(Fault) -> StoreStatus {
    try faultsOnly {
      try read { database in
        let base = try ManifestPart.base(database)
        let log = try Row.fetchOne(
          database,
          sql: """
            SELECT coalesce(sum(count), 0), min(first_time), max(last_time) FROM log
            WHERE \(LogRow.unsealed)
            """)
        let logged: Int = log?[0] ?? 0
        let firsts = base.map(\.firstTime) + [log?[1] as Int64?].compactMap { $0 }
        let lasts = base.map(\.lastTime) + [log?[2] as Int64?].compactMap { $0 }
        return StoreStatus(
          format: try Schema.version(database),
          events: base.reduce(logged) { $0 + $1.rows },
          customers: base.reduce(0) { $0 + $1.customers }, loggedEvents: logged,
          parts: base.count, bytes: base.reduce(0) { $0 + $1.bytes },
          imports: try Int.fetchOne(
            database, sql: "SELECT count(*) FROM imports WHERE state = 'finished'") ?? 0,
          runningImport: try String.fetchOne(
            database, sql: "SELECT source FROM imports WHERE state = 'running'"),
          first: firsts.min().map(Instant.init(milliseconds:)),
          last: lasts.max().map(Instant.init(milliseconds:)))
      }
    }
  }

  /// The value of a setting; nil where it was never set.
  public func setting(_ name: String) throws(Fault) -> String? {
    try faultsOnly {
      try read {
        try String.fetchOne(
          $0, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
      }
    }
  }

  /// Sets a setting; nil takes it away.
  public func set(_ name: String, to value: String?) throws(Fault) {
    try faultsOnly {
      try write { database in
        try database.execute(literal: "DELETE FROM settings WHERE name = \(name)")
        guard let value else { return }
        try database.execute(literal: "INSERT INTO settings VALUES (\(name), \(value))")
      }
    }
  }
}
