import Events
import Foundation
import GRDB
import Statistics
import Stories
import Synchronization
import Testing

@testable import Store

@Suite
struct `A collector` {
  let folder = TemporaryFolder()

  private func event(_ number: Int, by customer: String? = nil) -> Event {
    Event(
      "seen", at: Instant(milliseconds: Int64(number)),
      by: Identity(customer ?? "c\(number % 13)"), messageID: "m\(number)",
      properties: ["number": .number(Double(number))])
  }

  @Test
  func `gives each of many callers the verdicts of its own events, in order`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let collector = Collector(store, sealing: .never)
    let bad = Event("", at: Instant(milliseconds: 0), by: Identity("a"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<20 {
        group.addTask {
          for call in 0..<5 {
            let first = event(task * 1000 + call * 10)
            let verdicts = try await collector.take([first, bad, event(-1), first])
            #expect(verdicts.count == 4 && verdicts[0] == .taken && verdicts[3] == .repeated)
            guard case .refused = verdicts[1] else {
              Issue.record("\(verdicts[1])")
              continue
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let figures = collector.figures
    #expect(figures.taken == 101)
    #expect(figures.repeated == 199)
    #expect(figures.refused == 100)
    #expect(figures.waiting == 0)
    #expect(figures.logged == 101)
    #expect(figures.commits <= 100)
    #expect(figures.lastCommitSeconds > 0)
    #expect(try store.snapshot().eventCount == 101)
    await collector.stop()
  }

  @Test
  func `keeps the order of one caller's events`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let collector = Collector(store, sealing: .never)
    let names = (0..<60).map { "step \($0)" }
    for pair in stride(from: 0, to: 60, by: 3) {
      let events = names[pair..<(pair + 3)].map {
        Event($0, at: Instant(milliseconds: 5), by: Identity("c"))
      }
      #expect(try await collector.take(events) == [.taken, .taken, .taken])
    }
    #expect(try store.snapshot().byKey?[Identity("c").key]?.map(\.name) == names)
    await collector.stop()
  }

  @Test
  func `puts those who wait at the same time into one transaction`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let collector = Collector(store, sealing: .never)
    let gate = Gate(.appending, of: store)
    try await withThrowingTaskGroup(of: [Verdict].self) { group in
      for number in 0..<50 { group.addTask { try await collector.take([event(number)]) } }
      while collector.figures.waiting < 50 { try await Task.sleep(for: .milliseconds(1)) }
      gate.open()
      for try await verdicts in group { #expect(verdicts == [.taken]) }
    }
    // The first went ahead by itself, or with those that were quick.
    #expect(collector.figures.commits <= 2)
    await collector.stop()
  }

  @Test
  func `turns events away where too many wait, and takes nothing of them`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var limits = Collector.Limits()
    limits.waitingEvents = 10
    let collector = Collector(store, sealing: .never, limits: limits)
    let gate = Gate(.appending, of: store)
    async let first = collector.take((0..<6).map { event($0) })
    while collector.figures.waiting < 6 { try await Task.sleep(for: .milliseconds(1)) }
    await #expect {
      _ = try await collector.take((6..<11).map { event($0) })
    } throws: { error in
      let refusal = error as? Refusal
      return refusal?.code == "collect.busy" && refusal?.remedy.isEmpty == false
    }
    async let second = collector.take((6..<10).map { event($0) })
    while collector.figures.waiting < 10 { try await Task.sleep(for: .milliseconds(1)) }
    gate.open()
    #expect(try await first + second == [Verdict](repeating: .taken, count: 10))
    #expect(collector.figures.turnedAway == 5)
    #expect(try store.snapshot().eventCount == 10)
    #expect(try await collector.take([event(10)]) == [.taken])
    await collector.stop()
  }

  @Test
  func `turns events away where they have too many bytes, or the log is too long`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var limits = Collector.Limits()
    limits.waitingBytes = 1000
    limits.loggedEvents = 3
    let collector = Collector(store, sealing: .never, limits: limits)
    var large = event(1)
    large.properties["text"] = .string(String(repeating: "x", count: 1001))
    await #expect(throws: Refusal.self) { try await collector.take([large]) }
    #expect(try await collector.take((0..<3).map { event($0) }).count == 3)
    await #expect(throws: Refusal.self) { try await collector.take([event(4)]) }
    try store.seal()
    #expect(try await collector.take([event(4)]) == [.taken])
    await collector.stop()
  }

  @Test
  func `finishes what was accepted when it is stopped, and takes nothing more`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let collector = Collector(store, sealing: .never)
    let gate = Gate(.appending, of: store)
    async let taken = collector.take([event(1), event(2)])
    while collector.figures.waiting < 2 { try await Task.sleep(for: .milliseconds(1)) }
    async let stopped: Void = collector.stop()
    gate.open()
    #expect(try await taken == [.taken, .taken])
    await stopped
    await collector.stop()
    await #expect {
      _ = try await collector.take([event(3)])
    } throws: { ($0 as? Refusal)?.code == "collect.stopped" }
    #expect(try store.snapshot().eventCount == 2)
    for await _ in collector.changes() { Issue.record("A stopped collector has no changes.") }
  }

  @Test
  func `tells those who listen that there are new events, many at once as one`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let collector = Collector(store, sealing: .never)
    var changes = collector.changes().makeAsyncIterator()
    for number in 0..<5 { _ = try await collector.take([event(number)]) }
    #expect(await changes.next() != nil)
    // What is repeated changes nothing.
    _ = try await collector.take([event(1)])
    async let next: Void? = changes.next()
    _ = try await collector.take([event(9)])
    #expect(await next != nil)
    await collector.stop()
    #expect(await changes.next() == nil)
  }

  @Test
  func `turns the log into parts after so many events`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let collector = Collector(store, sealing: .init(events: 20, seconds: 3600))
    for number in 0..<25 { _ = try await collector.take([event(number)]) }
    while collector.figures.seals == 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try store.status().parts > 0)
    #expect(try store.snapshot().eventCount == 25)
    await collector.stop()
    #expect(try store.status().events == 25)
  }

  @Test
  func `turns the log into parts after so long, what an earlier process left as well`()
    async throws
  {
    do {
      let store = try Store.open(at: folder.path, access: .writing)
      _ = try store.append([event(1)])
      try store.close()
    }
    let store = try Store.open(at: folder.path, access: .writing)
    let collector = Collector(store, sealing: .init(events: 1000, seconds: 0.05))
    while collector.figures.seals == 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try store.status().loggedEvents == 0)
    #expect(try store.status().events == 1)
    await collector.stop()
  }

  @Test
  func `tells where sealing fails, goes on taking events, and tries again`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let told = Mutex<[any Error]>([])
    let parts = folder.path + "/parts"
    try FileManager.default.moveItem(atPath: parts, toPath: folder.path + "/away")
    let collector = Collector(
      store, sealing: .init(events: 5, seconds: 3600, secondsAfterFailure: 0.05)
    ) { error in told.withLock { $0.append(error) } }
    for number in 0..<10 {
      #expect(try await collector.take([event(number)]) == [.taken])
    }
    while collector.figures.sealFailures < 2 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try await collector.take([event(10)]) == [.taken])
    #expect(try store.snapshot().eventCount == 11)
    #expect(told.withLock { $0.first is Fault })
    try FileManager.default.moveItem(atPath: folder.path + "/away", toPath: parts)
    while collector.figures.seals == 0 { try await Task.sleep(for: .milliseconds(5)) }
    await collector.stop()
    #expect(try store.snapshot().eventCount == 11)
    #expect(try store.status().loggedEvents == 0)
  }

  @Test
  func `lets nobody bear that another's events are refused as a whole`() async throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let (victim, other) = (Identity("victim"), Identity("anonymous:other"))
    // Two ids in 10^19 share a key; here is what the second one meets.
    try store.link(victim, other)
    try store.write { database in
      try database.execute(
        literal: """
          UPDATE identities SET id = \(Data("taken".utf8))
          WHERE key = \(Int64(bitPattern: victim.key))
          """)
    }
    let collector = Collector(store, sealing: .never)
    let gate = Gate(.appending, of: store)
    var linking = event(1, by: "victim")
    linking.linked = other
    let colliding = linking
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        do {
          _ = try await collector.take([colliding])
          return false
        } catch let refusal as Refusal { return refusal.code == "identity.collision" }
      }
      for number in 2..<10 {
        group.addTask { try await collector.take([event(number)]) == [.taken] }
      }
      while collector.figures.waiting < 9 { try await Task.sleep(for: .milliseconds(1)) }
      gate.open()
      for try await isRight in group { #expect(isRight) }
    }
    #expect(try store.snapshot().eventCount == 8)
    await collector.stop()
  }

  @Test
  func `tells every caller that the disk is full, and goes on when there is room`() async throws {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      let store = try Store.open(at: folder.path, access: .writing)
      let collector = Collector(store, sealing: .init(events: 1000, seconds: 3600))
      func event(_ number: Int) -> Event {
        Event(
          "seen", at: Instant(milliseconds: Int64(number)), by: Identity("c\(number)"),
          messageID: "m\(number)")
      }
      #expect(try await collector.take([event(0)]) == [.taken])
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      limit.rlim_cur = 2048
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      await withTaskGroup(of: Bool.self) { group in
        for number in 1..<8 {
          group.addTask {
            do {
              _ = try await collector.take([event(number)])
              return false
            } catch { return error is Fault }
          }
        }
        for await isFault in group { #expect(isFault) }
      }
      #expect(collector.figures.failures > 0)
      #expect(try store.snapshot().eventCount == 1)
      limit.rlim_cur = limit.rlim_max
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      for number in 1..<8 { #expect(try await collector.take([event(number)]) == [.taken]) }
      #expect(try await collector.take([event(3)]) == [.repeated])
      await collector.stop()
      try store.seal()
      #expect(try store.snapshot().eventCount == 8)
      #expect(try store.doctor().filter { $0.severity == .error } == [])
      try FileManager.default.removeItem(atPath: folder.path)
    }
  }
}

extension Collector.SealingPolicy {
  /// No test takes that long.
  static let never = Self(seconds: 86_400)
}
