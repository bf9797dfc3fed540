import Events
import Experience
import Stories
import Testing

@testable import Engine

@Suite
struct `Looking for what has to be seen to` {
  private static let survey = Survey(
    name: "delivery", kind: .csat, ask: Wording("How was it?"), about: "parcel",
    loop: Survey.Loop(when: [Survey.Condition("score", .within(1...2))], due: .days(2)))
  private static let experience = Experience(
    touchpoints: [
      Touchpoint(name: "parcel", owner: "logistics"),
      Touchpoint(
        name: "review", rule: .binary(.equal, .event, .string("Review Posted")),
        owner: "marketing", control: .external, score: .property("stars")),
    ],
    surveys: [survey, Survey(name: "quiet", kind: .nps, ask: Wording("?"))],
    loops: [
      LoopRule(
        name: "bad_review",
        rule: .binary(
          .and, .binary(.equal, .event, .string("Review Posted")),
          .binary(.lessOrEqual, .property("stars"), .number(2)))),
      LoopRule(
        name: "mention", rule: .binary(.equal, .event, .string("Mentioned")), about: "parcel",
        team: "press"),
    ])

  private func answer(_ score: Double, of survey: String = "delivery", at day: Int64) -> Event {
    Event(
      SurveyEvent.answered, at: Instant(milliseconds: day * 86_400_000), by: Identity("c1"),
      messageID: "\(survey)-\(day)",
      properties: ["survey": .string(survey), "score": .number(score)])
  }

  private func event(_ name: String, at day: Int64, stars: Double? = nil) -> Event {
    Event(
      name, at: Instant(milliseconds: day * 86_400_000), by: Identity("c2"),
      properties: stars.map { ["stars": .number($0)] } ?? [:])
  }

  private func found(
    _ events: [Event], from day: Int64 = 0, except known: inout Set<UInt64>
  ) throws -> [LoopFinding] {
    try LoopSearch(Self.experience).findings(
      in: try Stories(events), from: Instant(milliseconds: day * 86_400_000), except: &known)
  }

  @Test
  func `finds answers by their survey and other events by rules, with touchpoint and team`() throws
  {
    var known: Set<UInt64> = []
    let findings = try found(
      [
        answer(2, at: 1), answer(3, at: 2), answer(1, of: "quiet", at: 3),
        answer(1, of: "gone", at: 4), event("Review Posted", at: 1, stars: 1),
        event("Review Posted", at: 2, stars: 5), event("Mentioned", at: 3),
        event("Review Posted", at: 4),
      ], except: &known)
    let lines = findings.map { finding in
      let name =
        switch finding.rule {
        case .survey(let survey, _): survey.name
        case .rule(let rule): rule.name
        }
      return "\(name) \(finding.touchpoint?.name ?? "–") \(finding.team ?? "–") "
        + "\(finding.score.map { "\($0)" } ?? "–")"
    }
    #expect(
      lines.sorted() == [
        "bad_review review marketing 1.0", "delivery parcel logistics 2.0",
        "mention parcel press –",
      ])
  }

  @Test
  func `finds nothing twice, and nothing from before`() throws {
    var known: Set<UInt64> = []
    let events = [answer(1, at: 1), answer(1, at: 5)]
    #expect(try found(events, from: 2, except: &known).count == 1)
    #expect(try found(events, from: 2, except: &known).isEmpty)
    #expect(try found(events, from: 0, except: &known).count == 1)
  }

  @Test
  func `has nothing to do where nothing is asked for`() {
    #expect(
      LoopSearch(Experience(surveys: [Survey(name: "a", kind: .nps, ask: Wording("?"))])).isEmpty)
    #expect(!LoopSearch(Self.experience).isEmpty)
  }

  @Test
  func `takes what an answer says it is about`() throws {
    var known: Set<UInt64> = []
    var about = answer(1, at: 1)
    about.properties[SurveyEvent.touchpoint] = .string("review")
    #expect(try found([about], except: &known).first?.team == "marketing")
  }
}
