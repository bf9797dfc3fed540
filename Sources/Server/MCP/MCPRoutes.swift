import Accounts
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Where assistants connect: the Model Context Protocol over HTTP, one answer for each request.
///
/// It keeps nothing between requests, so there is neither a session nor a stream of its own.
enum MCPRoutes {
  static let path = "/mcp"

  static let all: [Route] =
    [Route(.post, path, .permitted(.read)) { visit in try await answer(visit) }]
    + [.get, .delete].map { method in
      Route(method, path, .open) { _ in
        Response(status: .methodNotAllowed, headers: [.allow: "POST"])
      }
    }

  /// The longest body: what the longest question takes, and room for the rest.
  private static let largestBody = 2 << 20

  private static func answer(_ visit: Visit) async throws -> Response {
    try visit.workspace.refuseOtherSites(visit.request)
    try checkForms(visit.request.headers)
    let body = try await visit.body(upTo: largestBody)
    let message: MCPMessage
    do throws(MCPError) { message = try MCPMessage(body) } catch {
      return respond(to: .null, error, status: error.status)
    }
    let version: MCPVersion
    do throws(MCPError) {
      version = try MCPEnvelope.version(of: message, visit.request.headers)
    } catch {
      return respond(to: message.id ?? .null, error, status: error.status)
    }
    guard let id = message.id else {
      // A notification: there is none that would change anything here.
      return Response(status: .accepted)
    }
    do {
      let result = try await MCPMethods.result(of: message, version, visit)
      return .json(["jsonrpc": "2.0", "id": id, "result": result] as JSONValue)
    } catch {
      let told = told(error, visit)
      return respond(to: id, told, status: version.isStateless ? told.status : 200)
    }
  }

  /// Refuses what is sent or wanted in another form than JSON.
  private static func checkForms(_ headers: HTTPFields) throws(Problem) {
    let type = headers[.contentType]?.split(separator: ";").first?
      .trimmingCharacters(in: .whitespaces).lowercased()
    guard type == "application/json" else {
      throw Problem(
        .unsupportedMediaType,
        Refusal(
          "mcp.form", problem: "The body is not said to be JSON.",
          remedy: "Send it with “Content-Type: application/json”."))
    }
    let accepted = headers[.accept]?.lowercased() ?? "*/*"
    guard ["application/json", "application/*", "*/*"].contains(where: accepted.contains) else {
      throw Problem(
        .notAcceptable,
        Refusal(
          "mcp.form", problem: "The answer is JSON, which the request doesn't accept.",
          remedy: "Send “Accept: application/json, text/event-stream”."))
    }
  }

  /// What a client is told of an error; faults in general, and in full in the log.
  private static func told(_ error: any Error, _ visit: Visit) -> MCPError {
    if let error = error as? MCPError { return error }
    let problem = Problem(error)
    if problem.status >= 500 {
      visit.context.logger.error("\(error)", metadata: ["request": "\(visit.context.requestID)"])
    }
    return MCPError(
      .failure, "\(problem.detail) \(problem.remedy)",
      data: ["code": .text(problem.code), "request": .text(visit.context.requestID)])
  }

  private static func respond(to id: JSONValue, _ error: MCPError, status: Int) -> Response {
    var fields: [String: JSONValue] = [
      "code": .integer(error.code.rawValue), "message": .text(error.message),
    ]
    fields["data"] = error.data
    return .json(
      ["jsonrpc": "2.0", "id": id, "error": .object(fields)] as JSONValue,
      status: .init(code: status))
  }
}
