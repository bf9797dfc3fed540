import Accounts
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Pages
import Store
import Synchronization

/// How people come in and go out.
enum SignInRoutes {
  static let all: [Route] = [
    Route(.get, "/setup", .open) { visit in try setUpPage(visit) },
    Route(.post, "/setup", .open) { visit in try await setUp(visit) },
    Route(.get, "/sign-in", .open) { visit in try signInPage(visit) },
    Route(.post, "/sign-in", .open) { visit in try await signIn(visit) },
    Route(.post, "/sign-out", .permitted(.read)) { visit in try signOut(visit) },
  ]

  private static func setUpPage(_ visit: Visit) throws -> Response {
    guard try visit.workspace.store.needsSetUp() else { return .goTo("/sign-in") }
    return .page(SignInPage.setUp(token: visit.query("token") ?? "", in: visit.frame(nil)))
  }

  private static func setUp(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let token = visit.query("token") ?? form["token"] ?? ""
    let (name, email) = (form["name"] ?? "", form["email"] ?? "")
    let password = form["password"] ?? ""
    let workspace = visit.workspace
    do {
      guard let secret = Secret(token, kind: .setup) else {
        throw Refusal(
          "setup.secret", problem: "The set-up link is not whole.",
          remedy: "Open the link that the program printed when it started.")
      }
      // Hashing costs more than asking, so strangers don't get it for nothing.
      guard try workspace.store.needsSetUp() else { return .goTo("/sign-in") }
      try workspace.passAttempt(at: "setup \(token)", from: visit.context.clientAddress)
      _ = try await workspace.onPasswordThread {
        try workspace.store.setUp(
          secret, email: email, name: name, password: try PasswordHash(of: password),
          request: visit.context.requestID)
      }
      return try await begin(visit, email: email, password: password, next: "/journeys")
    } catch let refusal as Refusal {
      let page = SignInPage.setUp(
        token: token, name: name, email: email, problem: refusal, in: visit.frame(nil))
      return .page(page, .unprocessableContent)
    }
  }

  private static func signInPage(_ visit: Visit) throws -> Response {
    let next = ownPath(visit.query("next"))
    if visit.visitor.principal != nil { return .goTo(next) }
    return try page(visit, next: next)
  }

  private static func page(
    _ visit: Visit, next: String, email: String = "", problem: Refusal? = nil,
    _ status: HTTPResponse.Status = .ok
  ) throws -> Response {
    let isSetUp = try !visit.workspace.store.needsSetUp()
    return .page(
      SignInPage.signIn(
        isSetUp: isSetUp, provider: visit.workspace.openID?.settings.name, next: next,
        email: email, problem: problem, in: visit.frame(nil)), status)
  }

  private static func signIn(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let (email, next) = (form["email"] ?? "", ownPath(form["next"]))
    let address = visit.context.clientAddress
    do {
      try visit.workspace.passAttempt(at: email, from: address)
      return try await begin(
        visit, email: email, password: form["password"] ?? "", next: next)
    } catch {
      return try failed(visit, next: next, email: email, error)
    }
  }

  /// The page that asks again, with what went wrong.
  static func failed(
    _ visit: Visit, next: String, email: String = "", _ error: any Error
  ) throws -> Response {
    if let refusal = error as? Refusal {
      return try page(visit, next: next, email: email, problem: refusal, .unauthorized)
    }
    let problem = Problem(error)
    if problem.status >= 500 {
      visit.context.logger.error("\(error)", metadata: ["request": "\(visit.context.requestID)"])
    }
    var response = try page(
      visit, next: next, email: email,
      problem: Refusal(problem.code, problem: problem.detail, remedy: problem.remedy),
      .init(code: problem.status))
    response.headers[.retryAfter] = problem.retryAfter.map { "\($0)" }
    return response
  }

  /// Begins a session and goes on to a page.
  static func begin(
    _ visit: Visit, email: String, password: String, next: String
  ) async throws -> Response {
    let workspace = visit.workspace
    let (_, secret) = try await workspace.onPasswordThread {
      try workspace.store.signIn(
        email: email, password: password, browser: visit.request.headers[.userAgent] ?? "",
        request: visit.context.requestID)
    }
    workspace.limiter.withLock {
      $0.succeeded(at: email, from: visit.context.clientAddress)
    }
    return try enter(visit, with: secret, next: next)
  }

  /// Goes on to a page with a session that was begun.
  static func enter(_ visit: Visit, with secret: Secret, next: String?) throws -> Response {
    let workspace = visit.workspace
    // The browser forgets the session before this one, so nobody could end it any more.
    if let old = visit.visitor.session, let session = try workspace.store.session(old) {
      try workspace.store.endSession(session.id, by: session.member.principal())
    }
    var response = Response.goTo(ownPath(next))
    response.setCookie(
      Cookie(
        name: Workspace.sessionCookie, value: secret.revealed(),
        maxAge: Int(Session.longest.milliseconds / 1000), path: "/",
        secure: workspace.configuration.isPublicSecure, httpOnly: true, sameSite: .lax))
    return response
  }

  private static func signOut(_ visit: Visit) throws -> Response {
    if let secret = visit.visitor.session, let principal = visit.visitor.principal,
      let session = try visit.workspace.store.session(secret)
    {
      try visit.workspace.store.endSession(session.id, by: principal)
    }
    var response = Response.goTo("/sign-in")
    response.setCookie(Cookie(name: Workspace.sessionCookie, value: "", maxAge: 0, path: "/"))
    return response
  }

  /// A path of this server; anything else is the start, so that nobody is sent elsewhere.
  static func ownPath(_ path: String?) -> String {
    guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"),
      path.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
    else { return "/journeys" }
    return path
  }
}
