/// What identifies a way in a table.
///
/// Ways of few names are packed into 64 bits, the first name in the highest ones: two ways are the same
/// where their keys are, and come in the order of their keys. Other ways have a hash as key, and the names
/// themselves are kept and compared.
enum WayKeys: Sendable {
  case packed(bits: Int, length: Int)
  case hashed

  /// Takes the short form where ways of a length fit.
  init(names: Int, length: Int?) {
    // One more, for a place behind the end of a way.
    let bits = Int.bitWidth - names.leadingZeroBitCount
    if let length, bits * length <= 64 {
      self = .packed(bits: bits, length: length)
    } else {
      self = .hashed
    }
  }

  var arePacked: Bool { if case .packed = self { true } else { false } }

  /// The key of a way.
  func key(of way: some Collection<UInt16>) -> UInt64 {
    switch self {
    case .packed(let bits, let length):
      var key: UInt64 = 0
      for name in way { key = (key << UInt64(bits)) | (UInt64(name) + 1) }
      // Shifts of 64 leave nothing: a way without names has no key of its own.
      return key << UInt64(bits * (length - way.count))
    case .hashed:
      var key = UInt64(way.count)
      for name in way { key = Self.hash(key, name) }
      return key
    }
  }

  @inline(__always) static func hash(_ key: UInt64, _ name: UInt16) -> UInt64 {
    let mixed = (key ^ UInt64(name)) &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ (mixed >> 29)
  }

  /// The names that a packed key stands for.
  func way(of key: UInt64) -> [UInt16] {
    guard case .packed(let bits, let length) = self else { return [] }
    var way: [UInt16] = []
    for place in 0..<length {
      let name = (key >> UInt64(bits * (length - 1 - place))) & ((1 << UInt64(bits)) - 1)
      guard name > 0 else { break }
      way.append(UInt16(name - 1))
    }
    return way
  }
}

/// Ways and how many customers took each: a table with open addressing, in the order of mixed keys.
///
/// Because of that order the same part of the keys lies in the same part of every table, and tables are
/// added up part by part.
struct WayTable: Sendable {
  struct Slot: BitwiseCopyable {
    var key: UInt64
    /// Ways are numbered in the order in which they came.
    var id: UInt32
    /// 0: the slot is free.
    var count: UInt32
  }

  let keys: WayKeys
  private let skip: UInt64
  private(set) var count = 0
  private var slots: [Slot]
  private var shift: UInt64
  /// The names of the ways one after the other, and where each begins, by id; empty for packed keys.
  private var names: [UInt16] = []
  private var starts: [Int] = [0]

  private static let smallest = 1024
  /// Room for the ways of most sections, so that their tables need not grow.
  private static let usual = 16_384
  /// Tables are added up in that many parts: 2 to the power of this.
  static let partBits: UInt64 = 6

  static let parts = 1 << Int(partBits)

  /// The part of a table that a key belongs to.
  @inline(__always) static func part(of key: UInt64) -> Int {
    Int(truncatingIfNeeded: mixed(key) >> (64 - partBits))
  }

  /// Makes a table.
  ///
  /// - Parameter part: whether it holds one part only, whose keys begin with the same bits.
  init(_ keys: WayKeys, holding part: Part = .everything) {
    self.keys = keys
    let size: Int
    switch part {
    case .everything: (skip, size) = (0, Self.usual)
    case .little: (skip, size) = (0, Self.smallest)
    case .onePart(let ways):
      // Parts are about equal, since keys are mixed; what is not expected makes the table grow.
      let expected = 2 * (ways >> Int(Self.partBits)) + ways >> Int(Self.partBits + 5)
      (skip, size) = (Self.partBits, max(Self.smallest, expected.powerOfTwoAbove))
    }
    slots = Array(repeating: Slot(key: 0, id: 0, count: 0), count: size)
    shift = UInt64(64 - size.trailingZeroBitCount)
  }

  /// What a table holds.
  enum Part {
    case everything
    /// The same, where it is to be expected that there is little of it.
    case little
    /// One of the parts of that many ways at most.
    case onePart(ofWays: Int)
  }

