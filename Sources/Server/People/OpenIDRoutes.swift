import Accounts
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Pages
import Store
import Synchronization

/// How people come in by an OpenID provider: they are sent there, and come back with a code.
enum OpenIDRoutes {
  static let all: [Route] = [
    Route(.get, PendingSignIn.path, .open) { visit in try await leave(visit) },
    Route(.get, returnPath, .open) { visit in try await comeBack(visit) },
  ]

  /// Where the provider sends people back to.
  static let returnPath = PendingSignIn.path + "/callback"

  private static func leave(_ visit: Visit) async throws -> Response {
    let desk = try desk(visit)
    let next = SignInRoutes.ownPath(visit.query("next"))
    if visit.visitor.principal != nil { return .goTo(next) }
    do {
      let provider = try await desk.provider()
      let pending = PendingSignIn(.random(), next: next)
      var response = Response.goTo(
        pending.attempt.address(at: provider, as: client(desk, visit)))
      response.headers[.cacheControl] = "no-store"
      response.setCookie(cookie(pending.text, seconds: PendingSignIn.longest, visit))
      return response
    } catch {
      return try SignInRoutes.failed(visit, next: next, error)
    }
  }

  private static func comeBack(_ visit: Visit) async throws -> Response {
    let desk = try desk(visit)
    let pending = visit.cookie(PendingSignIn.cookie).flatMap(PendingSignIn.init(cookie:))
    var response: Response
    do {
      response = try SignInRoutes.enter(
        visit, with: try await signIn(visit, pending, at: desk), next: pending?.next)
    } catch {
      response = try SignInRoutes.failed(visit, next: pending?.next ?? "/journeys", error)
    }
    // Right or wrong, it is over.
    response.setCookie(cookie("", seconds: 0, visit))
    return response
  }

  private static func signIn(
    _ visit: Visit, _ pending: PendingSignIn?, at desk: OpenIDDesk
  ) async throws -> Secret {
    guard let pending else {
      throw Refusal(
        "openid.state",
        problem: "No sign-in is under way in this browser, or it took longer than "
          + "\(PendingSignIn.longest / 60) minutes.", remedy: "Begin to sign in again.")
    }
    let workspace = visit.workspace
    guard try !workspace.store.needsSetUp() else {
      throw Refusal(
        "signin.unknown", problem: "Nobody is a member yet.",
        remedy: "Open the set-up link that the program printed when it started.")
    }
    let code = try pending.attempt.code(
      from: visit.request.uri.query?.formFields ?? [:], provider: try await desk.provider())
    // Each asks the provider something, so strangers get only a few.
    let (account, address) = ("openid \(pending.attempt.state)", visit.context.clientAddress)
    try workspace.passAttempt(at: account, from: address)
    let token = try await desk.token(for: code, of: pending.attempt, as: client(desk, visit))
    let (_, secret) = try workspace.store.signIn(
      with: token, admitting: desk.settings.domains,
      browser: visit.request.headers[.userAgent] ?? "", request: visit.context.requestID)
    workspace.limiter.withLock { $0.succeeded(at: account, from: address) }
    return secret
  }

  private static func desk(_ visit: Visit) throws -> OpenIDDesk {
    guard let desk = visit.workspace.openID else {
      throw Refusal(
        "address.unknown", problem: "This server has no OpenID provider.",
        remedy: "Sign in with a password at /sign-in.")
    }
    return desk
  }

  private static func client(_ desk: OpenIDDesk, _ visit: Visit) -> OpenIDClient {
    OpenIDClient(
      identifier: desk.settings.clientIdentifier, returnAddress: visit.address + returnPath)
  }

  /// Sent when the provider sends the browser back, which is why it can't be stricter.
  private static func cookie(_ text: String, seconds: Int, _ visit: Visit) -> Cookie {
    Cookie(
      name: PendingSignIn.cookie, value: text, maxAge: seconds, path: PendingSignIn.path,
      secure: visit.workspace.configuration.isPublicSecure, httpOnly: true, sameSite: .lax)
  }
}
