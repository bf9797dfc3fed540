import Events

/// Any value of JSON.
enum JSONValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// Reads a text.
  ///
  /// - Throws: `body.json` where it is no JSON.
  init(_ bytes: [UInt8]) throws(Refusal) {
    var reader = JSONReader(bytes)
    self = try reader.document()
  }

  /// The value of a member; nil where this is no object or has none.
  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  /// The value as JSON, with sorted keys.
  ///
  /// - Throws: what encoding throws.
  var json: String {
    get throws { String(decoding: try Reply.encoded(self), as: UTF8.self) }
  }
}

extension JSONValue {
  /// The text; nil where it is none.
  var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// The whole number; nil where it is none.
  var whole: Int? {
    switch self {
    case .integer(let number): number
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }

  /// Whether it is true; nil where it is neither that nor false.
  var truth: Bool? {
    guard case .boolean(let truth) = self else { return nil }
    return truth
  }

  /// The values of a list; none where it is no list.
  var items: [JSONValue] {
    guard case .list(let items) = self else { return [] }
    return items
  }

  /// The word that the text is.
  func word<Word: RawRepresentable>(_ type: Word.Type = Word.self) -> Word?
  where Word.RawValue == String {
    text.flatMap(Word.init)
  }
}

extension JSONValue: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let boolean): try container.encode(boolean)
    case .integer(let number): try container.encode(number)
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .list(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral text: String) { self = .text(text) }
  init(integerLiteral number: Int) { self = .integer(number) }
  init(booleanLiteral boolean: Bool) { self = .boolean(boolean) }
  init(arrayLiteral values: JSONValue...) { self = .list(values) }
  init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(Dictionary(members) { $1 })
  }
}
