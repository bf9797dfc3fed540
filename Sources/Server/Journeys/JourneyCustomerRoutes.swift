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

  private static func place(_ visit: Visit) throws(Refusal) -> JourneyPlace {
    try JourneyPlace(AnswerRowKey(visit.query("at") ?? "figure=cases"))
  }

  private static func list(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let place = try place(visit)
    let found = try await request.customers(at: place)
    let choice = request.picker.choice
    let list = try visit.list(
      found.customers, of: request.stories, request.context.calendar,
      at: "/journeys/\(request.journey.name.urlEncoded)/customers?at=\(place.text.urlEncoded)"
        + choice.fieldsOfAddress)
    var frame = visit.frame(.journeys)
    if let saved = visit.query("saved"), request.context.savedSets[saved] != nil {
      frame.notice = "Saved as “\(saved)”: choose it under Customers on any map."
    }
    let page = JourneyCustomersPage(
      request.journey, in: request.experience, at: place, choice, found: found,
      list: list,
      saving: visit.visitor.may(.save) ? .allowed : .forbidden)
    return .page(page.render(frame))
  }

  private static func file(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let found = try await request.customers(at: try place(visit))
    return try await visit.file(
      found.customers, of: request.stories, named: request.journey.name)
  }

  private static func save(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let place = try place(visit)
    let name = try await visit.form()["name"] ?? ""
    let found = try await request.customers(at: place)
    try request.workspace.save(
      SavedSet(
        name: name, question: try SetQuestion(request).json, place: place.text,
        members: found.customers),
      by: try visit.principal())
    return .goTo(
      "/journeys/\(request.journey.name.urlEncoded)/customers?at=\(place.text.urlEncoded)"
        + "\(request.picker.choice.fieldsOfAddress)&saved=\(name.urlEncoded)")
  }
}

/// What a saved set of a map's customers was asked by.
struct SetQuestion: Encodable {
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
