import Events
import Foundation
import GRDB
import Statistics
import Testing

@testable import Accounts
@testable import Store

@Suite
struct `What a source sent` {
  private let web = CollectionSource(.writeKey, 1)
  private let app = CollectionSource(.writeKey, 2)

  private func item(_ text: String, at: Int64 = 5, problem: String = "No.") -> RefusedItem {
    RefusedItem(
      at: Instant(milliseconds: at), dialect: "segment",
      refusal: Refusal("events.name", problem: problem, remedy: "Name it."), item: text)
  }

  @Test(arguments: 0..<8)
  func `adds up, however it is written down`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    try store.forgoDurability()
    var activity = CollectionActivity()
    var (taken, last) = ([CollectionSource: [String: Int]](), [CollectionSource: [String: Int64]]())
    var refused: [CollectionSource: [RefusedItem]] = [:]
    for number in 0..<600 {
      let source = dice.one(in: 2) ? web : app
      let now = Int64(dice.below(1000))
      if dice.one(in: 3) {
        let item = item("item \(number)", at: now)
        activity.refused(item, from: source)
        refused[source, default: []].append(item)
      } else {
        let (name, count) = ("e\(dice.below(5))", dice.below(3))
        activity.took(count, of: name, from: source, at: Instant(milliseconds: now))
        guard count > 0 else { continue }
        taken[source, default: [:]][name, default: 0] += count
        last[source, default: [:]][name] = max(last[source]?[name] ?? now, now)
      }
      if dice.one(in: 50) {
        try store.record(activity)
        activity = CollectionActivity()
      }
    }
    try store.record(activity)
    let records = try store.collectionRecords()
    #expect(Set(records.map(\.source)) == [web, app])
    for record in records {
      let source = record.source
      #expect(record.taken == taken[source]?.values.reduce(0, +))
      #expect(record.refused == refused[source]?.count)
      let (counts, moments) = (taken[source] ?? [:], last[source] ?? [:])
      #expect(Dictionary(uniqueKeysWithValues: record.names.map { ($0.event, $0.taken) }) == counts)
      for name in record.names { #expect(name.last.milliseconds == moments[name.event]) }
      let kept = (refused[source] ?? []).suffix(RefusedItem.most).reversed()
      #expect(try store.refusedItems(of: source) == Array(kept))
    }
  }

  @Test
  func `stays small, whatever it sends`() throws {
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    try store.forgoDurability()
    let long = item(String(repeating: "x", count: 100_000))
    for round in 0..<3 {
      var activity = CollectionActivity()
      for number in 0..<1500 {
        let now = Instant(milliseconds: Int64(number))
        activity.took(of: "name \(round * 1000 + number)", from: web, at: now)
        activity.refused(long, from: web)
      }
      let sent = try #require(activity.sources[web])
      #expect(sent.taken.count <= CollectionActivity.mostNames + 1)
      #expect(sent.items.count <= 2 * RefusedItem.most)
      try store.record(activity)
    }
    let record = try #require(try store.collectionRecords().first)
    #expect(record.names.count == CollectionActivity.mostNames + 1)
    #expect(record.taken == 4500)
    #expect(record.refused == 4500)
    #expect(record.names.reduce(0) { $0 + $1.taken } == 4500)
    let items = try store.refusedItems(of: web)
    #expect(items.count == RefusedItem.most)
    #expect(items.allSatisfy { $0.item.utf8.count <= Masking.kept + 3 })
    #expect(try store.refusedItems(of: app).isEmpty)
  }

