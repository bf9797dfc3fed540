import Events
import Foundation

/// The right to write to a store's folder, which one process has at a time.
///
/// The kernel takes the lock back when the process ends, however it ends.
final class FolderLock: Sendable {
  private let file: Int32

  /// The file that is locked, inside the store's folder; it holds the process id of the writer.
  static let name = "lock"

  /// Takes the lock.
  ///
  /// - Throws: `store.locked` where another process has it.
  convenience init(_ folder: String) throws(Fault) {
    self.init(locked: try Self.locked(folder))
  }

  /// Holds a file that is locked. Nothing is thrown once there is an object: its `deinit` would give
  /// back, a second time, a file that may be somebody else's by then.
  private init(locked file: Int32) { self.file = file }

  /// The open and locked file of a folder.
  private static func locked(_ folder: String) throws(Fault) -> Int32 {
    let path = folder + "/" + name
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .system(errno, subject: path, doing: "open the lock") }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      let holder = holder(folder).map { "process \($0)" } ?? "another process"
      close(file)
      guard number == EWOULDBLOCK else {
        throw .system(number, subject: path, doing: "take the lock")
      }
      throw Fault(
        "store.locked", subject: folder, problem: "The store is being written to by \(holder).",
        remedy: "Wait for it to end, or stop it; reading is possible meanwhile.")
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(file, 0) == 0, pwrite(file, text, text.count, 0) == text.count else {
      let number = errno
      close(file)
      throw .system(number, subject: path, doing: "write the process id into the lock")
    }
    return file
  }

  /// The process that says in the lock file that it writes; nil where nobody does.
  static func holder(_ folder: String) -> Int32? {
    guard let handle = FileHandle(forReadingAtPath: folder + "/" + name) else { return nil }
    defer { handle.closeFile() }
    let text = String(decoding: handle.readData(ofLength: 32), as: UTF8.self)
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  deinit {
    // What the file says is for people only.
    _ = ftruncate(file, 0)
    // A process that is just being begun has a copy of every open file, for which closing would wait.
    _ = flock(file, LOCK_UN)
    close(file)
  }
}
