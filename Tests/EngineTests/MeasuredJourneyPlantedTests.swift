import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

/// Customers who walk a → b → c → d as designed, and known numbers of them who do not.
private struct PlantedLog {
  var counts: [Deviation: Int] = [:]
  var events: [Event] = []

  enum Deviation: CaseIterable {
    case none, skipped, extra, repeated, outOfOrder, late, wrongChannel
  }

  static let experience = Experience(
    touchpoints: ["a", "b", "c", "d", "u"].map { name in
      Touchpoint(
        name: name, channels: name == "c" ? ["web"] : [], rule: .isEvent(name),
        expects: name == "c" ? .init(within: TimeSpan(milliseconds: 100), of: "b") : nil)
    })
  /// `u` is an alternative to `b`; met besides `b`, the design has no place for it.
  static let journey = Journey(
    name: "walk", starts: ["a"],
    steps: [.touchpoint("a"), .any([.touchpoint("b"), .touchpoint("u")]), .touchpoint("c")],
    goal: "d", window: TimeSpan(milliseconds: 10_000))

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for customer in 0..<(50 + random.below(150)) {
      let deviation = Deviation.allCases[random.below(Deviation.allCases.count)]
      counts[deviation, default: 0] += 1
      var time = Int64(random.below(1_000))
      var way = ["a", "b", "c", "d"]
      switch deviation {
      case .skipped: way = ["a", "c", "d"]
      case .extra: way = ["a", "b", "u", "c", "d"]
      case .repeated: way = ["a", "b", "b", "c", "d"]
      case .outOfOrder: way = ["a", "c", "b", "d"]
      case .none, .late, .wrongChannel: break
      }
      for name in way {
        events.append(
          Event(
            name, at: Instant(milliseconds: time), by: Identity(.user, "c\(customer)"),
            properties: name == "c"
              ? ["channel": .string(deviation == .wrongChannel ? "phone" : "web")] : [:]))
        time += Int64(1 + random.below(deviation == .late ? 1 : 40))
        if deviation == .late, name == "b" { time += 200 }
      }
    }
    events.shuffle(using: &random)
  }
}

@Suite
struct `Planted deviations` {
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `are found again, each of them and no other`(seed: UInt64) async throws {
    let log = PlantedLog(seed: seed)
    // Behind the data lies a day, so that every window and every promise has run out.
    let question = JourneyQuestion(
      PlantedLog.journey, now: Instant(milliseconds: 86_400_000))
    let measured = try await Stories(log.events).answer(
      JourneyFold(question, of: PlantedLog.experience))
    let verdicts = measured.conformance.verdicts
    func planted(_ deviation: PlantedLog.Deviation) -> Int { log.counts[deviation] ?? 0 }
    #expect(measured.cases.completed == log.counts.values.reduce(0, +))
    #expect(verdicts.skipped == planted(.skipped))
    #expect(verdicts.extra == planted(.extra))
    #expect(verdicts.repeated == planted(.repeated))
    #expect(verdicts.outOfOrder == planted(.outOfOrder))
    #expect(verdicts.late == planted(.late))
    #expect(verdicts.wrongChannel == planted(.wrongChannel))
    #expect(verdicts.asPlanned == planted(.none))
    #expect(measured.steps[1].skipped == planted(.skipped))
    #expect(measured.steps[1].repeats == planted(.repeated))
    #expect(measured.steps[2].late == planted(.late))
    #expect(measured.steps[2].wrongChannel == planted(.wrongChannel))
  }
}

@Suite
struct `The cases of a journey` {
  @Test(arguments: 0..<300 as Range<UInt64>)
  func `add up over starting points, steps, outcomes and starting events`(seed: UInt64) async throws
  {
    let world = JourneyWorld(seed: seed)
    let stories = try world.stories(segments: 2)
    let measured = try await stories.answer(JourneyFold(world.question, of: world.experience))
    let cases = measured.cases
    #expect(cases.total == cases.closed + cases.open)
    #expect(measured.starts.reduce(0) { $0 + $1.cases.total } == cases.total)
    #expect(measured.starts.reduce(0) { $0 + $1.cases.completed } == cases.completed)
    for step in measured.steps {
      #expect(step.reachedByStart.reduce(0, +) == step.reached)
      #expect(step.casesByStart.reduce(0, +) == step.cases)
      #expect(step.cases <= step.reached)
      #expect(step.wentNext.reduce(0) { $0 + $1.cases } == step.dropOff)
    }
    for (step, next) in zip(measured.steps, measured.steps.dropFirst()) {
      #expect(next.reached <= step.reached)
    }
    // Each starting event that was read opens a case, or is excluded for a reason.
    let excluded = measured.excluded
    let read = JourneyWorld.plain(stories).joined().filter { event in
      guard world.question.now.map({ event.time <= $0 }) ?? true,
        let position = NaiveRules(event).touchpoint(world.experience.touchpoints)
      else { return false }
      return world.question.journey.starts.contains(world.experience.touchpoints[position].name)
    }
    #expect(
      read.count == cases.total + excluded.outsideAudience + excluded.duringCase + excluded.again
        + excluded.withoutCaseKey + excluded.outsideRange)
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `of adjacent ranges and of opposite populations add up`(seed: UInt64) async throws {
    let world = JourneyWorld(seed: seed)
    let stories = try world.stories(segments: 1)
    let condition = Expression.binary(
      .greater, .count(event: "y", within: nil), .number(0))
    func cases(
      _ from: Int64?, _ to: Int64?, _ rule: Expression? = nil
    ) async throws -> Int {
      var question = JourneyQuestion(world.question.journey)
      question.from = from.map { Instant(milliseconds: $0) }
      question.to = to.map { Instant(milliseconds: $0) }
      question.population = rule.map { .condition(name: "some", $0) }
      return try await stories.answer(JourneyFold(question, of: world.experience)).cases.total
    }
    let all = try await cases(nil, nil)
    let (early, late) = (try await cases(nil, 30), try await cases(30, nil))
    #expect(early + late == all)
    let (some, others) = (
      try await cases(nil, nil, condition), try await cases(nil, nil, .not(condition))
    )
    #expect(some + others == all)
  }
}
