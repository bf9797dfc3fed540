import Accounts
import Events
import Hummingbird
import Pages
import Store

/// How somebody who was invited comes in.
enum InvitationRoutes {
  static let all: [Route] = [
    Route(.get, "/invite", .open) { visit in
      .page(InvitationPage.render(token: visit.query("token") ?? "", in: visit.frame(nil)))
    },
    Route(.post, "/invite", .open) { visit in try await accept(visit) },
  ]

  private static func accept(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let (token, password) = (form["token"] ?? "", form["password"] ?? "")
    let workspace = visit.workspace
    do {
      try workspace.passAttempt(at: "invitation \(token)", from: visit.context.clientAddress)
      guard let secret = Secret(token, kind: .invitation) else {
        throw Refusal(
          "invitation.secret", problem: "The link of the invitation is not whole.",
          remedy: "Open it as it was sent to you.")
      }
      let member = try await workspace.onPasswordThread {
        try workspace.store.acceptInvitation(
          secret, password: try PasswordHash(of: password), request: visit.context.requestID)
      }
      return try await SignInRoutes.begin(
        visit, email: member.email, password: password, next: "/journeys")
    } catch let refusal as Refusal {
      return .page(
        InvitationPage.render(token: token, problem: refusal, in: visit.frame(nil)),
        .unprocessableContent)
    }
  }
}
