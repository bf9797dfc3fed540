import Statistics
import Events
import Foundation
import Stories
@testable import Store
import Synchronization

extension SeededGenerator {
  /// Begins with a whole number.
  init(_ seed: Int) { self.init(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15) }

  /// True once in so many times.
  mutating func one(in count: Int) -> Bool { below(count) == 0 }
}

/// A folder that goes away with the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "waymark-store-" + UUID().uuidString
  }

  /// A copy of a folder as it lies on the disk now: what a crash at this moment would leave.
  init(copying other: String) throws {
    path = NSTemporaryDirectory() + "waymark-store-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path + "/parts", withIntermediateDirectories: true)
    for folder in ["", "/parts"] {
      for name in try FileManager.default.contentsOfDirectory(atPath: other + folder)
      where name != "parts" {
        let file = "\(folder)/\(name)"
        // A file that another thread has just finished has lost the name that it was listed by.
        guard let bytes = FileManager.default.contents(atPath: other + file) else { continue }
        try bytes.write(to: URL(fileURLWithPath: path + file))
      }
    }
  }

  var parts: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/parts")) ?? []
    return names.sorted().map { path + "/parts/" + $0 }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Random events: few customers, few moments, so that ties, repeats and equal events abound.
func randomEvents(_ count: Int, _ dice: inout SeededGenerator, links: Int = 0) -> [Event] {
  var events: [Event] = []
  for number in 0..<count {
    if let resent = events.randomElement(using: &dice), dice.one(in: 12) {
      events.append(resent)
      continue
    }
    let identity = randomIdentity(&dice)
    var event = Event(
      ["seen", "bought", "called"].randomElement(using: &dice) ?? "seen",
      at: Instant(milliseconds: Int64.random(in: 0..<200, using: &dice) * 1000), by: identity)
    if dice.one(in: 3) { event.messageID = "m\(number)-\(Int.random(in: 0..<1000, using: &dice))" }
    if dice.one(in: 2) { event.properties["channel"] = .string(dice.one(in: 2) ? "web" : "app") }
    if dice.one(in: 5) { event.properties["value"] = .number(Double(number)) }
    if dice.one(in: 7) { event.properties["first"] = .boolean(dice.one(in: 2)) }
    if links > 0, dice.one(in: links) {
      let other = randomIdentity(&dice)
      if other != identity { event.linked = other }
    }
    events.append(event)
  }
  return events
}

func randomIdentity(_ dice: inout SeededGenerator) -> Identity {
  let number = Int.random(in: 0..<20, using: &dice)
  return dice.one(in: 2)
    ? Identity(.user, "user-\(number)") : Identity(.anonymous, "visit-\(number)")
}

/// A naive store: a list of events in order of arrival.
struct NaiveStore {
  private(set) var events: [Event] = []
  private var messages: Set<String> = []
  private var equals: [Event: Int] = [:]

  /// Takes a whole import; how many events are new.
  mutating func `import`(_ source: [Event]) -> Int {
    let before = events.count
    var inSource: [Event: Int] = [:]
    for event in source {
      if let id = event.messageID {
        if messages.insert(id).inserted { events.append(event) }
      } else {
        let number = inSource[event.known, default: 0] + 1
        inSource[event.known] = number
        guard number > equals[event.known, default: 0] else { continue }
        equals[event.known] = number
        events.append(event)
      }
    }
    return events.count - before
  }

  /// Takes an event that was sent by itself, unless it is known by its id or its content.
  mutating func append(_ event: Event) -> Bool {
    if let id = event.messageID {
      guard messages.insert(id).inserted else { return false }
    } else {
      guard equals[event.known] == nil else { return false }
      equals[event.known] = 1
    }
    events.append(event)
    return true
  }

  /// Loses everything of some identities.
  mutating func erase(_ identities: Set<Identity>) {
    events.removeAll { identities.contains($0.identity) }
    messages = Set(events.compactMap(\.messageID))
    equals = [:]
    for event in events where event.messageID == nil { equals[event.known, default: 0] += 1 }
  }

  /// Loses the events that meet a condition.
  mutating func remove(_ isGone: (Event) -> Bool) {
    events.removeAll(where: isGone)
    erase([])
  }

  /// Every customer's story, by canonical key.
  func stories(_ canonical: (UInt64) -> UInt64 = { $0 }) -> [UInt64: [Event]] {
    var stories: [UInt64: [(Int, Event)]] = [:]
    for (arrival, event) in events.enumerated() {
      stories[canonical(event.identity.key), default: []].append((arrival, event.known))
    }
    return stories.mapValues { story in
      story.sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
    }
  }
}

