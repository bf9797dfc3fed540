import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Rework` {
  @Test(arguments: UInt64(0)..<120)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = try PathWorld(seed: seed)
    var question = ReworkQuestion(
      by: world.naming(), only: world.only(), limit: world.world.pick([2, 1000]))
    question.scope = world.scope()
    let rule = Expression.binary(
      .lessOrEqual, .count(event: "a", within: nil), .number(Double(world.world.random.below(3))))
    if world.world.random.chance(0.4) {
      question.scope.population = .condition(name: "few a", rule)
    }
    let answer = try await world.ask(.rework(question))
    guard case .rework(let rework) = answer else { return }
    let (names, loops) = NaiveRework.count(
      world.plain, in: question.scope.instants,
      name: world.name(question.naming, question.only),
      isOf: { story, position in
        question.scope.population == nil || NaiveRules(story, at: position).holds(rule)
      })
    #expect(rework.names.count == names.count)
    for name in rework.names {
      var plain = try #require(names[name.name])
      #expect(name.events == plain.events)
      #expect(name.customers == plain.customers)
      #expect(name.again == plain.again)
      #expect(name.selfLoops == plain.selfLoops)
      #expect(name.repetitions == plain.repetitions)
      #expect(name.share == .share(plain.again, of: plain.customers))
      #expect(name.repeats == plain.events - plain.customers)
      #expect(name.totalTime == Double(plain.times.reduce(0, +)))
      #expect(name.time == .median(of: &plain.times))
    }
    #expect(
      rework.loops.map(\.loops)
        == Array(loops.values.map(\.loops).sorted(by: >).prefix(question.limit)))
    for loop in rework.loops {
      let plain = try #require(loops[[loop.name, loop.by]])
      #expect((loop.loops, loop.customers) == plain)
    }
    let excluded = rework.tally.excluded.reduce(0) { $0 + $1.count }
    #expect(rework.tally.counted + excluded == world.plain.count)
    try await world.check(.rework(question), answer)
  }

  @Test func `tells self-loops from repetitions`() async throws {
    let stories = try Stories(
      "abbbcbbabdb".enumerated().map {
        Event(String($1), at: Instant(milliseconds: Int64($0)), by: Identity("x"))
      })
    let rework = try await stories.answer(ReworkQuestion().fold(in: QuestionContext()))
    let b = try #require(rework.names.first)
    #expect(b.name == "b")
    #expect(b.repeats == 6)
    #expect(b.selfLoops == 2)
    #expect(b.repetitions == 3)
    #expect(b.time.value == 9)
    #expect(rework.loops.map { $0.name + $0.by } == ["ba", "bc", "bd"])
  }

  @Test func `refuses a limit out of its limits`() throws {
    let refusal = #expect(throws: Refusal.self) { try ReworkQuestion(limit: 0).validate() }
    #expect(refusal?.code == "rework.limit")
  }
}
