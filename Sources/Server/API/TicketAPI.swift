import Accounts
import Events
import Hummingbird
import Pages
import Store

/// Tickets: what customers said that somebody has to see to.
enum TicketAPI {
  static let all: [Route] = [
    .api(
      .get, "/tickets", .read,
      Operation(
        "listTickets", .tickets, "Tickets, by number", parameters: filter + Operation.Parameter.page
      ), giving: list),
    .api(
      .get, "/tickets/{ticket}", .read,
      Operation(
        "readTicket", .tickets, "One ticket", "With all that was said, and what was done since."),
      giving: read),
    .api(
      .patch, "/tickets/{ticket}", .seeToTickets,
      Operation(
        "changeTicket", .tickets, "Take, give, close or reopen a ticket",
        "To close one takes a text that says what was done."), taking: change),
    .api(
      .post, "/tickets/{ticket}/notes", .seeToTickets,
      Operation("noteTicket", .tickets, "Write a note on a ticket").once(), taking: note),
  ]

  private static let filter: [Operation.Parameter] = [
    .query("state", .word("How far they are.", TicketFilter.Progress.self)),
    .query("team", .text("The name of a team.", 1...200, example: "support")),
    .query("touchpoint", .text("The name of a touchpoint.", 1...200, example: "parcel_received")),
    .query("assignee", .integer("The number of the member who sees to them.", example: 1)),
  ]

  private static func list(_ call: Call) throws -> Page<TicketForm> {
    let filter = TicketFilter(
      call.visit.query("state").flatMap(TicketFilter.Progress.init),
      team: call.visit.query("team"), touchpoint: call.visit.query("touchpoint"),
      assignee: call.visit.query("assignee").flatMap { Int($0) })
    let found = try call.store.tickets(
      filter, .byNumber(after: try call.numberedPlace() ?? 0), limit: call.limit + 1)
    return call.page(found, at: { "\($0.number)" }, { TicketForm($0) })
  }

  private static func read(_ call: Call) throws -> TicketForm {
    try form(call, of: call.store.ticket(call.number("ticket")))
  }

  private static func form(_ call: Call, of ticket: Ticket) throws -> TicketForm {
    var form = TicketForm(ticket)
    let (answers, deeds) = try call.store.story(ofTicket: ticket.number)
    form.answers = answers.map(TicketForm.Answer.init)
    form.history = deeds.map(TicketForm.Deed.init)
    return form
  }

  private static func change(_ call: Call, _ draft: TicketDraft) throws -> TicketForm {
    try changed(call, draft.change())
  }

  private static func note(_ call: Call, _ draft: NoteDraft) throws -> TicketForm {
    try changed(call, .note(draft.text))
  }

  private static func changed(_ call: Call, _ change: TicketChange) throws -> TicketForm {
    let ticket = try call.store.changeTicket(
      call.number("ticket"), change, by: call.principal())
    call.workspace.changes.happened()
    return try form(call, of: ticket)
  }
}

/// A ticket as programs read it.
public struct TicketForm: Encodable, Given {
  struct Answer: Given {
    var event: String
    var at: Instant
    var customer: String?
    var score: Double?
    var comment: String?

    init(_ answer: TicketAnswer) {
      (event, at, score, comment) = (answer.event, answer.at, answer.score, answer.comment)
      customer = answer.identity?.description
    }

    static let title = "TicketAnswer"
    static let meaning = "What a customer said."
    static let fields: [Schema.Field] = [
      .init("event", .text("The event’s name.", example: "Survey Answered")),
      .init("at", .moment("When.")),
      .optional(
        "customer",
        .text("Who; missing once they were erased.", example: "user:c0000001")),
      .optional("score", .anything("The score, a number.", example: .number(2))),
      .optional("comment", .text("Their words, as they wrote them.", example: "Too late")),
    ]
  }

  struct Deed: Given {
    var at: Instant
    var who: String?
    var what: TicketDeed.Kind
    var text: String

    init(_ deed: TicketDeed) {
      (at, who, what, text) = (deed.at, deed.who, deed.kind, deed.text)
    }

