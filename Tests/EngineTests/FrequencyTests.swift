import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Frequency` {
  @Test(arguments: UInt64(0)..<100)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed, customers: 24, each: 40)
    for _ in 0..<4 {
      var question = FrequencyQuestion(event: world.selector())
      question.scope = world.scope()
      question.zero = world.random.pick(FrequencyQuestion.Zero.allCases)
      question.exact = world.random.pick([1, 3, 20])
      let found = try await Question.frequency(question).answered(
        world.stories, in: world.context)
      guard case .frequency(let found) = found else { return }
      let counts = NaiveFrequency(event: question.event, scope: question.scope)
        .counts(world.plain, zero: question.zero)
      for row in found.rows {
        #expect(row.count == counts.count { (row.from...row.through).contains($0) })
      }
      #expect(found.rows.reduce(0) { $0 + $1.count } == counts.count)
      #expect(zip(found.rows, found.rows.dropFirst()).allSatisfy { $0.through + 1 == $1.from })
      let sorted = counts.map(Int64.init).sorted()
      #expect(found.median.value == quantile(0.5, ofSorted: sorted))
      #expect(
        found.quantiles.map(\.value)
          == [0.25, 0.75, 0.9, 0.95, 0.99].map {
            quantile($0, ofSorted: sorted)
          })
      if let mean = found.mean.value {
        #expect(abs(mean - Double(counts.reduce(0, +)) / Double(counts.count)) < 1e-9)
      }
      #expect(
        found.tally.counted + found.tally.excluded.reduce(0) { $0 + $1.count }
          == world.stories.customerCount)
    }
  }

  @Test func `keeps apart what is few and what is many`() async throws {
    let most = FrequencyQuestion.few + 10
    let stories = try Stories(
      [1, 2, 2, 30, most].enumerated().flatMap { unit, count in
        (0..<count).map {
          Event("a", at: Instant(milliseconds: Int64($0)), by: Identity("u\(unit)"))
        }
      })
    let answer = try await stories.answer(FrequencyQuestion())
    #expect(answer.rows.filter { $0.count > 0 }.map(\.name) == ["1", "2", "21-50", "1001-2000"])
    #expect(answer.median.value == 2)
    #expect(answer.mean.value == Double(35 + most) / 5)
  }

  @Test(arguments: UInt64(0)..<10)
  func `names the customers behind its figures, and reads what it wrote`(
    seed: UInt64
  ) async throws {
    var world = try ActivityWorld(seed: seed, customers: 8, each: 6)
    var question = FrequencyQuestion(event: world.selector())
    question.scope = world.scope()
    question.zero = world.random.pick(FrequencyQuestion.Zero.allCases)
    try Question.frequency(question).expectToRead(in: world.context)
    try await Question.frequency(question).expectCustomers(of: world.stories, in: world.context)
  }
}

@Suite
struct `Recency` {
  @Test(arguments: UInt64(0)..<100)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed)
    for _ in 0..<4 {
      var question = RecencyQuestion(event: world.selector())
      question.scope = world.scope()
      question.interval = world.random.pick([.hour, .day, .week])
      question.brackets = world.random.pick([[0], [0, 1, 2, 5], question.brackets])
      let found = try await world.stories.answer(question)
      let (recencies, gaps) = NaiveFrequency(event: question.event, scope: question.scope)
        .spans(world.plain)
      let hours: Int64 =
        question.interval == .hour ? 1 : question.interval == .day ? 24 : 7 * 24
      for bracket in found.brackets {
        #expect(
          bracket.count
            == recencies.count {
              let past = $0 / (hours * 3_600_000)
              return past >= bracket.from && bracket.to.map { past < $0 } ?? true
            })
      }
      #expect(found.brackets.reduce(0) { $0 + $1.count } == found.tally.counted)
      #expect(found.median.value == quantile(0.5, ofSorted: recencies.sorted()))
      #expect(found.medianBetween.value == quantile(0.5, ofSorted: gaps.sorted()))
    }
  }

  @Test(arguments: [[1, 2], [0, 0], [0, 4000], []])
  func `refuses brackets that make no sense`(brackets: [Int]) {
    var question = RecencyQuestion()
    question.brackets = brackets
    let asked = question
    let refusal = #expect(throws: Refusal.self) { try asked.validate() }
    #expect(refusal?.code == "recency.brackets")
  }

  @Test(arguments: UInt64(0)..<10)
  func `names the customers behind its figures, and reads what it wrote`(
    seed: UInt64
  ) async throws {
    var world = try ActivityWorld(seed: seed, customers: 8, each: 6)
    var question = RecencyQuestion(event: world.selector())
    question.scope = world.scope()
    question.interval = world.random.pick(CalendarInterval.allCases)
    try Question.recency(question).expectToRead(in: world.context)
    try await Question.recency(question).expectCustomers(of: world.stories, in: world.context)
  }
}
