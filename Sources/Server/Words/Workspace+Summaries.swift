import Accounts
import Answers
import Engine
import Events
import Outbound
import Store

extension Workspace {
  /// What a model would be given of the texts that a question is about.
  ///
  /// - Throws: `summary.question`, `summary.nothing`.
  func brief(of question: Question, in context: QuestionContext) async throws -> SummaryBrief {
    let answers = try await ask(SummaryBrief.questions(of: question), in: context)
    return try SummaryBrief(answers, most: configuration.summaryTexts)
  }

  /// The model's summary of a brief; before something is sent, the audit log says so.
  ///
  /// - Throws: as `SummaryDesk.summary`.
  func summarise(
    _ brief: SummaryBrief, _ freshness: SummaryDesk.Freshness, by principal: Principal,
    _ desk: SummaryDesk
  ) async throws -> Summary {
    try await desk.summary(of: desk.request(brief), freshness) { [store] in
      try store.record(
        .textsSent, desk.server.place.host,
        detail: "\(brief.given) of \(brief.total) texts to the model \(desk.server.model)",
        by: principal)
    }
  }
}
