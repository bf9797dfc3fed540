import Accounts
import Events
import Store

/// The keys by which events come in.
public enum WriteKeysPage {
  /// A key that was just made.
  public struct Made: Sendable {
    var name: String
    var secret: String
    var address: String

    /// Makes it; the address is that by which clients reach the server.
    public init(name: String, secret: String, address: String) {
      self.name = name
      self.secret = secret
      self.address = address
    }
  }

  /// Writes the page.
  public static func render(
    _ keys: [WriteKey], records: [CollectionRecord], made: Made? = nil, draft: String = "",
    problem: Refusal? = nil, of permissions: Set<Permission>, now: Instant, in frame: Frame
  ) -> Markup {
    let sent = Dictionary(
      records.filter { $0.source.kind == .writeKey }.map { ($0.source.id, $0) },
      uniquingKeysWith: { first, _ in first })
    let rows = keys.map { row($0, sent[$0.id], now, frame) }
    let table: Markup =
      keys.isEmpty
      ? """
      <div class="card empty"><h2>No key yet</h2><p>A key lets a site, an app or a server send \
      events here, and nothing else. Make one for each place that sends.</p></div>
      """
      : """
      <div class="card scroll"><table><thead><tr><th class="text" scope="col">Key</th>
      <th class="text" scope="col">Made</th><th class="text" scope="col">Last event</th>
      <th scope="col">Taken</th><th scope="col">Refused</th>
      <th scope="col"><span class="unseen">Revoke</span></th></tr></thead><tbody>\(rows)</tbody>\
      </table></div>
      """
    return SettingsPage.document(
      .keys, of: permissions,
      lead: "A write key sends events and can read nothing, so it may stand in a page or an app.",
      in: frame,
      """
      \(.problem(problem))\(made.map(shown))
      <form class="card inline" method="post" action="/settings/keys">\(frame.formField)
      <label class="field">Name of the key<input name="name" value="\(draft)" required \
      maxlength="100" placeholder="Web shop" autocomplete="off"></label><button>Make a key</button>\
      </form>
      <section><h2>Keys</h2>\(table)</section>
      """)
  }

  private static func row(
    _ key: WriteKey, _ sent: CollectionRecord?, _ now: Instant, _ frame: Frame
  ) -> Markup {
    let action: Markup =
      key.revoked.map { "<span class=\"muted\">revoked \(.moment($0))</span>" }
      ?? SettingsPage.button(
        "Revoke", to: "/settings/keys/\(key.id)/revoke", kind: .danger,
        confirm: "Whatever sends with “\(key.name)” is refused from now on. Revoke?",
        of: key.name, in: frame)
    return """
      <tr><th scope="row" class="text">\(key.name)<br><code class="muted">\(key.hint)…</code></th>
      <td class="text">\(.moment(key.made))</td><td class="text">\(.ago(sent?.last, now))</td>
      <td>\(.count(sent?.taken ?? 0))</td><td>\(.count(sent?.refused ?? 0))</td><td>\(action)</td></tr>
      """
  }

  private static func shown(_ made: Made) -> Markup {
    SettingsPage.shownOnce(
      "The key “\(made.name)”", made.secret,
      """
      <h3>Send the first event</h3>
      \(Snippets.all(key: made.secret, address: made.address))
      """)
  }
}
