import Accounts
import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// What an erasure removed, and what a search of every file found afterwards.
public struct ErasureReport: Sendable, Equatable {
  /// A place where something of the customer is left.
  public struct Trace: Sendable, Equatable {
    /// The file, as a path.
    public var file: String
    /// Where in it, in words.
    public var place: String
  }

  /// How many identities the customer had.
  public var identities = 0
  /// How many events were removed from parts.
  public var events = 0
  /// How many events were removed from the log.
  public var loggedEvents = 0
  /// How many links were removed.
  public var links = 0
  /// How many lines were removed from files of rejected records.
  public var rejectedLines = 0
  /// How many refused items of a collector were removed.
  public var refusedItems = 0
  /// How many files were searched afterwards.
  public var filesSearched = 0
  /// How many bytes they have.
  public var bytesSearched = 0
  /// How many times one of the ids occurs inside a longer text, which is somebody else's.
  public var longerTexts = 0
  /// How many ids are too short for a search byte by byte; columns and tables were searched.
  public var shortIDs = 0
  /// What is left; empty where the removal is proven.
  public var traces: [Trace] = []

  /// Whether nothing of the customer is left in the folder.
  public var isProven: Bool { traces.isEmpty }
}

extension Store {
  /// Removes everything that is known of a customer, under all of their linked identities.
  ///
  /// The customer disappears from snapshots at once. Then the parts that hold their events are
  /// written anew, the database is written anew, and every file is searched. What stays is the
  /// 64-bit hash of each identity with the time of the erasure, so that older events that are sent
  /// again are refused; newer ones are welcome. Snapshots that are still in use keep what they had.
  /// - Throws: `access.denied`; `store.importing` while a file is imported in this process;
  ///   `identity.unknown` where nothing is known of the identity; faults,
  ///   after which the customer stays hidden, and the next erasure or import finishes the removal.
  public func erase(
    _ identity: Identity, by principal: Principal = .folderOwner
  ) throws -> ErasureReport {
    try principal.require(.eraseCustomers)
    try Self.check(identity)
    return try alone {
      try refuseBesideImport()
      defer { forgetErased() }
      try trimLog()
      var report = ErasureReport()
      let erased = try identities(of: identity)
      // While the links still tell the other ids: an interrupted erasure is asked for once more.
      report.rejectedLines = try RejectsFolder(folder).removeLines(mentioning: erased.map(\.id))
      try hide(erased, by: principal, &report)
      report.events = try removeHiddenEvents()
      try rewriteDatabase()
      try search(for: erased, &report)
      return report
    }
  }

  /// Drops what is in memory of a customer who is not in the database any more.
  private func forgetErased() {
    memory.forgetRules()
    memory.base.withLock { $0 = nil }
    lastSnapshot.withLock { $0 = nil }
  }

  /// Finishes erasures that were interrupted.
  func completeErasures() throws {
    guard try !read({ try Self.hiddenKeys($0) }).isEmpty else { return }
    try alone {
      guard try !read({ try Self.hiddenKeys($0) }).isEmpty else { return }
      defer { forgetErased() }
      try trimLog()
      _ = try removeHiddenEvents()
      try rewriteDatabase()
    }
  }

