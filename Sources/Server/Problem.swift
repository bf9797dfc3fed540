import Events
import Foundation
import Hummingbird
import Maps
import NIOCore
import Pages

/// An answer that says what went wrong, for programs as RFC 9457 has it and for people as a page.
struct Problem: Error, Sendable, Encodable {
  /// The stable dotted code, such as `question.event`.
  var code: String
  /// A few words that are the same for every problem of the status.
  var title: String
  var status: Int
  /// What is wrong here.
  var detail: String
  /// What to do about it.
  var remedy: String
  /// The request that it happened to.
  var request: String?
  /// In how many seconds to come again; nil where coming again helps nothing.
  var retryAfter: Int?
  /// The methods that the address takes, where the request's is none of them.
  var methods: [HTTPRequest.Method] = []

  private enum CodingKeys: String, CodingKey {
    case type, code, title, status, detail, remedy, request
  }

  init(_ status: HTTPResponse.Status, _ refusal: Refusal, retryAfter: Int? = nil) {
    self.status = status.code
    title = status.reasonPhrase
    code = refusal.code
    detail = refusal.problem
    remedy = refusal.remedy
    self.retryAfter = retryAfter
  }

  /// What an error means to whoever asked; faults are told in general, and in full in the log.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let refusal as Refusal: self.init(Self.status(of: refusal), refusal)
    case let diagnostic as Diagnostic:
      self.init(
        .unprocessableContent,
        Refusal(
          diagnostic.code,
          problem: "line \(diagnostic.line), column \(diagnostic.column): "
            + diagnostic.problem, remedy: diagnostic.remedy))
    case let fault as Fault:
      self.init(
        .serviceUnavailable,
        Refusal(fault.code, problem: fault.problem, remedy: "The server's log says more."),
        retryAfter: 5)
    case let error as HTTPError: self.init(error)
    case is NIOTooManyBytesError: self.init(HTTPError(.contentTooLarge))
    case is CancellationError:
      self.init(
        .serviceUnavailable,
        Refusal(
          "server.stopping", problem: "The work was stopped before it was done.",
          remedy: "Ask again."), retryAfter: 5)
    default:
      self.init(
        .internalServerError,
        Refusal(
          "server.error", problem: "Something unforeseen went wrong.",
          remedy: "The server's log says more, under the request's name."))
    }
  }

  private init(_ error: HTTPError) {
    let (code, remedy) =
      switch error.status {
      case .notFound: ("address.unknown", "Look at the address.")
      case .contentTooLarge: ("body.length", "Send less at a time.")
      case .methodNotAllowed: ("method.unknown", "Use a method that the address takes.")
      default: ("request.form", "Look at the request.")
      }
    self.init(
      error.status,
      Refusal(code, problem: error.body ?? error.status.reasonPhrase + ".", remedy: remedy))
  }

  /// Where no route answers: there is no such address, or not with that method.
  static func noRoute(_ request: Request) -> Problem {
    let methods = WaymarkServer.routes.methods(at: request.uri.path)
    guard !methods.isEmpty else { return Problem(HTTPError(.notFound)) }
    var problem = Problem(HTTPError(.methodNotAllowed))
    problem.methods = methods
    return problem
  }

  /// Refusals whose value names something that there is not.
  private static let missing: Set<String> = [
    "customers.unknown", "map.journey", "question.journey", "board.unknown", "saved.unknown",
    "key.unknown", "member.unknown", "token.unknown", "address.unknown", "version.unknown",
    "step.unknown", "question.unknown", "undo.unknown", "session.unknown", "experience.version",
    "experience.entry", "set.unknown", "invitation.unknown", "ticket.unknown", "survey.unknown",
    "identity.unknown",
    "identity.link",
  ]

  private static func status(of refusal: Refusal) -> HTTPResponse.Status {
    if missing.contains(refusal.code) { return .notFound }
    if refusal.code == "collect.busy" || refusal.code == "live.busy" { return .serviceUnavailable }
    if refusal.code == "access.denied" { return .forbidden }
    return .unprocessableContent
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("about:blank", forKey: .type)
    try container.encode(code, forKey: .code)
    try container.encode(title, forKey: .title)
    try container.encode(status, forKey: .status)
    try container.encode(detail, forKey: .detail)
    try container.encode(remedy, forKey: .remedy)
    try container.encodeIfPresent(request, forKey: .request)
  }

  /// The answer to a program.
  func response() -> Response {
    var response = Response.json(self, status: .init(code: status))
    response.headers[.contentType] = "application/problem+json"
    if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
    if !methods.isEmpty {
      response.headers[.allow] = methods.map(\.rawValue).sorted().joined(separator: ", ")
    }
    if status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
    return response
  }

  /// The answer to a person.
  func page(in frame: Frame) -> Response {
    let main: Markup = """
      <div class="card empty"><h1>\(title)</h1><p>\(detail) \(remedy)</p>
      <p><a class="button quiet" href="/">To the start</a></p>
      <p class="muted"><small>\(code) · \(request ?? "")</small></p></div>
      """
    var response = Response.page(frame.document(title: title, main: main), .init(code: status))
    if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
    return response
  }
}
