/// Something that stands under a key.
protocol Keyed: BitwiseCopyable {
  var key: UInt64 { get }
  /// The place among elements of the same key.
  var sequence: UInt64 { get }
}

extension Keyed {
  func precedes(_ other: Self) -> Bool {
    key == other.key ? sequence < other.sequence : key < other.key
  }
}

extension UnsafeMutableBufferPointer where Element: BitwiseCopyable {
  /// Sorts; short stretches by insertion, which is quick where they are almost in order.
  @inline(__always) func order(by precedes: (Element, Element) -> Bool) {
    guard count > 1 else { return }
    guard count <= 24 else {
      var position = 1
      while position < count, !precedes(self[position], self[position - 1]) { position += 1 }
      if position < count {
        var whole = self
        whole.sort(by: precedes)
      }
      return
    }
    for position in 1..<count {
      let element = self[position]
      var hole = position
      while hole > 0, precedes(element, self[hole - 1]) {
        self[hole] = self[hole - 1]
        hole -= 1
      }
      self[hole] = element
    }
  }
}

/// The elements ascending by (key, sequence), in memory of their own.
///
/// Keys are hashes, so their top bits spread the elements over small buckets. Keys made to share
/// their top bits only make the buckets larger, and a large bucket is sorted by comparison.
///
/// - Complexity: O(*n*) for hashes, O(*n* log *n*) at worst.
func sortedByKey<Element: Keyed>(
  _ elements: UnsafeBufferPointer<Element>, memory: ColumnMemory
) -> UnsafeBufferPointer<Element> {
  let sorted = memory.room(for: elements.count, of: Element.self)
  guard elements.count > 1 else {
    _ = sorted.initialize(from: elements)
    return UnsafeBufferPointer(sorted)
  }
  var low = UInt64.max
  var high = UInt64.min
  for element in elements {
    low = min(low, element.key)
    high = max(high, element.key)
  }
  let bits = min(20, max(1, Int.bitWidth - (elements.count / 4).leadingZeroBitCount))
  let shift = UInt64(max(0, 64 - (high - low).leadingZeroBitCount - bits))
  let starts = memory.room(for: Int((high - low) >> shift) + 2, of: UInt32.self)
  starts.initialize(repeating: 0)
  for element in elements { starts[Int((element.key - low) >> shift) + 1] += 1 }
  for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
  for element in elements {
    let bucket = Int((element.key - low) >> shift)
    sorted[Int(starts[bucket])] = element
    starts[bucket] += 1
  }
  var start = 0
  for bucket in 0..<(starts.count - 1) {
    let end = Int(starts[bucket])
    UnsafeMutableBufferPointer(rebasing: sorted[start..<end]).order { $0.precedes($1) }
    start = end
  }
  return UnsafeBufferPointer(sorted)
}
