import Events
import GRDB
import Parts
import Stories

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
      let (state, base, tail, names, placement) = try read { database in
        manifest = try counter("manifest", in: database)
        return (
          try counter("identity", in: database), try ManifestPart.base(database),
          try Tail(database, in: folder), try EventNames(database, in: folder),
          Placement(
            resolution: try resolution(database, view), erased: try Self.hiddenKeys(database))
        )
      }
      let sources = try base.map { part in
        Placement.Source(
          segment: try parts.part(part, in: folder).segment,
          isSettled: view == .latest && part.identity == state)
      }
      return Stories(
        names: names, segments: try placement.placing(sources, tail: try tail.segment()))
    } catch {
      throw Failure(fault: Fault(error, in: folder), manifest: manifest)
    }
  }

  /// The keys of customers who are being erased.
  static func hiddenKeys(_ database: Database) throws -> Set<UInt64> {
    Set(
      try Int64.fetchAll(database, sql: "SELECT key FROM erasures WHERE state = 'hidden'")
        .map(UInt64.init(bitPattern:)))
  }
}

extension Placement {
  /// The segments with every customer visible in one of them only, under the canonical key.
  ///
  /// Customers who are displaced, or have events in the tail too, are gathered in a new segment.
  func placing(_ base: [Source], tail: StorySegment?) throws(Refusal) -> [StorySegment] {
    var sources = base
    if let tail { sources.append(Source(segment: tail, isSettled: false)) }
    var positions = [Set<Int>](repeating: [], count: sources.count)
    var affected: Set<UInt64> = []
    for (index, displaced) in displaced(in: sources).enumerated() {
      for customer in displaced {
        positions[index].insert(customer.position)
        affected.formUnion(customer.keys)
      }
    }
    if let tail {
      for key in tail.customers where base.contains(where: { $0.segment.position(of: key) != nil })
      {
        affected.insert(key)
      }
    }
    for (index, source) in sources.enumerated() {
      for key in affected {
        if let position = source.segment.position(of: key) { positions[index].insert(position) }
      }
    }
    let segments = sources.map(\.segment)
    guard positions.contains(where: { !$0.isEmpty }) else { return segments }
    let lists = positions.map { $0.sorted() }
    let gathered = try StorySegment.gathering(
      segments, customers: lists, canonical: key(of:)
    ).hiding(keys: erased)
    return zip(segments, lists).map { $1.isEmpty ? $0 : $0.hiding($1) } + [gathered]
  }
}
