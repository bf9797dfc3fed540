import Accounts
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

  /// Removes what happened before some moments.
  mutating func remove(_ horizon: Horizon) throws {
    let report = try store.remove(Removal(horizon: horizon, principal: .folderOwner))
    let before = naive.events.count
    naive.remove { horizon.limit(of: $0.name).map { [time = $0.time] in time < $0 } ?? false }
    #expect(report.events == before - naive.events.count)
    let left = Set(naive.events.map(\.identity))
    if report.events > 0 { people.forget { $0.isDisjoint(with: left) } }
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
      switch Int.random(in: 0..<13, using: &dice) {
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
      case 11:
        guard dice.one(in: 2) else { continue }
        let moments = (0..<3).map { _ in
          dice.one(in: 3) ? nil : Instant(milliseconds: Int64(dice.below(120)) * 1000)
        }
        try twins.remove(
          Horizon(others: moments[0], named: ["seen": moments[1], "called": moments[2]]))
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

  @Test(arguments: 0..<6)
  func `lays what is new over the last snapshot, and gets what a new one would be`(
    seed: Int
  ) throws {
    var dice = SeededGenerator(seed)
    var twins = try TwinStores()
    try twins.import(randomEvents(300, &dice, links: 20), "a", &dice)
    try twins.append(randomEvents(100, &dice, links: 20))
    try twins.compare()
    let parts = try twins.store.status().parts
    let base = try twins.store.snapshot().segments[..<parts].map(\.owner)
    for _ in 0..<30 {
      switch Int.random(in: 0..<5, using: &dice) {
      case 0:
        let (first, second) = (randomIdentity(&dice), randomIdentity(&dice))
        if first != second { try twins.link(first, second) }
      case 1:
        guard let fact = twins.people.facts.randomElement(using: &dice), fact.removed == nil else {
          continue
        }
        let pair = fact.pair.sorted { $0.key < $1.key }
        try twins.store.unlink(pair[0], pair[1])
        let wasThere = twins.people.unlink(fact.pair, at: twins.clock.now)
        #expect(wasThere)
      case 2: try twins.store.tail.sort(of: twins.store)
      default:
        try twins.append(
          randomEvents(Int.random(in: 1...9, using: &dice), &dice, links: 4))
      }
      twins.clock.advance(1)
      try twins.compare()
      let stories = try twins.store.snapshot()
      // The parts are never gathered anew as a whole, and layers stay few.
      #expect(zip(stories.segments, base).allSatisfy { $0.owner === $1 })
      #expect(stories.segments.count <= parts + 8)
      #expect(stories.watermark == twins.naive.events.map(\.time).max())
    }
  }

  @Test
  func `never builds upon a snapshot that was made while somebody was erased`() throws {
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    let events = ["gone-1", "kept-1"].map {
      Event("seen", at: Instant(milliseconds: 1), by: Identity($0))
    }
    _ = try store.append(events)
    _ = try store.snapshot()
    let kept = store.lastSnapshot.withLock { $0 }
    #expect(kept != nil)
    #expect(try store.erase(events[0].identity).isProven)
    let later = Event("seen", at: Instant(milliseconds: 2), by: Identity("new-1"))
    #expect(try store.append([later]) == [.taken])
    // What a slow snapshot would leave behind after the erasure has ended.
    store.lastSnapshot.withLock { $0 = kept }
    #expect(
      try store.snapshot().byKey
        == [events[1].identity.key: [events[1]], later.identity.key: [later]])
  }

  @Test
  func `takes events while somebody seals, and a snapshot has them`() throws {
    var dice = SeededGenerator(3)
    var twins = try TwinStores()
    try twins.append(randomEvents(50, &dice))
    // What sealing does first: from here on it works on what was there.
    let gate = Gate(.changing, of: twins.store)
    let pieces = try twins.store.view(mark: { $0.boundary = $1 }) { $1.pieces }
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
