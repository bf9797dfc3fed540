import Accounts
import Events
import Foundation
import GRDB

/// Somebody who works with the store.
public struct Member: Sendable, Equatable {
  /// Whether they may sign in.
  public enum State: String, Sendable, CaseIterable {
    case active, disabled
  }

  /// How they sign in.
  public enum SignIn: String, Sendable, CaseIterable {
    /// With a password.
    case password
    /// With an OpenID provider.
    case openID
    /// Not yet: they are invited.
    case invited
  }

  /// The number, which is never given out twice.
  public let id: Int
  /// The e-mail address in lower case.
  public let email: String
  /// The name.
  public let name: String
  /// What they may do.
  public let role: Role
  /// Whether they may sign in.
  public let state: State
  /// How they sign in; `openID` where they have a password, too.
  public let signIn: SignIn
  /// When they were added.
  public let added: Instant
  /// When they signed in last.
  public let signedIn: Instant?

  init(_ row: Row) {
    id = row["id"]
    email = row["email"]
    name = row["name"]
    // The table has no other values; should one ever be there, it grants the least.
    role = Role(rawValue: row["role"]) ?? .viewer
    state = State(rawValue: row["state"]) ?? .disabled
    signIn =
      (row["issuer"] as String?) != nil
      ? .openID : (row["password"] as String?) != nil ? .password : .invited
    added = Instant(milliseconds: row["added"])
    signedIn = (row["signed_in"] as Int64?).map(Instant.init(milliseconds:))
  }

  /// The member as somebody who asks for something.
  public func principal(request: String? = nil) -> Principal {
    .member(id, name: name, role: role, request: request)
  }
}

extension Store {
  /// The most members of a store.
  public static let mostMembers = 10_000
  /// How long an invitation can be accepted.
  public static let invitationSpan = TimeSpan.days(7)

  /// All members by name.
  public func members() throws(Fault) -> [Member] {
    try people([]) { database in
      try Row.fetchAll(database, sql: "SELECT * FROM members ORDER BY name, id").map(Member.init)
    }
  }

  /// Adds a member, who chooses a password with the secret that is returned.
  ///
  /// - Throws: `access.denied`, `member.email`, `member.name`, `member.known`, `member.count`.
  public func addMember(
    email: String, name: String, role: Role, by principal: Principal
  ) throws -> (Member, Secret) {
    try principal.require(.manageMembers)
    let invitation = Secret.random(.invitation)
    let member = try write { database in
      let member = try insertMember(
        email: email, name: name, role: role, password: nil, invitation: invitation, database)
      try note(.memberAdded, member.email, "as \(role.rawValue)", by: principal, database)
      return member
    }
    return (member, invitation)
  }

  /// Invites a member once more, such as one who forgot the password; older invitations end.
  ///
  /// - Throws: `access.denied`, `member.unknown`, `member.disabled`.
  public func inviteAgain(_ id: Int, by principal: Principal) throws -> Secret {
    try principal.require(.manageMembers)
    let invitation = Secret.random(.invitation)
    try write { database in
      let member = try Self.member(id, database)
      guard member.state == .active else {
        throw Refusal(
          "member.disabled", problem: "\(member.name) is disabled.",
          remedy: "Enable the member first.")
      }
      try database.execute(
        literal: """
          UPDATE members SET invitation = \(Data(invitation.digest.bytes)),
            invitation_expires = \((clock() + Self.invitationSpan).milliseconds)
          WHERE id = \(id)
          """)
      try note(.memberInvited, member.email, by: principal, database)
    }
    return invitation
  }

  /// Gives a member another name; members may do so for themselves.
  ///
  /// - Throws: `access.denied`, `member.unknown`, `member.name`.
  public func renameMember(_ id: Int, to name: String, by principal: Principal) throws {
    if principal.kind != .member || principal.id != id {
      try principal.require(.manageMembers)
    }
    let name = try GivenName.checked(name, of: "member")
    try write { database in
      let member = try Self.member(id, database)
      try database.execute(literal: "UPDATE members SET name = \(name) WHERE id = \(id)")
      try note(.memberRenamed, member.email, "\(member.name) → \(name)", by: principal, database)
    }
  }

  /// Gives a member another role.
  ///
  /// - Throws: `access.denied`, `member.unknown`, `member.last-admin`.
  public func changeRole(ofMember id: Int, to role: Role, by principal: Principal) throws {
    try principal.require(.manageMembers)
    try write { database in
      let member = try Self.member(id, database)
      try database.execute(literal: "UPDATE members SET role = \(role.rawValue) WHERE id = \(id)")
      try Self.checkAdmins(database)
      let detail = "\(member.role.rawValue) → \(role.rawValue)"
      try note(.memberRole, member.email, detail, by: principal, database)
    }
  }

