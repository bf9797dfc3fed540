import Accounts
import Answers
import Engine
import Events
import Experience
import Foundation
import HTTPTypes
import Hummingbird
import Pages
import Store
import Stories

/// Customers: looking for them, reading one's story, saying who is who, erasing.
enum CustomerRoutes {
  static let all: [Route] = [
    Route(.get, "/customers", .permitted(.read)) { visit in try await find(visit) },
    Route(.get, "/customers/{identity}", .permitted(.read)) { visit in try await story(visit) },
    Route(.get, "/customers/{identity}/events.json", .permitted(.read)) { visit in
      try await file(visit) { .json(text: try StoryFile.json($0)) }
    },
    Route(.get, "/customers/{identity}/events.csv", .permitted(.read)) { visit in
      try await file(visit) { .text(StoryFile.csv($0), "text/csv; charset=utf-8") }
    },
    Route(.post, "/customers/{identity}/link", .permitted(.linkCustomers)) { visit in
      try await link(visit)
    },
    Route(.post, "/customers/{identity}/unlink", .permitted(.linkCustomers)) { visit in
      try await unlink(visit)
    },
    Route(.post, "/customers/{identity}/erase", .permitted(.eraseCustomers)) { visit in
      try await erase(visit)
    },
  ]

  /// How many customers are listed.
  private static let listLength = 50

  private static func find(_ visit: Visit) async throws -> Response {
    let stories = try await visit.workspace.stories()
    let wanted = visit.query("id")?.trimmingCharacters(in: .whitespaces) ?? ""
    if !wanted.isEmpty, stories.canonicalKey(of: Identity(wanted)) != nil {
      return .goTo("/customers/\(Identity(wanted).description.urlEncoded)")
    }
    let calendar = try visit.workspace.calendar()
    let found = try await visit.workspace.onCountingThreads {
      wanted.isEmpty
        ? stories.customers(limit: listLength)
        : stories.customers(
          stories.customers(idPrefix: Identity(wanted).id, limit: listLength))
    }
    return .page(
      CustomersPage(
        wanted: wanted, list: CustomerList(found, calendar), count: stories.customerCount
      )
      .render(visit.frame(.customers)))
  }

  /// The identity of the address and the events of its customer.
  static func customer(
    _ visit: Visit
  ) async throws -> (identity: Identity, events: [Event]) {
    let identity = Identity(visit.parameter("identity"))
    return (identity, try await visit.workspace.story(of: identity))
  }

  private static func story(_ visit: Visit) async throws -> Response {
    let (identity, events) = try await customer(visit)
    let workspace = visit.workspace
    let timeline = CustomerTimeline(
      events, experience: workspace.experience().experience,
      calendar: try workspace.calendar())
    let denial = try workspace.store.consentDenied(by: identity)
    let skipped = visit.query("after").flatMap { Int($0) }.map { max(0, $0) } ?? 0
    let end = min(events.count, skipped + CustomerTimeline.pageLength)
    let page = CustomerStoryPage(
      identity: identity.description, identities: timeline.identities.map(\.description),
      facts: timeline.facts
        + [denial].compactMap { $0.map { "denies consent since \(timeline.calendar.day($0))" } },
      days: timeline.days(min(skipped, end)..<end),
      links: try workspace.store.links(of: identity).map(timeline.link),
      next: end < events.count
        ? "/customers/\(identity.description.urlEncoded)?after=\(end)" : nil,
      leave: .init(
        link: visit.visitor.may(.linkCustomers), erase: visit.visitor.may(.eraseCustomers)))
    var frame = visit.frame(.customers)
    frame.notice = visit.query("said").flatMap { Self.notices[$0] }
    return .page(page.render(frame))
  }

  private static let notices = [
    "linked": "The two are one customer. “Take back” undoes it.",
    "unlinked": "The link was taken back. Linking the two again undoes that.",
  ]

  private static func file(
    _ visit: Visit, _ make: ([Event]) throws -> Response
  ) async throws -> Response {
    let ending = visit.request.uri.path.hasSuffix(".json") ? "json" : "csv"
    return try make(try await exported(visit)).named("events.\(ending)")
  }

  /// All events of the address's customer, to be taken elsewhere, which is written down.
  static func exported(_ visit: Visit) async throws -> [Event] {
    let (identity, events) = try await customer(visit)
    // The log of deeds names the customer by a hash, so that an erasure leaves no trace in it.
    try visit.workspace.store.record(
      .customerExported, hexadecimal(identity.key), detail: "\(events.count) events",
      by: try visit.principal())
    return events
  }

  private static func link(_ visit: Visit) async throws -> Response {
    let identity = Identity(visit.parameter("identity"))
    let other = try await visit.form()["other"]?.trimmingCharacters(in: .whitespaces) ?? ""
    let principal = try visit.principal()
    _ = try visit.workspace.store.link(
      identity, Identity(other), reason: "by \(principal.name)", by: principal)
    visit.workspace.changes.happened()
    return .goTo("/customers/\(identity.description.urlEncoded)?said=linked")
  }

  private static func unlink(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    try visit.workspace.store.unlink(
      Identity(form["first"] ?? ""), Identity(form["second"] ?? ""), by: try visit.principal())
    visit.workspace.changes.happened()
    let identity = Identity(visit.parameter("identity"))
    return .goTo("/customers/\(identity.description.urlEncoded)?said=unlinked")
  }

  private static func erase(_ visit: Visit) async throws -> Response {
    let identity = Identity(visit.parameter("identity"))
    let typed = try await visit.form()["confirm"]?.trimmingCharacters(in: .whitespaces) ?? ""
    guard typed == identity.id || typed == identity.description else {
      throw Refusal(
        "erase.confirm", problem: "Nothing was erased: that is not the id of this customer.",
        remedy: "Go back and type the id as it stands above.")
    }
    let workspace = visit.workspace
    let principal = try visit.principal()
    let report = try await workspace.onCountingThreads {
      try workspace.store.erase(identity, by: principal)
    }
    workspace.changes.happened()
    let facts =
      [
        "\(report.identities) identit\(report.identities == 1 ? "y" : "ies"), "
          + "\(report.events + report.loggedEvents) events and \(report.links) links removed",
        "\(report.filesSearched) files searched, \(report.bytesSearched) bytes",
      ] + report.traces.map { "left in \($0.file): \($0.place)" }
    return .page(
      ErasedPage.render(
        identity.description, facts: facts, isProven: report.isProven, visit.frame(.customers)))
  }
}

extension Workspace {
  /// All events of the customer of an identity, in order.
  ///
  /// - Throws: `customers.unknown`.
  func story(of identity: Identity) async throws -> [Event] {
    let stories = try await stories()
    guard let key = stories.canonicalKey(of: identity) else {
      throw Refusal(
        "customers.unknown", problem: "Nobody is known as \(identity.description.prefix(200)).",
        remedy: "Look for another id under Customers.")
    }
    return stories.story(of: key)
  }
}