    static let title = "TicketDeed"
    static let meaning = "What was done with a ticket."
    static let fields: [Schema.Field] = [
      .init("at", .moment("When.")),
      .optional("who", .text("Who did it; missing: the program.", example: "Ada Admin")),
      .init("what", .word("What.", TicketDeed.Kind.self)),
      .init("text", .text("The note or reason, or whom it was given to.", example: "Called")),
    ]
  }

  var number: Int
  var state: Ticket.State
  var overdue: Bool
  var origin: Ticket.Origin
  var name: String
  var touchpoint: String?
  var journey: String?
  var team: String?
  var assignee: Int?
  var assigneeName: String?
  var opened: Instant
  var due: Instant
  var closed: Instant?
  var reopened: Int
  var latest: Answer
  var answers: [Answer]?
  var history: [Deed]?

  /// The ticket with the latest of what was said.
  public init(_ ticket: Ticket) {
    (number, state, origin, name) = (ticket.number, ticket.state, ticket.origin, ticket.name)
    overdue = ticket.isOverdue(at: .now)
    (touchpoint, journey, team) = (ticket.touchpoint, ticket.journey, ticket.team)
    (assignee, assigneeName) = (ticket.assignee?.id, ticket.assignee?.name)
    (opened, due, closed) = (ticket.opened, ticket.due, ticket.closed)
    reopened = ticket.reopened
    latest = Answer(ticket.latest)
  }

  static let title = "Ticket"
  static let meaning = "Something that a customer said and that somebody has to see to."
  static let fields: [Schema.Field] = [
    .init("number", .integer("The number.", example: 12)),
    .init("state", .word("How far it is.", Ticket.State.self)),
    .init("overdue", .boolean("Whether its time has passed.", example: false)),
    .init("origin", .word("Whether a survey or a rule opened it.", Ticket.Origin.self)),
    .init("name", .text("The name of the survey or rule.", example: "delivery")),
    .optional("touchpoint", .text("The touchpoint’s name.", example: "parcel_received")),
    .optional("journey", .text("The journey’s name.", example: "first_order")),
    .optional("team", .text("The team’s name.", example: "support")),
    .optional("assignee", .integer("The number of the member who sees to it.", example: 1)),
    .optional("assigneeName", .text("Their name.", example: "Ada Admin")),
    .init("opened", .moment("When it was opened first.")),
    .init("due", .moment("By when it has to be seen to.")),
    .optional("closed", .moment("When it was closed.")),
    .init("reopened", .integer("How often it was opened again.", example: 0)),
    .init("latest", .of(Answer.self)),
    .optional("answers", .list("All that was said; of one ticket only.", .of(Answer.self))),
    .optional("history", .list("What was done; of one ticket only.", .of(Deed.self))),
  ]
}

/// What is done with a ticket.
private struct TicketDraft: Taken {
  enum Deed: String, CaseIterable { case take, assign, close, reopen }

  private let deed: Deed
  private let member: Int?
  private let text: String

  init(_ body: JSONValue) {
    deed = body["do"]?.word() ?? .take
    member = body["member"]?.whole
    text = body["text"]?.text ?? ""
  }

  func change() -> TicketChange {
    switch deed {
    case .take: .take
    case .assign: .assign(member)
    case .close: .close(text)
    case .reopen: .reopen(text)
    }
  }

  static let meaning = "What is done with a ticket."
  static let fields: [Schema.Field] = [
    .init("do", .word("What.", Deed.self)),
    .optional(
      "member",
      .integer("To assign: the number of the member; missing: to nobody.", example: 1).plain),
    .optional(
      "text", .text("To close: what was done.", 0...Ticket.longestNote, example: "Called").plain),
  ]
}

/// A note.
private struct NoteDraft: Taken {
  let text: String

  init(_ body: JSONValue) { text = body["text"]?.text ?? "" }

  static let meaning = "A note on a ticket."
  static let fields: [Schema.Field] = [
    .init(
      "text", .text("The note.", 1...Ticket.longestNote, example: "Called; waits for a refund."))
  ]
}
