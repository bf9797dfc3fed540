/// JSON as it is written into an answer.
///
/// Characters that control terminals or turn the direction of writing are escaped, so that an
/// answer that quotes a hostile value can be shown.
struct JSONText {
  private(set) var bytes: [UInt8] = []
  /// Whether a comma has to come before the next member or element.
  private var isFollowing = false

  /// Writes an object, or an element that is one.
  mutating func object(_ key: String? = nil, _ members: (inout JSONText) -> Void) {
    container(key, UInt8(ascii: "{"), UInt8(ascii: "}"), members)
  }

  /// Writes an array, or an element that is one.
  mutating func array(_ key: String? = nil, _ elements: (inout JSONText) -> Void) {
    container(key, UInt8(ascii: "["), UInt8(ascii: "]"), elements)
  }

  /// Writes a text as a member; nothing where there is none.
  mutating func member(_ key: String, _ text: String?) {
    guard let text else { return }
    begin(key)
    quoted(text)
  }

  /// Writes a number as a member.
  mutating func member(_ key: String, _ number: Int) {
    begin(key)
    bytes.append(contentsOf: "\(number)".utf8)
  }

  /// Writes a truth value as a member.
  mutating func member(_ key: String, is truth: Bool) {
    begin(key)
    bytes.append(contentsOf: truth ? "true".utf8 : "false".utf8)
  }

  /// Writes nothing as a member.
  mutating func null(_ key: String) {
    begin(key)
    bytes.append(contentsOf: "null".utf8)
  }

  private mutating func container(
    _ key: String?, _ open: UInt8, _ close: UInt8, _ content: (inout JSONText) -> Void
  ) {
    begin(key)
    bytes.append(open)
    isFollowing = false
    content(&self)
    bytes.append(close)
    isFollowing = true
  }

  private mutating func begin(_ key: String?) {
    if isFollowing { bytes.append(UInt8(ascii: ",")) }
    isFollowing = true
    guard let key else { return }
    quoted(key)
    bytes.append(UInt8(ascii: ":"))
  }

  /// A text as JSON writes it.
  static func quoted(_ text: String) -> String {
    var json = JSONText()
    json.quoted(text)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else if Self.isEscaped(scalar.value) {
        let digits = String(scalar.value, radix: 16)
        bytes.append(contentsOf: "\\u".utf8)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
        bytes.append(contentsOf: digits.utf8)
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Control characters, marks of direction, and the separators that scripts take for line ends.
  private static func isEscaped(_ value: UInt32) -> Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF:
      true
    default: false
    }
  }
}
