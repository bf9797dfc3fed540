import Accounts
import Events
import Foundation
import GRDB

/// A member in one browser.
public struct Session: Sendable, Equatable {
  /// The number, by which it can be ended.
  public let id: Int
  /// The member as they are now.
  public let member: Member
  /// What the browser calls itself.
  public let browser: String
  /// When it began.
  public let began: Instant
  /// When it was last used, to the minute.
  public let used: Instant

  init(_ row: Row, _ member: Member) {
    id = row["id"]
    self.member = member
    browser = row["browser"]
    began = Instant(milliseconds: row["began"])
    used = Instant(milliseconds: row["used"])
  }

  /// How long a session lasts that nobody uses.
  public static let longestIdle = TimeSpan.days(14)
  /// How long a session lasts at most.
  public static let longest = TimeSpan.days(90)
  /// The most sessions of a member; the one that was used longest ago ends for a new one.
  public static let most = 50
  /// How exactly the last use is known, so that not every request writes.
  static let touchSpan = TimeSpan(milliseconds: 60_000)
  /// The longest name of a browser that is kept, in characters.
  static let longestBrowser = 200

  /// Whether it goes on at that moment.
  func isOpen(at now: Instant) -> Bool {
    member.state == .active && now < used + Self.longestIdle && now < began + Self.longest
  }
}

extension Store {
  /// The session of a secret, which counts as used; nil where there is none, or it has ended.
  public func session(_ secret: Secret) throws(Fault) -> Session? {
    try faultsOnly {
      let now = clock()
      let session = try read { database -> Session? in
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM sessions WHERE secret = ?",
          arguments: [Data(secret.digest.bytes)])
        return try row.map { Session($0, try Self.member($0["member"], database)) }
      }
      guard let session, session.isOpen(at: now) else { return nil }
      if now >= session.used + Session.touchSpan {
        try write {
          try $0.execute(
            literal: "UPDATE sessions SET used = \(now.milliseconds) WHERE id = \(session.id)")
        }
      }
      return session
    }
  }

  /// The open sessions of a member, the one that was used last first.
  public func sessions(ofMember id: Int) throws(Fault) -> [Session] {
    let now = clock()
    return try people([]) { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM sessions WHERE member = ? ORDER BY used DESC, id DESC",
        arguments: [id])
      guard !rows.isEmpty else { return [] }
      let member = try Self.member(id, database)
      return rows.map { Session($0, member) }.filter { $0.isOpen(at: now) }
    }
  }

  /// Ends a session: one's own, or that of a member whom one manages.
  ///
  /// - Throws: `access.denied`, `session.unknown`.
  public func endSession(_ id: Int, by principal: Principal) throws {
    try write { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM sessions WHERE id = ?", arguments: [id])
      // Who may not end it isn't told whether it is there.
      if principal.kind != .member || (row?["member"] as Int?) != principal.id {
        try principal.require(.manageMembers)
      }
      guard let row else { throw Self.unknownSession(id) }
      let member = try Self.member(row["member"], database)
      try database.execute(literal: "DELETE FROM sessions WHERE id = \(id)")
      try note(.sessionEnded, member.email, "one session", by: principal, database)
    }
  }

  /// Ends all sessions of a member, but one where that is given; how many ended.
  ///
  /// - Throws: `access.denied`, `member.unknown`.
  @discardableResult
  public func endSessions(
    ofMember id: Int, except kept: Int? = nil, by principal: Principal
  ) throws -> Int {
    if principal.kind != .member || principal.id != id {
      try principal.require(.manageMembers)
    }
    return try write { database in
      let member = try Self.member(id, database)
      try database.execute(
        literal: "DELETE FROM sessions WHERE member = \(id) AND id IS NOT \(kept)")
      let ended = database.changesCount
      try note(.sessionEnded, member.email, "\(ended) sessions", by: principal, database)
      return ended
    }
  }

  /// Removes sessions that have ended by themselves; how many.
  @discardableResult
  public func expireSessions() throws(Fault) -> Int {
    try faultsOnly {
      let now = clock()
      return try write { database in
        try database.execute(
          literal: """
            DELETE FROM sessions
            WHERE used + \(Session.longestIdle.milliseconds) <= \(now.milliseconds)
              OR began + \(Session.longest.milliseconds) <= \(now.milliseconds)
            """)
        return database.changesCount
      }
    }
  }

  func beginSession(
    of id: Int, _ browser: String, _ way: String, _ request: String?, _ database: Database
  ) throws -> (Session, Secret) {
    let (secret, now) = (Secret.random(.session), clock().milliseconds)
    let browser = String(browser.prefix(Session.longestBrowser))
    try database.execute(
      literal: """
        INSERT INTO sessions (secret, member, browser, began, used)
        VALUES (\(Data(secret.digest.bytes)), \(id), \(browser), \(now), \(now))
        """)
    let number = Int(database.lastInsertedRowID)
    try database.execute(
      literal: """
        DELETE FROM sessions WHERE id IN (
          SELECT id FROM sessions WHERE member = \(id) ORDER BY used DESC, id DESC
          LIMIT -1 OFFSET \(Session.most))
        """)
    try database.execute(literal: "UPDATE members SET signed_in = \(now) WHERE id = \(id)")
    let member = try Self.member(id, database)
    try note(
      .sessionBegun, member.email, way, by: member.principal(request: request), database)
    let row = try Row.fetchOne(
      database, sql: "SELECT * FROM sessions WHERE id = ?", arguments: [number])
    return (Session(try row.orThrow(Self.unknownSession(number)), member), secret)
  }

  private static func unknownSession(_ id: Int) -> Refusal {
    Refusal(
      "session.unknown", problem: "There is no session with the number \(id).",
      remedy: "It has ended already.")
  }
}
