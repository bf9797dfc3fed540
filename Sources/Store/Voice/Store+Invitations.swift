import Events
import Foundation
import GRDB

/// Which invitations are asked for; without a condition, all.
public struct InvitationFilter: Sendable, Equatable {
  public var survey: String?
  public var state: Invitation.State?
  /// Those of a customer, under whichever identity they were invited.
  public var identity: Identity?

  /// Makes a filter.
  public init(
    survey: String? = nil, state: Invitation.State? = nil, identity: Identity? = nil
  ) {
    self.survey = survey
    self.state = state
    self.identity = identity
  }
}

extension Store {
  /// The invitation of a number; nil where there is none.
  public func invitation(_ id: Int64) throws(Fault) -> Invitation? {
    try invitations(nil) { try Self.invitation(id, $0) }
  }

  /// Invitations, the latest first.
  ///
  /// - Parameters:
  ///   - filter: which.
  ///   - cursor: the number of the last one that was read; nil begins with the latest.
  ///   - limit: how many, at most `Invitation.longestPage`.
  public func invitations(
    _ filter: InvitationFilter = InvitationFilter(), before cursor: Int64? = nil, limit: Int = 100
  ) throws(Fault) -> [Invitation] {
    try invitations([]) { database in
      var conditions: [SQL] = []
      if let survey = filter.survey { conditions.append("survey = \(survey)") }
      if let state = filter.state { conditions.append("state = \(state.rawValue)") }
      if let key = filter.identity?.key {
        let keys = try identities(of: [key], database)[key] ?? [key]
        conditions.append("key IN \(keys.map { Int64(bitPattern: $0) })")
      }
      if let cursor { conditions.append("id < \(cursor)") }
      let all = conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
      let request: SQLRequest<Row> = """
        SELECT * FROM invitations WHERE \(all) ORDER BY id DESC
        LIMIT \(max(0, min(limit, Invitation.longestPage)))
        """
      return try request.fetchAll(database).map(Invitation.init)
    }
  }

  /// How many invitations of each survey are in each state.
  public func invitationCounts() throws(Fault) -> [String: [Invitation.State: Int]] {
    try invitations([:]) { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT survey, state, count(*) FROM invitations GROUP BY survey, state")
      return rows.reduce(into: [:]) { counts, row in
        guard let state = Invitation.State(rawValue: row[1]) else { return }
        counts[row[0], default: [:]][state] = row[2]
      }
    }
  }

  /// How many invitations were suppressed or failed for each reason, by its code.
  public func invitationErrors(_ survey: String) throws(Fault) -> [String: Int] {
    try invitations([:]) { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT error, count(*) FROM invitations WHERE survey = ? AND error IS NOT NULL
          GROUP BY error
          """, arguments: [survey])
      return Dictionary(rows.map { ($0[0] as String, $0[1] as Int) }) { $1 }
    }
  }

  static func invitation(_ id: Int64, _ database: Database) throws -> Invitation? {
    try Row.fetchOne(database, sql: "SELECT * FROM invitations WHERE id = ?", arguments: [id])
      .map(Invitation.init)
  }

  /// Reads tables that a store of an older version, opened for reading, doesn't have.
  private func invitations<Value>(
    _ none: Value, _ body: (Database) throws -> Value
  ) throws(Fault) -> Value {
    try faultsOnly {
      try read { try Schema.version($0) >= Schema.firstWithInvitations ? try body($0) : none }
    }
  }

  /// Removes all invitations of some identities.
  static func forgetInvitations(of keys: [UInt64], _ database: Database) throws {
    for key in keys {
      try database.execute(
        literal: "DELETE FROM invitations WHERE key = \(Int64(bitPattern: key))")
    }
  }

  /// Removes invitations that ended and speak of moments whose events are gone.
  static func forgetInvitations(before horizon: Instant, _ database: Database) throws {
    try database.execute(
      literal: """
        DELETE FROM invitations WHERE moment < \(horizon.milliseconds) AND ended IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM invitation_events WHERE invitation = id)
        """)
  }
}
