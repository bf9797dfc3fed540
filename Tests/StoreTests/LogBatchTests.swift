import Events
import Foundation
import GRDB
import Statistics
import Stories
import Testing

@testable import Store

@Suite
struct `A group of events in the log` {
  @Test(arguments: 0..<20)
  func `comes back as it was, to the last bit`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let events = randomEvents(Int.random(in: 1...120, using: &dice), &dice, links: 5)
    let (bytes, names) = try encoded(events, &dice)
    let read = try bytes.withUnsafeBytes {
      try LogEvents($0, count: events.count, names: names.names.count)
    }
    #expect(
      read.entries.map { entry in
        var event = entry.event
        event.name = names.names[Int(entry.code)]
        return event
      } == events.map(\.known))
    #expect(read.entries.map(\.message) == events.map(\.messageHash))
  }

  @Test(arguments: 0..<20)
  func `becomes the stories that its events are`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    var columns = LogColumns()
    var names = EventNames()
    var all: [Event] = []
    for _ in 0..<Int.random(in: 1...5, using: &dice) {
      let events = randomEvents(Int.random(in: 1...60, using: &dice), &dice)
      let (bytes, grown) = try encoded(events, &dice, names)
      names = grown
      try bytes.withUnsafeBytes {
        try columns.append($0, first: all.count, count: events.count, names: names.names.count)
      }
      all += events
    }
    let stories = Stories(names: names, segments: [try columns.segment()])
    #expect(stories.byKey == (try Stories(all).byKey))
    #expect(stories.segments[0].count == all.count)
  }

  @Test
  func `keeps numbers, times and texts at their limits`() throws {
    var dice = SeededGenerator(1)
    let texts = ["", "\0", "e\u{301}", "🎈", String(repeating: "x", count: 70_000)]
    let numbers = [
      0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -1, 1e15, .pi,
    ]
    var events = texts.map {
      Event(
        "n", at: .earliest, by: Identity("a"),
        properties: ["text": .string($0), "-" + $0: .boolean(true)])
    }
    events += numbers.map {
      Event(
        "n", at: Instant(milliseconds: Instant.tooLate.milliseconds - 1),
        by: Identity(.anonymous, String(repeating: "i", count: Identity.longestID)),
        properties: ["v": .number($0), "w": .boolean(false)])
    }
    let (bytes, names) = try encoded(events, &dice)
    let read = try bytes.withUnsafeBytes {
      try LogEvents($0, count: events.count, names: names.names.count)
    }
    #expect(read.entries.map(\.event.properties) == events.map(\.properties))
    #expect(read.entries.map(\.event.time) == events.map(\.time))
    #expect(read.entries.map(\.event.identity) == events.map(\.identity))
    guard case .number(let zero) = read.entries[texts.count + 1].event.properties["v"] else {
      Issue.record("no number")
      return
    }
    #expect(zero.sign == .minus)
  }

  @Test
  func `is refused wherever one of its bytes is another, or missing`() throws {
    var dice = SeededGenerator(2)
    let events = randomEvents(12, &dice)
    let (bytes, names) = try encoded(events, &dice)
    for place in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        #expect(throws: LogDamage.self) { try read(damaged, events.count, names) }
      }
      #expect(throws: LogDamage.self) { try read(Array(bytes[..<place]), events.count, names) }
    }
    #expect(throws: LogDamage.self) { try read(bytes + [0], events.count, names) }
    #expect(throws: LogDamage.self) { try read(bytes, events.count + 1, names) }
    #expect(throws: LogDamage.self) { try read(bytes, events.count, EventNames()) }
  }

  @Test(arguments: 0..<4)
  func `never leads a reader astray, not even where somebody made the checksum fit`(
    seed: Int
  ) throws {
    var dice = SeededGenerator(seed)
    let events = randomEvents(6, &dice)
    let (bytes, names) = try encoded(events, &dice)
    var (refused, accepted) = (0, 0)
    for _ in 0..<4000 {
      var damaged = Array(bytes[LogBatch.headerSize...])
      for _ in 0...Int.random(in: 0...2, using: &dice) {
        let place = Int.random(in: damaged.indices, using: &dice)
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: damaged[place] = UInt8.random(in: 0...255, using: &dice)
        case 1: damaged[place] = 0xFF
        case 2: damaged.remove(at: place)
        default: damaged.insert(UInt8.random(in: 0...255, using: &dice), at: place)
        }
        if damaged.isEmpty { damaged = [0] }
      }
      let checksum = damaged.withUnsafeBytes { stableHash($0) }
      let whole =
        LogBatch.mark + withUnsafeBytes(of: checksum.littleEndian) { Array($0) } + damaged
      do {
        let entries = try read(whole, nil, names)
        #expect(entries.allSatisfy { Int($0.code) < names.names.count })
        accepted += 1
      } catch is LogDamage { refused += 1 }
    }
    #expect(refused > 1000 && accepted > 0)
  }

  @Test
  func `is said to be damaged by whoever needs it, with its place`() throws {
    let folder = TemporaryFolder()
    let event = Event("seen", at: Instant(milliseconds: 1), by: Identity("c1"))
    do {
      let store = try Store.open(at: folder.path, access: .writing)
      #expect(try store.append([event]) == [.taken])
      try store.write { database in
        try database.execute(sql: "UPDATE log SET events = CAST('WLB' || events AS BLOB)")
      }
      try store.close()
    }
    let damaged = { (error: any Error) in
      let fault = error as? Fault
      return fault?.code == "store.damaged" && fault?.problem.contains("position 0") == true
        && fault?.remedy.isEmpty == false
    }
    for access in [Store.Access.reading, .writing] {
      let store = try Store.open(at: folder.path, access: access)
      #expect { try store.snapshot() } throws: { damaged($0) }
      #expect(try store.doctor().contains { $0.severity == .error && $0.problem.contains("log") })
      if access == .writing {
        #expect { try store.append([event]) } throws: { damaged($0) }
        #expect { try store.seal() } throws: { damaged($0) }
      }
    }
  }

  /// The events as one row, in chunks of random size.
  private func encoded(
    _ events: [Event], _ dice: inout SeededGenerator, _ known: EventNames = EventNames()
  ) throws -> (bytes: [UInt8], names: EventNames) {
    var names = known
    var chunks = [LogChunk()]
    for event in events {
      if dice.one(in: 6) { chunks.append(LogChunk()) }
      let added = names.codeAdding(event.name)
      let code = try #require(added)
      chunks[chunks.count - 1].append(event, code: code, message: event.messageHash)
    }
    return (LogBatch.encoded(chunks), names)
  }

  @discardableResult
  private func read(
    _ bytes: [UInt8], _ count: Int?, _ names: EventNames
  ) throws -> [LogEvents.Entry] {
    var columns = LogColumns()
    return try bytes.withUnsafeBytes { bytes in
      let read = try LogBatch.read(bytes, names: names.names.count, into: &columns)
      let events = try LogEvents(bytes, count: count ?? read, names: names.names.count)
      #expect(columns.count == events.entries.count)
      return events.entries
    }
  }
}
