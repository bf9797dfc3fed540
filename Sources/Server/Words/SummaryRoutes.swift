import Accounts
import Answers
import Engine
import Events
import Experience
import Hummingbird
import Logging
import Outbound
import Pages

/// What a model makes of what people wrote: shown by GET, asked for by POST only.
enum SummaryRoutes {
  static let all: [Route] = [
    Route(.get, "/words/summary", .permitted(.ask)) { visit in
      try await visit.untilLeft { try await show(visit) }
    },
    Route(.post, "/words/summary", .permitted(.ask), handle: summarise),
  ]

  /// What is asked of the model, by whom it is answered, and in whose days.
  private struct Matter: Sendable {
    var choice: WordsChoice
    var desk: SummaryDesk
    var brief: SummaryBrief
    var context: QuestionContext

    /// Reads the fields of the page, and the texts.
    ///
    /// - Throws: `model.off`, `summary.nothing`; what reading a question throws.
    init(_ visit: Visit, _ field: (String) -> String?) async throws {
      guard let desk = visit.workspace.summaries else { throw ChatServer.off }
      self.desk = desk
      choice = WordsRoutes.choice(field)
      context = try visit.workspace.context()
      let questions = try Question.read(choice.question(), file: "words", in: context)
      guard let question = questions.first, questions.count == 1 else {
        throw WordsRoutes.unclear
      }
      brief = try await visit.workspace.brief(of: question, in: context)
    }

    func page(_ summary: Summary?, problem: Problem? = nil, of visit: Visit) -> Response {
      let page = SummaryPage(
        choice, title: WordsRoutes.title(of: choice, in: visit.workspace), brief: brief,
        sent: String(decoding: desk.request(brief).body, as: UTF8.self),
        host: desk.server.place.host, model: desk.server.model,
        summary: summary.map { summary in
          let clock = context.calendar
          return .init(
            summary, time: "\(clock.day(summary.made)), \(clock.time(summary.made))")
        }, problem: problem.map { "\($0.detail) \($0.remedy)" })
      return .page(
        page.render(visit.frame(.words)), problem.map { .init(code: $0.status) } ?? .ok)
    }
  }

  private static func show(_ visit: Visit) async throws -> Response {
    let matter = try await Matter(visit) { visit.query($0) }
    let kept = await matter.desk.summary(keptFor: matter.desk.request(matter.brief))
    return matter.page(kept, of: visit)
  }

  private static func summarise(_ visit: Visit) async throws -> Response {
    let fields = try await visit.form()
    let matter = try await Matter(visit) { fields[$0] }
    do {
      let summary = try await visit.workspace.summarise(
        matter.brief, fields["again"] == nil ? .kept : .new, by: visit.principal(), matter.desk)
      return matter.page(summary, of: visit)
    } catch let problem as Problem {
      visit.context.logger.warning(
        "No summary was made.",
        metadata: ["request": "\(visit.context.requestID)", "code": "\(problem.code)"])
      let kept = await matter.desk.summary(keptFor: matter.desk.request(matter.brief))
      return matter.page(kept, problem: problem, of: visit)
    }
  }
}
