/// A revision of the Model Context Protocol.
enum MCPVersion: String, CaseIterable, Sendable {
  case june2025 = "2025-06-18"
  case november2025 = "2025-11-25"
  case july2026 = "2026-07-28"

  /// Whether every request says all about itself, rather than a handshake before it.
  var isStateless: Bool { self == .july2026 }

  /// What a client is offered that asks for a revision that isn't known here.
  static let latestWithHandshake = MCPVersion.november2025
  /// The latest of all.
  static let latest = MCPVersion.july2026
}

/// A request or a notification of JSON-RPC 2.0.
struct MCPMessage: Sendable, Equatable {
  /// A text or an integer; nil for a notification, which gets no answer.
  var id: JSONValue?
  var method: String
  var parameters: [String: JSONValue]

  /// The field of a request's parameters that says all about it.
  var envelope: JSONValue? { parameters["_meta"] }

  /// Reads the body of a request.
  ///
  /// - Throws: `MCPError` with the codes -32700, -32600 and -32602.
  init(_ body: [UInt8]) throws(MCPError) {
    guard let value = try? JSONValue(body) else {
      throw MCPError(.parse, "The body is no JSON.")
    }
    guard let fields = value.fields, fields["jsonrpc"] == "2.0",
      let method = fields["method"]?.text
    else {
      throw MCPError(.request, "The body is not one request or notification of JSON-RPC 2.0.")
    }
    switch fields["id"] {
    case nil: id = nil
    case .text(let text): id = .text(text)
    case .integer(let number): id = .integer(number)
    default: throw MCPError(.request, "The id is neither a text nor an integer.")
    }
    self.method = method
    guard let parameters = (fields["params"] ?? [:]).fields else {
      throw MCPError(.parameters, "The params are no object.")
    }
    self.parameters = parameters
  }
}

/// What a request of JSON-RPC is answered that can't be done.
struct MCPError: Error, Sendable, Equatable {
  /// The codes of JSON-RPC 2.0 and of the Model Context Protocol.
  enum Code: Int, Sendable {
    case parse = -32700
    case request = -32600
    case method = -32601
    case parameters = -32602
    case failure = -32603
    case resource = -32002
    case headers = -32020
    case version = -32022
  }

  var code: Code
  var message: String
  var data: JSONValue?

  init(_ code: Code, _ message: String, data: JSONValue? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// The status that the stateless revision gives the answer.
  var status: Int {
    switch code {
    case .parse, .request, .parameters, .headers, .version: 400
    case .method: 404
    case .failure, .resource: 200
    }
  }
}

extension JSONValue {
  /// The members, where it is an object.
  var fields: [String: JSONValue]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}
