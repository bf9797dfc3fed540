import Accounts
import Foundation
import HTTPTypes

/// The API as a document of OpenAPI 3.1, made of the routes' own descriptions.
enum APIDocument {
  /// Writes the document; it is the same for everybody.
  static func document(of routes: [Route]) -> JSONValue {
    var components: [String: Schema] = [:]
    Schema.of(ProblemForm.self).collect(into: &components)
    var paths: [String: [String: JSONValue]] = [:]
    for route in routes {
      guard let operation = route.operation else { continue }
      for schema in operation.schemas { schema.collect(into: &components) }
      paths[route.path, default: [:]][route.method.rawValue.lowercased()] = describe(
        operation, route.access)
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Waymark", "version": .text(ProgramRoutes.version),
        "description": .text(introduction),
        "license": ["name": "Apache License 2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": "/", "description": "This server"]],
      "tags": .list(Operation.Topic.allCases.map { ["name": .text($0.title)] }),
      "paths": .object(paths.mapValues(JSONValue.object)),
      "components": [
        "schemas": .object(components.mapValues(\.document)),
        "responses": .object(
          Dictionary(problems.map { ("Problem\($0)", response(toProblem: $0, $1)) }) { $1 }),
        "securitySchemes": security,
      ],
    ]
  }

  static let introduction =
    "All that the pages of Waymark can do, for programs. Send an API token as `Authorization: Bearer "
    + "wt_…`; make one under Settings. Moments are RFC 3339 in UTC, times are milliseconds, shares run "
    + "from 0 to 1. Problems are application/problem+json (RFC 9457) with a stable `code`, and say what "
    + "to do."

  private static let security: JSONValue = [
    "token": [
      "type": "http", "scheme": "bearer", "description": "An API token, `wt_…`, with its scopes.",
    ],
    "session": [
      "type": "apiKey", "in": "cookie", "name": .text(Workspace.sessionCookie),
      "description": "The session of a browser.",
    ],
    "form": [
      "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
      "description": "The token that each page carries in its head, beside a session that changes.",
    ],
  ]

  /// What each status of a problem means.
  static let problems: [(status: Int, meaning: String)] = [
    (400, "The body is not JSON."),
    (401, "Nobody is recognised: the token is missing, unknown, revoked or expired."),
    (403, "Whoever asks may not do this, or the form's token is missing."),
    (404, "There is nothing of that name or number."),
    (406, "There is no answer of the type that `Accept` asks for."),
    (409, "The request is being done already, or something changed meanwhile."),
    (412, "`If-Match` names another version than there is."),
    (413, "The body is too long."),
    (415, "The body is not application/json."),
    (422, "A value has another form or can't be taken; `detail` names it and its place."),
    (428, "`If-Match` is missing, without which somebody else's change could be overwritten."),
    (429, "Too many requests; come again after `Retry-After` seconds."),
    (502, "Another server, which had to be asked, gave no usable answer."),
    (503, "The store can't answer now; come again after `Retry-After` seconds."),
  ]

  private static func describe(_ operation: Operation, _ access: Route.Access) -> JSONValue {
    var members: [String: JSONValue] = [
      "operationId": .text(operation.name),
      "tags": [.text(operation.topic.title)],
      "summary": .text(operation.summary),
      "parameters": .list(operation.parameters.map(describe)),
      "responses": .object(responses(operation)),
    ]
    if !operation.meaning.isEmpty { members["description"] = .text(operation.meaning) }
    if let body = operation.takes {
      members["requestBody"] = [
        "required": true, "content": ["application/json": content(body)],
      ]
    }
    if case .permitted(let permission) = access {
      let scope = Scope.allCases.first { $0.permissions.contains(permission) } ?? .admin
      members["security"] = [
        ["token": [.text(scope.rawValue)]], ["session": [], "form": []],
      ]
    }
    return .object(members)
  }

  private static func describe(_ parameter: Operation.Parameter) -> JSONValue {
    var schema = parameter.schema
    schema.meaning = ""
    var members: [String: JSONValue] = [
      "name": .text(parameter.name), "in": .text(parameter.place.rawValue),
      "description": .text(parameter.schema.meaning), "schema": schema.document,
    ]
    if parameter.presence == .required { members["required"] = true }
    return .object(members)
  }

  private static func responses(_ operation: Operation) -> [String: JSONValue] {
    var done: [String: JSONValue] = ["description": .text(operation.status.reasonPhrase)]
    if !operation.gives.isEmpty {
      done["content"] = .object(
        Dictionary(operation.gives.map { ($0.type, content($0.schema)) }) { $1 })
    }
    if !operation.headers.isEmpty {
      done["headers"] = .object(
        operation.headers.mapValues { meaning in
          ["description": .text(meaning), "required": true, "schema": ["type": "string"]]
        })
    }
    var responses = ["\(operation.status.code)": JSONValue.object(done)]
    for status in operation.allProblems {
      responses["\(status)"] = ["$ref": .text("#/components/responses/Problem\(status)")]
    }
    return responses
  }

  private static func content(_ schema: Schema) -> JSONValue {
    ["schema": schema.document, "example": schema.sample]
  }

  private static func response(toProblem status: Int, _ meaning: String) -> JSONValue {
    [
      "description": .text(meaning),
      "content": ["application/problem+json": ["schema": Schema.of(ProblemForm.self).document]],
    ]
  }
}

extension Operation {
  /// All forms that it speaks of.
  fileprivate var schemas: [Schema] {
    parameters.map(\.schema) + [takes].compactMap { $0 } + gives.map(\.schema)
  }
}

/// The form of `Problem`, which writes itself.
private struct ProblemForm: Described {
  static let title = "Problem"
  static let meaning = "What went wrong and what to do (RFC 9457)."
  static let fields: [Schema.Field] = [
    .init(
      "type", .text("Always `about:blank`: `code` tells problems apart.", example: "about:blank")),
    .init("code", .text("A stable name for programs.", example: "request.value")),
    .init("title", .text("The status in words.", example: "Unprocessable Content")),
    .init("status", .integer("The status.", 400...599, example: 422)),
    .init("detail", .text("What is wrong here.", example: "limit is not a whole number.")),
    .init("remedy", .text("What to do about it.", example: "Look at /api for what it takes.")),
    .optional("request", .text("The name of the request in the log.", example: "4f1a")),
  ]
}
