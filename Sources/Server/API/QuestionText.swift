import Engine
import Events
import Experience
import Store
import Stories

/// A question as a request brings it: the fields that docs/questions.md lists.
struct QuestionText: Taken {
  var value: JSONValue

  init(_ body: JSONValue) { value = body }

  static let title = "Question"
  static let meaning =
    "A question with its kind and its fields: /api/v1/catalogue lists them."
  static let fields: [Schema.Field] = [
    .init("question", .word("The kind.", QuestionKind.self))
  ]
  static var schema: Schema {
    Schema(.object(fields, .ignored, count: 0...Int.max), meaning, example: example)
  }
  static let example: JSONValue = [
    "question": "funnel", "steps": ["cart", "checkout", "order"], "window": "7d",
  ]

  /// Which number of an answer is meant.
  static let row = Schema.text(
    "The values of the key columns of a row, as the CSV of the answer has them: "
      + "`step=checkout,outcome=dropped`; a comma in a value is written `\\,`.", 1...2000,
    example: "step=checkout")

  /// The question, with names as the experience has them.
  ///
  /// - Parameter place: what the problem calls it.
  /// - Throws: the first mistake.
  func question(_ place: String, in context: QuestionContext) throws -> Question {
    let questions: [Question]
    do {
      questions = try Question.read(try value.json, file: place, in: context)
    } catch let mistake as Diagnostic {
      // Its line is that of a text that nobody wrote.
      throw Refusal(
        mistake.code, problem: "\(place): \(mistake.problem)", remedy: mistake.remedy)
    }
    guard questions.count == 1, let question = questions.first else {
      throw Refusal(
        "question.count", problem: "\(place) is \(questions.count) questions.",
        remedy: "Give one.")
    }
    return question
  }
}

extension JSONValue {
  /// What a text of JSON says; another text is itself.
  init(written text: String) { self = (try? JSONValue(Array(text.utf8))) ?? .text(text) }
}

extension Workspace {
  /// The customers behind a row of an answer: canonical keys, ascending, and the stories that they
  /// are of.
  func customers(
    behind row: String, of question: Question, in context: QuestionContext
  ) async throws -> (keys: [UInt64], stories: Stories) {
    let stories = try await stories(question.scope.identityAsOf.map { .asOf($0) } ?? .latest)
    let key = try AnswerRowKey(row)
    let keys = try await onCountingThreads {
      try await Stories.customers(behind: key, of: question, in: context) { _ in stories }
    }
    return (keys, stories)
  }
}
