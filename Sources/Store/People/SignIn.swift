import Accounts
import Events
import Foundation
import GRDB

extension Store {
  /// Whether nobody is a member yet.
  public func needsSetUp() throws(Fault) -> Bool {
    try people(true) { try Row.fetchOne($0, sql: "SELECT 1 FROM members") == nil }
  }

  /// A new secret that makes the first member; the one before it ends. Nil where there are members.
  public func beginSetUp() throws -> Secret? {
    let secret = Secret.random(.setup)
    return try write { database in
      guard try Row.fetchOne(database, sql: "SELECT 1 FROM members") == nil else { return nil }
      try database.execute(
        literal: "INSERT OR REPLACE INTO setup VALUES (1, \(Data(secret.digest.bytes)))")
      return secret
    }
  }

  /// Makes the first member, an admin; the secret can't be used again.
  ///
  /// - Throws: `setup.secret`, `member.email`, `member.name`.
  public func setUp(
    _ secret: Secret, email: String, name: String, password: PasswordHash, request: String? = nil
  ) throws -> Member {
    try write { database in
      let stored = try Data.fetchOne(database, sql: "SELECT secret FROM setup")
      let isFirst = try Row.fetchOne(database, sql: "SELECT 1 FROM members") == nil
      guard isFirst, let stored, SecretDigest(Array(stored)) == secret.digest else {
        throw Refusal(
          "setup.secret", problem: "This set-up link was used, or is not the latest.",
          remedy: "Sign in; or where nobody is a member yet, use the link that the program printed "
            + "when it started last.")
      }
      let member = try insertMember(
        email: email, name: name, role: .admin, password: password, invitation: nil, database)
      try database.execute(sql: "DELETE FROM setup")
      try note(.setUp, member.email, by: member.principal(request: request), database)
      return member
    }
  }

