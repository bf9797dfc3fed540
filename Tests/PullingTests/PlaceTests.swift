import Events
import Experience
import Foundation
import Store
import Synchronization
import Testing

@testable import Pulling

@Suite struct `The environment` {
  private let source = EventSource(
    name: "shop-orders", kind: .postgresql(.init(text: "", cursor: "id", start: "0")))
  private let hook = EventSource(name: "hook", kind: .webhook(.init(signature: .github)))

  @Test func `says where a source is, or is asked to`() throws {
    let address = "host=db password=x"
    let environment = SourceEnvironment([
      "WAYMARK_SOURCE_SHOP_ORDERS": address, "WAYMARK_SOURCE_HOOK": "0123456789abcdef",
    ])
    #expect(try environment.address(of: source) == address)
    #expect(try environment.address(of: hook) == "0123456789abcdef")
    #expect(try SourceEnvironment(["PGHOST": "db"]).address(of: source) == "")
    for variables in [[:], ["WAYMARK_SOURCE_HOOK": ""], ["PGHOST": "db"]] {
      #expect { try SourceEnvironment(variables).address(of: hook) } throws: { error in
        (error as? Refusal)?.code == "source.address"
      }
    }
  }

  @Test func `may not hold a secret that can be guessed`() {
    let environment = SourceEnvironment(["WAYMARK_SOURCE_HOOK": "hunter2"])
    #expect { try environment.address(of: hook) } throws: { error in
      let refusal = error as? Refusal
      return refusal?.code == "source.secret" && refusal?.problem.contains("hunter2") == false
    }
  }
}

@Suite struct `What libpq says` {
  @Test(arguments: [
    (
      #"FATAL:  password authentication failed for user "ada""#,
      "FATAL:  password authentication failed for user …"
    ),
    (#"invalid port number: "secret"#, "invalid port number: …"),
    ("server db.internal is busy.\n", "server … is busy"),
    ("", ""),
  ])
  func `is told without the places and names in it`(text: String, told: String) {
    #expect(PostgreSQL.masked(text, ["db.internal"]) == told)
  }
}

@Suite struct `A folder` {
  @Test func `shows the files of events that lie in it, and nothing else`() throws {
    let folder = NSTemporaryDirectory() + "waymark-folder-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder + "/c.csv", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let names = ["b.CSV", "a.jsonl.gz", "x.part", ".h.csv", "d.csv.gz.tmp", "e.xes"]
    for name in names { try Data("text".utf8).write(to: URL(filePath: folder + "/" + name)) }
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/s.csv", withDestinationPath: "/etc/passwd")
    let found = try FolderPull.files(in: folder, "drops")
    #expect(found.map(\.name) == ["a.jsonl.gz", "b.CSV", "e.xes"])
    func isSettled(_ file: FolderPull.Found, after seconds: Double) -> Bool {
      let changed = Date(timeIntervalSince1970: Double(file.changed) / 1e9)
      return FolderPull.isSettled(file, now: changed.addingTimeInterval(seconds))
    }
    #expect(found.allSatisfy { $0.size == 4 && !isSettled($0, after: 4) })
    #expect(found.allSatisfy { isSettled($0, after: 6) })
    #expect { try FolderPull.files(in: folder + "/none", "drops") } throws: { error in
      (error as? Refusal)?.code == "source.folder"
    }
    let first = try FolderPull.hash(folder + "/e.xes")
    try Data("texs".utf8).write(to: URL(filePath: folder + "/e.xes"))
    #expect(try FolderPull.hash(folder + "/e.xes") != first)
  }
}

@Suite struct `A sink` {
  private static let events = (0..<10).map {
    Event("e\($0)", at: Instant(milliseconds: 0), by: Identity(.user, "u"))
  }

  @Test func `offers events again where others wait, and in pieces where they are too many`()
    async throws
  {
    let calls = Mutex<[Int]>([])
    let sink = PullSink { events in
      let number = calls.withLock { calls in
        calls.append(events.count)
        return calls.count
      }
      if number == 1 { throw Refusal("collect.busy", problem: "", remedy: "") }
      guard events.count <= 3 else { throw Refusal("events.append", problem: "", remedy: "") }
      return events.map { $0.name == "e7" ? .repeated : .taken }
    } tell: { _ in
    }
    let verdicts = try await sink.takePatiently(Self.events)
    #expect(verdicts.count == 10 && verdicts.firstIndex(of: .repeated) == 7)
    #expect(calls.withLock { $0 } == [10, 10, 5, 2, 3, 5, 2, 3])
  }
}
