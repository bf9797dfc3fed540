import Events
import Foundation
import Yams

/// The fields of a text that is one YAML mapping, as a form shows them: one line for each value, or
/// one for each item of a list.
///
/// A line is the text itself; one that begins with `{`, `[` or a quote is YAML, so that everything can
/// be written on a line and nothing is lost on the way to a form and back.
public struct WrittenFields: Sendable, Equatable {
  /// What stands for a field.
  public enum Value: Sendable, Equatable {
    case one(String)
    case list([String])

    /// The lines.
    public var lines: [String] {
      switch self {
      case .one(let line): [line]
      case .list(let lines): lines
      }
    }

    /// All on one line.
    public var line: String {
      switch self {
      case .one(let line): line
      case .list(let lines): "[" + lines.map(WrittenFields.written).joined(separator: ", ") + "]"
      }
    }
  }

  /// A field with its value.
  public struct Field: Sendable, Equatable {
    public var name: String
    public var value: Value
    /// The line of the text on which its name stands, from 1; 0 where it was not read from a text.
    public var line: Int

    /// Makes a field.
    public init(_ name: String, _ value: Value, line: Int = 0) {
      self.name = name
      self.value = value
      self.line = line
    }
  }

  public var fields: [Field]

  /// Takes fields in their order.
  public init(_ fields: [Field]) { self.fields = fields }

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - file: what remarks call the text.
  ///   - largest: the most bytes that are read.
  /// - Throws: the first mistake; `yaml.mapping` where the text is something else, or several.
  public init(reading text: String, file: String, largest: Int) throws(Diagnostic) {
    fields = try Self.pairs(of: text, file: file, largest: largest) { pairs in
      pairs.map { Field($0.name, Self.value(of: $0.value), line: $0.line) }
    }
  }

  /// The value of a field.
  public subscript(_ name: String) -> Value? { fields.first { $0.name == name }?.value }

  /// The field that a line of the text belongs to.
  public func field(atLine line: Int) -> Field? { fields.last { $0.line <= line } }

  /// The fields as YAML, one below the other; lists stand on their line where they are short.
  public var yaml: String {
    fields.map { field in
      let name = YAMLSurgery.Value.key(field.name) + ":"
      switch field.value {
      case .one(let line): return "\(name) \(Self.written(line))\n"
      case .list(let lines):
        let items = lines.map(Self.written)
        let short = "\(name) [\(items.joined(separator: ", "))]"
        return short.count <= Self.longestLine
          ? short + "\n" : name + "\n" + items.map { "  - \($0)\n" }.joined()
      }
    }.joined()
  }

  /// Longer lists have a line for each item.
  private static let longestLine = 88
  /// The most bytes of one line that is YAML.
  private static let largestLine = 16_384

  /// What keeps a line that begins as YAML does from being read; nil where it can be.
  public static func problem(of line: String) -> Diagnostic? {
    guard isSource(line) else { return nil }
    do throws(Diagnostic) {
      _ = try node(of: line)
      return nil
    } catch { return error }
  }

  /// A text's mapping as JSON on one line, its fields in their order; texts stay as they are written,
  /// and mean what they meant.
  ///
  /// - Throws: what reading the text throws.
  public static func json(of text: String, file: String, largest: Int) throws(Diagnostic) -> String
  {
    try pairs(of: text, file: file, largest: largest) { pairs in
      "{" + pairs.map { "\(json($0.name)): \(json($0.value))" }.joined(separator: ", ") + "}"
    }
  }
}

extension WrittenFields {
  private static func pairs<Result>(
    of text: String, file: String, largest: Int,
    _ body: ([(name: String, value: Node, line: Int)]) -> Result
  ) throws(Diagnostic) -> Result {
    let source = SourceText(text, file: file)
    return try YAMLText.parse(text, source, largest: largest) { parser throws(Diagnostic) in
      let root: Node
      do { root = try parser.singleRoot() ?? Node("") } catch {
        throw (error as? YamlError ?? .no).diagnostic(in: source)
      }
      guard case .mapping(let mapping) = root else {
        throw Diagnostic(
          file: file, line: 1, column: 1, severity: .error, code: "yaml.mapping",
          problem: "This is not a list of fields with values.",
          remedy: "Write each field on a line of its own, as in “question: funnel”.")
      }
      return body(
        mapping.map { key, value in
          (key.scalar?.string ?? flow(key), value, key.mark?.line ?? 1)
        })
    }
  }

  private static func value(of node: Node) -> Value {
    guard case .sequence(let items) = node else { return .one(line(of: node)) }
    return .list(items.map(line))
  }

  /// A value on one line.
  private static func line(of node: Node) -> String {
    guard case .scalar(let scalar) = node else { return flow(node) }
    let text = scalar.string
    if scalar.style == .plain, nothing.contains(text) { return "" }
    let isPlain =
      !isSource(text) && !nothing.contains(text)
      && text.unicodeScalars.allSatisfy { !$0.isLineBreak && $0.value >= 0x20 }
      && text == text.trimmingCharacters(in: .whitespaces)
    return isPlain ? text : json(text)
  }

  /// A value between brackets.
  private static func flow(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar):
      scalar.style == .plain && nothing.contains(scalar.string)
        ? "null" : YAMLSurgery.Value.scalar(scalar.string)
    case .sequence(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
    case .mapping(let mapping):
      "{" + mapping.map { "\(key($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
    // Texts with aliases are refused before they are parsed.
    case .alias: "null"
    }
  }

  /// A field's name: `on` is one, though as a value it would be true.
  private static func key(_ node: Node) -> String {
    node.scalar?.string == "on" ? "on" : flow(node)
  }

  private static func json(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar) where scalar.style == .plain && nothing.contains(scalar.string): "null"
    case .scalar(let scalar) where scalar.style == .plain && scalar.string.isJSONValue:
      scalar.string
    case .scalar(let scalar): json(scalar.string)
    case .sequence(let items): "[" + items.map(json).joined(separator: ", ") + "]"
    case .mapping(let mapping):
      "{"
        + mapping.map { "\(json($0.key.scalar?.string ?? flow($0.key))): \(json($0.value))" }
        .joined(separator: ", ") + "}"
    case .alias: "null"
    }
  }

  private static func json(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // A text can always be written.
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }

  /// What a line stands for in YAML.
  private static func written(_ line: String) -> String {
    if nothing.contains(line) { return "null" }
    if isSource(line), let node = try? node(of: line) {
      if case .scalar(let scalar) = node, nothing.contains(scalar.string) {
        return json(scalar.string)
      }
      return flow(node)
    }
    return YAMLSurgery.Value.scalar(line)
  }

  private static func node(of line: String) throws(Diagnostic) -> Node {
    let source = SourceText(line, file: "field")
    return try YAMLText.parse(line, source, largest: largestLine) { parser throws(Diagnostic) in
      do { return try parser.singleRoot() ?? Node("") } catch {
        throw (error as? YamlError ?? .no).diagnostic(in: source)
      }
    }
  }

  /// Whether a line is YAML.
  private static func isSource(_ line: String) -> Bool {
    line.first.map { "{[\"'".contains($0) } ?? false
  }

  /// How YAML writes that there is no value.
  private static let nothing: Set = ["", "null", "Null", "NULL", "~"]
}

extension String {
  /// Whether JSON has it without quotes: a truth value or a number of the usual form.
  fileprivate var isJSONValue: Bool {
    self == "true" || self == "false"
      || wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?/#) != nil
  }
}
