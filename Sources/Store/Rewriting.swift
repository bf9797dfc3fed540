import Accounts
import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

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
    defer { store.memory.forgetRules() }
    let result = try store.alone {
      try waiting.withLock { waiting in
        if let result = try store.finishFirst(self, waiting, progress: progress) {
          waiting = WaitingEvents()
          return result
        }
        try stage(&waiting)
        return try store.rewrite(finishing: id, progress: progress) ?? ImportResult()
      }
    }
    lease.end()
    return result
  }
}

extension Store {
  /// Turns the log into parts of the base, in one transaction.
  ///
  /// Appending goes on meanwhile: what comes stays in the log. Imports, links and erasures wait.
  public func seal() throws {
    try completeErasures()
    try changing.withLock { _ in
      _ = try rewriteBesideAppending(removal: nil) { plan, _ in !plan.log.pieces.isEmpty }
    }
  }

  /// Writes the base anew with the log, and without what is to go, while others append.
  ///
  /// The caller holds `changing`.
  /// - Parameter isNeeded: whether there is anything to do.
  /// - Returns: what went.
  func rewriteBesideAppending(
    removal: Removal?, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in },
    isNeeded: (RewritePlan, Merge) -> Bool
  ) throws -> RetentionReport {
    defer { tail.state.withLock { $0.boundary = nil } }
    let plan = try view(mark: { $0.boundary = $1 }) { database, log in
      try RewritePlan(database, log: log, of: self, finishing: nil, removal: removal)
    }
    let merge = try merge(plan)
    guard isNeeded(plan, merge) else { return RetentionReport() }
    let parts = try write(
      merge, identity: plan.identity, priority: .low, progress: progress)
    if removal != nil {
      // Who looks for identities in them has no time to check their bytes: others wait to append.
      for part in parts { _ = try self.parts.part(part, in: folder) }
    }
    let swapped = try appending.withLock { _ in try swap(nil, plan, merge, parts) }
    // Memory is given back, and files are removed, while others append.
    withExtendedLifetime(swapped.dropped) {}
    removeFiles(plan.base.map(\.number))
    tryToTrimLog()
    return RetentionReport(events: merge.removed, links: swapped.links)
  }

  /// Writes the whole base anew: with the log, an import's staged events, and today's links.
  ///
  /// The caller is alone. A failure leaves everything as it was.
  func rewrite(
    finishing importID: Int64?,
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws -> ImportResult? {
    let plan = try view { database, log in
      try RewritePlan(database, log: log, of: self, finishing: importID)
    }
    guard importID == nil || !plan.staged.isEmpty else {
      return try write { try end(importID, plan, with: [], added: 0, repeated: 0, $0) }
    }
    let merge = try merge(plan)
    let parts = try write(
      merge, identity: plan.identity, priority: importID == nil ? .low : .usual, progress: progress)
    let swapped = try swap(importID, plan, merge, parts)
    removeFiles((plan.base + plan.staged).map(\.number))
    tryToTrimLog()
    return swapped.result
  }

  /// Makes parts count instead of what they were made from; the caller holds `appending`.
  ///
  /// - Returns: how many links went, and what is not needed any more, too, which may take a while
  ///   to be given back.
  private func swap(
    _ importID: Int64?, _ plan: RewritePlan, _ merge: Merge, _ parts: [ManifestPart]
  ) throws -> (result: ImportResult?, links: Int, dropped: (KeptSnapshot?, [LogPiece])) {
    let old = plan.base + plan.staged
    let added = parts.reduce(0) { $0 + $1.rows } - (merge.takenRows - merge.removed)
    let forgotten =
      plan.removal == nil ? [] : try linksWithoutEvents(parts, logFrom: plan.log.end)
    // Where the disk fails in the commit it may still stand, so the new files are left to a sweep.
    let (result, pieces) = try tail.state.withLock { state in
      let result = try write {
        try end(
          importID, plan, with: parts, replacing: old, added: added,
          repeated: merge.stagedRows - added - merge.erased - merge.expired,
          erased: merge.erased, expired: merge.expired,
          alongside: { try plan.removal?.end(merge.removed, forgetting: forgotten, of: self, $0) },
          $0)
      }
      return (result, state.remove(before: plan.log.end))
    }
    memory.base.withLock { $0 = nil }
    // Nothing new is in the parts unless an import brought it.
    if plan.staged.isEmpty, memory.messages.covered.isSuperset(of: plan.base.map(\.number)) {
      memory.messages.cover(parts.map(\.number))
    }
    let kept = lastSnapshot.withLock { kept in
      defer { kept = nil }
      return kept
    }
    return (result, forgotten.count, (kept, pieces))
  }

  /// Finishes the first import of a store, all of whose events wait in memory: they are sorted and
  /// written once. Answers nil where there is more to heed.
  fileprivate func finishFirst(
    _ session: ImportSession, _ waiting: WaitingEvents,
    progress: @escaping @Sendable (Int, Int) -> Void
  ) throws -> ImportResult? {
    guard let checkpoint = waiting.checkpoint, waiting.links.isEmpty else { return nil }
    let found = try view { database, log in
      try RewritePlan(ofEmpty: self, log, finishing: session.id, database)
    }
    guard let plan = found else { return nil }
    let batches = waiting.batches
    let shards = HeldBatch.shards(of: batches, rows: shardRows)
    let repeated = StorySegment.repeatedMessages(batches)
    let parts = try write(
      shards.count, identity: plan.identity, priority: .usual, progress: progress
    ) { shard in
      try StorySegment(
        sorting: batches, bins: shards[shard], dropping: repeated, equal: .numbered)
    }
    let added = parts.reduce(0) { $0 + $1.rows }
    let result = try write { database in
      try names.current.save(database)
      try session.save(checkpoint, erased: 0, database)
      return try end(
        session.id, plan, with: parts, added: added, repeated: waiting.count - added, database)
    }
    memory.base.withLock { $0 = nil }
    lastSnapshot.withLock { $0 = nil }
    return result
  }

  /// Writes what a merge makes, shard by shard.
  private func write(
    _ merge: Merge, identity: Int, priority: Background.Priority,
    progress: @escaping @Sendable (Int, Int) -> Void
  ) throws -> [ManifestPart] {
    let shards = merge.shards(rows: shardRows)
    return try write(
      shards.count, identity: identity, priority: priority, progress: progress
    ) { try merge.shard(shards[$0]) }
  }

  /// Writes so many parts, which don't count yet; all of them or none.
  private func write(
    _ count: Int, identity: Int, priority: Background.Priority,
    progress: @escaping @Sendable (Int, Int) -> Void,
    make: @escaping @Sendable (Int) throws -> StorySegment
  ) throws -> [ManifestPart] {
    let written = Mutex<[(shard: Int, part: ManifestPart)]>([])
    let done = Mutex(0)
    do {
      try Background.run(count, priority: priority) { [self] shard in
        try prepare(try make(shard))
      } settle: { shard, prepared in
        if let part = try prepared?.settle(importID: nil, identity: identity) {
          written.withLock { $0.append((shard, part)) }
        }
        let written = done.withLock { done in
          done += 1
          return done
        }
        progress(written, count)
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
    taken += try tail.segments(plan.log.pieces, of: self).map {
      Placement.Source(segment: $0, isSettled: false)
    }
    let staged = try plan.staged.map {
      Placement.Source(segment: try parts.part($0, in: folder).segment, isSettled: false)
    }
    let names = names.current.names
    return Merge(
      taken: taken, staged: staged, placement: plan.placement, erasures: plan.erasures,
      keeping: HorizonTable(plan.kept, names: names),
      removing: HorizonTable(plan.removal?.horizon ?? Horizon(), names: names))
  }

  /// The transaction that swaps parts, trims the log and ends the import.
  private func end(
    _ importID: Int64?, _ plan: RewritePlan, with new: [ManifestPart],
    replacing old: [ManifestPart] = [], added: Int, repeated: Int, erased: Int = 0,
    expired: Int = 0, alongside: (Database) throws -> Void = { _ in }, _ database: Database
  ) throws -> ImportResult? {
    if !old.isEmpty || !new.isEmpty {
      for part in old { try part.delete(database) }
      for part in new { try part.insert(database) }
      try LogRow.seal(before: plan.log.end, database)
      try database.execute(
        sql: "UPDATE counters SET value = max(value, ?) WHERE name = 'arrival'",
        arguments: [counters.withLock { $0.arrival }])
      try advance("manifest", in: database)
    }
    try alongside(database)
    guard let importID else { return nil }
    if plan.hasNewLinks {
      try Self.publishLinks(ofImport: importID, database)
      try advance("identity", in: database)
    }
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
    try note(
      .imported, "import \(importID)", "\(added) events added", by: .folderOwner, database)
    let refused = Set(plan.placement.resolution.refused)
    let own = try Int64.fetchSet(
      database, sql: "SELECT id FROM links WHERE import = ?", arguments: [importID])
    return ImportResult(
      records: row["records"], added: added, repeated: repeated, erased: row["erased"],
      expired: expired, rejected: row["rejected"], refusedLinks: refused.intersection(own).count)
  }
}

extension ImportResult {
  fileprivate init() {
    self.init(
      records: 0, added: 0, repeated: 0, erased: 0, expired: 0, rejected: 0, refusedLinks: 0)
  }
}
