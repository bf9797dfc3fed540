import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension RandomWorld {
  /// A question with options that go together, about events named a to e.
  mutating func funnel() -> FunnelQuestion {
    var names = Self.names
    let count = 2 + random.below(3)
    let steps = (0..<count).map { step in
      let name =
        random.chance(0.2)
        ? pick(Self.names) : names.remove(at: random.below(max(1, names.count)))
      let rule: Expression =
        random.chance(0.2)
        ? .binary(.and, .isEvent(name), .has(.property("p"))) : .isEvent(name)
      return FunnelQuestion.Step(
        name, rule: rule,
        presence: step > 0 && step < count - 1 && random.chance(0.3) ? .optional : .required)
    }
    var question = FunnelQuestion(
      steps: steps,
      window: random.chance(0.8) ? TimeSpan(milliseconds: Int64(1 + random.below(30)) * 10) : nil)
    question.entry = pick(FunnelQuestion.Entry.allCases)
    if random.chance(0.3) {
      question.pairWindow = TimeSpan(milliseconds: Int64(1 + random.below(10)) * 10)
    }
    if random.chance(0.3) { question.ties = .strictlyLater }
    if random.chance(0.3) {
      question.exclusions = [
        .init(
          .isEvent(pick(Self.names)), after: random.below(count - 1),
          effect: pick([.stop, .drop]))
      ]
    } else if question.entry != .best, steps.allSatisfy({ $0.presence == .required }) {
      if random.chance(0.3) { question.repeats = .end }
      if random.chance(0.3) { question.order = .strict }
    }
    if random.chance(0.1) { question.order = .any }
    if random.chance(0.2) { question.heldConstant = ["number"] }
    if random.chance(0.3) {
      question.from = Instant(milliseconds: 50)
      question.to = Instant(milliseconds: 50 + Int64(1 + random.below(30)) * 10)
    }
    if random.chance(0.2) {
      question.population = .binary(
        .lessOrEqual, .count(event: "a", within: nil), .number(Double(random.below(3))))
    }
    return question
  }
}

/// How many customers a plain question counts at each step.
private func counts(_ question: FunnelQuestion, _ stories: Stories) async throws -> [Int] {
  try await stories.answer(question).steps.map(\.count)
}

