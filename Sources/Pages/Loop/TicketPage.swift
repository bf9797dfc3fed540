import Events
import Experience
import Maps
import Store

/// One ticket: what was said, what was done since, and what can be done.
public struct TicketPage: Sendable {
  public var ticket: Ticket
  public var answers: [TicketAnswer]
  public var deeds: [TicketDeed]
  /// What the team could not be told.
  public var troubles: [TicketMessage]
  /// The members to whom it may be given; none where whoever looks may only read.
  public var members: [Member]
  /// The member who looks.
  public var member: Int?
  public var mayAct: Bool
  public var experience: Experience?
  public var now: Instant
  /// What was refused, and what was typed then.
  public var problem: Refusal?
  public var typed = ""

  /// Makes a page.
  public init(
    _ ticket: Ticket, answers: [TicketAnswer], deeds: [TicketDeed], troubles: [TicketMessage],
    members: [Member], member: Int?, mayAct: Bool, in experience: Experience?, now: Instant
  ) {
    self.ticket = ticket
    self.answers = answers
    self.deeds = deeds
    self.troubles = troubles
    self.members = members
    self.member = member
    self.mayAct = mayAct
    self.experience = experience
    self.now = now
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    frame.document(
      title: "Ticket \(ticket.number)",
      main: """
        <div class="head"><div><div class="over"><a href="/inbox">Inbox</a></div>
        <h1>Ticket \(ticket.number): <bdi>\(ticket.title(in: experience))</bdi></h1>
        <p class="facts">\(ticket.badge(now))\(due)</p></div></div>
        \(Markup.problem(problem))\(trouble)
        <div class="story"><div><section aria-labelledby="said"><h2 id="said">What was said</h2>\
        \(answers.map(said))</section>
        <section aria-labelledby="done"><h2 id="done">What was done</h2>\
        <ol class="deeds">\(deeds.map(line))</ol></section></div>
        <aside><section aria-labelledby="facts"><h2 id="facts">About</h2>\(facts)</section>\
        \(actions(frame))</aside></div>
        """)
  }

  private var due: Markup {
    if let closed = ticket.closed { return "<span>closed \(.ago(closed, now))</span>" }
    return "<span>due \(ticket.dueWords(now))</span>"
  }

  private var trouble: Markup? {
    troubles.last.map { message in
      let end: Markup = message.isGivenUp ? "It was given up." : "It is tried again."
      return """
        <p class="notice problem">The team could not be told by \(message.way.rawValue): \
        \(message.problem ?? "") \(end)</p>
        """
    }
  }

  private func said(_ answer: TicketAnswer) -> Markup {
    let score: Markup? = ticket.score(answer, in: experience).map {
      "<p class=\"given\"><b class=\"figure\">\($0)</b></p>"
    }
    let words: Markup =
      answer.comment.map {
        "<blockquote class=\"quoted\" tabindex=\"0\" dir=\"auto\">\(Self.lines($0))</blockquote>"
      }
      ?? (answer.identity == nil
        ? "<p class=\"muted\">The words are gone with the customer’s data.</p>"
        : "<p class=\"muted\">No words were written.</p>")
    return """
      <div class="card said"><p class="muted">\(answer.event), \(.moment(answer.at))</p>\
      \(score)\(words)</div>
      """
  }

  /// Words of a customer: each line cleaned of what could hide or turn it.
  private static func lines(_ text: String) -> Markup {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "\(String($0))" as Markup }.joined(separator: "<br>")
  }

  private func line(_ deed: TicketDeed) -> Markup {
    let who: Markup = deed.who.map { "<bdi>\($0)</bdi>" } ?? "Waymark"
    let text: Markup? =
      deed.text.isEmpty || deed.kind == .assigned
      ? nil : "<div class=\"quoted\">\(Self.lines(deed.text))</div>"
    return """
      <li><p>\(what(deed)) <span class="muted">\(who), \(.moment(deed.at))</span></p>\(text)</li>
      """
  }

  private func what(_ deed: TicketDeed) -> Markup {
    switch deed.kind {
    case .opened: "Opened"
    case .answered: "Said once more"
    case .reopened: deed.who == nil ? "Opened again by what was said" : "Opened again"
    case .taken: "Taken"
    case .assigned: "Given to <bdi>\(deed.text)</bdi>"
    case .noted: "Noted"
    case .closed: "Closed"
    case .overdue: "Overdue"
    }
  }

  private var facts: Markup {
    let customer: Markup =
      ticket.latest.identity.map { identity in
        """
        <a href="/customers/\(url: identity.description)"><bdi>\
        \(identity.description.shortened(to: 60))</bdi></a>
        """
      } ?? "<span class=\"muted\">somebody whose data are gone</span>"
    var rows: [(Markup, Markup)] = [("Customer", customer)]
    if let title = ticket.touchpointTitle(in: experience) {
      rows.append(("Touchpoint", "<bdi>\(title)</bdi>"))
    }
    if let name = ticket.journey {
      let title: Markup =
        experience?.journey(name).map {
          "<a href=\"/journeys/\(url: name)\"><bdi>\($0.title)</bdi></a>"
        } ?? "<bdi>\(name)</bdi>"
      rows.append(("Journey", title))
    }
    rows.append(
      ("Team", ticket.teamTitle(in: experience).map { "<bdi>\($0)</bdi>" } ?? "none owns it"))
    rows.append(
      ("Seen to by", ticket.assignee.map { "<bdi>\($0.name)</bdi>" } ?? "nobody yet"))
    rows.append(("Opened", .moment(ticket.opened)))
    rows.append(("Due", .moment(ticket.due)))
    if ticket.reopened > 0 { rows.append(("Opened again", "\(ticket.reopened) ×")) }
    return "<dl class=\"properties card\">"
      + rows.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as Markup }.joined() + "</dl>"
  }

  private func actions(_ frame: Frame) -> Markup? {
    guard mayAct else { return nil }
    let path: Markup = "/inbox/\(ticket.number)"
    let hidden: Markup = """
      \(frame.formField)<input type="hidden" name="seen" \
      value="\(String(ticket.changed.milliseconds))">
      """
    let isClosed = ticket.state == .closed
    let take: Markup? =
      isClosed || member == nil || ticket.assignee?.id == member
      ? nil
      : "<form method=\"post\" action=\"\(path)\">\(hidden)"
        + "<button name=\"do\" value=\"take\">Take it</button></form>"
    let people =
      [Markup.option("", "nobody", chosen: ticket.assignee == nil)]
      + members.map { .option("\($0.id)", $0.name, chosen: $0.id == ticket.assignee?.id) }
    let give: Markup? =
      isClosed
      ? nil
      : """
      <form class="inline" method="post" action="\(path)">\(hidden)<label class="field">Give it to\
      <select name="member">\(people)</select></label>\
      <button class="quiet" name="do" value="assign">Give</button></form>
      """
    let end: Markup =
      isClosed
      ? "<button name=\"do\" value=\"reopen\">Open again</button>"
      : "<button name=\"do\" value=\"close\">Close</button>"
    let label: Markup =
      isClosed ? "What is to be said" : "What was done, or what others should know"
    return """
      <section aria-labelledby="act"><h2 id="act">See to it</h2>\(take)\(give)
      <form method="post" action="\(path)">\(hidden)<label class="field">\(label)\
      <textarea name="text" rows="4" maxlength="\(Ticket.longestNote)">\(lines: typed)</textarea></label>\
      <div class="actions">\(end)<button class="quiet" name="do" value="note">Note</button></div></form>\
      </section>
      """
  }
}
