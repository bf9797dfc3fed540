import Events
import Foundation
import GRDB
import Stories
import Synchronization

/// A stored fact: somebody said that two identities are one person.
public struct IdentityLink: Sendable, Equatable {
  /// Who said so.
  public enum Source: String, Sendable, CaseIterable {
    /// An event that was collected named both.
    case event
    /// A person who works with the store; only a person joins two users.
    case person
    /// An event of an imported file named both.
    case `import`
  }

  /// The link's number.
  public let id: Int64
  /// One of the identities.
  public let first: Identity
  /// The other.
  public let second: Identity
  /// Who said so.
  public let source: Source
  /// By which rule, or for what reason.
  public let rule: String
  /// When it was said; for an event, when that happened.
  public let said: Instant
  /// When it was taken back; nil where it stands.
  public let removed: Instant?
}

/// Which links a snapshot applies.
public enum IdentityView: Sendable, Equatable {
  /// All that stand now.
  case latest
  /// Those that had been said, and not taken back, at an instant.
  case asOf(Instant)

  var instant: Instant? {
    switch self {
    case .latest: nil
    case .asOf(let instant): instant
    }
  }
}

/// The identities as they were resolved in a state of the links.
struct ResolvedIdentities: Sendable {
  var state: Int
  var resolution: IdentityResolution
}

/// The links that everybody may see: not those of an import that isn't finished.
private let visibleLinks = """
  (links.import IS NULL
    OR EXISTS (SELECT 1 FROM imports WHERE id = links.import AND state = 'finished'))
  """

