import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension RandomWorld {
  /// A question with options that go together.
  mutating func validFunnel() -> FunnelQuestion {
    while true {
      let question = funnel()
      if (try? question.validate()) != nil { return question }
    }
  }
}

/// A question read from what it is written as.
private func reread(_ question: Question, in context: QuestionContext) throws -> [Question] {
  try Question.read(try question.json, file: "q.json", in: context)
}

@Suite
struct `A written funnel` {
  @Test(arguments: UInt64(0)..<200)
  func `reads as it was written`(seed: UInt64) throws {
    var world = RandomWorld(seed: seed)
    let context = try QuestionContext()
    var question = world.validFunnel()
    if world.random.chance(0.5) {
      question.breakdown = .init(
        "p", at: world.pick([.first, .last, .step(world.random.below(question.steps.count))]))
    }
    if world.random.chance(0.3) { question.figures = .counts }
    if world.random.chance(0.2) { question.steps[0].name = world.pick(["first", "any", "x?"]) }
    #expect(try reread(.funnel(question), in: context) == [.funnel(question)])
  }

  @Test(arguments: UInt64(0)..<60)
  func `leads to the customers behind each row`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 25, each: 12))
    let context = try QuestionContext()
    var question = world.validFunnel()
    if question.entry == .every { question.entry = .first }
    guard (try? question.validate()) != nil else { return }
    if world.random.chance(0.6) { question.breakdown = .init("p", at: .first) }
    let answer = try await stories.answer(question)
    let table = answer.table
    let keys = table.columns.filter { $0.measure == .key }.map(\.name)
    for row in table.rows {
      var key: [String: String] = [:]
      for (column, cell) in zip(keys, row) {
        if case .text(let text) = cell { key[column] = text }
      }
      for (outcome, column) in [("reached", "count"), ("open", "open"), ("dropped", "dropped")] {
        let place = try #require(table.columns.firstIndex { $0.name == column })
        let found = try await Stories.customers(
          behind: AnswerRowKey(key.merging(["outcome": outcome]) { $1 }),
          of: .funnel(question), in: context
        ) { _ in stories }
        #expect(row[place] == .count(found.count), "\(key) \(outcome) of \(question)")
      }
    }
  }

  @Test(arguments: [
    (["step": "z"], "step"), (["step": "a", "outcome": "lost"], "outcome"),
    (["stage": "a"], "stage"), ([:], "step"),
  ])
  func `refuses rows that it has not`(key: [String: String], named: String) async throws {
    var world = RandomWorld(seed: 1)
    let stories = try Stories(world.events(customers: 5, each: 5))
    let question = FunnelQuestion(steps: [.init("a"), .init("b")], window: .days(1))
    let plan = try question.plan(for: stories)
    let refusal = #expect(throws: Refusal.self) {
      try question.cell(of: AnswerRowKey(key), by: plan)
    }
    #expect(refusal?.code == "customers.row")
    #expect(refusal?.problem.contains(named) == true)
  }

  @Test func `numbers a step that comes again`() throws {
    let question = FunnelQuestion(
      steps: [.init("a"), .init("b"), .init("a"), .init("a")], window: nil)
    #expect(question.stepNames == ["a", "b", "a (2)", "a (3)"])
  }

  @Test func `adds up the values beyond those shown`() async throws {
    let values = Funnel.mostGroups + 5
    var events: [Event] = []
    for value in 0..<values {
      for step in ["a", "b"] {
        events.append(
          Event(
            step, at: Instant(milliseconds: Int64(value)), by: Identity("c\(value)"),
            properties: ["p": .string("v\(value)")]))
      }
    }
    var question = FunnelQuestion(steps: [.init("a"), .init("b")], window: nil)
    question.breakdown = .init("p")
    let stories = try Stories(events)
    let answer = try await stories.answer(question)
    #expect(answer.groups.count == Funnel.mostGroups + 1)
    #expect(answer.groups.last?.isRest == true)
    #expect(answer.groups.last?.steps.map(\.count) == [5, 5])
    #expect(answer.groups.reduce(0) { $0 + $1.steps[1].count } == values)
    let rest = try await Stories.customers(
      behind: AnswerRowKey("breakdown=(others),step=b"), of: .funnel(question),
      in: QuestionContext()
    ) { _ in stories }
    #expect(rest.count == 5)
  }
}
