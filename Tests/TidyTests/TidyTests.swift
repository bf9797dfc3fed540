import Foundation
import Testing

/// The repository itself, as a subject.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct Room {
    var name: String
    var arrows: Set<String>
  }

  /// The rooms of Package.swift in order, each with the rooms that it may import.
  static func rooms() throws -> [Room] {
    let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    return manifest.matches(of: /\broom\(\s*"(\w+)"(?:,\s*on: \[([^\]]*)\])?/).map { match in
      let arrows = match.2.map { $0.matches(of: /"(\w+)"/).map { String($0.1) } } ?? []
      return Room(name: String(match.1), arrows: Set(arrows))
    }
  }

  /// Every Swift file under a folder of the repository.
  static func swiftFiles(under folder: String) -> [URL] {
    let files = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
      .sorted { $0.path < $1.path }
  }

  /// The modules that the files of a room import.
  static func imports(of room: String) throws -> Set<String> {
    var imports: Set<String> = []
    for file in swiftFiles(under: "Sources/\(room)") {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /(?m)^(?:@testable )?import (?:struct |class |func )?(\w+)/) {
        imports.insert(String(match.1))
      }
    }
    return imports
  }
}

@Suite
struct `The rooms` {
  @Test
  func `draw arrows only to rooms listed before them`() throws {
    var before: Set<String> = [
      "CXXHash", "CZlib", "CMalloc", "COpenSSL", "CCurl", "CPQ", "CQREncode",
    ]
    let rooms = try Repository.rooms()
    #expect(rooms.count >= 10)
    for room in rooms {
      #expect(room.arrows.subtracting(before) == [], "\(room.name) points up or sideways")
      before.insert(room.name)
    }
  }

  @Test
  func `import only what Package.swift declares`() throws {
    let rooms = try Repository.rooms()
    let names = Set(rooms.map(\.name))
    for room in rooms {
      let undeclared = try Repository.imports(of: room.name).intersection(names)
        .subtracting(room.arrows)
      #expect(undeclared == [], "\(room.name) imports an undeclared room")
    }
  }

  @Test(arguments: [
    "GRDB", "Yams", "ArgumentParser", "CXXHash", "CZlib", "CMalloc", "COpenSSL", "CCurl", "CPQ",
    "CQREncode", "FoundationXML", "Hummingbird", "NIOCore", "Logging", "HTTPTypes",
    "ServiceLifecycle",
  ])
  func `import a library from outside in one room only`(library: String) throws {
    let users = try Repository.rooms().map(\.name)
      .filter { try Repository.imports(of: $0).contains(library) }
    #expect(users.count <= 1, "\(library) is imported by \(users)")
  }
}

@Suite
struct `The code` {
  @Test
  func `neither forces nor ignores a failure`() throws {
    for file in Repository.swiftFiles(under: "Sources") {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(!text.contains("try!"), "\(file.lastPathComponent)")
      #expect(!text.contains("fatalError("), "\(file.lastPathComponent)")
    }
  }

  @Test
  func `fits a head`() throws {
    for file in Repository.swiftFiles(under: "Sources") {
      let lines = try String(contentsOf: file, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 600, "\(file.lastPathComponent) has \(lines.count) lines")
    }
  }

  @Test
  func `has a folder of tests for every room`() throws {
    for room in try Repository.rooms() {
      let files = Repository.swiftFiles(under: "Tests/\(room.name)Tests")
      #expect(!files.isEmpty, "\(room.name) has no tests")
    }
  }
}
