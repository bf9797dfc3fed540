import Events
import Experience
import Statistics
import Stories
import Testing
import Words

@testable import Engine

/// Random customers who write, in several segments.
private struct WordsWorld {
  var random: RandomWorld
  let stories: Stories
  let context: QuestionContext

  static let themes = [
    Theme(name: "price", words: ["expensive", "price*", "too much", "teuer*"]),
    Theme(name: "speed", title: "How fast", words: ["fast", "late", "*liefer*"]),
  ]

  static let experience = Experience(
    timezone: "Europe/Berlin",
    touchpoints: [
      Touchpoint(name: "review", rule: .isEvent("Review Posted")),
      Touchpoint(name: "call", rule: .isEvent("c")),
    ], themes: themes)

  /// Of several languages and feelings, some of them hostile, some without words.
  static let texts = [
    "The delivery was fast and I love it.", "It was late and the box was broken.", "too much!!!",
    "Die Lieferung war sehr schnell, danke!", "Leider viel zu teuer und kaputt.", "OK", "", "  ",
    "👍",
    "La livraison était très lente et le prix est trop haut.", "<script>alert('price')</script>",
    "\u{202E}late\u{0}", "=1+1", "The price is fine, but the help was awful.", "…", "二週間待っています。",
  ]

  init(seed: UInt64, customers: Int = 24, each: Int = 8) throws {
    random = RandomWorld(seed: seed &* 131 &+ 7)
    let origin = try #require(Instant(iso8601: "2026-03-20T00:00:00Z"))
    var parts: [[Event]] = [[], [], []]
    for customer in 0..<customers {
      for _ in 0..<(1 + random.random.below(each)) {
        var properties: [String: PropertyValue] = [:]
        if random.random.chance(0.8) { properties["comment"] = .string(random.pick(Self.texts)) }
        if random.random.chance(0.1) { properties["comment"] = .number(5) }
        if random.random.chance(0.7) {
          properties["score"] = .number(Double(random.random.below(11)))
        }
        if random.random.chance(0.4) {
          properties[SurveyEvent.touchpoint] = .string(random.pick(["review", "call", "nothing"]))
        }
        if random.random.chance(0.6) { properties["p"] = random.property() }
        let offset = Int64(random.random.below(40 * 48)) * 1_800_000
        parts[customer % 3].append(
          Event(
            random.pick(["Survey Answered", "Review Posted", "c"]),
            at: origin + TimeSpan(milliseconds: offset), by: Identity("c\(customer)"),
            properties: properties))
      }
    }
    var names = EventNames()
    var segments: [StorySegment] = []
    for events in parts {
      segments.append(try StorySegment(sorting: try Batch(events, names: &names)))
    }
    stories = Stories(names: names, segments: segments)
    context = try QuestionContext(Self.experience)
  }

  mutating func question() -> WordsQuestion {
    var question = WordsQuestion(
      random.pick([
        [EventSelector("Survey Answered")], [.any],
        [EventSelector("Review Posted"), EventSelector("c")],
      ]))
    question.naming = random.pick([nil, .event, .touchpoint, .property("p")])
    question.interval = random.pick([nil, nil, .day, .week])
    question.theme = random.pick([nil, nil, "price", "late", "too much"])
    question.feeling = random.pick([nil, nil, .negative, .positive])
    if random.random.chance(0.4) {
      question.scope.from = Instant(iso8601: "2026-03-29T00:30:00Z")
      question.scope.to = Instant(iso8601: "2026-04-12T10:00:00Z")
    }
    return question
  }
}

@Suite
struct `What people wrote` {
  private struct Unexpected: Error {}

  private func ask(_ question: WordsQuestion, _ world: WordsWorld) async throws -> WordsAnswer {
    let found = try await Question.words(question).answered(world.stories, in: world.context)
    guard case .words(let answer) = found else { throw Unexpected() }
    return answer
  }

  @Test(arguments: UInt64(0)..<60)
  func `is counted as its naive twin counts it`(seed: UInt64) async throws {
    var world = try WordsWorld(seed: seed)
    for _ in 0..<3 {
      let question = world.question()
      let answer = try await ask(question, world)
      let naive = NaiveWords.texts(
        question, world.stories.plain.map(\.events), of: WordsWorld.experience,
        world.context.calendar)
      var seen = 0
      for figure in answer.figures where figure.events.count > 0 {
        let key = NaiveWords.Key(from: question.interval == nil ? nil : figure.from, by: figure.by)
        let all = try #require(naive[key])
        seen += 1
        expect(figure, of: all)
      }
      #expect(seen == naive.count)
    }
  }

