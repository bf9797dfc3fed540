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
  /// The places of properties.
  var properties: UnsafeMutableBufferPointer<Int>
  /// Whether the position of every property is known.
  var isOpen = false
  /// What follows the last value.
  var end: JSONLiteral
  /// The places of the parts of an event; -1 where there is none.
  var customer = -1
  var anonymous = -1
  var event = -1
  var time = -1
  var message = -1

  func deallocate() {
    places.deallocate()
    properties.deallocate()
  }
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
      guard let length = Self.textLength(start) else { return nil }
      (count, kind) = (length, .text)
      place = start + length + 1
      return
    }
    if byte &- 48 < 10 {
      // Where the next value begins is known before the number is: its digits are read meanwhile.
      guard let length = Self.numberLength(place) else { return nil }
      count = length
      place += length
      let whole = LeadingDigits(start)
      if let short = ShortDecimal(start, whole), short.count == length {
        (number, kind) = (short.number, .number)
        return
      }
      guard Self.isWritten(start, length, whole) else { return nil }
      kind = .written
      return
    }
    if let word = Self.word(place) {
      (kind, count) = word
    } else {
      guard byte == UInt8(ascii: "-"), let length = Self.anyNumber(place) else { return nil }
      (count, kind) = (length, .written)
    }
    place += count
  }

  /// Up to the first comma or brace; nil where none is near.
  @inline(__always) private static func numberLength(_ place: UnsafePointer<UInt8>) -> Int? {
    let (first, second) = words(place)
    let (comma, brace) = (UInt8(ascii: ","), UInt8(ascii: "}"))
    let end = position(
      marks(of: comma, in: first) | marks(of: brace, in: first),
      marks(of: comma, in: second) | marks(of: brace, in: second))
    return end < 16 ? end : anyNumber(place)
  }

  /// Whether so many bytes are a number whose digits are many, or which has an exponent.
  @inline(__always) private static func isWritten(
    _ place: UnsafePointer<UInt8>, _ length: Int, _ first: LeadingDigits
  ) -> Bool {
    if first.count == 8, place[0] != 48, length == 8 &+ LeadingDigits(place + 8).count {
      return true
    }
    return anyNumber(place) == length
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

  /// Up to the quote that ends a text; nil where a backslash or control character comes first. The
  /// zeros behind a chunk are such.
  ///
  /// Where the next value begins depends on the quote alone, so the shortest way there counts; what
  /// else there is may be found out later.
  @inline(__always) private static func textLength(_ start: UnsafePointer<UInt8>) -> Int? {
    var place = start
    while true {
      let quote = UInt8(ascii: "\"")
      let (first, second) = words(place)
      let end = position(marks(of: quote, in: first), marks(of: quote, in: second))
      let bytes = sixteen(place)
      let others = unsafeBitCast(
        (bytes .== Sixteen(repeating: UInt8(ascii: "\\"))) .| (bytes .< Sixteen(repeating: 32)),
        to: SIMD2<UInt64>.self)
      guard position(others[0], others[1]) >= end else { return nil }
      if end < 16 { return place - start + end }
      place += 16
    }
  }

  @inline(__always) private static func words(
    _ place: UnsafePointer<UInt8>
  ) -> (UInt64, UInt64) {
    let raw = UnsafeRawPointer(place)
    return (
      UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)),
      UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
  }

  /// The highest bit of each byte that is the one looked for; of those behind the first such byte,
  /// some may be marked too.
  @inline(__always) private static func marks(of byte: UInt8, in word: UInt64) -> UInt64 {
    let others = word ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
    return (others &- 0x0101_0101_0101_0101) & ~others & 0x8080_8080_8080_8080
  }

  /// The first of sixteen bytes that is marked in two words; 16 where none is.
  @inline(__always) private static func position(_ first: UInt64, _ second: UInt64) -> Int {
    let (low, high) = (first.trailingZeroBitCount, second.trailingZeroBitCount &+ 64)
    return (low < 64 ? low : high) >> 3
  }
}