  /// Gives an invited member a password; the invitation can't be used again, and sessions end.
  ///
  /// - Throws: `invitation.unknown`.
  public func acceptInvitation(
    _ invitation: Secret, password: PasswordHash, request: String? = nil
  ) throws -> Member {
    try write { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM members WHERE invitation = ? AND state = 'active'",
        arguments: [Data(invitation.digest.bytes)])
      guard let row, clock().milliseconds < row["invitation_expires"] else {
        throw Refusal(
          "invitation.unknown", problem: "This invitation was used, was replaced, or has expired.",
          remedy: "Ask an admin to invite you again.")
      }
      let id: Int = row["id"]
      try database.execute(
        literal: """
          UPDATE members SET password = \(password.encoded), invitation = NULL,
            invitation_expires = NULL WHERE id = \(id)
          """)
      try database.execute(literal: "DELETE FROM sessions WHERE member = \(id)")
      let member = try Self.member(id, database)
      try note(.memberJoined, member.email, by: member.principal(request: request), database)
      return member
    }
  }

  /// Begins a session with a password, which takes a tenth of a second, right or wrong.
  ///
  /// Ask `SignInLimiter` first, and run only a few at a time: each takes 32 MiB.
  /// - Throws: `signin.refused`, which doesn't tell an unknown name from a wrong password.
  public func signIn(
    email: String, password: String, browser: String, request: String? = nil
  ) throws -> (Session, Secret) {
    let name = email.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    let row = try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM members WHERE email = ?", arguments: [name])
    }
    let stored = try (row?["password"] as String?).map { try PasswordHash(encoded: $0) }
    let isRight = PasswordHash.matches(password, stored)
    guard isRight, let row, let stored else { throw Self.signInRefused }
    let renewed = stored.isOutdated ? try PasswordHash(of: password) : stored
    return try write { database in
      // The password may have been changed, or the member disabled, while the hash was computed.
      let now = try Row.fetchOne(
        database, sql: "SELECT 1 FROM members WHERE id = ? AND password = ? AND state = 'active'",
        arguments: [row["id"] as Int, stored.encoded])
      guard now != nil else { throw Self.signInRefused }
      try database.execute(
        literal: "UPDATE members SET password = \(renewed.encoded) WHERE id = \(row["id"] as Int)")
      return try beginSession(of: row["id"], browser, "by password", request, database)
    }
  }

  /// Begins a session for whom an OpenID provider named.
  ///
  /// The first time, the member is found by the address, where the provider knows that it is
  /// theirs; from then on by the provider's own id of the person.
  /// - Parameter domains: whoever has a proven address at one of these becomes a viewer, where no
  ///   member has the address.
  /// - Throws: `signin.unknown`, `signin.unproven`, `signin.linked`, `signin.disabled`; what adding
  ///   a member throws.
  public func signIn(
    with token: IDToken, admitting domains: Set<String> = [], browser: String,
    request: String? = nil
  ) throws -> (Session, Secret) {
    try write { database in
      let member = try Self.member(of: token, database) ?? joined(token, domains, request, database)
      guard member.state == .active else {
        throw Refusal(
          "signin.disabled", problem: "“\(member.email)” may not sign in any more.",
          remedy: "Ask an admin to enable you again.")
      }
      return try beginSession(of: member.id, browser, "by OpenID", request, database)
    }
  }

  /// The member whom the provider named before.
  private static func member(of token: IDToken, _ database: Database) throws -> Member? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM members WHERE issuer = ? AND subject = ?",
      arguments: [token.issuer, token.subject]
    ).map(Member.init)
  }

  /// The member of the address whom the provider names for the first time, linked with it from now
  /// on; or a new one, where the address is at one of the domains.
  private func joined(
    _ token: IDToken, _ domains: Set<String>, _ request: String?, _ database: Database
  ) throws -> Member {
    let said = token.email.map { "“\($0.prefix(254))”" } ?? "This account"
    guard token.isEmailVerified, let email = token.email?.lowercased() else {
      throw Refusal(
        "signin.unproven", problem: "\(said) is not known by your provider to be your address.",
        remedy: "Have your provider verify it, and tell it to programs as “email_verified”.")
    }
    let known = try Row.fetchOne(
      database, sql: "SELECT * FROM members WHERE email = ?", arguments: [email])
    guard known?["issuer"] as String? == nil else {
      throw Refusal(
        "signin.linked", problem: "\(said) belongs to a member with another account.",
        remedy: "Sign in with that account, or ask an admin to remove and add the member anew.")
    }
    let halves = email.split(separator: "@", omittingEmptySubsequences: false)
    guard known != nil || (halves.count == 2 && domains.contains(String(halves[1]))) else {
      throw Refusal(
        "signin.unknown", problem: "\(said) is no member.",
        remedy: "Ask an admin to add the address that your provider knows to be yours.")
    }
    let member = try known.map(Member.init) ?? newViewer(token, email, request, database)
    guard member.state == .active else { return member }
    try database.execute(
      literal: """
        UPDATE members SET issuer = \(token.issuer), subject = \(token.subject),
          invitation = NULL, invitation_expires = NULL WHERE id = \(member.id)
        """)
    try note(
      .memberLinked, member.email, "with \(token.issuer)",
      by: member.principal(request: request), database)
    return member
  }

  private func newViewer(
    _ token: IDToken, _ email: String, _ request: String?, _ database: Database
  ) throws -> Member {
    // A name that no member may have is no reason to let nobody in.
    let name =
      token.name.flatMap { try? GivenName.checked($0, of: "member") }
      ?? String(email.prefix(GivenName.longest))
    let member = try insertMember(
      email: email, name: name, role: .viewer, password: nil, invitation: nil, database)
    try note(
      .memberJoined, member.email, "as viewer, by the domain of the address",
      by: member.principal(request: request), database)
    return member
  }

  /// Gives a member who knows the old password another one; their other sessions end.
  ///
  /// - Throws: `access.denied` for anybody else; `password.wrong`.
  public func changePassword(
    in session: Session, from old: String, to new: PasswordHash, request: String? = nil
  ) throws {
    let id = session.member.id
    let encoded = try read { database in
      try String.fetchOne(
        database, sql: "SELECT password FROM members WHERE id = ?", arguments: [id])
    }
    let stored = try encoded.map { try PasswordHash(encoded: $0) }
    guard PasswordHash.matches(old, stored) else {
      throw Refusal(
        "password.wrong", problem: "This is not your password.",
        remedy: "Type the present one; an admin can invite you again if it is lost.")
    }
    try write { database in
      try database.execute(
        literal: """
          UPDATE members SET password = \(new.encoded), invitation = NULL,
            invitation_expires = NULL WHERE id = \(id) AND password = \(encoded)
          """)
      guard database.changesCount == 1 else { throw Self.signInRefused }
      try database.execute(
        literal: "DELETE FROM sessions WHERE member = \(id) AND id <> \(session.id)")
      try note(
        .passwordChanged, session.member.email,
        by: session.member.principal(request: request), database)
    }
  }

  private static var signInRefused: Refusal {
    Refusal(
      "signin.refused", problem: "The name and the password don't belong together.",
      remedy: "Try again, or ask an admin to invite you again.")
  }
}
