import Synchronization

/// Memory that columns lie in; it is given back when nobody holds the object any more.
public final class ColumnMemory: Sendable {
  private let blocks = Mutex<[UInt]>([])

  /// Makes an object that holds no memory yet.
  public init() {}

  /// Room for that many elements, not set to anything, aligned to 64 bytes.
  public func room<Element: BitwiseCopyable>(
    for count: Int, of type: Element.Type = Element.self
  ) -> UnsafeMutableBufferPointer<Element> {
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count * MemoryLayout<Element>.stride), alignment: 64)
    blocks.withLock { $0.append(UInt(bitPattern: block)) }
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
