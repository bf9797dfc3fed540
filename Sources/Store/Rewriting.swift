import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// What a rewriting of the base reads, in one consistent view of the database.
private struct RewritePlan: Sendable {
  var base: [ManifestPart]
  var staged: [ManifestPart]
  /// The log's events, each identity being a customer.
  var tail: [StorySegment]
  /// The arrival after the last of them; nil: there is none.
  var end: Int?
  var placement: Placement
  var erasures: [UInt64: Int64]
  /// The state of the links once the rewriting is done.
  var identity: Int
  var hasNewLinks: Bool

  init(
    _ database: Database, pieces: [LogPiece], of store: Store, finishing importID: Int64?
  ) throws {
    base = try ManifestPart.base(database)
    staged = try importID.map { try ManifestPart.staged(database, importID: $0) } ?? []
    tail = try store.tail.segments(pieces, of: store)
    end = pieces.last?.positions.upperBound
    hasNewLinks =
      try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM links WHERE import = ?)",
        arguments: [importID]) ?? false
    identity = try counter("identity", in: database) + (hasNewLinks ? 1 : 0)
    let resolution =
      hasNewLinks
      ? IdentityResolution(try LinkFact.all(database, finishing: importID))
      : try store.resolution(database)
    placement = Placement(resolution: resolution, erased: try Store.hiddenKeys(database))
    erasures = try Store.erasures(database)
  }
}

extension ImportSession {
  /// Merges what was staged with what was there; from now on it counts, all of it at once.
  ///
  /// - Parameter progress: told how many of how many shards are written, from several threads.
  /// - Throws: `import.ended`, `identity.collision`; `part.…`, `store.full`, and then nothing has
  ///   changed and `finish` may be called again, in this process or a later one.
  public func finish(
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> ImportResult {
    try store.completeErasures()
    return try store.alone {
      try store.rewrite(finishing: id, progress: progress) ?? ImportResult()
    }
  }
}

extension Store {
  /// Turns the log into parts of the base, in one transaction.
  ///
  /// Appending goes on meanwhile: what comes stays in the log. Imports, links and erasures wait.
  public func seal() throws {
    try completeErasures()
    try changing.withLock { _ in
      defer { tail.state.withLock { $0.boundary = nil } }
      let plan = try view(mark: { $0.boundary = $1 }) { database, pieces in
        try RewritePlan(database, pieces: pieces, of: self, finishing: nil)
      }
      guard plan.end != nil else { return }
      let merge = try merge(plan)
      let parts = try write(merge, identity: plan.identity) { _, _ in }
      try appending.withLock { _ in _ = try swap(nil, plan, merge, parts) }
      try trimLog()
    }
  }

