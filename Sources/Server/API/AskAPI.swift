import Accounts
import Answers
import Engine
import Events
import Experience
import Hummingbird
import Store

/// Questions: the catalogue, answers, the customers behind a number, saved questions.
enum AskAPI {
  static let all: [Route] =
    [
      .api(
        .get, "/catalogue", .read,
        Operation("listKinds", .questions, "What can be asked, and how it is written"),
        giving: { _ in Page(items: QuestionKind.allCases.map(KindForm.init)) }),
      .api(
        .get, "/catalogue/{kind}", .read,
        Operation("readKind", .questions, "One kind of question, with its fields"), giving: kind),
      .api(
        .post, "/ask", .ask,
        Operation(
          "ask", .questions, "Ask one question or several, in one pass",
          "As JSON with the receipt of each; one question also as CSV or drawn."),
        gives: answers, taking: ask),
      .api(
        .post, "/ask/customers", .ask,
        Operation(
          "listAnswerCustomers", .questions, "The customers behind a row of an answer",
          "As JSON by pages, or all of them as CSV.", parameters: Operation.Parameter.page),
        gives: CustomerPage.types, taking: customers),
    ] + saved

  private static let saved: [Route] = [
    .api(
      .get, "/questions", .read,
      Operation(
        "listQuestions", .questions, "All saved questions", parameters: Operation.Parameter.page),
      giving: list),
    .api(
      .post, "/questions", .save,
      Operation("saveQuestion", .questions, "Save a question under a name").making(), taking: add),
    .api(
      .get, "/questions/{question}", .read,
      Operation("readQuestion", .questions, "One saved question"), giving: read),
    .api(
      .get, "/questions/{question}/answer", .read,
      Operation(
        "answerQuestion", .questions, "The answer to a saved question",
        "As JSON, CSV or drawn."), gives: answers, handle: answer),
    .api(
      .put, "/questions/{question}", .save,
      Operation("changeQuestion", .questions, "Change a saved question"), taking: change),
    .api(
      .delete, "/questions/{question}", .save,
      Operation("deleteQuestion", .questions, "Delete a saved question that no board shows"),
      doing: remove),
  ]

  private static let answers: [Operation.Content] = [
    .init(type: "application/json", schema: .of(AnswersForm.self)),
    .init(
      type: "text/csv",
      schema: .text("Every row and column of the answer.", example: "step,count\n")),
    .init(
      type: "image/svg+xml", schema: .text("The answer as a picture.", example: "<svg>…</svg>")),
  ]

  private static func kind(_ call: Call) throws -> KindForm {
    let name = call.visit.parameter("kind")
    guard let kind = QuestionKind(rawValue: name) else {
      throw Problem(
        .notFound,
        Refusal(
          "question.kind", problem: "There is no kind of question “\(name.prefix(80))”.",
          remedy: "The catalogue lists them."))
    }
    return KindForm(kind)
  }

  private static func ask(_ call: Call, _ asked: Asked) async throws -> Reply {
    let context = try call.workspace.context()
    let questions = try asked.questions.enumerated().map { position, text in
      try text.question("Question \(position + 1)", in: context)
    }
    return try await reply(call, to: questions, in: context)
  }

  private static func reply(
    _ call: Call, to questions: [Question], in context: QuestionContext
  ) async throws -> Reply {
    guard call.type == "application/json" || questions.count == 1 else {
      throw Refusal(
        "ask.several", problem: "These are \(questions.count) questions.",
        remedy: "Ask one at a time for \(call.type), or all for application/json.")
    }
    let answered = try await call.workspace.ask(questions, in: context)
    guard call.type != "application/json", let first = answered.first else {
      return Reply(text: try AnswerJSON.render(answered), call.type)
    }
    guard call.type == "image/svg+xml" else {
      return Reply(text: AnswerCSV.render(first.answer.subject.table), call.type)
    }
    let style = AnswerStyle(
      currency: context.experience?.currency ?? "", timezone: context.experience?.timezone ?? "UTC")
    return Reply(text: try AnswerSVG.render(first, style: style), call.type)
  }

  private static func customers(_ call: Call, _ asked: AskedRow) async throws -> Reply {
    let context = try call.workspace.context()
    let found = try await call.workspace.customers(
      behind: asked.row, of: try asked.question.question("The question", in: context), in: context)
    return try await call.reply(found.keys, of: found.stories)
  }

  private static func list(_ call: Call) throws -> Page<SavedQuestionForm> {
    try call.page(of: try call.store.savedQuestions(), by: \.id, SavedQuestionForm.init)
  }

  private static func read(_ call: Call) throws -> SavedQuestionForm {
    SavedQuestionForm(try call.store.savedQuestion(call.number("question")))
  }

  private static func answer(_ call: Call) async throws -> Reply {
    let saved = try call.store.savedQuestion(call.number("question"))
    let context = try call.workspace.context()
    let questions = try Question.read(saved.question, file: saved.name, in: context)
    return try await reply(call, to: questions, in: context)
  }

  private static func add(_ call: Call, _ draft: QuestionDraftForm) throws -> SavedQuestionForm {
    SavedQuestionForm(
      try call.store.saveQuestion(
        name: draft.name, question: try draft.checked(call), by: call.principal()))
  }

  private static func change(
    _ call: Call, _ draft: QuestionDraftForm
  ) throws -> SavedQuestionForm {
    SavedQuestionForm(
      try call.store.saveQuestion(
        call.number("question"), name: draft.name, question: try draft.checked(call),
        by: call.principal()))
  }

