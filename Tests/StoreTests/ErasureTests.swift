import Statistics
import Events
import Foundation
import GRDB
import Parts
import Stories
import Testing

@testable import Store

@Suite
struct `An erasure` {
  let folder = TemporaryFolder()

  @Test(arguments: 0..<8)
  func `removes a customer from everywhere and leaves all others as they were`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 60)
    let customer = Set([Identity("erase-me-7"), Identity("anonymous:erase-me-too")])
    let theirs = customer.map {
      Event("seen", at: Instant(milliseconds: 50), by: $0, properties: ["channel": .string("web")])
    }
    try store.import(randomEvents(150, &dice, links: 8) + theirs, fingerprint: "a", &dice)
    _ = try store.append(randomEvents(30, &dice, links: 8))
    _ = try store.append([
      Event(
        "bought", at: Instant(milliseconds: 60), by: Identity("erase-me-7"),
        linked: Identity("anonymous:erase-me-too"), messageID: "m"),
      Event(
        "seen", at: Instant(milliseconds: 61), by: Identity("user-1"),
        linked: Identity("erase-me-7"), messageID: "other"),
    ])
    do {
      let interrupted = try store.beginImport(source: "b.csv", fingerprint: "b")
      try interrupted.stage(theirs.map { $0.later } + randomEvents(40, &dice), &dice)
    }
    let before = try #require(try store.snapshot().byKey)
    let report = try store.erase(Identity("anonymous:erase-me-too"))
    #expect(report.traces == [])
    #expect(report.isProven)
    #expect(report.identities == 2)
    #expect(report.events == 4)
    #expect(report.loggedEvents == 1)
    #expect(report.filesSearched > 3)
    let keys = Set(customer.map(\.key))
    let others = before.filter { !keys.contains($0.key) }
    #expect(try store.snapshot().byKey == others)
    #expect(try !anyFileHolds("erase-me"))
    #expect(try store.doctor().filter { $0.severity == .error } == [])
    _ = try store.beginImport(source: "b.csv", fingerprint: "b").finish()
    #expect(try store.snapshot().byKey?.keys.filter(keys.contains) == [])
    #expect(try !anyFileHolds("erase-me"))
  }

  @Test
  func `hides at once, even where the removal is interrupted`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var dice = SeededGenerator(1)
    let (gone, kept) = (Identity("customer-a"), Identity("customer-b"))
    try store.import([gone, kept].map { Event("seen", at: .now, by: $0) }, &dice)
    try store.write { database in
      try database.execute(
        literal: "INSERT INTO erasures VALUES (\(Int64(bitPattern: gone.key)), 1, 'hidden')")
    }
    #expect(try store.snapshot().byKey?.keys.sorted() == [kept.key])
    #expect(try store.doctor().contains { $0.problem.contains("interrupted") })
    _ = try store.beginImport(source: "b", fingerprint: "b")
    #expect(try store.doctor().contains { $0.problem.contains("interrupted") } == false)
    #expect(try !anyFileHolds("customer-a"))
    #expect(try anyFileHolds("customer-b"))
  }

  @Test
  func `lets go of an identity that was parted from the customer before`() throws {
    let clock = TestClock()
    clock.advance(100)
    let store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    var dice = SeededGenerator(1)
    let (gone, kept) = (Identity("customer-a"), Identity("anonymous:visit-b"))
    try store.link(gone, kept)
    let events = [gone, kept].map { Event("seen", at: Instant(milliseconds: 1), by: $0) }
    try store.import(events, &dice)
    #expect(try store.snapshot().byKey == [gone.key: events])
    try store.unlink(gone, kept)
    do {
      let interrupted = try store.beginImport(source: "b", fingerprint: "b")
      try interrupted.stage(events[...], checkpoint: 2)
    }
    #expect(try store.erase(gone).isProven)
    #expect(try store.snapshot().byKey == [kept.key: [events[1]]])
    #expect(try !anyFileHolds("customer-a"))
  }

  @Test
  func `refuses older events afterwards and welcomes newer ones`() throws {
    let clock = TestClock()
    clock.advance(1000)
    let store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    var dice = SeededGenerator(1)
    let (gone, kept) = (Identity("customer-a"), Identity("customer-b"))
    func event(_ identity: Identity, _ time: Int64) -> Event {
      Event("seen", at: Instant(milliseconds: time), by: identity)
    }
    try store.import([event(gone, 5), event(kept, 5)], &dice)
    _ = try store.erase(gone)
    var naming = event(kept, 5)
    naming.linked = gone
    #expect(try store.append([naming]) == [.repeated])
    naming.time = Instant(milliseconds: 4)
    #expect(try store.append([naming]) == [.taken])
    #expect(try store.links(of: gone).isEmpty)
    let verdicts = try store.append([event(gone, 1000), event(gone, 1001)])
    guard case .refused(let refusal) = verdicts[0] else {
      Issue.record("\(verdicts[0])")
      return
    }
    #expect(refusal.code == "events.erased")
    #expect(verdicts[1] == .taken)
    let result = try store.import(
      [event(gone, 5), naming, event(gone, 6), event(gone, 2000)], &dice)
    #expect(result.erased == 2)
    #expect(result.added == 1)
    #expect(result.repeated == 1)
    #expect(try store.links(of: gone).isEmpty)
    let all = try store.import([event(gone, 5), event(kept, 6)], fingerprint: "g", &dice)
    #expect(all.erased == 1)
    #expect(all.added == 1)
    #expect(
      try store.snapshot().byKey == [
        gone.key: [event(gone, 1001), event(gone, 2000)],
        kept.key: [event(kept, 4), event(kept, 5), event(kept, 6)],
      ])
  }

  @Test
  func `tells ids inside longer ids from what is left`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var dice = SeededGenerator(1)
    let ids = ["c1234", "c12345", "xc1234"]
    let events = ids.map { Event("seen", at: Instant(milliseconds: 1), by: Identity($0)) }
    try store.import(events, &dice)
    try store.link(Identity("c12345"), Identity("anonymous:c1234-phone"))
    let report = try store.erase(Identity("c1234"))
    #expect(report.isProven)
    #expect(report.longerTexts >= 3)
    #expect(try store.snapshot().customerCount == 2)
  }

  @Test
  func `says where other customers' events name the id`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var dice = SeededGenerator(1)
    let friend = Event(
      "invited", at: Instant(milliseconds: 1), by: Identity("friend"),
      properties: ["invited": .string("c1234")])
    try store.import(
      [friend, Event("seen", at: Instant(milliseconds: 2), by: Identity("c1234"))], &dice)
    let report = try store.erase(Identity("c1234"))
    #expect(!report.isProven)
    #expect(
      report.traces.map(\.place) == ["the property “invited” of an event of another customer"])
  }

  @Test
  func `says which file that is somebody else's holds the id`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var dice = SeededGenerator(1)
    try store.import([Event("seen", at: Instant(milliseconds: 2), by: Identity("c1234"))], &dice)
    let notes = folder.path + "/parts/notes.txt"
    try Data("call c1234 back".utf8).write(to: URL(fileURLWithPath: notes))
    let report = try store.erase(Identity("c1234"))
    #expect(report.traces.map(\.file) == [notes])
    #expect(FileManager.default.fileExists(atPath: notes))
  }

  @Test
  func `waits for an import of the same process, which holds events that it would miss`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var dice = SeededGenerator(1)
    let gone = Identity("customer-a")
    let event = Event("seen", at: Instant(milliseconds: 5), by: gone)
    try store.import([event], &dice)
    let session = try store.beginImport(source: "b", fingerprint: "b")
    try session.take([event.later], &dice)
    expectRefusal("store.importing") { _ = try store.erase(gone) }
    expectRefusal("store.importing") { _ = try store.removeExpired() }
    _ = try session.finish()
    let report = try store.erase(gone)
    #expect(report.events == 2 && report.isProven)
    let given = try store.beginImport(source: "c", fingerprint: "c")
    expectRefusal("store.importing") { _ = try store.erase(gone) }
    try given.discard()
    #expect(try store.erase(gone).events == 0)
  }

  @Test
  func `holds for an import that was begun before it`() throws {
    let clock = TestClock()
    clock.advance(1000)
    let store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    var dice = SeededGenerator(1)
    let (gone, kept) = (Identity("customer-a"), Identity("anonymous:visit-b"))
    var linking = Event("seen", at: Instant(milliseconds: 5), by: kept)
    linking.linked = gone
    let events = [Event("seen", at: Instant(milliseconds: 5), by: gone), linking]
    try store.import([events[0]], fingerprint: "a", &dice)
    do { _ = try store.beginImport(source: "b", fingerprint: "b") }
    #expect(try store.erase(gone).isProven)
    let session = try store.beginImport(source: "b", fingerprint: "b")
    try session.stage(events[...], checkpoint: 2)
    let result = try session.finish()
    #expect(result.erased == 1)
    #expect(result.added == 1)
    #expect(try store.snapshot().byKey == [kept.key: [linking.known]])
    #expect(try store.links(of: gone).isEmpty)
    #expect(try !anyFileHolds("customer-a"))
  }

  @Test
  func `takes the customer's lines out of rejected records`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var dice = SeededGenerator(1)
    try store.import([Event("seen", at: Instant(milliseconds: 1), by: Identity("cé-17"))], &dice)
    let rejects = folder.path + "/rejects"
    try FileManager.default.createDirectory(atPath: rejects, withIntermediateDirectories: true)
    let kept = ##"{"record":2,"raw":"cé-178,seen"}"## + "\n"
    let lines =
      ##"{"record":1,"raw":"cé-17,seen"}"## + "\n" + kept
      + ##"{"record":3,"raw":"x,\"c\u00e9-17\""}"##
    let file = URL(fileURLWithPath: rejects + "/a.jsonl")
    try Data(lines.utf8).write(to: file)
    // An erasure that was killed leaves the file that it was writing.
    try Data(lines.utf8).write(to: URL(fileURLWithPath: rejects + "/a.jsonl.partial"))
    let report = try store.erase(Identity("cé-17"))
    #expect(report.rejectedLines == 2)
    #expect(report.isProven)
    #expect(try String(contentsOf: file, encoding: .utf8) == kept)
    #expect(try FileManager.default.contentsOfDirectory(atPath: rejects) == ["a.jsonl"])
  }

  @Test
  func `of somebody unknown is refused, and may be asked for twice`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var dice = SeededGenerator(1)
    try store.import([Event("seen", at: Instant(milliseconds: 1), by: Identity("c17"))], &dice)
    #expect {
      try store.erase(Identity("c71"))
    } throws: { ($0 as? Refusal)?.code == "identity.unknown" }
    #expect(try store.snapshot().eventCount == 1)
    #expect(try store.erase(Identity("c17")).events == 1)
    #expect(try store.erase(Identity("c17")).events == 0)
    #expect(try store.append([Event("seen", at: .now + .days(1), by: Identity("c71"))]) == [.taken])
  }

  private func anyFileHolds(_ text: String) throws -> Bool {
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return files.contains { name in
      let bytes = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
      return bytes.range(of: Data(text.utf8)) != nil
    }
  }
}

extension Event {
  /// The same a little later.
  fileprivate var later: Event {
    var event = self
    event.time = event.time + TimeSpan(milliseconds: 7)
    return event
  }
}
