import Events
import Glibc

/// A file mapped into memory for reading, until nobody holds the object any more.
///
/// It may be shared between threads since its bytes never change.
final class MappedFile: @unchecked Sendable {
  let path: String
  let bytes: UnsafeRawBufferPointer

  init(_ path: String) throws(Fault) {
    self.path = path
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { throw .missingPart(path) }
      throw .unreadablePart(path, SystemError())
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadablePart(path, SystemError()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .foreignPart(path) }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
      throw .unreadablePart(path, SystemError())
    }
    // Only advice: what it fails to do costs time, not truth.
    _ = madvise(start, size, MADV_WILLNEED)
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    guard let start = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
  }
}

/// What the system said when a call failed.
struct SystemError {
  let number: Int32
  let text: String

  /// The last error of this thread.
  init() {
    number = errno
    text = String(cString: strerror(number))
  }
}
