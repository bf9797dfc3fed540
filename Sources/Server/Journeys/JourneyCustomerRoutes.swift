import Accounts
import Answers
import Engine
import Events
import Experience
import Foundation
import Hummingbird
import Pages
import Store
import Stories

/// The customers behind a number of a journey's map: a list, a file, a saved set.
enum JourneyCustomerRoutes {
  static let all: [Route] = [
    Route(.get, "/journeys/{journey}/customers", .permitted(.read)) { visit in
      try await list(visit)
    },
    Route(.post, "/journeys/{journey}/customers", .permitted(.save)) { visit in
      try await save(visit)
    },
    Route(.get, "/journeys/{journey}/customers.csv", .permitted(.read)) { visit in
      try await file(visit)
    },
  ]

  /// How many customers one page lists.
  private static let pageLength = 50
  /// The most customers of a file: some 50 MB, which are made in memory.
  private static let longestFile = 1_000_000

  private static func place(_ visit: Visit) throws(Refusal) -> JourneyPlace {
    try JourneyPlace(AnswerRowKey(visit.query("at") ?? "figure=cases"))
  }

  private static func list(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let place = try place(visit)
    let found = try await request.customers(at: place)
    let after = try cursor(visit)
    let rest = found.customers[found.customers.partitioningIndex { $0 > after }...]
    let choice = request.picker.choice
    let next: String? =
      rest.count > pageLength
      ? rest.prefix(pageLength).last.map { key in
        "/journeys/\(request.journey.name.urlEncoded)/customers?at=\(place.text.urlEncoded)"
          + "\(choice.fieldsOfAddress)&after=\(hexadecimal(key))"
      } : nil
    let calendar = request.context.calendar
    let rows = request.stories.customers(rest.prefix(pageLength)).map { customer in
      CustomerList.Row(
        identity: customer.identity, events: customer.events,
        first: "\(calendar.day(customer.first))", last: "\(calendar.day(customer.last))")
    }
    var frame = visit.frame(.journeys)
    if let saved = visit.query("saved"), request.context.savedSets[saved] != nil {
      frame.notice = "Saved as “\(saved)”: choose it under Customers on any map."
    }
    let page = JourneyCustomersPage(
      request.journey, in: request.experience, at: place, choice, found: found,
      list: CustomerList(rows, next: next),
      saving: visit.visitor.may(.save) ? .allowed : .forbidden)
    return .page(page.render(frame))
  }

  /// The key after which the page begins; none is 0, which is no customer's.
  private static func cursor(_ visit: Visit) throws(Refusal) -> UInt64 {
    guard let text = visit.query("after") else { return 0 }
    guard let key = UInt64(text, radix: 16) else {
      throw Refusal(
        "customers.after", problem: "“\(text.prefix(40))” is no place in the list.",
        remedy: "Begin with the first page.")
    }
    return key
  }

  private static func file(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let found = try await request.customers(at: try place(visit))
    guard found.customers.count <= longestFile else {
      throw Refusal(
        "customers.file", problem: "There are \(found.customers.count) customers.",
        remedy: "A file has at most \(longestFile): choose a shorter range or a segment.")
    }
    let text = try await request.workspace.onCountingThreads {
      AnswerCSV.customers(request.stories.customers(found.customers))
    }
    return Response.text(text, "text/csv; charset=utf-8").named(request.journey.name + ".csv")
  }

  private static func save(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let place = try place(visit)
    let name = try await visit.form()["name"] ?? ""
    guard let principal = visit.visitor.principal else { throw Problem.signIn }
    let found = try await request.customers(at: place)
    try request.workspace.save(
      SavedSet(
        name: name, question: try SetQuestion(request).json, place: place.text,
        members: found.customers),
      by: principal)
    return .goTo(
      "/journeys/\(request.journey.name.urlEncoded)/customers?at=\(place.text.urlEncoded)"
        + "\(request.picker.choice.fieldsOfAddress)&saved=\(name.urlEncoded)")
  }
}

/// What a saved set of a map's customers was asked by.
private struct SetQuestion: Encodable {
  private let journey: String
  private let scope: Engine.Scope

  private enum CodingKeys: String, CodingKey { case question, journey }

  init(_ request: MapRequest) throws(Refusal) {
    journey = request.journey.name
    scope = try request.scope()
  }

  func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode("map", forKey: .question)
    try fields.encode(journey, forKey: .journey)
  }

  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}

extension [UInt64] {
  /// The first position from which a condition holds, which then holds to the end.
  fileprivate func partitioningIndex(where holds: (UInt64) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
