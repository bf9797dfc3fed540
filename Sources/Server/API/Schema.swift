import Events

/// The form of a value of JSON: what documents show, and what checks that which is sent.
///
/// - SeeAlso: JSON Schema 2020-12, of which it writes a small part.
struct Schema: Sendable {
  /// A member of an object.
  struct Field: Sendable {
    enum Presence: Sendable { case required, optional }

    var name: String
    var schema: Schema
    var presence: Presence

    /// A member that is always there.
    init(_ name: String, _ schema: Schema) {
      (self.name, self.schema, presence) = (name, schema, .required)
    }

    /// A member that is left out where there is nothing to say.
    static func optional(_ name: String, _ schema: Schema) -> Field {
      var field = Field(name, schema)
      field.presence = .optional
      return field
    }
  }

  /// Which members an object may have beside those that are named.
  enum Others: Sendable { case refused, ignored }

  indirect enum Kind: Sendable {
    case anything
    case boolean
    case integer(ClosedRange<Int>)
    /// A text of so many characters.
    case text(ClosedRange<Int>)
    /// One of some texts.
    case word([String])
    /// A moment of RFC 3339 in UTC.
    case moment
    case list(Schema, ClosedRange<Int>)
    /// Members; at least and at most so many of them are there.
    case object([Field], Others, count: ClosedRange<Int>)
    /// Members of any name.
    case map(Schema)
    /// What stands under a name among the components of the document.
    case component(String, @Sendable () -> Schema)
    /// A form that another room describes as JSON Schema.
    case given(JSONValue)
  }

  var kind: Kind
  var meaning: String
  var example: JSONValue?

  init(_ kind: Kind, _ meaning: String = "", example: JSONValue? = nil) {
    self.kind = kind
    self.meaning = meaning
    self.example = example
  }
}

extension Schema {
  /// The numbers that programs of all kinds tell apart: up to 2^53.
  static let exact = 0...9_007_199_254_740_991

  static func anything(_ meaning: String, example: JSONValue? = nil) -> Schema {
    Schema(.anything, meaning, example: example)
  }
  static func boolean(_ meaning: String, example: Bool = true) -> Schema {
    Schema(.boolean, meaning, example: .boolean(example))
  }
  static func integer(
    _ meaning: String, _ range: ClosedRange<Int> = exact, example: Int? = nil
  ) -> Schema {
    Schema(.integer(range), meaning, example: .integer(example ?? range.lowerBound))
  }
  static func text(
    _ meaning: String, _ length: ClosedRange<Int> = 0...1_048_576, example: String
  ) -> Schema {
    Schema(.text(length), meaning, example: .text(example))
  }
  static func word<Word: RawRepresentable & CaseIterable>(
    _ meaning: String, _ type: Word.Type, example: Word? = nil
  ) -> Schema where Word.RawValue == String {
    .word(meaning, Word.allCases.map(\.rawValue), example: example?.rawValue)
  }
  static func word(_ meaning: String, _ words: [String], example: String? = nil) -> Schema {
    Schema(.word(words), meaning, example: (example ?? words.first).map(JSONValue.text))
  }
  static func moment(_ meaning: String) -> Schema {
    Schema(.moment, meaning, example: "2026-03-01T09:30:00Z")
  }
  static func list(
    _ meaning: String, _ item: Schema, _ count: ClosedRange<Int> = 0...Int.max
  ) -> Schema {
    Schema(.list(item, count), meaning)
  }
  static func map(_ meaning: String, _ value: Schema, example: JSONValue? = nil) -> Schema {
    Schema(.map(value), meaning, example: example)
  }
  /// A type that is described by its name.
  static func of<Value: Described>(_ type: Value.Type) -> Schema {
    Schema(.component(type.title) { type.schema })
  }
}

/// A type whose form as JSON is described, under its name.
protocol Described: Sendable {
  /// The name among the components of the document.
  static var title: String { get }
  /// What a value of it is, in a sentence.
  static var meaning: String { get }
  static var fields: [Schema.Field] { get }
  static var schema: Schema { get }
}

extension Described {
  static var title: String { "\(Self.self)" }
  /// Readers pass over members that they don't know: later versions may have more.
  static var schema: Schema { Schema(.object(fields, .ignored, count: 0...Int.max), meaning) }
}

/// What a request brings; a member that it doesn't know is refused.
protocol Taken: Described {
  /// How many members there are at least and at most, where that is less free than the fields say.
  static var count: ClosedRange<Int> { get }

  /// Reads a value of the form.
  ///
  /// - Parameter body: what has been checked to be of the form; so what has to be there is there.
  init(_ body: JSONValue)
}

extension Taken {
  static var count: ClosedRange<Int> { 0...Int.max }
  static var schema: Schema { Schema(.object(fields, .refused, count: count), meaning) }
}

/// What an answer brings.
protocol Given: Described, Encodable {
  /// What `ETag` says of it; nil where it has no versions.
  var version: String? { get }
  /// Where it lies from now on; nil where it was not just made.
  var location: String? { get }
  /// What is kept of it for a request that is repeated: never a secret.
  var kept: Self { get }
}

extension Given {
  var version: String? { nil }
  var location: String? { nil }
  var kept: Self { self }
}
