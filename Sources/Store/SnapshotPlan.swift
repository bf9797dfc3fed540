import Events
import GRDB
import Parts
import Stories
import Synchronization

/// What a snapshot is of: snapshots of equal states are equal.
struct SnapshotState: Equatable {
  /// How often parts were replaced.
  var manifest: Int
  /// How often links or erasures changed.
  var identity: Int
  /// The arrival after the log's last event; 0: there is none.
  var end: Int
}

/// A snapshot, and what the next one can be made from.
struct KeptSnapshot: Sendable {
  var state: SnapshotState
  var stories: Stories
  var placement: Placement
  /// See `LogView.epoch`.
  var epoch: Int?
}

/// What a snapshot reads in one view of the database.
struct SnapshotPlan: Sendable {
  var state: SnapshotState
  var view: IdentityView
  var base: [ManifestPart]
  var names: EventNames
  var placement: Placement
  var log: LogView
  var removed: Horizon

  /// A snapshot that was kept, or what to do for a new one.
  enum Found {
    case kept(Stories)
    case plan(SnapshotPlan)
  }

  static func find(
    _ database: Database, of store: Store, _ view: IdentityView, end: Int, _ manifest: inout Int?,
    log: () throws -> LogView
  ) throws -> Found {
    let state = SnapshotState(
      manifest: try counter("manifest", in: database),
      identity: try counter("identity", in: database), end: end)
    manifest = state.manifest
    if view == .latest, let kept = store.lastSnapshot.withLock({ $0 }), kept.state == state {
      return .kept(kept.stories)
    }
    return .plan(
      SnapshotPlan(
        state: state, view: view, base: try ManifestPart.base(database),
        names: try EventNames(database, in: store.folder),
        placement: Placement(
          resolution: try store.resolution(database, view),
          erased: try Store.hiddenKeys(database)),
        log: try log(), removed: try Store.removedEvents(database)))
  }

  /// The snapshot; where only events and links have come since the last one, made from that.
  func snapshot(of store: Store) throws -> KeptSnapshot {
    if view == .latest, let kept = store.lastSnapshot.withLock({ $0 }), isLater(than: kept) {
      let new = try store.tail.segments(
        log.pieces.filter { $0.positions.upperBound > kept.state.end }, of: store)
      return try snapshot(new.map { try $0.from(arrival: kept.state.end) }, over: kept)
    }
    let sources = try base.map { part in
      Placement.Source(
        segment: try store.parts.part(part, in: store.folder).segment,
        isSettled: view == .latest && part.identity == state.identity)
    }
    let tail = try store.tail.segments(log.pieces, of: store)
    var stories = Stories(names: names, segments: try placement.placing(sources, tail: tail))
    stories.removed = removed
    return KeptSnapshot(state: state, stories: stories, placement: placement, epoch: log.epoch)
  }

  private func isLater(than kept: KeptSnapshot) -> Bool {
    kept.epoch != nil && kept.epoch == log.epoch && kept.state.manifest == state.manifest
      && kept.state.end <= state.end && kept.state.identity <= state.identity
      && kept.placement.erased.isEmpty && placement.erased.isEmpty
  }

  private func snapshot(_ new: [StorySegment], over kept: KeptSnapshot) throws -> KeptSnapshot {
    let segments = try placement.laying(
      new, over: kept.stories.segments, base: base.count,
      moved: kept.state.identity == state.identity
        ? [] : placement.resolution.changes(since: kept.placement.resolution))
    let latest = new.compactMap { $0.times.max() }.max().map(Instant.init(milliseconds:))
    var stories = Stories(
      names: names, segments: segments,
      watermark: [kept.stories.watermark, latest].compactMap { $0 }.max())
    stories.removed = removed
    return KeptSnapshot(state: state, stories: stories, placement: placement, epoch: log.epoch)
  }
}
