import Accounts
import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// How far an import has come: all of the source before this is staged, durably.
public struct ImportCheckpoint: Sendable, Equatable {
  /// The position in the uncompressed source at which to go on reading.
  public var byteOffset: Int
  /// The number of the last record that was read.
  public var recordNumber: Int
  /// How many records were read.
  public var records: Int
  /// How many of them became events.
  public var accepted: Int
  /// How many were rejected.
  public var rejected: Int

  /// Makes a checkpoint; without arguments, that of a source not yet read.
  public init(
    byteOffset: Int = 0, recordNumber: Int = 0, records: Int = 0, accepted: Int = 0,
    rejected: Int = 0
  ) {
    self.byteOffset = byteOffset
    self.recordNumber = recordNumber
    self.records = records
    self.accepted = accepted
    self.rejected = rejected
  }
}

/// What became of an import.
public struct ImportResult: Sendable, Equatable {
  /// How many records of the source were read, in all runs of the import.
  public var records: Int
  /// How many events are new in the store.
  public var added: Int
  /// How many the store, or the source further up, had already.
  public var repeated: Int
  /// How many are of erased customers, from before their erasure.
  public var erased: Int
  /// How many are older than events are kept.
  public var expired: Int
  /// How many records were rejected by the reader.
  public var rejected: Int
  /// How many links between identities the source says that are refused: see `refusedLinks`.
  public var refusedLinks: Int
}

/// A part that is written but doesn't count yet; `ImportSession.commit` makes it count.
public struct StagedPart: Sendable {
  let part: ManifestPart?
  let links: Set<IdentityPair>
  let lastArrival: Int
  let erased: Int
}

/// Events that are written, but which the disk may not have yet.
struct PreparedEvents: Sendable {
  /// nil where no event is left.
  let part: PreparedPart?
  let lastArrival: Int
  let erased: Int
}

/// An import of one source, from its beginning or from where an interrupted run left it.
///
/// Events wait in memory until so many are there that they are staged on the disk, with a
/// checkpoint; with `finish` they count, all at once. Ending the process at any moment loses what
/// came after the last checkpoint, which the next run reads again.
public final class ImportSession: Sendable {
  /// The store that is imported into.
  public let store: Store
  /// The number of the import.
  public let id: Int64
  /// How far it had come when the session began.
  public let checkpoint: ImportCheckpoint
  /// When the same source was last imported to its end; nil where it never was.
  public let lastFinished: Instant?
  /// The store's event names; readers add to them.
  public var names: SharedEventNames { store.names }
  /// Until when each key's events are refused, because its customer was erased.
  private let erasures: [UInt64: Int64]
  /// Keeps erasures away while more is to come.
  let lease: ImportLease
  /// How many bytes of events wait in memory before they are staged.
  private let memory: Int
  let waiting = Mutex(WaitingEvents())

  /// How many bytes of events wait in memory before they are staged: some ten million events, read
  /// again in a few seconds where a process ends before.
  public static let usualMemory = 640 << 20

  init(
    store: Store, id: Int64, checkpoint: ImportCheckpoint, lastFinished: Instant?,
    erasures: [UInt64: Int64], lease: ImportLease, memory: Int
  ) {
    self.memory = memory
    self.store = store
    self.id = id
    self.checkpoint = checkpoint
    self.lastFinished = lastFinished
    self.erasures = erasures
    self.lease = lease
  }

  /// Gives out the arrivals of that many events; call it in the order of the records.
  ///
  /// - Throws: `store.arrivals` where the store has taken as many events as it can.
  public func reserveArrivals(_ count: Int) throws(Fault) -> UInt32 {
    try store.reserveArrivals(count)
  }

  /// Takes the next events of the source, which wait in memory for others.
  ///
  /// Call it in the order of the records; from time to time it stages what waits.
  /// - Parameter checkpoint: how far the source is read with these events.
  /// - Throws: `import.ended`, `identity.collision`; `part.write`, `store.full`.
  public func take(_ batch: HeldBatch, checkpoint: ImportCheckpoint) throws {
    try waiting.withLock { waiting in
      waiting.add(batch, checkpoint)
      if waiting.byteCount > memory { try stage(&waiting) }
    }
  }

