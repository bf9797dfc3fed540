import Accounts
import Engine
import Events
import Hummingbird
import Store

/// Saved sets of customers.
enum SetAPI {
  static let all: [Route] = [
    .api(.get, "/sets", .read, Operation("listSets", .sets, "All saved sets"), giving: list),
    .api(
      .post, "/sets", .save,
      Operation(
        "saveSet", .sets, "Keep the customers behind a row of an answer as a set",
        "Any question may then say `for: <name>`."
      ).making(), taking: add),
    .api(.get, "/sets/{set}", .read, Operation("readSet", .sets, "One saved set"), giving: read),
    .api(
      .get, "/sets/{set}/customers", .read,
      Operation(
        "listSetCustomers", .sets, "The customers of a saved set",
        "As JSON by pages, or all of them as CSV.", parameters: Operation.Parameter.page),
      gives: CustomerPage.types, handle: customers),
    .api(
      .delete, "/sets/{set}", .save,
      Operation("deleteSet", .sets, "Delete a saved set", "The customers stay."), doing: remove),
  ]

  private static func list(_ call: Call) throws -> Page<SetForm> {
    Page(items: try call.store.savedSets().map(SetForm.init))
  }

  private static func add(_ call: Call, _ draft: SetDraft) async throws -> SetForm {
    let context = try call.workspace.context()
    let question = try draft.question.question("The question", in: context)
    let found = try await call.workspace.customers(behind: draft.row, of: question, in: context)
    return try call.keep(
      SavedSet(
        name: draft.name, question: try question.json, place: draft.row, members: found.keys))
  }

  private static func set(_ call: Call) throws -> SavedSet {
    let name = call.visit.parameter("set")
    guard let set = try call.store.savedSets().first(where: { $0.name == name }) else {
      throw Refusal(
        "set.unknown", problem: "There is no saved set “\(name.prefix(80))”.",
        remedy: "Look at the list of sets.")
    }
    return set
  }

  private static func read(_ call: Call) throws -> SetForm { SetForm(try set(call)) }

  private static func customers(_ call: Call) async throws -> Reply {
    try await call.reply(try set(call).members, of: try await call.workspace.stories())
  }

  private static func remove(_ call: Call) throws {
    try call.store.deleteSavedSet(call.visit.parameter("set"), by: call.principal())
  }
}

extension Call {
  /// Keeps a set.
  ///
  /// - Throws: `set.taken`, what the store throws.
  func keep(_ set: SavedSet) throws -> SetForm {
    try workspace.save(set, by: principal())
    return SetForm(try store.savedSets().first { $0.name == set.name } ?? set)
  }
}

/// A saved set.
struct SetForm: Given {
  var name: String
  var saved: Instant
  var customers: Int
  var question: JSONValue
  var row: String

  init(_ set: SavedSet) {
    (name, saved, customers) = (set.name, set.saved, set.members.count)
    (question, row) = (JSONValue(written: set.question), set.place)
  }

  var location: String? { "\(Route.apiRoot)/sets/\(name)" }

  static let title = "Set"
  static let meaning = "Customers who were behind a number of an answer, under a name."
  static let fields: [Schema.Field] = [
    .init("name", .text("The name.", example: "lost_carts")),
    .init("saved", .moment("When it was saved.")),
    .init("customers", .integer("How many there are.", example: 412)),
    .init("question", .anything("What was asked.", example: QuestionText.example)),
    .init("row", .text("Which number of the answer.", example: "step=checkout,outcome=dropped")),
  ]
}

private struct SetDraft: Taken {
  var name: String
  var question: QuestionText
  var row: String

  init(_ body: JSONValue) {
    name = body["name"]?.text ?? ""
    question = QuestionText(body["question"] ?? .null)
    row = body["row"]?.text ?? ""
  }

  static let meaning = "A set to be made of the customers behind a row of an answer."
  static let fields: [Schema.Field] = [
    .init(
      "name", .text("A letter, then letters, digits, `_` and `-`.", 1...64, example: "lost_carts")),
    .init("question", .of(QuestionText.self)),
    .init("row", QuestionText.row),
  ]
}