extension Event {
  /// What stories tell of an event.
  var known: Event {
    var event = self
    event.messageID = nil
    event.linked = nil
    return event
  }
}

extension Stories {
  /// Every visible customer's story, by canonical key; nil where a customer is visible twice.
  var byKey: [UInt64: [Event]]? {
    var stories: [UInt64: [Event]] = [:]
    for segment in segments {
      for customer in segment.visible.joined() {
        let events = segment.rows(of: customer).map {
          segment.event(row: $0, customer: customer, names: names)
        }
        guard stories.updateValue(events, forKey: segment.customers[customer]) == nil else {
          return nil
        }
      }
    }
    return stories
  }
}

extension ImportSession {
  /// Stages events from where the session begins, in chunks of random size.
  func stage(
    _ events: [Event], _ dice: inout SeededGenerator, upTo end: Int? = nil,
    after: () throws -> Void = {}
  ) throws {
    var record = checkpoint.recordNumber
    while record < end ?? events.count {
      let next = min(end ?? events.count, record + Int.random(in: 1...40, using: &dice))
      try stage(events[record..<next], checkpoint: next)
      record = next
      try after()
    }
  }

  func stage(_ events: ArraySlice<Event>, checkpoint record: Int) throws {
    var names = self.names.current
    let batch = try Batch(events, names: &names)
    for name in names.names { _ = self.names.code(of: name) }
    try stage(
      batch,
      checkpoint: ImportCheckpoint(
        byteOffset: record * 10, recordNumber: record, records: record, accepted: record))
  }
}

extension ImportSession {
  /// Takes events from where the session begins, in chunks of random size.
  func take(_ events: [Event], _ dice: inout SeededGenerator, upTo end: Int? = nil) throws {
    var record = checkpoint.recordNumber
    while record < end ?? events.count {
      let next = min(end ?? events.count, record + Int.random(in: 1...40, using: &dice))
      var names = self.names.current
      let batch = try Batch(events[record..<next], names: &names)
      for name in names.names { _ = self.names.code(of: name) }
      let first = try reserveArrivals(batch.count)
      try take(
        try HeldBatch(batch, firstArrival: first),
        checkpoint: ImportCheckpoint(
          byteOffset: next * 10, recordNumber: next, records: next, accepted: next))
      record = next
    }
  }
}

extension Store {
  /// Imports events from beginning to end, by one of several ways to the same end.
  @discardableResult
  func `import`(_ events: [Event], fingerprint: String = "f", _ dice: inout SeededGenerator) throws
    -> ImportResult
  {
    let memory = [0, 5000, ImportSession.usualMemory][dice.below(3)]
    let session = try beginImport(
      source: "\(fingerprint).csv", fingerprint: fingerprint, memory: memory)
    if dice.one(in: 4) {
      try session.stage(events, &dice)
    } else {
      try session.take(events, &dice)
    }
    return try session.finish()
  }
}

/// Copies of a folder that are made while another thread writes to it.
final class Copies: Sendable {
  private let made = Mutex<[Result<TemporaryFolder, any Error>]>([])

  func add(_ folder: String) {
    made.withLock { made in
      made.append(Result { try TemporaryFolder(copying: folder) })
    }
  }

  func all() throws -> [TemporaryFolder] { try made.withLock { try $0.map { try $0.get() } } }
}

/// Parts that several threads wrote, by the number of their chunk.
final class Written: Sendable {
  private let parts = Mutex<[Int: StagedPart]>([:])

  func add(_ part: StagedPart, at chunk: Int) { parts.withLock { $0[chunk] = part } }

  func part(at chunk: Int) -> StagedPart? { parts.withLock { $0[chunk] } }
}

/// Holds one of a store's locks until it is opened.
final class Gate: Sendable {
  enum Lock { case changing, appending }

  private let closed = DispatchSemaphore(value: 0)

  init(_ lock: Lock, of store: Store) {
    let entered = DispatchSemaphore(value: 0)
    Thread { [closed] in
      let wait = {
        entered.signal()
        closed.wait()
      }
      switch lock {
      case .changing: store.changing.withLock { _ in wait() }
      case .appending: store.appending.withLock { _ in wait() }
      }
    }.start()
    entered.wait()
  }

  func open() { closed.signal() }
}