  /// Writes events to a part of their own; several threads may do so at a time.
  ///
  /// - Throws: `part.write`, `store.full` where the disk is full.
  public func writePart(
    _ segment: StorySegment, links: Set<IdentityPair> = []
  ) throws(Fault) -> StagedPart {
    try settle(try prepare(segment), links: links)
  }

  /// Writes events without waiting for the disk.
  func prepare(_ segment: StorySegment) throws(Fault) -> PreparedEvents {
    let (segment, erased) = segment.hidingErased(erasures)
    return PreparedEvents(
      part: try store.prepare(segment), lastArrival: Int(segment.arrivals.max() ?? 0),
      erased: erased)
  }

  /// Waits until the disk has what was written.
  func settle(
    _ prepared: PreparedEvents, links: Set<IdentityPair> = []
  ) throws(Fault) -> StagedPart {
    StagedPart(
      part: try prepared.part?.settle(importID: id, identity: -1), links: links,
      lastArrival: prepared.lastArrival, erased: prepared.erased)
  }

  /// Makes parts, the links they say, new event names and the checkpoint durable, all or nothing.
  ///
  /// Call it in the order of the records.
  public func commit(_ staged: [StagedPart], checkpoint: ImportCheckpoint) throws {
    try store.write { database in
      // Somebody may have been erased since the session began.
      let erasures = try Store.erasures(database)
      try store.names.current.save(database)
      for staged in staged {
        try staged.part?.insert(database)
        for pair in staged.links {
          guard !pair.isErased(erasures), let link = LinkRow(pair, importID: id) else { continue }
          _ = try link.insert(into: database)
        }
      }
      try database.execute(
        sql: "UPDATE counters SET value = max(value, ?) WHERE name = 'arrival'",
        arguments: [(staged.map(\.lastArrival).max() ?? -1) + 1])
      try save(checkpoint, erased: staged.reduce(0) { $0 + $1.erased }, database)
    }
  }

  /// Keeps how far the source is read.
  func save(_ checkpoint: ImportCheckpoint, erased: Int, _ database: Database) throws {
    try database.execute(
      literal: """
        UPDATE imports SET byte_offset = \(checkpoint.byteOffset),
          record_number = \(checkpoint.recordNumber), records = \(checkpoint.records),
          accepted = \(checkpoint.accepted), rejected = \(checkpoint.rejected),
          erased = erased + \(erased)
        WHERE id = \(id) AND state = 'running'
        """)
    guard database.changesCount == 1 else { throw Refusal.importEnded }
  }

  /// Sorts, writes and commits one batch: `reserveArrivals`, `writePart` and `commit` in one.
  public func stage(_ batch: Batch, checkpoint: ImportCheckpoint) throws {
    let first = try reserveArrivals(batch.count)
    let segment = try StorySegment(sorting: batch, firstArrival: first)
    try commit([try writePart(segment, links: batch.links)], checkpoint: checkpoint)
  }

  /// Gives up the import: what it staged is removed, what was there before stays as it is.
  public func discard() throws {
    _ = try store.discardImport()
    lease.end()
  }
}

extension IdentityPair {
  /// Whether one of the two was erased after the link was said.
  fileprivate func isErased(_ erasures: [UInt64: Int64]) -> Bool {
    [first, second].contains { time <= erasures[$0.key] ?? .min }
  }
}

extension LinkRow {
  /// The link that an imported event says; nil where an id stands for nobody.
  init?(_ pair: IdentityPair, importID: Int64) {
    do { try Store.check(pair.first, pair.second) } catch { return nil }
    self.init(
      pair.first, pair.second, .import, rule: "named by one event",
      said: Instant(milliseconds: pair.time), importID: importID)
  }
}

extension Refusal {
  fileprivate static func sourceChanged(_ source: String) -> Refusal {
    Refusal(
      "import.changed",
      problem: "\(source), or how it is to be read, changed since its import was interrupted.",
      remedy: "Begin it anew with `waymark import --discard \(source)`.")
  }

  static let importEnded = Refusal(
    "import.ended", problem: "The import was finished or discarded meanwhile.",
    remedy: "Begin it again.")
}

extension StorySegment {
  /// Hides customers all of whose events are older than their erasure; how many events that is.
  ///
  /// The segment is one of freshly sorted events: a customer is one identity.
  func hidingErased(_ erasures: [UInt64: Int64]) -> (segment: StorySegment, events: Int) {
    var positions: [Int] = []
    var events = 0
    for (key, erased) in erasures {
      guard let position = position(of: key), let last = rows(of: position).last,
        times[last] <= erased
      else { continue }
      positions.append(position)
      events += rows(of: position).count
    }
    return positions.isEmpty ? (self, 0) : (hiding(positions), events)
  }
}

