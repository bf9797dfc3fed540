import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `An attribution` {
  @Test(arguments: 0..<300)
  func `equals its naive twin, however customers are spread over segments`(seed: UInt64)
    async throws
  {
    let world = AttributionWorld(seed: seed)
    let stories = try world.stories()
    let naive = NaiveAttribution(
      world.question, touchpoints: world.touchpoints, JourneyWorld.plain(stories))
    let hasCosts = world.touchpoints.contains { $0.cost != nil }
    for segments in [1, 3] {
      let answer = try await world.stories(segments: segments).answer(world.fold)
      #expect(answer.conversions == naive.conversions)
      #expect(isNear(answer.value ?? 0, naive.value))
      for credit in answer.credits {
        let row = naive.rows[credit.model]?[credit.touch] ?? .init()
        #expect(isNear(credit.conversions, row.conversions))
        #expect(isNear(credit.value ?? 0, row.value))
        #expect(credit.customers == naive.customers[credit.touch]?.count ?? 0)
        #expect(credit.touches == naive.touches[credit.touch] ?? 0)
        let cost = credit.touch == "(no touch)" ? nil : naive.costs[credit.touch] ?? 0
        #expect(isNear(credit.cost ?? -1, hasCosts ? cost ?? -1 : -1))
      }
      for (model, rows) in naive.rows {
        let told = Set(answer.credits.filter { $0.model == model }.map(\.touch))
        #expect(rows.filter { $0.value.conversions != 0 && !told.contains($0.key) }.isEmpty)
      }
    }
  }

  @Test(arguments: 0..<100)
  func `divides every conversion and its value by every model`(seed: UInt64) async throws {
    let world = AttributionWorld(seed: seed)
    let answer = try await world.stories(segments: 2).answer(world.fold)
    for model in world.question.models {
      let credits = answer.credits.filter { $0.model == model }
      #expect(isNear(credits.reduce(0) { $0 + $1.conversions }, Double(answer.conversions)))
      if let value = answer.value {
        #expect(isNear(credits.reduce(0) { $0 + ($1.value ?? 0) }, value))
      }
      #expect(credits.last?.touch == "(no touch)")
    }
  }

  @Test(arguments: 0..<100)
  func `never finds fewer touched conversions with a wider lookback`(seed: UInt64) async throws {
    var world = AttributionWorld(seed: seed)
    world.question.models = [.linear]
    let stories = try world.stories()
    var untouched = Double.infinity
    for lookback in [1, 5, 40, 1000, nil] as [Int64?] {
      world.question.lookback = lookback.map { TimeSpan(milliseconds: $0) }
      let answer = try await stories.answer(world.fold)
      let now = answer.credits.last?.conversions ?? 0
      #expect(now <= untouched)
      untouched = now
    }
  }

  @Test(arguments: 0..<60)
  func `names the customers behind each row`(seed: UInt64) throws {
    let world = AttributionWorld(seed: seed)
    let stories = try world.stories(segments: 2)
    let fold = world.fold
    let plan = try fold.plan(for: stories)
    var tally = fold.begin(plan)
    var behind: [String: Int] = [:]
    for (index, segment) in stories.segments.enumerated() {
      for customer in segment.visible.joined() {
        let before = Array(tally.customers)
        fold.visit(customer..<(customer + 1), ofSegment: index, in: stories, by: plan, into: &tally)
        for (place, name) in (plan.groups.names + ["(no touch)"]).enumerated() {
          #expect((0...1).contains(tally.customers[place] - before[place]))
          behind[name, default: 0] += tally.customers[place] - before[place]
        }
      }
    }
    for credit in fold.finish(tally, by: plan).credits {
      let cell = try fold.cell(
        of: AnswerRowKey(["model": credit.model.rawValue, "touch": credit.touch]), by: plan)
      #expect(tally.customers[cell] == credit.customers)
      #expect(behind[credit.touch] == credit.customers)
    }
  }

  @Test
  func `decays as its half-life says`() async throws {
    let days: [(String, Int64)] = [("d", 1), ("c", 4), ("b", 10), ("a", 10)]
    var events = days.map { Self.event("touch", $1 * 86_400_000 - 1, channel: $0) }
    events.append(Self.event("buy", 10 * 86_400_000))
    var question = AttributionQuestion(conversion: EventSelector("buy"))
    question.models = [.timeDecay]
    let answer = try await Self.answer(question, events)
    let shares = answer.credits.map { (($0.conversions * 1000).rounded() / 10, $0.touch) }
    #expect(shares.map(\.0) == [33.8, 33.8, 18.6, 13.8, 0])
    #expect(shares.map(\.1) == ["a", "b", "c", "d", "(no touch)"])
  }

  @Test
  func `learns from paths to conversions and to none`() async throws {
    // A > B: 3 conversions, 1 without; B: 2, 2; A: 0, 2.
    let paths: [([String], Bool, Int)] = [
      (["a", "b"], true, 3), (["a", "b"], false, 1), (["b"], true, 2), (["b"], false, 2),
      (["a"], false, 2),
    ]
    var events: [Event] = []
    var customer = 0
    for (channels, converts, count) in paths {
      for _ in 0..<count {
        for (touch, channel) in channels.enumerated() {
          events.append(Self.event("touch", Int64(touch), channel: channel, customer))
        }
        if converts { events.append(Self.event("buy", 10, customer, value: 10)) }
        customer += 1
      }
    }
    var question = AttributionQuestion(conversion: EventSelector("buy"))
    question.value = NumberSelector(.property("value"))
    question.models = [.markov, .shapley]
    let answer = try await Self.answer(question, events)
    let credits = answer.credits.map { ($0.conversions * 1000).rounded() / 1000 }
    #expect(credits == [3.333, 1.667, 0, 3.5, 1.5, 0])
    #expect(
      answer.credits.map { (($0.value ?? 0) * 100).rounded() / 100 } == [
        33.33, 16.67, 0, 35, 15, 0,
      ])
    #expect(answer.bases.map(\.paths) == [3, 3])
    #expect(answer.bases.map(\.nulls) == [5, 5])
    // A resample without conversions divides nothing; one of 150 or so is.
    #expect(answer.bases.allSatisfy { (190...200).contains($0.resamples) })
    #expect(answer.credits.allSatisfy { ($0.share.low ?? 9) <= ($0.share.value ?? -9) })
    #expect(answer.credits.allSatisfy { ($0.share.high ?? -9) >= ($0.share.value ?? 9) })
  }

  @Test
  func `sets the value beside the cost`() async throws {
    let events = [
      Self.event("ad", 0, channel: "web"), Self.event("ad", 1, channel: "web"),
      Self.event("mail", 2, channel: "mail"), Self.event("buy", 3, value: 12),
      Self.event("ad", 9, channel: "web", 1),
    ]
    var question = AttributionQuestion(conversion: EventSelector("buy"))
    question.value = NumberSelector(.property("value"))
    question.models = [.linear]
    let touchpoints = [Touchpoint(name: "ad", rule: .isEvent("ad"), cost: 0.5)]
    let answer = try await Self.answer(question, events, touchpoints)
    #expect(answer.credits.map(\.touch) == ["web", "mail", "(no touch)"])
    #expect(answer.credits.map(\.cost) == [1.5, 0, nil])
    #expect(isNear(answer.credits[0].returnOnCost ?? 0, 8 / 1.5))
    #expect(answer.credits[1].returnOnCost == nil)
  }

  @Test
  func `says what it left out and what it took for nothing`() async throws {
    let events = [
      Self.event("buy", 1, 0), Self.event("x", 2, 0), Self.event("buy", 3, 0, value: 5),
      Self.event("buy", 4, 0),
    ]
    var question = AttributionQuestion(conversion: EventSelector("buy"))
    question.value = NumberSelector(.property("value"))
    question.scope.population = .condition(
      name: "met x", .binary(.greater, .count(event: "x", within: nil), .number(0)))
    let answer = try await Self.answer(question, events)
    #expect(answer.conversions == 2)
    #expect(answer.value == 5)
    #expect(answer.tally.excluded.map(\.count) == [1, 1])
  }

  static func event(
    _ name: String, _ time: Int64, channel: String? = nil, _ customer: Int = 0,
    value: Double? = nil
  ) -> Event {
    var properties: [String: PropertyValue] = [:]
    if let channel { properties["channel"] = .string(channel) }
    if let value { properties["value"] = .number(value) }
    return Event(
      name, at: Instant(milliseconds: time), by: Identity(.user, "c\(customer)"),
      properties: properties)
  }

  static func answer(
    _ question: AttributionQuestion, _ events: [Event], _ touchpoints: [Touchpoint] = []
  ) async throws -> Attribution {
    var names = EventNames()
    let segment = try StorySegment(sorting: Batch(events, names: &names))
    return try await Stories(names: names, segments: [segment])
      .answer(AttributionFold(question: question, touchpoints: touchpoints))
  }
}

private func isNear(_ left: Double, _ right: Double) -> Bool {
  abs(left - right) <= 1e-9 * max(1, abs(left), abs(right))
}
