import Events
import Experience
import Statistics
import Stories

@testable import Engine

/// A random experience with a journey, customers who walk it more or less, and a question.
struct JourneyWorld {
  var experience: Experience
  var question: JourneyQuestion
  var events: [Event] = []

  /// Makes a world; with a spread, a unit of its time is that many milliseconds.
  init(seed: UInt64, spread: Int64 = 1) {
    var random = SeededGenerator(seed: seed &* 7919 &+ 11)
    experience = Self.experience(&random)
    question = Self.question(&random, experience)
    let customers = 1 + random.below(12)
    let span = [20, 200, 2000][random.below(3)]
    for customer in 0..<customers {
      for _ in 0..<random.below(40) { events.append(Self.event(&random, customer, span)) }
    }
    events.shuffle(using: &random)
    guard spread > 1 else { return }
    for index in events.indices { events[index].time.milliseconds *= spread }
    question.journey.window.milliseconds *= spread
    question.from?.milliseconds *= spread
  }

  static let names = ["a", "b", "c", "d", "e", "f", "g", "x", "y", "$z"]

  private static func event(_ random: inout SeededGenerator, _ customer: Int, _ span: Int) -> Event
  {
    var properties: [String: PropertyValue] = [:]
    if random.chance(0.6) {
      properties["channel"] = .string(["web", "app", "store", "unknown"][random.below(4)])
    }
    if random.chance(0.5) { properties["n"] = .number(Double(random.below(6))) }
    if random.chance(0.3) { properties["money"] = .number(Double(random.below(10_000)) / 100) }
    switch random.below(5) {
    case 0: properties["order"] = .string("o\(random.below(3))")
    case 1: properties["order"] = .number(Double(random.below(2)))
    case 2: properties["order"] = .boolean(true)
    default: break
    }
    if random.chance(0.15) { return answer(&random, customer, span, properties) }
    return Event(
      names[random.below(names.count)], at: Instant(milliseconds: Int64(random.below(span))),
      by: Identity(.user, "c\(customer)"), properties: properties)
  }

  /// An answer of a survey, some of which are unknown, off the scale, or of a moment that is none.
  private static func answer(
    _ random: inout SeededGenerator, _ customer: Int, _ span: Int,
    _ others: [String: PropertyValue]
  ) -> Event {
    var properties = others
    properties[SurveyEvent.survey] = .string("s\(random.below(4))")
    properties[SurveyEvent.score] =
      random.chance(0.1) ? .number(2.5) : .number(Double(random.below(12)))
    if random.chance(0.6) {
      let moment = Instant(milliseconds: Int64(random.below(span)))
      properties[SurveyEvent.occasion] = .string(random.chance(0.1) ? "lately" : "\(moment)")
    }
    return Event(
      SurveyEvent.answered, at: Instant(milliseconds: Int64(random.below(span))),
      by: Identity(.user, "c\(customer)"), properties: properties)
  }

  private static func surveys(_ random: inout SeededGenerator) -> [Survey] {
    (0..<random.below(4)).map { number in
      Survey(
        name: "s\(number)", kind: [.csat, .nps, .rating, .text][random.below(4)], ask: Wording("?"),
        scale: [1...5, 0...10, 1...7][random.below(3)],
        direction: random.chance(0.5) ? .higher : .lower,
        about: random.chance(0.9) ? ["a", "b", "c", "d", "e", "g"][random.below(6)] : nil,
        wait: TimeSpan(milliseconds: Int64(random.below(10))),
        expires: TimeSpan(milliseconds: Int64(random.below(40))))
    }
  }

  private static func experience(_ random: inout SeededGenerator) -> Experience {
    let touchpoints = ["a", "b", "c", "d", "e", "f", "g"].map { name in
      var rule = Expression.isEvent(name)
      if random.chance(0.2) {
        rule = .binary(
          .and, rule,
          .binary(.greater, .property("n"), .number(Double(random.below(4)))))
      } else if random.chance(0.15) {
        rule = .isOneOf(.event, [.string(name), .string(names[random.below(names.count)])])
      }
      return Touchpoint(
        name: name, channels: [[], ["web"], ["web", "app"], []][random.below(4)], rule: rule,
        cost: random.chance(0.3) ? Double(random.below(100)) / 8 : nil,
        value: random.chance(0.3) ? .property("money") : nil,
        score: random.chance(0.3) ? .property("n") : nil,
        expects: random.chance(0.3)
          ? .init(
            within: TimeSpan(milliseconds: Int64(random.below(20))),
            of: random.chance(0.6) ? ["a", "b", "c", "g"][random.below(4)] : nil) : nil,
        feeling: random.chance(0.5) ? 4 : nil)
    }
    return Experience(
      touchpoints: touchpoints.shuffled(using: &random), surveys: surveys(&random))
  }

