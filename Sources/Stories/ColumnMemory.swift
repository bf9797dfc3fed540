import Glibc
import Synchronization

/// Memory that columns lie in; it is given back when nobody holds the object any more.
public final class ColumnMemory: Sendable {
  private let blocks: Mutex<Blocks>
  /// The size of a large page of memory.
  private static let largePage = 2 << 20

  private struct Blocks {
    var all: [UInt] = []
    /// What is left of a block for many columns.
    var free: Range<UInt> = 0..<0
    /// How many bytes there was room made for.
    var taken = 0
  }

  /// How many bytes there was room made for.
  public var byteCount: Int { blocks.withLock { $0.taken } }

  /// Makes an object that holds no memory yet.
  public init() { blocks = Mutex(Blocks()) }

  /// Makes an object whose columns lie in one block as long as they fit there.
  ///
  /// Small columns that are kept for long have large pages then.
  init(block size: Int) {
    let start = UInt(bitPattern: Self.allocate(size))
    blocks = Mutex(Blocks(all: [start], free: start..<(start + UInt(size))))
  }

  /// Room for that many elements, not set to anything, aligned to 64 bytes.
  public func room<Element: BitwiseCopyable>(
    for count: Int, of type: Element.Type = Element.self
  ) -> UnsafeMutableBufferPointer<Element> {
    let size = max(1, count * MemoryLayout<Element>.stride)
    let address = blocks.withLock { blocks in
      blocks.taken += size
      let whole = UInt((size + Self.alignment - 1) / Self.alignment * Self.alignment)
      if whole <= UInt(blocks.free.count) {
        defer { blocks.free = (blocks.free.lowerBound + whole)..<blocks.free.upperBound }
        return blocks.free.lowerBound
      }
      let address = UInt(bitPattern: Self.allocate(size))
      blocks.all.append(address)
      return address
    }
    let room = UnsafeMutableRawPointer(bitPattern: address)
    return .init(start: room?.bindMemory(to: Element.self, capacity: count), count: count)
  }

  /// What columns are aligned to: a line of the processor's cache.
  private static let alignment = 64

  private static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    let isLarge = size >= 2 * largePage
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: isLarge ? largePage : alignment)
    // Only advice: without large pages the first use of the memory takes longer.
    if isLarge { _ = madvise(block, size / largePage * largePage, MADV_HUGEPAGE) }
    return block
  }

  /// A copy of an array.
  public func copy<Element: BitwiseCopyable>(_ array: [Element]) -> UnsafeBufferPointer<Element> {
    let room = room(for: array.count, of: Element.self)
    _ = room.initialize(from: array)
    return UnsafeBufferPointer(room)
  }

  deinit {
    blocks.withLock { blocks in
      for block in blocks.all { UnsafeMutableRawPointer(bitPattern: block)?.deallocate() }
    }
  }
}
