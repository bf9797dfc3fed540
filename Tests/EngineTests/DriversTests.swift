import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Key drivers` {
  private struct Unexpected: Error {}

  /// Answers with three ratings and what they make of them, and orders that follow some.
  private static func survey(
    seed: UInt64, customers: Int = 60, late: Double = 0.4
  ) throws -> [[Event]] {
    var random = SeededGenerator(seed: seed)
    return (0..<customers).map { customer in
      let who = Identity("c\(customer)")
      var events: [Event] = []
      var time = Int64(random.below(40)) * 86_400_000
      for _ in 0..<(1 + random.below(2)) {
        let isLate = random.chance(late)
        if isLate { events.append(Event("late", at: Instant(milliseconds: time - 5000), by: who)) }
        let ratings = (0..<3).map { _ in 1 + random.below(isLate ? 3 : 5) }
        var properties: [String: PropertyValue] = [
          "overall": .number(Double(2 * ratings[0] + ratings[1] + random.below(4))),
          "design": .number(Double(ratings[0])), "delivery": .number(Double(ratings[1])),
        ]
        if random.chance(0.9) { properties["service"] = .number(Double(ratings[2])) }
        events.append(
          Event("survey", at: Instant(milliseconds: time), by: who, properties: properties))
        if random.chance(isLate ? 0.2 : 0.7) {
          events.append(
            Event(
              "order", at: Instant(milliseconds: time + Int64(1 + random.below(20)) * 86_400_000),
              by: who, properties: ["total": .number(Double(10 * ratings[0]))]))
        }
        time += Int64(30 + random.below(40)) * 86_400_000
      }
      return events.sorted { $0.time < $1.time }
    }
  }

  private func read(_ text: String) throws -> DriversQuestion {
    let context = try QuestionContext()
    let question = try #require(
      Question.read("{question: drivers, event: survey, \(text)}", file: "q", in: context).first)
    guard case .drivers(let drivers) = question else { throw Unexpected() }
    return drivers
  }

  private static let questions = [
    "outcome: overall, drivers: [design, delivery, service]",
    "outcome: overall, drivers: [design, {name: was late, fact: 'count(\"late\") > 0'}]",
    "outcome: {event: order, within: 15d}, drivers: [design, delivery]",
    "outcome: {event: order, sum: total, within: 15d}, drivers: [design, service], "
      + "from: 1970-01-20, to: 1970-03-01",
    "outcome: overall, drivers: [{name: lates, fact: 'count(\"late\")'}, "
      + "{name: twice, rating: properties.design * 2}, service]",
  ]

  @Test(arguments: questions, UInt64(0)..<8)
  func `are those of their naive twin`(text: String, seed: UInt64) async throws {
    let events = try Self.survey(seed: seed)
    let stories = try Stories(events.flatMap(\.self))
    let question = try read(text)
    let found = try await stories.answer(question.fold(in: QuestionContext()))
    let watermark = try #require(stories.watermark)
    let rows = NaiveDrivers(question).rows(events, watermark: watermark)
    #expect(found.answers == rows.count)
    let shares = NaiveDrivers.shares(rows)
    for (driver, share) in zip(question.drivers, shares) {
      let own = try #require(found.drivers.first { $0.name == driver.name })
      #expect(abs(try #require(own.explains.value) - share) < 1e-9)
      #expect(try #require(own.explains.low) <= #require(own.explains.high))
    }
    #expect(abs(found.drivers.reduce(0) { $0 + $1.importance } - 1) < 1e-9)
    let explained = try #require(found.explained.value)
    for sum in [
      found.drivers.reduce(0) { $0 + ($1.explains.value ?? 0) },
      found.drivers.reduce(0) { $0 + ($1.relativeWeight.value ?? 0) },
    ] { #expect(abs(sum - explained) < 1e-9) }
  }

  @Test(arguments: questions)
  func `name their customers, and read what they wrote`(text: String) async throws {
    let stories = try Stories(Self.survey(seed: 3, customers: 20).flatMap(\.self))
    let (question, context) = (Question.drivers(try read(text)), try QuestionContext())
    try question.expectToRead(in: context)
    try await question.expectCustomers(of: stories, in: context)
  }

  @Test func `tell which element to work on first`() async throws {
    var random = SeededGenerator(seed: 4)
    let events = (0..<400).map { customer -> Event in
      // Delivery is bad and decides; design is good and decides; the shop matters to nobody.
      let (delivery, design, shop) = (
        1 + random.below(3), 3 + random.below(3), 1 + random.below(5)
      )
      return Event(
        "survey", at: Instant(milliseconds: Int64(customer)), by: Identity("c\(customer)"),
        properties: [
          "overall": delivery + design, "delivery": delivery, "design": design, "shop": shop,
        ].mapValues { PropertyValue.number(Double($0)) })
    }
    let answer = try await Stories(events).answer(
      read("outcome: overall, drivers: [delivery, design, shop]").fold(in: QuestionContext()))
    let corners = Dictionary(uniqueKeysWithValues: answer.drivers.map { ($0.name, $0.corner) })
    #expect(corners["delivery"] == .concentrate && corners["design"] == .keepUp)
    #expect(answer.drivers.last?.name == "shop")
    #expect(answer.warnings == [])
  }

  @Test func `warn where they should not be trusted`() async throws {
    var same: [Event] = []
    for customer in 0..<12 {
      let numbers = [
        "overall": customer % 5, "a": customer % 3 + 1, "b": customer % 3 + 1, "flat": 4,
        "far": customer,
      ]
      same.append(
        Event(
          "survey", at: Instant(milliseconds: Int64(customer)), by: Identity("c\(customer)"),
          properties: numbers.mapValues { PropertyValue.number(Double($0)) }))
    }
    let answer = try await Stories(same).answer(
      read("outcome: overall, drivers: [a, b, flat, far]").fold(in: QuestionContext()))
    func warnings(_ name: String) -> [String] {
      answer.drivers.first { $0.name == name }?.warnings ?? []
    }
    #expect(warnings("a").contains("told by the others"))
    #expect(warnings("flat") == ["always the same"])
    #expect(warnings("far").contains("leaves the scale of 1 to 5"))
    #expect(answer.warnings.contains("few answers: 82 are wanted for so many drivers"))
  }

  @Test func `wait until what may follow has had its time`() async throws {
    let day = Int64(86_400_000)
    let events = (0..<10).map { customer -> Event in
      Event(
        "survey", at: Instant(milliseconds: Int64(customer) * day), by: Identity("c\(customer)"),
        properties: ["design": .number(Double(customer % 5 + 1))])
    }
    let answer = try await Stories(events).answer(
      read("outcome: {event: order, within: 4d}, drivers: design").fold(in: QuestionContext()))
    #expect(answer.tally.counted == 6 && answer.tally.open == 4)
    #expect(
      answer.explained.value == 0 && answer.warnings.contains("the outcome is always the same"))
  }

  @Test(arguments: [
    "drivers: [design]", "outcome: overall", "outcome: overall, drivers: []",
    "outcome: overall, drivers: [overall]", "outcome: overall, drivers: [design, design]",
    "outcome: overall, drivers: [{name: x}]",
    "outcome: overall, drivers: [{name: x, rating: a, fact: 'age() > 3d'}]",
    "outcome: overall, drivers: [{name: x, fact: 'properties.a > 3'}]",
    "outcome: {event: order}, drivers: [design]",
    "outcome: {event: order, within: 0d}, drivers: [design]",
    "outcome: overall, drivers: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u]",
    "outcome: overall, drivers: [design], scale: [5]",
  ])
  func `refuse`(text: String) throws {
    let context = try QuestionContext()
    #expect(throws: Diagnostic.self) {
      try Question.read("{question: drivers, event: survey, \(text)}", file: "q.yaml", in: context)
    }
  }
}
