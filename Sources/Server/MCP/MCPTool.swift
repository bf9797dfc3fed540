import Accounts
import Events

/// Something that an assistant may have done: it reads, and changes nothing.
struct MCPTool: Sendable {
  /// One argument.
  struct Parameter: Sendable {
    /// What may be given.
    enum Kind: Sendable {
      case text
      case choice([String])
      case number(ClosedRange<Int>)
      /// A question as text, or as the object that the text would be.
      case question
    }

    enum Presence: Sendable { case required, optional }

    var name: String
    var kind: Kind
    var presence = Presence.optional
    var meaning: String
  }

  var name: String
  var title: String
  var about: String
  var parameters: [Parameter]
  /// What the member's role must grant; a token needs no more than to read, for nothing changes.
  var needed = Permission.read
  var call: @Sendable (MCPArguments, Visit) async throws -> String

  /// All tools.
  static let all = journeyTools + questionTools + customerTools
  /// The cells of a line of a text for an assistant.
  static let width = 100
  /// The longest answer, in bytes: some 250,000 tokens, more than assistants take in.
  static let longestAnswer = 1 << 20

  /// The tools that whoever asks may use.
  static func all(for visit: Visit) -> [MCPTool] { all.filter { $0.isAllowed(for: visit) } }

  private func isAllowed(for visit: Visit) -> Bool {
    visit.visitor.role?.permissions.contains(needed) == true
  }

  /// How it is listed, with its arguments as JSON Schema.
  var description: JSONValue {
    var properties: [String: JSONValue] = [:]
    for parameter in parameters {
      var schema = parameter.kind.schema
      schema["description"] = .text(parameter.meaning)
      properties[parameter.name] = .object(schema)
    }
    let required = parameters.filter { $0.presence == .required }.map { JSONValue.text($0.name) }
    return [
      "name": .text(name), "title": .text(title), "description": .text(about),
      "inputSchema": [
        "type": "object", "properties": .object(properties), "required": .list(required),
        "additionalProperties": false,
      ],
      "annotations": [
        "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true,
        "openWorldHint": false,
      ],
    ]
  }

  /// The answer to a call.
  ///
  /// - Throws: `access.denied`, `mcp.argument`, `mcp.length`, and what the tool itself refuses.
  func answer(_ arguments: [String: JSONValue], _ visit: Visit) async throws -> String {
    guard isAllowed(for: visit) else {
      throw Refusal(
        "access.denied", problem: "The member whose token this is may not use \(name).",
        remedy: "Ask an admin for the role “\(needed.leastRole.rawValue)” or a higher one.")
    }
    let text = try await call(try MCPArguments(arguments, of: self), visit)
    guard text.utf8.count <= Self.longestAnswer else {
      throw Refusal(
        "mcp.length", problem: "The answer has \(text.utf8.count) bytes.",
        remedy: "Ask for less: at most \(Self.longestAnswer) are sent.")
    }
    return text
  }
}

extension MCPTool.Parameter.Kind {
  fileprivate var schema: [String: JSONValue] {
    switch self {
    case .text: ["type": "string"]
    case .choice(let values): ["type": "string", "enum": .list(values.map(JSONValue.text))]
    case .number(let range):
      [
        "type": "integer", "minimum": .integer(range.lowerBound),
        "maximum": .integer(range.upperBound),
      ]
    case .question: ["type": ["string", "object"]]
    }
  }
}
