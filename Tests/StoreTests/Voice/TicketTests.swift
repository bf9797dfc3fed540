import Accounts
import Events
import Foundation
import Testing

@testable import Store

@Suite
struct `A ticket` {
  private let folder = TemporaryFolder()
  private let clock = TestClock()

  init() { clock.advance(1_790_000_000_000) }

  private func open() throws -> Store {
    try Store.open(at: folder.path, access: .writing, clock: { [clock] in clock.now })
  }

  /// What a customer said at the clock's time.
  private func cause(
    _ message: UInt64, by id: String = "c1", at touchpoint: String? = "parcel",
    team: String? = "support", comment: String? = "Too late"
  ) -> TicketCause {
    TicketCause(
      .survey, "delivery", message: message, event: "Survey Answered", by: Identity(id),
      at: clock.now, touchpoint: touchpoint, team: team, due: .days(2), score: 1, comment: comment)
  }

  private func analyst(_ store: Store, _ name: String = "Ann") throws -> Principal {
    let (member, _) = try store.addMember(
      email: "\(name)@example.com", name: name, role: .analyst, by: .folderOwner)
    return member.principal()
  }

  @Test
  func `is opened once by an answer, ever, and by another one joined or opened anew`() throws {
    let store = try open()
    #expect(try store.openTickets([cause(1), cause(1)], telling: [:]) == [.opened(1), .known])
    #expect(
      try store.openTickets(
        [cause(2), cause(3, by: "c2"), cause(4, at: "shop"), cause(5, team: nil)], telling: [:])
        == [.joined(1), .opened(2), .opened(3), .opened(4)])
    try store.close()
    let again = try open()
    #expect(try again.openTickets([cause(1), cause(5)], telling: [:]) == [.known, .known])
    #expect(try again.story(ofTicket: 1).answers.count == 2)
    #expect(try again.ticketCounts() == TicketCounts(unclosed: 4, overdue: 0))
    #expect(try again.ticketsByTouchpoint()["parcel"]?.unclosed == 3)
  }

  @Test
  func `without a touchpoint is never joined`() throws {
    let store = try open()
    let causes = [cause(1, at: nil), cause(2, at: nil)]
    #expect(try store.openTickets(causes, telling: [:]) == [.opened(1), .opened(2)])
  }

  @Test
  func `is opened again by a new low score within thirty days, and not by an older one`() throws {
    let store = try open()
    let ann = try analyst(store)
    let early = cause(7)
    clock.pass(.days(1))
    _ = try store.openTickets([cause(1)], telling: [:])
    clock.pass(.days(1))
    try store.changeTicket(1, .close("Called them"), by: ann)
    #expect(try store.openTickets([early], telling: [:]) == [.joined(1)])
    #expect(try store.ticket(1).state == .closed)
    clock.pass(.days(30))
    #expect(try store.openTickets([cause(2)], telling: [:]) == [.reopened(1)])
    let ticket = try store.ticket(1)
    #expect(ticket.state == .open && ticket.reopened == 1 && ticket.due == clock.now + .days(2))
    try store.changeTicket(1, .close("Again"), by: ann)
    clock.pass(.days(31))
    #expect(try store.openTickets([cause(3)], telling: [:]) == [.opened(2)])
  }

  @Test
  func `is one for all identities of a customer`() throws {
    let store = try open()
    _ = try store.append([
      Event("seen", at: clock.now, by: Identity("c1"), linked: Identity("anonymous:web"))
    ])
    _ = try store.openTickets([cause(1)], telling: [:])
    #expect(
      try store.openTickets([cause(2, by: "anonymous:web"), cause(3, by: "other")], telling: [:])
        == [.joined(1), .opened(2)])
  }

  @Test
  func `passes from hand to hand, each deed in its history and in the audit log`() throws {
    let store = try open()
    let (ann, bob) = (try analyst(store), try analyst(store, "Bob"))
    _ = try store.openTickets([cause(1)], telling: [:])
    #expect(try store.changeTicket(1, .take, by: ann).assignee?.name == "Ann")
    #expect(try store.ticket(1).state == .inProgress)
    try store.changeTicket(1, .assign(bob.member), by: ann)
    try store.changeTicket(1, .note("  two\r\nlines "), by: bob)
    try store.changeTicket(1, .close("Refunded"), by: bob)
    #expect(try store.changeTicket(1, .reopen(""), by: ann).state == .inProgress)
    let deeds = try store.story(ofTicket: 1).deeds
    #expect(
      deeds.map(\.kind) == [.opened, .taken, .assigned, .noted, .closed, .reopened])
    #expect(deeds.map(\.who) == [nil, "Ann", "Ann", "Bob", "Bob", "Ann"])
    #expect(deeds[3].text == "two\nlines")
    let lines = try store.auditLog(AuditFilter(area: "ticket")).map(\.action)
    #expect(
      lines.reversed() == [
        "ticket.take", "ticket.assign", "ticket.note", "ticket.close", "ticket.reopen",
      ])
    #expect(
      try store.auditLog(AuditFilter(area: "ticket")).allSatisfy { !$0.detail.contains("two") })
  }

  @Test
  func `is nobody's once its member is removed`() throws {
    let office = try Office()
    let bob = try office.member("bob", .analyst)
    _ = try office.store.openTickets([cause(1)], telling: [:])
    try office.store.changeTicket(1, .assign(bob.id), by: office.admin)
    try office.store.removeMember(bob.id, by: office.admin)
    let ticket = try office.store.ticket(1)
    #expect(ticket.assignee == nil && ticket.state == .inProgress)
    #expect(try office.store.story(ofTicket: 1).deeds.last?.text == "bob")
  }

  @Test
  func `refuses what can't be done, and stays as it is`() throws {
    let store = try open()
    let ann = try analyst(store)
    let (viewer, _) = try store.addMember(
      email: "v@example.com", name: "Vic", role: .viewer, by: .folderOwner)
    _ = try store.openTickets([cause(1)], telling: [:])
    let before = try store.ticket(1)
    let refused: [(String, TicketChange, Principal, Instant?)] = [
      ("access.denied", .take, viewer.principal(), nil),
      ("ticket.member", .assign(viewer.id), ann, nil), ("ticket.member", .assign(99), ann, nil),
      ("ticket.member", .take, .folderOwner, nil), ("ticket.text", .note(" \n"), ann, nil),
      ("ticket.text", .close(""), ann, nil), ("ticket.open", .reopen("x"), ann, nil),
      ("ticket.text", .note(String(repeating: "x", count: 4001)), ann, nil),
      ("ticket.changed", .take, ann, Instant(milliseconds: 1)),
    ]
    for (code, change, principal, seen) in refused {
      let refusal = #expect(throws: Refusal.self) {
        try store.changeTicket(1, change, seen: seen, by: principal)
      }
      #expect(refusal?.code == code)
    }
    #expect(try store.ticket(1) == before)
    try store.changeTicket(1, .close("done"), seen: before.changed, by: ann)
    for change in [TicketChange.take, .assign(nil), .close("once more")] {
      let refusal = #expect(throws: Refusal.self) { try store.changeTicket(1, change, by: ann) }
      #expect(refusal?.code == "ticket.closed")
    }
    #expect(throws: Refusal.self) { try store.ticket(2) }
  }

  @Test
  func `is found by state, team, touchpoint and whoever sees to it, the most urgent first`() throws
  {
    let store = try open()
    let ann = try analyst(store)
    _ = try store.openTickets(
      [cause(1), cause(2, by: "c2", team: nil), cause(3, by: "c3", at: "shop")], telling: [:])
    clock.pass(.days(1))
    _ = try store.openTickets([cause(4, by: "c4")], telling: [:])
    try store.changeTicket(3, .take, by: ann)
    try store.changeTicket(1, .close("done"), by: ann)
    func found(_ filter: TicketFilter) throws -> [Int] {
      try store.tickets(filter, limit: 10).map(\.number)
    }
    #expect(try found(TicketFilter()) == [2, 3, 4, 1])
    #expect(try found(TicketFilter(.unclosed)) == [2, 3, 4])
    #expect(try found(TicketFilter(.open)) == [2, 4])
    #expect(try found(TicketFilter(.inProgress, assignee: ann.member)) == [3])
    #expect(try found(TicketFilter(.closed, team: "support")) == [1])
    #expect(try found(TicketFilter(touchpoint: "shop")) == [3])
    clock.pass(TimeSpan(milliseconds: 86_400_001))
    #expect(try found(TicketFilter(.overdue)) == [2, 3])
    #expect(try store.ticketCounts(TicketFilter(team: "support")) == .init(unclosed: 2, overdue: 1))
    #expect(try store.tickets(limit: 1).count == 1)
    #expect(
      try store.tickets(TicketFilter(), .byNumber(after: 2), limit: 10).map(\.number) == [3, 4])
  }

  @Test
  func `of an erased customer keeps neither who they are nor what was written`() throws {
    let store = try open()
    let ann = try analyst(store)
    let gone = Identity("erase-me-9")
    _ = try store.append([Event("seen", at: clock.now, by: gone)])
    _ = try store.openTickets(
      [cause(1, by: gone.id, comment: "I am erase-me-9"), cause(2, by: "c2")], telling: [:])
    try store.changeTicket(1, .note("erase-me-9 is upset"), by: ann)
    let report = try store.erase(gone)
    #expect(report.traces == [])
    let ticket = try store.ticket(1)
    #expect(ticket.latest.identity == nil && ticket.latest.comment == nil)
    #expect(ticket.latest.score == 1)
    #expect(try store.story(ofTicket: 1).deeds.allSatisfy { !$0.text.contains("erase") })
    #expect(try store.ticket(2).latest.comment == "Too late")
    #expect(try store.openTickets([cause(1, by: gone.id)], telling: [:]) == [.known])
  }

  @Test
  func `lets go of what was said in events that went by their age`() throws {
    let store = try open()
    let old = Event("Survey Answered", at: clock.now, by: Identity("c1"))
    _ = try store.append([old])
    _ = try store.openTickets([cause(1)], telling: [:])
    clock.pass(.days(100))
    _ = try store.append([Event("Survey Answered", at: clock.now, by: Identity("c2"))])
    _ = try store.openTickets([cause(2, by: "c2")], telling: [:])
    try store.keep(RetentionRule(months: 2))
    #expect(try store.removeExpired().events == 1)
    #expect(try store.ticket(1).latest.comment == nil)
    #expect(try store.ticket(1).latest.identity == nil)
    #expect(try store.ticket(2).latest.comment == "Too late")
  }
}

