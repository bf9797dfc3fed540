import Events
import Experience
import Statistics
import Stories

@testable import Engine

/// Random customers with touches and conversions, and a random question about them.
struct AttributionWorld {
  var question: AttributionQuestion
  var touchpoints: [Touchpoint]
  var events: [Event] = []

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed &* 104_729 &+ 3)
    touchpoints = Self.touchpoints(&random)
    question = Self.question(&random)
    let span = [30, 300, 3000][random.below(3)]
    for customer in 0..<(1 + random.below(10)) {
      for _ in 0..<random.below(50) { events.append(Self.event(&random, customer, span)) }
    }
    events.shuffle(using: &random)
  }

  private static func event(_ random: inout SeededGenerator, _ customer: Int, _ span: Int) -> Event
  {
    let name = ["ad", "mail", "visit", "visit", "search", "buy", "x", "$z"][random.below(8)]
    var properties: [String: PropertyValue] = [:]
    switch random.below(8) {
    case 0: break
    case 1: properties["channel"] = .string("direct")
    default: properties["channel"] = .string(["web", "app", "store"][random.below(3)])
    }
    switch random.below(4) {
    case 0: properties["mixed"] = .number(Double(random.below(3)))
    case 1: properties["mixed"] = .string("m\(random.below(3))")
    case 2: properties["mixed"] = .boolean(true)
    default: break
    }
    if random.chance(0.8) { properties["value"] = .number(Double(random.below(9_000)) / 100) }
    return Event(
      name, at: Instant(milliseconds: Int64(random.below(span))),
      by: Identity(.user, "c\(customer)"), properties: properties)
  }

  private static func touchpoints(_ random: inout SeededGenerator) -> [Touchpoint] {
    let costs = random.chance(0.5)
    return [("ad", "ad"), ("letter", "mail"), ("search", "search"), ("checkout", "buy")].map {
      Touchpoint(
        name: $0, rule: .isEvent($1),
        cost: costs && random.chance(0.7) ? Double(random.below(40)) / 8 : nil)
    }
  }

  private static func question(_ random: inout SeededGenerator) -> AttributionQuestion {
    let richer = Expression.binary(.greater, .property("value"), .number(20))
    var question = AttributionQuestion(
      conversion: random.chance(0.5)
        ? EventSelector("buy")
        : EventSelector("good buy", rule: .binary(.and, .isEvent("buy"), richer)))
    if random.chance(0.8) { question.value = NumberSelector(.property("value")) }
    switch random.below(4) {
    case 0: break
    case 1: question.touches = ["ad", "mail", "visit", "search"].map { EventSelector($0) }
    case 2:
      question.touches = [
        EventSelector("ad"),
        EventSelector("rich visit", rule: .binary(.and, .isEvent("visit"), richer)),
      ]
    default: question.touches = [.any]
    }
    question.by =
      [.property("channel"), .property("channel"), .property("mixed"), .event, .touchpoint][
        random.below(5)]
    question.models = AttributionQuestion.Model.allCases
    question.lookback =
      random.chance(0.2) ? nil : TimeSpan(milliseconds: Int64(1 + random.below(200)))
    question.halfLife = TimeSpan(milliseconds: Int64(1 + random.below(40)))
    question.direct = random.chance(0.8) ? ["direct"] : ["web", "ad"]
    question.order = 1 + random.below(4)
    question.resamples = 0
    if random.chance(0.4) { question.scope.from = Instant(milliseconds: Int64(random.below(40))) }
    if random.chance(0.4) {
      question.scope.to = Instant(milliseconds: 50 + Int64(random.below(200)))
    }
    if random.chance(0.3) {
      question.scope.population = .condition(
        name: "met x", .binary(.greater, .count(event: "x", within: nil), .number(0)))
    }
    return question
  }

  var fold: AttributionFold { AttributionFold(question: question, touchpoints: touchpoints) }

  /// The stories, their customers spread over that many segments.
  func stories(segments: Int = 1) throws -> Stories {
    var names = EventNames()
    var parts: [StorySegment] = []
    for part in 0..<segments {
      let events = events.filter { $0.identity.key % UInt64(segments) == UInt64(part) }
      parts.append(try StorySegment(sorting: Batch(events, names: &names)))
    }
    return Stories(names: names, segments: parts)
  }
}
