import Events
import Foundation
import GRDB

/// The links that everybody may see: not those of an import that isn't finished.
let visibleLinks = """
  (links.import IS NULL
    OR EXISTS (SELECT 1 FROM imports WHERE id = links.import AND state = 'finished'))
  """

/// A link that is about to be stored.
struct LinkRow {
  let identities: [Identity]
  let source: IdentityLink.Source
  let rule: String
  let said: Int64
  let importID: Int64?

  var firstKey: Int64 { Int64(bitPattern: identities[0].key) }
  var secondKey: Int64 { Int64(bitPattern: identities[1].key) }

  /// A link has no direction: the one with the lesser key comes first.
  init(
    _ first: Identity, _ second: Identity, _ source: IdentityLink.Source, rule: String,
    said: Instant, importID: Int64? = nil
  ) {
    identities = first.key <= second.key ? [first, second] : [second, first]
    self.source = source
    self.rule = rule
    self.said = said.milliseconds
    self.importID = importID
  }

  /// Stores the link, unless the same was said already; the earliest time it was said is kept.
  ///
  /// A link that a person took back isn't brought back by events.
  /// - Returns: whether anything changed.
  func insert(into database: Database) throws -> Bool {
    for identity in identities { try save(identity, database) }
    let find = try database.cachedStatement(
      sql: "SELECT said FROM links WHERE first = ? AND second = ? AND \(same)")
    let known = try Int64.fetchOne(find, arguments: [firstKey, secondKey])
    switch known {
    case .some(let known) where source == .person || known <= said: return false
    case .some:
      let update = try database.cachedStatement(
        sql: "UPDATE links SET said = ? WHERE first = ? AND second = ? AND \(same)")
      try update.execute(arguments: [said, firstKey, secondKey])
    case nil:
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO links (first, second, source, rule, said, import) VALUES (?, ?, ?, ?, ?, ?)
          """)
      try insert.execute(
        arguments: [firstKey, secondKey, source.rawValue, rule, said, importID])
    }
    return true
  }

  /// What makes a stored link of the same two identities the same fact.
  private var same: String {
    if source == .person { return "source = 'person' AND removed IS NULL" }
    if let importID { return "source <> 'person' AND import = \(importID)" }
    return "source <> 'person' AND \(visibleLinks)"
  }

  private func save(_ identity: Identity, _ database: Database) throws {
    let key = Int64(bitPattern: identity.key)
    let id = Data(identity.id.utf8)
    let insert = try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO identities (key, namespace, id) VALUES (?, ?, ?)")
    try insert.execute(arguments: [key, Int(identity.namespace.rawValue), id])
    guard database.changesCount == 0 else { return }
    let isSame = try Bool.fetchOne(
      database, sql: "SELECT namespace = ? AND id = ? FROM identities WHERE key = ?",
      arguments: [Int(identity.namespace.rawValue), id, key])
    guard isSame == true else {
      throw Refusal(
        "identity.collision", problem: "The key of \(identity) is that of another identity.",
        remedy: "Give the customer another id; two ids in 10^19 share a key.")
    }
  }
}
