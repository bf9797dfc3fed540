import Accounts
import Events
import Foundation
import GRDB
import Synchronization

/// A key that sends events and does nothing else; its secret was shown once.
public struct WriteKey: Sendable, Equatable {
  /// The number, which is never given out twice.
  public let id: Int
  /// What it is for.
  public let name: String
  /// The beginning of its secret.
  public let hint: String
  /// When it was made.
  public let made: Instant
  /// When it was revoked; nil where it can be used.
  public let revoked: Instant?

  init(_ row: Row) {
    id = row["id"]
    name = row["name"]
    hint = row["hint"]
    made = Instant(milliseconds: row["made"])
    revoked = (row["revoked"] as Int64?).map(Instant.init(milliseconds:))
  }

  /// The key as somebody who asks for something.
  public func principal(request: String? = nil) -> Principal {
    .writeKey(id, name: name, request: request)
  }
}

/// The write keys that can be used, in memory: every request of a collector asks for one.
final class WriteKeyCache: Sendable {
  private let keys = Mutex<[SecretDigest: WriteKey]?>(nil)

  /// The key of a digest; all are loaded where that wasn't done since the last change.
  func key(_ digest: SecretDigest, loading: () throws -> [SecretDigest: WriteKey]) throws
    -> WriteKey?
  {
    try keys.withLock { keys in
      if let keys { return keys[digest] }
      // Loading holds the lock, so a change that is committed meanwhile empties what was loaded.
      let loaded = try loading()
      keys = loaded
      return loaded[digest]
    }
  }

  /// Forgets all, after a change was committed.
  func empty() { keys.withLock { $0 = nil } }
}

extension Store {
  /// The most write keys that can be used at a time.
  public static let mostWriteKeys = 1000

  /// All write keys, those that can be used first, by name.
  public func writeKeys() throws(Fault) -> [WriteKey] {
    try people([]) { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM write_keys ORDER BY revoked IS NOT NULL, name, id"
      ).map(WriteKey.init)
    }
  }

  /// Makes a write key; its secret can't be seen again.
  ///
  /// - Throws: `access.denied`, `key.name`, `key.known`, `key.count`.
  public func addWriteKey(_ name: String, by principal: Principal) throws -> (WriteKey, Secret) {
    try principal.require(.manageKeys)
    let name = try GivenName.checked(name, of: "key")
    let secret = Secret.random(.writeKey)
    let key = try write { database in
      let names = try String.fetchSet(
        database, sql: "SELECT name FROM write_keys WHERE revoked IS NULL")
      guard !names.contains(name) else {
        throw Refusal(
          "key.known", problem: "There is a write key “\(name)” already.",
          remedy: "Choose another name, or revoke that key first.")
      }
      guard names.count < Self.mostWriteKeys else {
        throw Refusal(
          "key.count", problem: "There are \(Self.mostWriteKeys) write keys already.",
          remedy: "Revoke those that nobody uses.")
      }
      try database.execute(
        literal: """
          INSERT INTO write_keys (name, secret, hint, made)
          VALUES (\(name), \(Data(secret.digest.bytes)), \(secret.hint), \(clock().milliseconds))
          """)
      // The audit log's line is a row, too.
      let id = database.lastInsertedRowID
      try note(.writeKeyAdded, name, secret.hint, by: principal, database)
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM write_keys WHERE id = ?", arguments: [id])
      return row.map(WriteKey.init)
    }
    writeKeyCache.empty()
    guard let key else { preconditionFailure("A key that was just made is there.") }
    return (key, secret)
  }

  /// Revokes a write key: from now on it sends nothing; what it sent stays.
  ///
  /// - Throws: `access.denied`, `key.unknown`.
  public func revokeWriteKey(_ id: Int, by principal: Principal) throws {
    try principal.require(.manageKeys)
    try write { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM write_keys WHERE id = ? AND revoked IS NULL",
        arguments: [id])
      guard let row else {
        throw Refusal(
          "key.unknown", problem: "There is no write key with the number \(id) to revoke.",
          remedy: "Look at the list of keys; it may be revoked already.")
      }
      try database.execute(
        literal: "UPDATE write_keys SET revoked = \(clock().milliseconds) WHERE id = \(id)")
      let key = WriteKey(row)
      try note(.writeKeyRevoked, key.name, key.hint, by: principal, database)
    }
    writeKeyCache.empty()
  }

  /// The write key of a secret; nil where there is none, or it was revoked. Costs a microsecond.
  public func writeKey(_ secret: Secret) throws(Fault) -> WriteKey? {
    try faultsOnly {
      try writeKeyCache.key(secret.digest) {
        try people([:]) { database in
          let rows = try Row.fetchAll(
            database, sql: "SELECT * FROM write_keys WHERE revoked IS NULL")
          return Dictionary(
            uniqueKeysWithValues: rows.compactMap { row in
              SecretDigest(Array(row["secret"] as Data)).map { ($0, WriteKey(row)) }
            })
        }
      }
    }
  }
}
