import Accounts
import Events
import Maps
import Store

/// How long events are kept, what another rule would remove, and how far a removal is.
public struct RetentionPage {
  /// How far the latest removal is.
  public enum State: Sendable {
    /// None was needed since the start.
    case idle
    /// So many of so many parts are written.
    case running(done: Int, of: Int)
    /// So many events went.
    case done(events: Int, at: Instant)
    /// It failed, in these words, and is tried again.
    case failed(String)
  }

  /// The part of the page that changes while events are removed.
  public static let part = "removal"
  /// How many months and names of a preview are listed.
  static let mostListed = 24

  private let rule: RetentionRule
  private let draft: RetentionRule?
  private let expired: ExpiredEvents?
  private let removed: Horizon
  private let state: State
  private let word: String
  private let seen: Int

  /// Makes a page.
  ///
  /// - Parameters:
  ///   - rule: the rule that holds.
  ///   - draft: another one that somebody looks at; nil: nobody does.
  ///   - expired: what that would remove.
  ///   - removed: what was removed up to now.
  ///   - word: what has to be typed before anything is removed.
  ///   - seen: the version of the events that the page shows.
  public init(
    rule: RetentionRule, draft: RetentionRule?, expired: ExpiredEvents?, removed: Horizon,
    state: State, word: String, seen: Int
  ) {
    self.rule = rule
    self.draft = draft
    self.expired = expired
    self.removed = removed
    self.state = state
    self.word = word
    self.seen = seen
  }

  /// Writes the page.
  public func render(
    _ problem: Refusal?, of permissions: Set<Permission>, in frame: Frame
  ) -> Markup {
    SettingsPage.document(
      .retention, of: permissions,
      lead: """
        Older events go every day, from everywhere, for good; late ones are refused. Months are \
        counted back from today in UTC.
        """, in: frame,
      """
      \(.problem(problem))
      <div id="\(Self.part)" data-live="/changes" data-seen="\(seen)">\(Self.removal(state))</div>
      \(form)\(preview(frame))\(gone)
      """)
  }

  /// How far the latest removal is: the live part of the page.
  public static func removal(_ state: State) -> Markup {
    switch state {
    case .idle: return .none
    case .running(let done, let of):
      return """
        <p class="notice" role="status">Removing: \(.count(done)) of \(.count(of)) parts are \
        written. Questions are answered as before until the last one is.</p>
        """
    case .done(let events, let moment):
      return """
        <p class="notice" role="status">\(.count(events)) events were removed, \
        \(.moment(moment)).</p>
        """
    case .failed(let words):
      return "<p class=\"notice problem\" role=\"alert\">Nothing was removed. \(words)</p>"
    }
  }

  private var form: Markup {
    let shown = draft ?? rule
    return """
      <form class="card" method="get" action="/settings/retention">
      <label class="field">Months for which events are kept \
      <span class="muted">(nothing: for ever)</span>\
      <input name="months" type="number" min="1" max="\(RetentionRule.longest)" \
      value="\(shown.months.map(String.init) ?? "")"></label>
      <label class="field">Other terms for some events \
      <span class="muted">(one a line; Page Viewed: 6, or Order Completed: keep)</span>\
      <textarea name="named" rows="4" spellcheck="false">\(lines: shown.lines)</textarea></label>
      <p><button>Look what would go</button></p></form>
      """
  }

  /// What the draft would remove, and the form that makes it the rule.
  private func preview(_ frame: Frame) -> Markup? {
    guard let draft, let expired else { return nil }
    let months = draft.months.map(String.init) ?? ""
    let hidden: Markup = """
      \(frame.formField)<input type="hidden" name="months" value="\(months)">\
      <input type="hidden" name="named" value="\(lines: draft.lines)">
      """
    guard expired.count > 0 else {
      return """
        <section class="card" aria-labelledby="preview"><h2 id="preview">Nothing goes today</h2>
        <p>No event is older. Each day from now on removes what has become so.</p>
        <form method="post" action="/settings/retention">\(hidden)<button>Keep by this rule</button>\
        </form></section>
        """
    }
    let last = expired.horizon.latest
    return """
      <section class="card" aria-labelledby="preview">
      <h2 id="preview">\(.count(expired.count)) events would go</h2>
      <p>They happened before \(.moment(last)). This can't be undone, but from a backup.</p>
      \(table("Month", expired.months.map { ($0.month, $0.count) }))
      \(table("Event", expired.names.map { ($0.name, $0.count) }))
      <form method="post" action="/settings/retention">\(hidden)
      <label class="field">Type “\(word)” to confirm<input name="confirm" required \
      autocomplete="off" autocapitalize="off"></label>
      <p><button class="danger">Remove them, and keep by this rule</button></p></form></section>
      """
  }

  private func table(_ head: String, _ rows: [(name: String, count: Int)]) -> Markup {
    let shown = rows.prefix(Self.mostListed).map { row -> Markup in
      "<tr><th scope=\"row\" class=\"text\">\(row.name)</th><td>\(.count(row.count))</td></tr>"
    }
    let more: Markup? =
      rows.count > Self.mostListed
      ? "<p class=\"muted\">and \(.count(rows.count - Self.mostListed)) more</p>" : nil
    return """
      <div class="scroll"><table class="list"><thead><tr><th scope="col" class="text">\(head)</th>\
      <th scope="col">Events</th></tr></thead><tbody>\(Array(shown))</tbody></table></div>\(more)
      """
  }

  /// What is gone already.
  private var gone: Markup? {
    guard removed.latest != nil else { return nil }
    var lines: [Markup] = []
    if let others = removed.others { lines.append("<li>events before \(.moment(others))</li>") }
    for name in removed.named.keys.sorted() where removed.limit(of: name) != removed.others {
      lines.append(
        "<li>“\(name)” before \(.moment(removed.limit(of: name), never: "no moment"))</li>")
    }
    return """
      <section><h2>Removed up to now</h2><ul class="rules">\(lines)</ul>
      <p class="muted">Answers whose range begins earlier say so.</p></section>
      """
  }
}
