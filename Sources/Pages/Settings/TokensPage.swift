import Accounts
import Events
import Store

/// The tokens with which programs act for a member.
public enum TokensPage {
  /// A token that was just made.
  public struct Made: Sendable {
    var name: String
    var secret: String
    var address: String

    /// Makes it.
    public init(name: String, secret: String, address: String) {
      self.name = name
      self.secret = secret
      self.address = address
    }
  }

  /// For how many days a token can be made; nil: until it is revoked.
  public static let spans: [Int?] = [7, 30, 90, 365, nil]

  /// Writes the page.
  ///
  /// - Parameters:
  ///   - tokens: one's own, and those of others where one manages keys.
  ///   - member: who looks at it.
  public static func render(
    _ tokens: [APIToken], member: Int?, role: Role, made: Made? = nil, problem: Refusal? = nil,
    of permissions: Set<Permission>, now: Instant, in frame: Frame
  ) -> Markup {
    let rows = tokens.map { row($0, isOwn: $0.member.id == member, now, frame) }
    let table: Markup =
      tokens.isEmpty
      ? """
      <div class="card empty"><h2>No token yet</h2><p>A program that reads maps or asks questions \
      under <code>/api</code> needs one.</p></div>
      """
      : """
      <div class="card scroll"><table><thead><tr><th class="text" scope="col">Token</th>
      <th class="text" scope="col">Scopes</th><th class="text" scope="col">Expires</th>
      <th class="text" scope="col">Last used</th>
      <th scope="col"><span class="unseen">Revoke</span></th></tr></thead><tbody>\(rows)</tbody>\
      </table></div>
      """
    return SettingsPage.document(
      .tokens, of: permissions,
      lead: """
        A program with a token acts for you, within the scopes that you give it: \
        <a href="/api">what it can do</a>.
        """, in: frame,
      """
      \(.problem(problem))\(made.map(shown))
      \(form(role, frame))
      <section><h2>Tokens</h2>\(table)</section>
      """)
  }

  private static func form(_ role: Role, _ frame: Frame) -> Markup {
    let scopes = Scope.allCases.filter { $0.permissions.isSubset(of: role.permissions) }
    let boxes = scopes.map { scope -> Markup in
      """
      <label><input type="checkbox" name="scope-\(scope.rawValue)" value="on"\
      \(if: scope == .read, "checked")> <b>\(scope.rawValue)</b> \
      <span class="muted">\(words(scope))</span></label>
      """
    }
    let choices = spans.map { days -> Markup in
      .option(
        days.map { "\($0)" } ?? "", days.map { "in \($0) days" } ?? "never", chosen: days == 90)
    }
    return """
      <form class="card" method="post" action="/settings/tokens">\(frame.formField)
      <div class="inline"><label class="field">What it is for<input name="name" required \
      maxlength="100" placeholder="Weekly report" autocomplete="off"></label>
      <label class="field">Expires<select name="days">\(choices)</select></label></div>
      <fieldset class="checks"><legend class="muted">Scopes</legend>\(boxes)</fieldset>
      <button>Make a token</button></form>
      """
  }

  private static func words(_ scope: Scope) -> String {
    switch scope {
    case .read: "reads maps and answers"
    case .ask: "reads, asks and saves"
    case .collect: "sends events, and nothing else"
    case .edit: "also changes the experience, links and erases customers"
    case .admin: "everything that you may"
    }
  }

  private static func row(
    _ token: APIToken, isOwn: Bool, _ now: Instant, _ frame: Frame
  ) -> Markup {
    let isPast = token.expires.map { $0 <= now } ?? false
    let action: Markup =
      token.revoked.map { "<span class=\"muted\">revoked \(.moment($0))</span>" }
      ?? (isPast
        ? "<span class=\"muted\">expired</span>"
        : SettingsPage.button(
          "Revoke", to: "/settings/tokens/\(token.id)/revoke", kind: .danger,
          confirm: "Programs that use “\(token.name)” are refused from now on. Revoke?",
          of: token.name, in: frame))
    let owner: Markup? = isOwn ? nil : "<br><small class=\"muted\">of \(token.member.name)</small>"
    let scopes = token.scopes.sorted().map {
      "<span class=\"chip\">\($0.rawValue)</span>" as Markup
    }
    return """
      <tr><th scope="row" class="text">\(token.name)\(owner)<br>\
      <code class="muted">\(token.hint)…</code></th><td class="text">\(scopes)</td>
      <td class="text">\(.moment(token.expires))</td><td class="text">\(.ago(token.used, now))</td>
      <td>\(action)</td></tr>
      """
  }

  private static func shown(_ made: Made) -> Markup {
    SettingsPage.shownOnce(
      "The token “\(made.name)”", made.secret,
      """
      <pre tabindex="0" role="region" aria-label="Example">\(lines: example(made))</pre>
      """)
  }

  private static func example(_ made: Made) -> String {
    "curl \(made.address)/api/v1/journeys -H 'Authorization: Bearer \(made.secret)'"
  }
}
