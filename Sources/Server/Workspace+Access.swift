import Accounts
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Store
import Synchronization

extension Workspace {
  /// The longest form that is looked at for its token.
  private static let largestForm = 5 << 20

  /// Lets a request pass to a route, or refuses it.
  ///
  /// - Returns: the request, with its body read where that was needed, and who asks.
  /// - Throws: 401 where nobody is recognised, 403 where they may not, or where a form was not made
  ///   by a page of this session.
  func admit(
    _ request: Request, _ context: ServerContext, to route: Route
  ) async throws -> (Request, Visitor) {
    switch route.access {
    case .writeKey: return (request, .nobody)
    case .open:
      if route.method != .get { try refuseOtherSites(request) }
      return (request, try visitor(of: request, context))
    case .permitted(let permission):
      let visitor = try visitor(of: request, context)
      guard let principal = visitor.principal else { throw Problem.signIn }
      do { try principal.require(permission) } catch { throw Problem(.forbidden, error) }
      guard let session = visitor.session, ![.get, .head].contains(route.method) else {
        return (request, visitor)
      }
      try refuseOtherSites(request)
      var request = request
      let token = try await formToken(&request)
      guard session.accepts(pageToken: token) else { throw Problem.foreignForm }
      return (request, visitor)
    }
  }

  /// Refuses what a browser sends on behalf of another site's page.
  ///
  /// Browsers say where a request comes from; older ones only from which origin. Programs say
  /// neither.
  func refuseOtherSites(_ request: Request) throws(Problem) {
    if let site = request.headers[.fetchSite] {
      guard ["same-origin", "none"].contains(site) else { throw Problem.foreignForm }
    } else if let origin = request.headers[.origin] {
      let own = ["http://", "https://"].map { $0 + (request.head.authority ?? "") }
      guard own.contains(origin) || origin == configuration.publicAddress else {
        throw Problem.foreignForm
      }
    }
  }

  /// Counts an attempt to come in.
  ///
  /// - Throws: 429 where there were too many.
  func passAttempt(at account: String, from address: String) throws(Problem) {
    let answer = limiter.withLock { $0.attempt(at: account, from: address, now: .now) }
    guard case .wait(let span) = answer else { return }
    throw Problem(
      .tooManyRequests,
      Refusal(
        "signin.often", problem: "There were too many attempts.",
        remedy: "Try again in \(span.short)."),
      retryAfter: Int((span.milliseconds + 999) / 1000))
  }

  /// What a form or a script sends to show that this server made its page.
  private func formToken(_ request: inout Request) async throws -> String {
    if let token = request.headers[.formToken] { return token }
    guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true
    else { return "" }
    let body = try await request.collectBody(upTo: Self.largestForm)
    return String(decoding: body.readableBytesView, as: UTF8.self).formFields["csrf"] ?? ""
  }
}

extension Problem {
  /// Nobody is recognised.
  static let signIn = Problem(
    .unauthorized,
    Refusal(
      "access.unknown", problem: "Nobody is signed in.",
      remedy: "Sign in, or send an API token as “Authorization: Bearer …”."))

  /// A form that this session's pages didn't make.
  static let foreignForm = Problem(
    .forbidden,
    Refusal(
      "access.form", problem: "The form was not sent by a page of this session.",
      remedy: "Load the page again and send the form from there."))
}
