/// How a case came out, as a position in counts.
enum Outcome: Int, CaseIterable, Sendable {
  case completed, ended, abandoned, open
}

/// The different ways that cases took, each with what is counted of it: an open-addressing table.
struct VariantTable: Sendable {
  struct Entry: Sendable {
    var hash: UInt64
    /// Where the symbols lie in `symbols`.
    var start: Int
    var length: Int
    /// Cases by outcome.
    var counts: SIMD4<UInt32> = .zero
    /// Closed cases with interactions that were left out of the symbols.
    var repeating: UInt32 = 0
    /// Closed cases without these, not late and not in a wrong channel.
    var plain: UInt32 = 0
    var plainCompleted: UInt32 = 0
    /// Interactions left out, of closed and of completed cases.
    var left: Int = 0
    var leftCompleted: Int = 0

    var closed: Int { Int(counts[0]) + Int(counts[1]) + Int(counts[2]) }

    /// Counts a case.
    mutating func count(_ outcome: Outcome, left: Int, plain: Bool) {
      counts[outcome.rawValue] += 1
      guard outcome != .open else { return }
      if plain {
        self.plain += 1
        if outcome == .completed { plainCompleted += 1 }
      }
      guard left > 0 else { return }
      repeating += 1
      self.left += left
      if outcome == .completed { leftCompleted += left }
    }
  }

  private(set) var entries: [Entry] = []
  private var symbols: [UInt8] = []
  /// Positions in `entries` + 1; 0: free. Its length is a power of 2.
  private var slots: [UInt32] = Array(repeating: 0, count: 1024)

  /// The symbols of an entry.
  func symbols(of entry: Entry) -> ArraySlice<UInt8> {
    symbols[entry.start..<(entry.start + entry.length)]
  }

  /// The position of the entry with these symbols, which is made if it is new.
  mutating func position(of sequence: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let mixed = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: mixed >> 20) & (slots.count - 1)
    while slots[slot] != 0 {
      let position = Int(slots[slot]) - 1
      let entry = entries[position]
      if entry.hash == hash, entry.length == sequence.count,
        symbols.withUnsafeBufferPointer({ known in
          var same = true
          for index in sequence.indices where known[entry.start + index] != sequence[index] {
            same = false
          }
          return same
        })
      {
        return position
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    entries.append(Entry(hash: hash, start: symbols.count, length: sequence.count))
    symbols.append(contentsOf: sequence)
    slots[slot] = UInt32(entries.count)
    if entries.count * 2 > slots.count { grow() }
    return entries.count - 1
  }

  /// Counts a case of the entry at a position.
  mutating func count(_ position: Int, _ outcome: Outcome, left: Int, plain: Bool) {
    entries[position].count(outcome, left: left, plain: plain)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for (position, entry) in entries.enumerated() {
      let mixed = (entry.hash ^ (entry.hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
      var slot = Int(truncatingIfNeeded: mixed >> 20) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(position + 1)
    }
  }

  /// Adds another table's counts.
  ///
  /// - Returns: the position here of each of the other's entries.
  mutating func add(_ other: VariantTable) -> [UInt32] {
    other.entries.map { entry in
      let position = other.symbols.withUnsafeBufferPointer {
        self.position(
          of: UnsafeBufferPointer(rebasing: $0[entry.start..<(entry.start + entry.length)]),
          hash: entry.hash)
      }
      entries[position].counts &+= entry.counts
      entries[position].repeating += entry.repeating
      entries[position].plain += entry.plain
      entries[position].plainCompleted += entry.plainCompleted
      entries[position].left += entry.left
      entries[position].leftCompleted += entry.leftCompleted
      return UInt32(position)
    }
  }
}
