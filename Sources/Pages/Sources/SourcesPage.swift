import Accounts
import Events
import Store

/// Where events come from.
public enum SourcesPage {
  /// Somebody or something that sends events.
  public struct Source: Sendable {
    /// The name that people know it by.
    public var name: String
    /// What it sent.
    public var record: CollectionRecord
    /// What it is called in addresses.
    public var key: String { "\(record.source.kind.rawValue)-\(record.source.id)" }
    /// Whether it ever sent something.
    public private(set) var hasSent = true

    /// A source that sent something.
    public init(name: String, record: CollectionRecord) {
      self.name = name
      self.record = record
    }

    /// A write key that sent nothing yet.
    public init(name: String, silent id: Int) {
      self.init(name: name, record: .silent(CollectionSource(.writeKey, id)))
      hasSent = false
    }
  }

  /// An item that was refused, with the name of its source.
  public struct Refused: Sendable {
    public var source: String
    public var item: RefusedItem

    /// Makes it.
    public init(source: String, item: RefusedItem) {
      self.source = source
      self.item = item
    }
  }

  /// How many refused items are listed.
  public static let mostRefused = 200
  /// How many names of events are listed.
  static let mostNames = 300

  enum Tab: CaseIterable {
    case overview, refused, live

    var title: Markup {
      switch self {
      case .overview: "Overview"
      case .refused: "Refused items"
      case .live: "Live"
      }
    }

    var path: Markup {
      switch self {
      case .overview: "/sources"
      case .refused: "/sources/refused"
      case .live: "/sources/live"
      }
    }
  }

  static func document(
    _ tab: Tab, title: String, mayLook: Bool, in frame: Frame, _ main: Markup
  ) -> Markup {
    let links = Tab.allCases.filter { mayLook || $0 == .overview }.map { each -> Markup in
      let current: Markup = each == tab ? " aria-current=\"page\"" : ""
      return "<a href=\"\(each.path)\"\(current)>\(each.title)</a>"
    }
    return frame.document(
      title: title,
      main: """
        <h1>\(title)</h1><nav class="tabs" aria-label="Sources">\(links)</nav>
        \(main)
        """)
  }

  /// Who sent what, and the files that were imported.
  public static func overview(
    _ sources: [Source], fetched: [Fetched], imports: [ImportRecord],
    permissions: Set<Permission>, now: Instant, in frame: Frame
  ) -> Markup {
    let mayLook = permissions.contains(.collect)
    let keys: Markup? =
      permissions.contains(.manageKeys)
      ? "<a class=\"button quiet small\" href=\"/settings/keys\">Write keys</a>" : nil
    guard !sources.isEmpty || !fetched.isEmpty || !imports.isEmpty else {
      return document(
        .overview, title: "Sources", mayLook: mayLook, in: frame,
        """
        <div class="card empty"><h2>No events yet</h2><p>Send them from your site, app or server with \
        a write key: clients of Segment, PostHog and Mixpanel work as they are. Or bring in a file \
        with <code>waymark import</code>, or name a database, a folder or a webhook under \
        <code>sources</code> in the experience.</p><p>\(keys)</p></div>
        """)
    }
    return document(
      .overview, title: "Sources", mayLook: mayLook, in: frame,
      """
      <section><div class="head"><h2>Who sends</h2><div class="actions">\(keys)</div></div>
      \(senders(sources, mayLook, now))</section>
      \(self.fetched(fetched, now))
      <section><h2>Events by name</h2>\(names(sources, now))</section>
      <section><h2>Files</h2>\(files(imports))</section>
      """)
  }

  private static func senders(_ sources: [Source], _ mayLook: Bool, _ now: Instant) -> Markup {
    guard !sources.isEmpty else {
      return "<p class=\"muted\">Nothing came over HTTP yet.</p>"
    }
    let rows = sources.map { source -> Markup in
      let record = source.record
      let refused: Markup =
        record.refused > 0 && mayLook
        ? """
        <a href="/sources/refused?source=\(url: source.key)">\(.count(record.refused))</a>
        """ : .count(record.refused)
      return """
        <tr><th scope="row" class="text">\(source.name)<br>\
        <small class="muted">\(record.source.kind.rawValue)</small></th>\
        <td class="text">\(.ago(source.hasSent ? record.last : nil, now))</td>\
        <td>\(.count(record.taken))</td><td>\(refused)</td></tr>
        """
    }
    return table("Who sends", ["Source", "Last"], ["Taken", "Refused"], rows)
  }

  private static func names(_ sources: [Source], _ now: Instant) -> Markup {
    var totals: [String: (taken: Int, last: Instant)] = [:]
    for name in sources.flatMap(\.record.names) {
      let before = totals[name.event]
      totals[name.event] = (
        (before?.taken ?? 0) + name.taken, max(before?.last ?? name.last, name.last)
      )
    }
    guard !totals.isEmpty else {
      return "<p class=\"muted\">They are listed once the first one came over HTTP.</p>"
    }
    let sorted = totals.sorted { ($1.value.last, $0.key) < ($0.value.last, $1.key) }
    let rows = sorted.prefix(mostNames).map { event, total -> Markup in
      let name: Markup =
        event.isEmpty ? "<span class=\"muted\">all further names</span>" : "\(event)"
      return """
        <tr><th scope="row" class="text">\(name)</th><td class="text">\(.ago(total.last, now))</td>\
        <td>\(.count(total.taken))</td></tr>
        """
    }
    let more: Markup? =
      sorted.count > mostNames
      ? "<p class=\"muted\">\(sorted.count - mostNames) more names that came earlier.</p>" : nil
    return table("Events by name", ["Event", "Last"], ["Taken"], Array(rows)) + (more ?? .none)
  }

  private static func files(_ imports: [ImportRecord]) -> Markup {
    guard !imports.isEmpty else {
      return "<p class=\"muted\">None yet: <code>waymark import</code> reads CSV, JSON lines and "
        + "XES.</p>"
    }
    let rows = imports.map { each -> Markup in
      let state: Markup =
        switch each.state {
        case .finished: .moment(each.ended)
        case .running: "<span class=\"badge uncertain\">not finished</span>"
        case .discarded: "<span class=\"badge even\">discarded</span>"
        }
      return """
        <tr><th scope="row" class="text">\(each.source)</th><td class="text">\(state)</td>\
        <td>\(.count(each.records))</td><td>\(.count(each.added))</td>\
        <td>\(.count(each.repeated))</td><td>\(.count(each.rejected))</td></tr>
        """
    }
    return table(
      "Files", ["File", "Imported"], ["Records", "New events", "Known", "Refused"], rows)
  }

  static func table(
    _ name: String, _ texts: [String], _ numbers: [String], _ rows: [Markup]
  ) -> Markup {
    let heads =
      texts.map { "<th class=\"text\" scope=\"col\">\($0)</th>" as Markup }
      + numbers.map { "<th scope=\"col\">\($0)</th>" as Markup }
    return """
      <div class="card scroll" tabindex="0" role="region" aria-label="\(name)"><table><thead><tr>\
      \(heads)</tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }
}
