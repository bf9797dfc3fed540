import Foundation
import HTTPTypes
import Hummingbird

/// Which revision a request speaks, as its headers and its envelope say it.
///
/// - SeeAlso: Model Context Protocol 2026-07-28 and 2025-11-25, transports.
enum MCPEnvelope {
  private static let versionKey = "io.modelcontextprotocol/protocolVersion"
  private static let capabilitiesKey = "io.modelcontextprotocol/clientCapabilities"

  /// The methods whose subject stands in a header, too, by the parameter that names it.
  private static let named = ["tools/call": "name", "resources/read": "uri"]

  /// The revision of a request.
  ///
  /// - Throws: -32022 for one that isn't known; -32602 and -32020 where the stateless revision's
  ///   envelope lacks something, or the headers say otherwise.
  static func version(
    of message: MCPMessage, _ headers: HTTPFields
  ) throws(MCPError) -> MCPVersion {
    let header = headers[.mcpVersion]
    let said = message.envelope?[versionKey]
    guard said != nil || header.flatMap(MCPVersion.init)?.isStateless == true else {
      // Clients that shook hands say the revision from then on; older ones never.
      guard let header else { return .latestWithHandshake }
      return try known(header)
    }
    try checkEnvelope(message, said, headers)
    return try known(said?.text ?? "")
  }

  private static func known(_ name: String) throws(MCPError) -> MCPVersion {
    if let version = MCPVersion(rawValue: name) { return version }
    throw MCPError(
      .version, "Unsupported protocol version",
      data: [
        "supported": .list(MCPVersion.allCases.map { .text($0.rawValue) }),
        "requested": .text(String(name.prefix(40))),
      ])
  }

  private static func checkEnvelope(
    _ message: MCPMessage, _ said: JSONValue?, _ headers: HTTPFields
  ) throws(MCPError) {
    guard let said, message.envelope?[capabilitiesKey]?.fields != nil else {
      throw MCPError(
        .parameters, "params._meta must carry “\(versionKey)” and “\(capabilitiesKey)”.")
    }
    try check(headers[.mcpVersion], is: said.text, named: "MCP-Protocol-Version")
    try check(headers[.mcpMethod], is: message.method, named: "Mcp-Method")
    if let name = named[message.method], let subject = message.parameters[name]?.text {
      try check(headers[.mcpName].flatMap(decoded), is: subject, named: "Mcp-Name")
    }
  }

  private static func check(
    _ header: String?, is value: String?, named name: String
  ) throws(MCPError) {
    guard let header, header == value else {
      throw MCPError(.headers, "The header \(name) doesn't say what the body says.")
    }
  }

  /// A header's value: as it is, or `=?base64?…?=` where it has letters that no header carries.
  private static func decoded(_ header: String) -> String? {
    guard header.hasPrefix("=?base64?"), header.hasSuffix("?="), header.count >= 11 else {
      return header
    }
    return Data(base64Encoded: String(header.dropFirst(9).dropLast(2)))
      .flatMap { String(data: $0, encoding: .utf8) }
  }
}

extension HTTPField.Name {
  fileprivate static let mcpVersion = HTTPField.Name("MCP-Protocol-Version").unsafelyUnwrapped
  fileprivate static let mcpMethod = HTTPField.Name("Mcp-Method").unsafelyUnwrapped
  fileprivate static let mcpName = HTTPField.Name("Mcp-Name").unsafelyUnwrapped
}
