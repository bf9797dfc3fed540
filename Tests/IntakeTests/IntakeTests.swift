import Events
import Foundation
import Store
import Stories
import Testing
import Wire

@testable import Intake

/// A folder that is there as long as a test needs it.
private final class Folder {
  let path = FileManager.default.temporaryDirectory.appending(path: "intake-\(UUID())").path

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func write(_ text: String, as name: String) throws -> String {
    let file = path + "/" + name
    try Data(text.utf8).write(to: URL(filePath: file))
    return file
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite
struct `A file on its way into a store` {
  private let header = "user_id,event,timestamp,amount\n"

  @Test
  func `is counted once, however often it is sent, and grows by what is new`() async throws {
    let folder = try Folder()
    let store = try Store.open(at: folder.path + "/store", access: .writing)
    let rows = (0..<500).map { "u\($0 % 37),e\($0 % 5),\(1_700_000_000 + $0 / 3),\($0 % 4)\n" }
    // Two equal rows of one file are two events.
    let first = header + rows.joined() + rows[0]
    let path = try folder.write(first, as: "a.csv")
    let report = try await Intake(path, into: store).run()
    #expect(report.result.added == 501)
    #expect(report.rejectsPath == nil)
    #expect(try await Intake(path, into: store).run().result.added == 0)
    let longer = try folder.write(first + "u1,late,1800000000,\n", as: "b.csv")
    let grown = try await Intake(longer, into: store).run()
    #expect(grown.result.added == 1)
    #expect(grown.result.repeated == 501)
    #expect(try store.snapshot().eventCount == 502)
  }

  @Test
  func `keeps what it cannot take, with the reason`() async throws {
    let folder = try Folder()
    let store = try Store.open(at: folder.path + "/store", access: .writing)
    let path = try folder.write(
      header + "u1,e,1700000000,1\nnull,e,1700000001,1\nu2,e,never,1\nu3,e,1700000002,1\n",
      as: "a.csv")
    let report = try await Intake(path, into: store).run()
    #expect(report.result.added == 2)
    #expect(report.result.rejected == 2)
    #expect(report.rejections.values.reduce(0, +) == 2)
    let kept = try String(contentsOfFile: #require(report.rejectsPath), encoding: .utf8)
      .split(separator: "\n")
    let rejections = try kept.map {
      try JSONDecoder().decode(Rejection.self, from: Data($0.utf8))
    }
    #expect(rejections.map(\.record) == [2, 3])
    #expect(rejections.map(\.raw) == ["null,e,1700000001,1", "u2,e,never,1"])
  }

  @Test
  func `goes on after a checkpoint with the same events as a run without a break`() async throws {
    let folder = try Folder()
    let rows = (0..<2000).map { "u\($0 % 101),e\($0 % 7),\(1_700_000_000 + $0),\($0)\n" }
    let path = try folder.write(header + rows.joined(), as: "a.csv")
    let broken = try Store.open(at: folder.path + "/broken", access: .writing)
    // What a run leaves that ended after its first chunks.
    let source = try ChunkSource(path: path, chunkSize: 4096)
    let session = try broken.beginImport(
      source: path, fingerprint: String(source.fingerprint, radix: 16))
    var records = 0
    for _ in 0..<3 {
      let chunk = try #require(try source.next())
      let read = source.format.read(chunk, names: session.names)
      records += read.records
      let point = ResumePoint(after: chunk)
      let batch = read.batch()
      try session.stage(
        batch,
        checkpoint: ImportCheckpoint(
          byteOffset: point.offset, recordNumber: point.record - 1, records: records,
          accepted: batch.count))
    }
    #expect(try broken.snapshot().eventCount == 0)
    let report = try await Intake(path, into: broken).run()
    #expect(report.resumedAt == records + 1)
    #expect(report.result.records == 2000)
    let whole = try Store.open(at: folder.path + "/whole", access: .writing)
    _ = try await Intake(path, into: whole).run()
    let (left, right) = (try broken.snapshot(), try whole.snapshot())
    #expect(left.customerCount == 101)
    for key in try #require(right.segments.first).customers {
      #expect(left.story(of: key) == right.story(of: key))
    }
  }

  @Test(arguments: [0, 20_000, 100_000_000])
  func `ends with the same events however many wait in memory`(memory: Int) async throws {
    let folder = try Folder()
    let rows = (0..<3000).map {
      $0 % 50 == 7 ? "null,e,1,\n" : "u\($0 % 101),e\($0 % 7),\(1_700_000_000 + $0 / 9),\($0 % 3)\n"
    }
    let path = try folder.write(header + rows.joined(), as: "a.csv")
    let store = try Store.open(at: folder.path + "/store", access: .writing, shardRows: 700)
    let report = try await Intake(path, chunkSize: 2048, memory: memory, into: store).run()
    #expect(report.result.added == 2940)
    #expect(report.result.records == 3000)
    #expect(report.result.rejected == 60)
    let again = try await Intake(path, chunkSize: 999, memory: memory, into: store).run()
    #expect(again.result.added == 0)
    let plain = try Store.open(at: folder.path + "/plain", access: .writing)
    let session = try plain.beginImport(source: path, fingerprint: "plain")
    let source = try ChunkSource(path: path)
    while let chunk = try source.next() {
      let batch = source.format.read(chunk, names: session.names).batch()
      try session.stage(batch, checkpoint: ImportCheckpoint())
    }
    _ = try session.finish()
    let (left, right) = (try store.snapshot(), try plain.snapshot())
    #expect(left.customerCount == 101)
    for key in try #require(right.segments.first).customers {
      #expect(left.story(of: key) == right.story(of: key))
    }
  }

  @Test
  func `drops rejected records that it will read again`() throws {
    let folder = try Folder()
    func rejections(_ records: [Int]) throws -> Rejections {
      let text = header + (1...9).map { records.contains($0) ? "null,e,1,\n" : "u,e,1,\n" }.joined()
      let source = try ChunkSource(path: try folder.write(text, as: "r.csv"))
      return source.format.read(try #require(try source.next()), names: SharedEventNames())
        .rejections
    }
    let first = try RejectsFile(folder: folder.path, importID: 1, after: ImportCheckpoint())
    try first.add(try rejections([2, 5, 8]))
    _ = try first.close()
    let again = try RejectsFile(
      folder: folder.path, importID: 1, after: ImportCheckpoint(recordNumber: 5))
    try again.add(try rejections([7]))
    _ = try again.close()
    let kept = try String(contentsOfFile: folder.path + "/rejects/1.jsonl", encoding: .utf8)
      .split(separator: "\n")
      .map { try JSONDecoder().decode(Rejection.self, from: Data($0.utf8)).record }
    #expect(kept == [2, 5, 7])
  }
}