  /// The identities of the customer who has an identity.
  ///
  /// - Throws: `identity.unknown` where nothing is known of it, nor was before an erasure.
  private func identities(of identity: Identity) throws -> [Identity] {
    let (keys, pieces) = try view { database, log in
      (try resolution(database).component(of: identity.key), log.pieces)
    }
    let logged = try tail.segments(pieces, of: self)
    let (linked, parts, isKnown) = try read { database in
      let rows = try keys.compactMap {
        try Row.fetchOne(
          database, sql: "SELECT namespace, id FROM identities WHERE key = ?",
          arguments: [Int64(bitPattern: $0)])
      }
      let isKnown = try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (SELECT 1 FROM erasures WHERE key = ?)
          """, arguments: [Int64(bitPattern: identity.key)])
      return (
        rows.map { row in
          Identity(
            row[0] == 0 ? .user : .anonymous, String(decoding: row[1] as Data, as: UTF8.self))
        },
        try Row.fetchAll(database, sql: "SELECT * FROM parts").map(ManifestPart.init),
        try isKnown == true || ErasedTexts.left(of: identity.id, database) > 0
      )
    }
    let found = try parts.reduce(into: Set(linked)) { found, part in
      let segment = try self.parts.part(part, in: folder).segment
      found.formUnion(keys.compactMap(segment.identities.identity))
    }.union(logged.flatMap { keys.compactMap($0.identities.identity) })
    guard isKnown || !found.isEmpty else {
      throw Refusal(
        "identity.unknown", problem: "Nothing is known of \(identity).",
        remedy: "Give the id as it was imported, with `anonymous:` in front if it is one.")
    }
    return Array(found.union([identity]))
  }

  /// Hides the customer from snapshots and forgets links and log, in one transaction.
  private func hide(
    _ identities: [Identity], by principal: Principal, _ report: inout ErasureReport
  ) throws {
    let now = clock()
    let (links, logged) = try tail.state.withLock { state in
      let removed = try write { database in
        let links = try Self.eraseRows(of: identities.map(\.key), at: now, database)
        let logged = try LogRow.removeEvents(of: identities, in: folder, database)
        try Self.forgetTickets(of: identities.map(\.key), database)
        report.refusedItems = try ErasedTexts.forget(identities, database)
        // Nobody else's canonical key changes.
        try Self.keepSettled(database)
        try note(
          .customerErased, identities.first.map { hexadecimal($0.key) } ?? "",
          "\(identities.count) identities", by: principal, database)
        return (links, logged)
      }
      state.forget()
      return removed
    }
    report.identities = identities.count
    report.links = links
    report.loggedEvents = logged
  }

  private static func eraseRows(
    of keys: [UInt64], at now: Instant, _ database: Database
  ) throws -> Int {
    var links = 0
    for key in keys.map(Int64.init(bitPattern:)) {
      try database.execute(
        literal: """
          INSERT INTO erasures (key, erased, state) VALUES (\(key), \(now.milliseconds), 'hidden')
          ON CONFLICT (key) DO UPDATE SET erased = max(erased, excluded.erased), state = 'hidden'
          """)
      try database.execute(literal: "DELETE FROM links WHERE first = \(key) OR second = \(key)")
      links += database.changesCount
      // What changes say of the customer goes, too: here those of older versions.
      try database.execute(
        literal: "DELETE FROM audit WHERE action IN ('link', 'unlink') AND subject = \(key)")
    }
    try forgetUnlinkedIdentities(database)
    try forgetMembers(Set(keys), database)
    try forgetInvitations(of: keys, database)
    return links
  }

  /// Writes anew the parts that hold hidden customers; how many events are gone.
  private func removeHiddenEvents() throws -> Int {
    let (keys, known) = try read { database in
      (
        try Self.hiddenKeys(database),
        try Row.fetchAll(database, sql: "SELECT * FROM parts").map(ManifestPart.init)
      )
    }
    let before = known.reduce(0) { $0 + $1.rows }
    let holding = try known.compactMap { part -> (ManifestPart, StorySegment, [Int])? in
      let segment = try parts.part(part, in: folder).segment
      let customers = segment.customers(withAnyOf: keys)
      return customers.isEmpty ? nil : (part, segment, customers)
    }
    let isMixed = holding.contains { _, segment, customers in
      customers.contains { segment.rows(of: $0, from: keys).count < segment.rows(of: $0).count }
    }
    if isMixed {
      // A customer whose identities were parted lies together with the erased one still.
      _ = try rewrite(finishing: nil)
    }
    try replace(isMixed ? holding.filter { $0.0.importID != nil } : holding)
    let after = try read { try Int.fetchOne($0, sql: "SELECT sum(row_count) FROM parts") ?? 0 }
    return before - after
  }

  /// Replaces parts with ones that lack some customers.
  private func replace(_ holding: [(ManifestPart, StorySegment, [Int])]) throws {
    guard !holding.isEmpty else { return }
    let new = try write(holding)
    try write { database in
      for (part, _, _) in holding { try part.delete(database) }
      for part in new { try part.insert(database) }
      try advance("manifest", in: database)
    }
    removeFiles(holding.map(\.0.number))
  }

  private func write(_ holding: [(ManifestPart, StorySegment, [Int])]) throws -> [ManifestPart] {
    var new: [ManifestPart] = []
    do {
      for (part, segment, customers) in holding {
        let rest = try StorySegment.merging(taken: [segment.hiding(customers)], staged: []).segment
        let prepared = try prepare(rest)
        if let kept = try prepared?.settle(importID: part.importID, identity: part.identity) {
          new.append(kept)
        }
      }
    } catch {
      removeFiles(new.map(\.number))
      throw error
    }
    return new
  }

  /// Writes the database anew, without what was deleted, and empties its write-ahead log.
  func rewriteDatabase() throws {
    try sweep()
    do {
      try pool.vacuum()
      _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    } catch {
      throw Fault(error, in: folder)
    }
    try write { try $0.execute(sql: "UPDATE erasures SET state = 'removed'") }
  }
}
