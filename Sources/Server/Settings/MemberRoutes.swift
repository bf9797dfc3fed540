import Accounts
import Events
import Hummingbird
import Pages
import Store

/// Members: invited, changed, removed.
enum MemberRoutes {
  static let all: [Route] = [
    Route(.get, "/settings/members", .permitted(.manageMembers)) { visit in try page(visit) },
    Route(.post, "/settings/members", .permitted(.manageMembers)) { visit in
      try await add(visit)
    },
    Route(.post, "/settings/members/{member}/role", .permitted(.manageMembers)) { visit in
      try await change(visit, .role) { store, member, principal, form in
        guard let role = Role(rawValue: form["role"] ?? "") else { throw unknownRole(form["role"]) }
        try store.changeRole(ofMember: member, to: role, by: principal)
      }
    },
    Route(.post, "/settings/members/{member}/disable", .permitted(.manageMembers)) { visit in
      try await change(visit, .disabled) { store, member, principal, _ in
        try store.disableMember(member, by: principal)
      }
    },
    Route(.post, "/settings/members/{member}/enable", .permitted(.manageMembers)) { visit in
      try await change(visit, .enabled) { store, member, principal, _ in
        try store.enableMember(member, by: principal)
      }
    },
    Route(.post, "/settings/members/{member}/remove", .permitted(.manageMembers)) { visit in
      try await change(visit, .removed) { store, member, principal, _ in
        try store.removeMember(member, by: principal)
      }
    },
    Route(.post, "/settings/members/{member}/invite", .permitted(.manageMembers)) { visit in
      try inviteAgain(visit)
    },
  ]

  private static func page(
    _ visit: Visit, invitation: MembersPage.Invitation? = nil,
    draft: MembersPage.Draft = .init(), problem: Refusal? = nil
  ) throws -> Response {
    var frame = visit.frame(.settings)
    frame.notice = problem == nil && invitation == nil ? visit.done : nil
    let page = MembersPage.render(
      try visit.workspace.store.members(), search: visit.query("q") ?? "",
      own: try visit.principal().member, invitation: invitation, draft: draft, problem: problem,
      of: visit.permissions, now: .now, in: frame)
    return .page(page, problem == nil ? .ok : .unprocessableContent)
  }

  private static func add(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let role = Role(rawValue: form["role"] ?? "")
    let draft = MembersPage.Draft(
      name: form["name"] ?? "", email: form["email"] ?? "", role: role ?? .viewer)
    do {
      guard let role else { throw unknownRole(form["role"]) }
      let (member, secret) = try visit.workspace.store.addMember(
        email: form["email"] ?? "", name: form["name"] ?? "", role: role, by: visit.principal())
      return try page(visit, invitation: invitation(member.name, secret, visit))
    } catch let refusal as Refusal {
      return try page(visit, draft: draft, problem: refusal)
    }
  }

  private static func inviteAgain(_ visit: Visit) throws -> Response {
    do {
      let number = try visit.number("member")
      let secret = try visit.workspace.store.inviteAgain(number, by: visit.principal())
      let name = try visit.workspace.store.members().first { $0.id == number }?.name ?? ""
      return try page(visit, invitation: invitation(name, secret, visit))
    } catch let refusal as Refusal where refusal.code == "member.disabled" {
      return try page(visit, problem: refusal)
    }
  }

  private static func invitation(
    _ name: String, _ secret: Secret, _ visit: Visit
  ) -> MembersPage.Invitation {
    .init(name: name, link: "\(visit.address)/invite?token=\(secret.revealed())")
  }

  private static func change(
    _ visit: Visit, _ done: Done,
    _ work: (Store, Int, Principal, [String: String]) throws -> Void
  ) async throws -> Response {
    let form = try await visit.form()
    do {
      try work(visit.workspace.store, visit.number("member"), visit.principal(), form)
      return .goTo("/settings/members?done=\(done.rawValue)")
    } catch let refusal as Refusal where refusal.code != "member.unknown" {
      return try page(visit, problem: refusal)
    }
  }

  private static func unknownRole(_ role: String?) -> Refusal {
    Refusal(
      "member.role", problem: "There is no role “\(role?.prefix(40) ?? "")”.",
      remedy: "Choose one of: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
  }
}
