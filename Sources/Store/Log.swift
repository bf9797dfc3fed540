import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// What became of one event that was appended.
public enum Verdict: Sendable, Equatable {
  /// It is on the disk and in the next snapshot.
  case taken
  /// The store had it already.
  case repeated
  /// It can't be taken, for this reason.
  case refused(Refusal)
}

extension Store {
  /// How many events one `append` takes: they are one transaction.
  public static let longestAppend = 10_000
  /// How large one event is at most, in bytes of its JSON.
  public static let largestEvent = 262_144

  /// Takes events into the durable log, in one transaction.
  ///
  /// When it returns, events that were taken survive a loss of power. An event is recognised by its
  /// message id, or else by its content.
  /// - Returns: one verdict for each event, in the same order.
  /// - Throws: `events.append` where there are too many events at once; faults of the disk, and
  ///   then none was taken.
  public func append(_ events: [Event]) throws -> [Verdict] {
    guard events.count <= Self.longestAppend else {
      throw Refusal(
        "events.append", problem: "These are \(events.count) events.",
        remedy: "Append at most \(Self.longestAppend) events at a time.")
    }
    return try changing.withLock { _ in
      let (erasures, base) = try read { database in
        (try Self.erasures(database), try ManifestPart.base(database))
      }
      var verdicts = [Verdict](repeating: .repeated, count: events.count)
      var logged: [(index: Int, row: LogRow)] = []
      for (index, event) in events.enumerated() {
        do {
          logged.append((index, try LogRow(event, names: names, erasures: erasures)))
        } catch let refusal as Refusal {
          verdicts[index] = .refused(refusal)
        }
      }
      let known = try messages(among: Set(logged.map(\.row.message)), in: base)
      let new = logged.filter { !known.contains($0.row.message) }
      guard !new.isEmpty else { return verdicts }
      let first = Int(try reserveArrivals(new.count))
      try write { database in
        var hasLinks = false
        try names.current.save(database)
        for (offset, (index, row)) in new.enumerated()
        where try row.insert(at: first + offset, into: database) {
          verdicts[index] = .taken
          if let linked = row.event.linked {
            let link = LinkRow(
              row.event.identity, linked, .event, rule: "named by one event", said: row.event.time)
            if try link.insert(into: database) { hasLinks = true }
          }
        }
        try database.execute(
          sql: "UPDATE counters SET value = max(value, ?) WHERE name = 'arrival'",
          arguments: [first + new.count])
        if hasLinks { try advance("identity", in: database) }
      }
      return verdicts
    }
  }

  /// Which of those messages the base has.
  ///
  /// - Complexity: O(*events of the base*), about a nanosecond each.
  private func messages(among wanted: Set<UInt64>, in base: [ManifestPart]) throws -> Set<UInt64> {
    guard !wanted.isEmpty else { return [] }
    var found: Set<UInt64> = []
    // A filter of 64 Ki bits lets nearly all rows pass without a look into the set.
    var filter = [UInt64](repeating: 0, count: 1024)
    for message in wanted { filter[Int(message >> 6 & 1023)] |= 1 << (message & 63) }
    for part in base {
      for message in try parts.part(part, in: folder).segment.messages
      where filter[Int(message >> 6 & 1023)] >> (message & 63) & 1 == 1 && wanted.contains(message)
      {
        found.insert(message)
      }
    }
    return found
  }
}

/// An event on its way into the log.
struct LogRow {
  let event: Event
  let message: UInt64
  let json: Data

  /// Checks an event.
  init(
    _ event: Event, names: SharedEventNames, erasures: [UInt64: Int64]
  ) throws {
    try Store.check(event.identity)
    var event = event
    if let linked = event.linked {
      try Store.check(event.identity, linked)
      // The other customer's event is welcome; the name of the erased one in it is not.
      if event.time.milliseconds <= erasures[linked.key] ?? .min { event.linked = nil }
    }
    self.event = event
    guard event.time >= .earliest, event.time < .tooLate else {
      throw Refusal(
        "events.time", problem: "The event happened at \(event.time).",
        remedy: "Send a time from \(Instant.earliest) up to \(Instant.tooLate).")
    }
    guard !event.name.isEmpty else {
      throw Refusal("events.name", problem: "The event has no name.", remedy: "Name what happened.")
    }
    if let erased = erasures[event.identity.key], event.time.milliseconds <= erased {
      throw Refusal(
        "events.erased", problem: "The customer was erased after this event.",
        remedy: "Leave it out; events after the erasure are welcome.")
    }
    if let property = event.properties.first(where: { !$0.value.isFinite }) {
      throw Refusal(
        "events.number", problem: "The property “\(property.key)” is not a finite number.",
        remedy: "Leave the property out, or send a number.")
    }
    json = try LoggedEvent(event).encoded()
    guard json.count <= Store.largestEvent else {
      throw Refusal(
        "events.size", problem: "The event has \(json.count) bytes.",
        remedy: "Send at most \(Store.largestEvent) bytes an event.")
    }
    var scratch = EventNames()
    message = try Batch(CollectionOfOne(event), names: &scratch).messages[0]
    guard names.code(of: event.name) != nil else { throw Refusal.tooManyNames }
  }

