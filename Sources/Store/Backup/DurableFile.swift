import Events
import Foundation
import Glibc

/// Files that are read piece by piece, and written so that a loss of power leaves them whole.
enum DurableFile {
  /// How much is read at a time.
  private static let piece = 1 << 20

  /// A file that is open for reading, also when its name has gone.
  final class Opened {
    let path: String
    let number: Int32

    /// Opens a regular file, never by a symbolic link.
    ///
    /// - Returns: nil where there is none.
    init?(_ path: String) throws(Fault) {
      self.path = path
      number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
      guard number >= 0 else {
        if errno == ENOENT { return nil }
        throw .system(errno, subject: path, doing: "read the file")
      }
      var status = stat()
      guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw Fault(
          "file.kind", subject: path, problem: "This is not a regular file.",
          remedy: "Put the file itself in this place.")
      }
    }

    deinit { close(number) }

    /// Reads it to its end.
    func read(_ body: (UnsafeRawBufferPointer) throws(Fault) -> Void) throws(Fault) {
      let room = UnsafeMutableRawBufferPointer.allocate(
        byteCount: DurableFile.piece, alignment: 16)
      defer { room.deallocate() }
      var offset = 0
      while true {
        let count = pread(number, room.baseAddress, room.count, offset)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .system(errno, subject: path, doing: "read the file") }
        guard count > 0 else { return }
        try body(UnsafeRawBufferPointer(rebasing: room[..<count]))
        offset += count
      }
    }
  }

  /// Reads a file to its end.
  static func read(
    _ path: String, _ body: (UnsafeRawBufferPointer) throws(Fault) -> Void
  ) throws(Fault) {
    guard let file = try Opened(path) else { throw missing(path) }
    try file.read(body)
  }

  /// The bytes of a file that is not larger than that.
  static func read(_ path: String, upTo limit: Int) throws(Fault) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path) { piece throws(Fault) in
      guard bytes.count + piece.count <= limit else {
        throw Fault(
          "file.size", subject: path, problem: "The file is larger than \(limit) bytes.",
          remedy: "Look whether it is the file that it should be.")
      }
      bytes += piece
    }
    return bytes
  }

  /// Copies an open file to a new one, readable by its owner only.
  static func copy(
    _ file: Opened, to path: String, copied: (_ bytes: Int) -> Void = { _ in }
  ) throws(Fault) {
    try make(path) { output throws(Fault) in
      try file.read { piece throws(Fault) in
        try write(piece, to: output, path)
        copied(piece.count)
      }
    }
  }

  /// Writes a new file, readable by its owner only.
  static func write(_ text: String, to path: String) throws(Fault) {
    try make(path) { output throws(Fault) in
      let bytes = Array(text.utf8)
      do {
        try bytes.withUnsafeBytes { try write($0, to: output, path) }
      } catch let fault as Fault {
        throw fault
      } catch {
        throw Fault(error, in: path)
      }
    }
  }

  /// Makes a folder for its owner only, where it isn't there; whether it is new.
  @discardableResult
  static func makeFolder(_ path: String) throws(Fault) -> Bool {
    guard mkdir(path, 0o700) == 0 else {
      if errno == EEXIST { return false }
      throw .system(errno, subject: path, doing: "make the folder")
    }
    try synchronize(folder: URL(filePath: path).deletingLastPathComponent().path)
    return true
  }

  /// Waits until the disk has the names in a folder.
  static func synchronize(folder path: String) throws(Fault) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .system(errno, subject: path, doing: "open the folder") }
    defer { close(folder) }
    guard fsync(folder) == 0 else {
      throw .system(errno, subject: path, doing: "write the folder to the disk")
    }
  }

  static func missing(_ path: String) -> Fault {
    Fault(
      "file.missing", subject: path, problem: "There is no such file.",
      remedy: "Put it back, or take another backup.")
  }

  private static func make(
    _ path: String, _ fill: (_ output: Int32) throws(Fault) -> Void
  ) throws(Fault) {
    let output = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard output >= 0 else { throw .system(errno, subject: path, doing: "make the file") }
    defer { close(output) }
    try fill(output)
    guard fsync(output) == 0 else {
      throw .system(errno, subject: path, doing: "write the file to the disk")
    }
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, to output: Int32, _ path: String
  ) throws(Fault) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(output, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(errno, subject: path, doing: "write the file") }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
