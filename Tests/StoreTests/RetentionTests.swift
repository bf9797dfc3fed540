import Accounts
import Events
import Foundation
import GRDB
import Statistics
import Stories
import Synchronization
import Testing

@testable import Store

private let day: Int64 = 86_400_000

@Suite
struct `Retention` {
  let folder = TemporaryFolder()
  let clock = TestClock()

  private func open(shardRows: Int = 40) throws -> Store {
    try Store.open(
      at: folder.path, access: .writing, shardRows: shardRows, clock: { [clock] in clock.now })
  }

  /// Sets the clock to a moment.
  private func set(_ text: String) throws -> Instant {
    let now = try #require(Instant(iso8601: text))
    clock.advance(now.milliseconds - clock.now.milliseconds)
    return now
  }

  @Test(arguments: [
    ("2026-11-22T15:04:05Z", 1, "2026-10-22T00:00:00Z"),
    ("2026-11-22T00:00:00Z", 12, "2025-11-22T00:00:00Z"),
    ("2026-03-31T23:59:59Z", 1, "2026-02-28T00:00:00Z"),
    ("2024-03-31T12:00:00Z", 1, "2024-02-29T00:00:00Z"),
    ("2024-02-29T12:00:00Z", 12, "2023-02-28T00:00:00Z"),
    ("2026-01-15T12:00:00Z", 1, "2025-12-15T00:00:00Z"),
    ("2026-12-31T12:00:00Z", 13, "2025-11-30T00:00:00Z"),
    ("2026-01-31T12:00:00Z", 1200, "1926-01-31T00:00:00Z"),
  ])
  func `counts months back to the beginning of a day`(now: String, months: Int, limit: String)
    throws
  {
    let horizon = RetentionRule(months: months).horizon(at: try #require(Instant(iso8601: now)))
    #expect(horizon.others == Instant(iso8601: limit))
  }

  @Test func `is written as a number and a line for each name, and read back`() throws {
    let rule = try RetentionRule(
      months: " 24 months", lines: "\nPage Viewed: 6\n a: b : keep \nOrder Completed:\n")
    #expect(
      rule
        == RetentionRule(
          months: 24, named: ["Page Viewed": 6, "a: b": nil, "Order Completed": nil]))
    #expect(rule.lines == "Order Completed: keep\nPage Viewed: 6\na: b: keep")
    #expect(try RetentionRule(months: "24", lines: rule.lines) == rule)
    #expect(try RetentionRule(months: "keep", lines: "").keepsAll)
  }

  @Test(arguments: [
    ("0", "", "retention.months"), ("-1", "", "retention.months"), ("1201", "", "retention.months"),
    ("two", "", "retention.months"), ("1", "Page Viewed", "retention.line"),
    ("1", "a: 1\na: 2", "retention.line"), ("1", ": 1", "retention.name"),
    ("1", "a: 0", "retention.months"),
    (
      "1", (0...RetentionRule.mostNames).map { "n\($0): 1" }.joined(separator: "\n"),
      "retention.names"
    ),
  ])
  func `refuses what is no rule`(months: String, lines: String, code: String) {
    expectRefusal(code) { _ = try RetentionRule(months: months, lines: lines) }
  }

  @Test(arguments: 0..<10)
  func `leaves what a store holds that only ever got the events that are kept`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let now = try set("2026-11-22T10:00:00Z")
    let store = try open()
    // Their moments go back a year and a half.
    let events = randomEvents(220, &dice, links: 7).map { event in
      var event = event
      let age = Int64(dice.below(540)) * day + Int64(dice.below(1000))
      event.time = Instant(milliseconds: now.milliseconds - age)
      return event
    }
    try store.import(Array(events[..<90]), fingerprint: "a", &dice)
    _ = try store.append(Array(events[90..<130]))
    try store.seal()
    try store.import(Array(events[130..<180]), fingerprint: "b", &dice)
    _ = try store.append(Array(events[180...]))
    let rule = RetentionRule(months: 6, named: ["called": 12, "bought": dice.one(in: 2) ? nil : 1])
    let horizon = rule.horizon(at: now)
    let before = try #require(try store.snapshot().byKey)
    let kept = before.mapValues { story in
      story.filter { event in horizon.limit(of: event.name).map { event.time >= $0 } ?? true }
    }.filter { !$0.value.isEmpty }
    let foreseen = try store.expiredEvents(by: rule)
    let gone = before.values.joined().count - kept.values.joined().count
    #expect(foreseen.count == gone && gone > 20)
    #expect(foreseen.months.reduce(0) { $0 + $1.count } == gone)
    #expect(foreseen.names.reduce(0) { $0 + $1.count } == gone)
    #expect(foreseen.months.map(\.month) == foreseen.months.map(\.month).sorted())

