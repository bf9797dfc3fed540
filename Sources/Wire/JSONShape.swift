/// What a record of JSON looks like apart from its values: the bytes between them, and what each
/// value means. Most records of a file look like one of the last few.
struct JSONShape {
  /// A value and the bytes in front of it.
  struct Place: BitwiseCopyable {
    var before: JSONLiteral
    var path: Int32
    var role: JSONPath.Role
    /// The position of the property; -1 until a record has it.
    var slot: Int32
  }

  var places: UnsafeMutableBufferPointer<Place>
  /// What follows the last value.
  var end: JSONLiteral
  /// The places of the parts of an event; -1 where there is none.
  var customer = -1
  var anonymous = -1
  var event = -1
  var time = -1
  var message = -1

  func deallocate() { places.deallocate() }
}

/// Bytes of the chunk that are looked for again.
struct JSONLiteral: BitwiseCopyable {
  private let start: UnsafePointer<UInt8>
  let count: Int
  private let first: UInt64
  private let second: UInt64
  private let firstMask: UInt64
  private let secondMask: UInt64

  init(_ start: UnsafePointer<UInt8>, _ count: Int) {
    let text = Text(start, count)
    self.start = start
    self.count = count
    (first, second) = (text.firstWord, text.secondWord)
    firstMask = ~(UInt64.max << (UInt64(count) &* 8))
    secondMask = ~(UInt64.max << (UInt64(max(count, 8) - 8) &* 8))
  }

  /// Whether the same bytes lie at a place of the chunk.
  @inline(__always) func lies(at place: UnsafePointer<UInt8>) -> Bool {
    let raw = UnsafeRawPointer(place)
    let others =
      (raw.loadUnaligned(as: UInt64.self) & firstMask ^ first)
      | (raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & secondMask ^ second)
    return others == 0 && (count <= 16 || Self.areEqual(start, place, count))
  }

  /// Compares what goes beyond sixteen bytes; bytes that differ are never passed.
  ///
  /// It takes no literal, which would have to lie in memory for it.
  @inline(never) private static func areEqual(
    _ start: UnsafePointer<UInt8>, _ place: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool {
    var position = 16
    while position < count, place[position] == start[position] { position += 1 }
    return position == count
  }
}

/// A value of the record at hand, found in the place where its shape has it.
struct JSONLikelyValue: BitwiseCopyable {
  enum Kind: UInt8 {
    case none, text, yes, no
    /// A number whose text alone is known.
    case written
    /// A number that was read.
    case number
  }

  var start: UnsafePointer<UInt8>
  var count: Int
  var number: Double
  var kind: Kind

  @inline(__always) var text: Text { Text(start, count) }

  /// Reads a value; nil where it is none, or one that only the general way takes: an object, an
  /// array, or a text with escapes.
  @inline(__always) init?(_ place: inout UnsafePointer<UInt8>) {
    start = place
    number = 0
    let byte = place[0]
    if byte == UInt8(ascii: "\"") {
      start = place + 1
      let end = Self.special(from: start)
      guard end[0] == UInt8(ascii: "\"") else { return nil }
      (count, kind) = (end - start, .text)
      place = end + 1
      return
    }
    if byte &- 48 < 10 {
      if let short = ShortDecimal(place), place[short.count] | 32 != UInt8(ascii: "e") {
        (count, number, kind) = (short.count, short.number, .number)
        place += count
        return
      }
    } else if let word = Self.word(place) {
      (kind, count) = word
      place += count
      return
    }
    guard byte &- 48 < 10 || byte == UInt8(ascii: "-"), let length = Self.writtenNumber(place)
    else { return nil }
    (count, kind) = (length, .written)
    place += count
  }

  /// The length of a number whose digits are many, or which has a sign or an exponent.
  @inline(__always) private static func writtenNumber(_ place: UnsafePointer<UInt8>) -> Int? {
    let first = LeadingDigits(place)
    if first.count == 8, place[0] != 48 {
      let count = 8 &+ LeadingDigits(place + 8).count
      let next = place[count]
      if count < 16, next != UInt8(ascii: "."), next | 32 != UInt8(ascii: "e") { return count }
    }
    return anyNumber(place)
  }

  @inline(never) private static func anyNumber(_ place: UnsafePointer<UInt8>) -> Int? {
    // A number ends at the first byte that belongs to none, so no end has to be known.
    var cursor = JSONCursor(place, from: 0, to: .max)
    return try? cursor.number().count
  }

  @inline(__always) private static func word(
    _ place: UnsafePointer<UInt8>
  ) -> (kind: Kind, count: Int)? {
    let word = UInt32(
      littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt32.self))
    switch word {
    case 0x6C6C_756E: return (.none, 4)
    case 0x6575_7274: return (.yes, 4)
    case 0x736C_6166 where place[4] == UInt8(ascii: "e"): return (.no, 5)
    default: return nil
    }
  }

  /// The first quote, backslash or control character; the zeros behind a chunk are such.
  @inline(__always) private static func special(
    from start: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var place = start
    while true {
      let bytes = sixteen(place)
      let marks = unsafeBitCast(
        (bytes .== Sixteen(repeating: UInt8(ascii: "\"")))
          .| (bytes .== Sixteen(repeating: UInt8(ascii: "\\")))
          .| (bytes .< Sixteen(repeating: 32)), to: SIMD2<UInt64>.self)
      // Where the next value begins depends on this, so the shortest way to the answer counts.
      let first = marks[0].trailingZeroBitCount
      let second = marks[1].trailingZeroBitCount &+ 64
      let found = first < 64 ? first : second
      if found < 128 { return place + found >> 3 }
      place += 16
    }
  }
}
