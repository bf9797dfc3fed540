import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension RandomWorld {
  /// A question about events named a to e.
  mutating func comparison() -> ComparisonQuestion {
    let window = TimeSpan(milliseconds: Int64(1 + random.below(30)) * 10)
    var question = ComparisonQuestion(
      random.chance(0.5)
        ? .outcome(
          start: EventSelector(pick(Self.names)), goal: EventSelector(pick(Self.names)),
          window: random.chance(0.8) ? window : nil)
        : .populations(population(), population()))
    question.naming = pick([.event, .event, .property("p"), .touchpoint])
    if random.chance(0.3) { question.only = [EventSelector("a"), EventSelector("b")] }
    if random.chance(0.2) { question.orders = .omitted }
    question.correction = pick(LooksCorrection.allCases)
    if random.chance(0.3) {
      question.scope.from = Instant(milliseconds: 50)
      question.scope.to = Instant(milliseconds: 50 + Int64(1 + random.below(30)) * 10)
    }
    return question
  }

  private mutating func population() -> Population {
    let rule = Expression.binary(
      .greaterOrEqual, .count(event: pick(Self.names), within: nil),
      .number(Double(1 + random.below(2))))
    return .condition(name: rule.description, rule)
  }
}

@Suite
struct `A comparison` {
  private let touchpoints = [
    Touchpoint(name: "one", rule: .isEvent("a")),
    Touchpoint(
      name: "two", rule: .binary(.or, .isEvent("b"), .has(.property("q")))),
  ]

  private func answer(
    _ question: ComparisonQuestion, _ stories: Stories
  ) async throws -> Comparison {
    try await stories.answer(ComparisonFold(question: question, touchpoints: touchpoints))
  }

