import Foundation
import Testing

/// A folder of its own in which the real program runs, as a user would run it.
struct Workplace: Sendable {
  let folder: URL

  /// What a run left behind.
  struct Ending {
    var code: Int32
    /// Standard output.
    var output: String
    /// Standard error.
    var notes: String

    /// The lines of standard output.
    var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false) }
  }

  /// The program, which lies beside the tests.
  static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "waymark")

  /// Makes a folder, and removes it afterwards.
  static func with<Answer>(_ body: (Workplace) async throws -> Answer) async throws -> Answer {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "waymark-promises-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      let answer = try await body(Workplace(folder: folder))
      try FileManager.default.removeItem(at: folder)
      return answer
    } catch {
      try FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  /// The same workplace, one folder deeper.
  func within(_ name: String) throws -> Workplace {
    let inner = folder.appending(path: name)
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    return Workplace(folder: inner)
  }

  /// Runs the program in the folder, without a terminal and 80 columns wide.
  ///
  /// Its output goes through files: a full pipe would halt it.
  func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Ending {
    let program = Process()
    program.executableURL = Self.program
    program.arguments = arguments
    program.currentDirectoryURL = folder
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WAYMARK") }
    all["NO_COLOR"] = nil
    all["COLUMNS"] = "80"
    program.environment = all.merging(environment) { _, new in new }
    let name = UUID().uuidString
    let (output, notes) = (
      folder.appending(path: ".\(name).out"), folder.appending(path: ".\(name).err")
    )
    for file in [output, notes] { try Data().write(to: file) }
    program.standardInput = FileHandle.nullDevice
    program.standardOutput = try FileHandle(forWritingTo: output)
    program.standardError = try FileHandle(forWritingTo: notes)
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      program.terminationHandler = { _ in ended.resume() }
      do { try program.run() } catch { ended.resume(throwing: error) }
    }
    let ending = Ending(
      code: program.terminationReason == .exit ? program.terminationStatus : -1,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      notes: String(decoding: try Data(contentsOf: notes), as: UTF8.self))
    for file in [output, notes] { try FileManager.default.removeItem(at: file) }
    return ending
  }

  /// Runs the program as `run` does; it must end well.
  @discardableResult
  func expect(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Ending {
    let ending = try await run(arguments)
    #expect(
      ending.code == 0, "waymark \(arguments.joined(separator: " ")): \(ending.notes)",
      sourceLocation: sourceLocation)
    return ending
  }

  /// What a command answers as JSON.
  func json(_ arguments: String...) async throws -> Any {
    let ending = try await run(arguments)
    #expect(ending.code == 0, "waymark \(arguments.joined(separator: " ")): \(ending.notes)")
    return try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
  }

  /// The object that a command answers as JSON.
  func object(_ arguments: String...) async throws -> Figures {
    let ending = try await run(arguments)
    #expect(ending.code == 0, "waymark \(arguments.joined(separator: " ")): \(ending.notes)")
    return try Figures(ending.output)
  }

  /// Writes a file.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  /// Reads a file.
  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
  }
}

/// A part of a JSON document, read by paths such as `map.steps`.
struct Figures {
  let value: Any

  init(_ value: Any) { self.value = value }

  init(_ text: String) throws {
    value = try JSONSerialization.jsonObject(
      with: Data(text.utf8), options: [.fragmentsAllowed])
  }

  subscript(_ path: String) -> Figures {
    Figures(
      path.split(separator: ".").reduce(value) { part, name in
        (part as? [String: Any])?[String(name)] ?? NSNull()
      })
  }

  var list: [Figures] { (value as? [Any] ?? []).map { Figures($0) } }
  var text: String? { value as? String }
  var number: Double? { (value as? NSNumber)?.doubleValue }
  /// A whole number; -1 where there is none, which no count is.
  var count: Int { (value as? NSNumber)?.intValue ?? -1 }
  /// Counts in a list.
  var counts: [Int] { list.map(\.count) }
}
