import Engine
import Events
import Experience
import Pages

extension MapRequest {
  /// What people of the map's customers wrote about a step, in the map's range.
  func words(of step: MeasuredStep) async throws -> StepWords {
    do {
      let scope = try scope()
      var question = WordsQuestion(about: step.touchpoints.map(\.name), in: experience)
      question.scope = scope
      let touchpoints = step.touchpoints.map {
        StepWords.Touchpoint(name: $0.name, title: $0.title, choice: choice(of: $0.name, scope))
      }
      guard !question.events.isEmpty else {
        return StepWords(touchpoints, .texts(0, list(of: [])))
      }
      guard case .words(let counted) = try await answer(question),
        let all = counted.figures.first?.texts.texts, all > 0
      else { return StepWords(touchpoints, .texts(0, list(of: []))) }
      question.verbatims = StepWords.most
      guard case .words(let listed) = try await answer(question) else {
        throw CancellationError()
      }
      return StepWords(touchpoints, .texts(all, list(of: listed.verbatims ?? [])))
    } catch let refusal as Refusal
      where refusal.code == "question.event" || refusal.code == "question.property"
    {
      // Nobody asked wrongly: no such event has come yet, or none with words.
      return StepWords([], .texts(0, list(of: [])))
    } catch let refusal as Refusal {
      return StepWords([], .refused(refusal))
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
