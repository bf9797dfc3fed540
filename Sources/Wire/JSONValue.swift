import Events

/// A value of JSON, for those who look at single values by their paths.
///
/// Of a key that an object has twice the first counts. A number keeps its digits, since it may be an
/// id.
public indirect enum JSONValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  /// A number as it was written.
  case number(String)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Reads one value.
  ///
  /// - Throws: `json.…`, `text.encoding`, `body.values` where the bytes are no JSON of a bearable size.
  public init(parsing bytes: [UInt8]) throws(ItemRefusal) {
    var document = JSONDocument(bytes)
    let root: Int
    do throws(JSONProblem) {
      let parsed = try document.parse(from: 0, to: document.length)
      var cursor = JSONCursor(document.bytes, from: parsed.end, to: document.length)
      cursor.skipSpace()
      guard cursor.position >= document.length else {
        throw JSONProblem(code: "json.syntax", problem: "Something follows the value.")
      }
      root = parsed.node
    } catch { throw ItemRefusal(error) }
    guard document.isClean else {
      throw ItemRefusal(JSONProblem(code: "text.encoding", problem: "The body is not UTF-8."))
    }
    guard !document.nodes.base[root].isBroken else { throw ItemRefusal(.brokenEscape) }
    self = document.value(root)
  }

  /// The value at a path, whose parts are keys of objects and positions in arrays; nil where there is
  /// none.
  public func value(at path: some Sequence<Substring>) -> JSONValue? {
    var here = self
    for part in path {
      switch here {
      case .object(let members):
        guard let member = members[String(part)] else { return nil }
        here = member
      case .array(let elements):
        guard let index = Int(part), elements.indices.contains(index) else { return nil }
        here = elements[index]
      case .null, .boolean, .number, .text: return nil
      }
    }
    return here
  }

  /// The text by which a part of an event goes; nil for what is none.
  public var plain: String? {
    switch self {
    case .number(let text), .text(let text): text
    case .boolean(let truth): "\(truth)"
    case .null, .array, .object: nil
    }
  }

  /// The value as a property; nil where there is none. An array becomes its text; objects are
  /// gathered by `properties`.
  public var property: PropertyValue? {
    switch self {
    case .null, .object: nil
    case .boolean(let truth): .boolean(truth)
    case .number(let text): FieldText.number(text).map { .number($0) } ?? .string(text)
    case .text(let text): .string(text)
    case .array: .string(written)
    }
  }

  /// Visits all values that are properties, with the names of nested ones joined by dots.
  public func visitProperties(
    under name: String = "", _ visit: (_ name: String, _ value: PropertyValue) -> Void
  ) {
    guard case .object(let members) = self else {
      if let property { visit(name, property) }
      return
    }
    for (key, value) in members {
      value.visitProperties(under: name.isEmpty ? key : name + "." + key, visit)
    }
  }

  /// The value as JSON, without needless spaces, keys in the order of their letters.
  public var written: String {
    switch self {
    case .null: "null"
    case .boolean(let truth): "\(truth)"
    case .number(let text): text
    case .text(let text): JSONText.quoted(text)
    case .array(let elements): "[" + elements.map(\.written).joined(separator: ",") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }
        .map { JSONText.quoted($0.key) + ":" + $0.value.written }.joined(separator: ",") + "}"
    }
  }
}

extension JSONDocument {
  fileprivate func value(_ node: Int) -> JSONValue {
    switch nodes.base[node].kind {
    case .null: return .null
    case .yes: return .boolean(true)
    case .no: return .boolean(false)
    case .number: return .number(text(node).string)
    case .text: return .text(text(node).string)
    case .array:
      var elements: [JSONValue] = []
      for child in children(of: node) { elements.append(value(child)) }
      return .array(elements)
    case .object:
      var members: [String: JSONValue] = [:]
      for child in children(of: node) {
        let key = key(child).string
        if members[key] == nil { members[key] = value(child) }
      }
      return .object(members)
    }
  }
}
