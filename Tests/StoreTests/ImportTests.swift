import Statistics
import Events
import Foundation
import Stories
import Testing

@testable import Store

@Suite
struct `An import` {
  @Test(arguments: 0..<12)
  func `ends with the stories of a naive store, in parts of any size`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let folder = TemporaryFolder()
    let store = try Store.open(
      at: folder.path, access: .writing, shardRows: Int.random(in: 5...400, using: &dice))
    var naive = NaiveStore()
    for file in 0..<3 {
      let events = randomEvents(Int.random(in: 0...200, using: &dice), &dice)
      let result = try store.import(events, fingerprint: "file \(file)", &dice)
      let added = naive.import(events)
      #expect(result.added == added)
      #expect(result.repeated == events.count - added)
      #expect(result.records == events.count)
      #expect(try store.snapshot().byKey == naive.stories())
    }
    #expect(try store.status().events == naive.events.count)
    #expect(try store.doctor().filter { $0.severity == .error } == [])
  }

  @Test(arguments: 0..<6)
  func `adds nothing the second time, and what is new of a longer export`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 50)
    let events = randomEvents(300, &dice)
    var naive = NaiveStore()
    _ = try store.import(Array(events.prefix(180)), &dice)
    _ = naive.import(Array(events.prefix(180)))
    let again = try store.import(Array(events.prefix(180)), &dice)
    #expect(again.added == 0)
    #expect(again.repeated == 180)
    #expect(try store.import(events, &dice).added == naive.import(events))
    #expect(try store.snapshot().byKey == naive.stories())
  }

  @Test(arguments: 0..<6)
  func `survives a crash at every step and ends as if there had been none`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 60)
    var naive = NaiveStore()
    let earlier = randomEvents(100, &dice, links: 9)
    try store.import(earlier, fingerprint: "earlier", &dice)
    _ = naive.import(earlier)
    let before = try store.snapshot().byKey
    let events = randomEvents(160, &dice, links: 9)
    var crashes: [TemporaryFolder] = []
    let session = try store.beginImport(source: "a.csv", fingerprint: "a")
    try session.stage(events, &dice) {
      try writeUncommitted(session)
      crashes.append(try TemporaryFolder(copying: folder.path))
    }
    let (copies, result) = try finish(session, copying: folder)
    crashes += copies
    _ = naive.import(events)
    let after = try store.snapshot().byKey
    #expect(after?.values.reduce(0) { $0 + $1.count } == naive.events.count)
    for crash in crashes {
      try Data([1]).write(to: URL(fileURLWithPath: crash.path + "/parts/0000009999.part.partial"))
      let reader = try Store.open(at: crash.path, access: .reading)
      #expect(try reader.snapshot().byKey == before)
      let reopened = try Store.open(at: crash.path, access: .writing, shardRows: 60)
      #expect(!crash.parts.contains { $0.hasSuffix(".partial") })
      let resumed = try reopened.beginImport(source: "a.csv", fingerprint: "a")
      try resumed.stage(events, &dice)
      #expect(try resumed.finish() == result)
      #expect(try reopened.snapshot().byKey == after)
      #expect(try reopened.doctor().filter { $0.severity == .error } == [])
    }
  }

  @Test(arguments: 0..<3)
  func `survives being killed again and again, and ends as if it had not been`(
    seed: Int
  ) async throws {
    let folder = TemporaryFolder()
    for round in 0..<4 {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = folder.path as String, seed = seed as Int, round = round as Int] in
        var (dice, pace) = (SeededGenerator(seed), SeededGenerator(100 * seed + round))
        let events = randomEvents(200, &dice, links: 9)
        let store = try Store.open(at: path, access: .writing, shardRows: 30)
        let moment = UInt32.random(in: 0..<200_000, using: &pace)
        Thread {
          usleep(moment)
          kill(getpid(), SIGKILL)
        }.start()
        while true { try store.import(events, &pace) }
      }
    }
    var dice = SeededGenerator(seed)
    let events = randomEvents(200, &dice, links: 9)
    var naive = NaiveStore()
    _ = naive.import(events)
    var people = NaiveIdentity()
    events.forEach { people.say($0) }
    let canonical = people.canonical()
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 30)
    try store.import(events, &dice)
    #expect(try store.snapshot().byKey == naive.stories { canonical[$0] ?? $0 })
    #expect(try store.doctor().filter { $0.severity == .error } == [])
    #expect(folder.parts.count == (try store.status().parts))
  }

  /// Writes a part that no transaction names: what a crash just before it would leave.
  private func writeUncommitted(_ session: ImportSession) throws {
    var names = session.names.current
    let batch = try Batch([Event("seen", at: .now, by: Identity("lost"))], names: &names)
    _ = try session.writePart(try StorySegment(sorting: batch))
  }

  /// Finishes an import and copies the folder while new parts are there but don't count yet.
  private func finish(
    _ session: ImportSession, copying folder: TemporaryFolder
  ) throws -> ([TemporaryFolder], ImportResult) {
    let copies = Copies()
    let result = try session.finish { _, _ in copies.add(folder.path) }
    return (try copies.all(), result)
  }

  @Test
  func `is invisible until it is finished`() throws {
    var dice = SeededGenerator(1)
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    let session = try store.beginImport(source: "a.csv", fingerprint: "a")
    try session.stage(randomEvents(50, &dice, links: 2), &dice)
    #expect(try store.snapshot().eventCount == 0)
    #expect(try store.status().events == 0)
    #expect(try store.status().runningImport == "a.csv")
    #expect(try store.links(of: Identity("user-1")).isEmpty)
    #expect(try store.doctor().contains { $0.subject == "a.csv" && $0.severity == .note })
  }

  @Test
  func `goes on where it was interrupted`() throws {
    var dice = SeededGenerator(2)
    let folder = TemporaryFolder()
    let events = randomEvents(120, &dice)
    do {
      let store = try Store.open(at: folder.path, access: .writing)
      let session = try store.beginImport(source: "a.csv", fingerprint: "a")
      #expect(session.checkpoint == ImportCheckpoint())
      try session.stage(events, &dice, upTo: 70)
    }
    let store = try Store.open(at: folder.path, access: .writing)
    let session = try store.beginImport(source: "a.csv", fingerprint: "a")
    #expect(
      session.checkpoint
        == ImportCheckpoint(byteOffset: 700, recordNumber: 70, records: 70, accepted: 70))
    try session.stage(events, &dice)
    _ = try session.finish()
    var naive = NaiveStore()
    _ = naive.import(events)
    #expect(try store.snapshot().byKey == naive.stories())
    #expect(try store.beginImport(source: "a.csv", fingerprint: "a").lastFinished != nil)
  }

  @Test
  func `goes on where its memory was full, and begins anew where it never was`() throws {
    var dice = SeededGenerator(5)
    let folder = TemporaryFolder()
    let events = randomEvents(200, &dice)
    for (memory, reaches) in [(ImportSession.usualMemory, 0..<1), (3000, 1..<121)] {
      do {
        let store = try Store.open(at: folder.path, access: .writing)
        let session = try store.beginImport(source: "a.csv", fingerprint: "a", memory: memory)
        try session.take(events, &dice, upTo: 120)
        #expect(folder.parts.isEmpty == (reaches.lowerBound == 0))
      }
      let store = try Store.open(at: folder.path, access: .writing)
      let session = try store.beginImport(source: "a.csv", fingerprint: "a")
      #expect(reaches.contains(session.checkpoint.recordNumber))
      #expect(try store.snapshot().eventCount == 0)
    }
    let store = try Store.open(at: folder.path, access: .writing)
    let session = try store.beginImport(source: "a.csv", fingerprint: "a")
    try session.take(events, &dice)
    let result = try session.finish()
    var naive = NaiveStore()
    #expect(result.added == naive.import(events))
    #expect(result.records == 200)
    #expect(try store.snapshot().byKey == naive.stories())
  }

  @Test(arguments: 0..<6)
  func `of an empty store survives a crash while it is written`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 30)
    let events = randomEvents(160, &dice)
    let session = try store.beginImport(source: "a.csv", fingerprint: "a")
    try session.take(events, &dice)
    let (crashes, result) = try finish(session, copying: folder)
    let after = try store.snapshot().byKey
    #expect(folder.parts.count == (try store.status().parts))
    for crash in crashes {
      let reopened = try Store.open(at: crash.path, access: .writing, shardRows: 30)
      #expect(crash.parts.isEmpty)
      let again = try reopened.beginImport(source: "a.csv", fingerprint: "a")
      #expect(again.checkpoint == ImportCheckpoint())
      try again.take(events, &dice)
      #expect(try again.finish() == result)
      #expect(try reopened.snapshot().byKey == after)
      #expect(try reopened.doctor().filter { $0.severity == .error } == [])
    }
  }

  @Test
  func `of one source must end before that of another, and may be given up`() throws {
    var dice = SeededGenerator(3)
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    let session = try store.beginImport(source: "a.csv", fingerprint: "a")
    try session.stage(randomEvents(50, &dice, links: 3), &dice)
    #expect {
      try store.beginImport(source: "b.csv", fingerprint: "b")
    } throws: { error in
      let refusal = error as? Refusal
      return refusal?.code == "import.running" && refusal?.problem.contains("a.csv") == true
        && refusal?.remedy.contains("--discard") == true
    }
    #expect(!folder.parts.isEmpty)
    #expect(try store.discardImport() == "a.csv")
    #expect(try store.discardImport() == nil)
    #expect(folder.parts.isEmpty)
    #expect(throws: Refusal.self) { try session.finish() }
    let events = randomEvents(30, &dice)
    #expect(try store.import(events, fingerprint: "b", &dice).records == 30)
  }

  @Test
  func `takes parts that several threads wrote, committed in order`() throws {
    var dice = SeededGenerator(4)
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing, shardRows: 100)
    let events = randomEvents(400, &dice)
    let session = try store.beginImport(source: "a.csv", fingerprint: "a")
    for name in ["seen", "bought", "called"] { _ = session.names.code(of: name) }
    let chunks = stride(from: 0, to: 400, by: 50).map { Array(events[$0..<($0 + 50)]) }
    let firsts = try chunks.map { try session.reserveArrivals($0.count) }
    let written = Written()
    try Background.run(chunks.count) { chunk in
      var names = session.names.current
      let batch = try Batch(chunks[chunk], names: &names)
      let segment = try StorySegment(sorting: batch, firstArrival: firsts[chunk])
      written.add(try session.writePart(segment, links: batch.links), at: chunk)
    }
    for chunk in chunks.indices {
      try session.commit(
        [try #require(written.part(at: chunk))],
        checkpoint: ImportCheckpoint(recordNumber: (chunk + 1) * 50, records: (chunk + 1) * 50))
    }
    _ = try session.finish()
    var naive = NaiveStore()
    _ = naive.import(events)
    #expect(try store.snapshot().byKey == naive.stories())
  }

  @Test
  func `of nothing is finished, too`() throws {
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    let result = try store.beginImport(source: "a.csv", fingerprint: "a").finish()
    #expect(result.added == 0)
    #expect(try store.status().imports == 1)
    #expect(try store.snapshot().segments.isEmpty)
  }
}
