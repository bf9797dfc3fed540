import Accounts
import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// Who removes which events of the base.
struct Removal: Sendable {
  var horizon: Horizon
  var principal: Principal

  /// Writes down, in the transaction of the removal, what is gone.
  func end(
    _ events: Int, forgetting links: [Int64], of store: Store, _ database: Database
  ) throws {
    try Store.noteRemoved(horizon, database)
    if !links.isEmpty {
      for link in links {
        try database.execute(literal: "DELETE FROM links WHERE id = \(link)")
      }
      try Store.forgetUnlinkedIdentities(database)
      try Store.keepSettled(database)
    }
    try Store.forgetTickets(before: horizon, database)
    if let others = horizon.others {
      try database.execute(literal: "DELETE FROM refused_items WHERE at < \(others.milliseconds)")
      try Store.forgetInvitations(before: others, database)
    }
    try store.note(
      .eventsExpired, "\(events) events",
      horizon.latest.map { "up to \($0)" } ?? "", by: principal, database)
  }
}

extension Store {
  /// Tells that links changed in a way that changes nobody's canonical key: parts that were settled
  /// stay so.
  static func keepSettled(_ database: Database) throws {
    try advance("identity", in: database)
    let identity = try counter("identity", in: database)
    try database.execute(
      sql: "UPDATE parts SET identity = ? WHERE identity = ?",
      arguments: [identity, identity - 1])
  }

  /// The links that tie, directly or through others, only identities that have no event any more.
  ///
  /// An identity without events stays where it ties others together: they are one customer still.
  /// - Parameters:
  ///   - new: the parts of the base to be.
  ///   - start: the log's events from this arrival on stay in the log.
  func linksWithoutEvents(_ new: [ManifestPart], logFrom start: Int) throws -> [Int64] {
    let (facts, staged) = try read { database in
      (
        try Row.fetchAll(database, sql: "SELECT id, first, second FROM links")
          .map { (id: $0[0] as Int64, first: $0[1] as Int64, second: $0[2] as Int64) },
        try Row.fetchAll(database, sql: "SELECT * FROM parts WHERE state = 'staged'")
          .map(ManifestPart.init)
      )
    }
    guard !facts.isEmpty else { return [] }
    let rest = (tail.state.withLock { $0.pieces } ?? []).filter {
      $0.positions.upperBound > start
    }
    let segments =
      try (new + staged).map { try parts.part($0, in: folder).segment }
      + tail.segments(rest, of: self)
    var groups = IdentityGroups()
    for fact in facts { groups.join(fact.first, fact.second) }
    for key in groups.keys where segments.contains(where: { $0.has(UInt64(bitPattern: key)) }) {
      groups.mark(key)
    }
    return facts.filter { !groups.isMarked($0.first) }.map(\.id)
  }
}

extension StorySegment {
  /// Whether any event came with an identity.
  fileprivate func has(_ key: UInt64) -> Bool {
    let position = identities.keys.firstPosition { $0 >= key }
    return position < identities.keys.count && identities.keys[position] == key
  }
}

/// Identities that any links tie together, whether those count or not, and which of these groups are
/// marked.
private struct IdentityGroups {
  private var parents: [Int64: Int64] = [:]
  private var marked: Set<Int64> = []

  var keys: [Int64] { Array(parents.keys) }

  mutating func join(_ first: Int64, _ second: Int64) {
    let (one, other) = (root(first), root(second))
    if one != other { parents[one] = other }
  }

  mutating func mark(_ key: Int64) { marked.insert(root(key)) }

  mutating func isMarked(_ key: Int64) -> Bool { marked.contains(root(key)) }

  private mutating func root(_ key: Int64) -> Int64 {
    var node = key
    while let parent = parents[node], parent != node {
      // Halving the way makes later ones short.
      if let next = parents[parent] { parents[node] = next }
      node = parent
    }
    if parents[node] == nil { parents[node] = node }
    return node
  }
}