  /// Lets a member sign in no more, and ends their sessions; their tokens do nothing meanwhile.
  ///
  /// - Throws: `access.denied`, `member.unknown`, `member.last-admin`.
  public func disableMember(_ id: Int, by principal: Principal) throws {
    try principal.require(.manageMembers)
    try write { database in
      let member = try Self.member(id, database)
      try database.execute(
        literal: """
          UPDATE members SET state = 'disabled', invitation = NULL, invitation_expires = NULL
          WHERE id = \(id)
          """)
      try database.execute(literal: "DELETE FROM sessions WHERE member = \(id)")
      try Self.checkAdmins(database)
      try note(.memberDisabled, member.email, by: principal, database)
    }
  }

  /// Lets a member sign in again.
  ///
  /// - Throws: `access.denied`, `member.unknown`.
  public func enableMember(_ id: Int, by principal: Principal) throws {
    try principal.require(.manageMembers)
    try write { database in
      let member = try Self.member(id, database)
      try database.execute(literal: "UPDATE members SET state = 'active' WHERE id = \(id)")
      try note(.memberEnabled, member.email, by: principal, database)
    }
  }

  /// Removes a member with their sessions and tokens; what they saved stays, under their name.
  ///
  /// - Throws: `access.denied`, `member.unknown`, `member.last-admin`.
  public func removeMember(_ id: Int, by principal: Principal) throws {
    try principal.require(.manageMembers)
    try write { database in
      let member = try Self.member(id, database)
      try database.execute(literal: "DELETE FROM members WHERE id = \(id)")
      try Self.checkAdmins(database)
      try note(.memberRemoved, member.email, by: principal, database)
    }
  }

  /// The member of a number.
  ///
  /// - Throws: `member.unknown`.
  static func member(_ id: Int, _ database: Database) throws -> Member {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM members WHERE id = ?", arguments: [id])
    else {
      throw Refusal(
        "member.unknown", problem: "There is no member with the number \(id).",
        remedy: "Look at the list of members; they may have been removed.")
    }
    return Member(row)
  }

  func insertMember(
    email: String, name: String, role: Role, password: PasswordHash?, invitation: Secret?,
    _ database: Database
  ) throws -> Member {
    let email = try Self.checkedEmail(email)
    let name = try GivenName.checked(name, of: "member")
    let now = clock()
    guard try Int.fetchOne(database, sql: "SELECT count(*) FROM members") ?? 0 < Self.mostMembers
    else {
      throw Refusal(
        "member.count", problem: "The store has \(Self.mostMembers) members already.",
        remedy: "Remove those who left.")
    }
    let isKnown = try Row.fetchOne(
      database, sql: "SELECT 1 FROM members WHERE email = ?", arguments: [email])
    guard isKnown == nil else {
      throw Refusal(
        "member.known", problem: "“\(email)” is a member already.",
        remedy: "Change the role of that member, or invite them again.")
    }
    try database.execute(
      literal: """
        INSERT INTO members
          (email, name, role, state, password, invitation, invitation_expires, added)
        VALUES (\(email), \(name), \(role.rawValue), 'active', \(password?.encoded),
          \(invitation.map { Data($0.digest.bytes) }),
          \(invitation.map { _ in (now + Self.invitationSpan).milliseconds }), \(now.milliseconds))
        """)
    return try Self.member(Int(database.lastInsertedRowID), database)
  }

  /// Refuses a change after which no admin could sign in.
  private static func checkAdmins(_ database: Database) throws {
    let isLeft = try Row.fetchOne(
      database,
      sql: """
        SELECT 1 FROM members WHERE role = 'admin' AND state = 'active'
          AND (password IS NOT NULL OR issuer IS NOT NULL)
        """)
    guard isLeft == nil else { return }
    throw Refusal(
      "member.last-admin", problem: "No admin who can sign in would be left.",
      remedy: "Make somebody else an admin first.")
  }

  /// An address as it is stored.
  ///
  /// - Throws: `member.email`.
  static func checkedEmail(_ text: String) throws(Refusal) -> String {
    let email = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    let halves = email.split(separator: "@", omittingEmptySubsequences: false)
    let isPlain = email.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .control && !$0.properties.isWhitespace
    }
    guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty }), isPlain, email.utf8.count <= 254
    else {
      throw Refusal(
        "member.email", problem: "“\(text.prefix(100))” is no e-mail address.",
        remedy: "Write it as name@example.org.")
    }
    return email
  }
}
