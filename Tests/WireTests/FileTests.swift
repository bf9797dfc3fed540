import Events
import Foundation
import Stories
import Testing

@testable import Wire

@Suite
struct `A source of chunks` {
  private static let rows = (1...500).map { "u\($0 % 9),e\($0 % 4),\($0),\"v \($0)\"\n" }
  private static let text = "user,event,ts,note\n" + rows.joined()

  @Test(arguments: [100, 1000, 1 << 20])
  func `goes on after any chunk, compressed or not`(size: Int) throws {
    let folder = try Folder()
    let plain = Array(Self.text.utf8)
    for path in [
      try folder.file("a.csv", plain), try folder.file("b.csv.gz", gzip(plain)),
      try folder.file("c.gz", gzip(Array(plain.prefix(777))) + gzip(Array(plain.dropFirst(777)))),
    ] {
      let whole = try reading(path: path)
      #expect(whole.events.count == 500)
      let source = try ChunkSource(path: path, chunkSize: size)
      var seen = 0
      while let chunk = try source.next() {
        seen += chunk.records
        let rest = try reading(path: path, from: ResumePoint(after: chunk), chunkSize: size)
        #expect(rest.events == Array(whole.events.dropFirst(seen)))
      }
      #expect(seen == 500)
      #expect(source.bytesRead == source.totalBytes)
    }
  }

  @Test
  func `reports where gzip is damaged`() throws {
    let folder = try Folder()
    let good = gzip(Array(Self.text.utf8))
    var flipped = good
    flipped[good.count - 6] ^= 1
    for (name, bytes) in [("cut.gz", Array(good.dropLast(200))), ("flipped.gz", flipped)] {
      let path = try folder.file(name, bytes)
      let fault = #expect(throws: Fault.self) { try reading(path: path) }
      #expect(fault?.code == "file.gzip")
      #expect(fault?.subject == path)
      #expect(fault?.problem.contains("at byte") == true)
    }
  }

  @Test
  func `reports a file that is not there, or is a folder`() throws {
    let folder = try Folder()
    let missing = #expect(throws: Fault.self) { try reading(path: folder.path + "/none.csv") }
    #expect(missing?.code == "file.read")
    let kind = #expect(throws: Fault.self) { try reading(path: folder.path) }
    #expect(kind?.code == "file.kind")
  }

  @Test
  func `has a fingerprint of the file and of what was asked`() throws {
    let folder = try Folder()
    let path = try folder.file("a.csv", Array(Self.text.utf8))
    let print = try ChunkSource(path: path).fingerprint
    #expect(try ChunkSource(path: path, chunkSize: 100).fingerprint == print)
    var options = ImportOptions()
    options.zone = "Europe/Berlin"
    #expect(try ChunkSource(path: path, options: options).fingerprint != print)
    let other = try folder.file("a.csv", Array(Self.text.replacing("u1,", with: "u2,").utf8))
    #expect(try ChunkSource(path: other).fingerprint != print)
  }
}

@Suite
struct `An XES log` {
  private func log(_ traces: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <log xes.version="1.0"><extension name="Concept" prefix="concept"/>
    <global scope="event"><string key="concept:name" value="x"/></global>
    \(traces)
    </log>
    """
  }

  private func trace(_ id: String, _ events: Int) -> String {
    let all = (0..<events).map { number in
      """
      <event><string key="concept:name" value="e&amp;\(number)"/>
      <date key="time:timestamp" value="2025-09-01T00:00:0\(number)+02:00"/>
      <int key="cost" value="\(number)"/><boolean key="ok" value="true"/>
      <string key="lifecycle:transition" value="start"/></event>
      """
    }
    return "<trace><string key=\"concept:name\" value=\"\(id)\"/>"
      + "<float key=\"amount\" value=\"1.5\"/>\(all.joined())</trace>"
  }

  @Test(arguments: [100, 1 << 20])
  func `becomes events, trace by trace`(size: Int) throws {
    let text = log(trace("c1", 2) + trace("c2", 0) + trace("c3", 3))
    for bytes in [Array(text.utf8), gzip(Array(text.utf8))] {
      let read = try reading(bytes, as: "log.xes", chunkSize: size)
      #expect(read.verdicts.isEmpty)
      #expect(read.events.map(\.identity.id) == ["c1", "c1", "c3", "c3", "c3"])
      #expect(read.records == 5)
      #expect(
        read.events[1]
          == Event(
            "e&1", at: Instant(milliseconds: 1_756_677_601_000), by: Identity("c1"),
            properties: [
              "cost": .number(1), "ok": .boolean(true), "case.amount": .number(1.5),
              "lifecycle:transition": .string("start"),
            ]))
    }
  }

  @Test
  func `is bounded and fetches nothing`() throws {
    let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>" + log(trace("c", 1))
    let read = try reading(bomb, as: "bomb.xes")
    #expect(read.events.isEmpty)
    #expect(read.rejections.counts == ["xes.entity": 1])
    let broken = try reading(
      log(trace("c1", 1) + "<trace><event><bad></event></trace>"), as: "x.xes")
    #expect(broken.events.count == 1)
    #expect(broken.rejections.counts == ["xes.syntax": 1])
    let deep = log("<trace>" + String(repeating: "<a>", count: 100_000) + "</trace>")
    #expect(try reading(deep, as: "deep.xes").rejections.counts.keys.sorted() == ["xes.depth"])
  }
}

/// The folder of logs that others published; nil where it is not on this machine.
private let referenceData: String? = {
  let given = ProcessInfo.processInfo.environment["WAYMARK_REFERENCE_DATA"]
  let path = given ?? "../shared/data"
  return FileManager.default.fileExists(atPath: path + "/simple_onlineshop.csv.gz") ? path : nil
}()

@Suite(
  .enabled(
    if: referenceData != nil,
    "The reference logs are not here: set WAYMARK_REFERENCE_DATA to their folder."))
struct `A log that others published` {
  @Test(arguments: [
    ("simple_onlineshop", 35_381, 3751, 13), ("eventdataR_patients", 5442, 500, 7),
    ("eventdataR_traffic_fines", 34_724, 10_000, 11),
  ])
  func `is read to the last event`(
    file: String, events: Int, customers: Int, names: Int
  ) throws {
    let read = try reading(path: "\(referenceData ?? "")/\(file).csv.gz")
    #expect(read.verdicts.isEmpty)
    #expect(read.events.count == events)
    #expect(Set(read.events.map(\.identity)).count == customers)
    #expect(read.names.names.count == names)
    #expect(Set(read.messages).count == events)
  }
}
