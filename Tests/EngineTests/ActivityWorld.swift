import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

/// Random customers around a day on which the clock is changed in Berlin, in several segments.
struct ActivityWorld {
  var random: RandomWorld
  let stories: Stories
  let context: QuestionContext
  /// The first moment that an event may have.
  let origin: Instant
  /// Hours over which events are spread.
  let hours: Int

  init(seed: UInt64, customers: Int = 14, each: Int = 12) throws {
    random = RandomWorld(seed: seed &* 31 &+ 5)
    // A few days before the last Sunday of March or of October 2026.
    let text = random.random.chance(0.5) ? "2026-03-26T00:00:00Z" : "2026-10-22T00:00:00Z"
    origin = try #require(Instant(iso8601: text))
    hours = random.pick([6 * 24, 30 * 24, 120 * 24])
    var parts: [[Event]] = [[], []]
    for customer in 0..<customers {
      for _ in 0..<(1 + random.random.below(each)) {
        var properties: [String: PropertyValue] = [:]
        if random.random.chance(0.7) { properties["p"] = random.property() }
        if random.random.chance(0.6) {
          properties["number"] = .number(Double(random.random.below(4)))
        }
        // Half hours, so that there are ties, and boundaries are met exactly.
        let offset = Int64(random.random.below(2 * hours)) * 1_800_000
        parts[customer % 2].append(
          Event(
            random.pick(["a", "b", "c"]), at: origin + TimeSpan(milliseconds: offset),
            by: Identity(.user, "c\(customer)"), properties: properties))
      }
    }
    var names = EventNames()
    var segments: [StorySegment] = []
    for events in parts {
      segments.append(try StorySegment(sorting: try Batch(events, names: &names)))
    }
    stories = Stories(names: names, segments: segments)
    context = try QuestionContext(Experience(timezone: "Europe/Berlin"))
  }

  /// The stories as plain events.
  var plain: [[Event]] { stories.plain.map(\.events) }

  /// Any events, those of one name, or those that also have a property.
  mutating func selector() -> EventSelector {
    switch random.random.below(3) {
    case 0: .any
    case 1: EventSelector(random.pick(["a", "b"]))
    default:
      EventSelector(
        "with p", rule: .binary(.and, .isEvent("a"), .has(.property("p"))))
    }
  }

  /// Often the whole of time, else a part of it that may begin and end anywhere.
  mutating func scope() -> Scope {
    guard random.random.chance(0.5) else { return Scope() }
    let from = random.random.below(hours)
    let to = from + 1 + random.random.below(hours)
    return Scope(
      from: random.random.chance(0.7)
        ? origin + TimeSpan(milliseconds: Int64(from) * 3_600_000) : nil,
      to: random.random.chance(0.7)
        ? origin + TimeSpan(milliseconds: Int64(to) * 3_600_000) : nil)
  }

  /// An interval that makes neither too many nor only one.
  mutating func interval() -> CalendarInterval {
    random.pick(hours < 200 ? [.hour, .day, .week] : [.day, .week, .month, .quarter])
  }
}

extension Question {
  /// Asks one question through the whole machinery.
  func answered(_ stories: Stories, in context: QuestionContext) async throws -> Answer {
    let answers = try await Stories.ask([self], in: context) { _ in stories }
    return try #require(answers.first).answer
  }

  /// Expects that it reads back as it was written.
  func expectToRead(in context: QuestionContext) throws {
    #expect(try Question.read(json, file: "question.json", in: context) == [self])
  }

  /// Expects as many customers behind each row of the answer's table as its first figure says, but
  /// for rows that count some customers more than once.
  func expectCustomers(
    of stories: Stories, in context: QuestionContext,
    but: ([String: String]) -> Bool = { _ in false }
  ) async throws {
    let table = try await answered(stories, in: context).subject.table
    let keys = table.columns.prefix { $0.measure == .key }.map(\.name)
    for row in table.rows {
      var values: [String: String] = [:]
      for (name, cell) in zip(keys, row) {
        if case .text(let text) = cell { values[name] = text }
      }
      guard !but(values), case .count(let count) = row[keys.count] else { continue }
      let customers = try await Stories.customers(
        behind: AnswerRowKey(values), of: self, in: context
      ) { _ in stories }
      #expect(customers.count == count, "\(values)")
    }
  }
}
