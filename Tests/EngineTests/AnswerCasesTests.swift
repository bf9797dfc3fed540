import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Scores by the cases of journeys` {
  private struct Unexpected: Error {}

  /// Customers who walk two journeys more or less, and whose answers name a case now and then.
  private static func world(seed: UInt64) -> JourneyWorld {
    var world = JourneyWorld(seed: seed)
    var random = SeededGenerator(seed: seed &* 31 &+ 5)
    var other = JourneyWorld(seed: seed &+ 5_000).question.journey
    other.name = "other"
    world.experience.journeys = [world.question.journey, other]
    // A name that no event has would be refused.
    world.events.append(
      Event(
        SurveyEvent.answered, at: Instant(milliseconds: 3), by: Identity(.user, "c0"),
        properties: [SurveyEvent.score: .number(4), "n": .number(2)]))
    let times = world.events.map(\.time)
    for index in world.events.indices where world.events[index].name == SurveyEvent.answered {
      if random.chance(0.3) {
        world.events[index].properties[SurveyEvent.journey] =
          .string(random.chance(0.6) ? "walk" : "other")
      }
      if random.chance(0.5) {
        world.events[index].properties[SurveyEvent.caseStart] =
          .string("\(times[random.below(times.count)])")
      }
      if random.chance(0.2) {
        world.events[index].properties[SurveyEvent.touchpoint] =
          .string(["a", "b", "nothing"][random.below(3)])
      }
    }
    return world
  }

  private static func question(_ random: inout SeededGenerator) -> ScoresQuestion {
    var question = ScoresQuestion(
      .mean,
      of: [
        .init(
          EventSelector(SurveyEvent.answered), score: NumberSelector(.property(SurveyEvent.score))),
        .init(.any, score: NumberSelector(.property("n"))),
      ])
    question.rule.scale = 0...10
    question.division = [.journey, .step, .start][random.below(3)]
    question.journey = question.division == .journey && random.chance(0.5) ? nil : "walk"
    question.counting = random.chance(0.3) ? .latest : .answers
    if random.chance(0.3) { question.scope.from = Instant(milliseconds: Int64(random.below(40))) }
    if random.chance(0.3) {
      question.scope.to = Instant(milliseconds: 50 + Int64(random.below(200)))
    }
    return question
  }

  private func scores(
    _ question: ScoresQuestion, of stories: Stories, in context: QuestionContext
  ) async throws -> Scores {
    guard
      case .scores(let answer) = try await Question.scores(question).answered(stories, in: context)
    else { throw Unexpected() }
    return answer
  }

  @Test(arguments: UInt64(0)..<300)
  func `are what their naive twin counts`(seed: UInt64) async throws {
    let world = Self.world(seed: seed)
    var random = SeededGenerator(seed: seed)
    let stories = try world.stories(segments: 1 + random.below(3))
    let context = try QuestionContext(world.experience)
    for _ in 0..<3 {
      let question = Self.question(&random)
      let answer = try await scores(question, of: stories, in: context)
      let naive = NaiveScores.figures(
        question, JourneyWorld.plain(stories), context.calendar, of: world.experience)
      let known = answer.figures.filter { $0.answers > 0 }
      #expect(Set(known.map(\.by)) == Set(naive.keys.map(\.by)))
      for figure in known {
        let expected = try #require(naive[NaiveScores.Key(from: nil, by: figure.by)])
        #expect(figure.customers == expected.customers)
        #expect(figure.counts == question.rule.scale.map { expected.counts[$0] ?? 0 })
      }
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `sum by starting point and by step to all answers`(seed: UInt64) async throws {
    let world = Self.world(seed: seed)
    var random = SeededGenerator(seed: seed)
    let stories = try world.stories(segments: 2)
    let context = try QuestionContext(world.experience)
    var question = Self.question(&random)
    (question.journey, question.counting) = ("walk", .answers)
    var inCases: [[Int]] = []
    for division in [ScoreDivision.start, .step, .journey] {
      question.division = division
      let figures = try await scores(question, of: stories, in: context).figures
      let groups = figures.filter { $0.by != nil }
      #expect(groups.reduce(0) { $0 + $1.answers } == figures.first?.answers)
      inCases.append(
        question.rule.scale.map { answer in
          groups.filter { $0.by != ScoreCaseGroups.outside }.reduce(0) { $0 + $1.counts[answer] }
        })
      // What is outside stands last, and steps in their order.
      #expect(!groups.dropLast().contains { $0.by == ScoreCaseGroups.outside })
      if division == .step {
        let order = world.question.journey.stepsToGoal.map {
          $0.touchpoints.joined(separator: " / ")
        }
        let shown = groups.compactMap(\.by).filter(order.contains)
        #expect(shown == order.filter(shown.contains))
      }
    }
    #expect(Set(inCases).count <= 1)
  }

  /// The world with ratings and surveys on the scale of feelings, whose touchpoints are one event each.
  private static func felt(seed: UInt64) -> JourneyWorld {
    var world = JourneyWorld(seed: seed)
    world.experience.journeys = [world.question.journey]
    for index in world.experience.touchpoints.indices {
      world.experience.touchpoints[index].rule = .isEvent(world.experience.touchpoints[index].name)
    }
    for index in world.experience.surveys.indices {
      let survey = world.experience.surveys[index]
      world.experience.surveys[index] = Survey(
        name: survey.name, kind: .csat, ask: survey.ask, about: survey.about, wait: survey.wait,
        expires: survey.expires)
    }
    return world
  }

  @Test func `equal the feeling lane of the map, step by step`() async throws {
    var (worlds, steps) = (0, 0)
    for seed in UInt64(0)..<200 {
      let world = Self.felt(seed: seed)
      let context = try QuestionContext(world.experience)
      let text = "{question: scores, metric: mean, journey: walk, by: step}"
      guard let asked = try? Question.read(text, file: "q", in: context).first,
        case .scores(let question) = asked
      else { continue }
      let stories = try world.stories(segments: 2)
      guard (try? Question.scores(question).check(against: stories, in: context)) != nil else {
        continue
      }
      worlds += 1
      let answer = try await scores(question, of: stories, in: context)
      let measured = try await stories.measured(
        world.question.journey, of: world.experience, in: Scope())
      for step in measured.steps {
        let felt = step.touchpoints.map(\.feeling)
        let count = felt.reduce(0) { $0 + $1.count }
        let name = step.touchpoints.map(\.name).joined(separator: " / ")
        let figure = answer.figures.first { $0.by == name }
        #expect(figure?.answers ?? 0 == count)
        guard let figure, count > 0 else { continue }
        steps += 1
        let sum = felt.reduce(0) { $0 + Double($1.count) * ($1.value ?? 0) }
        let scored = zip(1...5, figure.counts).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(sum - Double(scored)) < 1e-6)
        #expect(count < 5 || abs((figure.value.value ?? .nan) - sum / Double(count)) < 1e-9)
      }
    }
    #expect(worlds > 80 && steps > 100)
  }

  @Test(arguments: UInt64(0)..<12)
  func `name the customers behind them, and read what they wrote`(seed: UInt64) async throws {
    let world = Self.world(seed: seed)
    var random = SeededGenerator(seed: seed)
    let context = try QuestionContext(world.experience)
    let asked = Question.scores(Self.question(&random))
    try asked.expectToRead(in: context)
    try await asked.expectCustomers(of: world.stories(segments: 2), in: context)
  }

  /// Two starting points, three steps; the parcel is rated by a survey, the review by its stars.
  private static func shop() throws -> QuestionContext {
    let text = """
      experience: Trial
      touchpoints:
        ad: {on: ad}
        search: {on: search}
        order: {on: order}
        parcel: {on: parcel}
        review: {on: review, score: properties.stars, control: external}
        call: {on: call}
      journeys:
        buy: {starts: [ad, search], steps: [order, parcel], goal: review, window: 30d}
        help: {starts: [call], steps: [order], goal: review, window: 1d}
      surveys:
        how: {kind: csat, ask: "?", after: parcel}
        whole: {kind: csat, ask: "?", after: {journey: buy, outcome: completed}}
        talk: {kind: csat, ask: "?", about: call}
      """
    let (experience, diagnostics) = ExperienceLoader.load(text: text, file: "trial")
    try #require(diagnostics.allSatisfy { $0.severity != .error }, "\(diagnostics)")
    return try QuestionContext(experience)
  }

  private static let hour = Int64(3_600_000)

  private static func events() -> [Event] {
    var events: [Event] = []
    for number in 0..<10 {
      func add(_ name: String, _ hours: Int64, _ properties: [String: PropertyValue] = [:]) {
        events.append(
          Event(
            name, at: Instant(milliseconds: hours * hour), by: Identity("c\(number)"),
            properties: properties))
      }
      func answer(_ survey: String, _ hours: Int64, _ score: Double, _ more: [String: String]) {
        let properties: [String: PropertyValue] = [
          SurveyEvent.survey: .string(survey), SurveyEvent.score: .number(score),
        ]
        add(
          SurveyEvent.answered, hours,
          properties.merging(more.mapValues(PropertyValue.string)) { $1 })
      }
      func moment(_ hours: Int64) -> String { "\(Instant(milliseconds: hours * hour))" }
      add(number < 6 ? "ad" : "search", 1)
      add("order", 2)
      add("parcel", 24)
      // Names another moment than its own, after a second parcel that is of no case.
      answer("how", 240, 5, [SurveyEvent.occasion: moment(24)])
      add("review", 48, ["stars": .number(2)])
      add("parcel", 200)
      answer("how", 220, 1, [SurveyEvent.occasion: moment(200)])
      answer(
        "whole", 60, 4, [SurveyEvent.journey: "buy", SurveyEvent.caseStart: moment(1)])
      answer("talk", 61, 3, [SurveyEvent.touchpoint: "call"])
    }
    return events
  }

  private func ask(_ text: String) async throws -> [String] {
    let context = try Self.shop()
    let question = try #require(
      Question.read("{question: scores, metric: mean, \(text)}", file: "q", in: context).first)
    guard case .scores(let asked) = question else { throw Unexpected() }
    let stories = try Stories(Self.events())
    return try await scores(asked, of: stories, in: context).figures.map {
      "\($0.by ?? "all"): \($0.answers) \($0.value.value ?? .nan)"
    }
  }

  @Test func `belong to the interaction that they speak of, or to the case that they name`()
    async throws
  {
    let all = "event: [parcel, review, whole, call]"
    #expect(
      try await ask("\(all), by: step, journey: buy") == [
        "all: 50 3.0", "parcel: 10 5.0", "review: 10 2.0", "(no step): 10 4.0", "(outside): 20 2.0",
      ])
    #expect(
      try await ask("\(all), by: start, journey: buy") == [
        "all: 50 3.0", "ad: 18 \(11.0 / 3)", "search: 12 \(11.0 / 3)", "(outside): 20 2.0",
      ])
    #expect(
      try await ask("\(all), by: journey") == [
        "all: 50 3.0", "buy: 30 \(11.0 / 3)", "(outside): 20 2.0",
      ])
    // A journey alone asks of its touchpoints.
    #expect(
      try await ask("by: step, journey: buy") == [
        "all: 30 \(8.0 / 3)", "parcel: 10 5.0", "review: 10 2.0", "(outside): 10 1.0",
      ])
    #expect(try await ask("journey: buy") == ["all: 30 \(8.0 / 3)"])
    #expect(
      try await ask("survey: whole, by: start, journey: buy") == [
        "all: 10 4.0", "ad: 6 4.0", "search: 4 nan",
      ])
  }

  @Test func `mark what is outside of the company's control`() async throws {
    let context = try Self.shop()
    let question = try #require(
      Question.read(
        "{question: scores, metric: mean, event: [parcel, review], by: touchpoint}", file: "q",
        in: context
      ).first)
    guard case .scores(let asked) = question else { throw Unexpected() }
    var events = Self.events()
    for index in events.indices where events[index].properties[SurveyEvent.survey] != nil {
      events[index].properties[SurveyEvent.touchpoint] = .string("parcel")
    }
    let answer = try await scores(asked, of: Stories(events), in: context)
    #expect(answer.figures.map(\.by) == [nil, "parcel", "review"])
    #expect(answer.figures.map(\.isExternal) == [false, false, true])
    let notes = answer.table.rows.compactMap { row -> String? in
      if case .text(let note)? = row.last { note } else { nil }
    }
    #expect(notes == ["small base", "external, small base"])
    guard case .ranges(_, let ranges)? = answer.picture else { throw Unexpected() }
    #expect(ranges.map(\.label) == ["(all)", "parcel", "review (external)"])
  }

  @Test(arguments: [
    ("event: parcel, by: step", "scores.journey"), ("event: parcel, by: start", "scores.journey"),
    ("event: parcel, by: touchpoint, journey: buy", "scores.journey"),
    ("survey: how, journey: buy", "scores.journey"),
    ("by: step, journey: bye", "question.journey"),
    ("metric: nps, by: step, journey: buy", "scores.journey"),
  ])
  func `refuse what no journey has`(text: String, code: String) throws {
    let context = try Self.shop()
    let error = #expect(throws: Diagnostic.self) {
      try Question.read("{question: scores, \(text)}", file: "q.yaml", in: context)
    }
    #expect(error?.code == code)
  }

  @Test func `take what the experience declares and what has not happened yet for no misspelling`()
    async throws
  {
    let context = try Self.shop()
    let before = Self.events().filter { $0.name != SurveyEvent.answered }
    func answers(_ text: String, _ events: [Event]) async throws -> [Int] {
      let question = try #require(
        Question.read("{question: scores, metric: mean, \(text)}", file: "q", in: context).first)
      guard case .scores(let asked) = question else { throw Unexpected() }
      return try await scores(asked, of: Stories(events), in: context).figures.map(\.answers)
    }
    #expect(try await answers("journey: buy, by: step", before) == [10, 10])
    await #expect(throws: Refusal.self) { try await answers("survey: how", before) }
    await #expect(throws: Refusal.self) { try await answers("event: [review, revue]", before) }
  }

  @Test func `count customers only`() async throws {
    let context = try Self.shop()
    let question = try #require(
      Question.read(
        "{question: scores, journey: buy, by: step, unit: session}", file: "q", in: context
      ).first)
    await #expect(throws: Refusal.self) {
      try await question.answered(Stories(Self.events()), in: context)
    }
  }
}
