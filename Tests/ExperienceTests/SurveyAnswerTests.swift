import Events
import Testing

@testable import Experience

private typealias Fields = [(String, String)]

@Suite struct `An answer to a survey` {
  private let survey = Survey(
    name: "delivery", kind: .csat, ask: Wording("How was it?"),
    elements: [.init("speed"), .init("packaging")],
    questions: [
      .init(
        "why", ask: Wording("Why?"),
        form: .choice([.init("late"), .init("broken"), .init("other")], several: true),
        when: [.init("score", .within(1...2))]),
      .init(
        "words", ask: Wording("Say more"), form: .text, when: [.init("why", .oneOf(["other"]))]),
      .init("again", ask: Wording("Again?"), form: .rating(0...10)),
    ])

  private func read(_ fields: Fields) throws(Refusal) -> SurveyAnswer {
    try SurveyAnswer(fields.map { (name: $0.0, value: $0.1) }, to: survey)
  }

  private func code(_ fields: Fields) -> String? {
    do throws(Refusal) { _ = try read(fields).whole(of: survey) } catch { return error.code }
    return nil
  }

  @Test func `has the properties of its event`() throws {
    let answer = try read([
      ("score", "2"), ("elements.speed", "1"), ("answers.why", "late"), ("answers.why", "other"),
      ("answers.words", "  Three weeks!\r\nReally.  "), ("answers.again", "0"),
    ])
    #expect(
      try answer.whole(of: survey) == [
        "score": .number(2), "elements.speed": .number(1), "answers.why": .string("late, other"),
        "answers.words": .string("Three weeks!\nReally."), "answers.again": .number(0),
        "comment": .string("Three weeks!\nReally."),
      ])
  }

  @Test(
    arguments: [
      ([], "survey.missing"), ([("score", "")], "survey.missing"),
      ([("elements.speed", "3")], "survey.missing"), ([("score", "0")], "survey.number"),
      ([("score", "6")], "survey.number"), ([("score", "4.5")], "survey.number"),
      ([("score", "vier")], "survey.number"), ([("score", "٣")], "survey.number"),
      ([("score", "99999999999999999999")], "survey.number"), ([("score", "-1")], "survey.number"),
      ([("score", "3"), ("score", "4")], "survey.twice"),
      ([("score", "3"), ("elements.price", "3")], "survey.field"),
      ([("score", "3"), ("choice", "late")], "survey.field"),
      ([("score", "3"), ("comment", "hi")], "survey.field"),
      ([("score", "3"), ("seen", "nothing")], "survey.field"),
      ([("score", "3"), ("csrf", "x")], "survey.field"),
      ([("score", "1"), ("answers.why", "Late")], "survey.option"),
      ([("score", "1"), ("answers.why", "late"), ("answers.why", "late")], "survey.twice"),
      ([("score", "3"), ("answers.again", "11")], "survey.number"),
      ([("score", "3")], nil), ([("score", " 3 ")], nil),
    ] as [(Fields, String?)])
  fileprivate func `is refused where it doesn't fit`(fields: Fields, expected: String?) {
    #expect(code(fields) == expected)
  }

  @Test func `leaves out what is not asked after it`() throws {
    let changed = try read([
      ("score", "5"), ("answers.why", "other"), ("answers.words", "Never mind"),
    ])
    #expect(try changed.whole(of: survey) == ["score": .number(5)])
    let half = try read([
      ("score", "1"), ("answers.why", "late"), ("answers.words", "Never mind"),
    ])
    #expect(
      try half.whole(of: survey) == ["score": .number(1), "answers.why": .string("late")])
  }

  @Test func `leads from question to question`() throws {
    #expect(SurveyAnswer().unseen(of: survey).map(\.name) == ["again"])
    #expect(try read([("score", "3"), ("seen", "again")]).unseen(of: survey).isEmpty)
    let bad: Fields = [("score", "1"), ("seen", "again")]
    #expect(try read(bad).unseen(of: survey).map(\.name) == ["why"])
    let seen = bad + [("seen", "why"), ("answers.why", "other")]
    #expect(try read(seen).unseen(of: survey).map(\.name) == ["words"])
    #expect(try read(seen + [("seen", "words")]).unseen(of: survey).isEmpty)
  }

  @Test func `is bounded, and keeps no characters that nobody types`() throws {
    let words: Fields = [("score", "1"), ("answers.why", "other")]
    func said(_ text: String) throws(Refusal) -> PropertyValue? {
      try read(words + [("answers.words", text)]).whole(of: survey)["comment"]
    }
    let longest = String(repeating: "ß", count: SurveyAnswer.longestText)
    #expect(try said(longest) == .string(longest))
    #expect(code(words + [("answers.words", longest + "ß")]) == "survey.text")
    #expect(
      code(words + [("answers.words", "e" + String(repeating: "\u{301}", count: 10_000))])
        == "survey.text")
    #expect(try said("a\u{0}b\u{1B}[2Jc\td\u{85}") == .string("ab[2Jc\td"))
    #expect(try said(" \r\n\t ") == nil)
  }

  @Test func `is shown again as far as it goes`() {
    let fields = [
      ("score", "9"), ("score", "3"), ("elements.speed", "1"), ("nonsense", "x"),
      ("answers.words", String(repeating: "x", count: 10_001)), ("answers.again", "7"),
    ].map { (name: $0.0, value: $0.1) }
    #expect(
      SurveyAnswer.taking(fields, to: survey).properties == [
        "score": .number(3), "elements.speed": .number(1), "answers.again": .number(7),
      ])
  }

  @Test func `to a question in words is the comment`() throws {
    let survey = Survey(name: "words", kind: .text, ask: Wording("What now?"))
    let answer = try SurveyAnswer([(name: "comment", value: "Nothing")], to: survey)
    #expect(try answer.whole(of: survey) == ["comment": .string("Nothing")])
    #expect(throws: Refusal.self) {
      try SurveyAnswer([(name: "score", value: "1")], to: survey)
    }
  }

  @Test func `is thanked by what it says`() {
    var survey = survey
    survey.thanks = [
      .init(Wording("Great"), when: [.init("score", .within(4...5))], link: "https://example.com"),
      .init(Wording("Thanks")),
    ]
    #expect(survey.thanks(for: ["score": .number(5)])?.say == Wording("Great"))
    #expect(survey.thanks(for: ["score": .number(1)])?.say == Wording("Thanks"))
  }
}
