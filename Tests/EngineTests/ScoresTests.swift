import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Scores of surveys` {
  /// A question over answers from 0 to 3, or to 10 for the NPS.
  private func question(_ world: inout ActivityWorld) -> ScoresQuestion {
    let metric = world.random.pick(ScoreMetric.allCases)
    var question = ScoresQuestion(
      metric,
      of: [
        .init(world.selector(), score: NumberSelector(.property("number"))),
        .init(EventSelector("c"), score: NumberSelector(.property("number"))),
      ])
    question.scope = world.scope()
    if metric != .nps {
      question.rule.scale = world.random.pick([0...3, 1...3, 1...5])
      question.rule.boxes = 1
      question.rule.direction = world.random.pick(ScoreDirection.allCases)
    }
    question.counting = world.random.pick(ScoresQuestion.Counted.allCases)
    if world.random.random.chance(0.5) { question.interval = world.interval() }
    question.division = world.random.pick([nil, .event, .property("p"), .element])
    if question.division == .element { question.counting = .answers }
    if question.scope.from != nil, question.interval == nil { question.comparison = .previous }
    return question
  }

  @Test(arguments: UInt64(0)..<100)
  func `are what their naive twin counts`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed, customers: 30)
    for _ in 0..<3 {
      let question = question(&world)
      let found = try await Question.scores(question).answered(world.stories, in: world.context)
      guard case .scores(let answer) = found else { throw Unexpected() }
      let naive = NaiveScores.figures(question, world.plain, world.context.calendar)
      var seen = 0
      for figure in answer.figures where figure.answers > 0 {
        let key = NaiveScores.Key(
          from: question.interval == nil ? nil : figure.from, by: figure.by)
        let expected = try #require(naive[key])
        seen += 1
        #expect(figure.customers == expected.customers)
        for (number, count) in zip(question.rule.scale, figure.counts) {
          #expect(count == expected.counts[number] ?? 0)
        }
        #expect((figure.value.value == nil) == (expected.value == nil))
        if let value = figure.value.value, let wanted = expected.value {
          #expect(abs(value - wanted) < 1e-9)
          #expect(try #require(figure.value.low) <= value + 1e-9)
          #expect(try #require(figure.value.high) >= value - 1e-9)
        }
        #expect(figure.bands.reduce(0) { $0 + $1.answers } == figure.answers)
      }
      // Groups that are told apart nowhere else are shown in each interval, with or without answers.
      #expect(seen == naive.count)
    }
  }

  private struct Unexpected: Error {}

  @Test(arguments: UInt64(0)..<20)
  func `name the customers behind them, and read what they wrote`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed, customers: 14, each: 8)
    var question = question(&world)
    question.asked = EventSelector("b")
    question.strata = StoryBreakdown("p")
    let asked = Question.scores(question)
    try asked.expectToRead(in: world.context)
    try await asked.expectCustomers(of: world.stories, in: world.context)
  }

  private static let day = Int64(86_400_000)

  /// One customer for each answer, on a day, with a plan.
  private static func survey(
    _ answers: [(score: Int, day: Int, plan: String)], asked: Int = 0
  ) throws -> Stories {
    var events: [Event] = []
    for (number, answer) in answers.enumerated() {
      let properties: [String: PropertyValue] = [
        "score": .number(Double(answer.score)), "plan": .string(answer.plan),
      ]
      let (who, time) = (Identity("c\(number)"), Int64(answer.day) * day)
      if number < asked {
        events.append(
          Event("asked", at: Instant(milliseconds: time - 1000), by: who, properties: properties))
      }
      events.append(
        Event("answered", at: Instant(milliseconds: time), by: who, properties: properties))
    }
    return try Stories(events)
  }

  private func ask(_ text: String, of stories: Stories) async throws -> Scores {
    let context = try QuestionContext()
    let question = try #require(
      Question.read("{question: scores, \(text)}", file: "q", in: context).first)
    guard case .scores(let answer) = try await question.answered(stories, in: context) else {
      throw Unexpected()
    }
    return answer
  }

  @Test func `of fifty promoters, thirty passives and twenty detractors are 30 give or take 15.3`()
    async throws
  {
    let answers = (0..<100).map { (score: $0 < 50 ? 9 : $0 < 80 ? 7 : 3, day: 1, plan: "a") }
    let answer = try await ask("event: answered", of: Self.survey(answers))
    let figure = try #require(answer.figures.first)
    #expect(figure.value.value == 30 && figure.bands.map(\.answers) == [50, 30, 20])
    let row = try #require(answer.table.rows.first)
    let margin = try #require(answer.table.columns.firstIndex { $0.name == "margin" })
    guard case .number(let half) = row[margin] else { throw Unexpected() }
    #expect(abs(half - 15.3) < 0.05)
  }

  @Test func `change only where the interval of the difference leaves zero`() async throws {
    func answers(_ promoters: Int, of count: Int, day: Int) -> [(
      score: Int, day: Int, plan: String
    )] {
      (0..<count).map { (score: $0 < promoters ? 10 : 0, day: day, plan: "a") }
    }
    let range = "event: answered, from: 1970-01-11, to: 1970-01-21, compare: previous"
    let clear = try await ask(
      range, of: Self.survey(answers(60, of: 100, day: 5) + answers(85, of: 100, day: 15)))
    let noise = try await ask(
      range, of: Self.survey(answers(60, of: 100, day: 5) + answers(65, of: 100, day: 15)))
    #expect(clear.figures[0].change?.value == 50 && clear.figures[0].previous?.value == 20)
    #expect(clear.table.rows[0].last == .text("change"))
    #expect(noise.table.rows[0].last == .text("no clear change"))
  }

  @Test func `are weighted by those who were asked, and tell how many answered`() async throws {
    // Of a hundred of each plan, 80 of the pleased regulars answer and 20 of the others.
    var events: [Event] = []
    for number in 0..<200 {
      let (who, plan) = (Identity("c\(number)"), number < 100 ? "regular" : "other")
      let properties: [String: PropertyValue] = ["plan": .string(plan)]
      events.append(
        Event("asked", at: Instant(milliseconds: 1000), by: who, properties: properties))
      let place = number % 100
      guard place < (plan == "regular" ? 80 : 20) else { continue }
      let isPleased = place < (plan == "regular" ? 72 : 8)
      events.append(
        Event(
          "answered", at: Instant(milliseconds: Self.day), by: who,
          properties: ["score": .number(isPleased ? 5 : 1)]))
    }
    let answer = try await ask(
      "metric: csat, event: answered, asked: asked, weight: plan", of: Stories(events))
    let figure = try #require(answer.figures.first)
    #expect(figure.value.value == 0.8)
    #expect(abs(try #require(figure.weighted?.value.value) - 0.65) < 1e-12)
    #expect(abs(try #require(figure.weighted?.designEffect) - 1.5625) < 1e-12)
    #expect(figure.response?.value == 0.5 && figure.response?.count == 200)
  }

  @Test func `take a touchpoint's own score and tell touchpoints apart`() async throws {
    let text = """
      experience: Trial
      touchpoints:
        delivery: {stage: service, on: delivered, score: properties.stars}
        help: {stage: service, on: helped, score: properties.rating}
      """
    let (experience, diagnostics) = ExperienceLoader.load(text: text, file: "trial")
    try #require(diagnostics.allSatisfy { $0.severity != .error })
    let context = try QuestionContext(experience)
    var events: [Event] = []
    for number in 0..<24 {
      let (name, property, score) =
        number % 2 == 0 ? ("delivered", "stars", 5.0) : ("helped", "rating", 2.0)
      events.append(
        Event(
          name, at: Instant(milliseconds: Int64(number)), by: Identity("c\(number)"),
          properties: [property: .number(score)]))
    }
    let question = try #require(
      Question.read(
        "{question: scores, metric: mean, event: [delivery, help], by: touchpoint}", file: "q",
        in: context
      ).first)
    guard case .scores(let answer) = try await question.answered(Stories(events), in: context)
    else { throw Unexpected() }
    #expect(answer.figures.map(\.by) == [nil, "delivery", "help"])
    #expect(answer.figures.map(\.value.value) == [3.5, 5, 2])
    // A touchpoint's rating has no promoters; an event's number may be what a survey asked for.
    let metrics = try ["delivery", "[delivery, help]", "delivered", "[delivery, helped]"].map {
      guard
        case .scores(let asked) = try Question.read(
          "{question: scores, event: \($0)}", file: "q", in: context
        ).first
      else { throw Unexpected() }
      return asked.rule.metric
    }
    #expect(metrics == [.csat, .csat, .nps, .nps])
  }

  /// A survey of ten customers about two touchpoints: six of delivery, four of help.
  private static func voices() throws -> (QuestionContext, Stories) {
    let text = """
      experience: Trial
      teams: [post, desk]
      touchpoints:
        delivery: {stage: service, on: delivered, owner: post}
        help: {stage: service, on: helped, owner: desk, score: properties.rating}
      surveys:
        parcel:
          {kind: csat, ask: "?", after: delivery, elements: [speed, {wrap: {aspect: delivery}}]}
        effort: {kind: ces, ask: "?", direction: lower, about: help}
        advice: {kind: nps, ask: "?", about: help, elements: [speed]}
        reason: {kind: text, ask: "?"}
      """
    let (experience, diagnostics) = ExperienceLoader.load(text: text, file: "trial")
    try #require(diagnostics.allSatisfy { $0.severity != .error })
    var events: [Event] = []
    for number in 0..<10 {
      let who = Identity("c\(number)")
      func add(_ name: String, _ time: Int64, _ properties: [String: PropertyValue]) {
        events.append(
          Event(name, at: Instant(milliseconds: time), by: who, properties: properties))
      }
      add(SurveyEvent.sent, 0, [SurveyEvent.survey: .string("parcel")])
      guard number < 6 else { continue }
      add(
        SurveyEvent.answered, 10,
        [
          SurveyEvent.survey: .string("parcel"), SurveyEvent.score: .number(number < 4 ? 5 : 1),
          SurveyEvent.touchpoint: .string("delivery"),
          SurveyEvent.element("speed"): .number(number < 3 ? 4 : 2),
          SurveyEvent.element("wrap"): .number(3),
        ].filter { number > 0 || $0.key != SurveyEvent.element("wrap") })
      add("helped", 20, ["rating": .number(2)])
      add(
        SurveyEvent.answered, 30,
        [
          SurveyEvent.survey: .string("effort"), SurveyEvent.score: .number(7),
          SurveyEvent.touchpoint: .string("help"),
        ])
      add(
        SurveyEvent.answered, 40,
        [
          SurveyEvent.survey: .string("advice"), SurveyEvent.score: .number(10),
          SurveyEvent.element("speed"): .number(1),
        ])
    }
    return (try QuestionContext(experience), try Stories(events))
  }

  @Test func `of a survey know what it measures`() async throws {
    let (context, stories) = try Self.voices()
    func scores(_ text: String) async throws -> Scores {
      let question = try #require(
        Question.read("{question: scores, \(text)}", file: "q", in: context).first)
      try question.expectToRead(in: context)
      guard case .scores(let answer) = try await question.answered(stories, in: context) else {
        throw Unexpected()
      }
      return answer
    }
    let parcel = try await scores("survey: parcel")
    #expect(parcel.metric == .csat && parcel.scale == [1, 5])
    #expect(parcel.figures[0].counts == [2, 0, 0, 0, 4])
    #expect(parcel.figures[0].response?.value == 0.6)
    #expect(try await scores("event: parcel") == parcel)
    let effort = try await scores("survey: effort")
    #expect(effort.metric == .ces && effort.direction == .lower && effort.scale == [1, 7])
    #expect(effort.figures[0].response == nil)
    let speed = try await scores("survey: parcel, element: speed")
    #expect(speed.metric == .mean && speed.figures[0].value.value == 3)
    let elements = try await scores("survey: parcel, by: element")
    #expect(elements.figures.map(\.by) == [nil, "speed", "wrap"])
    #expect(elements.figures.map(\.answers) == [11, 6, 5])
    #expect(elements.figures.map(\.customers) == [6, 6, 5])
    #expect(elements.figures.map(\.value.value) == [33.0 / 11, 3, 3])
    let top = try await scores("survey: advice, element: speed, metric: top_box")
    #expect(top.scale == [1, 5] && top.figures[0].value.value == 0)
    // Of a touchpoint: its own ratings and the answers of surveys that ask the same.
    let delivery = try await scores("event: delivery")
    #expect(delivery.metric == .csat && delivery.figures[0].answers == 6)
    let help = try await scores("event: help, metric: nps")
    #expect(help.figures[0].answers == 6 && help.figures[0].value.value == 100)
    #expect(try await scores("event: help").figures[0].value.value == 0)
    let teams = try await scores("event: [delivery, help], by: team")
    #expect(teams.figures.map(\.by) == [nil, "desk", "post"])
    #expect(teams.figures.map(\.answers) == [12, 6, 6])
    for division in ScoreDivision.words where !["journey", "step", "start"].contains(division) {
      _ = try await scores("event: [delivery, help], by: \(division)")
    }
  }

  @Test(arguments: [
    ("survey: parcle", "question.survey"), ("survey: reason", "scores.survey"),
    ("survey: parcel, event: helped", "scores.survey"),
    ("survey: parcel, score: rating", "scores.survey"),
    ("survey: parcel, element: sped", "scores.element"),
    ("survey: effort, by: element", "scores.element"),
    ("event: helped, element: speed", "scores.element"),
    ("survey: parcel, by: element, count: latest", "scores.element"),
    ("survey: parcel, metric: nps", "scores.scale"), ("metric: csat", "scores.event"),
  ])
  func `of a survey refuse what it does not have`(text: String, code: String) throws {
    let (context, _) = try Self.voices()
    let error = #expect(throws: Diagnostic.self) {
      try Question.read("{question: scores, \(text)}", file: "q.yaml", in: context)
    }
    #expect(error?.code == code)
  }

  @Test(arguments: UInt64(0)..<40)
  func `by what answers speak of are what their naive twin counts`(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let names = ["a", "b", "c"]
    let touchpoints = names.map { name in
      Touchpoint(
        name: name, stage: [nil, "one", "two"][random.below(3)], rule: .isEvent(name),
        owner: [nil, "x", "y"][random.below(3)], partner: [nil, "z"][random.below(2)])
    }
    var events: [Event] = []
    for _ in 0..<200 {
      let name = (names + [SurveyEvent.answered])[random.below(4)]
      var properties: [String: PropertyValue] = ["score": .number(Double(random.below(7)))]
      if random.chance(0.7) {
        properties[SurveyEvent.touchpoint] = .string((names + ["nothing"])[random.below(4)])
      }
      events.append(
        Event(
          name, at: Instant(milliseconds: Int64(random.below(500))),
          by: Identity("c\(random.below(20))"), properties: properties))
    }
    let context = try QuestionContext(Experience(touchpoints: touchpoints))
    var question = ScoresQuestion(
      .mean, of: [.init(.any, score: NumberSelector(.property("score")))])
    question.division = [.touchpoint, .stage, .team, .partner][random.below(4)]
    let stories = try Stories(events)
    guard
      case .scores(let answer) = try await Question.scores(question).answered(stories, in: context)
    else { throw Unexpected() }
    let naive = NaiveScores.figures(
      question,
      stories.segments.flatMap { segment in
        segment.visible.joined().map { customer in
          segment.rows(of: customer).map {
            segment.event(row: $0, customer: customer, names: stories.names)
          }
        }
      }, context.calendar, of: Experience(touchpoints: touchpoints))
    #expect(answer.figures.count == naive.count)
    for figure in answer.figures {
      let expected = try #require(naive[NaiveScores.Key(from: nil, by: figure.by)])
      #expect(figure.customers == expected.customers)
      #expect(figure.counts == question.rule.scale.map { expected.counts[$0] ?? 0 })
    }
    try await Question.scores(question).expectCustomers(of: stories, in: context)
  }

  @Test func `leave out what is not on the scale, and say so`() async throws {
    let answers = [0, 3, 5, 9, 4, 4, 2, 1].map { (score: $0, day: 1, plan: "a") }
    let answer = try await ask("metric: mean, event: answered", of: Self.survey(answers))
    #expect(answer.figures[0].answers == 6)
    #expect(answer.tally.excluded.map(\.count) == [2])
  }

  @Test(arguments: [
    "metric: nps", "event: any, scale: [1, 5]", "event: any, direction: lower",
    "event: any, metric: mean, scale: [5, 1]",
    "event: any, metric: mean, scale: [-9223372036854775808, 1]",
    "event: any, metric: mean, scale: [1, 5000]",
    "event: any, metric: csat, top: 3", "event: any, metric: csat, top: 0",
    "event: any, people: 100", "event: any, people: 0, count: latest",
    "event: any, compare: previous", "event: any, metric: happiness", "event: []",
  ])
  func `refuse`(text: String) throws {
    let context = try QuestionContext()
    #expect(throws: Diagnostic.self) {
      try Question.read("{question: scores, \(text)}", file: "q.yaml", in: context)
    }
  }

  @Test func `of nothing are nothing`() async throws {
    let stories = try Self.survey([(score: 1, day: 1, plan: "a")])
    let answer = try await ask("event: answered, to: 1960-01-01", of: stories)
    #expect(answer.figures.allSatisfy { $0.value.value == nil })
    let context = try QuestionContext()
    let question = try #require(
      Question.read("{question: scores, event: answered, to: 1960-01-01}", file: "q", in: context)
        .first)
    let row = AnswerRowKey(["answer": "all"])
    await #expect(throws: Refusal.self) {
      try await Stories.customers(behind: row, of: question, in: context) { _ in stories }
    }
  }
}
