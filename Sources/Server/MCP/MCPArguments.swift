import Events
import Foundation

/// The arguments of a call, of the kinds that the tool's parameters have.
struct MCPArguments: Sendable {
  private let values: [String: JSONValue]

  /// Checks what was given; null counts as not given.
  ///
  /// - Throws: `mcp.argument` for one that is missing, unknown, or of another kind.
  init(_ given: [String: JSONValue], of tool: MCPTool) throws(Refusal) {
    let known = tool.parameters.map(\.name).joined(separator: ", ")
    let given = given.filter { $0.value != .null }
    for name in given.keys.sorted() where !tool.parameters.contains(where: { $0.name == name }) {
      throw Self.refusal(
        "\(tool.name) has no argument “\(name.prefix(80))”.",
        known.isEmpty ? "It takes none." : "It takes \(known).")
    }
    for parameter in tool.parameters {
      guard let value = given[parameter.name] else {
        guard parameter.presence == .required else { continue }
        throw Self.refusal("“\(parameter.name)” is missing.", parameter.meaning)
      }
      try Self.check(value, parameter)
    }
    values = given
  }

  private static func check(
    _ value: JSONValue, _ parameter: MCPTool.Parameter
  ) throws(Refusal) {
    let wanted: String
    switch (parameter.kind, value) {
    case (.text, .text), (.question, .text), (.question, .object): return
    case (.choice(let values), .text(let text)) where values.contains(text): return
    case (.number(let range), .integer(let number)) where range.contains(number): return
    case (.text, _): wanted = "a text"
    case (.question, _): wanted = "a text or an object"
    case (.choice(let values), _): wanted = "one of \(values.joined(separator: ", "))"
    case (.number(let range), _):
      wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
    throw refusal("“\(parameter.name)” is not \(wanted).", parameter.meaning)
  }

  private static func refusal(_ problem: String, _ remedy: String) -> Refusal {
    Refusal("mcp.argument", problem: problem, remedy: remedy)
  }

  /// A text; empty where none was given.
  func text(_ name: String) -> String { values[name]?.text ?? "" }

  /// A number; nil where none was given.
  func number(_ name: String) -> Int? {
    guard case .integer(let number)? = values[name] else { return nil }
    return number
  }

  /// A question as text; empty where none was given. JSON is YAML, too.
  func question(_ name: String) throws -> String {
    guard let object = values[name], object.fields != nil else { return text(name) }
    return try Self.json(object)
  }

  /// A value as one line of JSON with sorted keys.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
