import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `A lifecycle` {
  @Test(arguments: UInt64(0)..<150)
  func `counts what its naive twin counts, and keeps its laws`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed)
    for _ in 0..<4 {
      var question = LifecycleQuestion(event: world.selector(), interval: world.interval())
      question.scope = world.scope()
      let found = try await world.stories.answer(question.fold(in: world.context))
      let naive = NaiveLifecycle(question: question, calendar: world.context.calendar)
        .intervals(world.plain)
      #expect(found.intervals.map(\.start) == naive.map(\.start))
      for (interval, expected) in zip(found.intervals, naive) {
        #expect(interval.new == expected.new.count)
        #expect(interval.returning == expected.returning.count)
        #expect(interval.resurrecting == expected.resurrecting.count)
        #expect(interval.dormant == expected.dormant.count)
        #expect(interval.active == interval.new + interval.returning + interval.resurrecting)
      }
      for (before, interval) in zip(found.intervals, found.intervals.dropFirst()) {
        #expect(interval.dormant == before.active - interval.returning)
      }
      let active = naive.reduce(into: Set<Int>()) {
        $0.formUnion($1.new.union($1.returning).union($1.resurrecting))
      }
      #expect(found.tally.counted == active.count)
    }
  }

  /// Each case: the days on which somebody is active, a letter a day from 1 March 2026.
  @Test(arguments: [
    ([1], "N d - -"), ([1, 2], "N R d -"), ([1, 3], "N d S d"), ([1, 4], "N d - S"),
    ([2, 3, 4], "- N R R"),
  ])
  func `tells the states apart`(days: [Int], states: String) async throws {
    var events = days.map { day in
      Event(
        "a", at: Instant(milliseconds: 1_772_323_200_000 + Int64(day - 1) * 86_400_000),
        by: Identity("x"))
    }
    // Somebody else from the first day to the last, who is counted out again.
    for day in 0..<4 {
      events.append(
        Event(
          "a", at: Instant(milliseconds: 1_772_323_200_000 + Int64(day) * 86_400_000),
          by: Identity("y")))
    }
    let stories = try Stories(events)
    let question = LifecycleQuestion(interval: .day)
    let answer = try await stories.answer(question.fold(in: QuestionContext()))
    #expect(answer.intervals.map(\.name).first == "2026-03-01")
    let letters = answer.intervals.enumerated().map { day, interval in
      interval.new > (day == 0 ? 1 : 0)
        ? "N"
        : interval.returning > (day == 0 ? 0 : 1)
          ? "R" : interval.resurrecting > 0 ? "S" : interval.dormant > 0 ? "d" : "-"
    }
    #expect(letters.joined(separator: " ") == states)
    #expect(answer.intervals.map(\.isComplete) == [true, true, true, false])
  }

  @Test func `knows from before the range who is not new`() async throws {
    let stories = try Stories(
      [0, 3, 4].map {
        Event("a", at: Instant(milliseconds: $0 * 86_400_000), by: Identity("x"))
      })
    var question = LifecycleQuestion(interval: .day)
    question.scope.from = Instant(milliseconds: 3 * 86_400_000)
    let answer = try await stories.answer(question.fold(in: QuestionContext()))
    #expect(answer.intervals.map(\.resurrecting) == [1, 0])
    #expect(answer.intervals.map(\.returning) == [0, 1])
    #expect(answer.intervals.map(\.new) == [0, 0])
  }

  @Test(arguments: UInt64(0)..<10)
  func `names the customers behind its figures, and reads what it wrote`(
    seed: UInt64
  ) async throws {
    var world = try ActivityWorld(seed: seed, customers: 8, each: 6)
    var question = LifecycleQuestion(event: world.selector(), interval: .week)
    question.scope = world.scope()
    try Question.lifecycle(question).expectToRead(in: world.context)
    try await Question.lifecycle(question).expectCustomers(of: world.stories, in: world.context)
  }
}

@Suite
struct `Stickiness` {
  private static let shapes: [(CalendarInterval, StickinessQuestion.Period)] = [
    (.day, .week), (.day, .month), (.day, .range), (.week, .range), (.hour, .day),
    (.month, .quarter), (.month, .year),
  ]

  @Test(arguments: UInt64(0)..<100)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed)
    for _ in 0..<4 {
      let (interval, period) = world.random.pick(
        world.hours < 200 ? Self.shapes : Self.shapes.filter { $0.0 != .hour })
      var question = StickinessQuestion(
        event: world.selector(), interval: interval, period: period)
      question.scope = world.scope()
      let found = try await world.stories.answer(question.fold(in: world.context))
      let naive = NaiveStickiness(question: question, calendar: world.context.calendar)
        .periods(world.plain)
      let shown = found.periods.filter { $0.intervals > 0 }
      #expect(shown.map(\.intervals) == naive.map(\.intervals))
      for (period, expected) in zip(shown, naive) {
        #expect(period.start == expected.start)
        #expect(period.active == expected.active.count)
        #expect(period.counts.reduce(0, +) == period.active)
        for (position, count) in period.counts.enumerated() {
          #expect(count == expected.active.values.count { $0 == position + 1 })
        }
        let mean = Double(expected.active.values.reduce(0, +)) / Double(period.intervals)
        #expect(abs(period.meanActive - mean) < 1e-9)
        if let stickiness = period.stickiness.value {
          #expect(abs(stickiness - mean / Double(period.active)) < 1e-9)
        }
      }
    }
  }

  @Test(arguments: [
    (CalendarInterval.week, StickinessQuestion.Period.month), (.week, .year), (.day, .day),
    (.month, .week), (.quarter, .month),
  ])
  func `refuses periods that intervals do not fill`(
    interval: CalendarInterval, period: StickinessQuestion.Period
  ) {
    let refusal = #expect(throws: Refusal.self) {
      try StickinessQuestion(interval: interval, period: period).validate()
    }
    #expect(refusal?.code == "stickiness.period")
  }

  @Test(arguments: UInt64(0)..<10)
  func `names the customers behind its figures, and reads what it wrote`(
    seed: UInt64
  ) async throws {
    var world = try ActivityWorld(seed: seed, customers: 8, each: 6)
    var question = StickinessQuestion(event: world.selector(), period: .week)
    question.scope = world.scope()
    try Question.stickiness(question).expectToRead(in: world.context)
    try await Question.stickiness(question).expectCustomers(of: world.stories, in: world.context)
  }

  @Test(.enabled(if: ReferenceData.isHere))
  func `of the shop log has the reference's mean of daily customers`() async throws {
    let stories = try ReferenceData.stories(
      "simple_onlineshop.csv.gz", customer: "user_id", event: "event", time: "timestamp")
    let question = StickinessQuestion(period: .range)
    let answer = try await stories.answer(question.fold(in: QuestionContext()))
    let range = try #require(answer.periods.first)
    #expect(range.intervals == 181)
    #expect(abs(range.meanActive - 35.171270718232044) < 1e-9)
    #expect(range.active == 3751)
  }
}
