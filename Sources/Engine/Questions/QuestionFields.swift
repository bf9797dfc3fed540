import Events
import Experience

/// The fields of a question as it is read: unknown ones are refused, missing ones have a default.
struct QuestionFields<Key: CodingKey & CaseIterable> {
  private let container: KeyedDecodingContainer<Key>

  /// Opens a question, or a part of one where it has no scope of its own.
  ///
  /// - Parameter others: fields that are read elsewhere.
  /// - Throws: at a field that neither the question nor its scope has.
  init(_ decoder: any Decoder, _ part: Part = .question, beside others: [String] = []) throws {
    container = try decoder.container(keyedBy: Key.self)
    let written = try decoder.container(keyedBy: AnyKey.self)
    var known = Key.allCases.map(\.stringValue) + others
    if part == .question {
      known += ["question", StoryBreakdown.field.name] + Scope.fields.map(\.name)
    }
    for key in written.allKeys where !known.contains(key.stringValue) {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath + [key], debugDescription: "",
          underlyingError: Refusal(
            "question.field", problem: "There is no field “\(key.stringValue)” here.",
            remedy: nearest(to: key.stringValue, among: known).map { "Did you mean “\($0)”?" }
              ?? "The fields are \(known.joined(separator: ", ")).")))
    }
  }

  /// Opens a map that has events under a key beside what else is said of them; nil where it is the
  /// events alone that are written.
  init?(_ decoder: any Decoder, naming events: Key) throws {
    guard (try? decoder.container(keyedBy: Key.self))?.contains(events) == true else { return nil }
    try self.init(decoder, .part)
  }

  /// What is opened.
  enum Part { case question, part }

  /// The value of a field; nil where it is left out.
  func value<Value: Decodable>(_ key: Key, _ type: Value.Type = Value.self) throws -> Value? {
    try container.decodeIfPresent(Value.self, forKey: key)
  }

  /// The value of a field, or what holds where it is left out.
  func value<Value: Decodable>(_ key: Key, standard: Value) throws -> Value {
    try container.decodeIfPresent(Value.self, forKey: key) ?? standard
  }

  /// The value of a field that must be there.
  func required<Value: Decodable>(_ key: Key, _ type: Value.Type = Value.self) throws -> Value {
    guard let value = try container.decodeIfPresent(Value.self, forKey: key) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: container.codingPath, debugDescription: "",
          underlyingError: Refusal(
            "question.field", problem: "The field “\(key.stringValue)” is missing.",
            remedy: "Write it; `waymark questions` shows what it takes.")))
    }
    return value
  }

  /// The values of a field that holds one or a list.
  func list<Value: Decodable>(_ key: Key, _ type: Value.Type = Value.self) throws -> [Value]? {
    guard container.contains(key) else { return nil }
    if let list = try? container.nestedUnkeyedContainer(forKey: key) {
      var list = list
      var values: [Value] = []
      while !list.isAtEnd { values.append(try list.decode(Value.self)) }
      return values
    }
    return [try container.decode(Value.self, forKey: key)]
  }
}

/// A field's name, whatever it is.
private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
