import Events
import Foundation
import GRDB
import Statistics
import Stories
import Synchronization
import Testing

@testable import Store

@Suite
struct `A backup` {
  let folder = TemporaryFolder()
  let backup = TemporaryFolder()
  let restored = TemporaryFolder()

  private func isEmptyOrMissing(_ path: String) -> Bool {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).isEmpty
  }

  @Test(arguments: 0..<8)
  func `makes a store that tells the same stories, and goes on alike`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 30)
    var naive = NaiveStore()
    let imported = randomEvents(200, &dice)
    try store.import(imported, &dice)
    _ = naive.import(imported)
    for event in randomEvents(60, &dice) where naive.append(event) { _ = try store.append([event]) }
    if dice.one(in: 2) { try store.link(Identity("user-1"), Identity("user-2")) }
    // An import that is half done belongs to the store, too.
    let later = randomEvents(80, &dice)
    let session = try store.beginImport(source: "later", fingerprint: "later", memory: 0)
    try session.stage(later, &dice, upTo: 40)
    let reader = try Store.open(at: folder.path, access: .reading)
    let made = try reader.backUp(to: backup.path, program: "test")
    #expect(made.facts.events == naive.events.count)
    #expect(made.facts.format == Schema.current)

    let opened = try Backup.open(backup.path)
    #expect(opened.facts == made.facts)
    try opened.restore(to: restored.path)
    let copy = try Store.open(at: restored.path, access: .writing)
    #expect(try copy.snapshot().byKey == store.snapshot().byKey)
    #expect(try copy.doctor().filter { $0.severity == .error } == [])
    let extra = Event("seen", at: .now, by: Identity("user-3"), messageID: "after the backup")
    for each in [store, copy] {
      let session = try each.beginImport(source: "later", fingerprint: "later", memory: 0)
      #expect(session.checkpoint.recordNumber >= 40)
      try session.stage(later, &dice)
      _ = try session.finish()
      #expect(try each.append([extra]) == [.taken])
      #expect(try each.append([imported[0]]) == [.repeated])
    }
    #expect(try copy.snapshot().byKey == store.snapshot().byKey)
  }

  @Test
  func `holds one moment while parts are replaced under it`() throws {
    var dice = SeededGenerator(3)
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 20)
    try store.import(randomEvents(300, &dice), &dice)
    let isDone = Mutex(false)
    let failure = Mutex<(any Error)?>(nil)
    let ended = DispatchSemaphore(value: 0)
    Thread {
      var number = 0
      do {
        while !isDone.withLock({ $0 }) {
          for _ in 0..<5 {
            number += 1
            _ = try store.append([
              Event("seen", at: .now, by: Identity("busy \(number)"), messageID: "n\(number)")
            ])
          }
          try store.seal()
        }
      } catch { failure.withLock { $0 = error } }
      ended.signal()
    }.start()
    let reader = try Store.open(at: folder.path, access: .reading)
    for round in 0..<25 {
      let before = try reader.status().events
      let made = try reader.backUp(to: "\(backup.path)-\(round)", program: "test")
      defer { try? FileManager.default.removeItem(atPath: "\(backup.path)-\(round)") }
      #expect(made.facts.events >= before)
      try made.restore(to: "\(restored.path)-\(round)")
      defer { try? FileManager.default.removeItem(atPath: "\(restored.path)-\(round)") }
      let copy = try Store.open(at: "\(restored.path)-\(round)", access: .reading)
      #expect(try copy.snapshot().eventCount == made.facts.events)
    }
    isDone.withLock { $0 = true }
    ended.wait()
    #expect(failure.withLock { $0 } == nil)
  }

  @Test
  func `never writes over anything`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    _ = try store.append([Event("seen", at: .now, by: Identity("a"))])
    try FileManager.default.createDirectory(
      atPath: restored.path, withIntermediateDirectories: true)
    let made = try store.backUp(to: backup.path, program: "test")
    try Data("mine".utf8).write(to: URL(fileURLWithPath: restored.path + "/note"))
    #expect { try store.backUp(to: restored.path, program: "test") } throws: {
      ($0 as? Refusal)?.code == "backup.exists"
    }
    #expect { try made.restore(to: restored.path) } throws: {
      ($0 as? Refusal)?.code == "restore.exists"
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: restored.path) == ["note"])
    #expect { try store.backUp(to: folder.path + "/parts/../backup", program: "test") } throws: {
      ($0 as? Refusal)?.code == "backup.inside"
    }
    for name in [".hidden.yaml", "two\nlines.yaml", "../up.yaml"] {
      let file = (name: name, path: restored.path + "/note")
      #expect {
        try store.backUp(to: backup.path + "-2", experience: [file], program: "test")
      } throws: {
        ($0 as? Refusal)?.code == "backup.name"
      }
      #expect(!FileManager.default.fileExists(atPath: backup.path + "-2"))
    }
  }

  @Test
  func `leaves nothing where a part is damaged, and names the part`() throws {
    var dice = SeededGenerator(5)
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 30)
    try store.import(randomEvents(200, &dice), &dice)
    let victim = folder.parts[1]
    var bytes = try Data(contentsOf: URL(fileURLWithPath: victim))
    bytes[bytes.count / 2] ^= 8
    try FileManager.default.removeItem(atPath: victim)
    try bytes.write(to: URL(fileURLWithPath: victim))
    #expect { try store.backUp(to: backup.path, program: "test") } throws: {
      ($0 as? Fault)?.code.hasPrefix("part.") == true
    }
    #expect(!FileManager.default.fileExists(atPath: backup.path))
    try FileManager.default.removeItem(atPath: victim)
    #expect { try store.backUp(to: backup.path, program: "test") } throws: {
      ($0 as? Fault)?.code == "part.missing" && ($0 as? Fault)?.subject == victim
    }
    #expect(!FileManager.default.fileExists(atPath: backup.path))
  }

  /// What can happen to a file.
  enum Damage: CaseIterable { case flipped, shortened, emptied, missing, linkElsewhere }

  @Test(arguments: Damage.allCases)
  func `is refused with the file that is not what it was`(damage: Damage) throws {
    var dice = SeededGenerator(7)
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 60)
    try store.import(randomEvents(200, &dice), &dice)
    let text = folder.path + "/experience.yaml"
    try Data("experience: A shop\n".utf8).write(to: URL(fileURLWithPath: text))
    let made = try store.backUp(
      to: backup.path, experience: [("experience.yaml", text)], program: "test")
    // Linked parts are the store's own; damage is done to a copy.
    let files = made.sums.files.map(\.path) + [FileSums.name]
    #expect(files.count > 5)
    for file in files {
      let path = "\(backup.path)/\(file)"
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      var bytes = whole
      switch damage {
      case .flipped: bytes[bytes.count / 2] ^= 4
      case .shortened: bytes = bytes.dropLast()
      case .emptied: bytes = Data()
      case .missing, .linkElsewhere: break
      }
      try FileManager.default.removeItem(atPath: path)
      switch damage {
      case .linkElsewhere:
        let elsewhere = folder.path + "/elsewhere"
        try whole.write(to: URL(fileURLWithPath: elsewhere))
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: elsewhere)
      case .missing: break
      default: try bytes.write(to: URL(fileURLWithPath: path))
      }
      #expect("\(damage) of \(file)") { try Backup.open(backup.path) } throws: { error in
        guard let fault = error as? Fault else { return false }
        let isNamed = fault.subject.contains(file) || file == FileSums.name
        return isNamed && !fault.remedy.isEmpty
      }
      if damage != .missing { try FileManager.default.removeItem(atPath: path) }
      try whole.write(to: URL(fileURLWithPath: path))
    }
    _ = try Backup.open(backup.path)
    #expect(isEmptyOrMissing(restored.path))
  }

  @Test(arguments: [
    ("", "line"), ("x  backup.json\n", "line"),
    ("\(String(repeating: "a", count: 64))  ../../etc/passwd\n", "line"),
    ("\(String(repeating: "a", count: 64))  /etc/passwd\n", "line"),
    ("\(String(repeating: "a", count: 64))  parts/../waymark.sqlite\n", "line"),
    ("\(String(repeating: "a", count: 64))  experience/.hidden\n", "line"),
    ("\(String(repeating: "a", count: 64))  backup.json\n", "twice"),
    ("\(String(repeating: "a", count: 64))  rejects/9.jsonl\n", "lists"),
  ])
  func `follows no list that somebody changed`(line: String, complaint: String) throws {
    let store = try Store.open(at: folder.path, access: .writing)
    _ = try store.append([Event("seen", at: .now, by: Identity("a"))])
    _ = try store.backUp(to: backup.path, program: "test")
    let list = backup.path + "/" + FileSums.name
    let text = try String(contentsOfFile: list, encoding: .utf8)
    let changed = line.isEmpty ? String(text.dropLast()) : text + line
    try Data(changed.utf8).write(to: URL(fileURLWithPath: list))
    #expect { try Backup.open(backup.path) } throws: { error in
      let fault = error as? Fault
      return fault?.code == "backup.damaged" && fault?.problem.contains(complaint) == true
    }
  }

  @Test
  func `says what is missing where there is none, half of one, or a newer one`() throws {
    func code() -> String? {
      do {
        _ = try Backup.open(backup.path)
        return nil
      } catch { return error.code }
    }
    #expect(code() == "backup.missing")
    let store = try Store.open(at: folder.path, access: .writing)
    _ = try store.append([Event("seen", at: .now, by: Identity("a"))])
    _ = try store.backUp(to: backup.path, program: "test")
    #expect(code() == nil)
    let facts = URL(fileURLWithPath: backup.path + "/" + Backup.factsName)
    let text = try String(contentsOf: facts, encoding: .utf8)
    try Data(text.replacing(#""backup" : 1"#, with: #""backup" : 2"#).utf8).write(to: facts)
    #expect(code() == "backup.newer")
    try FileManager.default.removeItem(atPath: backup.path + "/" + FileSums.name)
    #expect(code() == "backup.incomplete")
  }
}
