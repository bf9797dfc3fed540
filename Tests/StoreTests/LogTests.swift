import Statistics
import Events
import Foundation
import Stories
import Synchronization
import Testing

@testable import Store

@Suite
struct `The log` {
  let folder = TemporaryFolder()

  @Test
  func `gives a verdict for each event`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let (early, customer) = (Instant(milliseconds: 1), Identity("c1"))
    let named = Event("seen", at: early, by: customer, messageID: "m1")
    var resent = named
    resent.name = "bought"
    let plain = Event("seen", at: early, by: customer, properties: ["a": .number(1)])
    var other = plain
    other.properties["a"] = .string("1")
    #expect(
      try store.append([named, resent, plain, plain, other])
        == [.taken, .repeated, .taken, .repeated, .taken])
    try store.seal()
    #expect(
      try store.append([other, plain, resent]) == [.repeated, .repeated, .repeated])
    #expect(try store.snapshot().byKey == [customer.key: [named.known, plain, other]])
  }

  @Test(arguments: [
    (Event("x", at: Instant(milliseconds: 0), by: Identity("undefined")), "identity.placeholder"),
    (
      Event("x", at: Instant(milliseconds: 0), by: Identity("a"), linked: Identity("0")),
      "identity.placeholder"
    ),
    (Event("", at: Instant(milliseconds: 0), by: Identity("a")), "events.name"),
    (Event("x", at: .tooLate, by: Identity("a")), "events.time"),
    (Event("x", at: Instant(milliseconds: .min), by: Identity("a")), "events.time"),
    (
      Event("x", at: Instant(milliseconds: 0), by: Identity("a"), properties: ["n": .number(.nan)]),
      "events.number"
    ),
    (
      Event(
        "x", at: Instant(milliseconds: 0), by: Identity("a"),
        properties: ["n": .string(String(repeating: "x", count: 300_000))]),
      "events.size"
    ),
  ])
  func `refuses what it can't keep, and takes what stands beside it`(
    event: Event, code: String
  ) throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let good = Event("seen", at: Instant(milliseconds: 0), by: Identity("good"))
    let verdicts = try store.append([event, good])
    guard case .refused(let refusal) = verdicts[0] else {
      Issue.record("\(verdicts[0])")
      return
    }
    #expect(refusal.code == code)
    #expect(verdicts[1] == .taken)
    #expect(try store.snapshot().eventCount == 1)
  }

  @Test
  func `takes so many events at once and no more`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let event = Event("seen", at: Instant(milliseconds: 0), by: Identity("a"))
    let many = [Event](repeating: event, count: Store.longestAppend + 1)
    #expect(throws: Refusal.self) { try store.append(many) }
    let large = (0..<140).map {
      Event(
        "seen", at: Instant(milliseconds: Int64($0)), by: Identity("a"),
        properties: ["text": .string(String(repeating: "x", count: 250_000))])
    }
    #expect {
      try store.append(large)
    } throws: { ($0 as? Refusal)?.code == "events.append" }
    #expect(try store.status().events == 0)
  }

  @Test
  func `keeps whatever an event says to the last character`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let event = Event(
      "na\0me 🎈", at: Instant(milliseconds: -7), by: Identity(.anonymous, "i\0d\"\\"),
      properties: [
        "": .string(""), "text": .string("e\u{301}\u{2028}\n"), "on": .boolean(false),
        "one": .number(1), "tiny": .number(.leastNonzeroMagnitude), "zero": .number(-0.0),
        "true": .string("true"), "number": .string("1"),
      ])
    #expect(try store.append([event]) == [.taken])
    #expect(try store.snapshot().byKey?.values.first == [event])
    try store.seal()
    let reader = try Store.open(at: folder.path, access: .reading)
    #expect(try reader.snapshot().byKey?.values.first == [event])
  }

  @Test
  func `is in the next snapshot of another process`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let reader = try Store.open(at: folder.path, access: .reading)
    for number in 0..<5 {
      _ = try store.append([
        Event("e\(number)", at: Instant(milliseconds: 0), by: Identity("c\(number % 2)"))
      ])
      #expect(try reader.snapshot().eventCount == number + 1)
      if number == 2 { try store.seal() }
    }
    #expect(try reader.status().loggedEvents == 2)
  }

  @Test
  func `and an import of the same events count them once, in either order`() throws {
    var dice = SeededGenerator(5)
    let events = randomEvents(80, &dice)
    for isSealed in [false, true] {
      let folder = TemporaryFolder()
      let store = try Store.open(at: folder.path, access: .writing, shardRows: 30)
      var naive = NaiveStore()
      for event in events.prefix(50) {
        #expect(try store.append([event]) == [naive.append(event) ? .taken : .repeated])
      }
      if isSealed { try store.seal() }
      #expect(try store.import(events, &dice).added == naive.import(events))
      #expect(try store.snapshot().byKey == naive.stories())
      #expect(try store.append(events).allSatisfy { $0 == .repeated })
    }
  }

  @Test
  func `is read whole by others while it is sealed again and again`() throws {
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 3)
    let reader = try Store.open(at: folder.path, access: .reading)
    let counts = Counts()
    try Background.run(2) { piece in
      if piece == 0 {
        defer { counts.end() }
        for number in 0..<30 {
          let event = Event(
            "seen", at: Instant(milliseconds: Int64(number)), by: Identity("c\(number % 7)"))
          #expect(try store.append([event]) == [.taken])
          if number % 2 == 0 { try store.seal() }
        }
      } else {
        while !counts.isEnded { counts.add(try reader.snapshot().eventCount) }
      }
    }
    let seen = counts.all
    #expect(seen == seen.sorted())
    #expect(try reader.snapshot().eventCount == 30)
  }
}

/// What a reader counted while a writer wrote.
private final class Counts: Sendable {
  private let state = Mutex<(counts: [Int], isEnded: Bool)>(([], false))

  var all: [Int] { state.withLock { $0.counts } }
  var isEnded: Bool { state.withLock { $0.isEnded } }

  func add(_ count: Int) { state.withLock { $0.counts.append(count) } }
  func end() { state.withLock { $0.isEnded = true } }
}