  private func expect(_ figure: WordsAnswer.Figure, of all: [NaiveWords.Text]) {
    let texts = all.filter(\.hasWords)
    func people(_ texts: [NaiveWords.Text]) -> Int { Set(texts.map(\.customer)).count }
    #expect(figure.events.count == all.count && figure.events.customers == people(all))
    #expect(figure.texts.texts == texts.count && figure.texts.customers == people(texts))
    for part in figure.feelings {
      let own = texts.filter { $0.tone?.rawValue == part.name }
      #expect(part.texts == own.count && part.customers == people(own))
      #expect(part.share.count == texts.count { $0.tone != nil })
    }
    #expect(figure.unjudged == texts.count { $0.tone == nil })
    for part in figure.languages {
      let own = texts.filter { ($0.language?.rawValue ?? "unknown") == part.name }
      #expect(part.texts == own.count && part.customers == people(own))
    }
    #expect(figure.languages.reduce(0) { $0 + $1.texts } == texts.count)
    for part in figure.themes {
      let own = texts.filter {
        part.name == WordsAnswer.noTheme ? $0.themes.isEmpty : $0.themes.contains(part.name)
      }
      #expect(part.texts == own.count && part.customers == people(own))
      let scores = own.compactMap(\.score)
      let others = texts.compactMap(\.score).reduce(0, +) - scores.reduce(0, +)
      let count = texts.compactMap(\.score).count - scores.count
      guard !scores.isEmpty else { continue }
      let mean = scores.reduce(0, +) / Double(scores.count)
      #expect(abs((part.score.value ?? .nan) - mean) < 1e-9)
      guard count > 0 else { continue }
      #expect(abs((part.effect.value ?? .nan) - (mean - others / Double(count))) < 1e-9)
    }
  }

  @Test(arguments: UInt64(0)..<12)
  func `leads to the customers behind it, and reads what it wrote`(seed: UInt64) async throws {
    var world = try WordsWorld(seed: seed, customers: 14)
    let asked = Question.words(world.question())
    try asked.expectToRead(in: world.context)
    try await asked.expectCustomers(of: world.stories, in: world.context)
  }