@Suite
struct `A funnel` {
  @Test(arguments: UInt64(0)..<300)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    // Now and then more rows than are looked at at once.
    let stories = try Stories(world.events(customers: seed % 60 == 0 ? 700 : 12, each: 11))
    let plain = stories.plain.map(\.events)
    var answered = 0
    while answered < 12 {
      let question = world.funnel()
      guard (try? question.validate()) != nil else { continue }
      answered += 1
      let found = try await counts(question, stories)
      #expect(found == NaiveFunnel.counts(question, plain), "\(question)")
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `keeps its laws`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 30, each: 14, names: ["a", "b", "c"]))
    var question = FunnelQuestion(
      steps: [.init("a"), .init("b"), .init("c")],
      window: TimeSpan(milliseconds: Int64(1 + world.random.below(20)) * 10))
    question.breakdown = .init("p", at: world.pick([.first, .last, .step(1)]))
    let ordered = try await stories.answer(question)
    let steps = ordered.steps.map(\.count)
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 >= $1 }, "counts never rise")
    for step in steps.indices {
      #expect(ordered.groups.reduce(0) { $0 + $1.steps[step].count } == steps[step])
    }
    question.breakdown = nil
    question.order = .strict
    let strict = try await counts(question, stories)
    question.order = .any
    let any = try await counts(question, stories)
    #expect(zip(strict, steps).allSatisfy { $0 <= $1 }, "strict is part of ordered")
    #expect(zip(steps, any).allSatisfy { $0 <= $1 }, "ordered is part of any")
    question.order = .ordered
    question.entry = .first
    let first = try await counts(question, stories)
    #expect(zip(first, steps).allSatisfy { $0 <= $1 }, "the first entry is one of all")
    question.window = question.window.map { TimeSpan(milliseconds: $0.milliseconds + 50) }
    let wider = try await counts(question, stories)
    #expect(zip(first, wider).allSatisfy { $0 <= $1 }, "a wider window lowers no count")
  }

  @Test(arguments: UInt64(0)..<100)
  func `answers the same on the fast path`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 40, each: 20))
    var question = FunnelQuestion(
      steps: ["a", "b", "c", "d"].map { .init($0) },
      window: world.random.chance(0.2)
        ? nil : TimeSpan(milliseconds: Int64(1 + world.random.below(25)) * 10))
    if world.random.chance(0.5) {
      question.from = Instant(milliseconds: 30)
      question.to = Instant(milliseconds: 200)
    }
    if world.random.chance(0.7) {
      question.breakdown = .init("p", at: world.pick([.first, .last, .step(1), .step(3)]))
    }
    #expect(try question.plan(for: stories).segments.allSatisfy { $0.moves != nil })
    let fast = try await stories.answer(question)
    question.figures = .counts
    let counted = try await stories.answer(question)
    question.figures = .countsAndTimes
    // A population of everybody is asked about, which the fast path cannot do.
    question.population = .boolean(true)
    #expect(try question.plan(for: stories).segments.allSatisfy { $0.moves == nil })
    let slow = try await stories.answer(question)
    #expect(fast == slow)
    #expect(counted.steps.map(\.count) == slow.steps.map(\.count))
    #expect(counted.steps.map(\.open) == slow.steps.map(\.open))
    #expect(counted.steps.map(\.met) == slow.steps.map(\.met))
    #expect(counted.groups.map(\.value) == slow.groups.map(\.value))
    for (part, whole) in zip(counted.groups, slow.groups) {
      #expect(part.steps.map(\.count) == whole.steps.map(\.count))
      #expect(part.steps.map(\.open) == whole.steps.map(\.open))
    }
  }

  /// Recounts the levels as the definition of the exclusion has them, event by event.
  private func levels(_ story: [Event], window: Int64) -> Int {
    let steps = ["a": 1, "b": 2, "c": 3, "d": 4]
    var start: [Int: Int64] = [:]
    var level = 0
    for event in story {
      let time = event.time.milliseconds
      if event.name == "e" { start[2] = nil }
      guard let step = steps[event.name] else { continue }
      if step == 1 {
        start[1] = time
      } else if let entry = start[step - 1], time - entry <= window {
        start[step] = entry
      } else {
        continue
      }
      level = max(level, step)
    }
    return level
  }

  @Test(arguments: UInt64(0)..<100)
  func `ends chains between two steps by an exclusion, and keeps the steps reached`(seed: UInt64)
    async throws
  {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 40, each: 20))
    let context = try QuestionContext()
    let asked = try Question.read(
      """
      question: funnel
      steps: [a, b, c, d]
      window: \(TimeSpan(milliseconds: 200))
      times: omitted
      exclude: [{event: e, after: b}]
      """, file: "q.yaml", in: context)
    guard case .funnel(var question)? = asked.first else { return #expect(Bool(false)) }
    #expect(try question.plan(for: stories).segments.allSatisfy { $0.moves != nil })
    let plain = stories.plain.map(\.events)
    let expected = (1...4).map { step in
      plain.filter { levels($0, window: 200) >= step }.count
    }
    let fast = try await stories.answer(question)
    #expect(fast.steps.map(\.count) == expected)
    #expect(NaiveFunnel.counts(question, plain) == expected)
    question.population = .boolean(true)
    #expect(try await stories.answer(question) == fast)
  }

  /// One customer's events as `name@milliseconds`.
  private func story(_ text: String) throws -> Stories {
    try Stories(
      text.split(separator: " ").map { word in
        let parts = word.split(separator: "@")
        return Event(
          String(parts[0]), at: Instant(milliseconds: Int64(parts[1]) ?? 0), by: Identity("x"))
      })
  }

  @Test(arguments: [
    ("a@0 b@10 c@20", [1, 1, 1]),
    ("a@0 b@10 c@101", [1, 1, 0]),
    ("a@0 b@10 c@100", [1, 1, 1]),
    ("a@0 a@50 b@60 c@150", [1, 1, 1]),
    ("b@0 a@10 c@20", [1, 0, 0]),
    ("a@0 x@1 b@1 c@1", [1, 1, 1]),
    ("b@0 c@1", [0, 0, 0]),
  ])
  func `takes steps in order, within the window`(text: String, expected: [Int]) async throws {
    let question = FunnelQuestion(
      steps: [.init("a"), .init("b"), .init("c")], window: TimeSpan(milliseconds: 100))
    let stories = try story(text)
    #expect(try await counts(question, stories) == expected)
  }

  @Test func `tells open entries from lost ones, and times between steps`() async throws {
    let question = FunnelQuestion(
      steps: [.init("a"), .init("b"), .init("c")], window: TimeSpan(milliseconds: 100))
    let open = try await story("a@0 b@10 x@100").answer(question)
    #expect(open.steps.map(\.open) == [0, 1, 0])
    #expect(open.steps[1].timeFromPrevious?.median.value == 10)
    let lost = try await story("a@0 b@10 x@101").answer(question)
    #expect(lost.steps.map(\.open) == [0, 0, 0])
    let done = try await story("a@0 b@10 c@70").answer(question)
    #expect(done.timeToConvert.median.value == 70)
    #expect(done.steps.map(\.timeFromPrevious?.p90) == [nil, 10, 60])
  }

  @Test func `drops an entry that met an exclusion, and says so`() async throws {
    var question = FunnelQuestion(steps: [.init("a"), .init("b")], window: nil)
    question.entry = .every
    question.exclusions = [.init(.isEvent("x"), after: 0, effect: .drop)]
    let answer = try await story("a@0 x@1 b@2 a@3 b@4 a@5").answer(question)
    #expect(answer.steps.map(\.count) == [2, 1])
    #expect(answer.dropped == 1)
  }

  @Test(arguments: [
    ("funnel.steps", changed { $0.steps = [.init("a")] }),
    ("funnel.steps", changed { $0.steps = Array(repeating: .init("a"), count: 65) }),
    ("funnel.window", changed { $0.window = TimeSpan(milliseconds: 0) }),
    ("funnel.window", changed { $0.pairWindow = TimeSpan(milliseconds: -1) }),
    ("funnel.optional", changed { $0.steps[0].presence = .optional }),
    ("funnel.exclusions", changed { $0.exclusions = [.init(.isEvent("x"), after: 1)] }),
    ("funnel.breakdown", changed { $0.breakdown = .init("p", at: .step(2)) }),
    ("funnel.options", changed { ($0.order, $0.entry) = (.any, .every) }),
    ("funnel.range", changed { ($0.from, $0.to) = (.earliest, .earliest) }),
  ])
  func `refuses what has no answer`(code: String, question: FunnelQuestion) throws {
    let refusal = #expect(throws: Refusal.self) { try question.validate() }
    #expect(refusal?.code == code)
  }

  @Test func `takes a question that has an answer`() throws {
    try changed { $0.steps = Array(repeating: .init("a"), count: 32) }.validate()
  }
}

/// A question that has an answer, with a change.
private func changed(_ change: (inout FunnelQuestion) -> Void) -> FunnelQuestion {
  var question = FunnelQuestion(steps: [.init("a"), .init("b")], window: .days(1))
  change(&question)
  return question
}