@Suite
struct `What a team is told` {
  private let folder = TemporaryFolder()
  private let clock = TestClock()

  init() { clock.advance(1_790_000_000_000) }

  private func opened() throws -> Store {
    let store = try Store.open(at: folder.path, access: .writing, clock: { [clock] in clock.now })
    let cause = TicketCause(
      .rule, "bad_review", message: 1, event: "Review Posted", by: Identity("c1"), at: clock.now,
      touchpoint: "review", team: "support", due: .days(1))
    _ = try store.openTickets([cause], telling: ["support": [.mail, .webhook], "other": [.mail]])
    return store
  }

  @Test
  func `is kept until it was sent`() throws {
    let store = try opened()
    #expect(try store.dueTicketMessages(limit: 9).map(\.way) == [.mail, .webhook])
    try store.close()
    let again = try Store.open(at: folder.path, access: .writing, clock: { [clock] in clock.now })
    let messages = try again.dueTicketMessages(limit: 9)
    #expect(messages.count == 2)
    try again.sent(messages[0])
    #expect(try again.dueTicketMessages(limit: 9).map(\.id) == [messages[1].id])
    #expect(try again.troubledMessages(ofTicket: 1) == [])
  }

  @Test
  func `is tried again after pauses that grow, and given up after three days`() throws {
    let store = try opened()
    var tries = 0
    var pauses: [Int64] = []
    while tries < 200, let message = try store.dueTicketMessages(limit: 1).first {
      try store.failed(message, because: "nobody answers")
      tries += 1
      let before = clock.now
      while try store.dueTicketMessages(limit: 9).first(where: { $0.id == message.id }) == nil,
        clock.now - before < .days(1)
      {
        clock.pass(TimeSpan(milliseconds: 5000))
      }
      pauses.append((clock.now - before).milliseconds)
      if message.way == .mail {
        try store.sent(try #require(store.dueTicketMessages(limit: 1).first))
      }
    }
    let given = try store.troubledMessages(ofTicket: 1)
    #expect(given.map(\.isGivenUp) == [true])
    #expect(given.first?.problem == "nobody answers")
    #expect(pauses.dropFirst().prefix(3) == [5000, 10_000, 20_000])
    #expect(pauses.dropLast().max() == 3_600_000)
    #expect(tries < 100)
  }

  @Test
  func `comes once more when its time has passed, and not for what is closed`() throws {
    let store = try opened()
    for message in try store.dueTicketMessages(limit: 9) { try store.sent(message) }
    let ways: [String: Set<TicketMessage.Way>] = ["support": [.webhook]]
    #expect(try store.remindOfOverdue(telling: ways) == 0)
    clock.pass(TimeSpan(milliseconds: 86_400_001))
    #expect(try store.remindOfOverdue(telling: ways) == 1)
    #expect(try store.remindOfOverdue(telling: ways) == 0)
    #expect(try store.dueTicketMessages(limit: 9).map(\.occasion) == [.overdue])
    try store.changeTicket(1, .close("done"), by: .folderOwner)
    #expect(try store.dueTicketMessages(limit: 9) == [])
    try store.changeTicket(1, .reopen(""), by: .folderOwner)
    clock.pass(.days(2))
    #expect(try store.remindOfOverdue(telling: ways) == 1)
  }
}

extension TestClock {
  fileprivate func pass(_ span: TimeSpan) { advance(span.milliseconds) }
}
