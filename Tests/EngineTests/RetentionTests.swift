import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension ActivityWorld {
  /// A question with options that go together.
  mutating func retention() -> RetentionQuestion {
    var question = RetentionQuestion(start: selector(), comeback: selector())
    if random.random.chance(0.4) { (question.start, question.comeback) = (.any, .any) }
    question.scope = scope()
    question.interval = interval()
    question.cohort = random.pick(RetentionQuestion.Cohort.allCases)
    question.clock = random.pick(RetentionQuestion.Clock.allCases)
    question.returns = random.pick([
      .on(periods: 4), .on(periods: 80), .onOrAfter(periods: 5), .brackets([0, 1, 3, 4]),
      .brackets([2, 7]),
    ])
    if random.random.chance(0.3) { question.breakdown = Dimension("p") }
    if random.random.chance(0.2) {
      question.scope.population = .condition(
        name: "few", .binary(.less, .count(event: "a", within: nil), .number(2)))
    }
    return question
  }
}

@Suite
struct `Retention` {
  @Test(arguments: UInt64(0)..<150)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed)
    for _ in 0..<6 {
      let question = world.retention()
      let found = try await world.stories.answer(question.fold(in: world.context))
      let naive = NaiveRetention(question: question, calendar: world.context.calendar)
        .rows(world.plain)
      let whole = naive.filter { !$0.key.isOfValue }
      #expect(found.cohorts.count == whole.count, "\(question)")
      for (key, expected) in whole {
        let cohort = try #require(found.cohorts.first { $0.start == key.cohort })
        expect(cohort, expected)
      }
      expect(found.total, sum(whole.values))
      var values: [String: [NaiveRetention.Row]] = [:]
      for (key, row) in naive where key.isOfValue {
        values[key.value?.shown ?? DimensionTable.none, default: []].append(row)
      }
      #expect(found.groups.count == values.count)
      for (value, rows) in values {
        let group = try #require(found.groups.first { $0.value == value })
        expect(group.total, sum(rows))
      }
      let last = found.tally.counted - (sum(whole.values)?.elapsed.last ?? 0)
      #expect(found.tally.open == last)
      #expect(
        found.tally.counted + found.tally.excluded.reduce(0) { $0 + $1.count }
          >= world.stories.customerCount)
    }
  }

  private func sum(_ rows: some Sequence<NaiveRetention.Row>) -> NaiveRetention.Row? {
    rows.reduce(nil) { sum, row in
      guard var sum else { return row }
      sum.members += row.members
      sum.returned = zip(sum.returned, row.returned).map(+)
      sum.elapsed = zip(sum.elapsed, row.elapsed).map(+)
      sum.retained = zip(sum.retained, row.retained).map(+)
      return sum
    }
  }

  /// Periods that have not begun are left out, and nobody has returned there.
  private func expect(_ cohort: Engine.Retention.Cohort, _ expected: NaiveRetention.Row?) {
    guard let expected else {
      #expect(cohort.members == 0)
      return
    }
    #expect(cohort.members == expected.members)
    let count = cohort.cells.count
    #expect(cohort.cells.map(\.returned) == Array(expected.returned.prefix(count)))
    #expect(cohort.cells.map(\.elapsed) == Array(expected.elapsed.prefix(count)))
    #expect(cohort.cells.map(\.retained) == Array(expected.retained.prefix(count)))
    #expect(expected.returned.dropFirst(count).allSatisfy { $0 == 0 })
  }

  @Test(arguments: UInt64(0)..<60)
  func `keeps its laws`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed, customers: 30)
    var question = world.retention()
    question.returns = .on(periods: 6)
    let on = try await world.stories.answer(question.fold(in: world.context))
    question.returns = .onOrAfter(periods: 6)
    let after = try await world.stories.answer(question.fold(in: world.context))
    for (on, after) in zip(on.cohorts + [on.total], after.cohorts + [after.total]) {
      #expect(on.members == after.members)
      for (on, after) in zip(on.cells, after.cells) {
        #expect(on.elapsed == after.elapsed)
        #expect(on.returned <= after.returned && on.retained <= after.retained)
        #expect(on.retained <= on.returned && on.retained <= on.elapsed)
      }
      #expect(zip(after.cells, after.cells.dropFirst()).allSatisfy { $0.returned >= $1.returned })
      #expect(on.cells.allSatisfy { $0.returned <= on.members && $0.elapsed <= on.members })
    }
    if question.start == question.comeback {
      #expect(on.cohorts.allSatisfy { $0.cells.first?.returned == $0.members })
    }
    if question.breakdown != nil {
      for period in on.total.cells.indices {
        #expect(
          on.groups.reduce(0) { $0 + $1.total.cells[period].returned }
            == on.total.cells[period].returned)
      }
    }
  }

  @Test(arguments: UInt64(0)..<80)
  func `counts the same on the fast path`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed, customers: 30)
    var question = RetentionQuestion()
    question.scope = world.scope()
    question.interval = world.interval()
    question.returns = .on(periods: world.random.pick([1, 13, 64]))
    let fast = try await world.stories.answer(question.fold(in: world.context))
    // Every event, but not to be known from its name.
    question.comeback = EventSelector(
      "every", rule: .binary(.or, .has(.property("p")), .not(.has(.property("p")))))
    let slow = try await world.stories.answer(question.fold(in: world.context))
    #expect(fast == slow)
  }

  @Test(arguments: [
    (RetentionQuestion.Clock.calendar, 1), (.rolling, 0),
  ])
  func `tells the calendar's next day from 24 hours later`(
    clock: RetentionQuestion.Clock, returned: Int
  ) async throws {
    // Monday 20:00, Tuesday 06:00; somebody else much later.
    let stories = try Stories(
      [
        ("2026-03-02T20:00:00Z", "x"), ("2026-03-03T06:00:00Z", "x"), ("2026-03-09T00:00:00Z", "y"),
      ].map { Event("a", at: try #require(Instant(iso8601: $0.0)), by: Identity($0.1)) })
    var question = RetentionQuestion()
    question.interval = .day
    question.clock = clock
    let answer = try await stories.answer(question.fold(in: QuestionContext()))
    let cohort = try #require(answer.cohorts.first)
    #expect(cohort.name == "2026-03-02")
    #expect(cohort.cells[1].returned == returned)
    #expect(cohort.cells[1].share.value == Double(returned))
  }

  @Test func `follows the day that has 23 hours`() async throws {
    // Berlin's 29 March 2026 ends at 22:00 UTC, 23 hours after it began.
    let stories = try Stories(
      [
        ("2026-03-28T23:00:00Z", "x"), ("2026-03-29T21:59:59Z", "x"), ("2026-03-28T23:00:00Z", "y"),
        ("2026-03-29T22:00:00Z", "y"), ("2026-03-30T22:00:00Z", "z"),
      ].map { Event("a", at: try #require(Instant(iso8601: $0.0)), by: Identity($0.1)) })
    var question = RetentionQuestion()
    question.interval = .day
    let context = try QuestionContext(Experience(timezone: "Europe/Berlin"))
    let answer = try await stories.answer(question.fold(in: context))
    #expect(answer.cohorts.map(\.name) == ["2026-03-29", "2026-03-31"])
    #expect(answer.cohorts[0].cells.map(\.returned) == [2, 1, 0])
    #expect(answer.cohorts[0].cells.map(\.elapsed) == [2, 2, 0])
  }

  @Test(arguments: [
    ("returned: [0, 1, 7]", 2), ("periods: 5", 5), ("returned: onOrAfter", 12),
    ("returned: on\nperiods: 366", 366), ("clock: rolling", 12),
  ])
  func `reads`(text: String, brackets: Int) throws {
    let context = try QuestionContext()
    let questions = try Question.read(
      "question: retention\ninterval: day\n" + text, file: "q.yaml", in: context)
    guard case .retention(let question)? = questions.first else {
      Issue.record("no retention")
      return
    }
    let stories = try Stories([Event("a", at: Instant(milliseconds: 0), by: Identity("x"))])
    #expect(try question.fold(in: context).plan(for: stories).brackets.count == brackets)
    try Question.retention(question).expectToRead(in: context)
  }

  @Test(arguments: [
    "periods: 0", "periods: 367", "returned: [3, 1]", "returned: [5]", "returned: [-1, 2]",
    "returned: [0, 1]\nperiods: 3", "returned: never", "interval: fortnight", "perods: 3",
  ])
  func `refuses`(text: String) throws {
    let context = try QuestionContext()
    #expect(throws: Diagnostic.self) {
      try Question.read("question: retention\n" + text, file: "q.yaml", in: context)
    }
  }

  @Test func `refuses tables that nobody could hold`() async throws {
    let stories = try Stories(
      [0, 3000].map {
        Event("a", at: Instant(milliseconds: $0 * 86_400_000), by: Identity("x"))
      })
    var question = RetentionQuestion()
    question.interval = .day
    question.returns = .on(periods: 366)
    let fold = try question.fold(in: QuestionContext())
    #expect(throws: Refusal.self) { try fold.plan(for: stories) }
  }

  @Test func `answers about nothing`() async throws {
    let context = try QuestionContext()
    let empty = Stories(names: EventNames(), segments: [])
    let answer = try await Question.retention(RetentionQuestion()).answered(empty, in: context)
    #expect(answer.subject.table.rows.isEmpty)
    #expect(answer.subject.tally.counted == 0)
  }

  @Test(arguments: UInt64(0)..<12)
  func `names the customers behind its figures, and reads what it wrote`(
    seed: UInt64
  ) async throws {
    var world = try ActivityWorld(seed: seed, customers: 8, each: 6)
    var question = world.retention()
    if case .on(let periods) = question.returns { question.returns = .on(periods: min(4, periods)) }
    if question.interval == .hour { question.interval = .day }
    try Question.retention(question).expectToRead(in: world.context)
    try await Question.retention(question).expectCustomers(
      of: world.stories, in: world.context
    ) { question.cohort == .every && $0["cohort"] == Engine.Retention.all }
  }
}

/// The shop log: the expected figures are those of `simple_onlineshop.expected.json`.
@Suite(.enabled(if: ReferenceData.isHere))
struct `The shop log's retention` {
  private static let stories = Result {
    try ReferenceData.stories(
      "simple_onlineshop.csv.gz", customer: "user_id", event: "event", time: "timestamp")
  }

  @Test(arguments: [
    (1, 3700, 99, 1278), (2, 3621, 115, 1214), (3, 3543, 88, 1145), (7, 3211, 69, 947),
    (14, 2645, 54, 694), (30, 1289, 22, 336), (60, 1011, 11, 207),
  ])
  func `by days is that of the reference`(
    day: Int, eligible: Int, on: Int, onOrAfter: Int
  ) async throws {
    let stories = try Self.stories.get()
    var question = RetentionQuestion()
    question.interval = .day
    question.returns = .on(periods: 61)
    let exact = try await stories.answer(question.fold(in: QuestionContext()))
    #expect(exact.total.cells[day].returned == on)
    // The reference counts those whose day has begun.
    let begun = exact.cohorts.filter { $0.cells.count > day }.reduce(0) { $0 + $1.members }
    #expect(begun == eligible)
    question.returns = .onOrAfter(periods: 61)
    let open = try await stories.answer(question.fold(in: QuestionContext()))
    #expect(open.total.cells[day].returned == onOrAfter)
  }

  @Test func `by weeks and months is that of the reference`() async throws {
    let stories = try Self.stories.get()
    var question = RetentionQuestion()
    question.returns = .on(periods: 23)
    let weeks = try await stories.answer(question.fold(in: QuestionContext()))
    #expect(weeks.cohorts.map(\.name).prefix(2) == ["2019-10-28", "2019-11-04"])
    #expect(
      weeks.cohorts[0].cells.map(\.returned) == [
        24, 5, 1, 1, 2, 2, 3, 0, 1, 1, 2, 0, 3, 2, 0, 3, 0, 2, 2, 0, 2, 2, 1,
      ])
    question.interval = .month
    let months = try await stories.answer(question.fold(in: QuestionContext()))
    #expect(
      months.cohorts.map { Array($0.cells.map(\.returned).prefix(5)) } == [
        [259, 102, 85, 65, 64], [249, 83, 64, 58, 0], [246, 95, 70, 0], [257, 82, 0], [350, 49],
        [2390],
      ])
  }
}
