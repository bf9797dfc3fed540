import Events
import Experience
import Maps
import Store

/// What customers said that somebody has to see to.
public struct InboxPage: Sendable {
  /// The most tickets that are listed.
  public static let most = 200
  /// The name of the live part.
  public static let part = "tickets"

  /// The tickets that fit, of which one more than `most` may be there.
  public var tickets: [Ticket]
  public var filter: TicketFilter
  /// How many tickets wait in each tab that counts them, whatever else is chosen.
  public var counts: TicketCounts
  /// How many wait for whoever looks.
  public var mine: Int
  /// The member who looks.
  public var member: Int?
  public var experience: Experience?
  public var now: Instant
  /// The version of what it shows.
  public var seen: Int
  /// Whether what the experience asks for can't be read.
  public var hasErrors = false

  /// Makes a page.
  public init(
    _ tickets: [Ticket], _ filter: TicketFilter, counts: TicketCounts, mine: Int, member: Int?,
    in experience: Experience?, now: Instant, seen: Int
  ) {
    self.tickets = tickets
    self.filter = filter
    self.counts = counts
    self.mine = mine
    self.member = member
    self.experience = experience
    self.now = now
    self.seen = seen
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    frame.document(
      title: "Inbox",
      main: """
        <div class="head"><div><h1>Inbox</h1>\
        <p class="lead">What customers said that somebody has to see to, what is due first on top.</p></div>\
        <div class="actions"><span class="live" data-state="off"></span></div></div>
        \(warning)\(picker)
        <div id="\(Self.part)" data-live="/changes" data-seen="\(seen)">\(list)</div>
        """)
  }

  private var warning: Markup? {
    hasErrors
      ? """
      <p class="notice problem" role="alert">The <a href="/experience">experience</a> has errors: nothing \
      is opened until they are mended.</p>
      """ : nil
  }

  /// The live part alone.
  public var list: Markup { tabs + rows }

  private var tabs: Markup {
    let links = TicketFilter.Progress.allCases.map { progress -> Markup in
      let current: Markup = progress == filter.progress ? " aria-current=\"page\"" : ""
      let count: Markup? =
        switch progress {
        case .unclosed: " \(.count(counts.unclosed))"
        case .overdue: " \(.count(counts.overdue))"
        case .open, .inProgress, .closed: nil
        }
      return "<a href=\"\(address(progress))\"\(current)>\(progress.title)\(count)</a>"
    }
    return "<nav class=\"tabs\" aria-label=\"How far they are\">\(links)</nav>"
  }

  private func address(_ progress: TicketFilter.Progress) -> Markup {
    let mine: Markup? = filter.assignee.map { _ in "&amp;mine=1" }
    return """
      /inbox?state=\(progress.rawValue)&amp;team=\(url: filter.team ?? "")\
      &amp;touchpoint=\(url: filter.touchpoint ?? "")\(mine)
      """
  }

  private var picker: Markup {
    let teams =
      [Markup.option("", "all teams", chosen: filter.team == nil)]
      + (experience?.teams ?? []).map {
        .option($0.name, $0.title, chosen: $0.name == filter.team)
      }
    let touchpoints =
      [Markup.option("", "all touchpoints", chosen: filter.touchpoint == nil)]
      + (experience?.touchpoints ?? []).map {
        .option($0.name, $0.title, chosen: $0.name == filter.touchpoint)
      }
    let own: Markup? = member.map { _ in
      """
      <label class="field check"><input type="checkbox" name="mine" value="1"\
      \(if: filter.assignee != nil, "checked")>mine (\(.count(mine)))</label>
      """
    }
    return """
      <form class="inline" method="get" action="/inbox" data-instant>\
      <input type="hidden" name="state" value="\(filter.progress?.rawValue ?? "")">\
      <label class="field">Team<select name="team">\(teams)</select></label>\
      <label class="field">Touchpoint<select name="touchpoint">\(touchpoints)</select></label>\
      \(own)<button class="quiet">Show</button></form>
      """
  }

  private var rows: Markup {
    guard !tickets.isEmpty else { return empty }
    let more: Markup? =
      tickets.count > Self.most
      ? "<p class=\"muted\">There are more: choose a team or a touchpoint.</p>" : nil
    return """
      <div class="card scroll" tabindex="0" role="region" aria-label="Tickets"><table class="list">\
      <thead><tr><th class="text" scope="col">Ticket</th><th class="text" scope="col">Said</th>\
      <th class="text" scope="col">Touchpoint</th><th class="text" scope="col">Seen to by</th>\
      <th class="text" scope="col">Due</th><th class="text" scope="col">State</th></tr></thead>\
      <tbody>\(tickets.prefix(Self.most).map(row))</tbody></table></div>\(more)
      """
  }

  private func row(_ ticket: Ticket) -> Markup {
    let score = ticket.score(ticket.latest, in: experience)
    let points: Markup? = score.map { "<b class=\"figure\">\($0)</b> " }
    let words: Markup =
      ticket.latest.comment.map { "<bdi>\($0.cleaned.shortened(to: 120))</bdi>" }
      ?? (score == nil ? "<span class=\"muted\">no words</span>" : .none)
    let who: Markup =
      ticket.assignee.map { "<bdi>\($0.name)</bdi>" } ?? "<span class=\"muted\">nobody yet</span>"
    let team: Markup =
      ticket.teamTitle(in: experience).map { "<bdi>\($0)</bdi>" } ?? "no team"
    let due: Markup =
      ticket.state == .closed
      ? "<span class=\"muted\">closed \(.ago(ticket.closed, now))</span>" : ticket.dueWords(now)
    return """
      <tr><th scope="row" class="text"><a href="/inbox/\(ticket.number)">\(ticket.number) · \
      <bdi>\(ticket.title(in: experience))</bdi></a></th><td class="text">\(points)\(words)</td>\
      <td class="text"><bdi>\(ticket.touchpointTitle(in: experience) ?? "–")</bdi></td>\
      <td class="text who">\(who)<br><small class="muted">\(team)</small></td>\
      <td class="text">\(due)</td><td class="text">\(ticket.badge(now))</td></tr>
      """
  }

  private var isNarrowed: Bool {
    filter.team != nil || filter.touchpoint != nil || filter.assignee != nil
      || filter.progress != .unclosed
  }

  private var empty: Markup {
    let asks =
      experience.map { !$0.loops.isEmpty || $0.surveys.contains { $0.loop != nil } } ?? false
    guard !asks else {
      let words: Markup =
        isNarrowed ? "No ticket is like that." : "Everything that customers said is seen to."
      return "<div class=\"card empty\"><h2>Nothing here</h2><p>\(words)</p></div>"
    }
    return """
      <div class="card empty"><h2>Nothing opens a ticket yet</h2><p>Say in the experience which answers \
      somebody has to see to, and by when. A survey says it of its own answers, <code>loops</code> of \
      other events: reviews, mentions, complaints.</p>\
      <pre tabindex="0" role="region" aria-label="An example"><code>\(lines: Self.example)\
      </code></pre><p>A ticket goes to the team that is named, or to the owner of the touchpoint.</p></div>
      """
  }

  private static let example = """
    surveys:
      delivery:
        kind: csat
        ask: How was your delivery?
        after: parcel_received
        loop: {when: {score: 1..2}, due: 2d}
    loops:
      bad_review:
        on: 'event == "Review Posted" && properties.stars <= 2'
        about: review
        due: 2d
    """
}
