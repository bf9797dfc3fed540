/// Where delimiters, line ends and quotes lie in a chunk of CSV, found ahead of the records.
///
/// To find many at once saves a branch for each field, whose length nobody can predict.
/// - SeeAlso: G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second", 2019, section 3.1.
struct CSVBoundaries {
  private let bytes: UnsafePointer<UInt8>
  private let length: Int
  private let delimiter: Sixteen
  private let lineEnd = Sixteen(repeating: CSVRecords.lineEnd)
  private let quote = Sixteen(repeating: CSVRecords.quote)
  private let columns: Int
  private let found: UnsafeMutablePointer<UInt32>
  /// The first that was not passed, and how many were found.
  private var next = 0
  private var count = 0
  /// How far was searched.
  private var searched = 0

  /// How many bytes are searched at once: what is found of them stays in the nearest cache.
  private static let stretch = 4096

  init(bytes: UnsafePointer<UInt8>, length: Int, delimiter: UInt8, columns: Int) {
    self.bytes = bytes
    self.length = length
    self.delimiter = Sixteen(repeating: delimiter)
    self.columns = columns
    // Those of one record are left over; eight more are written where there are none.
    found = .allocate(capacity: columns + Self.stretch + 64 + 8)
  }

  func deallocate() { found.deallocate() }

  /// The next boundaries, as many as there are columns; nil where the chunk has no more.
  @inline(__always) mutating func record() -> UnsafeMutablePointer<UInt32>? {
    if next &+ columns > count, !search() { return nil }
    return found + next
  }

  /// Passes over so many boundaries.
  @inline(__always) mutating func pass(_ boundaries: Int) { next &+= boundaries }

  /// Passes over the boundaries before a position.
  mutating func pass(to position: Int) {
    while next < count, found[next] < position { next += 1 }
    if next == count, searched < position { begin(at: position) }
  }

  /// Begins anew at a position, which may lie before what was passed.
  mutating func begin(at position: Int) {
    (next, count) = (0, 0)
    searched = position & ~63
    searchStretch()
    while next < count, found[next] < position { next += 1 }
  }

  /// The first delimiter or line end from a position on, or the end of the chunk; a quote in
  /// between is a letter.
  mutating func boundary(from position: Int) -> Int {
    if searched < position { begin(at: position) }
    while true {
      while next < count {
        let here = Int(found[next])
        if here >= position, bytes[here] != CSVRecords.quote { return here }
        next += 1
      }
      guard searched < length else { return length }
      (next, count) = (0, 0)
      searchStretch()
    }
  }

  /// Searches on until a record's boundaries are there; false where the chunk ends before.
  @inline(never) private mutating func search() -> Bool {
    while next &+ columns > count {
      guard searched < length else { return false }
      let left = count &- next
      found.update(from: found + next, count: left)
      (next, count) = (0, left)
      searchStretch()
    }
    return true
  }

  private mutating func searchStretch() {
    let end = min(searched &+ Self.stretch, length)
    while searched < end {
      let position = UInt32(truncatingIfNeeded: searched)
      var marks = positions(of: delimiter, lineEnd, or: quote, in: bytes + searched)
      var here = found + count
      count &+= marks.nonzeroBitCount
      while marks != 0 {
        // Eight at a time, some of them in vain, so that the usual block takes one or two turns.
        for place in 0..<8 {
          here[place] = position &+ UInt32(truncatingIfNeeded: marks.trailingZeroBitCount)
          marks &= marks &- 1
        }
        here += 8
      }
      searched &+= 64
    }
  }
}
