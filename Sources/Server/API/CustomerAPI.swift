import Accounts
import Answers
import Engine
import Events
import Hummingbird
import Store
import Stories

/// Customers: looking for them, reading one's story, saying who is who, erasing.
enum CustomerAPI {
  static let all: [Route] = [
    .api(
      .get, "/customers", .read,
      Operation(
        "listCustomers", .customers, "All customers, or those of an id",
        "With `id`, those one of whose ids begins with it: one page of at most `limit`.",
        parameters: [
          .query("id", .text("The beginning of an id.", 1...512, example: "c00").plain)
        ] + Operation.Parameter.page), giving: list),
    .api(
      .get, "/customers/{identity}", .read,
      Operation("readCustomer", .customers, "One customer, with identities and links"),
      giving: read),
    .api(
      .get, "/customers/{identity}/events", .read,
      Operation(
        "listEvents", .customers, "A customer's story, the earliest event first",
        parameters: Operation.Parameter.page), giving: events),
    .api(
      .get, "/customers/{identity}/export", .read,
      Operation(
        "exportCustomer", .customers, "All events of a customer as a file",
        "As JSON or CSV; the audit log says who took it."),
      gives: [
        .init(type: "application/json", schema: .list("All events.", .of(StoryFile.Row.self))),
        .init(
          type: "text/csv",
          schema: .text("A column for each property.", example: "time,event,identity\n")),
      ], handle: export),
    .api(
      .get, "/customers/{identity}/links", .read,
      Operation("listLinks", .customers, "Who says that which identities are this customer"),
      giving: links),
    .api(
      .post, "/customers/{identity}/links", .linkCustomers,
      Operation(
        "linkCustomer", .customers, "Say that another identity is the same person",
        "It holds for all of their history, and can be taken back."
      ).once(), taking: link),
    .api(
      .delete, "/customers/{identity}/links/{other}", .linkCustomers,
      Operation(
        "unlinkCustomer", .customers, "Take back the links that tie two identities directly"),
      doing: unlink),
    .api(
      .post, "/customers/{identity}/erasure", .eraseCustomers,
      Operation(
        "eraseCustomer", .customers, "Erase a customer",
        "All identities, events and links; every file is searched afterwards. It can't be undone."
      ).once(), taking: erase),
  ]

  private static func list(_ call: Call) async throws -> Page<SeenCustomer> {
    let after = try call.place().flatMap { UInt64($0, radix: 16) } ?? 0
    let limit = call.limit
    let stories = try await call.workspace.stories()
    if let id = call.visit.query("id") {
      return Page(
        items: try await call.workspace.onCountingThreads {
          stories.customers(stories.customers(idPrefix: Identity(id).id, limit: limit))
        })
    }
    let keys = try await call.workspace.onCountingThreads {
      stories.keys(after: after, limit: limit + 1)
    }
    let next = keys.count > limit ? keys.dropLast().last.map(hexadecimal) : nil
    return call.page(stories.customers(keys.prefix(limit)), next: next)
  }

  private static func read(_ call: Call) async throws -> CustomerForm {
    let (identity, events) = try await CustomerRoutes.customer(call.visit)
    return CustomerForm(identity, events, links: try call.store.links(of: identity))
  }

  private static func events(_ call: Call) async throws -> Page<StoryFile.Row> {
    let (_, events) = try await CustomerRoutes.customer(call.visit)
    let start = min(events.count, max(0, try call.numberedPlace() ?? 0))
    let end = min(events.count, start + call.limit)
    return call.page(
      events[start..<end].map(StoryFile.Row.init), next: end < events.count ? "\(end)" : nil)
  }

  private static func export(_ call: Call) async throws -> Reply {
    let events = try await CustomerRoutes.exported(call.visit)
    return Reply(
      text: call.type == "text/csv" ? StoryFile.csv(events) : try StoryFile.json(events), call.type)
  }

  private static func links(_ call: Call) throws -> Page<LinkForm> {
    let identity = Identity(call.visit.parameter("identity"))
    return Page(items: try call.store.links(of: identity).map(LinkForm.init))
  }

  private static func link(_ call: Call, _ draft: LinkDraft) throws -> LinkReport {
    let principal = try call.principal()
    let isNew = try call.store.link(
      Identity(call.visit.parameter("identity")), Identity(draft.other),
      reason: draft.reason ?? "by \(principal.name)", by: principal)
    call.workspace.changes.happened()
    return LinkReport(isNew: isNew)
  }

  private static func unlink(_ call: Call) throws {
    try call.store.unlink(
      Identity(call.visit.parameter("identity")), Identity(call.visit.parameter("other")),
      by: call.principal())
    call.workspace.changes.happened()
  }

  private static func erase(_ call: Call, _ wish: ErasureWish) async throws -> ErasureForm {
    let identity = Identity(call.visit.parameter("identity"))
    guard wish.confirm == identity.id || wish.confirm == identity.description else {
      throw Refusal(
        "erase.confirm", problem: "Nothing was erased: “confirm” is not the id of the customer.",
        remedy: "Write the id of the address into it.")
    }
    let (workspace, principal) = (call.workspace, try call.principal())
    let report = try await workspace.onCountingThreads {
      try workspace.store.erase(identity, by: principal)
    }
    workspace.changes.happened()
    return ErasureForm(report)
  }
}

