import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension AnswerTable {
  /// The key of each row with its first figure.
  fileprivate var counts: [(key: AnswerRowKey, count: Int)] {
    let keys = columns.prefix { $0.measure == .key }
    return rows.compactMap { row in
      var values: [String: String] = [:]
      for (column, cell) in zip(keys, row) {
        if case .text(let text) = cell { values[column.name] = text }
      }
      guard case .count(let count) = row[keys.count] else { return nil }
      return (AnswerRowKey(values), count)
    }
  }
}

@Suite
struct `The customers behind a number` {
  @Test(arguments: UInt64(0)..<60)
  func `are as many as it says, and those of a recount`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let context = try QuestionContext.berlin.get()
    let stories = try world.daysOfStories(customers: 12, each: 12)
    var trends = world.trends()
    if trends.interval == .hour { trends.interval = .day }
    if trends.breakdown?.name == "absent" { trends.breakdown = nil }
    trends.formulas = []
    var sessions = world.sessions()
    if sessions.interval == .hour { sessions.interval = .week }
    guard (try? trends.validate()) != nil else { return }
    let questions = [Question.trends(trends), .sessions(sessions)]
    let answers = try await Stories.ask(questions, in: context) { _ in stories }
    let plain = stories.segments.flatMap { segment in
      segment.visible.joined().map { customer in
        (
          key: segment.customers[customer],
          events: segment.rows(of: customer).map {
            segment.event(row: $0, customer: customer, names: stories.names)
          }
        )
      }
    }
    for (question, answer) in zip(questions, answers) {
      for (row, count) in answer.answer.subject.table.counts {
        let keys = try await Stories.customers(behind: row, of: question, in: context) { _ in
          stories
        }
        #expect(keys.count == count, "\(row) of \(question)")
        #expect(keys == keys.sorted())
        let expected = plain.filter { story in
          Self.isBehind(row, question, story.events, context.calendar)
        }
        #expect(keys == expected.map(\.key).sorted(), "\(row) of \(question)")
      }
    }
  }

  private static func isBehind(
    _ row: AnswerRowKey, _ question: Question, _ story: [Event], _ calendar: LocalCalendar
  ) -> Bool {
    switch question {
    case .trends(let question):
      return NaiveTrends.figures(question, [story], calendar).keys.contains { key in
        let interval = question.interval.flatMap { interval in
          key.from.map { calendar.name(of: interval, at: $0) }
        }
        return key.series == row.values["series"] && interval == row.values["interval"]
          && key.breakdown == row.values["breakdown"]
      }
    case .sessions(let question):
      return NaiveSessions.sessions(question, [story], calendar).contains { session in
        let interval = question.interval.flatMap { interval in
          session.interval.map { calendar.name(of: interval, at: $0) }
        }
        let names = session.events.compactMap { event in
          question.ends == .event ? event.name : event.properties["number"]?.shown
        }
        let end =
          switch row.values["part"] {
          case "entry": names.first
          case "exit": names.last
          default: question.ends == nil ? nil : ""
          }
        return interval == row.values["interval"]
          && session.breakdown == row.values["breakdown"] && end == row.values["event"]
      }
    default: return false
    }
  }

  @Test func `are asked for by a row that there is`() async throws {
    let context = try QuestionContext()
    let stories = try Stories([Event("a", at: .init(milliseconds: 0), by: Identity(.user, "c"))])
    let question = Question.trends(TrendsQuestion([.init(.any)]))
    for key in ["series=b,interval=1970-01-01", "series=any", "series=any,interval=1970-01-02"] {
      await #expect(throws: Refusal.self) {
        try await Stories.customers(behind: AnswerRowKey(key), of: question, in: context) { _ in
          stories
        }
      }
    }
  }

  @Test func `are looked for until the task is cancelled`() async throws {
    let stories = try Stories([Event("a", at: .init(milliseconds: 0), by: Identity(.user, "c"))])
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await Stories.customers(
        behind: AnswerRowKey("part=all"), of: .sessions(SessionsQuestion()),
        in: QuestionContext()
      ) { _ in stories }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

@Suite
struct `Questions in one pass` {
  @Test func `are answered for thousands of customers as for few`() async throws {
    var world = RandomWorld(seed: 7)
    let context = try QuestionContext.berlin.get()
    let stories = try world.daysOfStories(customers: 9000, each: 4)
    let plain = stories.plain.map(\.events)
    var trends = TrendsQuestion([.init(EventSelector("a"), .customers), .init(.any)])
    trends.interval = nil
    trends.scope.from = Instant(milliseconds: 1_774_600_000_000)
    var sessions = SessionsQuestion()
    sessions.gap = TimeSpan(milliseconds: 43_200_000)
    let answers = try await Stories.ask([.trends(trends), .sessions(sessions)], in: context) { _ in
      stories
    }
    guard case .trends(let trend) = answers[0].answer, case .sessions(let cut) = answers[1].answer
    else {
      Issue.record("answers of another kind")
      return
    }
    let figures = NaiveTrends.figures(trends, plain, context.calendar)
    for series in trend.series {
      let key = NaiveTrends.Key(from: nil, series: series.name, breakdown: nil)
      #expect(series.points[0].customers == figures[key]?.customers)
      #expect(series.points[0].value.value == figures[key]?.value)
    }
    #expect(trend.counted == trend.series[1].points[0].customers)
    let expected = NaiveSessions.sessions(sessions, plain, context.calendar)
    #expect(cut.tally.counted == expected.count)
    #expect(cut.groups[0].medianDuration.value == NaiveSessions.middle(expected))
  }

  @Test(arguments: UInt64(0)..<20)
  func `are answered as if they were alone`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let context = try QuestionContext.berlin.get()
    let stories = try world.daysOfStories(customers: 40, each: 12)
    var questions: [Question] = []
    while questions.count < 8 {
      let trends = world.trends()
      guard (try? trends.validate()) != nil, trends.breakdown?.name != "absent" else { continue }
      questions += [.trends(trends), .sessions(world.sessions())]
    }
    let together = try await Stories.ask(questions, in: context) { _ in stories }
    for (question, answer) in zip(questions, together) {
      let fresh = Stories(names: stories.names, segments: stories.segments)
      let alone = try await Stories.ask([question], in: context) { _ in fresh }
      #expect(alone.map(\.answer) == [answer.answer])
      #expect(alone.map(\.receipt) == [answer.receipt])
    }
  }
}

extension NaiveSessions {
  /// The median of how long they last.
  fileprivate static func middle(_ sessions: [Session]) -> Double {
    let sorted = sessions.map { Double($0.duration) }.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
