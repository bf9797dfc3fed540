import Foundation

extension MapJSON {
  /// One field of the document: where it stands, what it is, and what it means.
  struct Field {
    /// What a field holds.
    enum Kind: String {
      case text, integer, number, boolean, object, list
      case moment = "text or null"
    }

    /// The path, where `[]` stands for each item of a list: `map.steps[].reached`.
    let path: String
    let kind: Kind
    /// Whether the field is always there; others are left out where there is nothing to say.
    let always: Bool
    let meaning: String

    init(_ path: String, _ kind: Kind, _ meaning: String, always: Bool = true) {
      self.path = path
      self.kind = kind
      self.always = always
      self.meaning = meaning
    }
  }

  /// The form of the document as a table in Markdown.
  public static var schemaTable: String {
    var lines = ["| field | holds | meaning |", "|---|---|---|"]
    for field in fields {
      let holds = field.kind.rawValue + (field.always ? "" : ", may be missing")
      lines.append("| `\(field.path)` | \(holds) | \(field.meaning) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The form of the document as a JSON Schema of the draft 2020-12.
  ///
  /// Readers should allow fields that it doesn't name: later versions may add some.
  public static var schema: String {
    var root = Node(kind: .object, meaning: "A measured journey map.")
    for field in fields { root.add(field, at: Path(field.path)) }
    var object = root.object
    object["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    object["title"] = format
    let options: JSONSerialization.WritingOptions = [
      .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
    ]
    // The tree holds only texts, lists and objects, so that it can always be written.
    let data = (try? JSONSerialization.data(withJSONObject: object, options: options)) ?? Data()
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  fileprivate typealias Path = ArraySlice<Substring>

  /// A part of the schema on its way to JSON.
  private struct Node {
    var kind: Field.Kind
    var meaning: String
    var always = true
    var properties: [String: Node] = [:]

    mutating func add(_ field: Field, at path: Path) {
      guard let first = path.first else { return }
      let name = String(first.hasSuffix("[]") ? first.dropLast(2) : first)
      if path.count == 1 {
        properties[name] = Node(kind: field.kind, meaning: field.meaning, always: field.always)
      } else {
        properties[name]?.add(field, at: path.dropFirst())
      }
    }

    var object: [String: Any] {
      var object: [String: Any] = ["description": meaning]
      var members: [String: Any] = [:]
      if !properties.isEmpty {
        members["type"] = "object"
        members["properties"] = properties.mapValues(\.object)
        members["required"] = properties.filter(\.value.always).keys.sorted()
      }
      switch kind {
      case .text: object["type"] = "string"
      case .integer: object["type"] = "integer"
      case .number: object["type"] = "number"
      case .boolean: object["type"] = "boolean"
      case .moment: object["type"] = ["string", "null"]
      case .object:
        object["type"] = "object"
        object.merge(members) { _, new in new }
      case .list:
        object["type"] = "array"
        if !members.isEmpty { object["items"] = members }
      }
      return object
    }
  }
}

extension MapJSON.Path {
  fileprivate init(_ path: String) { self = path.split(separator: ".")[...] }
}
