import Events
import Glibc

/// Bytes of one text, with at least 16 readable bytes from its start.
struct Text {
  let start: UnsafePointer<UInt8>
  let count: Int

  @inline(__always) init(_ start: UnsafePointer<UInt8>, _ count: Int) {
    self.start = start
    self.count = count
  }

  @inline(__always) var bytes: UnsafeBufferPointer<UInt8> { .init(start: start, count: count) }
  var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(bytes) }
  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// The first eight bytes, zero where the text is shorter.
  @inline(__always) var firstWord: UInt64 {
    UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
      & ~(UInt64.max << (UInt64(truncatingIfNeeded: count) &* 8))
  }

  /// The next eight bytes, zero where the text is shorter.
  @inline(__always) var secondWord: UInt64 {
    UnsafeRawPointer(start).loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      & ~(UInt64.max << (UInt64(truncatingIfNeeded: max(count, 8) &- 8) &* 8))
  }

  @inline(__always) func equals(_ other: StaticString) -> Bool {
    guard count == other.utf8CodeUnitCount else { return false }
    for position in 0..<count where start[position] != other.utf8Start[position] { return false }
    return true
  }
}

/// The distinct texts of one column and their positions: open addressing over bytes.
///
/// Texts up to 16 bytes, which most are, are told apart by two words without a call.
struct TextTable {
  private struct Entry: BitwiseCopyable {
    var first: UInt64
    var second: UInt64
    var hash: UInt64
    var offset: UInt32
    var count: UInt32
  }

  private var slots: UnsafeMutablePointer<UInt32>
  private var mask: Int
  private var entries: GrowingColumn<Entry>
  private var texts: GrowingColumn<UInt8>

  private static let leastSlots = 64
  /// Up to so many slots a table has 32 for each text, so that the few texts of most columns seldom
  /// meet, which would be a surprise to the processor; above, four.
  private static let sparseSlots = 4096

  init() {
    mask = Self.leastSlots - 1
    slots = .allocate(capacity: Self.leastSlots)
    slots.initialize(repeating: 0, count: Self.leastSlots)
    entries = GrowingColumn(capacity: 32)
    texts = GrowingColumn(capacity: 256)
  }

  var count: Int { entries.count }

  /// The position of a text, adding it where it is new.
  @inline(__always) mutating func position(of text: Text) -> UInt32 {
    let first = text.firstWord
    let second = text.secondWord
    let hash = Self.hash(first, second, text)
    if let found = find(hash, first, second, text) {
      return UInt32(truncatingIfNeeded: found)
    }
    return insert(hash, first, second, text)
  }

  /// The position of a text; nil where it was never added.
  @inline(__always) func known(_ text: Text) -> Int? {
    let first = text.firstWord
    let second = text.secondWord
    return find(Self.hash(first, second, text), first, second, text)
  }

  @inline(__always) private func find(
    _ hash: UInt64, _ first: UInt64, _ second: UInt64, _ text: Text
  ) -> Int? {
    var slot = Int(truncatingIfNeeded: hash >> 40) & mask
    while slots[slot] != 0 {
      let position = Int(slots[slot]) &- 1
      if same(entries.base[position], first, second, text) { return position }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  @inline(__always) private static func hash(
    _ first: UInt64, _ second: UInt64, _ text: Text
  ) -> UInt64 {
    if text.count > 16 { return stableHash(text.raw) }
    let mixed = (first ^ UInt64(truncatingIfNeeded: text.count)) &* 0x9E37_79B9_7F4A_7C15
    return (mixed ^ (mixed >> 32) ^ second) &* 0xD6E8_FEB8_6659_FD93
  }

  @inline(__always) private func same(
    _ entry: Entry, _ first: UInt64, _ second: UInt64, _ text: Text
  ) -> Bool {
    guard entry.first == first, entry.second == second, Int(entry.count) == text.count
    else { return false }
    return text.count <= 16
      || memcmp(texts.base + Int(entry.offset), text.start, text.count) == 0
  }

  @inline(never) private mutating func insert(
    _ hash: UInt64, _ first: UInt64, _ second: UInt64, _ text: Text
  ) -> UInt32 {
    let entry = Entry(
      first: first, second: second, hash: hash, offset: UInt32(texts.count),
      count: UInt32(text.count))
    texts.append(contentsOf: text.bytes)
    entries.append(entry)
    if entries.count * (mask < Self.sparseSlots - 1 ? 32 : 4) > mask {
      rehash()
    } else {
      place(entries.count - 1)
    }
    return UInt32(entries.count - 1)
  }

  private mutating func place(_ position: Int) {
    var slot = Int(truncatingIfNeeded: entries.base[position].hash >> 40) & mask
    while slots[slot] != 0 { slot = (slot &+ 1) & mask }
    slots[slot] = UInt32(position + 1)
  }

  private mutating func rehash() {
    slots.deallocate()
    let capacity = (mask + 1) * 4
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
    mask = capacity - 1
    for position in 0..<entries.count { place(position) }
  }

  /// The text at a position.
  func string(at position: Int) -> String {
    let entry = entries.base[position]
    return Text(texts.base + Int(entry.offset), Int(entry.count)).string
  }

  /// The texts in order of their positions.
  var strings: [String] { (0..<entries.count).map(string(at:)) }

  func deallocate() {
    slots.deallocate()
    entries.deallocate()
    texts.deallocate()
  }
}
