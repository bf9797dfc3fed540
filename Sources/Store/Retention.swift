import Accounts
import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// What a removal of expired events did.
public struct RetentionReport: Sendable, Equatable {
  /// How many events were removed.
  public var events = 0
  /// How many links went with the last events of their customers.
  public var links = 0

  /// Makes a report; without arguments, that of a removal of nothing.
  public init(events: Int = 0, links: Int = 0) {
    self.events = events
    self.links = links
  }
}

extension Store {
  private static let ruleName = "retention"
  private static let removedName = "retention.removed"

  /// How long events are kept.
  public func retentionRule() throws(Fault) -> RetentionRule {
    try faultsOnly { try read { try Self.retentionRule($0) } }
  }

  /// Says how long events are kept from now on: older ones are refused, and go with the next
  /// `removeExpired`.
  ///
  /// - Throws: `access.denied`, `retention.months`, `retention.names`, `retention.name`.
  public func keep(_ rule: RetentionRule, by principal: Principal = .folderOwner) throws {
    try principal.require(.manageSettings)
    try rule.check()
    let text = rule.keepsAll && rule.named.isEmpty ? nil : try Self.text(of: rule)
    try set(Self.ruleName, to: text, by: principal)
    memory.forgetRules()
  }

  /// Before when events were removed that the store once had.
  public func removedEvents() throws(Fault) -> Horizon {
    try faultsOnly { try read { try Self.removedEvents($0) } }
  }

  /// The events that a rule doesn't keep any more; nothing is changed.
  ///
  /// About two nanoseconds for each event of the store.
  public func expiredEvents(by rule: RetentionRule) throws -> ExpiredEvents {
    try rule.check()
    let horizon = rule.horizon(at: clock())
    guard !rule.keepsAll else { return ExpiredEvents(horizon: horizon) }
    let (base, names, logged) = try read { database in
      (
        try ManifestPart.base(database), try EventNames(database, in: folder).names,
        try LogPiece.read(database, of: self)
      )
    }
    let table = HorizonTable(horizon, names: names)
    var counting = ExpiredCount(names: names.count)
    for part in base where horizon.latest.map({ part.firstTime < $0.milliseconds }) ?? false {
      counting.add(try parts.part(part, in: folder).segment, table)
    }
    for case .sorted(let segment, _) in logged { counting.add(segment, table) }
    return counting.events(horizon, names: names)
  }

  /// Removes all events that are older than the rule keeps them, in one transaction.
  ///
  /// The base is written anew without them, beside appending; then the database is written anew, so
  /// that no byte of them is left in it. Links of customers none of whose identities has an event
  /// any more go with them.
  /// - Parameter progress: told how many of how many shards are written, from several threads.
  /// - Throws: `access.denied`, `store.importing`; faults, after which all is as it was.
  public func removeExpired(
    by principal: Principal = .folderOwner,
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> RetentionReport {
    try principal.require(.manageSettings)
    return try remove(
      Removal(horizon: try retentionRule().horizon(at: clock()), principal: principal),
      progress: progress)
  }

  /// Removes events in one transaction.
  func remove(
    _ removal: Removal,
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> RetentionReport {
    try completeErasures()
    let report = try changing.withLock { _ in
      try refuseBesideImport()
      return try rewriteBesideAppending(removal: removal, progress: progress) { _, merge in
        merge.removed > 0
      }
    }
    if report.events > 0 {
      try alone {
        try refuseBesideImport()
        try rewriteDatabase()
      }
    }
    return report
  }

  static func retentionRule(_ database: Database) throws -> RetentionRule {
    try value(of: ruleName, database) ?? RetentionRule()
  }

  static func removedEvents(_ database: Database) throws -> Horizon {
    try value(of: removedName, database) ?? Horizon()
  }

  /// Keeps in mind that events before a horizon are gone.
  static func noteRemoved(_ horizon: Horizon, _ database: Database) throws {
    let text = try Self.text(of: try removedEvents(database).joined(with: horizon))
    try database.execute(
      literal: """
        INSERT INTO settings VALUES (\(removedName), \(text))
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """)
  }

  /// A setting that is written as JSON; nil where it was never set.
  static func value<Value: Decodable>(of setting: String, _ database: Database) throws -> Value? {
    let text = try String.fetchOne(
      database, sql: "SELECT value FROM settings WHERE name = ?", arguments: [setting])
    return try text.map { try JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }

  /// A value as a setting has it.
  static func text(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
