import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Loyalty` {
  private struct Unexpected: Error {}

  private static let experience = Experience(
    touchpoints: [
      Touchpoint(name: "buy", stage: "purchase", rule: .isEvent("order")),
      Touchpoint(name: "help", stage: "service", rule: .isEvent("call")),
      Touchpoint(name: "tell", stage: "advocacy", rule: .isEvent("referral")),
      Touchpoint(name: "gift", stage: "purchase", rule: .isEvent("gift")),
    ],
    surveys: [
      Survey(
        name: "effort", kind: .ces, ask: Wording("How hard was it?"), scale: 1...5,
        direction: .lower)
    ])

  private static func events(_ seed: UInt64) -> [Event] {
    var random = SeededGenerator(seed: seed &* 31 &+ 7)
    return (0..<200).map { _ in
      let name = ["order", "order", "call", "referral", "gift", SurveyEvent.answered][
        random.below(6)]
      var properties: [String: PropertyValue] = [:]
      if name == SurveyEvent.answered {
        properties[SurveyEvent.survey] = .string("effort")
        properties[SurveyEvent.score] =
          random.chance(0.1) ? .string("none") : .number(Double(random.below(8)))
      } else if random.chance(0.7) {
        properties["category"] =
          random.chance(0.8)
          ? .string(["tea", "cups", "books"][random.below(3)]) : .number(Double(random.below(2)))
      }
      return Event(
        name, at: Instant(milliseconds: Int64(random.below(100)) * 86_400_000),
        by: Identity("c\(random.below(30))"), properties: properties)
    }
  }

  private static func read(_ text: String) throws -> (LoyaltyQuestion, QuestionContext) {
    let context = try QuestionContext(experience)
    let question = try #require(
      Question.read("{question: loyalty, \(text)}", file: "q", in: context).first)
    guard case .loyalty(let loyalty) = question else { throw Unexpected() }
    return (loyalty, context)
  }

  private static let questions = [
    "survey: effort, outcomes: {again: buy, tell: referral}, within: 20d",
    "event: Survey Answered, metric: nps, outcomes: {again: order}, within: 10d, from: 1970-01-20",
    "event: Survey Answered, score: properties.score + 1, direction: lower, top: 3, "
      + "outcomes: {again: buy}, within: 30d, to: 1970-03-20",
    "event: buy, met: help, outcomes: {again: buy, "
      + "broader: {event: any, new: touchpoint}, stage: {event: any, new: stage}}, within: 15d",
    "event: order, met: call, before: 5d, within: 25d, "
      + "outcomes: {category: {event: order, new: category}, deeper: order}, breakdown: category",
  ]

  @Test(arguments: questions, UInt64(0)..<12)
  func `is that of its naive twin`(text: String, seed: UInt64) async throws {
    let (question, context) = try Self.read(text)
    let events = Self.events(seed)
    let (stories, fold) = (try Stories(events), try question.fold(in: context))
    let found = try await stories.answer(fold)
    let twin = NaiveLoyalty(question: question, touchpoints: Self.experience.touchpoints)
    let customers = twin.customers(JourneyWorld.plain(stories)).compactMap(\.self)
    for row in found.rows {
      let group = customers.filter { $0.group == row.group }
      let passed = group.filter(\.isPassed)
      #expect(row.share.count == passed.count && row.open == group.count - passed.count)
      #expect(row.customers == passed.count { $0.did.contains(row.outcome) })
    }
    #expect(found.rows.count == question.groups.count * question.outcomes.count)
    let off = customers.count { $0.group == nil }
    #expect((found.tally.excluded.first?.count ?? 0) == off)
    #expect(found.tally.counted + found.tally.open == customers.count - off)
  }

  @Test(arguments: questions)
  func `names its customers, and reads what it wrote`(text: String) async throws {
    let (question, context) = try Self.read(text)
    try Question.loyalty(question).expectToRead(in: context)
    try await Question.loyalty(question).expectCustomers(
      of: Stories(Self.events(3)), in: context)
  }

  @Test func `of low effort is told from that of high effort`() async throws {
    // Newcombe's example: 56 of 70 against 48 of 80.
    var events: [Event] = []
    for customer in 0..<150 {
      let isEasy = customer < 70
      let who = Identity("c\(customer)")
      events.append(
        Event(
          SurveyEvent.answered, at: Instant(milliseconds: 0), by: who,
          properties: [
            SurveyEvent.survey: .string("effort"), SurveyEvent.score: .number(isEasy ? 1 : 5),
          ]))
      if isEasy ? customer < 56 : customer < 118 {
        events.append(Event("order", at: Instant(milliseconds: 5), by: who))
      }
    }
    events.append(
      Event("call", at: Instant(milliseconds: 20 * 86_400_000), by: Identity("c0")))
    let (question, context) = try Self.read(
      "survey: effort, outcomes: {repurchase: buy}, within: 20d")
    let answer = try await Stories(events).answer(question.fold(in: context))
    #expect(answer.rows.map(\.group) == ["low effort", "middle", "high effort"])
    #expect(answer.rows.map(\.customers) == [56, 0, 48])
    let difference = answer.rows[0].difference
    #expect(abs(try #require(difference.value) - 0.2) < 1e-12)
    #expect(abs(try #require(difference.low) - 0.0524) < 5e-5)
    #expect(abs(try #require(difference.high) - 0.3339) < 5e-5)
    #expect(answer.rows[2].difference == .none && answer.rows[1].share == .none)
  }

  @Test func `counts nobody before their span has passed`() async throws {
    let (question, context) = try Self.read(
      "event: order, met: call, outcomes: {again: order}, within: 10d")
    let day = Int64(86_400_000)
    let events = [("a", 0), ("a", 1), ("b", 5), ("c", 12), ("d", 15)].map {
      Event("order", at: Instant(milliseconds: $0.1 * day), by: Identity($0.0))
    }
    let answer = try await Stories(events).answer(question.fold(in: context))
    #expect(answer.rows.map(\.share.count) == [0, 2] && answer.rows.map(\.customers) == [0, 1])
    #expect(answer.rows.map(\.open) == [0, 2])
  }

  @Test(arguments: [
    "outcomes: {a: order}", "event: order, met: call", "event: order, met: call, outcomes: {}",
    "event: order, outcomes: {a: order}, within: 0d",
    "event: order, met: call, score: x, outcomes: {a: order}",
    "survey: effort, met: call, outcomes: {a: order}", "survey: other, outcomes: {a: order}",
    "event: order, before: 3d, outcomes: {a: order}",
    "event: order, metric: nps, scale: [1, 5], outcomes: {a: order}",
    "event: order, scale: [1, 5], top: 3, outcomes: {a: order}",
    "event: order, outcomes: {a: {event: order, never: x}}",
    "event: order, met: call, before: 0d, outcomes: {a: order}",
  ])
  func `refuses`(text: String) throws {
    #expect(throws: Diagnostic.self) { try Self.read(text) }
  }

  @Test func `needs touchpoints to know that one is new`() async throws {
    let (question, _) = try Self.read(
      "event: order, met: call, outcomes: {a: {event: any, new: stage}}")
    #expect(throws: Refusal.self) { try question.fold(in: QuestionContext()) }
  }
}
