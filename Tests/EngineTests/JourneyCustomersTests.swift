import Events
import Experience
import Stories
import Testing

@testable import Engine

@Suite
struct `The customers behind a map's number` {
  @Test(arguments: 0..<120 as Range<UInt64>)
  func `are those of a recount, and their parts add up to the number`(seed: UInt64) async throws {
    let world = JourneyWorld(seed: seed)
    let stories = try world.stories(segments: 1 + Int(seed % 3))
    let plain = JourneyWorld.plain(stories)
    let keys = stories.segments.flatMap { segment in
      segment.visible.joined().map { segment.customers[$0] }
    }
    let measured = try await stories.answer(JourneyFold(world.question, of: world.experience))
    for (place, number) in Self.places(of: measured, in: world.experience) {
      let found = try await stories.answer(
        JourneyCustomersFold(world.question, of: world.experience, at: place))
      #expect(found.number == number, "\(place.text)")
      let parts = NaiveJourney.parts(
        of: place, in: plain, experience: world.experience, question: world.question)
      #expect(parts.reduce(0, +) == number, "\(place.text)")
      let expected = zip(keys, parts).filter { $0.1 > 0 }.map(\.0).sorted()
      #expect(found.customers == expected, "\(place.text)")
      #expect(found.customers.count <= number)
      #expect(try JourneyPlace(AnswerRowKey(place.text)) == place)
    }
  }

  /// Every number of a map that can be asked about.
  static func places(
    of map: MeasuredJourney, in experience: Experience
  ) -> [(JourneyPlace, Int)] {
    let verdicts = map.conformance.verdicts
    var places: [(JourneyPlace, Int)] = outcomes(map.cases, start: nil)
    for start in map.starts { places += outcomes(start.cases, start: start.touchpoint) }
    places += [
      (.init(.asPlanned), verdicts.asPlanned), (.init(.skipped), verdicts.skipped),
      (.init(.extra), verdicts.extra), (.init(.outOfOrder), verdicts.outOfOrder),
      (.init(.repeated), verdicts.repeated), (.init(.late), verdicts.late),
      (.init(.wrongChannel), verdicts.wrongChannel),
    ]
    for step in map.steps {
      let index = step.index
      places += [
        (.init(.reached, step: index), step.reached), (.init(.met, step: index), step.cases),
        (.init(.droppedOff, step: index), step.dropOff), (.init(.open, step: index), step.open),
        (.init(.skipped, step: index), step.skipped), (.init(.extra, step: index), step.extra),
        (.init(.outOfOrder, step: index), step.outOfOrder),
        (.init(.repeated, step: index), step.casesRepeating),
        (.init(.late, step: index), step.late), (.init(.promised, step: index), step.promised),
        (.init(.wrongChannel, step: index), step.wrongChannel),
        (.init(.switchedChannel, step: index), step.channelSwitches),
      ]
      for (position, start) in map.starts.enumerated() {
        let name = start.touchpoint
        places += [
          (.init(.reached, step: index, start: name), step.reachedByStart[position]),
          (.init(.met, step: index, start: name), step.casesByStart[position]),
          (.init(.droppedOff, step: index, start: name), step.dropOffByStart[position]),
        ]
      }
      for passage in step.wentNext where isNamed(passage, experience) {
        places.append((.init(.next, step: index, passage: passage.name), passage.cases))
      }
    }
    for passage in map.offMap where isNamed(passage, experience) {
      places.append((.init(.passage, passage: passage.name), passage.cases))
    }
    return places
  }

  private static func outcomes(_ counts: CaseCounts, start: String?) -> [(JourneyPlace, Int)] {
    [
      (.init(.cases, start: start), counts.total),
      (.init(.completed, start: start), counts.completed),
      (.init(.ended, start: start), counts.ended),
      (.init(.abandoned, start: start), counts.abandoned),
      (.init(.open, start: start), counts.open),
    ]
  }

  /// Whether the name stands for it: an event off the map may be called as a touchpoint is.
  private static func isNamed(_ passage: Passage, _ experience: Experience) -> Bool {
    experience.touchpoint(passage.name).map { $0.title == passage.title } ?? true
  }

  @Test func `of two cases are one, who has two parts`() async throws {
    var events: [Event] = []
    for time in [0, 1, 10, 11] {
      events.append(
        Event(
          time % 10 == 0 ? "visit" : "order", at: Instant(milliseconds: Int64(time)),
          by: Identity(.user, "c")))
    }
    let experience = Experience(touchpoints: [
      Touchpoint(name: "visit", rule: .isEvent("visit")),
      Touchpoint(name: "order", rule: .isEvent("order")),
    ])
    let journey = Journey(name: "buy", starts: ["visit"], steps: [], goal: "order")
    let found = try await Stories(events).customers(
      behind: JourneyPlace(.completed), of: journey, of: experience, in: Scope())
    #expect(found == JourneyCustomers(customers: [Identity(.user, "c").key], number: 2))
  }

  @Test(arguments: [
    "figure=many", "figure=reached", "figure=cases,step=1", "figure=late,step=0",
    "figure=late,step=9999999999999999999", "figure=next,step=1", "figure=late,start=a", "step=1",
    "figure=asleep,step=1", "figure=cases,row=1",
  ])
  func `are of a number that maps have`(text: String) {
    #expect(throws: Refusal.self) { try JourneyPlace(AnswerRowKey(text)) }
  }

  @Test func `are of a step and a starting point that the journey has`() async throws {
    let stories = try Stories([
      Event("visit", at: Instant(milliseconds: 0), by: Identity(.user, "c"))
    ])
    let experience = Experience(touchpoints: [
      Touchpoint(name: "visit", rule: .isEvent("visit")),
      Touchpoint(name: "order", rule: .isEvent("order")),
    ])
    let journey = Journey(name: "buy", starts: ["visit"], steps: [], goal: "order")
    for place in [
      JourneyPlace(.reached, step: 1), JourneyPlace(.cases, start: "order"),
      JourneyPlace(.passage, passage: "never seen"),
    ] {
      await #expect(throws: Refusal.self) {
        try await stories.customers(
          behind: place, of: journey, of: experience, in: Scope())
      }
    }
  }

  @Test func `of a saved set are its members`() async throws {
    let world = JourneyWorld(seed: 5)
    let stories = try world.stories(segments: 2)
    let journey = world.question.journey
    let everybody = try await stories.customers(
      behind: JourneyPlace(.cases), of: journey, of: world.experience, in: Scope())
    try #require(everybody.customers.count > 2)
    let some = Array(everybody.customers.prefix(2))
    let scope = Scope(population: .saved(name: "some", some))
    let found = try await stories.customers(
      behind: JourneyPlace(.cases), of: journey, of: world.experience, in: scope)
    #expect(found.customers == some)
    let map = try await stories.measured(journey, of: world.experience, in: scope)
    #expect(map.cases.total == found.number)
    #expect(map.population == "some")
  }
}
