import Events
import GRDB
import Stories

/// What a rewriting of the base reads, in one consistent view of the database.
struct RewritePlan: Sendable {
  var base: [ManifestPart]
  var staged: [ManifestPart]
  var log: LogView
  var placement: Placement
  var erasures: [UInt64: Int64]
  /// The state of the links once the rewriting is done.
  var identity: Int
  var hasNewLinks: Bool
  /// How long events are kept: an import leaves older ones out.
  var kept: Horizon
  /// The removal of events that count already; nil where nobody asks for one.
  var removal: Removal?

  init(
    _ database: Database, log: LogView, of store: Store, finishing importID: Int64?,
    removal: Removal? = nil
  ) throws {
    base = try ManifestPart.base(database)
    staged = try importID.map { try ManifestPart.staged(database, importID: $0) } ?? []
    self.log = log
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
    kept = try Store.retentionRule(database).horizon(at: store.clock())
    self.removal = removal
  }
}

extension RewritePlan {
  /// The plan for a store without any events; nil where there are some, or where who is who or who
  /// was erased has to be heeded.
  init?(
    ofEmpty store: Store, _ log: LogView, finishing importID: Int64, _ database: Database
  ) throws {
    let parts = try Int.fetchOne(database, sql: "SELECT count(*) FROM parts")
    guard parts == 0, log.pieces.isEmpty else { return nil }
    try self.init(database, log: log, of: store, finishing: importID)
    guard !hasNewLinks, placement.resolution.canonical.isEmpty, placement.erased.isEmpty,
      erasures.isEmpty, kept == Horizon()
    else { return nil }
  }
}
