import Events
import Stories
import Synchronization

/// The events of an import that are staged nowhere yet.
struct WaitingEvents: Sendable {
  /// The events, in order of arrival.
  private(set) var batches: [HeldBatch] = []
  /// Pairs of identities that one of them named together.
  private(set) var links: Set<IdentityPair> = []
  /// How far the source is read with them; nil where nothing was read.
  private(set) var checkpoint: ImportCheckpoint?
  /// About how much memory they take.
  private(set) var byteCount = 0

  /// How many events there are.
  var count: Int { batches.reduce(0) { $0 + $1.count } }

  mutating func add(_ batch: HeldBatch, _ checkpoint: ImportCheckpoint) {
    if batch.count > 0 { batches.append(batch) }
    for link in batch.links { links.insert(earliest: link) }
    byteCount += batch.byteCount
    self.checkpoint = checkpoint
  }
}

extension ImportSession {
  /// Makes the events that wait durable, sorted into parts, with their checkpoint.
  ///
  /// After an error they wait as before.
  func stage(_ waiting: inout WaitingEvents) throws {
    guard let checkpoint = waiting.checkpoint else { return }
    let batches = waiting.batches
    let shards = HeldBatch.shards(of: batches, rows: store.shardRows)
    let staged = Mutex<[(shard: Int, part: StagedPart)]>([])
    try Background.run(shards.count, priority: .usual) { shard in
      try self.prepare(try StorySegment(sorting: batches, bins: shards[shard]))
    } settle: { shard, made in
      let part = try self.settle(made)
      staged.withLock { $0.append((shard, part)) }
    }
    var parts = staged.withLock { $0.sorted { $0.shard < $1.shard }.map(\.part) }
    parts.append(StagedPart(part: nil, links: waiting.links, lastArrival: -1, erased: 0))
    try commit(parts, checkpoint: checkpoint)
    waiting = WaitingEvents()
  }
}
