import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

/// Random customers in several segments, some hidden, with a journey and segments to divide by.
struct BreakdownWorld {
  var random: RandomWorld
  let stories: Stories
  let context: QuestionContext
  /// The keys of visible customers with their stories.
  let plain: [(key: UInt64, events: [Event])]

  private static let experience = """
    experience: Trial
    timezone: Europe/Berlin
    touchpoints:
      visit: {stage: awareness, on: a, cost: 0.5}
      basket: {stage: purchase, on: b}
      order: {stage: purchase, on: c}
      help: {stage: service, on: d}
    segments:
      buyers: 'count("c") >= 2'
      helped: 'count("d") > 0'
    journeys:
      buying:
        starts: [visit]
        steps: [basket, {optional: help}]
        goal: order
        window: 5d
    """

  /// One of each kind that is divided by its stories, shown whole.
  static let questions = [
    "flow, start: a, entry: every, most: 100", "flow, start: b, end: c, window: 3d, most: 100",
    "graph", "graph, repeats: collapsed, by: touchpoint",
    "variants, length: 3, limit: 1000, goal: c, score: number",
    "lifecycle, interval: day", "lifecycle, event: a, interval: week",
    "stickiness, interval: day, period: week", "stickiness, event: b",
    "frequency, event: b, zero: counted", "recency, interval: day", "recency, event: a",
    "attribution, conversion: c, by: p, lookback: 3d, models: [first, linear, timeDecay]",
    "conformance, journey: buying, interval: week, segments: [buyers]",
    "bottlenecks, journey: buying", "rework, limit: 1000", "segments, interval: week",
    "scores, metric: mean, scale: [0, 4], event: [a, b], score: number, asked: d",
    "scores, metric: top_box, event: any, score: number, by: event, interval: week, count: latest",
    "drivers, event: a, outcome: number, drivers: {name: b, fact: 'count(\"b\")'}",
    "words, event: [a, b], text: city, score: number",
  ]

  init(seed: UInt64, customers: Int = 24, each: Int = 14) throws {
    random = RandomWorld(seed: seed &* 977 &+ 3)
    let (experience, diagnostics) = ExperienceLoader.load(text: Self.experience, file: "trial")
    try #require(diagnostics.allSatisfy { $0.severity != .error })
    context = try QuestionContext(experience)
    // Around the day on which the clock is put forward in Berlin, by the half hour: there are ties.
    let origin = try #require(Instant(iso8601: "2026-03-20T00:00:00Z"))
    var parts: [[Event]] = [[], [], []]
    for customer in 0..<customers {
      for _ in 0..<(1 + random.random.below(each)) {
        var properties: [String: PropertyValue] = [:]
        if random.random.chance(0.3) { properties["p"] = random.property() }
        if random.random.chance(0.4) { properties["city"] = .string(random.pick(["x", "y", "z"])) }
        if random.random.chance(0.5) {
          properties["number"] = .number(Double(random.random.below(5)))
        }
        let offset = Int64(random.random.below(48 * 15)) * 1_800_000
        parts[customer % 3].append(
          Event(
            random.pick(["a", "a", "b", "c", "d"]), at: origin + TimeSpan(milliseconds: offset),
            by: Identity(.user, "c\(customer)"), properties: properties))
      }
    }
    var names = EventNames()
    var segments: [StorySegment] = []
    for events in parts {
      segments.append(try StorySegment(sorting: Batch(events, names: &names)))
    }
    if segments[0].customers.count > 3 { segments[0] = segments[0].hiding([1]) }
    stories = Stories(names: names, segments: segments)
    plain = segments.flatMap { segment in
      segment.visible.joined().map { customer in
        (
          key: segment.customers[customer],
          events: segment.rows(of: customer).map {
            segment.event(row: $0, customer: customer, names: names)
          }
        )
      }
    }
  }

  /// The whole of time, or a part of it.
  mutating func range() -> String {
    guard random.random.chance(0.6) else { return "" }
    let day = 21 + random.random.below(6)
    return ", from: 2026-03-\(day)"
      + (random.random.chance(0.5) ? ", to: 2026-03-\(day + 1 + random.random.below(3))" : "")
  }

