import Accounts
import HTTPTypes

/// What an address of the API does, takes and answers: for the document, for people, and for the
/// checks that every request passes.
struct Operation: Sendable {
  /// What operations belong to, in the order in which they are shown.
  enum Topic: String, CaseIterable, Sendable {
    case journeys, questions, boards, sets, customers, surveys, tickets, experience, sources,
      members, keys,
      program

    var title: String {
      switch self {
      case .keys: "Keys and tokens"
      default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
      }
    }
  }

  /// A parameter of the path, the query or the head.
  struct Parameter: Sendable {
    enum Place: String, Sendable { case path, query, header }

    var name: String
    var place: Place
    var schema: Schema
    var presence = Schema.Field.Presence.optional
  }

  /// A body of one type.
  struct Content: Sendable {
    var type: String
    var schema: Schema
  }

  /// Whether a request that is sent twice with one key is done once.
  enum Repetition: Sendable { case again, once }

  var name: String
  var topic: Topic
  var summary: String
  /// What a reader can't guess from the summary.
  var meaning: String
  var parameters: [Parameter]
  var takes: Schema?
  /// The longest body, in bytes.
  var longest = 1 << 20
  var status = HTTPResponse.Status.ok
  /// What it answers, in the types that may be asked for; the first where nothing is asked for.
  var gives: [Content] = []
  /// Headers of the answer, with what they say.
  var headers: [String: String] = [:]
  /// Statuses of problems beside those that any request of its form can meet.
  var problems: Set<Int>
  var repetition = Repetition.again

  /// Describes an operation.
  init(
    _ name: String, _ topic: Topic, _ summary: String, _ meaning: String = "",
    parameters: [Parameter] = [], problems: Set<Int> = [], longest: Int = 1 << 20
  ) {
    self.name = name
    self.topic = topic
    self.summary = summary
    self.meaning = meaning
    self.parameters = parameters
    self.problems = problems
    self.longest = longest
  }

  /// Every status of a problem that a request can meet.
  var allProblems: Set<Int> {
    var all = problems.union([401, 403, 422, 503])
    if !gives.isEmpty { all.insert(406) }
    if parameters.contains(where: { $0.place == .path }) { all.insert(404) }
    if takes != nil { all.formUnion([400, 413, 415]) }
    if repetition == .once { all.formUnion([409, 429]) }
    return all
  }
}

extension Operation.Parameter {
  /// A field of the query.
  static func query(_ name: String, _ schema: Schema) -> Self {
    Self(name: name, place: .query, schema: schema)
  }

  /// A field of the head.
  static func header(_ name: String, _ schema: Schema) -> Self {
    Self(name: name, place: .header, schema: schema)
  }

  /// Where a list goes on, and how much of it is wanted.
  static let page: [Self] = [
    .query(
      "cursor",
      .text("Where the list goes on: `next` of the page before.", 1...1000, example: "…").plain),
    .query(
      "limit", .integer("How many items a page has at most.", 1...Paging.most, example: 100)),
  ]

  /// The key by which a repetition is known.
  static let repetition = Self.header(
    "Idempotency-Key",
    .text(
      "Any text of one's own: a request that is sent again with it within 24 hours is answered as "
        + "before and not done again.", 1...255, example: "5f0c2b1e"
    ).plain)

  /// The parameters that stand in paths.
  static let inPaths: [String: Schema] = [
    "journey": .text("The name of a journey of the experience.", 1...200, example: "first_order"),
    "step": .integer("The step, counted from 1.", 1...1000),
    "kind": .text("The word after `question:`.", 1...100, example: "funnel"),
    "question": .integer("The number of a saved question.", example: 1),
    "board": .integer("The number of a board.", example: 1),
    "set": .text("The name of a saved set.", 1...64, example: "lost_carts"),
    "identity": .text(
      "`user:c17`, `anonymous:3f9a`, or a bare id of a user.", 1...600, example: "user:c0000001"),
    "other": .text("Another identity, written likewise.", 1...600, example: "anonymous:3f9a"),
    "file": .text("The name of a file.", 1...100, example: "experience.yaml"),
    "version": .integer("The number of a version.", example: 1),
    "source": .text("The `source` of a source: `write-key-1`.", 1...60, example: "write-key-1"),
    "member": .integer("The number of a member.", example: 1),
    "key": .integer("The number of a write key.", example: 1),
    "token": .integer("The number of a token.", example: 1),
    "session": .integer("The number of a session.", example: 1),
    "ticket": .integer("The number of a ticket.", example: 1),
    "invitation": .integer("The number of an invitation.", example: 1),
  ]
}

extension Schema {
  /// The form without its example, where none can be good everywhere.
  var plain: Schema { Schema(kind, meaning) }
}
