import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension RandomWorld {
  /// Ten days of events on a grid of six hours, about the night in which clocks in Berlin go forward
  /// (29 March 2026), in several segments; some of the customers are hidden.
  mutating func daysOfStories(customers: Int, each most: Int) throws -> Stories {
    let first = Instant(milliseconds: 1_774_400_400_000 + Int64(random.below(4)) * 1_800_000)
    let events = events(customers: customers, each: most).map { event in
      var event = event
      event.time = first + TimeSpan(milliseconds: event.time.milliseconds * 2_160_000)
      return event
    }
    var names = EventNames()
    var segments: [StorySegment] = []
    for part in 0..<3 {
      let own = events.filter { stableHash($0.identity.id) % 3 == UInt64(part) }
      segments.append(try StorySegment(sorting: try Batch(own, names: &names)))
    }
    if segments[0].customers.count > 2 { segments[0].visible = [1..<segments[0].customers.count] }
    return Stories(names: names, segments: segments)
  }

  /// A day of the world or one next to it, at midnight in Berlin or within the day.
  mutating func moment() -> Instant {
    let day = Int64(random.below(12))
    let midnight = Instant(milliseconds: 1_774_393_200_000 + day * 86_400_000)
    let summer = Instant(milliseconds: 1_774_746_000_000)
    let local = midnight + TimeSpan(milliseconds: midnight < summer ? 0 : -3_600_000)
    return random.chance(0.7) ? local : local + TimeSpan(milliseconds: 12_345_678)
  }

  mutating func scope() -> Scope {
    let ends = [moment(), moment()].sorted()
    var scope = Scope()
    if random.chance(0.5) { scope.from = ends[0] }
    if random.chance(0.5), ends[0] < ends[1] { scope.to = ends[1] }
    return scope
  }

  mutating func selector() -> EventSelector {
    switch random.below(4) {
    case 0: .any
    case 1: EventSelector("rich", rule: .binary(.and, .isEvent("a"), .has(.property("p"))))
    case 2: EventSelector("numbered", rule: .has(.property("number")))
    default: EventSelector(pick(Self.names))
    }
  }

  mutating func trends() -> TrendsQuestion {
    let number = NumberSelector(
      pick([.property("number"), .binary(.times, .property("number"), .number(1.5))]))
    let series = (0..<(1 + random.below(3))).map { position in
      TrendsQuestion.Series(
        selector(),
        pick([
          .events, .customers, .perCustomer, .sum(number), .mean(number), .percentile(50, number),
          .percentile(90, number), .percentile(12.5, number),
        ]), name: random.chance(0.5) ? "series \(position)" : nil)
    }
    var question = TrendsQuestion(series)
    question.scope = scope()
    question.interval = pick([nil] + CalendarInterval.allCases)
    if random.chance(0.5) { question.breakdown = Dimension(pick(["p", "number", "absent"])) }
    if random.chance(0.3) {
      question.formulas = [
        .init(
          .binary(
            pick(Arithmetic.Operator.allCases), .series(0),
            .binary(pick(Arithmetic.Operator.allCases), .series(series.count - 1), .number(2))),
          name: random.chance(0.5) ? "made up" : nil)
      ]
    }
    return question
  }
}

extension QuestionContext {
  static let berlin = Result {
    var context = try QuestionContext()
    context.calendar = try LocalCalendar(timezone: "Europe/Berlin")
    return context
  }
}

private func ask(_ question: TrendsQuestion, _ stories: Stories) async throws -> Trends {
  let context = try QuestionContext.berlin.get()
  return try await stories.answer(question.fold(in: context))
}

private func total(_ trends: Trends, _ name: String) -> Double {
  trends.series.filter { $0.name == name }
    .flatMap(\.points).reduce(0) { $0 + ($1.value.value ?? 0) }
}

