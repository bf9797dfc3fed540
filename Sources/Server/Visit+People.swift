import Accounts
import Events
import Hummingbird
import Store

extension Visit {
  /// Who asks, on a route that lets only recognised visitors pass.
  func principal() throws(Problem) -> Principal {
    guard let principal = visitor.principal else { throw Problem.signIn }
    return principal
  }

  /// What whoever asks may do.
  var permissions: Set<Permission> { visitor.principal?.permissions ?? [] }

  /// The session of a person, for what programs with a token can't do.
  ///
  /// - Throws: `access.person`.
  func session() throws -> Session {
    guard let secret = visitor.session, let session = try workspace.store.session(secret) else {
      throw Problem(
        .forbidden,
        Refusal(
          "access.person", problem: "Only a person who signed in can do this.",
          remedy: "Sign in with a browser."))
    }
    return session
  }

  /// How the visitor reaches the server: `https://journeys.example.com`.
  var address: String {
    workspace.configuration.publicAddress
      ?? "http://\(request.head.authority ?? "127.0.0.1:\(workspace.configuration.port)")"
  }

  /// A number in the path.
  ///
  /// - Throws: `address.unknown`.
  func number(_ name: String) throws(Refusal) -> Int {
    guard let number = Int(parameter(name)) else {
      throw Refusal(
        "address.unknown", problem: "“\(parameter(name).prefix(40))” is no number.",
        remedy: "Look at the address.")
    }
    return number
  }
}
