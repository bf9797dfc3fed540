/// Values one after the other in memory that the owner must give back.
///
/// An array would check at each append whether it is shared; this never is.
struct GrowingColumn<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = max(8, capacity)
    base = .allocate(capacity: self.capacity)
  }

  @inline(__always) mutating func append(_ element: Element) {
    if count == capacity { grow(toHold: count &+ 1) }
    base[count] = element
    count &+= 1
  }

  mutating func append(contentsOf bytes: UnsafeBufferPointer<Element>) {
    guard let source = bytes.baseAddress else { return }
    if capacity - count < bytes.count { grow(toHold: count + bytes.count) }
    (base + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  mutating func removeAll() { count = 0 }

  mutating func truncate(to shorter: Int) { count = min(count, shorter) }

  /// Makes room for that many elements more.
  mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(toHold: count + more) }
  }

  @inline(never) private mutating func grow(toHold wanted: Int) {
    capacity = max(wanted, capacity * 2)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }

  /// Appends a text; one of sixteen bytes or less without a call.
  @inline(__always) mutating func append(text: Text) where Element == UInt8 {
    guard text.count <= 16 else { return append(contentsOf: text.bytes) }
    if capacity &- count < 16 { grow(toHold: count &+ 16) }
    // What is too much is written over by the next text.
    UnsafeMutableRawPointer(base + count).storeBytes(of: sixteen(text.start), as: Sixteen.self)
    count &+= text.count
  }

  /// The values; they must not grow or be given back as long as they are looked at.
  var view: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  func deallocate() { base.deallocate() }
}
