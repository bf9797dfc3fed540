import Accounts
import Answers
import Events
import HTTPTypes
import Outbound

/// Summaries of what people wrote.
enum SummaryAPI {
  static let all: [Route] = [
    .api(
      .post, "/words/summary", .ask,
      Operation(
        "summariseTexts", .questions, "Have a model sum up what people wrote",
        "Sends a sample of the texts to the server of the settings `summaries.…`, with what leads to "
          + "their writers masked. Where no server is set it is refused.", problems: [502]),
      taking: summarise)
  ]

  private static func summarise(_ call: Call, _ draft: SummaryDraft) async throws -> SummaryForm {
    guard let desk = call.workspace.summaries else { throw ChatServer.off }
    let context = try call.workspace.context()
    let brief = try await call.workspace.brief(
      of: draft.question.question("The question", in: context), in: context)
    let summary = try await call.workspace.summarise(
      brief, draft.freshness, by: call.principal(), desk)
    return SummaryForm(summary, of: brief, desk)
  }
}

/// What is to be summed up.
private struct SummaryDraft: Taken {
  let question: QuestionText
  let freshness: SummaryDesk.Freshness

  init(_ body: JSONValue) {
    question = QuestionText(body["question"] ?? .null)
    freshness = body["again"]?.truth == true ? .new : .kept
  }

  static let title = "TextsToSummarise"
  static let meaning = "A question of the kind `words`, whose texts are summed up."
  static let fields: [Schema.Field] = [
    .init("question", .of(QuestionText.self)),
    .optional(
      "again",
      .boolean("Whether the same texts are sent again, though a summary is kept.", example: false)),
  ]
}

/// A summary with all that it rests on.
private struct SummaryForm: Given {
  var summary: String
  var cut: Bool
  var made: Instant
  var model: String
  var host: String
  var given: Int
  var texts: Int
  var rule: String
  var sent: String

  init(_ summary: Summary, of brief: SummaryBrief, _ desk: SummaryDesk) {
    (self.summary, cut, made) = (summary.text, summary.isCut, summary.made)
    (model, host) = (desk.server.model, desk.server.place.host)
    (given, texts, rule) = (brief.given, brief.total, brief.rule)
    sent = String(decoding: desk.request(brief).body, as: UTF8.self)
  }

  static let title = "Summary"
  static let meaning = "What a model made of texts; show it as text and as nothing else."
  static let fields: [Schema.Field] = [
    .init("summary", .text("The model’s words.", example: "Most texts praise the courier.")),
    .init("cut", .boolean("Whether it was ended early.", example: false)),
    .init("made", .moment("When it came; earlier, where it was kept.")),
    .init("model", .text("The model’s name.", example: "mistral-small")),
    .init("host", .text("Where it was asked.", example: "127.0.0.1:11434")),
    .init("given", .integer("How many texts it was given.", example: 100)),
    .init("texts", .integer("How many there are.", example: 4312)),
    .init("rule", .text("How they were chosen and masked.", example: "All of them; …")),
    .init("sent", .text("The body of the request, byte for byte.", example: "{…}")),
  ]
}
