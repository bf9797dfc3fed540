import Events
import GRDB
import Parts
import Stories
import Synchronization

extension Store {
  /// How often a snapshot begins again because another process replaced the parts meanwhile.
  private static let snapshotAttempts = 8

  /// Everybody's stories at this moment, with all events that were acknowledged.
  ///
  /// - Parameter view: which links between identities apply.
  /// - Throws: `part.…` where a part is damaged or missing, naming the file and the way back.
  public func snapshot(identity view: IdentityView = .latest) throws(Fault) -> Stories {
    var attempt = 1
    while true {
      do { return try snapshotOnce(view) } catch {
        guard attempt < Self.snapshotAttempts, let manifest = error.manifest,
          try hasChanged(since: manifest)
        else { throw error.fault }
        attempt += 1
      }
    }
  }

  /// A snapshot that failed, and the state of the manifest that it was taken from.
  private struct Failure: Error {
    var fault: Fault
    var manifest: Int?
  }

  private func hasChanged(since manifest: Int) throws(Fault) -> Bool {
    try faultsOnly { try read { try counter("manifest", in: $0) } } != manifest
  }

  private func snapshotOnce(_ view: IdentityView) throws(Failure) -> Stories {
    var manifest: Int?
    do {
      switch access {
      case .writing:
        return try self.view { database, pieces in
          let state = try SnapshotState(database, end: pieces.last?.positions.upperBound ?? 0)
          manifest = state.manifest
          return try stories(database, view, state) { pieces }
        }
      case .reading:
        return try read { database in
          let state = try SnapshotState(database, end: try LogRow.end(database))
          manifest = state.manifest
          return try stories(database, view, state) { try LogPiece.read(database, of: self) }
        }
      }
    } catch {
      throw Failure(fault: Fault(error, in: folder), manifest: manifest)
    }
  }

  /// The stories of a state, which are kept until there is another.
  private func stories(
    _ database: Database, _ view: IdentityView, _ state: SnapshotState,
    pieces: () throws -> [LogPiece]
  ) throws -> Stories {
    guard view == .latest else {
      return try newStories(database, view, state, pieces: try pieces())
    }
    if let kept = lastSnapshot.withLock({ $0 }), kept.state == state { return kept.stories }
    let stories = try newStories(database, view, state, pieces: try pieces())
    lastSnapshot.withLock { $0 = KeptSnapshot(state: state, stories: stories) }
    return stories
  }

  private func newStories(
    _ database: Database, _ view: IdentityView, _ state: SnapshotState, pieces: [LogPiece]
  ) throws -> Stories {
    let placement = Placement(
      resolution: try resolution(database, view), erased: try Self.hiddenKeys(database))
    let base = try ManifestPart.base(database).map { part in
      Placement.Source(
        segment: try parts.part(part, in: folder).segment,
        isSettled: view == .latest && part.identity == state.identity)
    }
    let names = try EventNames(database, in: folder)
    return Stories(
      names: names,
      segments: try placement.placing(base, tail: try tail.segments(pieces, of: self)))
  }

  /// The keys of customers who are being erased.
  static func hiddenKeys(_ database: Database) throws -> Set<UInt64> {
    Set(
      try Int64.fetchAll(database, sql: "SELECT key FROM erasures WHERE state = 'hidden'")
        .map(UInt64.init(bitPattern:)))
  }
}

/// What a snapshot is of: snapshots of equal states are equal.
struct SnapshotState: Equatable {
  /// How often parts were replaced.
  var manifest: Int
  /// How often links or erasures changed.
  var identity: Int
  /// The arrival after the log's last event; 0: there is none.
  var end: Int

  init(_ database: Database, end: Int) throws {
    manifest = try counter("manifest", in: database)
    identity = try counter("identity", in: database)
    self.end = end
  }
}

/// The last snapshot and what it is of.
struct KeptSnapshot: Sendable {
  var state: SnapshotState
  var stories: Stories
}

extension Placement {
  /// The segments with every customer visible in one of them only, under the canonical key.
  ///
  /// Customers who are displaced, or have events in several segments since the log has some of
  /// theirs, are gathered in a new segment.
  func placing(_ base: [Source], tail: [StorySegment]) throws(Refusal) -> [StorySegment] {
    let sources = base + tail.map { Source(segment: $0, isSettled: false) }
    let segments = sources.map(\.segment)
    var affected = tail.customersInSeveral(of: segments)
    var lists = [[Int]](repeating: [], count: sources.count)
    for (index, displaced) in displaced(in: sources).enumerated() {
      for customer in displaced {
        lists[index].append(customer.position)
        affected.append(contentsOf: customer.keys)
      }
    }
    affected = affected.sortedOnce()
    for (index, segment) in segments.enumerated() {
      segment.forEachPosition(of: affected) { lists[index].append($1) }
      lists[index] = lists[index].sortedOnce()
    }
    guard lists.contains(where: { !$0.isEmpty }) else { return segments }
    let gathered = try StorySegment.gathering(
      segments, customers: lists, canonical: key(of:)
    ).hiding(keys: erased)
    return zip(segments, lists).map { $1.isEmpty ? $0 : $0.hiding($1) } + [gathered]
  }
}

extension [StorySegment] {
  /// The keys of their customers who are in another of the segments, too; ascending.
  fileprivate func customersInSeveral(of segments: [StorySegment]) -> [UInt64] {
    guard !isEmpty else { return [] }
    let keys = (count == 1 ? Array<UInt64>(self[0].customers) : flatMap(\.customers)).sortedOnce()
    var holders = [UInt8](repeating: 0, count: keys.count)
    for segment in segments {
      segment.forEachPosition(of: keys) { place, _ in
        if holders[place] < 2 { holders[place] += 1 }
      }
    }
    return zip(keys, holders).compactMap { $1 > 1 ? $0 : nil }
  }
}

extension StorySegment {
  /// Calls with the place of each key among ascending ones, and its position, where it has one.
  fileprivate func forEachPosition(
    of keys: [UInt64], _ body: (_ place: Int, _ position: Int) -> Void
  ) {
    var start = 0
    for (place, key) in keys.enumerated() {
      // Steps that double find the next key close to the last one, however many lie between.
      var step = 1
      while start + step < customers.count, customers[start + step] < key { step *= 2 }
      let end = Swift.min(start + step + 1, customers.count)
      let rest = UnsafeBufferPointer(rebasing: customers[start..<end])
      start += rest.firstPosition { $0 >= key }
      guard start < customers.count else { return }
      if customers[start] == key { body(place, start) }
    }
  }
}

extension Array where Element: Comparable {
  /// The elements ascending, each once.
  fileprivate func sortedOnce() -> [Element] {
    var result = sorted()
    var kept = 0
    for element in result where kept == 0 || result[kept - 1] != element {
      result[kept] = element
      kept += 1
    }
    result.removeLast(result.count - kept)
    return result
  }
}
