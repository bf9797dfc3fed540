import Events
import Foundation

/// Reads JSON as RFC 8259 has it, in one pass and a time that its length bounds.
///
/// Stricter than that where programs would disagree: a member that comes twice, half of a surrogate
/// pair and a number beyond all doubles are refused.
struct JSONReader {
  /// How many containers may lie in each other: more than any question needs.
  static let deepest = 100

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The one value of the text.
  ///
  /// - Throws: `body.json`, with the place.
  mutating func document() throws(Refusal) -> JSONValue {
    let value = try value(0)
    skipBlanks()
    guard position == bytes.count else { throw mistake("goes on behind its value") }
    return value
  }

  private func mistake(_ words: String) -> Refusal {
    Refusal(
      "body.json", problem: "The JSON \(words), at byte \(position).",
      remedy: "Send one value of JSON in UTF-8.")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Whether a character comes next, which then is read.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(_ depth: Int) throws(Refusal) -> JSONValue {
    guard depth <= Self.deepest else {
      throw mistake("has more than \(Self.deepest) containers in each other")
    }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try list(depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(Refusal) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw mistake("has an unknown word") }
    position += word.utf8.count
    return value
  }

  private mutating func list(_ depth: Int) throws(Refusal) -> JSONValue {
    position += 1
    var values: [JSONValue] = []
    if take("]") { return .list(values) }
    repeat { values.append(try value(depth + 1)) } while take(",")
    guard take("]") else { throw mistake("has a list without an end") }
    return .list(values)
  }

  private mutating func object(_ depth: Int) throws(Refusal) -> JSONValue {
    position += 1
    var members: [String: JSONValue] = [:]
    if take("}") { return .object(members) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw mistake("has a member without a name") }
      let name = try text()
      guard take(":") else { throw mistake("has a member without a value") }
      guard members.updateValue(try value(depth + 1), forKey: name) == nil else {
        throw mistake("has the member “\(name.prefix(80))” twice")
      }
    } while take(",")
    guard take("}") else { throw mistake("has an object without an end") }
    return .object(members)
  }

  private mutating func number() throws(Refusal) -> JSONValue {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let first = next
    guard digits() > 0, first != UInt8(ascii: "0") || bytes[start..<position].isPlainZero else {
      throw mistake("has no value")
    }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      position += 1
      isWhole = false
      guard digits() > 0 else { throw mistake("has a number without an end") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      isWhole = false
      if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { position += 1 }
      guard digits() > 0 else { throw mistake("has a number without an end") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let number = Int(text) { return .integer(number) }
    guard let number = Double(text), number.isFinite else {
      throw mistake("has too large a number")
    }
    return .number(number)
  }

  /// Reads digits; how many.
  private mutating func digits() -> Int {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func text() throws(Refusal) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: text, as: UTF8.self) else {
          throw mistake("has a text that is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw mistake("has a control character in a text")
      default: text.append(byte)
      }
    }
    throw mistake("has a text without an end")
  }

  private mutating func escape() throws(Refusal) -> [UInt8] {
    guard let byte = next else { throw mistake("has a text without an end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var unit = try codeUnit()
      if (0xD800..<0xDC00).contains(unit), bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        let low = try codeUnit()
        guard (0xDC00..<0xE000).contains(low) else { throw mistake("has half a character") }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw mistake("has half a character") }
      return Array(String(Character(scalar)).utf8)
    default: throw mistake("has an unknown escape")
    }
  }

  private mutating func codeUnit() throws(Refusal) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw mistake("has an unknown escape") }
    position += 4
    return unit
  }
}

extension ArraySlice<UInt8> {
  /// Whether it is `0` or `-0`.
  fileprivate var isPlainZero: Bool {
    elementsEqual("0".utf8) || elementsEqual("-0".utf8)
  }
}
