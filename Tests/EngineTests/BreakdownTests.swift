import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `A breakdown by stories` {
  @Test(arguments: BreakdownWorld.questions, UInt64(0)..<12)
  func `answers for each value as if its customers were all there are`(
    text: String, seed: UInt64
  ) async throws {
    var world = try BreakdownWorld(seed: seed)
    let whole = try world.question(text + world.range())
    var question = whole
    question.scope.breakdown = world.breakdown()
    let breakdown = try #require(question.scope.breakdown)
    let answered = try await world.ask(question)
    guard case .divided(let divided) = answered.answer else {
      Issue.record("an answer that is not divided")
      return
    }
    #expect(divided.breakdown == breakdown.name)
    var parts = divided.parts[...]
    for group in NaiveBreakdown.groups(breakdown, question.scope, world.plain) {
      let alone = try await world.ask(whole, of: world.stories(of: group.keys)).answer
      guard let part = parts.first, part.name == group.name else {
        // Left out is what has nothing to tell.
        #expect(alone.subject.table.figures.values.allSatisfy { $0 == 0 }, "\(group.name)")
        continue
      }
      #expect((part.value != nil) == group.isValue)
      #expect(part.answer == alone, "\(group.name)")
      parts = parts.dropFirst()
    }
    #expect(parts.isEmpty)
  }

  @Test(arguments: BreakdownWorld.questions + ["rfm, event: c, money: number"], UInt64(0)..<12)
  func `sums to the undivided answer`(text: String, seed: UInt64) async throws {
    var world = try BreakdownWorld(seed: seed &+ 100)
    let whole = try world.question(text + world.range())
    var question = whole
    question.scope.breakdown = world.breakdown()
    let (divided, undivided) = (try await world.ask(question), try await world.ask(whole))
    let expected = undivided.answer.subject.table.figures.filter { $0.value != 0 }
    var sums: [[String]: Int] = [:]
    for (key, figure) in divided.answer.subject.table.figures where figure != 0 {
      sums[Array(key.dropFirst()), default: 0] += figure
    }
    #expect(sums == expected)
    #expect(divided.receipt.tally.counted == undivided.receipt.tally.counted)
    #expect(divided.receipt.tally.open == undivided.receipt.tally.open)
    #expect(
      divided.receipt.tally.excluded.sorted { $0.reason < $1.reason }
        == undivided.receipt.tally.excluded.sorted { $0.reason < $1.reason })
  }

  @Test(arguments: BreakdownWorld.questions + ["rfm, event: c, money: number"], UInt64(0)..<3)
  func `leads to the customers behind each number`(text: String, seed: UInt64) async throws {
    var world = try BreakdownWorld(seed: seed &+ 200, customers: 16)
    // Entries and cases may be several of one customer.
    let counted = text.replacing("entry: every", with: "entry: first")
    var question = try world.question(counted + world.range())
    question.scope.breakdown = world.breakdown()
    let breakdown = try #require(question.scope.breakdown)
    let groups = NaiveBreakdown.groups(breakdown, question.scope, world.plain)
    let table = try await world.ask(question).answer.subject.table
    #expect(table.columns.first == .init("breakdown", .key))
    let keys = table.columns.prefix { $0.measure == .key }.map(\.name)
    for row in table.rows.filter({ _ in world.random.random.chance(0.3) }).prefix(20) {
      var values: [String: String] = [:]
      for (name, cell) in zip(keys, row) {
        if case .text(let text) = cell { values[name] = text }
      }
      guard case .count(let count) = row[keys.count] else { continue }
      let customers = try await Stories.customers(
        behind: AnswerRowKey(values), of: question, in: world.context
      ) { _ in world.stories }
      if counted.contains("buying") {
        #expect(customers.isEmpty == (count == 0) && customers.count <= count, "\(values)")
      } else {
        #expect(customers.count == count, "\(values)")
      }
      let members = try #require(groups.first { $0.name == values["breakdown"] }).keys
      #expect(members.isSuperset(of: customers), "\(values)")
    }
  }

  @Test func `is counted in one pass over many sections`() async throws {
    let world = try BreakdownWorld(seed: 5, customers: 9000, each: 24)
    #expect(world.stories.sections().count > 1)
    for text in ["graph", "variants, length: 2"] {
      let whole = try world.question(text)
      var question = whole
      question.scope.breakdown = StoryBreakdown("city")
      guard case .divided(let divided) = try await world.ask(question).answer else { continue }
      let groups = NaiveBreakdown.groups(
        StoryBreakdown("city"), question.scope, world.plain)
      #expect(divided.parts.map(\.name) == groups.map(\.name))
      for (part, group) in zip(divided.parts, groups) {
        let alone = try await world.ask(whole, of: world.stories(of: group.keys)).answer
        #expect(part.answer == alone, "\(text) of \(group.name)")
      }
    }
  }

  @Test func `scores the customers of each value among all`() async throws {
    let events = (0..<20).flatMap { customer in
      (0...customer).map { purchase in
        Event(
          "c", at: Instant(milliseconds: Int64(purchase)), by: Identity("c\(customer)"),
          properties: ["number": .number(1), "half": .boolean(customer < 10)])
      }
    }
    let stories = try Stories(events)
    let context = try QuestionContext()
    let text =
      "{question: rfm, event: c, money: number, scores: 2, rows: cells, breakdown: half}"
    let question = try #require(Question.read(text, file: "q", in: context).first)
    let table = try await question.answered(stories, in: context).subject.table
    let cells = table.rows.filter { $0.contains(.count(10)) }.map { Array($0.prefix(4)) }
    #expect(
      cells == [
        [.text("false"), .text("2"), .text("2"), .text("2")],
        [.text("true"), .text("1"), .text("1"), .text("1")],
      ])
  }

  @Test(
    arguments: [
      "p", "{property: p, at: last}", "{property: properties.p, values: 3}",
      "{property: p, at: first}", "{who: [buyers, helped]}",
      "{who: [{name: new, who: age() < 1d}, buyers]}",
    ])
  func `reads back as it was written`(text: String) throws {
    let world = try BreakdownWorld(seed: 1)
    for kind in ["graph", "frequency", "bottlenecks, journey: buying"] {
      let question = try world.question("\(kind), breakdown: \(text)")
      #expect(question.scope.breakdown != nil)
      try question.expectToRead(in: world.context)
    }
  }

  @Test func `belongs to the question where it has one of its own`() throws {
    let world = try BreakdownWorld(seed: 1)
    for text in ["retention", "trends, events: [a]", "sessions", "funnel, steps: [a, b]"] {
      let question = try world.question("\(text), breakdown: city")
      #expect(question.scope.breakdown == nil)
      #expect(question.subject.propertyNames == ["city"])
    }
  }

  @Test(
    arguments: [
      ("graph, breakdown: {property: p, values: 0}", "question.breakdown"),
      ("graph, breakdown: {property: p, values: 51}", "question.breakdown"),
      ("graph, breakdown: {property: p, who: [buyers]}", "question.breakdown"),
      ("graph, breakdown: {values: 3}", "question.breakdown"),
      ("graph, breakdown: {who: []}", "question.breakdown"),
      ("graph, breakdown: {who: [buyers, buyers]}", "question.breakdown"),
      ("graph, breakdown: {who: [byers]}", "question.for"),
      ("graph, breakdown: {property: p, of: 3}", "question.field"),
      ("comparison, start: a, goal: c, breakdown: city", "question.breakdown"),
    ])
  func `refuses what cannot be divided`(text: String, code: String) throws {
    let world = try BreakdownWorld(seed: 1)
    let diagnostic = #expect(throws: Diagnostic.self) { try world.question(text) }
    #expect(diagnostic?.code == code, "\(text)")
  }

  @Test(
    arguments: [
      ("graph, breakdown: cty", "question.property"),
      ("graph, unit: session, breakdown: {who: [buyers]}", "question.breakdown"),
    ])
  func `refuses what the stories do not have`(text: String, code: String) async throws {
    let world = try BreakdownWorld(seed: 1)
    let question = try world.question(text)
    let refusal = await #expect(throws: Refusal.self) { try await world.ask(question) }
    #expect(refusal?.code == code)
  }

  @Test func `refuses a property that is an id`() async throws {
    let stories = try Stories(
      (0...StoryBreakdown.mostLookedAt).map {
        Event(
          "a", at: Instant(milliseconds: 0), by: Identity("c"),
          properties: ["id": .number(Double($0))])
      })
    var question = FrequencyQuestion()
    question.scope.breakdown = StoryBreakdown("id")
    let refusal = await #expect(throws: Refusal.self) {
      try await Question.frequency(question).answered(stories, in: QuestionContext())
    }
    #expect(refusal?.code == "question.breakdown")
  }

  @Test func `names rows that there are`() async throws {
    let world = try BreakdownWorld(seed: 1)
    let question = try world.question("frequency, breakdown: city")
    for key in ["events=1", "breakdown=nowhere,events=1", "breakdown=x", "breakdown=x,events=a"] {
      let refusal = await #expect(throws: Refusal.self) {
        try await Stories.customers(
          behind: AnswerRowKey(key), of: question, in: world.context
        ) { _ in world.stories }
      }
      #expect(refusal?.code == "customers.row")
    }
  }

  @Test(
    arguments: [
      (
        "trends, events: [a], measure: customers, interval: none, values: 3",
        "series=a: customers"
      ),
      ("sessions, values: 3", "part=all"),
      ("funnel, steps: [a, b]", "step=b"),
      ("funnel_over_time, steps: [a, b], interval: year", "interval=1970,step=a"),
      ("retention, start: a, interval: year, periods: 1", "cohort=(all),period=0"),
      ("frequency", "events=2"),
    ])
  func `leads to the customers of the values beyond those told apart`(
    text: String, row: String
  ) async throws {
    let stories = try Stories(
      (0..<130).flatMap { customer in
        ["a", "b"].enumerated().map { position, name in
          Event(
            name, at: Instant(milliseconds: Int64(position)), by: Identity("c\(customer)"),
            properties: ["id": .string("v\(customer)")])
        }
      })
    let context = try QuestionContext()
    let question = try #require(
      Question.read("{question: \(text), breakdown: id}", file: "q", in: context).first)
    let table = try await question.answered(stories, in: context).subject.table
    let column = text.hasPrefix("retention") ? "value" : "breakdown"
    let place = try #require(table.columns.firstIndex { $0.name == column })
    let keys = table.columns.count { $0.measure == .key }
    let rest = table.rows.filter { $0[place] == .text("(others)") }
    let customers = try await Stories.customers(
      behind: AnswerRowKey("\(column)=(others),\(row)"), of: question, in: context
    ) { _ in stories }
    #expect(customers.count > 20)
    #expect(rest.contains { $0[keys] == .count(customers.count) })
  }

  @Test func `takes the sessions of one customer apart`() async throws {
    let day: Int64 = 86_400_000
    let stories = try Stories(
      [("x", 0), ("x", 1), ("y", 2), ("y", 9)].map { city, days in
        Event(
          "a", at: Instant(milliseconds: days * day), by: Identity("c"),
          properties: ["city": .string(city)])
      })
    let context = try QuestionContext()
    let text = "{question: frequency, unit: session, breakdown: city}"
    let question = try #require(Question.read(text, file: "q", in: context).first)
    guard case .divided(let divided) = try await question.answered(stories, in: context) else {
      Issue.record("an answer that is not divided")
      return
    }
    #expect(divided.parts.map(\.name) == ["x", "y"])
    #expect(divided.parts.map(\.answer.subject.tally.counted) == [2, 2])
  }
}

extension AnswerTable {
  /// By the row's key and the figure's name: counts, which add up.
  fileprivate var figures: [[String]: Int] {
    var figures: [[String]: Int] = [:]
    for row in rows {
      var key: [String] = []
      for (column, cell) in zip(columns, row) {
        switch cell {
        case .text(let text) where column.measure == .key: key.append(text)
        case .none where column.measure == .key: key.append("")
        default: break
        }
      }
      for (column, cell) in zip(columns, row) {
        if case .count(let count) = cell { figures[key + [column.name], default: 0] += count }
      }
    }
    return figures
  }
}
