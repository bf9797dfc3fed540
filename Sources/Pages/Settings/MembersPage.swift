import Accounts
import Events
import Store

/// Who works here, and what each may do.
public enum MembersPage {
  /// What was just made and is shown once.
  public struct Invitation: Sendable {
    var name: String
    var link: String

    /// Makes it.
    public init(name: String, link: String) {
      self.name = name
      self.link = link
    }
  }

  /// What was typed into the form and refused.
  public struct Draft: Sendable {
    var name = ""
    var email = ""
    var role = Role.viewer

    /// Makes it.
    public init(name: String = "", email: String = "", role: Role = .viewer) {
      self.name = name
      self.email = email
      self.role = role
    }
  }

  /// How many members are listed at a time; a search finds the others.
  public static let most = 200

  /// Writes the page.
  public static func render(
    _ members: [Member], search: String, own: Int?, invitation: Invitation? = nil,
    draft: Draft = Draft(), problem: Refusal? = nil, of permissions: Set<Permission>, now: Instant,
    in frame: Frame
  ) -> Markup {
    let wanted = search.lowercased()
    let found = members.filter {
      wanted.isEmpty || $0.email.contains(wanted) || $0.name.lowercased().contains(wanted)
    }
    let rows = found.prefix(most).map { row($0, isOwn: $0.id == own, now, frame) }
    let cut: Markup? =
      found.count > most
      ? "<p class=\"muted\">\(.count(found.count - most)) more: search for them.</p>" : nil
    return SettingsPage.document(
      .members, of: permissions,
      lead: "Invite people by a link that you send them; it is good for seven days.", in: frame,
      """
      \(.problem(problem))\(invitation.map(shown))
      \(form(draft, frame))
      <section><div class="head"><h2>\(.count(members.count)) members</h2>\(find(search, members))</div>
      <div class="card scroll"><table class="members"><thead><tr><th class="text" scope="col">Member</th>
      <th class="text" scope="col">Role</th><th class="text" scope="col">Last signed in</th>
      <th scope="col"><span class="unseen">Change</span></th></tr></thead>\
      <tbody>\(Array(rows))</tbody></table></div>\(cut)</section>
      """)
  }

  private static func find(_ search: String, _ members: [Member]) -> Markup? {
    guard members.count > 10 || !search.isEmpty else { return nil }
    return """
      <form class="inline" method="get" action="/settings/members" role="search">
      <label class="field">Search<input name="q" type="search" value="\(search)"></label>
      <button class="quiet">Find</button></form>
      """
  }

  private static func shown(_ invitation: Invitation) -> Markup {
    SettingsPage.shownOnce(
      "Invitation of \(invitation.name)", invitation.link,
      "<p class=\"muted\">Whoever opens the link first chooses the password, so send it by a way "
        + "that only they read.</p>")
  }

  private static func form(_ draft: Draft, _ frame: Frame) -> Markup {
    let roles = Role.allCases.map {
      Markup.option($0.rawValue, title($0), chosen: $0 == draft.role)
    }
    return """
      <form class="card inline" method="post" action="/settings/members">\(frame.formField)
      <label class="field">Name<input name="name" value="\(draft.name)" required maxlength="100" \
      autocomplete="off"></label>
      <label class="field">Email<input name="email" type="email" value="\(draft.email)" required \
      maxlength="254" autocomplete="off"></label>
      <label class="field">Role<select name="role">\(roles)</select></label>
      <button>Invite</button></form>
      """
  }

  private static func row(_ member: Member, isOwn: Bool, _ now: Instant, _ frame: Frame) -> Markup {
    let path = "/settings/members/\(member.id)"
    let state: Markup? =
      member.state == .disabled
      ? " <span class=\"badge missed\">disabled</span>"
      : member.signIn == .invited ? " <span class=\"badge even\">invited</span>" : nil
    let roles = Role.allCases.map {
      Markup.option($0.rawValue, title($0), chosen: $0 == member.role)
    }
    let able =
      member.state == .disabled
      ? SettingsPage.button("Enable", to: path + "/enable", of: member.name, in: frame)
      : SettingsPage.button("Invite again", to: path + "/invite", of: member.name, in: frame)
        + SettingsPage.button(
          "Disable", to: path + "/disable",
          confirm: "\(member.name) is signed out everywhere and can't sign in. Disable?",
          of: member.name, in: frame)
    let remove = SettingsPage.button(
      "Remove", to: path + "/remove", kind: .danger,
      confirm: "Remove \(member.name), with their sessions and tokens? What they saved stays.",
      of: member.name, in: frame)
    let own: Markup? = isOwn ? " <span class=\"badge met\">you</span>" : nil
    return """
      <tr><th scope="row" class="text">\(member.name)\(own)\(state)<br>\
      <small class="muted">\(member.email)</small></th>
      <td class="text"><form method="post" action="\(path)/role" class="roles">\(frame.formField)\
      <select name="role" aria-label="Role of \(member.name)">\(roles)</select>\
      <button class="quiet small" aria-label="Set role: \(member.name)">Set</button></form></td>
      <td class="text">\(.ago(member.signedIn, now))</td>
      <td><div class="actions">\(able)\(remove)</div></td></tr>
      """
  }

  private static func title(_ role: Role) -> String {
    switch role {
    case .viewer: "Viewer: reads"
    case .analyst: "Analyst: asks and saves"
    case .editor: "Editor: changes the experience"
    case .admin: "Admin: manages people and keys"
    }
  }
}