  mutating func breakdown() -> StoryBreakdown {
    switch random.random.below(6) {
    case 0:
      StoryBreakdown(of: [
        .condition(name: "many", .binary(.greater, .count(event: "a", within: nil), .number(2))),
        .condition(name: "some", .binary(.greater, .count(event: "b", within: nil), .number(0))),
        .saved(name: "picked", plain.filter { $0.key % 3 == 0 }.map(\.key).sorted()),
      ])
    case 1: StoryBreakdown("city", at: .last)
    case 2: StoryBreakdown("city")
    default:
      StoryBreakdown(
        "p", at: random.pick([.first, .last]), values: 1 + random.random.below(5))
    }
  }

  func question(_ text: String) throws -> Question {
    try #require(Question.read("{question: \(text)}", file: "q", in: context).first)
  }

  func ask(_ question: Question, of stories: Stories? = nil) async throws -> Answered {
    let asked = stories ?? self.stories
    return try await #require(Stories.ask([question], in: context) { _ in asked }.first)
  }

  /// The same stories with some customers alone; how far all reach is known as before.
  func stories(of keys: Set<UInt64>) -> Stories {
    var segments = stories.segments
    for index in segments.indices {
      var visible = PositionRanges()
      for customer in segments[index].visible.joined()
      where keys.contains(segments[index].customers[customer]) { visible.append(customer) }
      segments[index].visible = visible.ranges
    }
    let part = Stories(names: stories.names, segments: segments, watermark: stories.watermark)
    _ = part.shelf.take("span") { stories.span }
    return part
  }
}

/// The twin of a breakdown: each story's value from the definition.
enum NaiveBreakdown {
  /// A value with the customers who have it.
  struct Group: Equatable {
    var name: String
    var isValue: Bool
    var keys: Set<UInt64>
  }

  static func groups(
    _ breakdown: StoryBreakdown, _ scope: Scope, _ stories: [(key: UInt64, events: [Event])]
  ) -> [Group] {
    var members: [String: Set<UInt64>] = [:]
    var none: Set<UInt64> = []
    let latest = stories.compactMap(\.events.last?.time).max()
    for story in stories {
      if let value = value(breakdown, scope, story, until: latest) {
        members[value, default: []].insert(story.key)
      } else {
        none.insert(story.key)
      }
    }
    var groups: [Group] = []
    var others: Set<UInt64> = []
    switch breakdown.subject {
    case .populations(let populations):
      for population in populations {
        if let keys = members[population.name] {
          groups.append(Group(name: population.name, isValue: true, keys: keys))
        }
      }
    case .property:
      let ranked = members.sorted {
        ($1.value.count, $0.key) < ($0.value.count, $1.key)
      }
      groups = ranked.prefix(breakdown.values).map {
        Group(name: $0.key, isValue: true, keys: $0.value)
      }
      others = ranked.dropFirst(breakdown.values).reduce(into: []) { $0.formUnion($1.value) }
    }
    if !others.isEmpty { groups.append(Group(name: "(others)", isValue: false, keys: others)) }
    if !none.isEmpty { groups.append(Group(name: "(none)", isValue: false, keys: none)) }
    return groups
  }

  private static func value(
    _ breakdown: StoryBreakdown, _ scope: Scope, _ story: (key: UInt64, events: [Event]),
    until latest: Instant?
  ) -> String? {
    let before = story.events.filter { event in scope.to.map { event.time < $0 } ?? true }
    switch breakdown.subject {
    case .property(let name, .last):
      return before.compactMap { $0.properties[name]?.shown }.last
    case .property(let name, .first):
      let inRange = before.filter { event in scope.from.map { event.time >= $0 } ?? true }
      return inRange.compactMap { $0.properties[name]?.shown }.first
    case .populations(let populations):
      let moment = scope.to ?? latest.map { $0 + TimeSpan(milliseconds: 1) }
      return populations.first { population in
        switch population {
        case .saved(_, let keys): keys.contains(story.key)
        case .condition(_, let rule):
          NaiveRules(story.events, at: before.count, time: moment).holds(rule)
        }
      }?.name
    }
  }
}