extension Store {
  /// Begins an import, or goes on with the one of the same source that was interrupted.
  ///
  /// - Parameters:
  ///   - source: the source's name, for people.
  ///   - fingerprint: what tells the source, and how it is read, from any other.
  ///   - memory: how many bytes of events wait in memory before they are staged.
  /// - Throws: `import.running` where an import of another source was interrupted,
  ///   `import.changed` where it was this source's, whose bytes or options are others now.
  public func beginImport(
    source: String, fingerprint: String, memory: Int = ImportSession.usualMemory
  ) throws -> ImportSession {
    try completeErasures()
    let now = clock()
    // Who erases or removes is alone: it is through, or sees this import.
    let lease = changing.withLock { _ in ImportLease(imports) }
    return try write { database in
      var running = try Row.fetchOne(
        database, sql: "SELECT * FROM imports WHERE state = 'running'")
      if let running, running["fingerprint"] != fingerprint {
        let other: String = running["source"]
        guard other != source else { throw Refusal.sourceChanged(source) }
        throw Refusal(
          "import.running", problem: "The import of \(other) was interrupted and is not finished.",
          remedy: "Import \(other) again to finish it, or give it up with `--discard`.")
      }
      if running == nil {
        try database.execute(
          literal: """
            INSERT INTO imports (source, fingerprint, state, started)
            VALUES (\(source), \(fingerprint), 'running', \(now.milliseconds))
            """)
        running = try Row.fetchOne(
          database, sql: "SELECT * FROM imports WHERE state = 'running'")
      }
      guard let running else { throw Refusal.importEnded }
      let last = try Int64.fetchOne(
        database,
        sql: "SELECT max(ended) FROM imports WHERE fingerprint = ? AND state = 'finished'",
        arguments: [fingerprint])
      return ImportSession(
        store: self, id: running["id"], checkpoint: ImportCheckpoint(running),
        lastFinished: last.map(Instant.init(milliseconds:)),
        erasures: try Self.erasures(database), lease: lease, memory: memory)
    }
  }

  /// Gives up the import that is running or was interrupted; its staged events are removed.
  ///
  /// - Returns: the name of its source; nil where there is no such import.
  public func discardImport() throws -> String? {
    let now = clock()
    let (source, numbers): (String?, [Int]) = try changing.withLock { _ in
      try write { database in
        guard
          let row = try Row.fetchOne(
            database, sql: "SELECT id, source FROM imports WHERE state = 'running'")
        else { return (nil, []) }
        let id: Int64 = row["id"]
        let staged = try ManifestPart.staged(database, importID: id)
        for part in staged { try part.delete(database) }
        try database.execute(sql: "DELETE FROM links WHERE import = ?", arguments: [id])
        try database.execute(
          sql: "UPDATE imports SET state = 'discarded', ended = ? WHERE id = ?",
          arguments: [now.milliseconds, id])
        try Self.forgetUnlinkedIdentities(database)
        try note(.importDiscarded, "import \(id)", by: .folderOwner, database)
        return (row["source"], staged.map(\.number))
      }
    }
    removeFiles(numbers)
    return source
  }

  /// Removes the texts of identities that no link names any more.
  static func forgetUnlinkedIdentities(_ database: Database) throws {
    try database.execute(
      sql: """
        DELETE FROM identities WHERE NOT EXISTS (SELECT 1 FROM links WHERE first = key)
          AND NOT EXISTS (SELECT 1 FROM links WHERE second = key)
        """)
  }

  /// Until when the events of each erased key are refused, in milliseconds.
  static func erasures(_ database: Database) throws -> [UInt64: Int64] {
    var erasures: [UInt64: Int64] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT key, erased FROM erasures") {
      erasures[UInt64(bitPattern: row[0])] = row[1]
    }
    return erasures
  }
}

extension ImportCheckpoint {
  fileprivate init(_ row: Row) {
    self.init(
      byteOffset: row["byte_offset"], recordNumber: row["record_number"], records: row["records"],
      accepted: row["accepted"], rejected: row["rejected"])
  }
}
