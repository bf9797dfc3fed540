import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension ActivityWorld {
  /// A question about random conditions and a saved set, with the context that knows the set.
  mutating func segments(
    _ conditions: Conditions = .any
  ) throws -> (SegmentsQuestion, QuestionContext) {
    let keys = stories.segments.flatMap { Array($0.customers) }.filter { _ in
      random.random.chance(0.5)
    }.sorted()
    var question = SegmentsQuestion(
      segments: (0..<(1 + random.random.below(4))).map { position in
        .condition(name: "s\(position)", condition(conditions))
      } + [.saved(name: "kept", keys)])
    question.scope = scope()
    question.interval = hours < 200 ? random.pick([.hour, .day]) : random.pick([.week, .month])
    var context = context
    context.savedSets["kept"] = keys
    return (question, context)
  }

  /// Which conditions: those that people write, or any, be they nonsense that no text reads as.
  enum Conditions { case readable, any }

  private mutating func condition(_ conditions: Conditions) -> Expression {
    let span = TimeSpan(milliseconds: Int64(random.random.below(hours)) * 1_800_000)
    return switch random.random.below(conditions == .any ? 5 : 4) {
    case 0: .binary(.greater, .count(event: "a", within: nil), .number(1))
    case 1: .binary(.greaterOrEqual, .count(event: "b", within: span), .number(1))
    case 2: .binary(.less, .age, .span(span))
    case 3: .binary(.less, .since(event: "c"), .span(span))
    default: random.expression(.story, depth: 2)
    }
  }
}

@Suite
struct `Segments` {
  @Test(arguments: UInt64(0)..<120)
  func `count what their naive twin counts, and keep their laws`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed, customers: 10, each: 8)
    let (question, context) = try world.segments()
    let found = try await world.stories.answer(question.fold(in: context))
    let members = NaiveSegments(question: question, calendar: context.calendar)
      .members(world.plain, keys: world.stories.segments.flatMap { Array($0.customers) })
    #expect(found.intervals.count == max(0, members.count - 1))
    for (position, segment) in found.segments.enumerated() {
      #expect(segment.before == members.first?[position].count ?? 0)
      for (interval, size) in segment.sizes.enumerated() {
        let (before, now) = (members[interval][position], members[interval + 1][position])
        #expect(size.count == now.count)
        #expect(size.entering == now.subtracting(before).count)
        #expect(size.leaving == before.subtracting(now).count)
      }
      let sizes = [segment.before] + segment.sizes.map(\.count)
      for (interval, size) in segment.sizes.enumerated() {
        #expect(size.entering - size.leaving == sizes[interval + 1] - sizes[interval])
      }
    }
    guard let last = members.last else { return }
    for overlap in found.overlaps {
      let sets = [overlap.first, overlap.second].compactMap { name in
        question.segments.firstIndex { $0.name == name }.map { last[$0] }
      }
      try #require(sets.count == 2)
      #expect(overlap.both == sets[0].intersection(sets[1]).count)
      #expect(overlap.either == sets[0].union(sets[1]).count)
      #expect(overlap.jaccard.map { (0...1).contains($0) } ?? (overlap.either == 0))
    }
  }

  @Test(arguments: UInt64(0)..<40)
  func `have at the range's end the size of the population`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed)
    let (question, context) = try world.segments()
    let found = try await world.stories.answer(question.fold(in: context))
    guard !found.intervals.isEmpty else { return }
    for (population, segment) in zip(question.segments, found.segments) {
      let end = question.scope.to.map { min($0, world.origin + .days(300)) }
      let restricted = try world.stories.restricted(to: population, at: end)
      // Those whose story has not begun are in no segment.
      let begun = restricted.plain.filter { story in
        story.events.contains { event in end.map { event.time < $0 } ?? true }
      }
      guard let watermark = world.stories.watermark, end.map({ $0 <= watermark }) ?? true else {
        continue
      }
      #expect(segment.sizes.last?.count == begun.count)
    }
  }

  @Test(arguments: [
    "segments: []", "segments: [age() < 30d, age() < 30d]", "segments: nobody",
    "interval: fortnight\nsegments: age() < 30d",
  ])
  func `refuse`(text: String) throws {
    let context = try QuestionContext()
    #expect(throws: Diagnostic.self) {
      try Question.read("question: segments\n" + text, file: "q.yaml", in: context)
    }
  }

  @Test func `are those of the experience where none is named`() throws {
    let rule = Expression.binary(.less, .age, .span(.days(30)))
    let context = try QuestionContext(
      Experience(segments: [Segment(name: "newcomers", rule: rule)]))
    let questions = try Question.read("question: segments", file: "q.yaml", in: context)
    #expect(
      questions == [.segments(SegmentsQuestion(segments: [.condition(name: "newcomers", rule)]))])
    #expect(throws: Diagnostic.self) {
      try Question.read("question: segments", file: "q.yaml", in: QuestionContext())
    }
  }

  @Test func `refuse a slip in a condition, and more intervals than a year has days`()
    async throws
  {
    let stories = try Stories(
      [0, 400].map {
        Event("paid", at: Instant(milliseconds: $0 * 86_400_000), by: Identity("x"))
      })
    let context = try QuestionContext()
    for (text, code) in [
      ("segments: 'count(\"payd\") > 0'", "question.event"),
      ("interval: day\nsegments: 'count(\"paid\") > 0'", "segments.interval"),
    ] {
      let question = try #require(
        try Question.read("question: segments\n" + text, file: "q.yaml", in: context).first)
      await #expect {
        _ = try await question.answered(stories, in: context)
      } throws: { ($0 as? Refusal)?.code == code }
    }
  }

  @Test(arguments: UInt64(0)..<10)
  func `name the customers behind their figures, and read what they wrote`(
    seed: UInt64
  ) async throws {
    var world = try ActivityWorld(seed: seed, customers: 6, each: 5)
    var (question, context) = try world.segments(.readable)
    if question.interval == .hour { question.interval = .day }
    let asked = Question.segments(question)
    try asked.expectToRead(in: context)
    try await asked.expectCustomers(of: world.stories, in: context)
  }
}

