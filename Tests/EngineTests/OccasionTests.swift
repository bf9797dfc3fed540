import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Occasions of surveys` {
  private static let unit: Int64 = 21_600_000

  /// A journey's world with traits, and surveys of each kind.
  private struct World {
    var world: JourneyWorld
    var experience: Experience
    var surveys: [Survey] = []

    init(seed: UInt64) {
      world = JourneyWorld(seed: seed, spread: unit)
      var random = SeededGenerator(seed: seed &+ 17)
      for position in world.events.indices where random.chance(0.2) {
        world.events[position].properties["traits.email"] = .string("m\(random.below(9))")
        world.events[position].properties["traits.language"] =
          random.chance(0.5) ? .string("de") : .number(1)
      }
      experience = world.experience
      for position in experience.touchpoints.indices {
        experience.touchpoints[position].expects?.within.milliseconds *= unit
      }
      experience.journeys = [world.question.journey]
      add(.touchpoint(world.question.journey.goal), &random)
      for name in ["a", "b", "c", "g"] { add(.touchpoint(name), &random) }
      for outcome in Survey.CaseOutcome.allCases {
        add(.outcome(journey: "walk", outcome), &random)
      }
      for name in world.question.journey.stepsToGoal.flatMap(\.touchpoints)
      where experience.touchpoint(name)?.expects != nil {
        add(.late(journey: "walk", touchpoint: name), &random)
      }
      add(.every(.days(1 + Int64(random.below(9)))), &random)
    }

    private mutating func add(_ occasion: Survey.Occasion, _ random: inout SeededGenerator) {
      var survey = Survey(
        name: "s\(surveys.count)", kind: .nps, ask: Wording("?"), occasion: occasion,
        wait: TimeSpan(milliseconds: unit * [0, 0, 3, 30][random.below(4)]),
        share: random.chance(0.3) ? 0.5 : 1)
      if random.chance(0.2) { survey.about = "f" }
      if random.chance(0.3) {
        survey.audience = .binary(
          .less, .count(event: "x", within: TimeSpan(milliseconds: 9 * unit)), .number(2))
      }
      surveys.append(survey)
    }

    static func time(_ units: Int) -> Instant { Instant(milliseconds: Int64(units) * unit) }
    static let ever = time(-10)..<time(3000)
  }

  private func told(_ stories: Stories) -> [(Identity, [Event])] {
    JourneyWorld.plain(stories).map { ($0[0].identity, $0) }
  }

  @Test(arguments: 0..<150 as Range<UInt64>)
  func `are those of their naive twin`(seed: UInt64) async throws {
    let world = World(seed: seed)
    let stories = try world.world.stories(segments: 1 + Int(seed % 3))
    var random = SeededGenerator(seed: seed)
    let first = random.below(400) - 100
    let ranges = [World.ever, World.time(first)..<World.time(first + random.below(300))]
    for range in ranges {
      let found = try await stories.occasions(
        of: world.surveys, in: world.experience, between: range)
      let twin = NaiveOccasions(experience: world.experience, range: range)
      #expect(found.occasions == twin.occasions(of: world.surveys, in: told(stories)))
      #expect(!found.isCut)
    }
  }

  @Test func `of each kind are in the worlds of this test`() async throws {
    var kinds: [String: Int] = [:]
    for seed in 0..<60 as Range<UInt64> {
      let world = World(seed: seed)
      let found = try await world.world.stories(segments: 1).occasions(
        of: world.surveys, in: world.experience, between: World.ever)
      for occasion in found.occasions {
        switch world.surveys.first(where: { $0.name == occasion.survey })?.occasion {
        case .touchpoint: kinds[occasion.journey == nil ? "met" : "met in a case", default: 0] += 1
        case .outcome(_, let outcome): kinds[outcome.rawValue, default: 0] += 1
        case .late: kinds["late", default: 0] += 1
        case .every: kinds["every", default: 0] += 1
        case nil: break
        }
      }
    }
    #expect(kinds.count == 7 && kinds.values.allSatisfy { $0 > 10 }, "\(kinds)")
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `of two ranges that meet are those of the whole`(seed: UInt64) async throws {
    let world = World(seed: seed)
    let stories = try world.world.stories(segments: 2)
    let whole = try await stories.occasions(
      of: world.surveys, in: world.experience, between: World.ever)
    // At the very moment of an occasion it belongs to the later range.
    let middle =
      whole.occasions.isEmpty ? World.time(9) : whole.occasions[whole.occasions.count / 2].due
    var parts: [SurveyOccasion] = []
    for range in [World.ever.lowerBound..<middle, middle..<World.ever.upperBound] {
      parts += try await stories.occasions(
        of: world.surveys, in: world.experience, between: range
      ).occasions
    }
    #expect(parts == whole.occasions)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `that are cut go on after the last one`(seed: UInt64) async throws {
    let world = World(seed: seed)
    let stories = try world.world.stories(segments: 2)
    let whole = try await stories.occasions(
      of: world.surveys, in: world.experience, between: World.ever)
    var parts: [SurveyOccasion] = []
    var isCut = true
    while isCut {
      let part = try await stories.occasions(
        of: world.surveys, in: world.experience, between: World.ever, after: parts.last, most: 7)
      #expect(part.occasions.count <= 7)
      parts += part.occasions
      isCut = part.isCut
    }
    #expect(parts == whole.occasions)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `do not change by what comes after they are due`(seed: UInt64) async throws {
    var world = World(seed: seed)
    world.world.events.indices.forEach {
      world.world.events[$0].properties["traits.email"] = nil
      world.world.events[$0].properties["traits.language"] = nil
    }
    let moment = World.time([5, 15, 40, 150][Int(seed % 4)])
    let range = World.ever.lowerBound..<moment
    let later = try await world.world.stories(segments: 2).occasions(
      of: world.surveys, in: world.experience, between: range)
    world.world.events.removeAll { $0.time >= moment }
    let then = try await world.world.stories(segments: 2).occasions(
      of: world.surveys, in: world.experience, between: range)
    #expect(then == later)
  }

  // Single stories

  private static let hour: Int64 = 3_600_000

  private static func event(_ name: String, _ hours: Int64, by id: String = "c") -> Event {
    Event(name, at: Instant(milliseconds: hours * hour), by: Identity(id))
  }

  private static var experience: Experience {
    var experience = Experience(touchpoints: [
      Touchpoint(name: "order", rule: .isEvent("order")),
      Touchpoint(
        name: "notice", rule: .isEvent("notice"),
        expects: .init(within: TimeSpan(milliseconds: 24 * hour), of: "order")),
      Touchpoint(name: "parcel", rule: .isEvent("parcel")),
      Touchpoint(name: "cancel", rule: .isEvent("cancel")),
    ])
    experience.journeys = [
      Journey(
        name: "first", starts: ["order"], steps: [.touchpoint("notice")], goal: "parcel",
        ends: ["cancel"], window: .days(10))
    ]
    return experience
  }

  private func occasions(
    _ occasion: Survey.Occasion, _ events: [Event], wait: Int64 = 12
  ) async throws -> [SurveyOccasion] {
    let survey = Survey(
      name: "s", kind: .ces, ask: Wording("?"), occasion: occasion,
      wait: TimeSpan(milliseconds: wait * Self.hour))
    return try await Stories(events).occasions(
      of: [survey], in: Self.experience, between: .earliest..<Instant(milliseconds: 1 << 41)
    ).occasions
  }

  @Test(
    arguments: [
      // Hours of further events, and whether somebody is asked 36 hours after the order.
      ([], true), ([("notice", 24)], false), ([("notice", 30)], false), ([("notice", 36)], false),
      ([("notice", 37)], true), ([("parcel", 30)], false), ([("cancel", 36)], false),
      ([("parcel", 40)], true),
    ] as [([(String, Int64)], Bool)])
  func `of a promise that is broken end when it is kept`(
    further: [(String, Int64)], isAsked: Bool
  ) async throws {
    let events = [Self.event("order", 0)] + further.map { Self.event($0.0, $0.1) }
    let found = try await occasions(.late(journey: "first", touchpoint: "notice"), events)
    #expect(found.map(\.due.milliseconds) == (isAsked ? [36 * Self.hour] : []))
    #expect(
      found.allSatisfy { $0.touchpoint == "notice" && $0.moment.milliseconds == 24 * Self.hour })
  }

  @Test func `of a journey's end are told with its case`() async throws {
    let events = [Self.event("order", 0), Self.event("parcel", 50), Self.event("order", 60)]
    let completed = try await occasions(.outcome(journey: "first", .completed), events)
    #expect(completed.map(\.moment.milliseconds) == [50 * Self.hour])
    #expect(completed[0].touchpoint == "parcel" && completed[0].journey == "first")
    #expect(completed[0].caseStart == Instant(milliseconds: 0))
    let abandoned = try await occasions(.outcome(journey: "first", .abandoned), events)
    #expect(abandoned.map(\.moment.milliseconds) == [300 * Self.hour])
    #expect(abandoned[0].touchpoint == nil && abandoned[0].due.milliseconds == 312 * Self.hour)
  }

  @Test func `of a smaller share are among those of a larger`() async throws {
    let events = (0..<2000).map { Self.event("order", 1, by: "c\($0)") }
    var asked: [Set<UInt64>] = []
    for share in [0.2, 0.5, 1] {
      let survey = Survey(
        name: "s", kind: .nps, ask: Wording("?"), occasion: .touchpoint("order"), share: share)
      let found = try await Stories(events).occasions(
        of: [survey], in: Self.experience, between: .earliest..<Instant.tooLate)
      asked.append(Set(found.occasions.map(\.key)))
    }
    #expect(asked[0].isSubset(of: asked[1]) && asked[1].isSubset(of: asked[2]))
    #expect(asked[2].count == 2000)
    #expect((340...460).contains(asked[0].count) && (930...1070).contains(asked[1].count))
  }

  @Test func `of employees are those of an audience only`() async throws {
    var survey = Survey(
      name: "s", kind: .nps, ask: Wording("?"), respondents: .employees,
      occasion: .touchpoint("order"))
    let stories = try Stories([Self.event("order", 1)])
    let range = Instant.earliest..<Instant.tooLate
    let everybody = try await stories.occasions(of: [survey], in: Self.experience, between: range)
    #expect(everybody.occasions.isEmpty)
    survey.audience = .boolean(true)
    let some = try await stories.occasions(of: [survey], in: Self.experience, between: range)
    #expect(some.occasions.count == 1)
  }

  @Test(
    arguments: [
      .touchpoint("nothing"), .outcome(journey: "nothing", .completed),
      .late(journey: "first", touchpoint: "parcel"), .late(journey: "first", touchpoint: "nothing"),
      .every(TimeSpan(milliseconds: 0)), .every(TimeSpan(milliseconds: hour)),
    ] as [Survey.Occasion])
  func `are of what the experience has`(occasion: Survey.Occasion) async throws {
    let error = await #expect(throws: Refusal.self) {
      try await occasions(occasion, [Self.event("order", 0)])
    }
    #expect(error?.code == "survey.occasion")
  }
}
