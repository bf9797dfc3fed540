import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `A question for an attribution` {
  @Test
  func `is read with what is usual`() throws {
    let question = try Self.read("conversion: buy")
    #expect(question == AttributionQuestion(conversion: EventSelector("buy")))
    #expect(question.lookback == .days(30))
  }

  @Test
  func `is read with all its fields`() throws {
    var wanted = AttributionQuestion(conversion: EventSelector("buy"))
    wanted.value = NumberSelector(.property("revenue"))
    wanted.touches = [EventSelector("ad"), EventSelector("mail")]
    wanted.by = .event
    wanted.models = [.position, .shapley]
    wanted.lookback = nil
    wanted.halfLife = .days(2)
    wanted.direct = ["ad"]
    wanted.order = 3
    wanted.resamples = 0
    let question = try Self.read(
      """
      conversion: buy
      value: revenue
      touches: [ad, mail]
      by: event
      models: [position, shapley]
      lookback: none
      half_life: 2d
      direct: ad
      order: 3
      resamples: 0
      """)
    #expect(question == wanted)
  }

  @Test(arguments: 0..<100)
  func `is written as it reads`(seed: UInt64) throws {
    let question = Question.attribution(AttributionWorld(seed: seed).question)
    #expect(
      try Question.read(question.json, file: "json", in: QuestionContext()) == [question])
  }

  @Test(arguments: [
    ("touches: ad", "conversion"), ("conversion: buy\nmodels: [linear, linear]", "twice"),
    ("conversion: buy\nmodels: []", "No model"), ("conversion: buy\nlookback: 0d", "lookback"),
    ("conversion: buy\nhalf_life: 0s", "half_life"), ("conversion: buy\norder: 5", "order 5"),
    ("conversion: buy\nresamples: 3", "3 resamples"), ("conversion: buy\nmodel: linear", "models"),
    ("conversion: buy\nby: touchpoint", "no touchpoints"),
    ("conversion: bye", "bye"), ("conversion: buy\nby: chanel", "chanel"),
    ("conversion: buy\ntouches: adds", "adds"),
  ])
  func `is refused where it makes no sense`(text: String, problem: String) async throws {
    let events = [
      `An attribution`.event("ad", 1, channel: "web"), `An attribution`.event("buy", 2),
    ]
    do {
      let context = try QuestionContext()
      let question = try Question.read(
        "question: attribution\n\(text)", file: "q", in: context)
      _ = try await Stories.ask(question, in: context) { _ in try Self.stories(events) }
      Issue.record("not refused")
    } catch { #expect("\(error)".contains(problem)) }
  }

  @Test
  func `is answered with the customers behind a row`() async throws {
    let context = try QuestionContext()
    let stories = try Self.stories([
      `An attribution`.event("ad", 1, channel: "web", 0), `An attribution`.event("buy", 2, 0),
      `An attribution`.event("ad", 1, channel: "web", 1),
      `An attribution`.event("buy", 2, 2),
    ])
    let questions = try Question.read(
      "question: attribution\nconversion: buy\ntouches: ad\nmodels: [last]", file: "q",
      in: context)
    let answered = try await Stories.ask(questions, in: context) { _ in stories }
    guard case .attribution(let answer) = answered[0].answer else {
      Issue.record("no attribution")
      return
    }
    #expect(answer.table.rows.map { $0[1] } == [.text("web"), .text("(no touch)")])
    for (touch, customer) in [("web", "c0"), ("(no touch)", "c2")] {
      let keys = try await Stories.customers(
        behind: AnswerRowKey(["model": "last", "touch": touch]), of: questions[0], in: context
      ) { _ in stories }
      #expect(keys == [Identity(.user, customer).key])
    }
  }

  @Test
  func `is refused where a chain would have too many states`() async throws {
    let events = (0..<120).map { `An attribution`.event("ad", $0, channel: "c\($0)") }
    let stories = try Self.stories(events + [`An attribution`.event("buy", 999)])
    var question = try Self.read("conversion: buy\nmodels: markov\norder: 2")
    let context = try QuestionContext()
    #expect {
      try question.fold(in: context).plan(for: stories)
    } throws: { ($0 as? Refusal)?.code == "attribution.order" }
    question.order = 1
    _ = try question.fold(in: context).plan(for: stories)
  }

  /// `(channel, linear, first, last)` of purchases with a value above 0, as the benchmark defines it.
  @Test(arguments: 0..<50)
  func `answers the benchmark's tenth query`(seed: UInt64) async throws {
    let day: Int64 = 86_400_000
    var random = SeededGenerator(seed: seed)
    let names = ["ad_click", "landing_view", "email_open", "product_view", "purchase"]
    let channels = ["paid", "organic", "email"]
    var events: [Event] = []
    for customer in 0..<40 {
      for _ in 0..<random.below(40) {
        let name = names[random.below(names.count)]
        events.append(
          `An attribution`.event(
            name, Int64(random.below(90)) * day + Int64(random.below(3)),
            channel: channels[random.below(3)], customer,
            value: name == "purchase" ? Double(random.below(50)) : nil))
      }
    }
    var wanted: [String: [Double]] = [:]
    for story in Dictionary(grouping: events, by: \.identity).values {
      // Ties in a story go by arrival, which is the order of the events here.
      let story = story.enumerated().sorted {
        ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
      }.map(\.element)
      for purchase in story where purchase.name == "purchase" {
        guard case .number(let value)? = purchase.properties["value"], value > 0 else { continue }
        let at = purchase.time.milliseconds
        let touches = story.filter {
          ["ad_click", "landing_view", "email_open"].contains($0.name)
            && at - 30 * day <= $0.time.milliseconds && $0.time.milliseconds < at
        }.map(\.channel)
        for touch in touches {
          wanted[touch, default: [0, 0, 0]][0] += value / Double(touches.count)
        }
        wanted[touches.first ?? "(no touch)", default: [0, 0, 0]][1] += value
        wanted[touches.last ?? "(no touch)", default: [0, 0, 0]][2] += value
        if touches.isEmpty { wanted["(no touch)", default: [0, 0, 0]][0] += value }
      }
    }
    let context = try QuestionContext()
    let questions = try Question.read(
      """
      question: attribution
      conversion: 'event == "purchase" && properties.value > 0'
      value: value
      touches: [ad_click, landing_view, email_open]
      by: channel
      models: [linear, first, last]
      """, file: "q", in: context)
    let stories = try Self.stories(events)
    let answered = try await Stories.ask(questions, in: context) { _ in stories }
    guard case .attribution(let answer) = answered[0].answer else {
      Issue.record("no attribution")
      return
    }
    for (column, model) in [AttributionQuestion.Model.linear, .first, .last].enumerated() {
      for credit in answer.credits where credit.model == model {
        let figure = wanted[credit.touch]?[column] ?? 0
        #expect(abs((credit.value ?? 0) - figure) <= 1e-9 * max(1, figure))
        if credit.touch != "(no touch)" { #expect(wanted[credit.touch] != nil) }
      }
    }
    #expect(Set(wanted.keys).isSubset(of: answer.credits.map(\.touch)))
  }

  @Test(arguments: 0..<100)
  func `is answered to the last digit whatever the order of customers`(
    seed: UInt64
  ) async throws {
    let world = AttributionWorld(seed: seed)
    var question = world.question
    question.models = [.first, .last, .lastNonDirect, .linear, .position, .timeDecay]
    let fold = AttributionFold(question: question, touchpoints: world.touchpoints)
    var names = EventNames()
    var segments: [StorySegment] = []
    for part in 0..<3 as Range<UInt64> {
      let own = world.events.filter { $0.identity.key % 3 == part }
      segments.append(try StorySegment(sorting: Batch(own, names: &names)))
    }
    let there = try await Stories(names: names, segments: segments).answer(fold)
    let back = try await Stories(names: names, segments: segments.reversed()).answer(fold)
    #expect(there == back)
  }

  static func stories(_ events: [Event]) throws -> Stories {
    var names = EventNames()
    let segment = try StorySegment(sorting: Batch(events, names: &names))
    return Stories(names: names, segments: [segment])
  }

  static func read(_ fields: String) throws -> AttributionQuestion {
    let questions = try Question.read(
      "question: attribution\n\(fields)", file: "q", in: QuestionContext())
    guard case .attribution(let question)? = questions.first else {
      throw Refusal("test", problem: "no attribution", remedy: "")
    }
    return question
  }
}

extension Event {
  fileprivate var channel: String {
    if case .string(let text)? = properties["channel"] { text } else { "" }
  }
}
