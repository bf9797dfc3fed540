import Statistics
import Foundation

/// The program that was built beside the tests, run as people run it: as a process of its own.
enum Program {
  /// Where it lies.
  static var path: String {
    let test = URL(filePath: ProcessInfo.processInfo.arguments[0])
    return test.deletingLastPathComponent().appending(path: "waymark").path
  }

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - arguments: what the command line says.
  ///   - folder: the folder that it works in.
  ///   - environment: variables beside `PATH` and `HOME`.
  ///   - shell: a script of bash that the program is run through; it ends with `exec "$@"`.
  static func start(
    _ arguments: [String], in folder: Folder, environment: [String: String] = [:],
    through shell: String? = nil
  ) throws -> RunningProgram {
    let command = [path] + arguments
    return try RunningProgram(
      shell.map { ["/bin/bash", "-c", $0, "waymark"] + command } ?? command, in: folder.path,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path].merging(environment) { $1 })
  }

  /// Runs the program to its end.
  @discardableResult
  static func run(
    _ arguments: String..., in folder: Folder, environment: [String: String] = [:],
    through shell: String? = nil
  ) throws -> Run {
    try start(arguments, in: folder, environment: environment, through: shell).wait()
  }
}

/// What became of a run.
struct Run: CustomStringConvertible {
  /// The exit code; nil where a signal ended the program.
  var code: Int32?
  /// The signal that ended it; nil where it ended by itself.
  var signal: Int32?
  var output: String
  var errors: String
  /// The most memory that it was seen to have, in bytes.
  var memory: Int

  /// All that it said.
  var said: String { output + errors }

  var description: String {
    let end = code.map { "code \($0)" } ?? "signal \(signal ?? 0)"
    return "ended with \(end), having said: \(said.prefix(2000))"
  }

  /// The number after a key of the JSON that was printed.
  func figure(_ key: String) -> Int? {
    guard let place = output.range(of: "\"\(key)\" : ") else { return nil }
    return Int(output[place.upperBound...].prefix { $0.isNumber })
  }
}

/// A process that a test has started; only this one is ever ended.
final class RunningProgram {
  let id: pid_t
  private let output = Folder.newPath()
  private let errors = Folder.newPath()
  private var memory = 0
  private var status: Int32?

  /// The longest that a test waits for a process, in seconds; machines that test may be busy.
  static let patience = 180.0

  struct Failure: Error, CustomStringConvertible { var description: String }

  init(_ command: [String], in folder: String, environment: [String: String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, flags, 0o600)
    let inFolder = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + command
    var words: [UnsafeMutablePointer<CChar>?] = inFolder.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var id: pid_t = 0
    let failure = posix_spawn(&id, inFolder[0], &actions, nil, &words, &variables)
    guard failure == 0 else {
      throw Failure(description: "\(inFolder[0]): \(String(cString: strerror(failure)))")
    }
    self.id = id
  }

  deinit {
    end()
    for file in [output, errors] { unlink(file) }
  }

  /// Whether the process is still there; notes how much memory it has.
  var isRunning: Bool {
    guard status == nil else { return false }
    noteMemory()
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return true }
    self.status = status
    return false
  }

  /// Waits for the end, but not for ever.
  func wait() throws -> Run {
    let deadline = ContinuousClock.now + .seconds(Self.patience)
    while isRunning {
      guard ContinuousClock.now < deadline else {
        end()
        throw Failure(description: "The program did not end within \(Self.patience) seconds.")
      }
      usleep(3000)
    }
    let status = status ?? 0
    let signal = status & 0x7F
    return Run(
      code: signal == 0 ? status >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal,
      output: Self.text(output), errors: Self.text(errors), memory: memory)
  }

  /// Waits that long, or for the end if that comes sooner.
  func sleep(seconds: Double) {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while isRunning, ContinuousClock.now < deadline { usleep(500) }
  }

  /// Stops the process until `goOn`.
  func pause() { if isRunning { kill(id, SIGSTOP) } }

  /// Lets a paused process go on.
  func goOn() { if isRunning { kill(id, SIGCONT) } }

  /// Ends the process as a loss of power would; whether it was still there.
  @discardableResult
  func end() -> Bool {
    guard isRunning else { return false }
    kill(id, SIGKILL)
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    self.status = status
    return status & 0x7F == SIGKILL
  }

  private func noteMemory() {
    guard let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
      let place = status.range(of: "VmHWM:")
    else { return }  // the process has just ended
    let number = status[place.upperBound...].drop { $0 == " " || $0 == "\t" }
    memory = max(memory, (Int(number.prefix { $0.isNumber }) ?? 0) * 1024)
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}

/// A folder that goes away with the test.
final class Folder {
  let path = Folder.newPath()

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static func newPath() -> String { NSTemporaryDirectory() + "waymark-run-" + UUID().uuidString }

  /// The path of a file or folder inside.
  func callAsFunction(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: self(name)))
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: self(name))))
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self(name)) }

  func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: self(name), toPath: self(other))
  }

  /// The files inside a folder, as paths below this one, in order.
  func files(in name: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: self(name)).sorted()
      .map { name + "/" + $0 }
      .filter { path in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: self(path), isDirectory: &isFolder)
          && !isFolder.boolValue
      }
  }
}

extension SeededGenerator {
  /// Begins with a whole number.
  init(_ seed: Int) { self.init(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15) }

  /// True once in so many times.
  mutating func one(in count: Int) -> Bool { below(count) == 0 }
}
