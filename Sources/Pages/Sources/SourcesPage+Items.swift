import Accounts
import Store

extension SourcesPage {
  /// What was sent and not taken, with what to do about it.
  ///
  /// - Parameters:
  ///   - items: the latest first.
  ///   - codes: the reasons that occur.
  ///   - source: the source that was asked for.
  ///   - code: the reason that was asked for.
  public static func refused(
    _ items: [Refused], sources: [Source], codes: [String], source: String?, code: String?,
    permissions: Set<Permission>, in frame: Frame
  ) -> Markup {
    let choices =
      [Markup.option("", "all", chosen: source == nil)]
      + sources.filter(\.hasSent).map { .option($0.key, $0.name, chosen: $0.key == source) }
    let reasons =
      [Markup.option("", "all", chosen: code == nil)]
      + codes.map { .option($0, $0, chosen: $0 == code) }
    let list: Markup =
      items.isEmpty
      ? """
      <div class="card empty"><h2>Nothing was refused</h2><p>The latest items that can't be taken \
      are kept here, with the reason: the last \(RefusedItem.most) of each source.</p></div>
      """ : "<ol class=\"refused\">\(items.map(entry))</ol>"
    return document(
      .refused, title: "Refused items", mayLook: permissions.contains(.collect), in: frame,
      """
      <form class="inline" method="get" action="/sources/refused" data-instant>
      <label class="field">From<select name="source">\(choices)</select></label>
      <label class="field">Reason<select name="code">\(reasons)</select></label>
      <button class="quiet">Show</button></form>\(list)
      """)
  }

  private static func entry(_ refused: Refused) -> Markup {
    let item = refused.item
    let field: Markup? = item.field.map { " · field <code>\($0)</code>" }
    return """
      <li class="card"><p><b>\(item.problem)</b></p>
      <p class="muted">\(.moment(item.at)) · \(refused.source) · \(item.dialect) · \
      <code>\(item.code)</code>\(field)</p>
      <p>\(advice(item.code))</p>
      <details><summary>What was sent</summary><pre tabindex="0" role="region" \
      aria-label="What was sent">\(lines: item.item)</pre></details></li>
      """
  }

  /// What to do about a kind of refusal.
  static func advice(_ code: String) -> Markup {
    let area = String(code.prefix { $0 != "." })
    switch area {
    case "time", "instant":
      return "Send times as ISO 8601 with an offset, or as seconds since 1970, not in the future."
    case "identity", "customer":
      return "Send a user id or an anonymous id with each event: at most 512 bytes, not empty."
    case "json", "body", "yaml":
      return "Look at how the client writes its body: it has to be JSON in UTF-8."
    case "event", "name": return "Give the event a name of at most 200 characters."
    case "property", "properties":
      return "Send texts, numbers and truth values; fewer or shorter ones where there are too many."
    default:
      return
        "Change what sends it, and send it again: an event with the same message id counts once."
    }
  }

  /// Items as they come in.
  public static func live(in frame: Frame) -> Markup {
    document(
      .live, title: "Live", mayLook: true, in: frame,
      """
      <p class="intro muted">Each item that comes over HTTP is shown here as it comes, taken or \
      refused; the latest 200. Nothing is kept.</p>
      <div class="inline"><p class="live" data-state="" role="status">connecting</p>
      <button type="button" class="quiet" id="pause" aria-pressed="false">Pause</button>
      <label class="field">Only with<input id="only" type="search" placeholder="a word" \
      autocomplete="off"></label></div>
      <noscript><p class="notice">This page needs scripts; refused items are listed without.</p>\
      </noscript>
      <div class="card scroll" tabindex="0" role="region" aria-label="Items"><table>
      <thead><tr><th class="text" scope="col">When</th><th class="text" scope="col">Source</th>
      <th class="text" scope="col">Event</th><th class="text" scope="col">Customer</th>
      <th class="text" scope="col">What became of it</th></tr></thead>
      <tbody id="items" data-items="/sources/live/events"></tbody></table></div>
      """)
  }
}
