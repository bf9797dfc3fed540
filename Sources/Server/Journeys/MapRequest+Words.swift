import Engine
import Events
import Experience
import Pages

extension MapRequest {
  /// What people of the map's customers wrote about a step, in the map's range.
  func words(of step: MeasuredStep) async throws -> StepWords {
    let scope = try scope()
    var question = WordsQuestion(about: step.touchpoints.map(\.name), in: experience)
    // Whoever reads a step chose no events, and could not name fewer.
    question.events = Array(question.events.prefix(WordsQuestion.mostSources))
    question.scope = scope
    return StepWords(
      step.touchpoints.map {
        .init(name: $0.name, title: $0.title, choice: choice(of: $0.name, scope))
      }, try await texts(question))
  }

  /// How many texts there are, and the latest of them.
  private func texts(_ question: WordsQuestion) async throws -> StepWords.Content {
    let nothing = StepWords.Content.texts(0, list(of: []))
    guard !question.events.isEmpty else { return nothing }
    var listing = question
    listing.verbatims = StepWords.most
    do {
      guard case .words(let counted) = try await answer(question),
        let all = counted.figures.first?.texts.texts, all > 0,
        case .words(let listed) = try await answer(listing)
      else { return nothing }
      return .texts(all, list(of: listed.verbatims ?? []))
    } catch let refusal as Refusal {
      // Of events that have not come yet, or none with words, nobody asked wrongly.
      let isEarly = ["question.event", "question.property"].contains(refusal.code)
      return isEarly ? nothing : .refused(refusal)
    }
  }

  private func answer(_ question: WordsQuestion) async throws -> Answer {
    try await workspace.answer(.words(question), in: context, of: stories, reading: reading).answer
  }

  private func list(of verbatims: [WordsAnswer.Verbatim]) -> VerbatimList {
    VerbatimList(
      verbatims,
      times: verbatims.map {
        "\(context.calendar.day($0.time)), \(context.calendar.time($0.time))"
      },
      style: workspace.answerStyle())
  }

  /// The texts about a touchpoint as the page of words chooses them.
  private func choice(of touchpoint: String, _ scope: Scope) -> WordsChoice {
    WordsChoice(
      event: touchpoint, from: scope.from.map { context.calendar.day($0).description } ?? "",
      to: scope.to.map { context.calendar.day($0).description } ?? "",
      population: scope.population?.name ?? "")
  }
}