  @Test func `of a touchpoint is also what answers of surveys about it say`() throws {
    let text = """
      experience: Trial
      touchpoints: {parcel: {on: parcel}, call: {on: call}, leaflet: {}}
      surveys:
        read: {kind: text, ask: "?", about: leaflet}
        how: {kind: csat, ask: "?", after: parcel}
        why: {kind: text, ask: "?", about: parcel}
        else: {kind: text, ask: "?"}
      """
    let (experience, diagnostics) = ExperienceLoader.load(text: text, file: "trial")
    try #require(diagnostics.allSatisfy { $0.severity != .error }, "\(diagnostics)")
    let context = try QuestionContext(experience)
    func events(_ written: String) throws -> [String] {
      let question = try #require(
        Question.read("{question: words, event: \(written)}", file: "q", in: context).first)
      try question.expectToRead(in: context)
      guard case .words(let asked) = question else { throw Unexpected() }
      return asked.events.map(\.name)
    }
    #expect(try events("parcel") == ["parcel", "how", "why"])
    #expect(try events("[call, why, parcel]") == ["call", "why", "parcel", "how"])
    // An event that is called like a touchpoint and is another.
    #expect(try events("{name: parcel, on: 'event == \"x\"'}") == ["parcel"])
    #expect(
      WordsQuestion(about: ["parcel", "nothing", "leaflet", "call"], in: experience)
        .events.map(\.name) == ["parcel", "how", "why", "read", "call"])
  }

  @Test(arguments: UInt64(0)..<20)
  func `is listed with who wrote it, the latest first`(seed: UInt64) async throws {
    var world = try WordsWorld(seed: seed)
    var question = world.question()
    question.verbatims = 1 + world.random.random.below(30)
    let answer = try await ask(question, world)
    let texts = try #require(answer.verbatims)
    let naive = NaiveWords.texts(
      question, world.stories.plain.map(\.events), of: WordsWorld.experience,
      world.context.calendar)
    let all = naive.filter { $0.key.by == nil }.flatMap(\.value).filter(\.hasWords)
    #expect(texts.count == min(question.verbatims, all.count) && answer.figures.isEmpty)
    #expect(texts.map(\.time) == texts.map(\.time).sorted(by: >))
    for each in texts {
      #expect(WordsWorld.texts.contains(each.text) && each.customer.contains("c"))
      if let feeling = question.feeling { #expect(each.feeling == feeling) }
      if question.theme == "price" { #expect(each.themes.contains("price")) }
    }
  }

  @Test(arguments: UInt64(0)..<20)
  func `is drawn by lots that its writer and time decide, wherever it is stored`(
    seed: UInt64
  ) async throws {
    var world = try WordsWorld(seed: seed)
    var question = world.question()
    question.verbatims = WordsQuestion.mostVerbatims
    let all = try #require(try await ask(question, world).verbatims)
    question.pick = .sample
    #expect(try await ask(question, world).verbatims == all)
    question.verbatims = 1 + world.random.random.below(30)
    let drawn = try #require(try await ask(question, world).verbatims)
    // Who writes twice at a time has one lot for both.
    let lots = all.map { text in
      WordsTally.ListedText.lot(
        ofWriter: Identity(text.customer).key, at: text.time.milliseconds)
    }
    let best = Set(lots.sorted().prefix(question.verbatims))
    #expect(drawn.count == min(question.verbatims, all.count))
    #expect(drawn.map(\.time) == drawn.map(\.time).sorted(by: >))
    for text in drawn {
      let lot = WordsTally.ListedText.lot(
        ofWriter: Identity(text.customer).key, at: text.time.milliseconds)
      #expect(best.contains(lot) && all.contains(text))
    }
  }

  @Test func `is drawn evenly over the time`() async throws {
    let events = (0..<2000).map { number in
      Event(
        "Survey Answered", at: Instant(milliseconds: Int64(number) * 60_000),
        by: Identity("c\(number % 50)"), properties: ["comment": .string("Text \(number)")])
    }
    var question = WordsQuestion()
    (question.verbatims, question.pick) = (400, .sample)
    let found = try await Question.words(question).answered(Stories(events), in: QuestionContext())
    guard case .words(let answer) = found else { throw Unexpected() }
    let texts = try #require(answer.verbatims)
    for quarter in 0..<4 {
      // 100 are expected of each; the standard deviation is 7.7.
      let count = texts.count { Int($0.time.milliseconds / 60_000) / 500 == quarter }
      #expect((65...135).contains(count))
    }
  }

  @Test func `of a megabyte is read and listed up to a limit`() async throws {
    let long = "Late! " + String(repeating: "a", count: 1 << 20)
    let event = Event(
      "Survey Answered", at: Instant(milliseconds: 1000), by: Identity("c"),
      properties: ["comment": .string(long)])
    let question = try #require(
      Question.read("{question: words, verbatims: 5}", file: "q", in: QuestionContext()).first)
    guard
      case .words(let answer) = try await question.answered(
        Stories([event]), in: QuestionContext())
    else { throw Unexpected() }
    let text = try #require(answer.verbatims?.first)
    #expect(text.isCut && text.text.count == WordsQuestion.longestVerbatim)
    #expect(text.feeling == .negative)
  }

  @Test func `proposes what stands out with low scores`() async throws {
    let events = (0..<120).map { number in
      let isLow = number % 3 == 0
      let text =
        isLow
        ? "The courier threw parcel \(number) over the fence" : "Parcel \(number) came, all well"
      return Event(
        "Survey Answered", at: Instant(milliseconds: Int64(number) * 1000),
        by: Identity("c\(number)"),
        properties: ["comment": .string(text), "score": .number(isLow ? 2 : 9)])
    }
    let question = try #require(
      Question.read("{question: words}", file: "q", in: QuestionContext()).first)
    guard
      case .words(let answer) = try await question.answered(
        Stories(events), in: QuestionContext())
    else { throw Unexpected() }
    let courier = try #require(answer.proposals.first { $0.term.contains("courier") })
    #expect(courier.low == 40 && courier.texts == 40 && courier.z > 0)
    #expect(!answer.proposals.contains { $0.term == "parcel" })
  }

  @Test(arguments: [
    ("{question: words, verbatims: 501}", "501"), ("{question: words, theme: '!!'}", "no word"),
    ("{question: words, feeling: angry}", "angry"), ("{question: words, them: price}", "theme"),
  ])
  func `is refused where it has no meaning`(text: String, said: String) throws {
    do {
      _ = try Question.read(text, file: "q", in: QuestionContext())
      Issue.record("It was read.")
    } catch let diagnostic as Diagnostic {
      #expect("\(diagnostic.problem) \(diagnostic.remedy)".contains(said), "\(diagnostic)")
    }
  }
}

@Suite
struct `The difference of two means` {
  @Test func `has Welch's interval`() throws {
    // Of 27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4 and
    // 27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4 (Wikipedia's
    // first example): t = −2.455, 24.99 degrees of freedom, p = 0.021.
    let left = [
      27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4,
    ]
    let right = [
      27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4,
    ]
    func moments(_ values: [Double]) -> (count: Int, sum: Double, squares: Double) {
      (values.count, values.reduce(0, +), values.reduce(0) { $0 + $1 * $1 })
    }
    let found = Estimate.differenceOfMeans(moments(left), moments(right))
    let (value, low, high) = (
      try #require(found.value), try #require(found.low), try #require(found.high)
    )
    #expect(abs(value - -2.1667) < 0.001 && high < 0 && low < value)
    // t of 97.5 % with 24.99 degrees is 2.0596, and value ÷ its error is −2.45536.
    #expect(abs((high - value) - 2.0596 * abs(value) / 2.45536) < 0.001)
  }

  @Test func `has no interval where a side is single, and none at all where it is empty`() {
    #expect(Estimate.differenceOfMeans((1, 4, 16), (3, 6, 12)).low == nil)
    #expect(Estimate.differenceOfMeans((0, 0, 0), (3, 6, 12)) == .none)
    #expect(Estimate.differenceOfMeans((3, 6, 12), (3, 9, 27)).high == -1)
  }
}
