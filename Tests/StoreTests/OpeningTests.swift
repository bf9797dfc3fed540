import Events
import Foundation
import GRDB
import Stories
import Testing

@testable import Store

@Suite
struct `A store that is opened` {
  let folder = TemporaryFolder()

  @Test
  func `waits at every commit until the disk has it`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    #expect(try store.synchronous() == 2)
    let mode = try store.pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
    #expect(mode == "wal")
    #expect(
      try store.pool.writeWithoutTransaction {
        try Int.fetchOne($0, sql: "PRAGMA secure_delete")
      } == 1)
  }

  @Test
  func `belongs to its owner alone`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    _ = try store.append([Event("seen", at: .now, by: Identity("c1"))])
    for path in [folder.path, folder.path + "/waymark.sqlite", folder.path + "/waymark.sqlite-wal"]
    {
      let bits = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect((bits ?? 0o777) & 0o077 == 0, "\(path)")
    }
  }

  @Test
  func `has one writer, who is named to the second, and readers beside it`() throws {
    let writer = try Store.open(at: folder.path, access: .writing)
    #expect {
      try Store.open(at: folder.path, access: .writing)
    } throws: { error in
      let fault = error as? Fault
      return fault?.code == "store.locked" && fault?.problem.contains("process \(getpid())") == true
    }
    #expect(try Store.open(at: folder.path, access: .reading).snapshot().eventCount == 0)
    try writer.close()
    _ = try Store.open(at: folder.path, access: .writing)
  }

  @Test
  func `says how to begin where there is none`() {
    #expect {
      try Store.open(at: folder.path, access: .reading)
    } throws: { error in
      (error as? Fault)?.code == "store.missing"
        && (error as? Fault)?.remedy.contains("waymark import") == true
    }
  }

  @Test
  func `can't be changed by a reader`() throws {
    _ = try Store.open(at: folder.path, access: .writing)
    let reader = try Store.open(at: folder.path, access: .reading)
    #expect(throws: Fault.self) { try reader.append([Event("x", at: .now, by: Identity("c"))]) }
    #expect(throws: Fault.self) { try reader.beginImport(source: "a", fingerprint: "a") }
  }

  @Test
  func `sweeps what a crash left, and nothing else`() throws {
    _ = try Store.open(at: folder.path, access: .writing)
    let parts = folder.path + "/parts/"
    let stray = ["0000000007.part", "0000000008.part.partial"]
    let foreign = ["notes.part", "7.part", "0000000009.part.old", "readme.txt"]
    for name in stray + foreign { try Data([1]).write(to: URL(fileURLWithPath: parts + name)) }
    _ = try Store.open(at: folder.path, access: .writing)
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: parts)) == Set(foreign))
  }

  @Test
  func `of a newer version is refused`() throws {
    _ = try Store.open(at: folder.path, access: .writing)
    try change("PRAGMA user_version = \(Schema.current + 1)")
    for access in [Store.Access.reading, .writing] {
      #expect {
        try Store.open(at: folder.path, access: access)
      } throws: { ($0 as? Fault)?.code == "store.newer" }
    }
  }

  @Test
  func `of another program is refused`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    try change("CREATE TABLE theirs (a)")
    #expect {
      try Store.open(at: folder.path, access: .writing)
    } throws: { ($0 as? Fault)?.code == "store.foreign" }
  }

  @Test
  func `that is no database is refused`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    try Data(repeating: 7, count: 9000).write(
      to: URL(fileURLWithPath: folder.path + "/waymark.sqlite"))
    for access in [Store.Access.reading, .writing] {
      #expect {
        try Store.open(at: folder.path, access: access)
      } throws: { ($0 as? Fault)?.code == "store.damaged" }
    }
  }

  @Test
  func `of version 1 is brought up to date with what it holds`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let event = Event("seen", at: Instant(milliseconds: 5), by: Identity("c1"))
    do {
      let old = try DatabasePool(path: folder.path + "/waymark.sqlite")
      try old.write { database in
        try Schema.migrate(database, to: 1)
        try database.execute(sql: "INSERT INTO event_names VALUES (0, CAST('seen' AS BLOB))")
        try database.execute(
          literal: """
            INSERT INTO log (position, message, key, time, event)
            VALUES (3, 77, \(Int64(bitPattern: event.identity.key)), 5,
              \(Data(#"{"n":"seen","t":5,"s":0,"i":"c1","m":"x","p":{}}"#.utf8)))
            """)
        try database.execute(sql: "UPDATE counters SET value = 4 WHERE name = 'arrival'")
      }
      try old.close()
    }
    #expect {
      try Store.open(at: folder.path, access: .reading)
    } throws: { ($0 as? Fault)?.code == "store.older" }
    let store = try Store.open(at: folder.path, access: .writing)
    #expect(try store.status().format == Schema.current)
    #expect(try store.snapshot().byKey == [event.identity.key: [event]])
    try store.link(Identity("c1"), Identity("anonymous:x"))
    #expect(try store.doctor().filter { $0.severity == .error } == [])
  }

  @Test
  func `keeps settings`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    #expect(try store.setting("colour") == nil)
    try store.set("colour", to: "green")
    #expect(try store.setting("colour") == "green")
    try store.set("colour", to: nil)
    #expect(try store.setting("colour") == nil)
  }

  private func change(_ sql: String) throws {
    let queue = try DatabaseQueue(path: folder.path + "/waymark.sqlite")
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }
}
