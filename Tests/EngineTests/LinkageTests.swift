import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Employees and customers` {
  private struct Unexpected: Error {}

  private static let teams = ["a", "b", "c", "d", "e", "f"]

  private static let experience = Experience(
    teams: teams.map { Team(name: $0, title: "Team \($0)") },
    touchpoints: teams.map {
      Touchpoint(name: "met_\($0)", rule: .isEvent("met \($0)"), owner: $0)
    } + [
      Touchpoint(
        name: "call", rule: .isEvent("call"), owner: "b", score: .property("rating")),
      Touchpoint(name: "street", rule: .isEvent("street")),
    ],
    surveys: [
      Survey(name: "work", kind: .nps, ask: Wording("?"), respondents: .employees),
      Survey(name: "visit", kind: .csat, ask: Wording("?")),
      Survey(
        name: "effort", kind: .ces, ask: Wording("?"), scale: 1...7, direction: .lower),
      Survey(name: "why", kind: .text, ask: Wording("?")),
    ])

  private static let day = Int64(86_400_000)

  /// Answers of employees, who tell their team in one of three ways or none, and of customers.
  private static func events(_ seed: UInt64) -> [Event] {
    var random = SeededGenerator(seed: seed &* 77 &+ 5)
    let lowest = random.below(4)
    var events: [Event] = []
    for who in 0..<(40 + random.below(60)) {
      let team = teams[min(teams.count - 1, random.below(teams.count + lowest))]
      let way = random.below(10)
      func told(_ places: ClosedRange<Int>, _ text: String) -> PropertyValue? {
        places.contains(way) ? .string(text) : nil
      }
      for month in 0..<5 where random.chance(0.7) {
        var properties: [String: PropertyValue] = [
          SurveyEvent.survey: .string("work"),
          SurveyEvent.score: random.chance(0.1)
            ? .number(4.5) : .number(Double(random.below(11))),
        ]
        properties["team"] = told(0...2, team)
        properties[SurveyEvent.answer("team")] = told(2...5, random.chance(0.9) ? team : "other")
        let time = Int64(month * 30 + random.below(25)) * day + Int64(who)
        let identity = Identity("e\(who)")
        if let team = told(5...8, "Team \(team)") {
          events.append(
            Event(
              Event.identify, at: Instant(milliseconds: time - 5), by: identity,
              properties: ["traits.team": team]))
        }
        events.append(
          Event(
            SurveyEvent.answered, at: Instant(milliseconds: time), by: identity,
            properties: properties))
      }
    }
    for number in 0..<900 {
      let identity = Identity("c\(random.below(80))")
      let time = Instant(
        milliseconds: Int64(random.below(150)) * day + 1000 + Int64(number))
      if random.chance(0.2) {
        events.append(
          Event(
            "call", at: time, by: identity,
            properties: ["rating": .number(Double(random.below(7)))]))
        continue
      }
      var properties: [String: PropertyValue] = [
        SurveyEvent.survey: .string(["visit", "effort", "why"][random.below(3)]),
        SurveyEvent.score: .number(Double(1 + random.below(7))),
      ]
      if random.chance(0.95) {
        properties[SurveyEvent.touchpoint] = .string(
          random.chance(0.9) ? "met_\(teams[random.below(6)])" : "street")
      }
      events.append(Event(SurveyEvent.answered, at: time, by: identity, properties: properties))
    }
    return events
  }

  private static func read(
    _ text: String, _ experience: Experience = experience
  ) throws -> (LinkageQuestion, QuestionContext) {
    let context = try QuestionContext(experience)
    let question = try #require(
      Question.read("{question: linkage\(text)}", file: "q", in: context).first)
    guard case .linkage(let linkage) = question else { throw Unexpected() }
    return (linkage, context)
  }

  private static let questions = [
    "", ", interval: quarter", ", from: 1970-01-15, to: 1970-05-01",
    ", employees: work, customers: visit, from: 1970-02-01",
    ", customers: [effort, call], interval: week",
    ", employees: {event: work, metric: top_box, scale: [0, 10], top: 3}, "
      + "customers: {event: visit, scale: [1, 5]}",
    ", employees: {event: work, scale: [0, 10], direction: lower}",
  ]

  @Test(arguments: questions, UInt64(0)..<12)
  func `are what their naive twin counts`(text: String, seed: UInt64) async throws {
    let (question, context) = try Self.read(text)
    let stories = try Stories(Self.events(seed))
    let found = try await stories.answer(question.fold(in: context))
    let twin = NaiveLinkage(question: question, experience: Self.experience)
    let cells = twin.cells(JourneyWorld.plain(stories), context.calendar)
    let shown = twin.shown(cells)
    var seen: Set<NaiveLinkage.Key> = []
    for row in found.rows {
      let key = NaiveLinkage.Key(team: row.team, from: row.from)
      let cell = cells[key] ?? NaiveLinkage.Cell()
      seen.insert(key)
      #expect(row.customers == cell.customers && row.score.count == cell.feelings.count)
      #expect((row.score.value == nil) == (cell.feelings.count < 5))
      if let value = row.score.value {
        let mean = cell.feelings.reduce(0, +) / Double(cell.feelings.count)
        #expect(abs(value - mean) < 1e-9)
      }
      #expect((row.employeeScore != nil) == shown.contains(key))
      guard let score = row.employeeScore else { continue }
      #expect(score.count == cell.employees.count && score.count >= 5)
      #expect(
        abs(try #require(score.value) - Self.figure(cell.employees, question.employees.rule))
          < 1e-9)
    }
    let expected = cells.filter { key, cell in key.team != nil && cell.customers > 0 }.keys
    #expect(seen.isSuperset(of: shown.union(expected)))
    for correlation in found.correlations where correlation.coefficient.value != nil {
      var pairs: [(Double, Double)] = []
      for row in found.rows {
        let later = found.rows.filter { $0.team == row.team && $0.from >= row.from }
          .sorted { $0.from < $1.from }.dropFirst(correlation.lag).first
        if let left = row.employeeScore?.value, let right = later?.score.value {
          // Sums of equal figures may differ in their last digits.
          let good = question.employees.rule.direction == .lower ? -left : left
          pairs.append(((good * 1e8).rounded(), (right * 1e8).rounded()))
        }
      }
      #expect(correlation.coefficient.count == pairs.count)
      let value = try #require(correlation.coefficient.value)
      #expect(abs(value - NaiveLinkage.spearman(pairs)) < 1e-9)
    }
  }

  private static func figure(_ answers: [Int], _ rule: ScoreRule) -> Double {
    answers.reduce(0) { $0 + rule.value(of: $1) } / Double(answers.count)
  }

  @Test(arguments: questions)
  func `name customers and no employee, and read what they wrote`(text: String) async throws {
    let (question, context) = try Self.read(text)
    try Question.linkage(question).expectToRead(in: context)
    let stories = try Stories(Self.events(3))
    try await Question.linkage(question).expectCustomers(of: stories, in: context)
    let everybody = try await Stories.customers(
      behind: AnswerRowKey("team=(all),interval=same"), of: .linkage(question), in: context
    ) { _ in stories }
    let employees = Set((0..<200).map { Identity("e\($0)").key })
    #expect(!everybody.isEmpty && everybody.allSatisfy { !employees.contains($0) })
  }

  /// One answer of each employee in the first month; a customer's answer ends the month.
  private func answer(_ employees: [String?: Int]) async throws -> Linkage {
    var events: [Event] = []
    for (team, count) in employees {
      for number in 0..<count {
        var properties: [String: PropertyValue] = [
          SurveyEvent.survey: .string("work"), SurveyEvent.score: .number(9),
        ]
        properties["team"] = team.map { .string($0) }
        events.append(
          Event(
            SurveyEvent.answered, at: Instant(milliseconds: 5 * Self.day),
            by: Identity("e\(team ?? "")\(number)"), properties: properties))
      }
    }
    events.append(
      Event(
        "call", at: Instant(milliseconds: 40 * Self.day), by: Identity("c"),
        properties: ["rating": .number(4)]))
    let (question, context) = try Self.read("")
    return try await Stories(events).answer(question.fold(in: context))
  }

  private func shown(_ answer: Linkage) -> [String] {
    answer.rows.filter { $0.employeeScore != nil }.map(\.team)
  }

  @Test func `of fewer than five are not shown, nor what would tell them by subtraction`()
    async throws
  {
    #expect(shown(try await answer(["a": 5, "b": 6])) == ["a", "b"])
    // Without b, the four of a would be the company less c.
    #expect(shown(try await answer(["a": 4, "b": 6, "c": 9])) == ["c"])
    // Together those of a and b are enough.
    #expect(shown(try await answer(["a": 4, "b": 1, "c": 9])) == ["c"])
    #expect(shown(try await answer(["a": 2, "b": 2, "c": 5, "d": 7])) == ["d"])
    #expect(shown(try await answer(["a": 2, "b": 2, "c": 5])) == [])
    // Of no team is somebody, too.
    #expect(shown(try await answer([nil: 3, "a": 5, "b": 6])) == ["b"])
    #expect(shown(try await answer([nil: 9, "a": 5, "b": 6])) == ["a", "b"])
    let few = try await answer(["a": 4, "b": 6, "c": 9])
    #expect(few.warnings.count == 2)
    guard case .text(let note)? = few.table.rows.first?.last else { throw Unexpected() }
    #expect(note.contains("fewer than 5 are not shown"))
    #expect(few.correlations.allSatisfy { $0.coefficient.value == nil && $0.note != nil })
  }

  @Test func `count who answers again once a month, by the latest answer`() async throws {
    var events = (0..<5).flatMap { number in
      [(2, 0), (8, 10)].map { day, score in
        Event(
          SurveyEvent.answered, at: Instant(milliseconds: Int64(day) * Self.day),
          by: Identity("e\(number)"),
          properties: [
            SurveyEvent.survey: .string("work"), SurveyEvent.score: .number(Double(score)),
            "team": .string("a"),
          ])
      }
    }
    events.append(
      Event(
        SurveyEvent.answered, at: Instant(milliseconds: 33 * Self.day), by: Identity("e0"),
        properties: events[0].properties))
    let (question, context) = try Self.read("")
    let found = try await Stories(events).answer(question.fold(in: context))
    #expect(found.rows.map(\.interval) == ["1970-01"])
    #expect(found.rows.first?.employeeScore?.count == 5)
    #expect(found.rows.first?.employeeScore?.value == 100)
    // February isn't over.
    #expect(found.tally.excluded.map(\.count) == [1])
  }

  /// Six teams over four months; customers follow employees a month later.
  @Test func `go together where customers follow`() async throws {
    var random = SeededGenerator(seed: 8)
    var events: [Event] = []
    var before = [Double](repeating: 5, count: 6)
    for month in 0..<5 {
      let time = Int64(month * 30 + 12) * Self.day
      for (place, team) in Self.teams.enumerated() {
        let mood = Double(random.below(11))
        for number in 0..<6 {
          events.append(
            Event(
              SurveyEvent.answered, at: Instant(milliseconds: time + Int64(number)),
              by: Identity("e\(team)\(number)"),
              properties: [
                SurveyEvent.survey: .string("pulse"), "team": .string(team),
                SurveyEvent.score: .number(mood),
              ]))
          events.append(
            Event(
              SurveyEvent.answered, at: Instant(milliseconds: time + Int64(number)),
              by: Identity("c\(team)\(number)"),
              properties: [
                SurveyEvent.survey: .string("follow"),
                SurveyEvent.touchpoint: .string("met_\(team)"),
                SurveyEvent.score: .number(before[place]),
              ]))
        }
        before[place] = mood
      }
    }
    events.append(
      Event("street", at: Instant(milliseconds: 170 * Self.day), by: Identity("c")))
    var experience = Self.experience
    experience.surveys = [
      Survey(
        name: "pulse", kind: .rating, ask: Wording("?"), scale: 0...10, respondents: .employees),
      Survey(name: "follow", kind: .rating, ask: Wording("?"), scale: 0...10),
    ]
    let (question, context) = try Self.read("", experience)
    let found = try await Stories(events).answer(question.fold(in: context))
    let (same, later) = (found.correlations[0], found.correlations[1])
    #expect(same.teams == 6 && same.coefficient.count == 30)
    #expect(abs(try #require(same.coefficient.value)) < 0.5)
    // Perfect, for each month's customers feel what employees felt in the one before.
    #expect(later.teams == 6 && later.coefficient.count == 24)
    #expect(abs(try #require(later.coefficient.value) - 1) < 1e-12)
    guard case .several(_, let parts)? = found.picture, parts.count == 3,
      case .matrix(_, let matrix) = parts[0].picture,
      case .lines(_, let axis, let lines) = parts[1].picture
    else { throw Unexpected() }
    #expect(matrix.points.map(\.name) == Self.teams)
    #expect(axis.count == 5 && lines.map(\.name) == Self.teams)
    #expect(lines[0].values.compactMap(\.self).allSatisfy { (1...5).contains($0) })
    #expect(try #require(found.summary).contains("30 pairs of 6 teams"))
  }

  @Test func `of no teams or no survey of employees can't be asked`() throws {
    let (question, _) = try Self.read("")
    #expect(throws: Refusal.self) { try question.fold(in: QuestionContext()) }
    var experience = Self.experience
    experience.surveys.removeFirst()
    #expect(throws: Diagnostic.self) { try Self.read("", experience) }
    #expect(throws: Never.self) { try Self.read(", employees: visit", experience) }
  }

  @Test(arguments: [
    "interval: day", "unit: session", "for: 'count(\"call\") > 0'", "breakdown: team",
    "employees: why", "employees: other", "customers: []", "customers: street",
    "customers: {event: visit, metric: nps, scale: [1, 5]}", "employees: {score: x}",
    "employees: {event: work, top: 9, scale: [1, 5]}", "teams: x",
    "from: 1970-03-01, to: 1970-02-01",
  ])
  func `refuses`(text: String) throws {
    #expect(throws: Diagnostic.self) { try Self.read(", \(text)") }
  }
}
