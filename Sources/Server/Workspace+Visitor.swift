import Accounts
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Store

extension Workspace {
  /// The name of the cookie that carries a session.
  static let sessionCookie = "waymark_session"

  /// Who asks: by an API token in the header, or else by the session of a browser.
  ///
  /// - Throws: faults of the disk; a secret that opens nothing is nobody's.
  func visitor(of request: Request, _ context: ServerContext) throws -> Visitor {
    if let authorization = request.headers[.authorization] {
      guard let secret = authorization.bearer.flatMap({ Secret($0, kind: .token) }) else {
        return .nobody
      }
      let token = try store.token(secret)
      return Visitor(
        principal: token?.principal(request: context.requestID), role: token?.member.role)
    }
    guard
      let secret = request.cookies[Self.sessionCookie].flatMap({
        Secret($0.value, kind: .session)
      }), let session = try store.session(secret)
    else { return .nobody }
    return Visitor(
      principal: session.member.principal(request: context.requestID), session: secret,
      role: session.member.role)
  }

  /// The write key that a client sent, as somebody who may send events; nil where it opens nothing.
  func writeKey(_ text: String, request: String) throws -> Principal? {
    guard let secret = Secret(text, kind: .writeKey) else { return nil }
    return try store.writeKey(secret)?.principal(request: request)
  }
}

extension String {
  /// What follows `Bearer` in an authorization.
  fileprivate var bearer: String? {
    let parts = split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return parts[1].trimmingCharacters(in: .whitespaces)
  }
}
