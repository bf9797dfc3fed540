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
