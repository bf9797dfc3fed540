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
