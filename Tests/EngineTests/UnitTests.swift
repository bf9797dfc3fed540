import Events
import Experience
import Stories
import Testing

@testable import Engine

@Suite
struct `Units` {
  /// What each story holds, told apart by identity, time and name.
  private func told(_ stories: [[Event]]) -> [[String]] {
    stories.map { $0.map(told) }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func told(_ event: Event) -> String {
    let properties = event.properties.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return "\(event.identity) \(event.time) \(event.name) \(properties)"
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `cut stories into sessions as a naive recount does`(seed: UInt64) async throws {
    let stories = try JourneyWorld(seed: seed).stories(segments: 1 + Int(seed % 3))
    let gap = Int64(1 + seed % 40)
    let read = try await stories.regrouped(
      by: .session(gap: TimeSpan(milliseconds: gap)), in: try QuestionContext())
    var sessions: [[Event]] = []
    for story in JourneyWorld.plain(stories) {
      for (position, event) in story.enumerated() {
        if position == 0 || (event.time - story[position - 1].time).milliseconds > gap {
          sessions.append([])
        }
        sessions[sessions.count - 1].append(event)
      }
    }
    #expect(told(JourneyWorld.plain(read.stories)) == told(sessions))
    #expect(read.stories.watermark == stories.watermark)
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `put the stories of an account's people into one`(seed: UInt64) async throws {
    let stories = try JourneyWorld(seed: seed).stories(segments: 1 + Int(seed % 3))
    let plain = JourneyWorld.plain(stories)
    guard plain.joined().contains(where: { $0.properties["order"] != nil }) else { return }
    let read = try await stories.regrouped(by: .account(property: "order"), in: QuestionContext())
    var accounts: [PropertyValue: [Event]] = [:]
    var without = 0
    for story in plain {
      guard let value = story.last(where: { $0.properties["order"] != nil })?.properties["order"]
      else {
        without += 1
        continue
      }
      accounts[value, default: []] += story
    }
    let found = JourneyWorld.plain(read.stories)
    #expect(found.count == accounts.count)
    #expect(told(found.map(sorted)) == told(accounts.values.map { sorted($0) }))
    #expect(found.allSatisfy { $0.map(\.time) == $0.map(\.time).sorted() })
    #expect(read.excluded.first?.count == without)
    #expect(read.members.values.joined().count == stories.customerCount - without)
  }

  private func sorted(_ events: [Event]) -> [Event] {
    events.sorted { ($0.time, told($0)) < ($1.time, told($1)) }
  }

  @Test(arguments: 0..<120 as Range<UInt64>)
  func `give each case of a journey a story`(seed: UInt64) async throws {
    let world = JourneyWorld(seed: seed)
    let stories = try world.stories(segments: 1 + Int(seed % 3))
    var experience = world.experience
    experience.journeys = [world.question.journey]
    let read = try await stories.regrouped(
      by: .journeyCase(journey: world.question.journey.name), in: QuestionContext(experience))
    let cases = NaiveJourney.cases(
      JourneyWorld.plain(stories), experience: experience,
      question: JourneyQuestion(world.question.journey)
    ).joined().map { $0.events.map(\.event) }
    #expect(told(JourneyWorld.plain(read.stories)) == told(cases))
  }

  @Test(arguments: [
    ("case nowhere", "question.journey"), ("account nothing", "question.property"),
  ])
  func `are refused where they cannot be had`(text: String, code: String) async throws {
    let stories = try JourneyWorld(seed: 1).stories(segments: 1)
    let context = try QuestionContext()
    let question = try #require(
      try Question.read(
        "question: funnel\nsteps: [a, b]\nunit: \(text)", file: "q", in: context
      ).first)
    await #expect { try await Stories.ask([question], in: context) { _ in stories } } throws: {
      ($0 as? Refusal)?.code == code
    }
  }
}
