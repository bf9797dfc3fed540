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
  func `can be written to again at once, though a process that is being begun has its files`()
    throws
  {
    let writer = try Store.open(at: folder.path, access: .writing)
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    let copies = open.filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0))
        == folder.path + "/lock"
    }.compactMap(Int32.init).map { dup($0) }
    defer { for copy in copies { close(copy) } }
    #expect(copies.count == 1)
    try writer.close()
    _ = try Store.open(at: folder.path, access: .writing)
  }

  @Test
  func `closes nobody else's file where another writes`() async throws {
    let writer = try Store.open(at: folder.path, access: .writing)
    defer { withExtendedLifetime(writer) {} }
    // A file that is closed twice is, the second time, one that somebody else just opened.
    let others = Task.detached { [path = folder.path + "/other"] in
      (0..<20_000).count { number in
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        var text = Int64(number)
        var read: Int64 = -1
        let isWhole = pwrite(file, &text, 8, 0) == 8 && pread(file, &read, 8, 0) == 8
        return !isWhole || read != text
      }
    }
    for _ in 0..<2000 { #expect(throws: Fault.self) { try FolderLock(folder.path) } }
    #expect(await others.value == 0)
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
  func `of version 3 keeps the events of its log, and knows them again`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let visit = Identity(.anonymous, "v\u{0}1")
    let events = [
      Event(
        "seen", at: Instant(milliseconds: 9), by: visit, linked: Identity("c1"), messageID: "m1",
        properties: ["a": .number(1), "b": .boolean(true), "c": .string("1")]),
      Event("bought", at: Instant(milliseconds: 5), by: Identity("c1")),
      Event("seen", at: Instant(milliseconds: 9), by: visit, messageID: "m2"),
    ]
    let json = [
      #"{"n":"seen","t":9,"s":1,"i":"v\u00001","ls":0,"li":"c1","m":"m1","p":{"a":1,"b":true,"c":"1"}}"#,
      #"{"n":"bought","t":5,"s":0,"i":"c1","p":{}}"#,
      #"{"n":"seen","t":9,"s":1,"i":"v\u00001","m":"m2","p":{}}"#,
    ]
    do {
      let old = try DatabasePool(path: folder.path + "/waymark.sqlite")
      try old.write { database in
        try Schema.migrate(database, to: 3)
        for (code, name) in ["bought", "seen"].enumerated() {
          try database.execute(
            literal: "INSERT INTO event_names VALUES (\(code), \(Data(name.utf8)))")
        }
        for (number, event) in events.enumerated() {
          try database.execute(
            literal: """
              INSERT INTO log (position, message, key, linked_key, time, event)
              VALUES (\(3 + 2 * number), \(Int64(bitPattern: event.messageHash)),
                \(Int64(bitPattern: event.identity.key)),
                \(event.linked.map { Int64(bitPattern: $0.key) }), \(event.time.milliseconds),
                \(Data(json[number].utf8)))
              """)
        }
        _ = try LinkRow(visit, Identity("c1"), .event, rule: "", said: events[0].time)
          .insert(into: database)
        try database.execute(sql: "UPDATE counters SET value = 8 WHERE name = 'arrival'")
      }
      try old.close()
    }
    #expect {
      try Store.open(at: folder.path, access: .reading)
    } throws: { ($0 as? Fault)?.code == "store.older" }
    let store = try Store.open(at: folder.path, access: .writing)
    let story = [events[1].known, events[0].known, events[2].known]
    #expect(try store.snapshot().byKey == [Identity("c1").key: story])
    #expect(try store.append(events) == [.repeated, .repeated, .repeated])
    #expect(try store.status().loggedEvents == 3)
    #expect(try store.doctor().filter { $0.severity == .error } == [])
    #expect(try store.erase(visit).isProven)
    #expect(try store.snapshot().eventCount == 0)
  }

  @Test
  func `of an older version whose log is damaged says so, and stays as it is`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    do {
      let old = try DatabasePool(path: folder.path + "/waymark.sqlite")
      try old.write { database in
        try Schema.migrate(database, to: 3)
        try database.execute(
          literal: "INSERT INTO log VALUES (4, 1, 1, NULL, 1, \(Data("{}".utf8)))")
      }
      try old.close()
    }
    for _ in 0..<2 {
      #expect {
        try Store.open(at: folder.path, access: .writing)
      } throws: {
        ($0 as? Fault)?.code == "store.damaged" && "\($0)".contains("position 4")
      }
    }
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
