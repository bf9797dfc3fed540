import Accounts
import Events
import Foundation
import GRDB
import Stories
import Synchronization

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
  /// - Throws: `access.denied`, `identity.placeholder`, `identity.length`, `identity.same`,
  ///   `identity.collision`.
  @discardableResult
  public func link(
    _ first: Identity, _ second: Identity, reason: String = "by hand",
    by principal: Principal = .folderOwner
  ) throws -> Bool {
    try principal.require(.linkCustomers)
    try Self.check(first, second)
    let now = clock()
    defer { memory.forgetRules() }
    return try changing.withLock { _ in
      try write { database in
        guard
          try LinkRow(first, second, .person, rule: reason, said: now).insert(into: database)
        else { return false }
        try advance("identity", in: database)
        try note(
          .customersLinked, hexadecimal(first.key), "with \(hexadecimal(second.key))",
          by: principal, database)
        return true
      }
    }
  }

  /// Takes back every link that ties two identities directly; a later `link` ties them again.
  ///
  /// Nothing is rewritten: the links are kept with the time of their removal, and events don't
  /// bring them back.
  /// - Throws: `access.denied`; `identity.link` where no link ties the two directly.
  public func unlink(
    _ first: Identity, _ second: Identity, by principal: Principal = .folderOwner
  ) throws {
    try principal.require(.linkCustomers)
    let now = clock()
    let pair = LinkRow(first, second, .person, rule: "", said: now)
    defer { memory.forgetRules() }
    try changing.withLock { _ in
      try write { database in
        try database.execute(
          literal: """
            UPDATE links SET removed = \(now.milliseconds), removed_by = \(principal.name)
            WHERE first = \(pair.firstKey) AND second = \(pair.secondKey) AND removed IS NULL
              AND \(sql: visibleLinks)
            """)
        guard database.changesCount > 0 else {
          throw Refusal(
            "identity.link", problem: "No link ties \(first) directly to \(second).",
            remedy: "Look at the links of either with `waymark customers`, and take back one.")
        }
        try advance("identity", in: database)
        try note(
          .customersUnlinked, hexadecimal(first.key), "from \(hexadecimal(second.key))",
          by: principal, database)
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

  /// All links that stand, oldest first.
  public func links() throws(Fault) -> [IdentityLink] {
    try faultsOnly { try read { try Self.links($0, where: "removed IS NULL") } }
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

  /// Refuses an identity that names nobody.
  static func check(_ identity: Identity) throws(Refusal) {
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

  /// Refuses two identities that can't be linked.
  static func check(_ first: Identity, _ second: Identity) throws(Refusal) {
    try check(first)
    try check(second)
    guard first.key != second.key else {
      throw Refusal(
        "identity.same", problem: "Both are \(first).",
        remedy: "Give two different identities of the person.")
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
}
