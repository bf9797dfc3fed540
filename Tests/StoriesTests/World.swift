import Statistics
import Events
import Stories

/// One event as plain values: what the fast columns are compared with.
struct PlainRow: Equatable, Comparable {
  var customer: UInt64
  var time: Int64
  var arrival: UInt32
  var message: UInt64
  var own: Identity
  var code: UInt16
  var properties: [String: PropertyValue]

  static func < (left: Self, right: Self) -> Bool {
    (left.customer, left.time, left.arrival, left.message)
      < (right.customer, right.time, right.arrival, right.message)
  }
}

/// Random events: ties in time, repeats, properties of several kinds, some of them rare.
struct World {
  var events: [Event]
  var names = EventNames()

  init(seed: UInt64, count: Int? = nil) {
    var dice = SeededGenerator(seed: seed)
    let count = count ?? Int.random(in: 0...80, using: &dice)
    let people = Int.random(in: 1...12, using: &dice)
    let moments = Int64.random(in: 1...40, using: &dice)
    events = []
    for _ in 0..<count {
      if let again = events.randomElement(using: &dice), Int.random(in: 0..<5, using: &dice) == 0 {
        events.append(again)
        continue
      }
      events.append(Self.event(people: people, moments: moments, &dice))
    }
  }

  private static func event(people: Int, moments: Int64, _ dice: inout SeededGenerator) -> Event {
    let person = Int.random(in: 0..<people, using: &dice)
    var properties: [String: PropertyValue] = [:]
    let chances: [(String, Int)] = [("a", 1), ("é", 2), ("rare", 30), ("b", 3)]
    for (name, chance) in chances where Int.random(in: 0..<chance, using: &dice) == 0 {
      properties[name] =
        switch Int.random(in: 0..<3, using: &dice) {
        case 0: .string(String(repeating: "ü", count: .random(in: 0...6, using: &dice)) + name)
        case 1: .number(Double(Int.random(in: -3...3, using: &dice)))
        default: .boolean(.random(using: &dice))
        }
    }
    return Event(
      ["see", "buy", "ask"].randomElement(using: &dice) ?? "see",
      at: Instant(milliseconds: .random(in: 0..<moments, using: &dice)),
      by: Identity(
        person.isMultiple(of: 3) ? .anonymous : .user,
        "p\(person)" + String(repeating: "-", count: person * 3)),
      messageID: Int.random(in: 0..<4, using: &dice) == 0
        ? "m\(Int.random(in: 0..<30, using: &dice))" : nil,
      properties: properties)
  }

  /// The events as columns.
  mutating func batch() throws -> Batch { try Batch(events, names: &names) }

  /// The events sorted, in runs of random length, with arrivals from a number on.
  mutating func segments(seed: UInt64, firstArrival: UInt32 = 0) throws -> [StorySegment] {
    var dice = SeededGenerator(seed: seed)
    var segments: [StorySegment] = []
    var start = 0
    while start < events.count {
      let end = min(events.count, start + .random(in: 1...20, using: &dice))
      let batch = try Batch(events[start..<end], names: &names)
      segments.append(
        try StorySegment(sorting: batch, firstArrival: firstArrival + UInt32(start)))
      start = end
    }
    return segments
  }

  /// The events as plain rows, sorted, with the messages of their batch.
  mutating func plainRows(firstArrival: UInt32 = 0) throws -> [PlainRow] {
    let batch = try batch()
    return events.enumerated().map { row, event in
      PlainRow(
        customer: event.identity.key, time: event.time.milliseconds,
        arrival: firstArrival + UInt32(row), message: batch.messages[row], own: event.identity,
        code: batch.codes[row], properties: event.properties)
    }.sorted()
  }
}

extension StorySegment {
  /// The events of the visible customers as plain values, in the order of the segment.
  var plainRows: [PlainRow] {
    visible.joined().flatMap { customer in
      rows(of: customer).map { row in
        var values: [String: PropertyValue] = [:]
        for column in properties {
          values[column.name] = column.value(at: row) ?? values[column.name]
        }
        let own = ownKey(row: row, customer: customer)
        return PlainRow(
          customer: customers[customer], time: times[row], arrival: arrivals[row],
          message: messages[row], own: identities.identity(of: own) ?? Identity(.user, "?"),
          code: codes[row], properties: values)
      }
    }
  }
}

extension [StorySegment] {
  /// Merges in some shards of the space of keys, and puts the rows one after the other.
  func merged(
    staged: [StorySegment] = [], dropping: [RowSet] = [], shards: UInt64 = 1
  ) throws -> (rows: [PlainRow], segments: [StorySegment], repeated: Int) {
    var segments: [StorySegment] = []
    var repeated = 0
    let width = UInt64.max / shards
    for shard in 0..<shards {
      let last = shard + 1 == shards ? UInt64.max : (shard + 1) * width - 1
      let merged = try StorySegment.merging(
        taken: self, staged: staged, dropping: dropping, keys: (shard * width)...last)
      segments.append(merged.segment)
      repeated += merged.repeated
    }
    return (segments.flatMap(\.plainRows), segments, repeated)
  }
}