  @Test
  func `is masked before it is kept`() {
    let item = item(
      #"{"writeKey":"k-1","userId":"u"}"#, problem: #"The body {"token":"t-1"} is odd."#)
    #expect(item.item == #"{"writeKey":"***","userId":"u"}"#)
    #expect(!item.problem.contains("t-1"))
  }

  @Test(arguments: [
    #"{"userId":"cé-1717","a":1}"#, #"{"userId":"c\u00e9-1717"}"#, "cé-1717", "a=cé-1717&b",
    #"{"traits":{"ids":["x","c\u00E9-1717"]}}"#, "a,cé-1717,b",
    // Cut in the middle of the id, and in the middle of its escape.
    String(repeating: " ", count: Masking.kept - 7) + "cé-1717",
    String(repeating: " ", count: Masking.kept - 9) + "é17 cé-1717",
  ])
  func `of an erased customer is gone`(text: String) throws {
    let folder = TemporaryFolder()
    let clock = TestClock()
    clock.advance(1000)
    let store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    try store.forgoDurability()
    let (gone, kept) = (Identity("cé-1717"), Identity("cé-17178"))
    _ = try store.append(
      [gone, kept].map { Event("seen", at: Instant(milliseconds: 1), by: $0) })
    var activity = CollectionActivity()
    activity.refused(item(text), from: web)
    activity.refused(item(#"{"userId":"cé-17178"}"#), from: web)
    activity.refused(item("{}", problem: "“cé-1717” is odd."), from: web)
    try store.record(activity)
    let report = try store.erase(gone)
    #expect(report.refusedItems == 2)
    #expect(report.traces == [])
    #expect(try store.refusedItems(of: web).map(\.item) == [#"{"userId":"cé-17178"}"#])
    #expect(try store.collectionRecords().first?.refused == 3)
    #expect(try !anyFileHolds("cé-1717\"", in: folder))
  }

  @Test
  func `and is still in memory is not kept after the erasure`() throws {
    let folder = TemporaryFolder()
    let clock = TestClock()
    clock.advance(1000)
    let store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    try store.forgoDurability()
    let gone = Identity(.anonymous, "visit 17, b")
    _ = try store.append([Event("seen", at: Instant(milliseconds: 1), by: gone)])
    _ = try store.erase(gone)
    var activity = CollectionActivity()
    activity.refused(item(#"{"anonymousId":"visit 17, b"}"#, at: 999), from: web)
    activity.refused(item(#"{"anonymousId":"visit 17, b"}"#, at: 1001), from: web)
    activity.refused(item(#"{"anonymousId":"visit 18"}"#, at: 1), from: web)
    activity.refused(item("{}", at: 2, problem: "“visit 17, b” has a space."), from: web)
    try store.record(activity)
    #expect(try store.refusedItems(of: web).map(\.at.milliseconds) == [1, 1001])
    #expect(try store.collectionRecords().first?.refused == 4)
  }

  @Test
  func `can be erased where nothing else is known of the customer`() throws {
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    try store.forgoDurability()
    var activity = CollectionActivity()
    activity.refused(item(#"{"userId":"only-here"}"#), from: web)
    try store.record(activity)
    expectRefusal("identity.unknown") { _ = try store.erase(Identity("not-here")) }
    let report = try store.erase(Identity("only-here"))
    #expect(report.isProven)
    #expect(report.refusedItems == 1)
    #expect(try !anyFileHolds("only-here", in: folder))
    activity.refused(item(#"{"userId":"o’neil"}"#), from: web)
    try store.record(activity)
    #expect(try store.erase(Identity("o’neil")).refusedItems == 1)
    #expect(try !anyFileHolds("o’neil", in: folder))
  }

  @Test
  func `is seen by the search after an erasure where it were left`() throws {
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    try store.forgoDurability()
    var activity = CollectionActivity()
    activity.refused(item(#"{"userId":"left-behind"}"#), from: web)
    try store.record(activity)
    var report = ErasureReport()
    try store.search(for: [Identity("left-behind")], &report)
    #expect(report.traces.map(\.place) == ["in a refused item or the audit log"])
  }

  @Test
  func `and what was done to a customer name no one who was erased`() throws {
    let office = try Office()
    let gone = Identity("erase-me")
    _ = try office.store.append([Event("seen", at: Instant(milliseconds: 1), by: gone)])
    try office.store.record(.customersLinked, "user:erase-me", detail: "with x", by: office.admin)
    try office.store.record(.customersLinked, "user:erase-me-not", by: office.admin)
    try office.store.saveQuestion(
      name: "q", question: #"{"name":"erase-me"}"#, by: office.admin)
    let report = try office.store.erase(gone)
    #expect(report.traces == [])
    #expect(report.longerTexts >= 2)
    let entries = try office.store.auditLog(.init(action: .customersLinked))
    #expect(entries.map(\.subject) == ["user:erase-me-not", "an erased customer"])
    #expect(entries.map(\.name) == ["Ada", "Ada"])
  }

  private func anyFileHolds(_ text: String, in folder: TemporaryFolder) throws -> Bool {
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return files.contains { name in
      let bytes = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
      return bytes.range(of: Data(text.utf8)) != nil
    }
  }
}
