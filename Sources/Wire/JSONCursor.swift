/// Why a line is not the JSON that is taken.
struct JSONProblem: Error {
  var code: String
  var problem: String
}

/// A place in one line of JSON; strict as RFC 8259 is.
///
/// At least `Chunk.padding` bytes that can be read follow the end.
struct JSONCursor {
  let bytes: UnsafePointer<UInt8>
  private(set) var position: Int
  private let start: Int
  let end: Int

  init(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) {
    self.bytes = bytes
    self.start = start
    position = start
    self.end = end
  }

  @inline(__always) var isAtEnd: Bool { position >= end }

  /// The byte at hand; at the end a line end or 0, which JSON never has where this is asked.
  @inline(__always) var next: UInt8 { bytes[position] }

  @inline(__always) mutating func advance(_ count: Int = 1) { position &+= count }

  @inline(__always) mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position &+= 1
    return true
  }

  @inline(__always) mutating func skipBlanks() {
    while next == 32 || next == 9, position < end { position &+= 1 }
  }

  /// The blanks of JSON that may span lines.
  @inline(__always) mutating func skipSpace() {
    while position < end, next == 32 || next == 10 || next == 13 || next == 9 { position &+= 1 }
  }

  @inline(never) func problem(_ what: String) -> JSONProblem {
    JSONProblem(
      code: "json.syntax", problem: "\(what), at byte \(position - start + 1).")
  }

  /// A string as it lies in the line, and whether it has escapes; the cursor is behind its quote.
  @inline(__always) mutating func string() throws(JSONProblem) -> (text: Text, escaped: Bool) {
    let start = position
    var escaped = false
    while position < end {
      let word = UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self)
      let found = Self.specials(word)
      if found == 0 {
        position &+= 8
        continue
      }
      position &+= found.trailingZeroBitCount >> 3
      guard position < end else { break }
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position &+= 1
        return (Text(bytes + start, position &- 1 &- start), escaped)
      }
      guard byte == UInt8(ascii: "\\") else {
        throw problem("A string has a control character that is not escaped")
      }
      escaped = true
      position &+= 2
    }
    position = min(position, end)
    throw problem("A string does not end")
  }

  /// Marks the first quote, backslash or control character among eight bytes; marks after the
  /// first may be false.
  @inline(__always) private static func specials(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ 0x2222_2222_2222_2222
    let slashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
    let quote = (quotes &- ones) & ~quotes
    let slash = (slashes &- ones) & ~slashes
    let control = (word &- 0x2020_2020_2020_2020) & ~word
    return (quote | slash | control) & 0x8080_8080_8080_8080
  }

  /// A number as it lies in the line.
  @inline(__always) mutating func number() throws(JSONProblem) -> Text {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if next &- 48 < 10 { throw problem("A number begins with zero") }
    if take(UInt8(ascii: ".")) { try digits() }
    if next | 32 == UInt8(ascii: "e") {
      position &+= 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position &+= 1 }
      try digits()
    }
    return Text(bytes + start, position &- start)
  }

  @inline(__always) private mutating func digits() throws(JSONProblem) {
    let start = position
    while next &- 48 < 10 { position &+= 1 }
    if position == start { throw problem("A value is missing or is none that JSON knows") }
  }

  /// One of the words `true`, `false` and `null`.
  mutating func word(_ word: StaticString) throws(JSONProblem) {
    let count = word.utf8CodeUnitCount
    guard position &+ count <= end, Text(bytes + position, count).equals(word) else {
      throw problem("A value is missing or is none that JSON knows")
    }
    position += count
  }

  /// Passes over a value, checking it.
  mutating func skipValue(depth: Int) throws(JSONProblem) {
    skipBlanks()
    switch next {
    case UInt8(ascii: "\""):
      advance()
      let (text, escaped) = try string()
      if escaped { try Self.checkEscapes(text, at: self) }
    case UInt8(ascii: "{"): try skipContainer(UInt8(ascii: "}"), depth: depth)
    case UInt8(ascii: "["): try skipContainer(UInt8(ascii: "]"), depth: depth)
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: _ = try number()
    }
  }

  private mutating func skipContainer(_ close: UInt8, depth: Int) throws(JSONProblem) {
    guard depth < ImportLimits.depth else { throw .tooDeep }
    advance()
    skipBlanks()
    if take(close) { return }
    repeat {
      if close == UInt8(ascii: "}") { try skipKey() }
      try skipValue(depth: depth + 1)
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(close) else { throw problem("A comma or a closing bracket is missing") }
  }

  private mutating func skipKey() throws(JSONProblem) {
    skipBlanks()
    guard take(UInt8(ascii: "\"")) else { throw problem("A key is missing") }
    let (text, escaped) = try string()
    if escaped { try Self.checkEscapes(text, at: self) }
    skipBlanks()
    guard take(UInt8(ascii: ":")) else { throw problem("A colon is missing") }
  }

  private static func checkEscapes(_ text: Text, at cursor: JSONCursor) throws(JSONProblem) {
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count + 16)
    defer { room.deallocate() }
    _ = try unescape(text, into: room, at: cursor)
  }

  /// Writes a string without its escapes, which never makes it longer; answers its length.
  static func unescape(
    _ text: Text, into room: UnsafeMutablePointer<UInt8>, at cursor: JSONCursor
  ) throws(JSONProblem) -> Int {
    var written = 0
    var position = 0
    while position < text.count {
      let byte = text.start[position]
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        room[written] = byte
        written += 1
        continue
      }
      guard position < text.count else { throw cursor.problem("An escape is broken") }
      let kind = text.start[position]
      position += 1
      if kind == UInt8(ascii: "u") {
        guard let scalar = scalar(text, &position) else {
          throw cursor.problem("An escape \\u is broken or half of a pair")
        }
        for unit in UTF8.encode(scalar) ?? .init() {
          room[written] = unit
          written += 1
        }
        continue
      }
      guard let plain = plainEscape(kind) else { throw cursor.problem("An escape is broken") }
      room[written] = plain
      written += 1
    }
    return written
  }

  private static func plainEscape(_ kind: UInt8) -> UInt8? {
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): kind
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "t"): 9
    default: nil
    }
  }

  /// The character of `\uXXXX`, or of a pair of them; nil for a half, and for U+0000.
  private static func scalar(_ text: Text, _ position: inout Int) -> Unicode.Scalar? {
    guard let first = hex(text, &position), first != 0 else { return nil }
    guard first & 0xFC00 == 0xD800 else { return Unicode.Scalar(first) }
    guard position + 2 <= text.count, text.start[position] == UInt8(ascii: "\\"),
      text.start[position + 1] == UInt8(ascii: "u")
    else { return nil }
    position += 2
    guard let second = hex(text, &position), second & 0xFC00 == 0xDC00 else { return nil }
    return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
  }

  private static func hex(_ text: Text, _ position: inout Int) -> UInt32? {
    guard position + 4 <= text.count else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = text.start[position]
      position += 1
      switch byte {
      case 48...57: value = value << 4 | UInt32(byte - 48)
      case 65...70: value = value << 4 | UInt32(byte - 55)
      case 97...102: value = value << 4 | UInt32(byte - 87)
      default: return nil
      }
    }
    return value
  }
}

extension JSONProblem {
  static var tooDeep: JSONProblem {
    JSONProblem(
      code: "json.depth", problem: "Objects nest deeper than \(ImportLimits.depth) levels.")
  }
}
