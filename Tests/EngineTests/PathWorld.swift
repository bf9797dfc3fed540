import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

/// Random customers in one to three segments, some hidden, and what the questions about ways share.
struct PathWorld {
  var world: RandomWorld
  let stories: Stories
  let context: QuestionContext
  /// The stories as plain events.
  let plain: [[Event]]

  private static let touchpoints = [
    Touchpoint(name: "first", rule: .isEvent("b")),
    Touchpoint(
      name: "second", rule: .isOneOf(.event, [.string("a"), .string("b"), .string("c")])),
    Touchpoint(
      name: "third",
      rule: .binary(.and, .isEvent("d"), .binary(.greater, .property("number"), .number(1)))),
  ]

  init(seed: UInt64, customers: Int = 20, each: Int = 12) throws {
    world = RandomWorld(seed: seed)
    context = try QuestionContext(Experience(touchpoints: Self.touchpoints))
    let events = world.events(customers: customers, each: each).shuffled(using: &world.random)
    var names = EventNames()
    var segments: [StorySegment] = []
    let parts = UInt64(1 + world.random.below(3))
    for part in 0..<parts {
      let own = events.filter { $0.identity.key % parts == part }
      segments.append(try StorySegment(sorting: Batch(own, names: &names)))
    }
    if segments[0].customers.count > 3 { segments[0] = segments[0].hiding([1]) }
    stories = Stories(names: names, segments: segments)
    plain = stories.plain.map(\.events)
  }

  mutating func naming() -> Naming { world.pick([.event, .event, .touchpoint, .property("p")]) }

  mutating func only() -> [EventSelector] {
    switch world.random.below(4) {
    case 0: [EventSelector("a"), EventSelector("b")]
    case 1:
      [EventSelector("c"), EventSelector("with q", rule: .has(.property("q")))]
    default: []
    }
  }

  mutating func scope() -> Scope {
    guard world.random.chance(0.5) else { return Scope() }
    let from =
      world.random.chance(0.7) ? Instant(milliseconds: Int64(world.random.below(25)) * 10) : nil
    let to =
      world.random.chance(0.7)
      ? Instant(milliseconds: 250 + Int64(world.random.below(15)) * 10) : nil
    return Scope(from: from, to: to)
  }

  mutating func selector() -> EventSelector {
    world.random.chance(0.7)
      ? EventSelector(world.pick(RandomWorld.names))
      : EventSelector("numbered", rule: .binary(.greater, .property("number"), .number(2)))
  }

  /// What an event is called, from the definition.
  func name(_ naming: Naming, _ only: [EventSelector]) -> (Event) -> String? {
    { event in
      let rules = NaiveRules(event)
      guard only.isEmpty || only.contains(where: { rules.holds($0.rule) }) else { return nil }
      switch naming {
      case .event: return event.name
      case .touchpoint: return rules.touchpoint(Self.touchpoints).map { Self.touchpoints[$0].name }
      case .property(let name):
        switch event.properties[name] {
        case .string(let text): return text
        case .number(let number): return "\(Int(number))"
        case .boolean(let boolean): return "\(boolean)"
        case nil: return nil
        }
      }
    }
  }

  func ask(_ question: Question) async throws -> Answer {
    try await #require(Stories.ask([question], in: context) { _ in stories }.first).answer
  }

  /// Reads back what is written, and finds as many customers behind each row as it counts.
  func check(_ question: Question, _ answer: Answer, tracing: Bool = true) async throws {
    let read = try Question.read(try question.json, file: "q", in: context)
    #expect(read == [question])
    guard tracing else { return }
    let table = answer.subject.table
    for row in table.rows.prefix(12) {
      var values: [String: String] = [:]
      for (column, cell) in zip(table.columns, row) where column.measure == .key {
        if case .text(let text) = cell { values[column.name] = text }
      }
      let keys = try await Stories.customers(
        behind: AnswerRowKey(values), of: question, in: context
      ) { _ in stories }
      #expect(.count(keys.count) == row[values.count], "\(values)")
    }
  }
}

extension Scope {
  /// The range for a naive twin.
  var instants: Range<Instant>? {
    guard from != nil || to != nil else { return nil }
    return (from ?? Instant(milliseconds: -1))..<(to ?? Instant(milliseconds: 100_000))
  }
}
