/// A set of rows of one segment, as a bitmap; a set without rows takes no memory.
public struct RowSet: Sendable, Equatable {
  private var words: [UInt64] = []
  /// How many rows are in the set.
  public private(set) var count = 0

  /// Makes an empty set.
  public init() {}

  /// Whether no row is in the set.
  public var isEmpty: Bool { count == 0 }

  /// Whether a row is in the set.
  @inline(__always) public func contains(_ row: Int) -> Bool {
    let word = row >> 6
    return word < words.count && words[word] >> UInt64(row & 63) & 1 == 1
  }

  /// Adds a row; the set grows to the highest row in it.
  public mutating func insert(_ row: Int) {
    let word = row >> 6
    if word >= words.count {
      words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
    }
    let bit = UInt64(1) << UInt64(row & 63)
    guard words[word] & bit == 0 else { return }
    words[word] |= bit
    count += 1
  }
}
