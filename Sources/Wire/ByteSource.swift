import CZlib
import Events
import Glibc

/// The bytes of a file, uncompressed where gzip compressed them; belongs to one thread.
final class ByteSource {
  let path: String
  /// The size of the file as it lies on the disk.
  let totalBytes: Int
  /// How many of those bytes were read.
  private(set) var bytesRead = 0
  private let descriptor: Int32
  private let stream: UnsafeMutablePointer<z_stream>?
  private let input: UnsafeMutablePointer<UInt8>
  private var inMember = false
  private var ended = false

  private static let inputSize = 1 << 18

  init(_ path: String) throws(Fault) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .reading(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let fault = Fault.reading(path)
      close(descriptor)
      throw fault
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Fault(
        "file.kind", subject: path, problem: "This is not a plain file.",
        remedy: "Name a file, one at a time.")
    }
    totalBytes = Int(status.st_size)
    input = .allocate(capacity: Self.inputSize)
    var magic: [UInt8] = [0, 0]
    let isCompressed = pread(descriptor, &magic, 2, 0) == 2 && magic == [0x1F, 0x8B]
    guard isCompressed else {
      stream = nil
      return
    }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    self.stream = stream
    // 15 bits of window and 16 for the form of gzip.
    guard
      inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      throw Fault(
        "file.gzip", subject: path, problem: "There is no memory to read gzip.",
        remedy: "Free some memory and begin again.")
    }
  }

  deinit {
    if let stream {
      inflateEnd(stream)
      stream.deallocate()
    }
    input.deallocate()
    close(descriptor)
  }

  /// Reads up to `count` bytes; 0 only at the end.
  func read(into room: UnsafeMutablePointer<UInt8>, _ count: Int) throws(Fault) -> Int {
    guard let stream else { return try readRaw(into: room, count) }
    var written = 0
    while written == 0, !ended, count > 0 {
      if stream.pointee.avail_in == 0, try !refill(stream) { break }
      if !inMember, try !beginMember(stream) { break }
      let wanted = UInt32(clamping: count)
      stream.pointee.next_out = room
      stream.pointee.avail_out = wanted
      let verdict = inflate(stream, Z_NO_FLUSH)
      written = Int(wanted - stream.pointee.avail_out)
      switch verdict {
      case Z_STREAM_END: inMember = false
      case Z_OK, Z_BUF_ERROR: break
      default: throw broken(stream, "The compressed data are damaged")
      }
    }
    return written
  }

  private func refill(_ stream: UnsafeMutablePointer<z_stream>) throws(Fault) -> Bool {
    let count = try readRaw(into: input, Self.inputSize)
    stream.pointee.next_in = input
    stream.pointee.avail_in = UInt32(count)
    guard count == 0 else { return true }
    ended = true
    guard inMember else { return false }
    throw broken(stream, "The compressed file ends too early")
  }

  /// Begins the next of several gzip streams in one file; zeros may follow the last.
  private func beginMember(_ stream: UnsafeMutablePointer<z_stream>) throws(Fault) -> Bool {
    while let next = stream.pointee.next_in, stream.pointee.avail_in > 0, next.pointee == 0 {
      stream.pointee.next_in = next + 1
      stream.pointee.avail_in -= 1
    }
    guard stream.pointee.avail_in > 0 else { return true }
    inflateReset(stream)
    inMember = true
    return true
  }

  private func broken(_ stream: UnsafeMutablePointer<z_stream>, _ problem: String) -> Fault {
    let place = bytesRead - Int(stream.pointee.avail_in)
    return Fault(
      "file.gzip", subject: path, problem: "\(problem) at byte \(place).",
      remedy: "Get the file again from where it came; what was read before is whole.")
  }

  private func readRaw(
    into room: UnsafeMutablePointer<UInt8>, _ count: Int
  ) throws(Fault) -> Int {
    while true {
      let got = Glibc.read(descriptor, room, count)
      if got >= 0 {
        bytesRead += got
        return got
      }
      guard errno == EINTR else { throw .reading(path) }
    }
  }

  /// Goes on at an offset of the uncompressed bytes, which lies ahead.
  func skip(_ count: Int) throws(Fault) {
    if stream == nil {
      guard lseek(descriptor, off_t(count), SEEK_CUR) >= 0 else { throw .reading(path) }
      bytesRead += count
      return
    }
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.inputSize)
    defer { room.deallocate() }
    var left = count
    while left > 0 {
      let got = try read(into: room, min(left, Self.inputSize))
      guard got > 0 else { return }
      left -= got
    }
  }

  /// Bytes at a place of the file as it lies on the disk.
  func stored(at offset: Int, _ count: Int) throws(Fault) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, filled in
      while filled < count {
        let got = pread(
          descriptor, room.baseAddress.map { $0 + filled }, count - filled,
          off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        failed = got < 0
        guard got > 0 else { break }
        filled += got
      }
    }
    if failed { throw .reading(path) }
    return bytes
  }
}

extension Fault {
  /// The fault of a file that the system does not let us read; takes `errno`.
  fileprivate static func reading(_ path: String) -> Fault {
    let reason = String(cString: strerror(errno))
    return Fault(
      "file.read", subject: path, problem: "The file cannot be read: \(reason).",
      remedy: "See that it is there and that you may read it.")
  }
}
