import Events
import GRDB

/// A file that was imported, or is being imported.
public struct ImportRecord: Sendable, Equatable {
  /// Where an import stands.
  public enum State: String, Sendable { case running, finished, discarded }

  /// The file as the person named it.
  public let source: String
  /// Where it stands.
  public let state: State
  /// When it was begun.
  public let started: Instant
  /// When it ended; nil while it runs.
  public let ended: Instant?
  /// How many records were read so far.
  public let records: Int
  /// How many of them could not be read as events.
  public let rejected: Int
  /// How many events came in that the store didn't have; 0 before it is finished.
  public let added: Int
  /// How many the store had already.
  public let repeated: Int

  init(_ row: Row) {
    source = row["source"]
    state = State(rawValue: row["state"]) ?? .discarded
    started = Instant(milliseconds: row["started"])
    ended = (row["ended"] as Int64?).map(Instant.init(milliseconds:))
    records = row["records"]
    rejected = row["rejected"]
    added = row["added"]
    repeated = row["repeated"]
  }
}

extension Store {
  /// The imports, the one that was begun last first; at most 500.
  public func importRecords(limit: Int = 100) throws(Fault) -> [ImportRecord] {
    try faultsOnly {
      try read { database in
        try Row.fetchAll(
          database, sql: "SELECT * FROM imports ORDER BY id DESC LIMIT ?",
          arguments: [max(0, min(limit, 500))]
        ).map(ImportRecord.init)
      }
    }
  }
}