    try store.keep(rule, by: .folderOwner)
    #expect(try store.removeExpired().events == gone)
    #expect(Set((try store.snapshot().byKey ?? [:]).values) == Set(kept.values))
    // The twin gets the same kept events, and what is left of who is who.
    let other = TemporaryFolder()
    let twin = try Store.open(
      at: other.path, access: .writing, shardRows: 40, clock: { [clock] in clock.now })
    var known = NaiveStore()
    _ = known.import(kept.values.joined().map { $0 })
    try twin.import(known.events, fingerprint: "kept", &dice)
    let refused = Set(try store.refusedLinks().map(\.id))
    for link in try store.links() where !refused.contains(link.id) {
      try twin.link(link.first, link.second)
    }
    let stories = try store.snapshot()
    #expect(
      Set((try twin.snapshot().byKey ?? [:]).values.map(Self.byTime))
        == Set((stories.byKey ?? [:]).values.map(Self.byTime)))
    #expect(stories.removed == horizon)
    #expect(try store.status().events == kept.values.joined().count)
    #expect(try store.expiredEvents(by: rule).count == 0)
    #expect(try store.removeExpired() == RetentionReport())
    #expect(try store.doctor().filter { $0.severity == .error } == [])
    try store.close()
    #expect(try Store.open(at: folder.path, access: .reading).snapshot().byKey == stories.byKey)
  }

  /// A story whose events of one moment stand in an order of their own.
  private static func byTime(_ story: [Event]) -> [String] {
    story.map { "\($0.time) \($0.name) \($0.identity) \($0.properties.sorted { $0.key < $1.key })" }
      .sorted()
  }

  @Test func `refuses late events, one by one and in files, and says which`() throws {
    var dice = SeededGenerator(1)
    let now = try set("2026-11-22T10:00:00Z")
    let store = try open()
    func event(_ name: String, days: Int64) -> Event {
      Event(name, at: Instant(milliseconds: now.milliseconds - days * day), by: Identity("c"))
    }
    try store.keep(RetentionRule(months: 1, named: ["bought": nil, "seen": 2]), by: .folderOwner)
    let events = [
      event("called", days: 40), event("called", days: 20), event("seen", days: 40),
      event("seen", days: 70), event("bought", days: 4000), event("new", days: 40),
    ]
    let verdicts = try store.append(events)
    for (verdict, isLate) in zip(verdicts, [true, false, false, true, false, true]) {
      switch verdict {
      case .refused(let refusal):
        #expect(isLate && refusal.code == "events.expired")
        #expect(refusal.problem.contains("kept from 2026-"))
      default: #expect(!isLate && verdict == .taken)
      }
    }
    let result = try store.import(events + [event("called", days: 1)], &dice)
    #expect((result.added, result.repeated, result.expired) == (1, 3, 3))
    let first = TemporaryFolder()
    let other = try Store.open(at: first.path, access: .writing, clock: { [clock] in clock.now })
    try other.keep(RetentionRule(months: 1), by: .folderOwner)
    #expect(try other.import(events, &dice).expired == 5)
    #expect(try other.status().events == 1)
  }

  @Test func `moves on with the day`() throws {
    let now = try set("2026-11-22T23:59:00Z")
    let store = try open()
    try store.keep(RetentionRule(months: 1), by: .folderOwner)
    let event = Event(
      "seen", at: try #require(Instant(iso8601: "2026-10-22T05:00:00Z")), by: Identity("c"))
    var later = event
    later.time = Instant(milliseconds: event.time.milliseconds + 1)
    #expect(try store.append([event]) == [.taken])
    #expect(try store.removeExpired().events == 0)
    #expect(try store.snapshot().removed == Horizon())
    clock.advance(120_000)
    #expect(clock.now > now)
    guard case .refused = try store.append([later])[0] else {
      Issue.record("an event of yesterday's last day was taken")
      return
    }
    #expect(try store.removeExpired().events == 1)
    #expect(try store.snapshot().removed.latest == Instant(iso8601: "2026-10-23T00:00:00Z"))
    // Nothing comes back when events are kept for longer.
    try store.keep(RetentionRule(), by: .folderOwner)
    #expect(try store.append([event]) == [.taken])
    #expect(try store.snapshot().removed.latest == Instant(iso8601: "2026-10-23T00:00:00Z"))
  }

  @Test func `takes links with the last events that they tie, and keeps those that tie others`()
    throws
  {
    let now = try set("2026-11-22T10:00:00Z")
    let store = try open()
    func event(_ id: Identity, _ days: Int64, linked: Identity? = nil) -> Event {
      Event(
        "seen", at: Instant(milliseconds: now.milliseconds - days * day), by: id, linked: linked)
    }
    let (one, two) = (Identity("anonymous:device-one"), Identity("anonymous:device-two"))
    let (between, old) = (Identity("between"), Identity("long-gone-7"))
    _ = try store.append([
      event(one, 5), event(two, 6), event(between, 90, linked: one),
      event(between, 91, linked: two), event(old, 80, linked: Identity("anonymous:long-gone-8")),
    ])
    try store.keep(RetentionRule(months: 1), by: .folderOwner)
    let report = try store.removeExpired()
    #expect(report == RetentionReport(events: 3, links: 1))
    #expect(try store.snapshot().customerCount == 1)
    #expect(try store.links().count == 2)
    #expect(try store.links(of: old).isEmpty)
    // No byte is left of what went.
    for case let file as URL in try #require(
      FileManager.default.enumerator(
        at: URL(fileURLWithPath: folder.path), includingPropertiesForKeys: nil))
    where !file.hasDirectoryPath && !file.path.hasSuffix("-shm") {
      let bytes = try Data(contentsOf: file)
      #expect(bytes.range(of: Data("long-gone".utf8)) == nil, "\(file.path)")
    }
    let line = try #require(try store.auditLog(AuditFilter(action: .eventsExpired)).first)
    #expect(line.subject == "3 events" && line.name == Principal.folderOwner.name)
  }

  @Test func `is all or nothing wherever a crash comes, and others append meanwhile`() throws {
    var dice = SeededGenerator(3)
    let now = try set("2026-11-22T10:00:00Z")
    let store = try open(shardRows: 30)
    let events = randomEvents(300, &dice, links: 8).map { event in
      var event = event
      event.time = Instant(milliseconds: now.milliseconds - Int64(dice.below(90)) * day)
      return event
    }
    try store.import(Array(events[..<200]), &dice)
    _ = try store.append(Array(events[200...]))
    try store.keep(RetentionRule(months: 1), by: .folderOwner)
    let before = try store.snapshot().byKey
    let copies = Copies()
    let appended = Mutex<[Verdict]>([])
    let fresh = Event("fresh", at: now, by: Identity("fresh"), messageID: "fresh")
    let path = folder.path
    _ = try store.removeExpired { done, of in
      copies.add(path)
      guard done == 1 else { return }
      appended.withLock { $0 = (try? store.append([fresh])) ?? [] }
    }
    #expect(appended.withLock { $0 } == [.taken])
    let after = try #require(try store.snapshot().byKey)
    #expect(after.values.joined().contains(fresh.known))
    let made = try copies.all()
    #expect(made.count > 2)
    for copy in made {
      let left = try Store.open(at: copy.path, access: .writing, clock: { [clock] in clock.now })
      var found = try #require(try left.snapshot().byKey)
      found[fresh.identity.key] = nil
      #expect(found == before)
      #expect(try left.snapshot().removed == Horizon())
      #expect(try left.removeExpired().events > 0)
      var kept = after
      kept[fresh.identity.key] = nil
      var rest = try #require(try left.snapshot().byKey)
      rest[fresh.identity.key] = nil
      #expect(rest == kept)
    }
  }

  @Test func `is an admin's to change, and everybody may know`() throws {
    let store = try open()
    let editor = Principal.member(1, name: "E", role: .editor)
    expectRefusal("access.denied") { try store.keep(RetentionRule(months: 1), by: editor) }
    expectRefusal("access.denied") { _ = try store.removeExpired(by: editor) }
    expectRefusal("retention.months") { try store.keep(RetentionRule(months: 0), by: .folderOwner) }
    #expect(try store.retentionRule() == RetentionRule())
    try store.keep(RetentionRule(months: 3), by: .folderOwner)
    let reader = try Store.open(at: folder.path, access: .reading)
    #expect(try reader.retentionRule() == RetentionRule(months: 3))
    #expect(try reader.expiredEvents(by: RetentionRule(months: 3)).count == 0)
  }
}
