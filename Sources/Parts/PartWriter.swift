import Events
import Glibc
import Stories

/// Writes one part; `write` is the whole of it.
struct PartWriter {
  /// Smaller columns are collected before they are written.
  private static let bufferSize = 256 * 1024
  /// The most bytes that are handed to the system at once: for few it finds pages of memory that
  /// were in use a moment ago; for many it takes new ones, which may cost several times more.
  private static let largestWrite = 64 << 10

  private let file: Int32
  private let path: String
  private var offset = 0
  private var buffer: [UInt8] = []

  /// Writes the columns beside the path, syncs, and renames the file into place.
  static func write(_ columns: PartColumns, to path: String) throws(Fault) -> PartSummary {
    let partial = path + ".partial"
    let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .unwrittenPart(path, SystemError()) }
    do throws(Fault) {
      let summary = try write(columns, to: file, of: path)
      guard rename(partial, path) == 0 else { throw Fault.unwrittenPart(path, SystemError()) }
      try syncFolder(of: path)
      return summary
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Writes the columns to an open file, syncs it, and closes it whatever happens.
  static func write(
    _ columns: PartColumns, to file: Int32, of path: String
  ) throws(Fault) -> PartSummary {
    let summary: PartSummary
    do throws(Fault) {
      summary = try PartWriter(file: file, path: path).write(columns)
    } catch {
      close(file)
      throw error
    }
    guard close(file) == 0 else { throw .unwrittenPart(path, SystemError()) }
    return summary
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
    guard fsync(file) == 0 else { throw .unwrittenPart(path, SystemError()) }
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

  /// Makes the new name durable.
  private static func syncFolder(of path: String) throws(Fault) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw .unwrittenPart(path, SystemError()) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw .unwrittenPart(path, SystemError()) }
  }
}