@Suite
struct `A trend` {
  @Test(arguments: UInt64(0)..<200)
  func `shows what its naive twin finds`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let calendar = try QuestionContext.berlin.get().calendar
    // Now and then more rows than are looked at at once.
    let stories = try world.daysOfStories(customers: seed % 50 == 0 ? 500 : 12, each: 12)
    let plain = stories.plain.map(\.events)
    for _ in 0..<6 {
      let question = world.trends()
      guard (try? question.validate()) != nil else { continue }
      let answer = try await ask(question, stories)
      let expected = NaiveTrends.figures(question, plain, calendar)
      var met = 0
      for series in answer.series where series.measure != "formula" {
        for point in series.points {
          let key = NaiveTrends.Key(
            from: question.interval.map { _ in point.from }, series: series.name,
            breakdown: series.breakdown)
          guard let figure = expected[key] else {
            #expect(point.customers == 0 && point.value.value ?? 0 == 0, "\(key) \(question)")
            continue
          }
          met += 1
          #expect(point.customers == figure.customers, "\(key) of \(question)")
          let value = try #require(point.value.value)
          #expect(abs(value - figure.value) < 1e-6, "\(key) of \(question)")
        }
      }
      #expect(met == expected.count, "\(question)")
      let customers = plain.filter { story in
        !NaiveTrends.figures(question, [story], calendar).isEmpty
      }
      #expect(answer.counted == customers.count, "\(question)")
    }
  }

  @Test(arguments: UInt64(0)..<60)
  func `keeps its laws`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try world.daysOfStories(customers: 25, each: 15)
    let events = world.selector()
    var question = TrendsQuestion([
      .init(events, name: "events"), .init(events, .customers, name: "customers"),
    ])
    question.scope = world.scope()
    let days = try await ask(question, stories)
    question.interval = nil
    let whole = try await ask(question, stories)
    question.interval = .week
    let weeks = try await ask(question, stories)
    question.breakdown = Dimension("p")
    let divided = try await ask(question, stories)
    question.values = 2
    let few = try await ask(question, stories)
    for answer in [days, weeks, divided, few] {
      #expect(total(answer, "events") == total(whole, "events"), "events add up")
      #expect(answer.counted == whole.counted)
    }
    #expect(total(whole, "customers") == Double(whole.counted))
    #expect(total(whole, "customers") <= total(weeks, "customers"))
    #expect(total(weeks, "customers") <= total(days, "customers"))
    #expect(total(weeks, "customers") <= total(divided, "customers"))
    #expect(Set(few.series.map(\.breakdown)).count <= 4, "(none), two values, (others)")
    for (day, next) in zip(days.series[0].points, days.series[0].points.dropFirst()) {
      #expect(day.to == next.from && (!day.isOpen || next.isOpen), "open ones are the last")
    }
  }

  @Test(arguments: UInt64(0)..<60)
  func `compares with what the range before says`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let calendar = try QuestionContext.berlin.get().calendar
    let stories = try world.daysOfStories(customers: 20, each: 15)
    var question = TrendsQuestion([
      .init(.any), .init(.any, .mean(NumberSelector(.property("number")))),
    ])
    question.formulas = [.init(try Arithmetic(reading: "A * B"))]
    question.interval = world.pick([.day, nil])
    let days = try #require(
      calendar.starts(
        of: .day, from: Instant(milliseconds: 1_774_400_400_000),
        through: Instant(milliseconds: 1_775_350_800_000), limit: 20))
    let length = 1 + world.random.below(4)
    question.scope = Scope(from: days[5], to: days[5 + length])
    question.comparison = .previous
    let compared = try await ask(question, stories)
    question.comparison = .none
    let now = try await ask(question, stories)
    question.scope = Scope(from: days[5 - length], to: days[5])
    let before = try await ask(question, stories)
    #expect(compared.counted == now.counted)
    for (series, position) in zip(compared.series, 0...) {
      for (point, place) in zip(series.points, 0...) {
        #expect(point.value == now.series[position].points[place].value)
        #expect(point.previous == before.series[position].points[place].value)
        guard !point.isOpen, let value = point.value.value, let old = point.previous?.value else {
          #expect(point.change == nil)
          continue
        }
        #expect(point.change?.value == value - old)
      }
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `is written as it is read`(seed: UInt64) throws {
    var world = RandomWorld(seed: seed)
    let context = try QuestionContext.berlin.get()
    for _ in 0..<10 {
      var question = world.trends()
      question.values = 1 + world.random.below(1000)
      if question.scope.from != nil, world.random.chance(0.5) { question.comparison = .previous }
      guard (try? question.validate()) != nil else { continue }
      let asked = Question.trends(question)
      #expect(try Question.read(asked.json, file: "question", in: context) == [asked])
    }
  }

  @Test func `reads short forms, ratios and formulas`() throws {
    let context = try QuestionContext()
    let read = try Question.read(
      """
      question: trends
      events: [seen, bought]
      measure: customers
      interval: none
      ratio: [bought: customers, A]
      formula: -(A + 2.5) / (B - A * 3)
      """.replacing("bought: customers", with: "'bought: customers'"), file: "q", in: context)
    guard case .trends(let question)? = read.first else {
      Issue.record("no trend")
      return
    }
    #expect(question.series.map(\.measure) == [.customers, .customers])
    #expect(question.interval == nil)
    #expect(question.formulas.map(\.name) == ["-(A + 2.5) / (B - A * 3)", "B / A"])
    let values = [2.0, 9]
    #expect(question.formulas.map { $0.arithmetic.value { values[$0] } } == [-1.5, 4.5])
  }

  @Test func `divides by nothing without an answer`() throws {
    #expect(try Arithmetic(reading: "A / (B - B)").value { _ in 3 } == nil)
    #expect(try Arithmetic(reading: "A / B").value { $0 == 0 ? 1 : nil } == nil)
    #expect(try Arithmetic(reading: "1 - 2 - 3 * -A").value { _ in 2 } == 5)
  }

  @Test(arguments: [
    ("series: [{event: any, measure: p101, of: x}]", "trends.measure"),
    ("series: [{event: any, measure: most}]", "trends.measure"),
    ("measure: sum", "trends.of"),
    ("of: x", "trends.of"),
    ("events: [a, a]", "trends.names"),
    ("formula: A / C", "trends.formula"),
    ("formula: 1 + 2", "trends.formula"),
    ("formula: A +", "trends.formula"),
    ("formula: (A", "trends.formula"),
    ("formula: 'A A'", "trends.formula"),
    ("ratio: [A, x]", "trends.ratio"),
    ("values: 0", "trends.values"),
    ("compare: previous", "trends.compare"),
    ("serie: a", "question.field"),
  ])
  func `refuses what has no answer`(field: String, code: String) throws {
    let context = try QuestionContext()
    let diagnostic = #expect(throws: Diagnostic.self) {
      _ = try Question.read("question: trends\n\(field)\n", file: "q", in: context)
    }
    #expect(diagnostic?.code == code)
  }

  @Test func `refuses more figures than fit, and a range that cuts an interval`() async throws {
    let events = (0..<900).map { number in
      Event(
        "a", at: Instant(milliseconds: Int64(number) * 36_000_000), by: Identity(.user, "c"),
        properties: ["p": .string("v\(number)")])
    }
    let stories = try Stories(events)
    var question = TrendsQuestion([.init(.any)])
    question.interval = .hour
    question.breakdown = Dimension("p")
    question.values = 1000
    await #expect(throws: Refusal.self) { try await ask(question, stories) }
    question.breakdown = nil
    question.interval = .week
    question.scope = Scope(from: .init(milliseconds: 0), to: .init(milliseconds: 864_000_000))
    question.comparison = .previous
    await #expect(throws: Refusal.self) { try await ask(question, stories) }
  }

  @Test func `shows noughts where nothing happened, and nothing of no stories`() async throws {
    let stories = try Stories(
      [0, 5].map { day in
        Event("a", at: Instant(milliseconds: day * 86_400_000), by: Identity(.user, "c"))
      })
    let answer = try await ask(TrendsQuestion([.init(.any)]), stories)
    #expect(answer.series[0].points.map(\.customers) == [1, 0, 0, 0, 0, 1])
    #expect(answer.series[0].points.map(\.isOpen) == [false, false, false, false, false, true])
    #expect(answer.table.rows.count == 6)
    let none = try await ask(
      TrendsQuestion([.init(.any)]), Stories(names: EventNames(), segments: []))
    #expect(none.series[0].points.isEmpty && none.table.rows.isEmpty)
  }

  @Test func `says how sure a change is`() async throws {
    var events: [Event] = []
    for number in 0..<150 {
      events.append(
        Event(
          "a", at: Instant(milliseconds: Int64(number) * 1000), by: Identity(.user, "c\(number)"),
          properties: ["n": .number(Double(number % 3))]))
    }
    var question = TrendsQuestion([
      .init(.any), .init(.any, .mean(NumberSelector(.property("n"))), name: "mean"),
    ])
    question.interval = nil
    question.comparison = .previous
    question.scope = Scope(
      from: Instant(milliseconds: 50_000), to: Instant(milliseconds: 100_000))
    let answer = try await ask(question, try Stories(events))
    let count = try #require(answer.series[0].points[0].change)
    #expect(count.value == 0 && count.high == 1.959963984540054 * 10)
    // Of i % 3 for 50...99 and 0...49: variances 0.693878 and 0.673061 of 50 each, so an error of
    // 0.165344 with 97.977 degrees of freedom, of which t is 1.984473.
    let mean = try #require(answer.series[1].points[0].change)
    #expect(abs((mean.value ?? 0) - 0.02) < 1e-9)
    #expect(abs((mean.high ?? 0) - (0.02 + 1.984473 * 0.1653444)) < 1e-5)
  }
}
