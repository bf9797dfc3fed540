import Events
import Testing

@testable import Experience

@Suite
struct `A survey's conditions` {
  private static let options = ["late", "broken", "other"].map { Survey.Option($0) }
  private let survey = Survey(
    name: "delivery", kind: .csat, ask: Wording("How was it?"),
    elements: [Survey.Element("speed")],
    questions: [
      Survey.FollowUp("why", ask: Wording("Why?"), form: .choice(Self.options, several: true)),
      Survey.FollowUp("who", ask: Wording("Who?"), form: .choice(Self.options, several: false)),
      Survey.FollowUp("again", ask: Wording("Again?"), form: .rating(1...5)),
    ])

  @Test(arguments: [
    (Survey.Condition("score", .within(1...2)), ["score": PropertyValue.number(2)], true),
    (Survey.Condition("score", .within(1...2)), ["score": .number(3)], false),
    (Survey.Condition("score", .within(1...2)), ["score": .number(2.5)], false),
    (Survey.Condition("score", .within(1...2)), ["score": .string("1")], true),
    (Survey.Condition("score", .within(1...2)), ["score": .string("bad")], false),
    (Survey.Condition("score", .within(0...1)), ["score": .boolean(true)], false),
    (Survey.Condition("score", .within(1...2)), [:], false),
    (Survey.Condition("speed", .within(1...1)), ["elements.speed": .number(1)], true),
    (Survey.Condition("speed", .within(1...1)), ["speed": .number(1)], false),
    (Survey.Condition("why", .oneOf(["late"])), ["answers.why": .string("broken, late")], true),
    (Survey.Condition("why", .oneOf(["late"])), ["answers.why": .string("broken, later")], false),
    (Survey.Condition("who", .oneOf(["late"])), ["answers.who": .string("broken, late")], false),
    (Survey.Condition("again", .oneOf(["3"])), ["answers.again": .number(3)], true),
    (Survey.Condition("unknown", .oneOf([""])), ["answers.unknown": .string("")], false),
  ])
  func `hold where the answer is one that they name`(
    condition: Survey.Condition, answers: [String: PropertyValue], holds: Bool
  ) {
    #expect(survey.holds([condition], of: answers) == holds)
  }

  @Test
  func `have to hold all, and hold where there are none`() {
    let low = Survey.Condition("score", .within(1...2))
    let late = Survey.Condition("why", .oneOf(["late"]))
    #expect(survey.holds([], of: [:]))
    #expect(!survey.holds([low, late], of: ["score": .number(1)]))
    #expect(survey.holds([low, late], of: ["score": .number(1), "answers.why": .string("late")]))
  }
}