  /// Writes the whole base anew: with the log, an import's staged events, and today's links.
  ///
  /// The caller is alone. A failure leaves everything as it was.
  func rewrite(
    finishing importID: Int64?,
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws -> ImportResult? {
    let plan = try view { database, pieces in
      try RewritePlan(database, pieces: pieces, of: self, finishing: importID)
    }
    guard importID == nil || !plan.staged.isEmpty else {
      return try write { try end(importID, plan, with: [], replacing: [], added: 0, erased: 0, $0) }
    }
    let merge = try merge(plan)
    let parts = try write(merge, identity: plan.identity, progress: progress)
    let result = try swap(importID, plan, merge, parts)
    try trimLog()
    return result
  }

  /// Makes parts count instead of what they were made from; the caller holds `appending`.
  private func swap(
    _ importID: Int64?, _ plan: RewritePlan, _ merge: Merge, _ parts: [ManifestPart]
  ) throws -> ImportResult? {
    let old = plan.base + plan.staged
    let added = parts.reduce(0) { $0 + $1.rows } - merge.takenRows
    // Where the disk fails in the commit it may still stand, so the new files are left to a sweep.
    let result = try tail.state.withLock { state in
      let result = try write {
        try end(importID, plan, with: parts, replacing: old, added: added, erased: merge.erased, $0)
      }
      if let end = plan.end { state.remove(before: end) }
      return result
    }
    memory.base.withLock { $0 = nil }
    // Nothing new is in the parts unless an import brought it.
    if plan.staged.isEmpty, memory.messages.covered.isSuperset(of: plan.base.map(\.number)) {
      memory.messages.cover(parts.map(\.number))
    }
    lastSnapshot.withLock { $0 = nil }
    removeFiles(old.map(\.number))
    return result
  }

  /// Writes merged parts, which don't count yet, ascending by key; all of them or none.
  private func write(
    _ merge: Merge, identity: Int, progress: @escaping @Sendable (Int, Int) -> Void
  ) throws -> [ManifestPart] {
    let shards = merge.shards(rows: shardRows)
    let written = Mutex<[(shard: Int, part: ManifestPart)]>([])
    let done = Mutex(0)
    do {
      try Background.run(shards.count) { [self] shard in
        let segment = try merge.shard(shards[shard])
        if !segment.visible.isEmpty {
          let number = reservePart()
          let summary = try Part.write(segment, to: path(ofPart: number))
          let part = ManifestPart(summary, number: number, importID: nil, identity: identity)
          written.withLock { $0.append((shard, part)) }
        }
        let count = done.withLock { count in
          count += 1
          return count
        }
        progress(count, shards.count)
      }
    } catch {
      removeFiles(written.withLock { $0.map(\.part.number) })
      throw error
    }
    return written.withLock { $0.sorted { $0.shard < $1.shard }.map(\.part) }
  }

  private func merge(_ plan: RewritePlan) throws -> Merge {
    let state = plan.hasNewLinks ? -1 : plan.identity
    var taken = try plan.base.map {
      Placement.Source(
        segment: try parts.part($0, in: folder).segment, isSettled: $0.identity == state)
    }
    taken += plan.tail.map { Placement.Source(segment: $0, isSettled: false) }
    let staged = try plan.staged.map {
      Placement.Source(segment: try parts.part($0, in: folder).segment, isSettled: false)
    }
    return Merge(
      taken: taken, staged: staged, placement: plan.placement, erasures: plan.erasures)
  }

  /// The transaction that swaps parts, trims the log and ends the import.
  private func end(
    _ importID: Int64?, _ plan: RewritePlan, with new: [ManifestPart],
    replacing old: [ManifestPart], added: Int, erased: Int, _ database: Database
  ) throws -> ImportResult? {
    if !old.isEmpty || !new.isEmpty {
      for part in old { try part.delete(database) }
      for part in new { try part.insert(database) }
      if let end = plan.end { try LogRow.seal(before: end, database) }
      try database.execute(
        sql: "UPDATE counters SET value = max(value, ?) WHERE name = 'arrival'",
        arguments: [counters.withLock { $0.arrival }])
      try advance("manifest", in: database)
    }
    guard let importID else { return nil }
    if plan.hasNewLinks {
      try Self.publishLinks(ofImport: importID, database)
      try advance("identity", in: database)
    }
    let repeated = plan.staged.reduce(0) { $0 + $1.rows } - added - erased
    try database.execute(
      literal: """
        UPDATE imports SET state = 'finished', ended = \(clock().milliseconds), added = \(added),
          repeated = \(repeated), erased = erased + \(erased)
        WHERE id = \(importID) AND state = 'running'
        """)
    guard
      database.changesCount == 1,
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM imports WHERE id = ?", arguments: [importID])
    else { throw Refusal.importEnded }
    try audit("import", UInt64(importID), "\(added) events added", database)
    let refused = Set(plan.placement.resolution.refused)
    let own = try Int64.fetchSet(
      database, sql: "SELECT id FROM links WHERE import = ?", arguments: [importID])
    return ImportResult(
      records: row["records"], added: added, repeated: repeated, erased: row["erased"],
      rejected: row["rejected"], refusedLinks: refused.intersection(own).count)
  }
}

extension ImportResult {
  fileprivate init() {
    self.init(records: 0, added: 0, repeated: 0, erased: 0, rejected: 0, refusedLinks: 0)
  }
}
