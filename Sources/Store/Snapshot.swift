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
      let found: SnapshotPlan.Found =
        switch access {
        case .writing:
          try self.view { database, log in
            try SnapshotPlan.find(database, of: self, view, end: log.end, &manifest) { log }
          }
        case .reading:
          try read { database in
            try SnapshotPlan.find(
              database, of: self, view, end: try LogRow.end(database), &manifest
            ) { LogView(pieces: try LogPiece.read(database, of: self)) }
          }
        }
      switch found {
      case .kept(let stories): return stories
      case .plan(let plan):
        let snapshot = try plan.snapshot(of: self)
        if view == .latest { lastSnapshot.withLock { $0 = snapshot } }
        return snapshot.stories
      }
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