extension StoryFile.Row: Given {
  static let title = "Event"
  static let meaning = "Something that a customer did."
  static let fields: [Schema.Field] = [
    .init("time", .moment("When it happened.")),
    .init("event", .text("The name of the event.", example: "Order Completed")),
    .init("identity", .text("The identity that it came with.", example: "user:c0000001")),
    .init(
      "properties",
      .map(
        "What else is known: texts, numbers, truth values.", .anything(""),
        example: ["channel": "web", "revenue": .number(39.9)])),
  ]
}

private struct CustomerForm: Given {
  var identity: String
  var identities: [String]
  var events: Int
  var first: Instant?
  var last: Instant?
  var links: [LinkForm]

  init(_ identity: Identity, _ events: [Event], links: [IdentityLink]) {
    self.identity = identity.description
    var known: Set<Identity> = []
    identities = events.map(\.identity).filter { known.insert($0).inserted }.map(\.description)
    self.events = events.count
    (first, last) = (events.first?.time, events.last?.time)
    self.links = links.map(LinkForm.init)
  }

  static let title = "CustomerInFull"
  static let meaning = "One customer."
  static let fields: [Schema.Field] = [
    .init("identity", .text("The identity that was asked for.", example: "user:c0000001")),
    .init(
      "identities",
      .list("All that events came with.", .text("An identity.", example: "user:c0000001"))),
    .init("events", .integer("How many events they have.", example: 23)),
    .optional("first", .moment("When they were seen first.")),
    .optional("last", .moment("When they were seen last.")),
    .init("links", .list("Why these identities are one person.", .of(LinkForm.self))),
  ]
}

private struct LinkForm: Given {
  var id: Int64
  var first: String
  var second: String
  var source: String
  var rule: String
  var said: Instant
  var removed: Instant?

  init(_ link: IdentityLink) {
    (id, first, second) = (link.id, link.first.description, link.second.description)
    (source, rule, said) = (link.source.rawValue, link.rule, link.said)
    removed = link.removed
  }

  static let title = "Link"
  static let meaning = "Somebody said that two identities are one person."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number.", example: 1)),
    .init("first", .text("One of the identities.", example: "user:c0000001")),
    .init("second", .text("The other.", example: "anonymous:3f9a")),
    .init("source", .word("Who said so.", IdentityLink.Source.self)),
    .init("rule", .text("By which rule, or for what reason.", example: "by Eve Editor")),
    .init("said", .moment("When it was said.")),
    .optional("removed", .moment("When it was taken back.")),
  ]
}

private struct LinkDraft: Taken {
  var other: String
  var reason: String?

  init(_ body: JSONValue) {
    other = body["other"]?.text ?? ""
    reason = body["reason"]?.text
  }

  static let meaning = "Another identity of the person."
  static let fields: [Schema.Field] = [
    .init(
      "other",
      .text(
        "`user:c17`, `anonymous:3f9a`, or a bare id of a user.", 1...600, example: "anonymous:3f9a")
    ),
    .optional(
      "reason", .text("Why, for those who read it later.", 1...200, example: "by phone")),
  ]
}

private struct LinkReport: Given {
  var isNew: Bool

  static let meaning = "What became of a link."
  static let fields: [Schema.Field] = [
    .init("isNew", .boolean("Whether nobody had said so before."))
  ]
}

private struct ErasureWish: Taken {
  var confirm: String

  init(_ body: JSONValue) { confirm = body["confirm"]?.text ?? "" }

  static let meaning = "A confirmation."
  static let fields: [Schema.Field] = [
    .init("confirm", .text("The id in the address, once more.", 1...600, example: "user:c0000001"))
  ]
}

private struct ErasureForm: Given {
  struct Trace: Given {
    var file: String
    var place: String

    static let title = "Trace"
    static let meaning = "A place where something of the customer is left."
    static let fields: [Schema.Field] = [
      .init("file", .text("The file.", example: "waymark.sqlite")),
      .init("place", .text("Where in it.", example: "table log")),
    ]
  }

  var identities: Int
  var events: Int
  var links: Int
  var refusedItems: Int
  var filesSearched: Int
  var bytesSearched: Int
  var isProven: Bool
  var traces: [Trace]

  init(_ report: ErasureReport) {
    (identities, events) = (report.identities, report.events + report.loggedEvents)
    (links, refusedItems) = (report.links, report.refusedItems)
    (filesSearched, bytesSearched) = (report.filesSearched, report.bytesSearched)
    isProven = report.isProven
    traces = report.traces.map { Trace(file: $0.file, place: $0.place) }
  }

  static let title = "Erasure"
  static let meaning = "What was removed, and what a search found afterwards."
  static let fields: [Schema.Field] = [
    .init("identities", .integer("Identities that were removed.", example: 2)),
    .init("events", .integer("Events that were removed.", example: 23)),
    .init("links", .integer("Links that were removed.", example: 1)),
    .init("refusedItems", .integer("Refused items that were removed.", example: 0)),
    .init("filesSearched", .integer("Files that were searched.", example: 12)),
    .init("bytesSearched", .integer("Bytes of them.", example: 43_000_000)),
    .init("isProven", .boolean("Whether nothing is left.")),
    .init("traces", .list("What is left.", .of(Trace.self))),
  ]
}
