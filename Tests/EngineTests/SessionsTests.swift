import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

extension RandomWorld {
  mutating func sessions() -> SessionsQuestion {
    var question = SessionsQuestion()
    question.scope = scope()
    question.gap = TimeSpan(milliseconds: Int64(1 + random.below(8)) * 10_800_000)
    question.interval = pick([nil, nil, .day, .week, .hour])
    if random.chance(0.5) { question.breakdown = Dimension(pick(["p", "number"])) }
    if random.chance(0.5) { question.goal = selector() }
    if random.chance(0.5) { question.ends = pick([.event, .property("number")]) }
    return question
  }
}

private func ask(_ question: SessionsQuestion, _ stories: Stories) async throws -> Sessions {
  let context = try QuestionContext.berlin.get()
  return try await stories.answer(question.fold(in: context))
}

/// The quantile by definition 7, as it is written.
private func quantile(_ share: Double, _ numbers: [Double]) -> Double {
  let sorted = numbers.sorted()
  let place = share * Double(sorted.count - 1)
  let (below, above) = (sorted[Int(place)], sorted[min(sorted.count - 1, Int(place) + 1)])
  return below + (above - below) * (place - place.rounded(.down))
}

@Suite
struct `A customer's sessions` {
  @Test(arguments: UInt64(0)..<200)
  func `are those that their naive twin cuts`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let calendar = try QuestionContext.berlin.get().calendar
    // Now and then more rows than are looked at at once.
    let stories = try world.daysOfStories(customers: seed % 50 == 0 ? 500 : 12, each: 14)
    let plain = stories.plain.map(\.events)
    for _ in 0..<5 {
      let question = world.sessions()
      let answer = try await ask(question, stories)
      let expected = NaiveSessions.sessions(question, plain, calendar)
      #expect(answer.tally.counted == expected.count, "\(question)")
      #expect(answer.customers == Set(expected.map(\.customer)).count, "\(question)")
      for group in answer.groups {
        let own = expected.filter { session in
          group.interval
            == question.interval.flatMap { interval in
              session.interval.map { calendar.name(of: interval, at: $0) }
            } && session.breakdown == group.breakdown
        }
        #expect(group.sessions == own.count, "\(question)")
        #expect(group.customers == Set(own.map(\.customer)).count)
        #expect(group.events == own.reduce(0) { $0 + $1.events.count })
        #expect(group.bounce == .share(own.count { $0.events.count == 1 }, of: own.count))
        let reached = own.count(where: \.reachesGoal)
        #expect(group.goal == question.goal.map { _ in .share(reached, of: own.count) })
        guard !own.isEmpty else { continue }
        let durations = own.map { Double($0.duration) }
        let lengths = own.map { Double($0.events.count) }
        #expect(group.medianDuration.value == quantile(0.5, durations), "\(question)")
        #expect(group.p90Duration == quantile(0.9, durations), "\(question)")
        #expect(group.medianEvents.value == quantile(0.5, lengths), "\(question)")
        let mean = durations.reduce(0, +) / Double(own.count)
        #expect(abs((group.meanDuration.value ?? -1) - mean) < 1e-6)
        let watermark = try #require(stories.watermark)
        let open = own.count { session in
          session.events.last.map { watermark - $0.time <= question.gap } ?? false
        }
        #expect(group.open == open)
        checkEnds(group, own, question)
      }
    }
  }

  private func checkEnds(
    _ group: Sessions.Group, _ own: [NaiveSessions.Session], _ question: SessionsQuestion
  ) {
    guard let naming = question.ends else {
      #expect(group.entries.isEmpty && group.exits.isEmpty)
      return
    }
    func name(_ event: Event) -> String? {
      naming == .event ? event.name : event.properties["number"]?.shown
    }
    let entries = own.map { $0.events.lazy.compactMap(name).first }
    let exits = own.map { $0.events.lazy.compactMap(name).last }
    for (found, names) in [(group.entries, entries), (group.exits, exits)] {
      for end in found {
        let places = names.indices.filter { names[$0] == end.event }
        #expect(end.sessions == places.count, "\(question)")
        #expect(end.customers == Set(places.map { own[$0].customer }).count)
      }
      #expect(found.count == Set(names.compactMap(\.self)).count)
    }
  }

  @Test(arguments: UInt64(0)..<60)
  func `keep their laws`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try world.daysOfStories(customers: 25, each: 15)
    var question = SessionsQuestion()
    question.gap = TimeSpan(milliseconds: Int64(1 + world.random.below(5)) * 10_800_000)
    let whole = try await ask(question, stories)
    #expect(whole.groups[0].events == stories.eventCount, "every event is of one session")
    #expect(whole.customers == stories.customerCount)
    question.interval = .day
    question.breakdown = Dimension("p")
    let parts = try await ask(question, stories)
    #expect(parts.tally == whole.tally, "days and values add up")
    question.interval = nil
    question.breakdown = nil
    question.gap = TimeSpan(milliseconds: question.gap.milliseconds * 2)
    let wider = try await ask(question, stories)
    #expect(wider.tally.counted <= whole.tally.counted, "a wider gap makes no more sessions")
    let middle = world.moment()
    question.scope = Scope(to: middle)
    let early = try await ask(question, stories)
    question.scope = Scope(from: middle)
    let late = try await ask(question, stories)
    #expect(early.tally.counted + late.tally.counted == wider.tally.counted)
  }

  @Test(arguments: UInt64(0)..<100)
  func `are written as they are read`(seed: UInt64) throws {
    var world = RandomWorld(seed: seed)
    let context = try QuestionContext.berlin.get()
    var question = world.sessions()
    question.top = 1 + world.random.below(100)
    question.values = 1 + world.random.below(1000)
    let asked = Question.sessions(question)
    #expect(try Question.read(asked.json, file: "question", in: context) == [asked])
  }

  @Test func `end where the gap is longer than allowed, not where it is as long`() async throws {
    let stories = try Stories(
      [0, 1_800_000, 3_600_001].map { time in
        Event("a", at: Instant(milliseconds: time), by: Identity(.user, "c"))
      })
    let answer = try await ask(SessionsQuestion(), stories)
    #expect(answer.groups[0].sessions == 2)
    #expect(answer.groups[0].open == 1)
    #expect(answer.groups[0].medianDuration.value == 900_000)
  }

  @Test func `are none of no stories`() async throws {
    let none = Stories(names: EventNames(), segments: [])
    let answer = try await ask(SessionsQuestion(), none)
    #expect(answer.groups.isEmpty && answer.tally.counted == 0)
  }

  @Test(arguments: [
    ("gap: 0ms", "sessions.gap"), ("top: 0", "sessions.top"), ("values: 1001", "sessions.values"),
    ("goals: a", "question.field"),
  ])
  func `are refused where they have no answer`(field: String, code: String) throws {
    let context = try QuestionContext()
    let diagnostic = #expect(throws: Diagnostic.self) {
      _ = try Question.read("question: sessions\n\(field)\n", file: "q", in: context)
    }
    #expect(diagnostic?.code == code)
  }

  /// The figures of `simple_onlineshop.expected.json`, in microseconds as the log has them.
  @Test(.enabled(if: ReferenceData.isHere))
  func `of the shop log are those that other tools find`() async throws {
    let stories = try ReferenceData.stories(
      "simple_onlineshop.csv.gz", customer: "user_id", event: "event", time: "timestamp", tick: 1)
    var question = SessionsQuestion()
    question.gap = TimeSpan(milliseconds: 1_800_000_000)
    let answer = try await ask(question, stories)
    #expect(answer.groups[0].sessions == 6454)
    #expect(answer.groups[0].bounce == .share(704, of: 6454))
    #expect(abs((answer.groups[0].meanEvents.value ?? 0) - 5.482026650139448) < 1e-12)
    #expect(answer.groups[0].medianDuration.value == 30_774_274)
    #expect(abs((answer.groups[0].meanDuration.value ?? 0) - 52_078_325.34614192) < 1)
    question.gap = TimeSpan(milliseconds: 3_600_000_000)
    #expect(try await ask(question, stories).groups[0].sessions == 6451)
  }
}

@Suite
struct `Ranked values` {
  @Test(arguments: UInt64(0)..<100)
  func `give the ranks that sorting gives`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let size = [1 << 11, 1 << 12, 1 << 40, 3][random.below(4)]
    var whole = RankedValues<UInt64>(.wholeNumbers)
    var keys = RankedValues<UInt64>(.keys)
    var all: [UInt64] = []
    var numbers: [Double] = []
    for _ in 0..<(seed < 90 ? 1 + random.below(5) : 6) {
      let length = 1 + random.below(seed < 90 ? 200 : 5000)
      let part = (0..<length).map { _ in UInt64(random.below(size)) }
      let own = part.map { (Double($0) - Double(size / 2)) / 7 }
      whole.append(part)
      keys.append(own.map(\.rankKey))
      all += part
      numbers += own
    }
    all.sort()
    numbers.sort()
    let ranks = [0, 1, 17, all.count / 3, all.count / 2, all.count - 1].filter { $0 < all.count }
    #expect(whole.values(at: ranks) == ranks.map { all[$0] })
    #expect(keys.values(at: ranks).map { Double(rankKey: $0) } == ranks.map { numbers[$0] })
  }
}
