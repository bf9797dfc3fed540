import Accounts
import Events
import Hummingbird
import Store

/// Write keys and API tokens: made, shown once, revoked.
enum KeyAPI {
  static let all: [Route] = [
    .api(
      .get, "/keys", .manageKeys,
      Operation(
        "listKeys", .keys, "All write keys, revoked ones too",
        parameters: Operation.Parameter.page), giving: keys),
    .api(
      .post, "/keys", .manageKeys,
      Operation(
        "addKey", .keys, "Make a write key", "Its secret can't be seen again."
      ).making(), taking: addKey),
    .api(
      .get, "/keys/{key}", .manageKeys, Operation("readKey", .keys, "One write key"), giving: key),
    .api(
      .delete, "/keys/{key}", .manageKeys,
      Operation(
        "revokeKey", .keys, "Revoke a write key",
        "From now on it sends nothing; what it sent stays."), doing: revokeKey),
    .api(
      .get, "/tokens", .read,
      Operation(
        "listTokens", .keys, "The tokens of the member who asks",
        "Those of everybody where one manages keys.", parameters: Operation.Parameter.page),
      giving: tokens),
    .api(
      .post, "/tokens", .read,
      Operation(
        "addToken", .keys, "Make a token",
        "For the member who asks, in a session: a token makes no tokens. Its secret can't be seen "
          + "again."
      ).making(), taking: addToken),
    .api(
      .get, "/tokens/{token}", .read, Operation("readToken", .keys, "One token"), giving: token),
    .api(
      .delete, "/tokens/{token}", .read,
      Operation(
        "revokeToken", .keys, "Revoke a token", "One's own, or any where one manages keys."),
      doing: revokeToken),
  ]

  private static func keys(_ call: Call) throws -> Page<KeyForm> {
    try call.page(of: try call.store.writeKeys(), by: \.id) { KeyForm($0) }
  }

  private static func addKey(_ call: Call, _ draft: KeyDraft) throws -> KeyForm {
    let (key, secret) = try call.store.addWriteKey(draft.name, by: call.principal())
    return KeyForm(key, secret: secret.revealed())
  }

  private static func key(_ call: Call) throws -> KeyForm {
    let number = try call.number("key")
    guard let key = try call.store.writeKeys().first(where: { $0.id == number }) else {
      throw Refusal(
        "key.unknown", problem: "There is no write key with the number \(number).",
        remedy: "Look at the list of keys.")
    }
    return KeyForm(key)
  }

  private static func revokeKey(_ call: Call) throws {
    try call.store.revokeWriteKey(call.number("key"), by: call.principal())
  }

  private static func tokens(_ call: Call) throws -> Page<TokenForm> {
    try call.page(of: try visible(call), by: \.id) { TokenForm($0) }
  }

  /// The tokens that whoever asks may see.
  private static func visible(_ call: Call) throws -> [APIToken] {
    let member = call.visit.visitor.may(.manageKeys) ? nil : try call.principal().member
    return try call.store.tokens(ofMember: member)
  }

  private static func token(_ call: Call) throws -> TokenForm {
    let number = try call.number("token")
    guard let token = try visible(call).first(where: { $0.id == number }) else {
      throw Refusal(
        "token.unknown", problem: "There is no token with the number \(number).",
        remedy: "Look at the list of tokens.")
    }
    return TokenForm(token)
  }

  private static func addToken(_ call: Call, _ draft: TokenDraft) throws -> TokenForm {
    let (token, secret) = try call.store.addToken(
      draft.name, scopes: Set(draft.scopes),
      expires: draft.days.map { Instant.now + .days(Int64($0)) }, by: call.principal())
    return TokenForm(token, secret: secret.revealed())
  }

  private static func revokeToken(_ call: Call) throws {
    try call.store.revokeToken(call.number("token"), by: call.principal())
  }

  fileprivate static let secret = Schema.Field.optional(
    "secret",
    .text(
      "The secret, in the answer to making it only; it is not kept.", example: "wk_…"))
}

private struct KeyForm: Given {
  var id: Int
  var name: String
  var hint: String
  var made: Instant
  var revoked: Instant?
  var secret: String?

  init(_ key: WriteKey, secret: String? = nil) {
    (id, name, hint) = (key.id, key.name, key.hint)
    (made, revoked, self.secret) = (key.made, key.revoked, secret)
  }

  var location: String? { secret.map { _ in "\(Route.apiRoot)/keys/\(id)" } }
  var kept: Self {
    var kept = self
    kept.secret = nil
    return kept
  }

  static let title = "Key"
  static let meaning = "A key that sends events and does nothing else."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number.", example: 1)),
    .init("name", .text("What it is for.", example: "website")),
    .init("hint", .text("The beginning of its secret.", example: "wk_Ab3d")),
    .init("made", .moment("When it was made.")),
    .optional("revoked", .moment("When it was revoked.")),
    KeyAPI.secret,
  ]
}

private struct KeyDraft: Taken {
  var name: String

  init(_ body: JSONValue) { name = body["name"]?.text ?? "" }

  static let meaning = "A write key to be made."
  static let fields: [Schema.Field] = [
    .init("name", .text("What it is for.", 1...100, example: "website"))
  ]
}

private struct TokenForm: Given {
  var id: Int
  var name: String
  var hint: String
  var member: Int
  var scopes: [Scope]
  var made: Instant
  var expires: Instant?
  var used: Instant?
  var revoked: Instant?
  var secret: String?

  init(_ token: APIToken, secret: String? = nil) {
    (id, name, hint, member) = (token.id, token.name, token.hint, token.member.id)
    (scopes, made, expires) = (token.scopes.sorted(), token.made, token.expires)
    (used, revoked, self.secret) = (token.used, token.revoked, secret)
  }

  var location: String? { secret.map { _ in "\(Route.apiRoot)/tokens/\(id)" } }
  var kept: Self {
    var kept = self
    kept.secret = nil
    return kept
  }

  static let title = "Token"
  static let meaning = "A token with which a program acts for a member."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number.", example: 1)),
    .init("name", .text("What it is for.", example: "Weekly report")),
    .init("hint", .text("The beginning of its secret.", example: "wt_Ab3d")),
    .init("member", .integer("The number of the member whom it acts for.", example: 1)),
    .init("scopes", .list("What it was made for.", .word("A scope.", Scope.self))),
    .init("made", .moment("When it was made.")),
    .optional("expires", .moment("From when on it can't be used.")),
    .optional("used", .moment("When it was last used, to the minute.")),
    .optional("revoked", .moment("When it was revoked.")),
    KeyAPI.secret,
  ]
}

private struct TokenDraft: Taken {
  var name: String
  var scopes: [Scope]
  var days: Int?

  init(_ body: JSONValue) {
    name = body["name"]?.text ?? ""
    scopes = body["scopes"]?.items.compactMap { $0.word() } ?? []
    days = body["days"]?.whole
  }

  static let meaning = "A token to be made."
  static let fields: [Schema.Field] = [
    .init("name", .text("What it is for.", 1...100, example: "Weekly report")),
    .init(
      "scopes",
      .list("What it is good for.", .word("A scope.", Scope.self), 1...Scope.allCases.count)
    ),
    .optional(
      "days", .integer("For how many days; missing: until it is revoked.", 1...3650, example: 90)),
  ]
}
