import Accounts
import Events
import Store

/// What members change of themselves: name, password, the browsers they are signed in with.
public enum AccountPage {
  /// Writes the page.
  public static func render(
    _ session: Session, sessions: [Session], problem: Refusal? = nil, now: Instant, in frame: Frame
  ) -> Markup {
    let member = session.member
    let rows = sessions.map { each -> Markup in
      let isThis = each.id == session.id
      let action: Markup =
        isThis
        ? "<span class=\"badge met\">this browser</span>"
        : SettingsPage.button(
          "Sign out", to: "/settings/account/sessions/\(each.id)/end", of: browser(each.browser),
          in: frame)
      return """
        <tr><th scope="row" class="text">\(browser(each.browser))</th>\
        <td class="text">\(.moment(each.began))</td>\
        <td class="text">\(.ago(each.used, now))</td><td>\(action)</td></tr>
        """
    }
    let others: Markup? =
      sessions.count < 2
      ? nil
      : SettingsPage.button(
        "Sign out all other browsers", to: "/settings/account/sessions/end", in: frame)
    return SettingsPage.document(
      .account, of: member.role.permissions,
      lead: "\(member.email), with the role “\(member.role.rawValue)”.", in: frame,
      """
      \(.problem(problem))
      <div class="pair">
      <form class="card" method="post" action="/settings/account/name">\(frame.formField)
      <h2>Name</h2>
      <label class="field">Your name<input name="name" value="\(member.name)" required \
      maxlength="100" autocomplete="name"></label><button>Save</button></form>
      \(password(member, frame))</div>
      <section><h2>Signed in</h2><div class="card scroll"><table><thead><tr>
      <th class="text" scope="col">Browser</th><th class="text" scope="col">Since</th>
      <th class="text" scope="col">Last used</th><th scope="col"><span class="unseen">Sign out</span>\
      </th></tr></thead><tbody>\(rows)</tbody></table></div>
      <p class="actions below">\(others)</p></section>
      """)
  }

  private static func password(_ member: Member, _ frame: Frame) -> Markup {
    """
    <form class="card" method="post" action="/settings/account/password">\(frame.formField)
    <h2>Password</h2>
    <input type="hidden" name="email" value="\(member.email)" autocomplete="username">
    <label class="field">Present password<input name="old" type="password" required \
    autocomplete="current-password"></label>
    <label class="field">New password<input name="new" type="password" required \
    minlength="\(PasswordHash.fewestCharacters)" autocomplete="new-password" \
    aria-describedby="password-rule"></label>
    <p class="muted" id="password-rule">Twelve characters or more. Your other browsers are signed \
    out.</p><button>Change password</button></form>
    """
  }

  /// What a browser calls itself, in few words.
  static func browser(_ agent: String) -> String {
    let names = [
      ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
      ("Safari/", "Safari"),
    ]
    let systems = [
      ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
      ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ]
    guard let name = names.first(where: { agent.contains($0.0) })?.1 else {
      return agent.isEmpty ? "Unknown" : String(agent.prefix(60))
    }
    let system = systems.first { agent.contains($0.0) }?.1
    return system.map { "\(name) on \($0)" } ?? name
  }
}
