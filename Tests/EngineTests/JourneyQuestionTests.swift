import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Conformance over time` {
  @Test(arguments: 0..<80 as Range<UInt64>)
  func `is that of a map of each interval`(seed: UInt64) async throws {
    let world = JourneyWorld(seed: seed, spread: 3_600_000)
    let stories = try world.stories(segments: 1 + Int(seed % 3))
    var experience = world.experience
    experience.journeys = [world.question.journey]
    let context = try QuestionContext(experience)
    let rule = Expression.binary(.greater, .count(event: "y", within: nil), .number(0))
    var asked = ConformanceQuestion(
      journey: world.question.journey.name, interval: .day,
      segments: [.condition(name: "met y", rule)])
    asked.scope.from = world.question.from
    let answers = try await Stories.ask([.conformance(asked)], in: context) { _ in stories }
    guard case .conformance(let trend)? = answers.first?.answer else {
      Issue.record("There is no answer.")
      return
    }
    var starts = trend.rows.filter { $0.segment == nil }.map(\.start)
    #expect(starts == starts.sorted())
    starts.append(.tooLate)
    for row in trend.rows {
      let next = try #require(starts.first { $0 > row.start })
      var question = JourneyQuestion(world.question.journey, from: row.start, to: next)
      if let from = asked.scope.from { question.from = max(from, row.start) }
      if row.segment != nil { question.population = .condition(name: "met y", rule) }
      let map = NaiveJourney.measure(
        JourneyWorld.plain(stories), experience: experience, question: question)
      #expect(row.cases == map.cases)
      #expect(row.verdicts == map.conformance.verdicts)
      #expect(close(row.fitness.value, map.conformance.fitness))
      #expect(row.fitness.low ?? 0 <= row.fitness.value ?? 0)
    }
  }

  private func close(_ left: Double?, _ right: Double?) -> Bool {
    guard let left, let right else { return (left == nil) == (right == nil) }
    return abs(left - right) < 1e-12
  }
}

@Suite
struct `Bottlenecks` {
  @Test(arguments: 0..<150 as Range<UInt64>)
  func `equal the naive recount`(seed: UInt64) async throws {
    let world = JourneyWorld(seed: seed)
    let stories = try world.stories(segments: 1 + Int(seed % 3))
    var experience = world.experience
    experience.journeys = [world.question.journey]
    var asked = BottlenecksQuestion(journey: world.question.journey.name)
    asked.scope.from = world.question.from
    let answers = try await Stories.ask(
      [.bottlenecks(asked)], in: try QuestionContext(experience)
    ) { _ in stories }
    guard case .bottlenecks(let bottlenecks)? = answers.first?.answer else {
      Issue.record("There is no answer.")
      return
    }
    let recount = NaiveBottlenecks.passages(
      JourneyWorld.plain(stories), experience: experience,
      question: JourneyQuestion(world.question.journey, from: asked.scope.from))
    let pairs = Dictionary(grouping: recount) { [$0.from, $0.to] }
    #expect(Set(bottlenecks.passages.map { [$0.from, $0.to] }) == Set(pairs.keys))
    for passage in bottlenecks.passages {
      let cases = pairs[[passage.from, passage.to]] ?? []
      let times = cases.map { Double($0.time) }.sorted()
      #expect(passage.cases == cases.count)
      #expect(passage.totalTime == times.reduce(0, +))
      let median = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
      #expect(passage.time.median.value == median)
      #expect(passage.lostTime == times.reduce(0) { $0 + max(0, $1 - median) })
      let slow = cases.filter { Double($0.time) > median && $0.outcome != .open }
      #expect(passage.slowCompletion.count == slow.count)
      #expect(
        passage.slowCompletion.value
          == (slow.isEmpty
            ? nil : Double(slow.count { $0.outcome == .completed }) / Double(slow.count)))
    }
  }
}