  /// Stores the event; false where the log has it.
  func insert(at position: Int, into database: Database) throws -> Bool {
    let insert = try database.cachedStatement(
      sql: """
        INSERT INTO log (position, message, key, linked_key, time, event) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (message) DO NOTHING
        """)
    try insert.execute(
      arguments: [
        position, Int64(bitPattern: message), Int64(bitPattern: event.identity.key),
        event.linked.map { Int64(bitPattern: $0.key) }, event.time.milliseconds, json,
      ])
    return database.changesCount == 1
  }
}

extension PropertyValue {
  fileprivate var isFinite: Bool {
    if case .number(let number) = self { number.isFinite } else { true }
  }
}

/// An event as it lies in the log: JSON with short names; a value keeps its kind.
struct LoggedEvent: Codable {
  private var name: String
  private var time: Int64
  private var namespace: Namespace
  private var id: String
  private var linkedNamespace: Namespace?
  private var linkedID: String?
  private var message: String?
  private var properties: [String: Value]

  private enum CodingKeys: String, CodingKey {
    case name = "n", time = "t", namespace = "s", id = "i", linkedNamespace = "ls"
    case linkedID = "li", message = "m", properties = "p"
  }

  private enum Value: Codable {
    case string(String), number(Double), boolean(Bool)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let boolean = try? container.decode(Bool.self) {
        self = .boolean(boolean)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .string(try container.decode(String.self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .string(let text): try container.encode(text)
      case .number(let number): try container.encode(number)
      case .boolean(let boolean): try container.encode(boolean)
      }
    }
  }

  /// Makes the stored form of an event.
  init(_ event: Event) {
    name = event.name
    time = event.time.milliseconds
    namespace = event.identity.namespace
    id = event.identity.id
    linkedNamespace = event.linked?.namespace
    linkedID = event.linked?.id
    message = event.messageID
    properties = event.properties.mapValues { value in
      switch value {
      case .string(let text): .string(text)
      case .number(let number): .number(number)
      case .boolean(let boolean): .boolean(boolean)
      }
    }
  }

  /// The JSON, the same for equal events.
  func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(self)
  }

  /// The event.
  var event: Event {
    var linked: Identity?
    if let linkedNamespace, let linkedID { linked = Identity(linkedNamespace, linkedID) }
    return Event(
      name, at: Instant(milliseconds: time), by: Identity(namespace, id), linked: linked,
      messageID: message,
      properties: properties.mapValues { value in
        switch value {
        case .string(let text): .string(text)
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        }
      })
  }
}

/// The events of the log that no part holds yet.
struct Tail: Sendable {
  private var events: [Event] = []
  private var positions: [UInt32] = []
  private var names: EventNames

  /// The position of the last event; nil where there is none.
  var lastPosition: Int? { positions.last.map(Int.init) }

  /// Reads the log.
  init(_ database: Database, in folder: String) throws {
    names = try EventNames(database, in: folder)
    let rows = try Row.fetchCursor(
      database, sql: "SELECT position, event FROM log ORDER BY position")
    let decoder = JSONDecoder()
    while let row = try rows.next() {
      let position: Int = row[0]
      do {
        events.append(try decoder.decode(LoggedEvent.self, from: row[1]).event)
      } catch {
        throw Fault(
          "store.damaged", subject: folder + "/" + Store.databaseName,
          problem: "The event at position \(position) of the log can't be read.",
          remedy: "Restore the folder from a backup.")
      }
      positions.append(UInt32(position))
    }
  }

  /// The events as stories, each identity being a customer; nil where there are none.
  func segment() throws -> StorySegment? {
    guard !events.isEmpty else { return nil }
    var names = names
    var segment = try StorySegment(sorting: try Batch(events, names: &names))
    // Sorting numbers arrivals without gaps; the log has gaps where an import came between.
    let memory = ColumnMemory()
    segment.arrivals = memory.copy(segment.arrivals.map { positions[Int($0)] })
    segment.owner = Owners(all: [segment.owner, memory])
    return segment
  }

  /// What keeps several pieces of memory.
  private final class Owners: Sendable {
    let all: [any AnyObject & Sendable]
    init(all: [any AnyObject & Sendable]) { self.all = all }
  }
}
