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
      let answered = try await one(visit)
      return .text(
        AnswerCSV.render(answered.answer.subject.table), "text/csv; charset=utf-8"
      ).named("answer.csv")
    },
    Route(.get, "/explore.json", .permitted(.ask)) { visit in
      .json(text: try AnswerJSON.render([try await one(visit)]))
    },
    Route(.get, "/explore.svg", .permitted(.ask)) { visit in
      let answered = try await one(visit)
      return .text(try AnswerSVG.render(answered, style: style(visit)), "image/svg+xml")
        .named("answer.svg")
    },
    Route(.get, "/explore/customers", .permitted(.ask)) { visit in try await customers(visit) },
    Route(.get, "/explore/customers.csv", .permitted(.ask)) { visit in
      try await customersFile(visit)
    },
    Route(.post, "/explore/customers", .permitted(.save)) { visit in try await save(visit) },
  ]

  private static func page(_ visit: Visit) async throws -> Response {
    let text = visit.query("q")?.replacing("\r\n", with: "\n") ?? ""
    let experience = visit.workspace.experience().experience
    var page = ExplorePage(
      text: text, suggestions: Suggestions.questions(for: experience), style: style(visit))
    guard !text.isEmpty else { return .page(page.render(visit.frame(.explore))) }
    do {
      page.answers = try await answers(visit)
      return .page(page.render(visit.frame(.explore)))
    } catch let diagnostic as Diagnostic {
      page.problem =
        "Line \(diagnostic.line), column \(diagnostic.column): \(diagnostic.problem) "
        + diagnostic.remedy
    } catch let refusal as Refusal {
      page.problem = refusal.description
    }
    // The page is well; it is the question on it that is not.
    return .page(page.render(visit.frame(.explore)))
  }

  /// The answers to the questions of the address.
  private static func answers(_ visit: Visit) async throws -> [Answered] {
    let workspace = visit.workspace
    let context = try workspace.context()
    let questions = try Question.read(
      visit.query("q")?.replacing("\r\n", with: "\n") ?? "", file: "question", in: context)
    return try await workspace.ask(questions, in: context)
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

  private static func style(_ visit: Visit) -> AnswerStyle {
    let experience = visit.workspace.experience().experience
    return AnswerStyle(
      currency: experience?.currency ?? "", timezone: experience?.timezone ?? "UTC")
  }

  // The customers behind a row.

  /// How many customers one page lists.
  private static let pageLength = 50
  /// The most customers of a file: some 50 MB, which are made in memory.
  private static let longestFile = 1_000_000

  /// The question, its row, and the canonical keys of the customers behind it.
  private static func behind(
    _ visit: Visit
  ) async throws -> (question: Question, row: String, keys: [UInt64], stories: Stories) {
    let workspace = visit.workspace
    let context = try workspace.context()
    let questions = try Question.read(visit.query("q") ?? "", file: "question", in: context)
    guard questions.count == 1, let question = questions.first, let row = visit.query("row") else {
      throw Refusal(
        "explore.row", problem: "The address names no row of one answer.",
        remedy: "Follow a number of an answer under Explore.")
    }
    let stories = try await workspace.stories(
      question.scope.identityAsOf.map { .asOf($0) } ?? .latest)
    let key = try AnswerRowKey(row)
    let keys = try await workspace.onCountingThreads {
      try await Stories.customers(behind: key, of: question, in: context) { _ in stories }
    }
    return (question, row, keys, stories)
  }

  private static func customers(_ visit: Visit) async throws -> Response {
    let found = try await behind(visit)
    let after = visit.query("after").flatMap { UInt64($0, radix: 16) } ?? 0
    let rest = found.keys.drop { $0 <= after }
    let text = visit.query("q") ?? ""
    let next: String? =
      rest.count > pageLength
      ? rest.prefix(pageLength).last.map { key in
        "/explore/customers?q=\(text.urlEncoded)&row=\(found.row.urlEncoded)"
          + "&after=\(hexadecimal(key))"
      } : nil
    let calendar = try visit.workspace.context().calendar
    let rows = found.stories.customers(rest.prefix(pageLength)).map { customer in
      CustomerList.Row(
        identity: customer.identity, events: customer.events,
        first: "\(calendar.day(customer.first))", last: "\(calendar.day(customer.last))")
    }
    var frame = visit.frame(.explore)
    if let saved = visit.query("saved") {
      frame.notice = "Saved as “\(saved)”: write `for: \(saved)` in any question."
    }
    return .page(
      AnswerCustomersPage(
        text: text, row: found.row, count: found.keys.count,
        list: CustomerList(rows, next: next), maySave: visit.visitor.may(.save)
      ).render(frame))
  }

  private static func customersFile(_ visit: Visit) async throws -> Response {
    let found = try await behind(visit)
    guard found.keys.count <= longestFile else {
      throw Refusal(
        "customers.file", problem: "There are \(found.keys.count) customers.",
        remedy: "A file has at most \(longestFile): ask of a shorter range or a segment.")
    }
    let text = try await visit.workspace.onCountingThreads {
      AnswerCSV.customers(found.stories.customers(found.keys))
    }
    return Response.text(text, "text/csv; charset=utf-8").named("customers.csv")
  }

  private static func save(_ visit: Visit) async throws -> Response {
    let name = try await visit.form()["name"] ?? ""
    guard let principal = visit.visitor.principal else { throw Problem.signIn }
    let found = try await behind(visit)
    try visit.workspace.save(
      SavedSet(
        name: name, question: try found.question.json, place: found.row, members: found.keys),
      by: principal)
    return .goTo(
      "/explore/customers?q=\((visit.query("q") ?? "").urlEncoded)"
        + "&row=\(found.row.urlEncoded)&saved=\(name.urlEncoded)")
  }
}
