import Events
import Glibc
import Stories

/// Writes the bytes of one part.
struct PartWriter {
  /// Smaller columns are collected before they are written.
  private static let bufferSize = 256 * 1024
  /// The most bytes that are handed to the system at once: it takes pages of memory for as many at a
  /// time as it is given, up to where it finds no such pages any more. An import of ten million
  /// events took 1.26 s with 64 KB, 1.23 with 256.
  private static let largestWrite = 256 << 10

  private let file: Int32
  private let path: String
  private var offset = 0
  private var buffer: [UInt8] = []

  /// Writes the columns to a new file beside the path.
  static func write(_ columns: PartColumns, to path: String) throws(Fault) -> WrittenPart {
    let partial = path + ".partial"
    let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .unwrittenPart(path, SystemError()) }
    do throws(Fault) {
      return try write(columns, to: file, of: path)
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Writes the columns to an open file, and closes it where that fails.
  static func write(
    _ columns: PartColumns, to file: Int32, of path: String
  ) throws(Fault) -> WrittenPart {
    do throws(Fault) {
      let summary = try PartWriter(file: file, path: path).write(columns)
      return WrittenPart(summary: summary, file: file)
    } catch {
      close(file)
      throw error
    }
  }

  private init(file: Int32, path: String) {
    (self.file, self.path) = (file, path)
    buffer.reserveCapacity(2 * Self.bufferSize)
  }

  private consuming func write(_ columns: PartColumns) throws(Fault) -> PartSummary {
    var directory = PartDirectory(of: columns.segment)
    try put(PartDirectory.header)
    for (name, bytes) in columns.columns {
      try pad()
      directory.entries.append(
        PartDirectory.Entry(
          name: name, offset: offset, length: bytes.count, checksum: stableHash(bytes)))
      try put(bytes)
    }
    try pad()
    try put(directory.encoded(at: offset))
    try flush()
    let customers = columns.segment.customers
    return PartSummary(
      path: path, rows: directory.rows, customers: directory.customers,
      firstKey: customers.first ?? 0, lastKey: customers.last ?? 0,
      firstTime: directory.firstTime, lastTime: directory.lastTime, bytes: offset,
      checksum: directory.checksum)
  }

  /// Puts zeros up to where a column may begin.
  private mutating func pad() throws(Fault) {
    try put([UInt8](repeating: 0, count: PartDirectory.aligned(offset) - offset))
  }

  private mutating func put(_ bytes: [UInt8]) throws(Fault) {
    buffer.append(contentsOf: bytes)
    offset += bytes.count
    if buffer.count >= Self.bufferSize { try flush() }
  }

  private mutating func put(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
    offset += bytes.count
    guard bytes.count >= Self.bufferSize else {
      buffer.append(contentsOf: bytes)
      if buffer.count >= Self.bufferSize { try flush() }
      return
    }
    try flush()
    try send(bytes)
  }

  private mutating func flush() throws(Fault) {
    try buffer.withUnsafeBufferPointer { (bytes) throws(Fault) in
      try send(UnsafeRawBufferPointer(bytes))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
    var sent = 0
    while sent < bytes.count {
      let piece = bytes[sent..<min(bytes.count, sent + Self.largestWrite)]
      let written = Glibc.write(
        file, UnsafeRawBufferPointer(rebasing: piece).baseAddress, piece.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw .unwrittenPart(path, SystemError()) }
      sent += written
    }
  }
}

/// A part whose bytes the system has, but perhaps not yet the disk, and which has no name yet.
///
/// Who has one settles it, once: waiting for the disk takes time, but no processor.
public struct WrittenPart: Sendable {
  fileprivate let summary: PartSummary
  fileprivate let file: Int32

  /// Waits for the disk, and gives the part its name.
  ///
  /// - Throws: `part.write`, and then nothing is left of it.
  public func settle() throws(Fault) -> PartSummary {
    let path = summary.path
    do throws(Fault) {
      let unsynced = fsync(file) == 0 ? nil : SystemError()
      let unclosed = close(file) == 0 ? nil : SystemError()
      if let error = unsynced ?? unclosed { throw Fault.unwrittenPart(path, error) }
      guard rename(path + ".partial", path) == 0 else {
        throw Fault.unwrittenPart(path, SystemError())
      }
      try Self.syncFolder(of: path)
      return summary
    } catch {
      unlink(path + ".partial")
      throw error
    }
  }

  /// Makes the new name durable.
  private static func syncFolder(of path: String) throws(Fault) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw .unwrittenPart(path, SystemError()) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw .unwrittenPart(path, SystemError()) }
  }
}