  private static func remove(_ call: Call) throws {
    try call.store.deleteQuestion(call.number("question"), by: call.principal())
  }
}

private struct Asked: Taken {
  var questions: [QuestionText]

  init(_ body: JSONValue) { questions = body["questions"]?.items.map(QuestionText.init) ?? [] }

  static let title = "Questions"
  static let meaning = "What is asked."
  static let fields: [Schema.Field] = [
    // Each may take seconds of all cores, and memory of its own.
    .init("questions", .list("One or more.", .of(QuestionText.self), 1...20))
  ]
}

private struct AskedRow: Taken {
  var question: QuestionText
  var row: String

  init(_ body: JSONValue) {
    question = QuestionText(body["question"] ?? .null)
    row = body["row"]?.text ?? ""
  }

  static let title = "RowOfAnswer"
  static let meaning = "A row of an answer."
  static let fields: [Schema.Field] = [
    .init("question", .of(QuestionText.self)), .init("row", QuestionText.row),
  ]
}

/// The form of what `AnswerJSON` writes.
private struct AnswersForm: Described {
  static let title = "Answers"
  static let meaning = "Answers with what they rest on; shares run from 0 to 1."
  static let fields: [Schema.Field] = [
    .init("format", .word("Always the same.", [AnswerJSON.format])),
    .init("version", .integer("The version of the form.", example: AnswerJSON.version)),
    .init("answers", .list("In the order of the questions.", .of(AnswerForm.self))),
  ]
}

private struct AnswerForm: Described {
  static let title = "Answer"
  static let meaning = "An answer with its receipt."
  static let fields: [Schema.Field] = [
    .init("receipt", .of(ReceiptForm.self)),
    .init(
      "answer",
      .map(
        "The figures; their names are those of the kind.", .anything(""),
        example: ["counted": 1200])),
  ]
}

private struct ReceiptForm: Described {
  static let title = "Receipt"
  static let meaning = "What an answer rests on."
  static let fields: [Schema.Field] = [
    .init(
      "question", .anything("The question as it was understood.", example: QuestionText.example)),
    .init("definition", .text("The hash of the question.", example: "9f86d081884c7d65")),
    .optional("watermark", .moment("How far the data reach.")),
    .init("events", .integer("Events of the stories that were asked.", example: 120_000)),
    .init("units", .integer("Customers, or what else the question counts.", example: 9000)),
    .init(
      "tally",
      .map(
        "What was counted, is open, and was left out.", .anything(""),
        example: ["counted": 1200, "open": 31, "excluded": []])),
    .init(
      "notes",
      .list("What a reader should know.", .text("A sentence.", example: "No event is named …"))),
  ]
}

private struct KindForm: Given {
  struct Field: Given {
    var name: String
    var takes: String
    var standard: String?
    var meaning: String

    static let title = "QuestionField"
    static let meaning = "A field of a question."
    static let fields: [Schema.Field] = [
      .init("name", .text("The name.", example: "window")),
      .init("takes", .text("What may be written.", example: "7d, or none")),
      .optional(
        "standard", .text("What holds without it; missing where it must be there.", example: "30d")),
      .init("meaning", .text("What it means.", example: "First step to last.")),
    ]
  }

  var kind: String
  var asks: String
  var fields: [Field]
  var example: String

  init(_ kind: QuestionKind) {
    let form = kind.form
    (self.kind, asks, example) = (kind.rawValue, form.asks, form.example)
    fields = (form.fields + Engine.Scope.fields).map {
      Field(name: $0.name, takes: $0.takes, standard: $0.standard, meaning: $0.meaning)
    }
  }

  static let title = "Kind"
  static let meaning = "A kind of question."
  static let fields: [Schema.Field] = [
    .init("kind", .word("The word after `question:`.", QuestionKind.self)),
    .init("asks", .text("What it asks, in a sentence.", example: "How many took the steps.")),
    .init("fields", .list("Its fields, and those of every question.", .of(Field.self))),
    .init("example", .text("A question, in YAML.", example: "question: graph")),
  ]
}

private struct SavedQuestionForm: Given {
  var id: Int
  var name: String
  var question: JSONValue
  var author: String
  var changed: Instant

  init(_ saved: SavedQuestion) {
    (id, name, author, changed) = (saved.id, saved.name, saved.author, saved.changed)
    question = JSONValue(written: saved.question)
  }

  var location: String? { "\(Route.apiRoot)/questions/\(id)" }

  static let title = "SavedQuestion"
  static let meaning = "A question under a name."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number; boards name it.", example: 1)),
    .init("name", .text("The name.", example: "Lost carts by week")),
    .init("question", .anything("What is asked.", example: QuestionText.example)),
    .init("author", .text("Who saved it last.", example: "Ada Admin")),
    .init("changed", .moment("When it was saved last.")),
  ]
}

private struct QuestionDraftForm: Taken {
  var name: String
  var question: QuestionText

  init(_ body: JSONValue) {
    name = body["name"]?.text ?? ""
    question = QuestionText(body["question"] ?? .null)
  }

  /// The question as it is kept: as it was written, once it was read.
  func checked(_ call: Call) throws -> String {
    _ = try question.question("The question", in: try call.workspace.context())
    return try question.value.json
  }

  static let title = "NamedQuestion"
  static let meaning = "A question to be saved."
  static let fields: [Schema.Field] = [
    .init("name", .text("The name.", 1...100, example: "Lost carts by week")),
    .init("question", .of(QuestionText.self)),
  ]
}
