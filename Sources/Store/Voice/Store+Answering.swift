import Events
import Foundation
import GRDB

extension Store {
  /// Ends an invitation, and keeps the event that its story is told, in one transaction.
  ///
  /// What was kept is in no story yet: `untoldEvents` has it until it was taken. So an answer counts
  /// once whenever the program ends, and an invitation ends once, however many try to end it.
  /// - Parameters:
  ///   - state: answered, dismissed or expired.
  ///   - event: what the story is told.
  /// - Throws: `invitation.unknown`; `invitation.answered`, `invitation.dismissed`,
  ///   `invitation.expired`, `invitation.closed` where it has ended; `invitation.early` where it was
  ///   not sent yet.
  public func end(_ id: Int64, as state: Invitation.State, telling event: Event) throws {
    precondition([.answered, .dismissed, .expired].contains(state))
    let now = clock()
    try write { database in
      let invitation = try Self.invitation(id, database).orThrow(.unknownInvitation)
      if state == .expired {
        guard invitation.state == .sent else { throw invitation.closure }
      } else {
        try invitation.requireSent(at: now)
      }
      try database.execute(
        literal: """
          UPDATE invitations SET state = \(state.rawValue), ended = \(now.milliseconds),
            draft = NULL WHERE id = \(id)
          """)
      try keep(event, of: id, state, database)
    }
  }

  /// Keeps what somebody has filled in up to now.
  ///
  /// - Throws: as `end` does; `invitation.draft` where it is too long.
  public func keepDraft(_ draft: String, of id: Int64) throws {
    guard draft.utf8.count <= Invitation.longestDraft else {
      throw Refusal(
        "invitation.draft", problem: "The draft has \(draft.utf8.count) bytes.",
        remedy: "Write less.")
    }
    let now = clock()
    try write { database in
      let invitation = try Self.invitation(id, database).orThrow(.unknownInvitation)
      try invitation.requireSent(at: now)
      try database.execute(literal: "UPDATE invitations SET draft = \(draft) WHERE id = \(id)")
    }
  }

  func keep(
    _ event: Event, of id: Int64, _ state: Invitation.State, _ database: Database
  ) throws {
    let text = try InvitationEvent.text(of: event)
    try database.execute(
      literal: "INSERT INTO invitation_events VALUES (\(id), \(state.rawValue), \(text))")
  }

  /// Events of invitations that no story has been told yet, the oldest invitation's first, and that it
  /// was sent before what came of it.
  ///
  /// - Parameter id: those of one invitation; nil: of all.
  public func untoldEvents(of id: Int64? = nil, limit: Int) throws -> [InvitationEvent] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT invitation, invitation_events.state, event, survey, namespace, identity
          FROM invitation_events JOIN invitations ON id = invitation
          WHERE :id IS NULL OR id = :id
          ORDER BY id, invitation_events.state <> 'sent' LIMIT :limit
          """, arguments: ["id": id, "limit": limit]
      ).map(InvitationEvent.init)
    }
  }

  /// Notes what became of events that were handed to the log.
  ///
  /// An answer that may not be kept leaves its invitation suppressed.
  public func noteTold(_ told: [(event: InvitationEvent, verdict: Verdict)]) throws {
    try write { database in
      for (event, verdict) in told {
        try database.execute(
          literal: """
            DELETE FROM invitation_events
            WHERE invitation = \(event.invitation) AND state = \(event.state.rawValue)
            """)
        if case .refused(let refusal) = verdict {
          let state = event.state == .answered ? Invitation.State.suppressed : nil
          try database.execute(
            literal: """
              UPDATE invitations SET error = \(refusal.code),
                state = coalesce(\(state?.rawValue), state) WHERE id = \(event.invitation)
              """)
        }
      }
    }
  }
}

extension Invitation {
  /// Refuses an invitation that nobody with its link can answer at a moment.
  ///
  /// One whose mail is on its way is open: the mail can be there before that is noted.
  /// - Throws: `invitation.answered`, `invitation.dismissed`, `invitation.expired`,
  ///   `invitation.closed`, `invitation.early`.
  public func requireOpen(at now: Instant) throws(Refusal) {
    if !isOnItsWay { try requireSent(at: now) }
  }

  /// Refuses an invitation that isn't noted as sent, or has ended.
  fileprivate func requireSent(at now: Instant) throws(Refusal) {
    guard state == .sent, let expires, now < expires else { throw closure }
  }

  /// Why it can't be answered.
  fileprivate var closure: Refusal {
    switch state {
    case .answered:
      Refusal(
        "invitation.answered", problem: "This survey was answered already.",
        remedy: "There is nothing left to do.")
    case .dismissed:
      Refusal(
        "invitation.dismissed", problem: "This survey was turned down.",
        remedy: "There is nothing left to do.")
    case .sent, .expired:
      Refusal(
        "invitation.expired", problem: "This survey has ended.",
        remedy: "There is nothing left to do.")
    case .failed, .suppressed:
      Refusal(
        "invitation.closed", problem: "This survey is closed.",
        remedy: "There is nothing left to do.")
    case .waiting:
      Refusal(
        "invitation.early", problem: "This survey is not open yet.",
        remedy: "Try again in a minute.")
    }
  }
}
