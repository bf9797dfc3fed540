import Accounts
import Foundation

/// A sign-in that is under way at the provider, as the browser's cookie keeps it.
///
/// It stays with the browser, so that however many begin to sign in, nobody else's is forgotten; the
/// texts prove nothing to anybody but the provider and this server.
struct PendingSignIn: Sendable, Equatable {
  /// The name of the cookie.
  static let cookie = "waymark_openid"
  /// The only path that the cookie is sent to.
  static let path = "/sign-in/openid"
  /// How long somebody may take at the provider, in seconds.
  static let longest = 600
  /// The longest path to go on to: all of the cookie has to fit into 4 KB.
  private static let longestNext = 2000

  let attempt: OpenIDAttempt
  /// Where to go afterwards.
  let next: String

  /// Begins a sign-in.
  init(_ attempt: OpenIDAttempt, next: String) {
    self.attempt = attempt
    self.next = next.utf8.count <= Self.longestNext ? next : SignInRoutes.ownPath(nil)
  }

  /// Reads the cookie; nil where it is none of these.
  init?(cookie text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[..<3].allSatisfy({ $0.utf8.count == 43 }),
      let next = Base64URL.bytes(of: parts[3])
    else { return nil }
    attempt = OpenIDAttempt(state: parts[0], nonce: parts[1], verifier: parts[2])
    self.next = SignInRoutes.ownPath(String(decoding: next, as: UTF8.self))
  }

  /// The value of the cookie.
  var text: String {
    [attempt.state, attempt.nonce, attempt.verifier, Base64URL.text(of: Array(next.utf8))]
      .joined(separator: ".")
  }
}
