import Engine
import Events
import Experience
import Testing

@testable import Pages

struct `The report of a survey` {
  private static let text = """
    experience: Shop
    teams: [shop]
    touchpoints:
      order: {on: Order Completed, owner: shop}
      ad: {on: Ad}
      search: {on: Search}
      call: {on: Call}
    journeys:
      buy: {title: The way to buy, starts: [ad, search], goal: order, window: 30d}
      ask: {starts: [call], goal: order, window: 1d}
    segments: {no: 'age() < 30d'}
    surveys:
      yes: {kind: csat, ask: How was it?, after: order, elements: [speed, price]}
      "12":
        kind: nps
        ask: {de: Wie?, en: How?}
        questions:
          why: {kind: choice, ask: Why?, options: [late, other]}
          words: {kind: text, ask: Tell us}
      wish: {kind: choice, ask: Which one?, options: [one, two]}
      words: {kind: text, ask: What else?}
      work: {kind: nps, ask: How is work?, of: employees}
    """

  private static func experience() -> Experience {
    let loaded = ExperienceLoader.load(text: text, file: "experience.yaml")
    #expect(loaded.diagnostics.allSatisfy { $0.severity != .error }, "\(loaded.diagnostics)")
    return loaded.experience
  }

  @Test func `asks nothing that can't be asked`() throws {
    let experience = Self.experience()
    #expect(experience.surveys.count == 5)
    let context = try QuestionContext(experience)
    for survey in experience.surveys {
      let report = SurveyReport(survey, in: experience)
      #expect(!report.parts.isEmpty)
      for part in report.parts {
        let questions = try Question.read(part.question, file: part.title, in: context)
        #expect(questions.count == 1, "\(part.question)")
      }
    }
  }

  @Test func `asks what the survey asked`() throws {
    let experience = Self.experience()
    let titles = experience.surveys.map { SurveyReport($0, in: experience).parts.map(\.title) }
    #expect(titles[0].contains("Elements") && titles[0].contains("What drives the score"))
    #expect(titles[0].contains("By segment") && !titles[0].contains("In their words"))
    #expect(
      titles[0].filter { $0.hasPrefix("By start") } == ["By starting point of “The way to buy”"])
    #expect(!titles[1].contains { $0.hasPrefix("By start") })
    #expect(titles[1].contains("Why?") && titles[1].contains("In their words"))
    #expect(titles[2] == ["Answers by week", "What was chosen"])
    #expect(titles[3] == ["Answers by week", "In their words"])
    #expect(titles[4].contains("Beside what customers score"))
    #expect(titles[..<4].allSatisfy { !$0.contains("Beside what customers score") })
  }
}
