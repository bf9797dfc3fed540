import Accounts
import Events
import Hummingbird
import Pages
import Store

/// Write keys and API tokens: made, shown once, revoked.
enum KeyRoutes {
  static let all: [Route] = [
    Route(.get, "/settings/keys", .permitted(.manageKeys)) { visit in try keys(visit) },
    Route(.post, "/settings/keys", .permitted(.manageKeys)) { visit in try await addKey(visit) },
    Route(.post, "/settings/keys/{key}/revoke", .permitted(.manageKeys)) { visit in
      try visit.workspace.store.revokeWriteKey(visit.number("key"), by: visit.principal())
      return .goTo("/settings/keys?done=revoked")
    },
    Route(.get, "/settings/tokens", .permitted(.read)) { visit in try tokens(visit) },
    Route(.post, "/settings/tokens", .permitted(.read)) { visit in try await addToken(visit) },
    Route(.post, "/settings/tokens/{token}/revoke", .permitted(.read)) { visit in
      try visit.workspace.store.revokeToken(visit.number("token"), by: visit.principal())
      return .goTo("/settings/tokens?done=revoked")
    },
  ]

  private static func keys(
    _ visit: Visit, made: WriteKeysPage.Made? = nil, draft: String = "", problem: Refusal? = nil
  ) throws -> Response {
    let store = visit.workspace.store
    var frame = visit.frame(.settings)
    frame.notice = visit.done
    let page = WriteKeysPage.render(
      try store.writeKeys(), records: try store.collectionRecords(), made: made, draft: draft,
      problem: problem, of: visit.permissions, now: .now, in: frame)
    return .page(page, problem == nil ? .ok : .unprocessableContent)
  }

  private static func addKey(_ visit: Visit) async throws -> Response {
    let name = try await visit.form()["name"] ?? ""
    do {
      let (key, secret) = try visit.workspace.store.addWriteKey(name, by: visit.principal())
      return try keys(
        visit,
        made: .init(name: key.name, secret: secret.revealed(), address: visit.address))
    } catch let refusal as Refusal {
      return try keys(visit, draft: name, problem: refusal)
    }
  }

  private static func tokens(
    _ visit: Visit, made: TokensPage.Made? = nil, problem: Refusal? = nil
  ) throws -> Response {
    let session = try visit.session()
    let seesAll = visit.visitor.may(.manageKeys)
    var frame = visit.frame(.settings)
    frame.notice = visit.done
    let page = TokensPage.render(
      try visit.workspace.store.tokens(ofMember: seesAll ? nil : session.member.id),
      member: session.member.id, role: session.member.role, made: made, problem: problem,
      of: visit.permissions, now: .now, in: frame)
    return .page(page, problem == nil ? .ok : .unprocessableContent)
  }

  private static func addToken(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let scopes = Scope.allCases.filter { form["scope-\($0.rawValue)"] != nil }
    do {
      let expires = try span(form["days"] ?? "").map { Instant.now + $0 }
      let (token, secret) = try visit.workspace.store.addToken(
        form["name"] ?? "", scopes: Set(scopes), expires: expires, by: visit.principal())
      return try tokens(
        visit,
        made: .init(name: token.name, secret: secret.revealed(), address: visit.address))
    } catch let refusal as Refusal {
      return try tokens(visit, problem: refusal)
    }
  }

  /// How long a token lasts; nil: until it is revoked.
  private static func span(_ days: String) throws(Refusal) -> TimeSpan? {
    guard let span = TokensPage.spans.first(where: { $0.map(String.init) ?? "" == days }) else {
      throw Refusal(
        "token.span", problem: "A token can't be made for “\(days.prefix(20))” days.",
        remedy: "Choose one of the list.")
    }
    return span.map { .days(Int64($0)) }
  }
}
