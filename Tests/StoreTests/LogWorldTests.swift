import Events
import Foundation
import GRDB
import Statistics
import Stories
import Synchronization
import Testing

@testable import Store

/// A store and its naive twin, to which the same happens.
private struct TwinStores {
  let folder = TemporaryFolder()
  let clock = TestClock()
  var store: Store
  let reader: Store
  var naive = NaiveStore()
  var people = NaiveIdentity()
  var erased: [Identity: Instant] = [:]

  init() throws {
    let clock = clock
    clock.advance(1_000_000)
    store = try Store.open(
      at: folder.path, access: .writing, shardRows: 40, clock: { clock.now })
    reader = try Store.open(at: folder.path, access: .reading)
  }

  mutating func reopen() throws {
    try store.close()
    let clock = clock
    store = try Store.open(
      at: folder.path, access: .writing, shardRows: 40, clock: { clock.now })
  }

  private func isErased(_ identity: Identity, _ time: Instant) -> Bool {
    erased[identity].map { time <= $0 } ?? false
  }

  private mutating func say(_ event: Event) {
    if let linked = event.linked, isErased(linked, event.time) { return }
    people.say(event)
  }

  mutating func append(_ events: [Event]) throws {
    let verdicts = try store.append(events)
    for (event, verdict) in zip(events, verdicts) {
      if isErased(event.identity, event.time) {
        guard case .refused(let refusal) = verdict else {
          Issue.record("\(verdict) of \(event)")
          continue
        }
        #expect(refusal.code == "events.erased")
      } else {
        let isNew = naive.append(event)
        #expect(verdict == (isNew ? .taken : .repeated))
        if isNew { say(event) }
      }
    }
  }

  mutating func `import`(_ events: [Event], _ name: String, _ dice: inout SeededGenerator) throws {
    try store.import(events, fingerprint: name, &dice)
    _ = naive.import(events.filter { !isErased($0.identity, $0.time) })
    for event in events where !isErased(event.identity, event.time) { say(event) }
  }

  mutating func link(_ first: Identity, _ second: Identity) throws {
    try store.link(first, second)
    people.link([first, second], at: clock.now)
  }

  mutating func erase(_ identity: Identity) throws {
    let customer =
      people.customers(asOf: nil).customers.first { $0.contains(identity) } ?? [identity]
    let report = try store.erase(identity)
    // Ids of this world stand inside one another: `user-1` in `user-17`.
    #expect(report.identities == customer.count)
    naive.erase(customer)
    people.facts.removeAll { !$0.pair.isDisjoint(with: customer) }
    for identity in customer { erased[identity] = clock.now }
  }

  func compare() throws {
    let canonical = people.canonical()
    let stories = naive.stories { canonical[$0] ?? $0 }
    #expect(try store.snapshot().byKey == stories)
    #expect(try reader.snapshot().byKey == stories)
    #expect(try store.status().events == naive.events.count)
  }
}

