import Accounts
import Events
import Foundation
import GRDB

/// A token with which a program acts for a member; its secret was shown once.
public struct APIToken: Sendable, Equatable {
  /// The number, which is never given out twice.
  public let id: Int
  /// What it is for.
  public let name: String
  /// The beginning of its secret.
  public let hint: String
  /// The member whom it acts for, as they are now.
  public let member: Member
  /// What it was made for.
  public let scopes: Set<Scope>
  /// When it was made.
  public let made: Instant
  /// From when on it can't be used; nil: never.
  public let expires: Instant?
  /// When it was last used, to the minute; nil: never.
  public let used: Instant?
  /// When it was revoked; nil: not.
  public let revoked: Instant?

  init(_ row: Row, _ member: Member) {
    id = row["id"]
    name = row["name"]
    hint = row["hint"]
    self.member = member
    scopes = Set(
      (row["scopes"] as String).split(separator: " ").compactMap { Scope(rawValue: String($0)) })
    made = Instant(milliseconds: row["made"])
    expires = (row["expires"] as Int64?).map(Instant.init(milliseconds:))
    used = (row["used"] as Int64?).map(Instant.init(milliseconds:))
    revoked = (row["revoked"] as Int64?).map(Instant.init(milliseconds:))
  }

  /// How exactly the last use is known, so that not every request writes.
  static let touchSpan = TimeSpan(milliseconds: 60_000)
  /// The most tokens of a member that can be used at a time.
  public static let most = 100

  /// Whether it can be used at that moment.
  public func isOpen(at now: Instant) -> Bool {
    revoked == nil && member.state == .active && expires.map { now < $0 } ?? true
  }

  /// The token as somebody who asks for something, with what its member may do now.
  public func principal(request: String? = nil) -> Principal {
    .token(
      id, name: "\(name) of \(member.name)", scopes: scopes, member: member.id, role: member.role,
      request: request)
  }
}

extension Store {
  /// The tokens of a member, or all; those that were made last first.
  public func tokens(ofMember id: Int? = nil) throws(Fault) -> [APIToken] {
    try people([]) { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM api_tokens WHERE ?1 IS NULL OR member = ?1 ORDER BY id DESC",
        arguments: [id]
      ).map { APIToken($0, try Self.member($0["member"], database)) }
    }
  }

  /// Makes a token for the member who asks; its secret can't be seen again.
  ///
  /// - Throws: `token.member` where no member asks, `token.scope` where a scope is beyond the role,
  ///   `token.expired`, `token.name`, `token.count`.
  public func addToken(
    _ name: String, scopes: Set<Scope>, expires: Instant? = nil, by principal: Principal
  ) throws -> (APIToken, Secret) {
    guard principal.kind == .member, let member = principal.id else {
      throw Refusal(
        "token.member", problem: "“\(principal.name)” can't make a token.",
        remedy: "Sign in as a member and make it there; it acts for that member.")
    }
    let name = try GivenName.checked(name, of: "token")
    let now = clock()
    if let expires, expires <= now {
      throw Refusal(
        "token.expired", problem: "The token would have expired at \(expires).",
        remedy: "Choose a later day.")
    }
    let secret = Secret.random(.token)
    let token = try write { database in
      try Self.check(scopes, of: try Self.member(member, database))
      let open = try Int.fetchOne(
        database,
        sql: """
          SELECT count(*) FROM api_tokens WHERE member = ? AND revoked IS NULL
            AND (expires IS NULL OR expires > ?)
          """, arguments: [member, now.milliseconds])
      guard open ?? 0 < APIToken.most else {
        throw Refusal(
          "token.count", problem: "You have \(APIToken.most) tokens already.",
          remedy: "Revoke those that nothing uses.")
      }
      let words = scopes.sorted().map(\.rawValue).joined(separator: " ")
      try database.execute(
        literal: """
          INSERT INTO api_tokens (name, secret, hint, member, scopes, made, expires)
          VALUES (\(name), \(Data(secret.digest.bytes)), \(secret.hint), \(member), \(words),
            \(now.milliseconds), \(expires?.milliseconds))
          """)
      let id = Int(database.lastInsertedRowID)
      try note(.tokenAdded, name, "\(secret.hint) for \(words)", by: principal, database)
      return try Self.token(id, database)
    }
    return (token, secret)
  }

  /// Revokes a token: one's own, or anybody's where one manages keys.
  ///
  /// - Throws: `access.denied`, `token.unknown`.
  public func revokeToken(_ id: Int, by principal: Principal) throws {
    try write { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT member FROM api_tokens WHERE id = ?", arguments: [id])
      // Who may not revoke it isn't told whether it is there.
      if principal.kind != .member || (row?["member"] as Int?) != principal.id {
        try principal.require(.manageKeys)
      }
      let token = try Self.token(id, database)
      guard token.revoked == nil else { throw Self.unknownToken(id) }
      try database.execute(
        literal: "UPDATE api_tokens SET revoked = \(clock().milliseconds) WHERE id = \(id)")
      try note(
        .tokenRevoked, token.name, "\(token.hint) of \(token.member.email)", by: principal,
        database)
    }
  }

  /// The token of a secret, which counts as used; nil where there is none, it was revoked or has
  /// expired, or its member is disabled.
  public func token(_ secret: Secret) throws(Fault) -> APIToken? {
    try faultsOnly {
      let now = clock()
      let token = try read { database -> APIToken? in
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM api_tokens WHERE secret = ?",
          arguments: [Data(secret.digest.bytes)])
        return try row.map { APIToken($0, try Self.member($0["member"], database)) }
      }
      guard let token, token.isOpen(at: now) else { return nil }
      if token.used.map({ now >= $0 + APIToken.touchSpan }) ?? true {
        try write {
          try $0.execute(
            literal: "UPDATE api_tokens SET used = \(now.milliseconds) WHERE id = \(token.id)")
        }
      }
      return token
    }
  }

  private static func check(_ scopes: Set<Scope>, of member: Member) throws {
    guard !scopes.isEmpty else {
      throw Refusal(
        "token.scope", problem: "The token would be good for nothing.",
        remedy: "Choose one of: \(Scope.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    for scope in scopes.sorted() where !scope.permissions.isSubset(of: member.role.permissions) {
      throw Refusal(
        "token.scope",
        problem: "A token of a member who is “\(member.role.rawValue)” can't have the scope "
          + "“\(scope.rawValue)”.",
        remedy: "Leave it out, or ask an admin for a higher role.")
    }
  }

  private static func token(_ id: Int, _ database: Database) throws -> APIToken {
    let row = try Row.fetchOne(
      database, sql: "SELECT * FROM api_tokens WHERE id = ?", arguments: [id])
    guard let row else { throw unknownToken(id) }
    return APIToken(row, try member(row["member"], database))
  }

  private static func unknownToken(_ id: Int) -> Refusal {
    Refusal(
      "token.unknown", problem: "There is no token with the number \(id) to revoke.",
      remedy: "Look at the list of tokens; it may be revoked already.")
  }
}