extension LinkFact {
  /// The visible links, and those of one import that is about to be finished.
  static func all(_ database: Database, finishing importID: Int64? = nil) throws -> [LinkFact] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT links.id, first, second, a.namespace = 0, b.namespace = 0, source = 'person', said,
          removed
        FROM links JOIN identities a ON a.key = first JOIN identities b ON b.key = second
        WHERE \(visibleLinks) OR links.import = ?
        """, arguments: [importID])
    var facts: [LinkFact] = []
    while let row = try rows.next() {
      facts.append(
        LinkFact(
          id: row[0], first: UInt64(bitPattern: row[1]), second: UInt64(bitPattern: row[2]),
          firstIsUser: row[3], secondIsUser: row[4], isByPerson: row[5],
          said: Instant(milliseconds: row[6]),
          removed: (row[7] as Int64?).map(Instant.init(milliseconds:))))
    }
    return facts
  }
}

extension Store {
  /// Says that two identities are one person; it holds from now on and for all of their history.
  ///
  /// - Parameter reason: why, for those who read the link later.
  /// - Returns: false where a person had said so already.
  /// - Throws: `identity.placeholder`, `identity.length`, `identity.same`, `identity.collision`.
  @discardableResult
  public func link(
    _ first: Identity, _ second: Identity, reason: String = "by hand"
  ) throws -> Bool {
    try Self.check(first, second)
    let now = clock()
    return try changing.withLock { _ in
      try write { database in
        guard
          try LinkRow(first, second, .person, rule: reason, said: now).insert(into: database)
        else { return false }
        try advance("identity", in: database)
        try audit("link", first.key, "with \(String(second.key, radix: 16))", database)
        return true
      }
    }
  }

  /// Takes back every link that ties two identities directly; a later `link` ties them again.
  ///
  /// Nothing is rewritten: the links are kept with the time of their removal, and events don't
  /// bring them back.
  /// - Throws: `identity.link` where no link ties the two directly.
  public func unlink(_ first: Identity, _ second: Identity, by person: String = "") throws {
    let now = clock()
    let pair = LinkRow(first, second, .person, rule: "", said: now)
    try changing.withLock { _ in
      try write { database in
        try database.execute(
          literal: """
            UPDATE links SET removed = \(now.milliseconds), removed_by = \(person)
            WHERE first = \(pair.firstKey) AND second = \(pair.secondKey) AND removed IS NULL
              AND \(sql: visibleLinks)
            """)
        guard database.changesCount > 0 else {
          throw Refusal(
            "identity.link", problem: "No link ties \(first) directly to \(second).",
            remedy: "Look at the links of either with `waymark customers`, and take back one.")
        }
        try advance("identity", in: database)
        try audit("unlink", first.key, "from \(String(second.key, radix: 16))", database)
      }
    }
  }

  /// All links of the customer whom an identity belongs to or once belonged to, oldest first.
  public func links(of identity: Identity) throws(Fault) -> [IdentityLink] {
    try faultsOnly {
      try read { database in
        let start = Int64(bitPattern: identity.key)
        return try Self.links(
          database,
          where: """
            first IN (SELECT key FROM near) OR second IN (SELECT key FROM near)
            """,
          with: """
            WITH RECURSIVE near(key) AS (
              VALUES (\(start))
              UNION SELECT second FROM links JOIN near ON first = near.key
              UNION SELECT first FROM links JOIN near ON second = near.key
            )
            """)
      }
    }
  }

  /// The links that would have joined two users, which only a person may do; oldest first.
  public func refusedLinks() throws(Fault) -> [IdentityLink] {
    try faultsOnly {
      try read { database in
        let refused = Set(try resolution(database).refused)
        guard !refused.isEmpty else { return [] }
        return try Self.links(database, where: "removed IS NULL").filter { refused.contains($0.id) }
      }
    }
  }

  /// Who is who, in the state of a database's snapshot.
  func resolution(_ database: Database, _ view: IdentityView = .latest) throws
    -> IdentityResolution
  {
    guard view == .latest else {
      return IdentityResolution(try LinkFact.all(database), asOf: view.instant)
    }
    let state = try counter("identity", in: database)
    if let known = resolved.withLock({ $0 }), known.state == state { return known.resolution }
    let resolution = IdentityResolution(try LinkFact.all(database))
    resolved.withLock { $0 = ResolvedIdentities(state: state, resolution: resolution) }
    return resolution
  }

  private static func links(
    _ database: Database, where condition: String, with prefix: String = ""
  ) throws -> [IdentityLink] {
    try Row.fetchAll(
      database,
      sql: """
        \(prefix) SELECT links.*, a.namespace AS first_namespace, a.id AS first_id,
          b.namespace AS second_namespace, b.id AS second_id
        FROM links JOIN identities a ON a.key = first JOIN identities b ON b.key = second
        WHERE \(visibleLinks) AND (\(condition)) ORDER BY said, links.id
        """
    ).map(IdentityLink.init)
  }

  /// Refuses identities that name nobody.
  static func check(_ identities: Identity...) throws(Refusal) {
    for identity in identities {
      guard !Identity.placeholders.contains(identity.id) else {
        throw Refusal(
          "identity.placeholder", problem: "“\(identity.id)” stands for nobody in particular.",
          remedy: "Give the id of one person.")
      }
      guard identity.id.utf8.count <= Identity.longestID else {
        throw Refusal(
          "identity.length", problem: "The id has \(identity.id.utf8.count) bytes.",
          remedy: "Give an id of at most \(Identity.longestID) bytes.")
      }
    }
    guard Set(identities.map(\.key)).count == identities.count else {
      throw Refusal(
        "identity.same", problem: "Both are \(identities[0]).",
        remedy: "Give two different identities of the person.")
    }
  }
}

extension IdentityLink {
  fileprivate init(_ row: Row) {
    func identity(_ namespace: Int, _ id: Data) -> Identity {
      Identity(namespace == 0 ? .user : .anonymous, String(decoding: id, as: UTF8.self))
    }
    self.init(
      id: row["id"], first: identity(row["first_namespace"], row["first_id"]),
      second: identity(row["second_namespace"], row["second_id"]),
      source: Source(rawValue: row["source"]) ?? .event, rule: row["rule"],
      said: Instant(milliseconds: row["said"]),
      removed: (row["removed"] as Int64?).map(Instant.init(milliseconds:)))
  }
}

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

extension Store {
  /// Makes an import's links everybody's: what other events said before is not said twice.
  static func publishLinks(ofImport id: Int64, _ database: Database) throws {
    let twin = """
      new.import = \(id) AND new.first = links.first AND new.second = links.second
      """
    try database.execute(
      sql: """
        UPDATE links SET said = min(said, (SELECT new.said FROM links new WHERE \(twin)))
        WHERE source <> 'person' AND import IS NOT \(id)
          AND EXISTS (SELECT 1 FROM links new WHERE \(twin))
        """)
    try database.execute(
      sql: """
        DELETE FROM links WHERE import = \(id) AND EXISTS (
          SELECT 1 FROM links old WHERE old.first = links.first AND old.second = links.second
            AND old.source <> 'person' AND old.import IS NOT \(id))
        """)
  }

  /// Writes down who changed what.
  func audit(
    _ action: String, _ subject: UInt64?, _ detail: String, _ database: Database
  ) throws {
    try database.execute(
      literal: """
        INSERT INTO audit (at, action, subject, detail)
        VALUES (\(clock().milliseconds), \(action), \(subject.map(Int64.init(bitPattern:))),
          \(detail))
        """)
  }
}
