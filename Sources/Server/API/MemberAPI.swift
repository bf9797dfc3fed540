import Accounts
import Events
import Hummingbird
import Store

/// Members: invited, changed, removed.
enum MemberAPI {
  static let all: [Route] = [
    .api(
      .get, "/members", .manageMembers,
      Operation("listMembers", .members, "All members", parameters: Operation.Parameter.page),
      giving: list),
    .api(
      .post, "/members", .manageMembers,
      Operation(
        "addMember", .members, "Invite a member",
        "Give the link to them: it is good once, for seven days, and can't be seen again."
      ).making(), taking: add),
    .api(
      .get, "/members/{member}", .manageMembers,
      Operation("readMember", .members, "One member"), giving: read),
    .api(
      .patch, "/members/{member}", .manageMembers,
      Operation(
        "changeMember", .members, "Change a member's name, role or state",
        "One of them at a time."), taking: change),
    .api(
      .delete, "/members/{member}", .manageMembers,
      Operation(
        "removeMember", .members, "Remove a member",
        "Their sessions and tokens end; what they saved stays."), doing: remove),
    .api(
      .post, "/members/{member}/invitations", .manageMembers,
      Operation(
        "inviteMember", .members, "Invite a member once more",
        "For one who forgot the password; older links end."
      ).once(), giving: invite),
  ]

  private static func list(_ call: Call) throws -> Page<MemberForm> {
    try call.page(of: try call.store.members(), by: \.id, MemberForm.init)
  }

  private static func read(_ call: Call) throws -> MemberForm {
    try member(call.number("member"), call)
  }

  /// The member of a number.
  ///
  /// - Throws: `member.unknown`.
  static func member(_ number: Int, _ call: Call) throws -> MemberForm {
    guard let member = try call.store.members().first(where: { $0.id == number }) else {
      throw Refusal(
        "member.unknown", problem: "There is no member with the number \(number).",
        remedy: "Look at the list of members; they may have been removed.")
    }
    return MemberForm(member)
  }

  private static func add(_ call: Call, _ draft: MemberDraft) throws -> InvitedMember {
    let (member, secret) = try call.store.addMember(
      email: draft.email, name: draft.name, role: draft.role, by: call.principal())
    return InvitedMember(member: MemberForm(member), link: call.link(secret))
  }

  private static func change(_ call: Call, _ change: MemberChange) throws -> MemberForm {
    let (store, number, principal) = (call.store, try call.number("member"), try call.principal())
    if let name = change.name { try store.renameMember(number, to: name, by: principal) }
    if let role = change.role { try store.changeRole(ofMember: number, to: role, by: principal) }
    switch change.state {
    case .active: try store.enableMember(number, by: principal)
    case .disabled: try store.disableMember(number, by: principal)
    case nil: break
    }
    return try read(call)
  }

  private static func remove(_ call: Call) throws {
    try call.store.removeMember(call.number("member"), by: call.principal())
  }

  private static func invite(_ call: Call) throws -> Invitation {
    Invitation(
      link: call.link(
        try call.store.inviteAgain(call.number("member"), by: call.principal())))
  }
}

extension Call {
  /// Where somebody who was invited comes in.
  fileprivate func link(_ secret: Secret) -> String {
    "\(visit.address)/invite?token=\(secret.revealed())"
  }
}

struct MemberForm: Given {
  var id: Int
  var email: String
  var name: String
  var role: Role
  var state: String
  var signIn: String
  var added: Instant
  var signedIn: Instant?

  init(_ member: Member) {
    (id, email, name, role) = (member.id, member.email, member.name, member.role)
    (state, signIn) = (member.state.rawValue, member.signIn.rawValue)
    (added, signedIn) = (member.added, member.signedIn)
  }

  static let title = "Member"
  static let meaning = "Somebody who works with the store."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number.", example: 2)),
    .init("email", .text("The e-mail address in lower case.", example: "eve@example.com")),
    .init("name", .text("The name.", example: "Eve Editor")),
    .init("role", .word("What they may do.", Role.self, example: .editor)),
    .init("state", .word("Whether they may sign in.", Member.State.self)),
    .init("signIn", .word("How they sign in; `invited`: not yet.", Member.SignIn.self)),
    .init("added", .moment("When they were added.")),
    .optional("signedIn", .moment("When they signed in last.")),
  ]
}

private struct MemberDraft: Taken {
  var email: String
  var name: String
  var role: Role

  init(_ body: JSONValue) {
    email = body["email"]?.text ?? ""
    name = body["name"]?.text ?? ""
    role = body["role"]?.word() ?? .viewer
  }

  static let meaning = "A member to be invited."
  static let fields: [Schema.Field] = [
    .init("email", .text("The e-mail address.", 3...254, example: "eve@example.com")),
    .init("name", .text("The name.", 1...100, example: "Eve Editor")),
    .init("role", .word("What they may do.", Role.self, example: .editor)),
  ]
}

private struct MemberChange: Taken {
  var name: String?
  var role: Role?
  var state: State?

  enum State: String, CaseIterable { case active, disabled }

  init(_ body: JSONValue) {
    name = body["name"]?.text
    role = body["role"]?.word()
    state = body["state"]?.word()
  }

  static let count = 1...1
  static let meaning = "One change of a member."
  static let fields: [Schema.Field] = [
    .optional("name", .text("Another name.", 1...100, example: "Eve Analyst")),
    .optional("role", .word("Another role.", Role.self)),
    .optional("state", .word("Whether they may sign in.", State.self)),
  ]
}

private struct InvitedMember: Given {
  var member: MemberForm
  var link: String?

  var location: String? { "\(Route.apiRoot)/members/\(member.id)" }
  var kept: Self {
    var kept = self
    kept.link = nil
    return kept
  }

  static let meaning = "A member who was invited, with the link for them."
  static let fields: [Schema.Field] = [
    .init("member", .of(MemberForm.self)), Invitation.link,
  ]
}

private struct Invitation: Given {
  var link: String?

  var kept: Self { Self(link: nil) }

  static let meaning = "The link by which a member comes in."
  static let link = Schema.Field.optional(
    "link",
    .text(
      "Where they choose a password; missing where the request is repeated, since it is not kept.",
      example: "https://journeys.example.com/invite?token=invite_…"))
  static let fields = [link]
}