  private static func question(
    _ random: inout SeededGenerator, _ experience: Experience
  ) -> JourneyQuestion {
    var pool = ["a", "b", "c", "d", "e", "f"].shuffled(using: &random)
    let goal = pool.removeLast()
    var starts = Array(pool.prefix(1 + random.below(3)))
    if random.chance(0.5) { pool.removeFirst(min(starts.count, pool.count - 1)) }
    starts.shuffle(using: &random)
    let ends = pool.filter { _ in random.chance(0.15) }
    var steps = pool.shuffled(using: &random).prefix(1 + random.below(4)).map(Step.touchpoint)
    for _ in 0..<random.below(4) { steps = wrapped(steps, &random) }
    if random.chance(0.3) { steps.insert(.touchpoint(goal), at: random.below(steps.count + 1)) }
    var journey = Journey(
      name: "walk", starts: starts, steps: steps, goal: goal, ends: ends,
      window: TimeSpan(milliseconds: Int64([5, 30, 300][random.below(3)])))
    journey.again =
      [.once, .afterEnd, .afterEnd, .after(TimeSpan(milliseconds: 40))][random.below(4)]
    if random.chance(0.25) { journey.caseKey = "order" }
    if random.chance(0.3) {
      journey.audience = .binary(
        .lessOrEqual, .count(event: "x", within: TimeSpan(milliseconds: 100)), .number(1))
    }
    journey.targets = [
      Target(.completion, .atLeast, 0.3), Target(.medianTime, .atMost, 10),
      Target(.p90Time, .atMost, 20), Target(.fitness, .atLeast, 0.5),
      Target(.feeling, .atLeast, 3), Target(.cost, .atMost, 5), Target(.value, .atLeast, 10),
    ]
    var question = JourneyQuestion(journey)
    if random.chance(0.4) { question.from = Instant(milliseconds: Int64(random.below(30))) }
    if random.chance(0.4) { question.to = Instant(milliseconds: 10 + Int64(random.below(200))) }
    if random.chance(0.3) {
      question.population = .condition(
        name: "met y", .binary(.greater, .count(event: "y", within: nil), .number(0)))
    }
    if random.chance(0.3) { question.now = Instant(milliseconds: Int64(random.below(300))) }
    return question
  }

  /// The steps with one run of them made a choice, parallel, optional, repeated or a sequence.
  static func wrapped(_ steps: [Step], _ random: inout SeededGenerator) -> [Step] {
    let first = random.below(steps.count)
    let last = first + random.below(steps.count - first)
    let parts = Array(steps[first...last])
    let part: Step =
      switch random.below(5) {
      case 0: .any(parts)
      case 1: .all(parts)
      case 2: .optional(parts.count == 1 ? parts[0] : .sequence(parts))
      case 3: .repeated(parts.count == 1 ? parts[0] : .any(parts))
      default: .repeated(.sequence(parts))
      }
    return Array(steps[..<first]) + [part] + Array(steps[(last + 1)...])
  }

  /// The stories, their customers spread over that many segments.
  func stories(segments: Int) throws -> Stories {
    var names = EventNames()
    var parts: [StorySegment] = []
    for part in 0..<segments {
      let events = events.filter { $0.identity.key % UInt64(segments) == UInt64(part) }
      parts.append(try StorySegment(sorting: Batch(events, names: &names)))
    }
    return Stories(names: names, segments: parts)
  }

  /// The same as plain events.
  static func plain(_ stories: Stories) -> [[Event]] {
    stories.segments.flatMap { segment in
      segment.visible.joined().map { customer in
        segment.rows(of: customer).map {
          segment.event(row: $0, customer: customer, names: stories.names)
        }
      }
    }
  }
}
