import Events
import Statistics
import Stories
import Testing

@Suite
struct `Customers in the order in which they were seen` {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `are those whose last events are the latest, each once`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let people = [1, 7, 400, 5000].randomElement(using: &dice) ?? 1
    let moments = Int64.random(in: 1...3000, using: &dice)
    let events = (0..<people).flatMap { person in
      (0..<Int.random(in: 1...3, using: &dice)).map { _ in
        Event(
          "see", at: Instant(milliseconds: .random(in: 0..<moments, using: &dice)),
          by: Identity(.user, "p\(person)"))
      }
    }
    let limit = [1, 3, 50, 1500, Int.max].randomElement(using: &dice) ?? 1
    let wanted = Dictionary(grouping: events, by: \.identity).map { identity, events in
      (identity, last: events.map(\.time).max() ?? .earliest, events: events.count)
    }
    .sorted { ($1.last, $0.0.key) < ($0.last, $1.0.key) }.prefix(limit)

    let found = try Stories(events).customers(limit: limit)

    #expect(found.map(\.identity) == wanted.map(\.0.description))
    #expect(found.map(\.last) == wanted.map(\.last))
    #expect(found.map(\.events) == wanted.map(\.events))
  }
}
