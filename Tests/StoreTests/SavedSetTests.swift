import Events
import Foundation
import GRDB
import Statistics
import Stories
import Testing

@testable import Store

@Suite
struct `A saved set` {
  let folder = TemporaryFolder()

  private func set(_ name: String, _ identities: Identity...) -> SavedSet {
    SavedSet(
      name: name, question: "{}", place: "step=cart", members: identities.map(\.key).sorted())
  }

  @Test
  func `is kept under its name until it is replaced or deleted`() throws {
    let clock = TestClock()
    clock.advance(77)
    let store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    try store.save(set("late", Identity("c1"), Identity("c2")))
    try store.save(set("early", Identity("c3")))
    try store.save(set("late", Identity("c2")))
    var expected = [set("early", Identity("c3")), set("late", Identity("c2"))]
    for place in expected.indices { expected[place].saved = clock.now }
    #expect(try store.savedSets() == expected)
    #expect(try Store.open(at: folder.path, access: .reading).savedSets() == expected)
    try store.deleteSavedSet("late")
    #expect(try store.savedSets().map(\.name) == ["early"])
    #expect {
      try store.deleteSavedSet("late")
    } throws: { ($0 as? Refusal)?.code == "set.unknown" }
  }

  @Test(arguments: ["", "1st", "two words", "a\"b", "é", "-x", String(repeating: "a", count: 65)])
  func `refuses a name that a question could misread`(name: String) throws {
    let store = try Store.open(at: folder.path, access: .writing)
    #expect {
      try store.save(set(name, Identity("c1")))
    } throws: { ($0 as? Refusal)?.code == "set.name" }
    #expect(try store.savedSets().isEmpty)
  }

  @Test
  func `follows its customers through links and their undoing`() throws {
    let clock = TestClock()
    clock.advance(100)
    let store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    let (device, user) = (Identity("anonymous:d1"), Identity("u1"))
    try store.save(set("all", device, user))
    #expect(try store.savedSets().first?.members == [device.key, user.key].sorted())
    clock.advance(100)
    try store.link(device, user)
    #expect(try store.savedSets().first?.members == [user.key])
    let before = Instant(milliseconds: 150)
    #expect(
      try store.savedSets(.asOf(before)).first?.members == [device.key, user.key].sorted())
    clock.advance(100)
    try store.unlink(device, user)
    #expect(try store.savedSets().first?.members == [device.key, user.key].sorted())
  }

  @Test
  func `forgets who was erased, under all of their identities`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    var dice = SeededGenerator(1)
    let (device, user) = (Identity("anonymous:erase-d"), Identity("erase-u"))
    let (kept, gone) = (Identity("kept"), [device, user])
    let events = (gone + [kept]).map { Event("seen", at: Instant(milliseconds: 1), by: $0) }
    try store.import(events, &dice)
    try store.save(set("all", device, kept))
    try store.save(set("others", kept))
    try store.link(device, user)
    #expect(try store.erase(user).isProven)
    #expect(try store.savedSets().map(\.members) == [[kept.key], [kept.key]])
  }

  @Test
  func `is seen by the search after an erasure where one were left`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    try store.save(set("all", Identity("left-behind")))
    var report = ErasureReport()
    try store.search(for: [Identity("left-behind")], &report)
    #expect(report.traces.map(\.place) == ["in a saved set"])
  }

  @Test
  func `is not missed in a store of the version before`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    do {
      let old = try DatabasePool(path: folder.path + "/waymark.sqlite")
      try old.write { try Schema.migrate($0, to: 2) }
      try old.close()
    }
    let writer = try Store.open(at: folder.path, access: .writing)
    let reader = try Store.open(at: folder.path, access: .reading)
    #expect(try reader.savedSets().isEmpty)
    #expect(try reader.snapshot().customerCount == 0)
    try writer.save(set("all", Identity("c1")))
    #expect(try reader.savedSets().map(\.name) == ["all"])
  }
}
