import Events
import Foundation
import GRDB

/// How often one person may be asked by all surveys together.
public struct AskingBudget: Sendable, Equatable {
  public var atMost: Int
  public var per: TimeSpan

  /// Makes a budget: so often at most in any span of that length.
  public init(atMost: Int, per: TimeSpan) {
    self.atMost = atMost
    self.per = per
  }
}

/// Why an invitation was not sent.
public enum Suppression: String, Sendable, CaseIterable {
  /// They were asked often enough lately.
  case often = "asking.often"
  /// They deny consent.
  case consent = "asking.consent"
  /// Nobody knows where to write to.
  case address = "asking.address"
  /// It waited for longer than it could have been answered.
  case late = "asking.late"
  /// The experience doesn't have the survey any more.
  case survey = "asking.survey"
}

extension Store {
  /// Takes invitations that are due for sending; those that may not be sent are suppressed.
  ///
  /// Each that is taken counts as one by which the person was asked, and isn't given out again
  /// until `noteFailure` puts it back: a process that ends in between sends nothing twice.
  /// - Parameters:
  ///   - surveys: the surveys that there are.
  ///   - budget: how often a person may be asked, under all of their identities.
  ///   - limit: how many are looked at.
  /// - Returns: those to be sent now, the longest due first, and whether there may be more.
  public func claimInvitations(
    of surveys: Set<String>, within budget: AskingBudget, limit: Int
  ) throws -> (invitations: [Invitation], hasMore: Bool) {
    let now = clock()
    return try write { database in
      let due = try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM invitations WHERE state = 'waiting' AND claimed IS NULL AND next <= ?
          ORDER BY due, id LIMIT ?
          """, arguments: [now.milliseconds, limit]
      ).map(Invitation.init)
      let people = try identities(of: due.map(\.subject.identity.key), database)
      let words = try Self.consentWords(database) { try resolution(database) }
      var claimed: [Invitation] = []
      for invitation in due {
        let key = invitation.subject.identity.key
        let reason = try suppression(
          of: invitation, surveys, people[key] ?? [key], denies: words[key]?.denial != nil, budget,
          at: now, database)
        if let reason {
          try suppress(invitation.id, reason.rawValue, at: now, database)
        } else {
          try database.execute(
            literal: """
              UPDATE invitations SET claimed = \(now.milliseconds), attempts = attempts + 1
              WHERE id = \(invitation.id)
              """)
          claimed.append(try Self.invitation(invitation.id, database) ?? invitation)
        }
      }
      return (claimed, due.count == limit)
    }
  }

  private func suppression(
    of invitation: Invitation, _ surveys: Set<String>, _ keys: [UInt64], denies: Bool,
    _ budget: AskingBudget, at now: Instant, _ database: Database
  ) throws -> Suppression? {
    let subject = invitation.subject
    if !surveys.contains(subject.survey) { return .survey }
    if subject.due + subject.openFor <= now { return .late }
    if denies { return .consent }
    if subject.address == nil { return .address }
    let start = (now - budget.per).milliseconds
    let asked = try keys.reduce(0) { count, key in
      try count
        + (Int.fetchOne(
          database,
          sql: "SELECT count(*) FROM invitations WHERE key = ? AND coalesce(sent, claimed) > ?",
          arguments: [Int64(bitPattern: key), start]) ?? 0)
    }
    return asked >= budget.atMost ? .often : nil
  }

  private func suppress(
    _ id: Int64, _ reason: String, at now: Instant, _ database: Database
  ) throws {
    try database.execute(
      literal: """
        UPDATE invitations SET state = 'suppressed', ended = \(now.milliseconds),
          error = \(reason), address = NULL, claimed = NULL, draft = NULL WHERE id = \(id)
        """)
  }

  /// Notes that the mail of an invitation that was taken is out, and what the story is told of it.
  ///
  /// The first note counts: that of the sending, or of somebody who answers by its link before.
  public func noteSent(_ id: Int64, telling event: Event) throws {
    let now = clock()
    try write { database in
      guard try Self.invitation(id, database)?.isOnItsWay == true else { return }
      try markSent(id, at: now, telling: event, database)
    }
  }

  func markSent(
    _ id: Int64, at now: Instant, telling event: Event, _ database: Database
  ) throws {
    try database.execute(
      literal: """
        UPDATE invitations SET state = 'sent', sent = \(now.milliseconds),
          expires = \(now.milliseconds) + open_for, address = NULL, claimed = NULL, error = NULL
        WHERE id = \(id)
        """)
    try keep(event, of: id, .sent, database)
  }

  /// Notes that the mail of an invitation that was taken didn't go out.
  ///
  /// - Parameters:
  ///   - code: why, as a code; never what the other server said, which may name people.
  ///   - next: when it is tried again; nil: never.
  public func noteFailure(_ id: Int64, _ code: String, next: Instant?) throws {
    let now = clock()
    try write { database in
      if let next {
        try database.execute(
          literal: """
            UPDATE invitations SET claimed = NULL, next = \(next.milliseconds), error = \(code)
            WHERE id = \(id) AND state = 'waiting'
            """)
      } else {
        try database.execute(
          literal: """
            UPDATE invitations SET state = 'failed', ended = \(now.milliseconds), error = \(code),
              address = NULL, claimed = NULL WHERE id = \(id) AND state = 'waiting'
            """)
      }
    }
  }

  /// The invitations that were taken by a process that ended before it knew whether their mail is
  /// out. They count as sent: nobody is asked twice, and the link holds where it has arrived.
  public func interruptedInvitations() throws(Fault) -> [Invitation] {
    try faultsOnly {
      try read { database in
        try Row.fetchAll(
          database, sql: "SELECT * FROM invitations WHERE claimed IS NOT NULL ORDER BY id"
        ).map(Invitation.init)
      }
    }
  }

  /// Invitations that can't be answered any more, the first to expire first.
  public func overdueInvitations(limit: Int) throws(Fault) -> [Invitation] {
    let now = clock()
    return try faultsOnly {
      try read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT * FROM invitations WHERE state = 'sent' AND expires <= ?
            ORDER BY expires LIMIT ?
            """, arguments: [now.milliseconds, limit]
        ).map(Invitation.init)
      }
    }
  }
}