@Suite
struct `The log of a store` {
  @Test(arguments: 0..<16)
  func `holds what its naive twin holds, whatever happens to it`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    var twins = try TwinStores()
    for step in 0..<30 {
      twins.clock.advance(Int64.random(in: 0...20_000, using: &dice))
      switch Int.random(in: 0..<12, using: &dice) {
      case 0...5:
        var events = randomEvents(Int.random(in: 1...25, using: &dice), &dice, links: 9)
        // Some that it has already, and some of those twice.
        for _ in 0..<3 {
          if let old = twins.naive.events.randomElement(using: &dice) { events += [old, old] }
        }
        try twins.append(events.shuffled(using: &dice))
      case 6: try twins.store.seal()
      case 7: try twins.reopen()
      case 8:
        let events = randomEvents(30, &dice, links: 9)
        try twins.import(events, "\(step)", &dice)
      case 9:
        let (first, second) = (randomIdentity(&dice), randomIdentity(&dice))
        if first != second { try twins.link(first, second) }
      case 10:
        guard dice.one(in: 2), let event = twins.naive.events.randomElement(using: &dice) else {
          continue
        }
        try twins.erase(event.identity)
      default: try twins.store.tail.sort(of: twins.store)
      }
      if dice.one(in: 2) { try twins.compare() }
    }
    try twins.compare()
    try twins.reopen()
    try twins.compare()
    #expect(try twins.store.doctor().filter { $0.severity == .error } == [])
  }

  @Test
  func `is sorted in pieces that grow, and stays what it is`() throws {
    var dice = SeededGenerator(1)
    var twins = try TwinStores()
    for round in 0..<40 {
      try twins.append(randomEvents(8, &dice))
      try twins.store.tail.sort(of: twins.store)
      let sizes = twins.store.tail.state.withLock { $0.pieces?.map(\.count) ?? [] }
      #expect(sizes == sizes.sorted(by: >), "\(sizes) in round \(round)")
      #expect(sizes.count <= 5)
      try twins.compare()
    }
  }

  @Test
  func `makes a snapshot once, however often one is asked for without a change`() throws {
    var dice = SeededGenerator(1)
    let twins = try TwinStores()
    _ = try twins.store.append(randomEvents(20, &dice))
    try twins.store.seal()
    _ = try twins.store.append(randomEvents(20, &dice))
    for store in [twins.store, twins.reader] {
      let first = try store.snapshot()
      let second = try store.snapshot()
      #expect(first.segments.count > 1)
      #expect(zip(first.segments, second.segments).allSatisfy { $0.owner === $1.owner })
      _ = try twins.store.append([Event("new", at: .now, by: Identity("n\(store.access)"))])
      #expect(try store.snapshot().eventCount == first.eventCount + 1)
    }
  }

  @Test
  func `takes events while somebody seals, and a snapshot has them`() throws {
    var dice = SeededGenerator(3)
    var twins = try TwinStores()
    try twins.append(randomEvents(50, &dice))
    // What sealing does first: from here on it works on what was there.
    let gate = Gate(.changing, of: twins.store)
    let pieces = try twins.store.view(mark: { $0.boundary = $1 }) { $1 }
    try twins.append(randomEvents(50, &dice))
    try twins.store.tail.sort(of: twins.store)
    try twins.compare()
    gate.open()
    let end = try #require(pieces.last?.positions.upperBound)
    let after = twins.store.tail.state.withLock { $0.pieces ?? [] }
    #expect(after.contains { $0.positions.upperBound == end })
    #expect(after.contains { $0.positions.lowerBound >= end })
  }

  @Test
  func `leaves out what is in parts already where a crash came before it was removed`() throws {
    var dice = SeededGenerator(4)
    var twins = try TwinStores()
    try twins.append(randomEvents(30, &dice))
    let rows = try twins.store.read { try LogRow.end($0) }
    let stories = try twins.store.snapshot().byKey
    let copy = try TemporaryFolder(copying: twins.folder.path)
    try twins.store.seal()
    // The log of before the sealing, in the store of after it.
    let old = try Store.open(at: copy.path, access: .writing)
    var kept: [(Int, Int, [UInt8])] = []
    try old.read { database in
      try LogRow.visit(database, in: copy.path) { kept.append(($0, $1, Array($2))) }
    }
    try twins.store.write { database in
      for (first, count, bytes) in kept {
        try database.execute(
          literal: "INSERT INTO log VALUES (\(first), \(count), 0, 1, \(Data(bytes)))")
      }
    }
    #expect(rows == kept.reduce(0) { $0 + $1.1 })
    try twins.reopen()
    #expect(try twins.store.snapshot().byKey == stories)
    #expect(try twins.reader.snapshot().byKey == stories)
    #expect(try twins.store.status().loggedEvents == 0)
    try twins.append(randomEvents(5, &dice) + [Event("x", at: .now, by: Identity("new"))])
    try twins.store.seal()
    try twins.compare()
    let left = try twins.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM log") }
    #expect(left == 0)
  }
}
