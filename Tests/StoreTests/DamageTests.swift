import Statistics
import Events
import Foundation
import GRDB
import Stories
import Testing

@testable import Store

@Suite
struct `A damaged store` {
  let folder = TemporaryFolder()

  /// A store of several parts, closed.
  private func filled() throws -> [UInt64: [Event]] {
    var dice = SeededGenerator(1)
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 40)
    try store.import(randomEvents(200, &dice), &dice)
    let stories = try #require(try store.snapshot().byKey)
    try store.close()
    return stories
  }

  @Test(arguments: ["flipped", "truncated", "emptied", "missing", "foreign"])
  func `names the part and the way back, and harms nothing else`(damage: String) throws {
    let stories = try filled()
    let parts = folder.parts
    #expect(parts.count > 3)
    let victim = URL(fileURLWithPath: parts[1])
    let whole = try Data(contentsOf: victim)
    var bytes = whole
    switch damage {
    case "flipped": bytes[bytes.count / 2] ^= 16
    case "truncated": bytes = bytes.prefix(bytes.count - 100)
    case "emptied": bytes = Data()
    case "foreign": bytes = Data("customer,event,time\n".utf8)
    default: break
    }
    try FileManager.default.removeItem(at: victim)
    if damage != "missing" { try bytes.write(to: victim) }
    let before = try others(than: victim)
    let store = try Store.open(at: folder.path, access: .writing)
    #expect {
      try store.snapshot()
    } throws: { error in
      let fault = error as? Fault
      return fault?.code.hasPrefix("part.") == true && fault?.subject == victim.path
        && fault?.remedy.isEmpty == false
    }
    let session = try store.beginImport(source: "b", fingerprint: "b")
    try session.stage([Event("seen", at: .now, by: Identity("c1"))][...], checkpoint: 1)
    #expect(throws: Fault.self) { try session.finish() }
    try session.discard()
    let findings = try store.doctor()
    #expect(findings.filter { $0.severity == .error }.map(\.subject) == [victim.path])
    #expect(try others(than: victim) == before)
    try whole.write(to: victim)
    #expect(try store.snapshot().byKey == stories)
    #expect(try store.doctor().filter { $0.severity == .error } == [])
  }

  private func others(than victim: URL) throws -> [String: Data] {
    try folder.parts.filter { $0 != victim.path }.reduce(into: [:]) {
      $0[$1] = try Data(contentsOf: URL(fileURLWithPath: $1))
    }
  }

  @Test
  func `whose part was exchanged for another is told from a sound one`() throws {
    _ = try filled()
    let parts = folder.parts
    try FileManager.default.removeItem(atPath: parts[0])
    try FileManager.default.copyItem(atPath: parts[1], toPath: parts[0])
    let store = try Store.open(at: folder.path, access: .reading)
    #expect {
      try store.snapshot()
    } throws: { ($0 as? Fault)?.code == "part.manifest" }
    #expect(try store.doctor().contains { $0.subject == parts[0] && $0.severity == .error })
  }

  @Test
  func `that is whole gets no error from the doctor, and notes on what is open`() throws {
    _ = try filled()
    let stray = folder.path + "/parts/0000000099.part"
    let store = try Store.open(at: folder.path, access: .writing)
    try Data([1]).write(to: URL(fileURLWithPath: stray))
    _ = try store.beginImport(source: "b.csv", fingerprint: "b")
    let now = Instant(milliseconds: 1)
    _ = try store.append([
      Event("$identify", at: now, by: Identity("a"), linked: Identity("anonymous:x")),
      Event("$identify", at: now, by: Identity("b"), linked: Identity("anonymous:x")),
    ])
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    let reader = try Store.open(at: folder.path, access: .reading)
    let findings = try reader.doctor()
    #expect(findings.contains { $0.subject == stray && $0.severity == .note })
    #expect(findings.contains { $0.subject == "b.csv" && $0.severity == .note })
    #expect(findings.contains { $0.problem.contains("would join two users") })
    #expect(findings.contains { $0.remedy == "Run `chmod 700 \(folder.path)`." })
    #expect(findings.contains { $0.problem == "Process \(getpid()) is writing to the store." })
    #expect(!findings.contains { $0.severity == .error })
    #expect(findings.map(\.severity.rawValue) == findings.map(\.severity.rawValue).sorted(by: >))
  }

  @Test
  func `whose database is damaged says so`() throws {
    _ = try filled()
    let whole = try Store.open(at: folder.path, access: .writing)
    _ = try whole.pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    try whole.close()
    let path = URL(fileURLWithPath: folder.path + "/waymark.sqlite")
    var bytes = try Data(contentsOf: path)
    for place in stride(from: 4096, to: bytes.count, by: 7) { bytes[place] = 0xFF }
    try bytes.write(to: path)
    #expect {
      try Store.open(at: folder.path, access: .reading).snapshot()
    } throws: { ($0 as? Fault)?.code == "store.damaged" }
  }

  @Test
  func `whose disk is full loses nothing and goes on when there is room`() async throws {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      var dice = SeededGenerator(1)
      let events = randomEvents(300, &dice)
      let store = try Store.open(at: folder.path, access: .writing, shardRows: 50)
      try store.import(Array(events.prefix(100)), fingerprint: "a", &dice)
      let before = try store.snapshot().byKey
      let session = try store.beginImport(source: "b", fingerprint: "b")
      try session.stage(events, &dice)
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      limit.rlim_cur = 2048
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #expect(throws: Fault.self) { try session.finish() }
      #expect(throws: Fault.self) { try session.stage(events, &dice, upTo: 300) }
      limit.rlim_cur = limit.rlim_max
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #expect(try store.snapshot().byKey == before)
      var naive = NaiveStore()
      _ = naive.import(Array(events.prefix(100)))
      let added = naive.import(events)
      #expect(try session.finish().added == added)
      #expect(try store.snapshot().byKey == naive.stories())
      #expect(try store.doctor().filter { $0.severity == .error } == [])
      try FileManager.default.removeItem(atPath: folder.path)
    }
  }
}
