import Accounts
import Answers
import Engine
import Events
import Experience
import Foundation
import HTTPTypes
import Hummingbird
import Pages
import Store
import Stories

/// Asking any question of the catalogue.
enum ExploreRoutes {
  static let all: [Route] = [
    Route(.get, "/explore", .permitted(.ask)) { visit in try await page(visit) },
    Route(.get, "/explore.csv", .permitted(.ask)) { visit in
      try await visit.untilLeft {
        let answered = try await one(visit)
        return .text(
          AnswerCSV.render(answered.answer.subject.table), "text/csv; charset=utf-8"
        ).named("answer.csv")
      }
    },
    Route(.get, "/explore.json", .permitted(.ask)) { visit in
      try await visit.untilLeft { .json(text: try AnswerJSON.render([try await one(visit)])) }
    },
    Route(.get, "/explore.svg", .permitted(.ask)) { visit in
      try await visit.untilLeft {
        let answered = try await one(visit)
        let style = visit.workspace.answerStyle()
        return .text(try AnswerSVG.render(answered, style: style), "image/svg+xml")
          .named("answer.svg")
      }
    },
    Route(.get, "/explore/customers", .permitted(.ask)) { visit in
      try await visit.untilLeft { try await customers(visit) }
    },
    Route(.get, "/explore/customers.csv", .permitted(.ask)) { visit in
      try await customersFile(visit)
    },
    Route(.post, "/explore/customers", .permitted(.save)) { visit in try await save(visit) },
  ]

  private static func page(_ visit: Visit) async throws -> Response {
    let asked = AskedQuestion(visit)
    let saved = visit.query("saved").flatMap { Int($0) }
    switch (visit.wantsPart, asked.wish) {
    case ("question-text", _): return .text(asked.text)
    case (AskForm.part, _):
      return .page(AskForm(asked.draft, problems: asked.problems, saved: saved).markup)
    case (_, .address):
      let change = saved.map { "&saved=\($0)" } ?? ""
      return .goTo("/explore?q=\(asked.text.urlEncoded)\(change)#answer")
    case (_, .form): return try await page(visit, asked, [], saved)
    case (_, .answer) where asked.text.isEmpty: return try await page(visit, asked, [], saved)
    case (_, .answer):
      return try await visit.untilLeft {
        var asked = asked
        var answered: [Answered] = []
        do { answered = try await answers(visit) } catch let diagnostic as Diagnostic {
          asked.note(diagnostic)
        } catch let refusal as Refusal {
          asked.note(refusal)
        }
        // The page is well, even where it is the question on it that is not.
        return try await page(visit, asked, answered, saved)
      }
    }
  }

  private static func page(
    _ visit: Visit, _ asked: AskedQuestion, _ answered: [Answered], _ saved: Int?
  ) async throws -> Response {
    let workspace = visit.workspace
    var page = ExplorePage(
      text: asked.text, form: AskForm(asked.draft, problems: asked.problems, saved: saved),
      vocabulary: try await workspace.vocabulary(),
      suggestions: Suggestions.questions(for: workspace.experience().experience),
      saved: try saved.map { try workspace.store.savedQuestion($0) },
      maySave: visit.visitor.may(.save), style: workspace.answerStyle())
    page.problem = asked.problem
    page.answers = answered
    return .page(page.render(visit.frame(.explore)))
  }

  /// The question as the address has it, whatever a browser ends its lines with.
  private static func text(_ visit: Visit) -> String { AskedQuestion(visit).text }

  /// The questions of the address.
  private static func questions(
    _ visit: Visit, in context: QuestionContext
  ) throws(Diagnostic) -> [Question] {
    try Question.read(text(visit), file: "question", in: context)
  }

  /// The answers to the questions of the address.
  private static func answers(_ visit: Visit) async throws -> [Answered] {
    let context = try visit.workspace.context()
    let questions = try questions(visit, in: context)
    return try await visit.workspace.ask(questions, in: context)
  }

  /// The answer to the one question of the address.
  private static func one(_ visit: Visit) async throws -> Answered {
    let answers = try await answers(visit)
    guard answers.count == 1, let answer = answers.first else {
      throw Refusal(
        "explore.several", problem: "These are \(answers.count) questions.",
        remedy: "Take the files of one question at a time.")
    }
    return answer
  }

  /// A row of the answer to the one question of the address, and the customers behind it.
  private struct Behind {
    var question: Question
    var row: String
    /// Canonical keys, ascending.
    var keys: [UInt64]
    var stories: Stories
    var calendar: LocalCalendar
    /// The list's address.
    var address: String

    init(_ visit: Visit) async throws {
      let workspace = visit.workspace
      let context = try workspace.context()
      let questions = try ExploreRoutes.questions(visit, in: context)
      guard questions.count == 1, let first = questions.first, let row = visit.query("row") else {
        throw Refusal(
          "explore.row", problem: "The address names no row of one answer.",
          remedy: "Follow a number of an answer under Explore.")
      }
      let known = try await workspace.stories(
        first.scope.identityAsOf.map { .asOf($0) } ?? .latest)
      let key = try AnswerRowKey(row)
      keys = try await workspace.onCountingThreads {
        try await Stories.customers(behind: key, of: first, in: context) { _ in known }
      }
      (question, self.row, stories, calendar) = (first, row, known, context.calendar)
      address =
        "/explore/customers?q=\(ExploreRoutes.text(visit).urlEncoded)&row=\(row.urlEncoded)"
    }
  }

  private static func customers(_ visit: Visit) async throws -> Response {
    let found = try await Behind(visit)
    var frame = visit.frame(.explore)
    if let saved = visit.query("saved") {
      frame.notice = "Saved as “\(saved)”: write `for: \(saved)` in any question."
    }
    let list = try visit.list(found.keys, of: found.stories, found.calendar, at: found.address)
    return .page(
      AnswerCustomersPage(
        text: text(visit), row: found.row, count: found.keys.count, list: list,
        maySave: visit.visitor.may(.save)
      ).render(frame))
  }

  private static func customersFile(_ visit: Visit) async throws -> Response {
    let found = try await Behind(visit)
    return try await visit.file(found.keys, of: found.stories, named: "customers")
  }

  private static func save(_ visit: Visit) async throws -> Response {
    let name = try await visit.form()["name"] ?? ""
    let found = try await Behind(visit)
    try visit.workspace.save(
      SavedSet(
        name: name, question: try found.question.json, place: found.row, members: found.keys),
      by: try visit.principal())
    return .goTo("\(found.address)&saved=\(name.urlEncoded)")
  }
}
