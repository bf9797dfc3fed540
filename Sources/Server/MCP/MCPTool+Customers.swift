import Accounts
import Answers
import Engine
import Events
import Experience
import Pages
import Store
import Stories

extension MCPTool {
  private static let mostCustomers = 500
  private static let mostEvents = 1000

  static let customerTools = [
    MCPTool(
      name: "customers_behind", title: "Customers behind a number",
      about: "The customers behind a number of a journey's map (journey and at) or of an answer "
        + "(question and row).",
      parameters: [
        Parameter(name: "journey", kind: .text, meaning: "The journey's name."),
        Parameter(
          name: "at", kind: .text,
          meaning: "The number of the map: “figure=dropped_off,step=3”. Figures are "
            + JourneyPlace.Figure.allCases.map(\.rawValue).joined(separator: ", ")
            + "; steps count from 1."),
        Parameter(
          name: "question", kind: .question,
          meaning: "The question whose answer has the number; needs a role that may ask."),
        Parameter(
          name: "row", kind: .text,
          meaning: "The row of the answer by its key columns: “step=cart”."),
        Parameter(
          name: "limit", kind: .number(1...mostCustomers), meaning: "How many; 50 where left out."),
        Parameter(
          name: "after", kind: .text, meaning: "What the page before gave as “next”."),
      ] + caseParameters
    ) { arguments, visit in
      let (keys, stories) = try await behind(arguments, visit)
      return try page(keys, of: stories, arguments)
    },
    MCPTool(
      name: "read_story", title: "Read a customer's story",
      about: "What one customer did, in order: events with times, touchpoints and properties.",
      parameters: [
        Parameter(
          name: "customer", kind: .text, presence: .required,
          meaning: "One of the customer's identities: “user:c17”, as customers_behind has it."),
        Parameter(
          name: "limit", kind: .number(1...mostEvents),
          meaning: "How many events; 200 where left out."),
        Parameter(
          name: "after", kind: .number(0...Int(Int32.max)),
          meaning: "How many events to skip: what the page before gave as “next”."),
      ]
    ) { arguments, visit in try await story(arguments, visit) },
  ]

  /// The customers behind what the arguments name: canonical keys, ascending.
  private static func behind(
    _ arguments: MCPArguments, _ visit: Visit
  ) async throws -> (keys: [UInt64], of: Stories) {
    let workspace = visit.workspace
    let isOfMap = !arguments.text("journey").isEmpty
    let isOfAnswer = !(try arguments.question("question")).isEmpty
    guard isOfMap != isOfAnswer else {
      throw Refusal(
        "mcp.argument", problem: "There is no one number to look behind.",
        remedy: "Give either “journey” and “at”, or “question” and “row”.")
    }
    if isOfMap {
      let request = try await MapRequest(workspace, arguments)
      let at = arguments.text("at")
      let place = try JourneyPlace(AnswerRowKey(at.isEmpty ? "figure=cases" : at))
      return (try await request.customers(at: place).customers, request.stories)
    }
    try visit.requireOfRole(.ask)
    let (asked, context) = try read(arguments, visit)
    let stories = try await workspace.stories(asked.scope.identityAsOf.map { .asOf($0) } ?? .latest)
    let row = try AnswerRowKey(arguments.text("row"))
    let keys = try await workspace.onCountingThreads {
      try await Stories.customers(behind: row, of: asked, in: context) { _ in stories }
    }
    return (keys, stories)
  }

  private struct Page: Encodable {
    var count: Int
    var customers: [SeenCustomer]
    var next: String?
  }

  private static func page(
    _ keys: [UInt64], of stories: Stories, _ arguments: MCPArguments
  ) throws -> String {
    let text = arguments.text("after")
    guard let after = UInt64(text.isEmpty ? "0" : text, radix: 16) else {
      throw Refusal(
        "customers.after", problem: "“\(text.prefix(40))” is no place in the list.",
        remedy: "Begin with the first page.")
    }
    let rest = keys.drop { $0 <= after }
    let shown = rest.prefix(arguments.number("limit") ?? 50)
    return try MCPArguments.json(
      Page(
        count: keys.count, customers: stories.customers(shown),
        next: rest.count > shown.count ? shown.last.map(hexadecimal) : nil))
  }

  private struct Story: Encodable {
    struct Entry: Encodable {
      var time: Instant
      var event: String
      var touchpoint: String?
      var identity: String
      var properties: [String: PropertyValue]
    }

    var customer: String
    var events: Int
    var story: [Entry]
    var next: Int?
  }

  private static func story(_ arguments: MCPArguments, _ visit: Visit) async throws -> String {
    let workspace = visit.workspace
    let identity = Identity(arguments.text("customer"))
    let events = try await workspace.story(of: identity)
    let start = min(events.count, arguments.number("after") ?? 0)
    let end = min(events.count, start + (arguments.number("limit") ?? 200))
    let days = StoryDay.days(
      of: events[start..<end], in: workspace.experience().experience, try workspace.calendar())
    let entries = days.flatMap(\.entries).map { entry in
      Story.Entry(
        time: entry.event.time, event: entry.event.name, touchpoint: entry.touchpoint?.name,
        identity: entry.event.identity.description, properties: entry.event.properties)
    }
    return try MCPArguments.json(
      Story(
        customer: identity.description, events: events.count, story: entries,
        next: end < events.count ? end : nil))
  }
}

extension Visit {
  /// Refuses what the member's role doesn't grant, whatever the scopes of the token.
  ///
  /// - Throws: `access.denied`.
  func requireOfRole(_ permission: Permission) throws(Refusal) {
    guard visitor.role?.permissions.contains(permission) != true else { return }
    throw Refusal(
      "access.denied", problem: "The member whom this acts for may not do that.",
      remedy: "Ask an admin for the role “\(permission.leastRole.rawValue)” or a higher one.")
  }
}
