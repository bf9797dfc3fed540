import Answers
import Engine
import Events
import Store

struct Asked: Taken {
  var questions: [QuestionText]

  init(_ body: JSONValue) { questions = body["questions"]?.items.map(QuestionText.init) ?? [] }

  static let title = "Questions"
  static let meaning = "What is asked."
  static let fields: [Schema.Field] = [
    // Each may take seconds of all cores, and memory of its own.
    .init("questions", .list("One or more.", .of(QuestionText.self), 1...20))
  ]
}

struct AskedRow: Taken {
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
struct AnswersForm: Described {
  static let title = "Answers"
  static let meaning = "Answers with what they rest on; shares run from 0 to 1."
  static let fields: [Schema.Field] = [
    .init("format", .word("Always the same.", [AnswerJSON.format])),
    .init("version", .integer("The version of the form.", example: AnswerJSON.version)),
    .init("answers", .list("In the order of the questions.", .of(AnswerForm.self))),
  ]
}

struct AnswerForm: Described {
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

struct ReceiptForm: Described {
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

struct KindForm: Given {
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

struct SavedQuestionForm: Given {
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

struct QuestionDraftForm: Taken {
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
