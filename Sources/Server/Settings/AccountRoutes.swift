import Accounts
import Events
import Hummingbird
import Pages
import Store
import Synchronization

/// What members change of themselves.
enum AccountRoutes {
  static let all: [Route] = [
    Route(.get, "/settings/account", .permitted(.read)) { visit in try page(visit, nil) },
    Route(.post, "/settings/account/name", .permitted(.read)) { visit in
      try await change(visit, .name) { session, form in
        try visit.workspace.store.renameMember(
          session.member.id, to: form["name"] ?? "", by: visit.principal())
      }
    },
    Route(.post, "/settings/account/password", .permitted(.read)) { visit in
      try await change(visit, .password) { session, form in
        try await changePassword(visit, session, form)
      }
    },
    Route(.post, "/settings/account/sessions/end", .permitted(.read)) { visit in
      try await change(visit, .sessions) { session, _ in
        try visit.workspace.store.endSessions(
          ofMember: session.member.id, except: session.id, by: visit.principal())
      }
    },
    Route(.post, "/settings/account/sessions/{session}/end", .permitted(.read)) { visit in
      try await change(visit, .session) { _, _ in
        try visit.workspace.store.endSession(visit.number("session"), by: visit.principal())
      }
    },
  ]

  private static func page(
    _ visit: Visit, _ problem: Refusal?, _ status: HTTPResponse.Status = .ok
  ) throws -> Response {
    let session = try visit.session()
    var frame = visit.frame(.settings)
    frame.notice = problem == nil ? visit.done : nil
    let sessions = try visit.workspace.store.sessions(ofMember: session.member.id)
    return .page(
      AccountPage.render(session, sessions: sessions, problem: problem, now: .now, in: frame),
      status)
  }

  private static func change(
    _ visit: Visit, _ done: Done, _ work: (Session, [String: String]) async throws -> Void
  ) async throws -> Response {
    let session = try visit.session()
    do {
      try await work(session, try await visit.form())
      return .goTo("/settings/account?done=\(done.rawValue)")
    } catch let refusal as Refusal {
      return try page(visit, refusal, .unprocessableContent)
    }
  }

  /// Guessing the present password in a browser that somebody left open is as slow as at sign-in.
  private static func changePassword(
    _ visit: Visit, _ session: Session, _ form: [String: String]
  ) async throws {
    let workspace = visit.workspace
    let (old, new) = (form["old"] ?? "", form["new"] ?? "")
    try workspace.passAttempt(at: session.member.email, from: visit.context.clientAddress)
    try await workspace.onPasswordThread {
      try workspace.store.changePassword(
        in: session, from: old, to: try PasswordHash(of: new), request: visit.context.requestID)
    }
    workspace.limiter.withLock {
      $0.succeeded(at: session.member.email, from: visit.context.clientAddress)
    }
  }
}
