import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Facts of journeys as drivers` {
  private struct Unexpected: Error {}

  /// A journey's world in which customers answer now and then.
  private static func world(_ seed: UInt64) -> JourneyWorld {
    var world = JourneyWorld(seed: seed)
    world.experience.journeys = [world.question.journey]
    var random = SeededGenerator(seed: seed &+ 5)
    for event in world.events where random.chance(0.3) {
      let other = world.events[random.below(world.events.count)]
      var properties: [String: PropertyValue] = ["overall": .number(Double(random.below(9)))]
      switch random.below(4) {
      case 0:
        properties[SurveyEvent.journey] = .string(random.chance(0.8) ? "walk" : "other")
        properties[SurveyEvent.caseStart] = .string(other.time.description)
      case 1: properties[SurveyEvent.occasion] = .string(other.time.description)
      default: break
      }
      world.events.append(
        Event("answer", at: event.time, by: event.identity, properties: properties))
    }
    return world
  }

  private static func read(_ text: String, _ context: QuestionContext) throws -> DriversQuestion {
    let question = try #require(
      Question.read("{question: drivers, \(text)}", file: "q", in: context).first)
    guard case .drivers(let drivers) = question else { throw Unexpected() }
    return drivers
  }

  /// Every verdict of the whole case, or of a step.
  private static func drivers(of journey: Journey, step: Int?) -> String {
    let touchpoint = step.map { journey.stepsToGoal[$0].touchpoints[0] }
    let verdicts = JourneyFact.Verdict.allCases.filter { $0 != .start }.map { verdict in
      "{journey: walk, verdict: \(verdict.rawValue)\(touchpoint.map { ", step: \($0)" } ?? "")}"
    }
    return (verdicts + ["{name: began, journey: walk, start: \(journey.starts[0])}"])
      .joined(separator: ", ")
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `are those of their naive twin`(seed: UInt64) async throws {
    let world = Self.world(seed)
    let context = try QuestionContext(world.experience)
    let journey = world.question.journey
    let stories = try world.stories(segments: 1 + Int(seed % 3))
    let steps = journey.stepsToGoal.count
    guard let watermark = stories.watermark else { return }
    for step in [nil, Int(seed) % steps, (Int(seed) + 1) % steps] {
      let question = try Self.read(
        "event: answer, outcome: overall, drivers: [\(Self.drivers(of: journey, step: step))]",
        context)
      try Question.drivers(question).expectToRead(in: context)
      let found = try await stories.answer(question.fold(in: context))
      let rows = NaiveDrivers(question, of: world.experience).rows(
        JourneyWorld.plain(stories), watermark: watermark)
      #expect(found.answers == rows.count)
      for driver in found.drivers {
        let place = try #require(question.drivers.firstIndex { $0.name == driver.name })
        let mean = rows.reduce(0) { $0 + $1[place + 1] } / Double(max(1, rows.count))
        // Numbers are taken to millionths.
        #expect(abs(driver.mean - mean) < 1e-6, "\(driver.name)")
      }
    }
  }

  @Test func `of all kinds are in the worlds of this test`() async throws {
    var met: Set<String> = []
    for seed in 0..<60 as Range<UInt64> {
      let world = Self.world(seed)
      let context = try QuestionContext(world.experience)
      let steps = world.question.journey.stepsToGoal.count
      for step in [nil, 0, 1] where (step ?? 0) < steps {
        let question = try Self.read(
          "event: answer, outcome: overall, "
            + "drivers: [\(Self.drivers(of: world.question.journey, step: step))]", context)
        let found = try await world.stories(segments: 1).answer(question.fold(in: context))
        for driver in found.drivers where driver.mean > 0 {
          let fact = question.drivers.first { $0.name == driver.name }?.journeyFact
          met.insert("\(fact?.verdict.rawValue ?? "") \(step == nil ? "of the case" : "of a step")")
        }
      }
    }
    #expect(met.count == 2 * JourneyFact.Verdict.allCases.count, "\(met.sorted())")
  }

  private static let experience: Experience = {
    var experience = Experience(touchpoints: [
      Touchpoint(name: "shop", rule: .isEvent("shop")),
      Touchpoint(name: "web", channels: ["web"], rule: .isEvent("web")),
      Touchpoint(
        name: "notice", rule: .isEvent("notice"), expects: .init(within: .days(1))),
      Touchpoint(name: "parcel", rule: .isEvent("parcel")),
    ])
    experience.journeys = [
      Journey(
        name: "order", starts: ["shop", "web"], steps: [.touchpoint("notice")], goal: "parcel")
    ]
    experience.surveys = [
      Survey(
        name: "delivery", kind: .csat, ask: Wording("How was it?"), scale: 1...7,
        elements: [
          .init("speed", aspect: .delivery), .init("carrier", aspect: .partner, partner: "post"),
        ]),
      Survey(name: "words", kind: .text, ask: Wording("What?")),
    ]
    return experience
  }()

  @Test func `stand for what the design lets happen, the commonest start being the measure`()
    async throws
  {
    let context = try QuestionContext(Self.experience)
    let question = try Self.read("survey: delivery, drivers: [{journey: order}]", context)
    #expect(
      question.drivers.map(\.name) == [
        "speed", "carrier", "order: skipped", "order: late", "order: repeated",
        "order: out of order", "order: wrong channel", "order: switched channel", "order: waited",
        "order: began with shop", "order: began with web",
      ])
    #expect(question.drivers.prefix(2).map(\.aspect) == ["delivery", "partner post"])
    #expect(question.scale == 1...7)
    try Question.drivers(question).expectToRead(in: context)
    var random = SeededGenerator(seed: 2)
    let events = (0..<300).flatMap { customer -> [Event] in
      let who = Identity("c\(customer)")
      let isLate = random.chance(0.5)
      let speed = isLate ? 1 + random.below(3) : 4 + random.below(4)
      func event(_ name: String, _ hours: Int, _ numbers: [String: Int] = [:]) -> Event {
        var properties = numbers.mapValues { PropertyValue.number(Double($0)) }
        if !numbers.isEmpty {
          properties[SurveyEvent.survey] = .string("delivery")
          // Of some it is said what they speak of: an hour after the case was over.
          let moment = Instant(milliseconds: 41 * 3_600_000)
          if customer.isMultiple(of: 2) {
            properties[SurveyEvent.occasion] = .string("\(moment)")
          }
        }
        return Event(
          name, at: Instant(milliseconds: Int64(hours) * 3_600_000), by: who,
          properties: properties)
      }
      return [
        event(customer % 3 == 0 ? "web" : "shop", 0), event("notice", isLate ? 30 : 10),
        event("parcel", 40),
        event(
          SurveyEvent.answered, 60,
          [
            SurveyEvent.score: max(1, speed - random.below(2)), SurveyEvent.element("speed"): speed,
            SurveyEvent.element("carrier"): 1 + random.below(7),
          ]),
      ]
    }
    let answer = try await Stories(events).answer(question.fold(in: context))
    func driver(_ name: String) throws -> Drivers.Driver {
      try #require(answer.drivers.first { $0.name == name })
    }
    #expect(answer.answers == 300)
    #expect(!answer.drivers.contains { $0.name == "order: began with shop" })
    #expect(answer.warnings.contains { $0.contains("order: began with shop") })
    #expect(abs(try driver("order: began with web").mean - 1 / 3) < 1e-9)
    #expect(try driver("order: late").correlation < -0.7)
    #expect(try driver("order: skipped").warnings == ["always the same"])
    #expect(answer.drivers[0].name == "speed" && answer.drivers[0].aspect == "delivery")
  }

  @Test func `leave out answers that belong to no case`() async throws {
    let context = try QuestionContext(Self.experience)
    let question = try Self.read(
      "event: answer, outcome: overall, drivers: [{journey: order, verdict: waited}]", context)
    let events = ["web", "answer"].enumerated().flatMap { day, name in
      ["a", "b"].map { who in
        Event(
          who == "b" && day == 0 ? "elsewhere" : name, at: Instant(milliseconds: Int64(day)),
          by: Identity(who), properties: ["overall": .number(3)])
      }
    }
    let answer = try await Stories(events).answer(question.fold(in: context))
    #expect(answer.answers == 1)
    #expect(
      answer.tally.excluded.map(\.reason) == ["answers that belong to no case of the journey"])
  }

  @Test(arguments: [
    "{journey: nowhere}", "{journey: order, verdict: sad}",
    "{journey: order, verdict: late, step: shop}", "{journey: order, step: notice}",
    "{journey: order, verdict: start}", "{journey: order, start: notice}",
    "{journey: order, verdict: late, start: web}", "{name: x, journey: order, rating: a}",
  ])
  func `are of what the journey has`(driver: String) throws {
    let context = try QuestionContext(Self.experience)
    #expect(throws: Diagnostic.self) {
      try Self.read("event: answer, outcome: overall, drivers: [\(driver)]", context)
    }
  }

  @Test(arguments: ["nowhere", "words"])
  func `of a survey need one with a score`(name: String) throws {
    let context = try QuestionContext(Self.experience)
    #expect(throws: Diagnostic.self) { try Self.read("survey: \(name)", context) }
  }
}
