import Accounts
import Answers
import Engine
import Events
import Experience
import Hummingbird
import Maps
import Pages
import Store

/// Journeys: their health, their measured maps, the customers behind a number.
enum JourneyAPI {
  static let all: [Route] = [
    .api(
      .get, "/journeys", .read,
      Operation("listJourneys", .journeys, "All journeys, with the health of each"), giving: list),
    .api(
      .get, "/journeys/{journey}", .read,
      Operation("readJourney", .journeys, "One journey, with its health"), giving: read),
    .api(
      .get, "/journeys/{journey}/map", .read,
      Operation(
        "readMap", .journeys, "The measured map",
        "As JSON (docs/map-json.md describes every field), or drawn.", parameters: scope),
      gives: [
        .init(type: "application/json", schema: MapForm.schema),
        .init(
          type: "image/svg+xml", schema: .text("The map as a picture.", example: "<svg>…</svg>")),
      ], handle: map),
    .api(
      .get, "/journeys/{journey}/steps", .read,
      Operation("listSteps", .journeys, "The steps of the measured map", parameters: scope),
      giving: steps),
    .api(
      .get, "/journeys/{journey}/steps/{step}", .read,
      Operation("readStep", .journeys, "One step of the measured map", parameters: scope),
      giving: step),
    .api(
      .get, "/journeys/{journey}/customers", .read,
      Operation(
        "listJourneyCustomers", .journeys, "The customers behind a number of the map",
        "As JSON by pages, or all of them as CSV.",
        parameters: [place] + scope + Operation.Parameter.page),
      gives: CustomerPage.types, handle: customers),
    .api(
      .post, "/journeys/{journey}/sets", .save,
      Operation(
        "saveJourneyCustomers", .sets, "Keep the customers behind a number of a map as a set",
        parameters: [place] + scope
      ).making(), taking: save),
  ]

  private static let place = Operation.Parameter.query(
    "at",
    .text(
      "Which number: `figure=dropped_off,step=3`, as the links of the map have it; all cases where "
        + "it is missing.", 1...400, example: "figure=cases"))

  private static let scope: [Operation.Parameter] = [
    .query(
      "range",
      .text(
        "Cases that began in so many days up to the latest event, or `own` for `from` and `to`; all "
          + "where it is missing.", 1...10, example: "30"
      ).plain),
    .query("from", .text("The first day, with `range=own`.", 1...40, example: "2026-03-01").plain),
    .query("to", .text("The last day, with `range=own`.", 1...40, example: "2026-03-31").plain),
    .query(
      "for", .text("A segment, persona or saved set.", 1...2000, example: "new_shoppers").plain),
  ]

  private static func list(_ call: Call) async throws -> Page<JourneyForm> {
    let file = call.workspace.experience()
    let rows = try await call.visit.health(
      of: try file.usable().journeys, reading: file.reading)
    return Page(items: rows.map(JourneyForm.init))
  }

  private static func read(_ call: Call) async throws -> JourneyForm {
    let file = call.workspace.experience()
    _ = try file.usable()
    let journey = try QuestionContext(file.experience).journey(call.visit.parameter("journey")).0
    let rows = try await call.visit.health(of: [journey], reading: file.reading)
    guard let row = rows.first else { throw CancellationError() }
    return JourneyForm(row: row)
  }

  private static func map(_ call: Call) async throws -> Reply {
    let request = try await MapRequest(call.visit)
    let measured = try await request.measured()
    guard call.type == "application/json" else {
      return Reply(
        text: MapSVG.render(
          measured, of: request.journey, in: request.experience, theme: .light,
          tickets: try request.tickets()),
        call.type)
    }
    return Reply(
      text: try MapJSON.render(
        measured, of: request.journey, in: request.experience, tickets: try request.tickets()),
      call.type)
  }

  private static func steps(_ call: Call) async throws -> Page<MeasuredStep> {
    Page(items: try await MapRequest(call.visit).measured().steps)
  }

  private static func step(_ call: Call) async throws -> MeasuredStep {
    let measured = try await MapRequest(call.visit).measured()
    let number = try call.number("step")
    guard measured.steps.indices.contains(number - 1) else {
      throw Refusal(
        "step.unknown", problem: "The journey has no step \(number).",
        remedy: "It has the steps 1 to \(measured.steps.count).")
    }
    return measured.steps[number - 1]
  }

  private static func place(_ call: Call) throws(Refusal) -> JourneyPlace {
    try JourneyPlace(AnswerRowKey(call.visit.query("at") ?? "figure=cases"))
  }

  private static func customers(_ call: Call) async throws -> Reply {
    let request = try await MapRequest(call.visit)
    let found = try await request.customers(at: try place(call))
    return try await call.reply(found.customers, of: request.stories)
  }

  private static func save(_ call: Call, _ draft: SetName) async throws -> SetForm {
    let request = try await MapRequest(call.visit)
    let place = try place(call)
    let found = try await request.customers(at: place)
    return try call.keep(
      SavedSet(
        name: draft.name, question: try SetQuestion(request).json, place: place.text,
        members: found.customers))
  }
}

/// The name of a set to be made.
private struct SetName: Taken {
  var name: String

  init(_ body: JSONValue) { name = body["name"]?.text ?? "" }

  static let meaning = "The name of a set to be made."
  static let fields: [Schema.Field] = [
    .init(
      "name", .text("A letter, then letters, digits, `_` and `-`.", 1...64, example: "lost_carts"))
  ]
}
