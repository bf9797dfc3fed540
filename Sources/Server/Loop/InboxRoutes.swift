import Accounts
import Events
import Hummingbird
import Pages
import Store

/// The inbox: what customers said that somebody has to see to, and what is done about it.
enum InboxRoutes {
  static let all: [Route] = [
    Route(.get, "/inbox", .permitted(.read)) { visit in try list(visit) },
    Route(.get, "/inbox/{ticket}", .permitted(.read)) { visit in try show(visit) },
    Route(.post, "/inbox/{ticket}", .permitted(.seeToTickets)) { visit in try await act(visit) },
  ]

  private static func list(_ visit: Visit) throws -> Response {
    let store = visit.workspace.store
    let seen = visit.workspace.changes.version
    let member = visit.visitor.principal?.member
    let filter = try filter(visit, member: member)
    let mine = try member.map { try store.ticketCounts(TicketFilter(assignee: $0)).unclosed }
    let narrowed = TicketFilter(
      team: filter.team, touchpoint: filter.touchpoint, assignee: filter.assignee)
    let file = visit.workspace.experience()
    var page = InboxPage(
      try store.tickets(filter, limit: InboxPage.most + 1), filter,
      counts: try store.ticketCounts(narrowed), mine: mine ?? 0, member: member,
      in: file.experience, now: .now, seen: seen)
    page.hasErrors = !file.errors.isEmpty
    if visit.wantsPart == InboxPage.part { return .page(page.list) }
    return .page(page.render(visit.frame(.inbox)))
  }

  private static func filter(_ visit: Visit, member: Int?) throws(Refusal) -> TicketFilter {
    let text = visit.query("state") ?? TicketFilter.Progress.unclosed.rawValue
    guard let progress = TicketFilter.Progress(rawValue: text) else {
      let known = TicketFilter.Progress.allCases.map(\.rawValue).joined(separator: ", ")
      throw Refusal(
        "ticket.state", problem: "“\(text.prefix(40))” is no state of a ticket.",
        remedy: "Choose one of \(known).")
    }
    return TicketFilter(
      progress, team: visit.query("team"), touchpoint: visit.query("touchpoint"),
      assignee: visit.query("mine") == nil ? nil : member)
  }

  private static func show(
    _ visit: Visit, problem: Refusal? = nil, typed: String = ""
  ) throws -> Response {
    let store = visit.workspace.store
    let ticket = try store.ticket(visit.number("ticket"))
    let (answers, deeds) = try store.story(ofTicket: ticket.number)
    let mayAct = visit.visitor.may(.seeToTickets)
    let members =
      try mayAct
      ? store.members().filter {
        $0.state == .active && $0.role.permissions.contains(.seeToTickets)
      } : []
    var page = TicketPage(
      ticket, answers: answers, deeds: deeds,
      troubles: try store.troubledMessages(ofTicket: ticket.number), members: members,
      member: visit.visitor.principal?.member, mayAct: mayAct,
      in: visit.workspace.experience().experience, now: .now)
    page.problem = problem
    page.typed = typed
    var frame = visit.frame(.inbox)
    frame.notice = visit.query("done").flatMap { notices[$0] }
    return .page(page.render(frame), problem == nil ? .ok : .unprocessableContent)
  }

  private static let notices = [
    "take": "It is yours.", "assign": "It is given.", "note": "Noted.",
    "close": "Closed. A new low score of the same customer opens it again.",
    "reopen": "Open again.",
  ]

  private static func act(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let text = form["text"] ?? ""
    do {
      let change = try change(form, text)
      let seen = form["seen"].flatMap { Int64($0) }.map { Instant(milliseconds: $0) }
      let ticket = try visit.workspace.store.changeTicket(
        visit.number("ticket"), change, seen: seen, by: visit.principal())
      visit.workspace.changes.happened()
      return .goTo("/inbox/\(ticket.number)?done=\(form["do"] ?? "")")
    } catch let refusal as Refusal
      where !["access.denied", "ticket.unknown"].contains(refusal.code)
    {
      return try show(visit, problem: refusal, typed: text)
    }
  }

  private static func change(
    _ form: [String: String], _ text: String
  ) throws(Refusal) -> TicketChange {
    switch form["do"] {
    case "take": .take
    case "assign": .assign(form["member"].flatMap { Int($0) })
    case "note": .note(text)
    case "close": .close(text)
    case "reopen": .reopen(text)
    default:
      throw Refusal(
        "ticket.deed",
        problem: "“\((form["do"] ?? "").prefix(40))” is nothing to do with a ticket.",
        remedy: "Take it, give it to somebody, note, close, or open it again.")
    }
  }
}
