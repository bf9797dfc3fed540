import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension RandomWorld {
  /// The events with their times taken to hours, so that a story lasts 17 days, around a Sunday on
  /// which the clocks of Berlin are put forward.
  mutating func weeksOfEvents(customers: Int, each most: Int) -> [Event] {
    events(customers: customers, each: most).map { event in
      var event = event
      event.time = Instant(
        milliseconds: 1_774_000_000_000 + event.time.milliseconds * 360_000 * 10)
      return event
    }
  }
}

@Suite
struct `A funnel over time` {
  private func berlin() throws -> QuestionContext {
    var context = try QuestionContext()
    context.calendar = try LocalCalendar(timezone: "Europe/Berlin")
    return context
  }

  @Test(arguments: UInt64(0)..<150)
  func `counts what its naive twin counts in each interval`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.weeksOfEvents(customers: 12, each: 11))
    let context = try berlin()
    let plain = stories.plain.map(\.events)
    for _ in 0..<5 {
      var funnel = world.validFunnel()
      for span in [\FunnelQuestion.window, \.pairWindow] {
        funnel[keyPath: span] = funnel[keyPath: span].map {
          TimeSpan(milliseconds: $0.milliseconds * 3_600_000)
        }
      }
      for end in [\FunnelQuestion.from, \.to] {
        funnel[keyPath: end] = funnel[keyPath: end].map {
          Instant(milliseconds: 1_774_000_000_000 + $0.milliseconds * 3_600_000)
        }
      }
      let question = FunnelTrendQuestion(funnel, each: world.pick([.day, .week, .month]))
      let answer = try await stories.answer(question.fold(in: context))
      let starts = answer.starts
      let ends = starts.dropFirst() + [.tooLate]
      let expected = NaiveFunnel.counts(
        funnel, plain, within: zip(starts, ends).map { $0..<$1 })
      #expect(answer.points.map(\.reached) == expected, "\(question)")
      let whole = try await stories.answer(funnel)
      let sums = funnel.steps.indices.map { step in
        answer.points.reduce(0) { $0 + $1.reached[step] }
      }
      if funnel.entry == .best {
        #expect(zip(sums, whole.steps).allSatisfy { $0 >= $1.count })
      } else {
        #expect(sums == whole.steps.map(\.count))
        #expect(answer.dropped == whole.dropped)
      }
    }
  }

  @Test(arguments: UInt64(0)..<40)
  func `divides into values that sum to the whole, and leads to customers`(seed: UInt64)
    async throws
  {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.weeksOfEvents(customers: 20, each: 11))
    let context = try berlin()
    var funnel = FunnelQuestion(
      steps: [.init("a"), .init("b"), .init("c")], window: .days(5))
    funnel.breakdown = .init("p")
    funnel.entry = world.pick([.best, .first])
    let question = FunnelTrendQuestion(funnel, each: .day)
    let answer = try await stories.answer(question.fold(in: context))
    for (position, point) in answer.points.enumerated() {
      let parts = answer.groups.map { $0.points[position] }
      #expect(parts.reduce(0) { $0 + $1.completed } == point.completed)
      #expect(parts.reduce(0) { $0 + $1.open } == point.open)
    }
    for row in answer.table.rows where world.random.chance(0.1) {
      guard case .text(let value) = row[0], case .text(let interval) = row[1] else { continue }
      for (step, column) in [("a", 2), ("c", 3)] {
        let found = try await Stories.customers(
          behind: AnswerRowKey(["breakdown": value, "interval": interval, "step": step]),
          of: .funnelTrend(question), in: context
        ) { _ in stories }
        #expect(row[column] == .count(found.count))
      }
    }
  }

  @Test(arguments: UInt64(0)..<40)
  func `reads as it was written`(seed: UInt64) throws {
    var world = RandomWorld(seed: seed)
    let context = try QuestionContext()
    let question = Question.funnelTrend(
      FunnelTrendQuestion(
        world.validFunnel(), each: world.pick(CalendarInterval.allCases)))
    #expect(try Question.read(question.json, file: "q.json", in: context) == [question])
  }

  @Test func `tells which intervals are not yet judged`() async throws {
    let day: Int64 = 86_400_000
    let events = [("a", 0, "x"), ("b", 1, "x"), ("a", 7, "y"), ("a", 14, "z")].map {
      Event($0.0, at: Instant(milliseconds: $0.1 * day), by: Identity($0.2))
    }
    let question = FunnelTrendQuestion(
      FunnelQuestion(steps: [.init("a"), .init("b")], window: .days(6)), each: .day)
    let answer = try await Stories(events).answer(question.fold(in: QuestionContext()))
    #expect(answer.points.count == 15)
    #expect(answer.points[0].completed == 1)
    #expect(answer.points[0].timeToConvert.median.value == Double(day))
    #expect([0, 7, 14].map { answer.points[$0].open } == [0, 0, 1])
    #expect(answer.points.reduce(0) { $0 + $1.entered } == 3)
  }

  @Test func `has no intervals where there are no events`() async throws {
    let question = FunnelTrendQuestion(
      FunnelQuestion(steps: [.init("a"), .init("b")], window: nil))
    let answer = try await Stories([]).answer(question.fold(in: QuestionContext()))
    #expect(answer.points.isEmpty)
    #expect(answer.tally.counted == 0)
  }

  @Test func `is refused where there would be too many numbers`() async throws {
    let year: Int64 = 365 * 86_400_000
    let stories = try Stories([
      Event("a", at: Instant(milliseconds: 0), by: Identity("x")),
      Event("a", at: Instant(milliseconds: 12 * year), by: Identity("x")),
    ])
    let steps = (0..<32).map { FunnelQuestion.Step("s\($0)") }
    let question = FunnelTrendQuestion(
      FunnelQuestion(steps: steps, window: nil), each: .day)
    let fold = try question.fold(in: QuestionContext())
    let refusal = #expect(throws: Refusal.self) { try fold.plan(for: stories) }
    #expect(refusal?.code == "funnel.cells")
  }
}
