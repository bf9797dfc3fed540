import Stories
import Synchronization

/// Fingerprints of what the store's events are recognised by, so that a new event is told from a
/// repeated one without a look at the events.
///
/// A message's place and its fingerprint come from different bits of a hash, so that a message
/// that isn't there looks as if it were once in some hundred million times; who is told *maybe*
/// looks at the events themselves. A fingerprint is never taken out: what an erasure removed, or a
/// transaction that failed, is a *maybe* for ever.
///
/// Open addressing in tables that are never filled beyond two thirds: 6 bytes an event where the
/// number of events was known beforehand, at most 12 after it has grown from nothing, but 2 MB at
/// least. A table that is full stays as it is, and one as large as all before it is put beside it,
/// so that no event ever waits for a table to be built anew.
final class KnownMessages: Sendable {
  /// A power of two, so that few threads meet at one of them.
  private static let shardCount = 16
  /// The places of a shard's first table: 2 MB in all, so that later ones are few.
  private static let smallest = 32_768

  private struct Table {
    private var fingerprints: [UInt32]
    private var count = 0

    init(places: Int) { fingerprints = [UInt32](repeating: 0, count: places) }

    var places: Int { fingerprints.count }
    var isFull: Bool { count >= fingerprints.count / 3 * 2 }

    /// Where a fingerprint is, or the free place where it would be.
    @inline(__always) private func place(_ hash: UInt64, _ fingerprint: UInt32) -> Int {
      var place = Int(((hash >> 32) &* UInt64(fingerprints.count)) >> 32)
      while fingerprints[place] != 0, fingerprints[place] != fingerprint {
        place = place + 1 == fingerprints.count ? 0 : place + 1
      }
      return place
    }

    @inline(__always) func contains(_ hash: UInt64, _ fingerprint: UInt32) -> Bool {
      fingerprints[place(hash, fingerprint)] != 0
    }

    @inline(__always) mutating func insert(_ hash: UInt64, _ fingerprint: UInt32) {
      let place = place(hash, fingerprint)
      if fingerprints[place] == 0 { count += 1 }
      fingerprints[place] = fingerprint
    }
  }

  private struct Shard {
    var tables: [Table] = []

    /// Makes room for so many fingerprints in one table.
    mutating func reserve(_ count: Int) {
      tables.append(Table(places: max(KnownMessages.smallest, count + count / 2 + 3)))
    }

    /// Adds a fingerprint; false where one like it may have been there.
    @inline(__always) mutating func insert(_ hash: UInt64) -> Bool {
      let fingerprint = max(1, UInt32(truncatingIfNeeded: hash))
      for table in tables.indices where tables[table].contains(hash, fingerprint) { return false }
      if tables.last?.isFull ?? true {
        let places = tables.reduce(0) { $0 + $1.places }
        tables.append(Table(places: max(KnownMessages.smallest, places)))
      }
      tables[tables.count - 1].insert(hash, fingerprint)
      return true
    }
  }

  private final class Box: Sendable {
    let shard = Mutex(Shard())
  }

  private let boxes = (0..<shardCount).map { _ in Box() }
  /// Clients may choose their messages; they can't know where those fall.
  private let seeds = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max) | 1)
  private let coveredParts = Mutex<Set<Int>>([])

  /// The parts all of whose events are here, by their number.
  var covered: Set<Int> { coveredParts.withLock { $0 } }

  /// Says that all events of parts are here.
  func cover(_ parts: [Int]) { coveredParts.withLock { $0.formUnion(parts) } }

  /// Forgets parts that are no more.
  func keep(_ parts: Set<Int>) { coveredParts.withLock { $0.formIntersection(parts) } }

  @inline(__always) private func hash(_ message: UInt64) -> UInt64 {
    let (high, low) = (message ^ seeds.0).multipliedFullWidth(by: seeds.1)
    return high ^ low
  }

  @inline(__always) private static func shard(_ hash: UInt64) -> Int {
    // Bits that say neither the place nor, but for a few, the fingerprint.
    Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 60)
  }

  /// Makes room for so many more messages than there are.
  func reserve(_ count: Int) {
    for box in boxes { box.shard.withLock { $0.reserve(count / Self.shardCount) } }
  }

  /// Adds a message; false where it may have been there.
  func insert(_ message: UInt64) -> Bool {
    let hash = hash(message)
    return boxes[Self.shard(hash)].shard.withLock { $0.insert(hash) }
  }

  /// Adds the messages of a segment's events; several threads may do so at a time.
  ///
  /// The segment is passed whole: its columns lie in memory that may be given back with it.
  func insert(messagesOf segment: StorySegment) {
    withExtendedLifetime(segment) { insert(segment.messages) }
  }

  /// Adds many messages; several threads may do so at a time.
  func insert(_ messages: some Sequence<UInt64>) {
    var waiting = [[UInt64]](repeating: [], count: Self.shardCount)
    for index in waiting.indices { waiting[index].reserveCapacity(Self.atOnce) }
    for message in messages {
      let hash = hash(message)
      let shard = Self.shard(hash)
      waiting[shard].append(hash)
      if waiting[shard].count == Self.atOnce {
        insert(hashes: waiting[shard], into: shard)
        waiting[shard].removeAll(keepingCapacity: true)
      }
    }
    for shard in waiting.indices { insert(hashes: waiting[shard], into: shard) }
  }

  /// How many messages a thread adds before it lets others in.
  private static let atOnce = 512

  private func insert(hashes: [UInt64], into shard: Int) {
    boxes[shard].shard.withLock { shard in
      for hash in hashes { _ = shard.insert(hash) }
    }
  }
}
