import Accounts
import Events
import Foundation
import GRDB

/// What a source has sent so far.
public struct CollectionRecord: Sendable, Equatable {
  /// What happened to events of one name.
  public struct Name: Sendable, Equatable {
    /// The name; empty: all names beyond the first thousand.
    public let event: String
    /// How many were taken, or known already.
    public let taken: Int
    /// When the last one came.
    public let last: Instant
  }

  /// The source.
  public let source: CollectionSource
  /// How many events were taken, or known already.
  public let taken: Int
  /// How many items were refused.
  public let refused: Int
  /// When it last sent something.
  public let last: Instant
  /// Its names of events, the one that came last first.
  public let names: [Name]
}

extension Store {
  /// Writes down what sources sent, in one transaction; every few seconds is often enough.
  ///
  /// An item of a customer who was erased since it was sent is counted, but not kept.
  public func record(_ activity: CollectionActivity) throws(Fault) {
    guard !activity.isEmpty else { return }
    try faultsOnly {
      try write { database in
        let erasures = try Self.erasures(database)
        for (source, sent) in activity.sources {
          try Self.count(sent, of: source, database)
          for item in sent.items.suffix(RefusedItem.most)
          where !ErasedTexts.isOfErased(item, erasures) {
            try Self.keep(item, of: source, database)
          }
          try database.execute(
            literal: """
              DELETE FROM refused_items
              WHERE kind = \(source.kind.rawValue) AND id = \(source.id) AND number NOT IN (
                SELECT number FROM refused_items
                WHERE kind = \(source.kind.rawValue) AND id = \(source.id)
                ORDER BY number DESC LIMIT \(RefusedItem.most))
              """)
        }
      }
    }
  }

  /// What every source sent, the one that sent last first.
  public func collectionRecords() throws(Fault) -> [CollectionRecord] {
    try people([]) { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM collection_sources ORDER BY last DESC, kind, id")
      return try rows.map { row in
        let source = CollectionSource(row)
        let names = try Row.fetchAll(
          database,
          sql: """
            SELECT event, taken, last FROM collected_names WHERE kind = ? AND id = ?
            ORDER BY last DESC, event
            """, arguments: [source.kind.rawValue, source.id])
        return CollectionRecord(
          source: source, taken: row["taken"], refused: row["refused"],
          last: Instant(milliseconds: row["last"]),
          names: names.map {
            .init(event: $0[0], taken: $0[1], last: Instant(milliseconds: $0[2]))
          })
      }
    }
  }

  /// The latest items of a source that were refused, the latest first.
  public func refusedItems(of source: CollectionSource) throws(Fault) -> [RefusedItem] {
    try people([]) { database in
      try Row.fetchAll(
        database,
        sql: "SELECT * FROM refused_items WHERE kind = ? AND id = ? ORDER BY number DESC",
        arguments: [source.kind.rawValue, source.id]
      ).map(RefusedItem.init)
    }
  }

  private static func count(
    _ sent: CollectionActivity.OfSource, of source: CollectionSource, _ database: Database
  ) throws {
    let taken = sent.taken.values.reduce(0) { $0 + $1.count }
    try database.execute(
      literal: """
        INSERT INTO collection_sources (kind, id, taken, refused, last)
        VALUES (\(source.kind.rawValue), \(source.id), \(taken), \(sent.refused),
          \(sent.last.milliseconds))
        ON CONFLICT (kind, id) DO UPDATE SET taken = taken + excluded.taken,
          refused = refused + excluded.refused, last = max(last, excluded.last)
        """)
    var known = try String.fetchSet(
      database,
      sql: "SELECT event FROM collected_names WHERE kind = ? AND id = ? AND event <> ''",
      arguments: [source.kind.rawValue, source.id])
    let upsert = try database.cachedStatement(
      sql: """
        INSERT INTO collected_names (kind, id, event, taken, last) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (kind, id, event) DO UPDATE SET taken = taken + excluded.taken,
          last = max(last, excluded.last)
        """)
    for (event, taken) in sent.taken.sorted(by: { $0.key < $1.key }) {
      var name = event
      if !known.contains(name), known.count >= CollectionActivity.mostNames { name = "" }
      if !name.isEmpty { known.insert(name) }
      try upsert.execute(
        arguments: [
          source.kind.rawValue, source.id, name, taken.count, taken.last.milliseconds,
        ])
    }
  }

  private static func keep(
    _ item: RefusedItem, of source: CollectionSource, _ database: Database
  ) throws {
    try database.execute(
      literal: """
        INSERT INTO refused_items (kind, id, at, dialect, code, problem, field, item)
        VALUES (\(source.kind.rawValue), \(source.id), \(item.at.milliseconds), \(item.dialect),
          \(item.code), \(item.problem), \(item.field), \(item.item))
        """)
  }
}

extension CollectionSource {
  init(_ row: Row) { self.init(Principal.Kind(rawValue: row["kind"]) ?? .owner, row["id"]) }
}

extension RefusedItem {
  init(_ row: Row) {
    self.init(
      at: Instant(milliseconds: row["at"]), dialect: row["dialect"], code: row["code"],
      problem: row["problem"], field: row["field"], item: row["item"])
  }
}

extension CollectionRecord {
  /// The record of a source that sent nothing yet.
  public static func silent(_ source: CollectionSource) -> CollectionRecord {
    CollectionRecord(source: source, taken: 0, refused: 0, last: .earliest, names: [])
  }
}