  @Test(arguments: UInt64(0)..<150)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 25, each: 11))
    let plain = stories.plain.map(\.events)
    for _ in 0..<4 {
      let question = world.comparison()
      let found = try await answer(question, stories)
      let naive = NaiveComparison(question, plain, touchpoints: touchpoints)
      #expect([found.first.count, found.second.count] == naive.units, "\(question)")
      #expect(found.open == naive.open)
      #expect(found.inBoth == naive.inBoth)
      #expect(found.inNeither == naive.inNeither)
      var met: [[String]: [Int]] = [:]
      for finding in found.findings {
        let counts = [finding.first, finding.second].map {
          Int((($0.value ?? 0) * Double($0.count)).rounded())
        }
        met[[finding.name] + [finding.next].compactMap(\.self)] = counts
        #expect(counts.reduce(0, +) == finding.count)
      }
      #expect(met == naive.met, "\(question)")
    }
  }

  @Test(arguments: UInt64(0)..<60)
  func `keeps its laws`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 40, each: 9))
    var question = world.comparison()
    while case .outcome = question.sides { question = world.comparison() }
    guard case .populations(let a, let b) = question.sides else { return }
    let there = try await answer(question, stories)
    question.sides = .populations(b, a)
    let back = try await answer(question, stories)
    #expect(there.findings.map(\.name) == back.findings.map(\.name))
    for (finding, swapped) in zip(there.findings, back.findings) {
      #expect(finding.next == swapped.next)
      #expect(finding.difference.value == swapped.difference.value.map { -$0 })
      if let low = finding.difference.low, let high = swapped.difference.high {
        #expect(abs(low + high) < 1e-12)
      }
      #expect(finding.first == swapped.second)
      #expect(finding.isTold == swapped.isTold)
      for share in [finding.first, finding.second] {
        #expect((0...1).contains(share.value ?? 0))
      }
      if let value = finding.difference.value, value == 0 {
        #expect(finding.difference.low ?? 0 <= 0)
        #expect(finding.difference.high ?? 0 >= 0)
        #expect(!finding.isTold)
      }
      if let raw = finding.pValue, let adjusted = finding.adjusted { #expect(raw <= adjusted) }
    }
    let told = there.findings.map(\.isTold)
    #expect(told == told.sorted { $0 && !$1 }, "those told apart come first")
  }

  @Test func `finds what was planted, and calls nothing else a difference`() async throws {
    var random = SeededGenerator(seed: 7)
    var events: [Event] = []
    for customer in 0..<2000 {
      var time = Int64(customer)
      func add(_ name: String) {
        time += 1
        events.append(
          Event(name, at: Instant(milliseconds: time), by: Identity("c\(customer)")))
      }
      add("start")
      let isHelped = random.chance(0.5)
      if isHelped { add("help") }
      for name in ["x", "y", "z"] where random.chance(0.5) { add(name) }
      if random.chance(isHelped ? 0.8 : 0.3) { add("goal") }
    }
    // So that every window has passed.
    events.append(Event("x", at: Instant(milliseconds: 1_000_000), by: Identity("late")))
    let question = ComparisonQuestion(
      .outcome(
        start: EventSelector("start"), goal: EventSelector("goal"),
        window: TimeSpan(milliseconds: 1000)))
    let found = try await answer(question, Stories(events))
    #expect(found.open == 0)
    #expect(found.findings.first?.name == "help")
    #expect(found.findings.first?.next == nil)
    #expect(found.findings.first?.isTold == true)
    #expect(found.findings.filter { $0.next == nil && $0.isTold }.map(\.name) == ["help"])
  }

  @Test(arguments: UInt64(0)..<40)
  func `leads to the customers behind each row`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 15, each: 8))
    var question = world.comparison()
    if question.naming == .touchpoint { question.naming = .event }
    let context = try QuestionContext()
    let table = try await answer(question, stories).table
    for row in table.rows.prefix(12) {
      guard case .text(let name) = row[0], case .text(let next) = row[1] else { continue }
      var count = 0
      let sides = question.sideNames
      for population in [sides.first, sides.second] {
        count += try await Stories.customers(
          behind: AnswerRowKey(["name": name, "next": next, "population": population]),
          of: .comparison(question), in: context
        ) { _ in stories }.count
      }
      let both = try await Stories.customers(
        behind: AnswerRowKey(["name": name, "next": next]), of: .comparison(question),
        in: context
      ) { _ in stories }
      #expect(row[2] == .count(both.count))
      #expect(count == both.count)
    }
  }

  @Test(arguments: UInt64(0)..<60)
  func `reads as it was written`(seed: UInt64) throws {
    var world = RandomWorld(seed: seed)
    let question = Question.comparison(world.comparison())
    let context = try QuestionContext()
    #expect(try Question.read(question.json, file: "q.json", in: context) == [question])
  }

  @Test(arguments: [
    "{question: comparison, start: a}", "{question: comparison, a: age() < 1d}",
    "{question: comparison, start: a, goal: b, a: age() < 1d, b: age() > 1d}",
    "{question: comparison, a: age() < 1d, b: age() > 1d, window: 7d}",
    "{question: comparison, start: a, goal: b, window: 0d}",
  ])
  func `refuses sides that are not clear`(text: String) throws {
    let context = try QuestionContext()
    #expect(throws: Diagnostic.self) {
      try Question.read(text, file: "q.yaml", in: context)
    }
  }

  @Test func `has no p-values where a population is empty`() async throws {
    let stories = try Stories(
      ["a", "x", "b"].enumerated().map {
        Event($1, at: Instant(milliseconds: Int64($0)), by: Identity("c"))
      })
    let question = ComparisonQuestion(
      .outcome(start: EventSelector("a"), goal: EventSelector("b"), window: nil))
    let found = try await answer(question, stories)
    #expect(found.first.count == 1)
    #expect(found.second.count == 0)
    #expect(found.findings.map(\.name) == ["x"])
    #expect(found.findings.allSatisfy { $0.pValue == nil && !$0.isTold })
    #expect(found.looks == 0)
  }
}
