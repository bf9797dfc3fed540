import Accounts
import Hummingbird

/// One address of the server: what it answers, to whom.
///
/// All routes are values in lists: the router, and the tests that try every role against every
/// route, are made from the same thing.
struct Route: Sendable {
  /// Who may call it.
  enum Access: Sendable, Equatable {
    /// Everybody, without signing in.
    case open
    /// A member, or a token where the permission is in its scopes.
    case permitted(Permission)
    /// Whoever has a write key, or signs what they send; the handler looks at it, since clients
    /// send it in many places.
    case writeKey
  }

  var method: HTTPRequest.Method
  /// The path, with parameters as `{name}`.
  var path: String
  var access: Access
  /// What it does, for those who call it: every route of the API says so.
  var operation: Operation?
  var handle: @Sendable (Visit) async throws -> Response

  init(
    _ method: HTTPRequest.Method, _ path: String, _ access: Access,
    handle: @escaping @Sendable (Visit) async throws -> Response
  ) {
    self.method = method
    self.path = path
    self.access = access
    self.handle = handle
  }

  /// Whether members, sessions or tokens may be others afterwards: whatever people send, and the way
  /// back from an OpenID provider.
  var changesAccess: Bool {
    access != .writeKey && (![.get, .head].contains(method) || path == OpenIDRoutes.returnPath)
  }
}