@Suite
struct `RFM` {
  @Test(arguments: UInt64(0)..<100)
  func `scores what its naive twin scores`(seed: UInt64) async throws {
    var world = try ActivityWorld(seed: seed, customers: 40)
    for _ in 0..<3 {
      var question = RFMQuestion(
        event: world.selector(), money: NumberSelector(.property("number")))
      question.scope = world.scope()
      question.rows = .cells
      question.scores = world.random.pick([2, 3, 5, 10])
      let found = try await world.stories.answer(question)
      let naive = NaiveRFM(question: question).scores(world.plain)
      var cells: [[Int]: [Double]] = [:]
      for unit in naive { cells[unit.scores, default: []].append(unit.money) }
      #expect(found.cells.count == cells.count)
      for cell in found.cells {
        let money = cells[[cell.recency, cell.frequency, cell.monetary]]
        #expect(cell.figures.count == money?.count)
        #expect(abs(cell.figures.money - (money ?? []).reduce(0, +)) < 1e-6)
      }
      #expect(found.cells.reduce(0) { $0 + $1.figures.count } == found.tally.counted)
      #expect(found.tally.counted == naive.count)
      guard question.scores == 5 else { continue }
      #expect(found.groups.reduce(0) { $0 + $1.figures.count } == found.tally.counted)
      for group in found.groups {
        let count = naive.count {
          RFMGroup(recency: $0.scores[0], frequency: $0.scores[1]) == group.group
        }
        #expect(group.figures.count == count)
      }
    }
  }

  /// The grid as it is drawn: the latest first, the rarest left.
  @Test func `has a group for each pair of scores`() {
    let grid = (1...5).reversed().map { recency in
      (1...5).map { RFMGroup(recency: recency, frequency: $0) }
    }
    #expect(
      grid == [
        [.new, .potentialLoyalists, .potentialLoyalists, .champions, .champions],
        [.promising, .potentialLoyalists, .potentialLoyalists, .loyal, .loyal],
        [.aboutToSleep, .aboutToSleep, .needAttention, .loyal, .loyal],
        [.hibernating, .hibernating, .atRisk, .atRisk, .cannotLose],
        [.hibernating, .hibernating, .atRisk, .atRisk, .cannotLose],
      ])
  }

  @Test func `parts ten customers into fives by two`() async throws {
    // Customer n buys n times, for n each, the last time on day n.
    let stories = try Stories(
      (1...10).flatMap { customer in
        (0..<customer).map { number in
          Event(
            "buy", at: Instant(milliseconds: Int64(customer * 86_400_000 - number)),
            by: Identity("c\(customer)"), properties: ["total": .number(Double(customer))])
        }
      })
    var question = RFMQuestion(
      event: EventSelector("buy"), money: NumberSelector(.property("total")))
    question.rows = .cells
    let answer = try await stories.answer(question)
    #expect(
      answer.cells.map { [$0.recency, $0.frequency, $0.monetary] }
        == (1...5).map {
          [$0, $0, $0]
        })
    #expect(answer.cells.map(\.figures.count) == [2, 2, 2, 2, 2])
    #expect(answer.cells.map(\.figures.money) == [5, 25, 61, 113, 181])
    // Type 7 of 1 to 10: 1 + 9 · p.
    #expect(zip(answer.cuts.frequency, [2.8, 4.6, 6.4, 8.2]).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test(arguments: [
    "event: any", "event: any\nmoney: total\nscores: 1", "event: any\nmoney: total\nscores: 4",
  ])
  func `refuses`(text: String) throws {
    let context = try QuestionContext()
    #expect(throws: Diagnostic.self) {
      try Question.read("question: rfm\n" + text, file: "q.yaml", in: context)
    }
  }

  @Test(arguments: UInt64(0)..<10)
  func `names the customers behind its figures, and reads what it wrote`(
    seed: UInt64
  ) async throws {
    var world = try ActivityWorld(seed: seed, customers: 12, each: 6)
    var question = RFMQuestion(
      event: world.selector(), money: NumberSelector(.property("number")))
    question.scope = world.scope()
    question.rows = world.random.pick(RFMQuestion.Rows.allCases)
    try Question.rfm(question).expectToRead(in: world.context)
    try await Question.rfm(question).expectCustomers(of: world.stories, in: world.context)
  }
}