  @inline(__always) private static func mixed(_ key: UInt64) -> UInt64 {
    let mixed = (key ^ (key >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return (mixed ^ (mixed >> 29)) &* 0xBF58_476D_1CE4_E5B9
  }

  @inline(__always) private func home(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (Self.mixed(key) &<< skip) &>> shift)
  }

  /// Adds customers to a way.
  ///
  /// - Parameter way: its names, which are looked at for hashed keys only.
  /// - Returns: the way's id.
  @inline(__always) mutating func add(
    _ customers: UInt32, key: UInt64, way: UnsafeBufferPointer<UInt16>
  ) -> UInt32 {
    var slot = home(key)
    while slots[slot].count > 0 {
      if slots[slot].key == key, isSame(slots[slot].id, way) {
        slots[slot].count &+= customers
        return slots[slot].id
      }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    let id = UInt32(count)
    slots[slot] = Slot(key: key, id: id, count: customers)
    count += 1
    if case .hashed = keys {
      names.append(contentsOf: way)
      starts.append(names.count)
    }
    if count * 2 > slots.count { grow() }
    return id
  }

  /// Adds a customer to each of some packed ways.
  mutating func add(_ ways: UnsafeBufferPointer<UInt64>) {
    var next = 0
    while next < ways.count {
      // So many as fit before it must grow.
      let end = min(ways.count, next + slots.count / 2 - count + 1)
      let (shift, skip, mask) = (shift, skip, slots.count - 1)
      var known = UInt32(truncatingIfNeeded: count)
      slots.withUnsafeMutableBufferPointer { slots in
        guard let slots = slots.baseAddress else { return }
        for way in ways[next..<end] {
          var place = Int(truncatingIfNeeded: (Self.mixed(way) &<< skip) &>> shift)
          // One condition and not two, either of which could not be foreseen.
          while (slots[place].count == 0 ? 0 : 1) & (slots[place].key == way ? 0 : 1) != 0 {
            place = (place &+ 1) & mask
          }
          let isNew = slots[place].count == 0
          slots[place].key = way
          slots[place].id = isNew ? known : slots[place].id
          slots[place].count &+= 1
          known &+= isNew ? 1 : 0
        }
      }
      count = Int(known)
      next = end
      if count * 2 > slots.count { grow() }
    }
  }

  /// Forgets all ways, and keeps its room.
  mutating func clear() {
    slots.withUnsafeMutableBufferPointer {
      $0.update(repeating: Slot(key: 0, id: 0, count: 0))
    }
    count = 0
    names.removeAll(keepingCapacity: true)
    starts = [0]
  }

  @inline(__always) private func isSame(
    _ id: UInt32, _ way: UnsafeBufferPointer<UInt16>
  ) -> Bool {
    switch keys {
    case .packed: true
    case .hashed: names[starts[Int(id)]..<starts[Int(id) + 1]].elementsEqual(way)
    }
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(key: 0, id: 0, count: 0), count: old.count * 2)
    shift -= 1
    for entry in old where entry.count > 0 {
      var slot = home(entry.key)
      while slots[slot].count > 0 { slot = (slot &+ 1) & (slots.count &- 1) }
      slots[slot] = entry
    }
  }

  /// The slot of a way; nil where nobody took it.
  func slot(key: UInt64, way: [UInt16]) -> Slot? {
    way.withUnsafeBufferPointer { way in
      var slot = home(key)
      while slots[slot].count > 0 {
        if slots[slot].key == key, isSame(slots[slot].id, way) { return slots[slot] }
        slot = (slot + 1) & (slots.count - 1)
      }
      return nil
    }
  }

  /// The names of a way.
  func way(of slot: Slot) -> [UInt16] {
    switch keys {
    case .packed: keys.way(of: slot.key)
    case .hashed: Array(names[starts[Int(slot.id)]..<starts[Int(slot.id) + 1]])
    }
  }

  /// The slots of ways that so many customers took, or more.
  func slots(ofAtLeast least: UInt32) -> [Slot] {
    [Slot](unsafeUninitializedCapacity: count + 1) { found, count in
      // The place behind the last is written, too.
      for slot in slots {
        found[count] = slot
        count &+= slot.count < least ? 0 : 1
      }
    }
  }

  /// Adds the ways of one part of another table.
  mutating func add(part: Int, of other: WayTable) {
    let size = other.slots.count >> Int(Self.partBits)
    var position = part * size
    var left = other.slots.count
    // Ways that found no place in their part lie right behind it.
    while left > 0,
      position < (part + 1) * size || other.slots[position & (other.slots.count - 1)].count > 0
    {
      let slot = other.slots[position & (other.slots.count - 1)]
      position += 1
      left -= 1
      guard slot.count > 0, Self.part(of: slot.key) == part else { continue }
      switch keys {
      case .packed: _ = add(slot.count, key: slot.key, way: .init(start: nil, count: 0))
      case .hashed:
        other.names.withUnsafeBufferPointer { names in
          let range = other.starts[Int(slot.id)]..<other.starts[Int(slot.id) + 1]
          _ = add(slot.count, key: slot.key, way: .init(rebasing: names[range]))
        }
      }
    }
  }
}

extension Int {
  /// The smallest power of two that is not less.
  fileprivate var powerOfTwoAbove: Int {
    1 << (Int.bitWidth - Swift.max(0, self - 1).leadingZeroBitCount)
  }
}
