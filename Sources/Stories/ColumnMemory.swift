import Glibc
import Synchronization

/// Memory that columns lie in; it is given back when nobody holds the object any more.
public final class ColumnMemory: Sendable {
  private let blocks = Mutex<[UInt]>([])
  private let taken = Atomic<Int>(0)
  /// The size of a large page of memory.
  private static let largePage = 2 << 20

  /// How many bytes there was room made for.
  public var byteCount: Int { taken.load(ordering: .relaxed) }

  /// Makes an object that holds no memory yet.
  public init() {}

  /// Room for that many elements, not set to anything, aligned to 64 bytes.
  public func room<Element: BitwiseCopyable>(
    for count: Int, of type: Element.Type = Element.self
  ) -> UnsafeMutableBufferPointer<Element> {
    let size = max(1, count * MemoryLayout<Element>.stride)
    let isLarge = size >= 2 * Self.largePage
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: isLarge ? Self.largePage : 64)
    // Only advice: without large pages the first use of the memory takes longer.
    if isLarge { _ = madvise(block, size / Self.largePage * Self.largePage, MADV_HUGEPAGE) }
    blocks.withLock { $0.append(UInt(bitPattern: block)) }
    taken.add(size, ordering: .relaxed)
    return .init(start: block.bindMemory(to: Element.self, capacity: count), count: count)
  }

  /// A copy of an array.
  public func copy<Element: BitwiseCopyable>(_ array: [Element]) -> UnsafeBufferPointer<Element> {
    let room = room(for: array.count, of: Element.self)
    _ = room.initialize(from: array)
    return UnsafeBufferPointer(room)
  }

  deinit {
    blocks.withLock { blocks in
      for block in blocks { UnsafeMutableRawPointer(bitPattern: block)?.deallocate() }
    }
  }
}
