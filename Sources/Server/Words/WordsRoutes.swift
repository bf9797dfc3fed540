import Accounts
import Answers
import Engine
import Events
import Experience
import Hummingbird
import Maps
import Outbound
import Pages
import Stories
import Words

/// What people wrote.
enum WordsRoutes {
  static let all: [Route] = [
    Route(.get, "/words", .permitted(.ask)) { visit in
      try await visit.untilLeft { try await page(visit) }
    },
    Route(.get, "/words/texts", .permitted(.ask)) { visit in
      try await visit.untilLeft { try await texts(visit) }
    },
  ]

  /// The texts that the fields of a form or an address choose.
  static func choice(_ field: (String) -> String?) -> WordsChoice {
    WordsChoice(
      event: field("event") ?? "", text: field("text") ?? "", score: field("score") ?? "",
      from: field("from") ?? "", to: field("to") ?? "", population: field("for") ?? "",
      theme: field("theme") ?? "", feeling: field("feeling") ?? "")
  }

  /// What the chosen texts are called.
  static func title(of choice: WordsChoice, in workspace: Workspace) -> String {
    guard choice.theme.isEmpty else {
      let themes = workspace.experience().experience?.themes ?? []
      return themes.first { $0.name == choice.theme }?.title ?? "“\(choice.theme)”"
    }
    return choice.feeling.isEmpty ? "All texts" : "\(choice.feeling) texts".asTitle
  }

  /// That fields make several questions, or none.
  static let unclear = Refusal(
    "words.question", problem: "The fields make no question of one answer.",
    remedy: "Go back to Words and choose events, a text and a range again.")

  private static func page(_ visit: Visit) async throws -> Response {
    let workspace = visit.workspace
    let choice = choice { visit.query($0) }
    var figures: WordsPage.Figures?
    var problem: String?
    do {
      figures = try await self.figures(choice, visit)
    } catch let diagnostic as Diagnostic {
      problem = "\(diagnostic.problem) \(diagnostic.remedy)"
    } catch let refusal as Refusal {
      // Where nothing was chosen nobody asked wrongly: nobody has written yet.
      problem = choice == WordsChoice() ? nil : "\(refusal.problem) \(refusal.remedy)"
    }
    return .page(
      WordsPage(
        choice, figures: figures, problem: problem,
        themes: workspace.experience().experience?.themes ?? [],
        vocabulary: try await workspace.vocabulary(), style: workspace.answerStyle(),
        model: workspace.summaries?.server.model
      ).render(visit.frame(.words)))
  }

  private static func figures(
    _ choice: WordsChoice, _ visit: Visit
  ) async throws -> WordsPage.Figures {
    let context = try visit.workspace.context()
    let stories = try await visit.workspace.stories()
    func read(_ text: String) throws -> [Question] {
      try Question.read(text, file: "words", in: context)
    }
    let whole = try read(choice.question())
    let interval = Self.interval(whole.first?.scope ?? Engine.Scope(), stories.watermark)
    let asked = try whole + read(choice.question(["interval": "\"\(interval.rawValue)\""]))
    let answers = try await visit.workspace.ask(asked, in: context)
    guard answers.count == 2 else { throw unclear }
    return WordsPage.Figures(whole: answers[0], trend: answers[1])
  }

  /// Weeks of a range of up to half a year, months of others.
  private static func interval(_ scope: Engine.Scope, _ watermark: Instant?) -> CalendarInterval {
    guard let from = scope.from, let end = scope.to ?? watermark else { return .month }
    return end - from <= .days(183) ? .week : .month
  }

  private static func texts(_ visit: Visit) async throws -> Response {
    let workspace = visit.workspace
    let choice = choice { visit.query($0) }
    let context = try workspace.context()
    let questions = try Question.read(choice.listing, file: "words", in: context)
    let answers = try await workspace.ask(questions, in: context)
    guard case .words(let answer)? = answers.first?.answer else { throw unclear }
    let verbatims = answer.verbatims ?? []
    return .page(
      TextsPage(
        choice, title: title(of: choice, in: workspace), verbatims: verbatims,
        times: verbatims.map {
          "\(context.calendar.day($0.time)), \(context.calendar.time($0.time))"
        },
        style: workspace.answerStyle(), model: workspace.summaries?.server.model
      ).render(visit.frame(.words)))
  }
}
