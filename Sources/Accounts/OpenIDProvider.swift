import Events
import Foundation

/// What an OpenID provider says of itself in its discovery document.
///
/// - SeeAlso: OpenID Connect Discovery 1.0, section 3.
public struct OpenIDProvider: Sendable, Equatable {
  /// Its name, an address, exactly as its tokens say it.
  public let issuer: String
  /// Where people are sent to sign in.
  public let authorizationAddress: String
  /// Where the code is exchanged for a token.
  public let tokenAddress: String
  /// Where its keys are.
  public let keysAddress: String

  /// The most bytes of a discovery document, and of a list of keys.
  public static let largestDocument = 262_144

  /// Where the document of an issuer is.
  ///
  /// - Throws: `openid.address` where the issuer is no address of https; http goes on the loopback.
  public static func discoveryAddress(of issuer: String) throws(Refusal) -> String {
    try check(issuer, as: "issuer")
    let slash = issuer.hasSuffix("/") ? "" : "/"
    return issuer + slash + ".well-known/openid-configuration"
  }

  /// Reads the document that was fetched for an issuer.
  ///
  /// - Throws: `openid.discovery`, `openid.issuer`, `openid.address`.
  public init(discovery document: [UInt8], issuer: String) throws(Refusal) {
    guard document.count <= Self.largestDocument,
      let said = try? JSONDecoder().decode(Document.self, from: Data(document))
    else {
      throw Refusal(
        "openid.discovery", problem: "“\(issuer.prefix(200))” answers with no discovery document.",
        remedy: "Give the issuer's address as the provider's manual has it.")
    }
    guard said.issuer == issuer else {
      throw Refusal(
        "openid.issuer",
        problem: "The document of “\(issuer.prefix(200))” is that of “\(said.issuer.prefix(200))”.",
        remedy: "Give the issuer exactly as its document says it, to the last slash.")
    }
    try Self.check(said.authorization_endpoint, as: "authorization_endpoint")
    try Self.check(said.token_endpoint, as: "token_endpoint")
    try Self.check(said.jwks_uri, as: "jwks_uri")
    self.issuer = issuer
    authorizationAddress = said.authorization_endpoint
    tokenAddress = said.token_endpoint
    keysAddress = said.jwks_uri
  }

  private struct Document: Decodable {
    var issuer: String
    var authorization_endpoint: String
    var token_endpoint: String
    var jwks_uri: String
  }

  /// Refuses addresses that others on the way could read.
  private static func check(_ address: String, as name: String) throws(Refusal) {
    let parts = URLComponents(string: address)
    let host = parts?.host ?? ""
    let isLocal = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
    let isSafe = parts?.scheme == "https" || (parts?.scheme == "http" && isLocal)
    guard isSafe, !host.isEmpty, parts?.fragment == nil, parts?.user == nil,
      address.utf8.count <= 2000
    else {
      throw Refusal(
        "openid.address", problem: "The \(name) “\(address.prefix(200))” is no address of https.",
        remedy: "Use a provider that is reached by https.")
    }
  }
}

/// What the program is to an OpenID provider.
public struct OpenIDClient: Sendable, Equatable {
  /// The identifier that the provider gave out.
  public var identifier: String
  /// Where the provider sends people back to.
  public var returnAddress: String

  /// Makes a client.
  public init(identifier: String, returnAddress: String) {
    self.identifier = identifier
    self.returnAddress = returnAddress
  }
}

/// One sign-in with an OpenID provider, from the way out to the way back.
///
/// Its three random texts are kept for the browser that went out, and used once.
///
/// - SeeAlso: OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE); RFC 9207.
public struct OpenIDAttempt: Sendable, Equatable {
  /// Comes back in the address: proves that the same browser went out.
  public let state: String
  /// Comes back in the token: proves that the token was made for this sign-in.
  public let nonce: String
  /// Goes with the code: proves that who exchanges it is who asked for it.
  public let verifier: String

  /// Makes an attempt from texts that were kept.
  public init(state: String, nonce: String, verifier: String) {
    self.state = state
    self.nonce = nonce
    self.verifier = verifier
  }

  /// A new attempt.
  public static func random() -> OpenIDAttempt {
    func text() -> String { Base64URL.text(of: Hashing.randomBytes(32)) }
    return OpenIDAttempt(state: text(), nonce: text(), verifier: text())
  }

  /// The address that the browser is sent to.
  public func address(at provider: OpenIDProvider, as client: OpenIDClient) -> String {
    let challenge = Base64URL.text(of: Hashing.sha256(Array(verifier.utf8)))
    let query = FormText.text([
      ("response_type", "code"), ("client_id", client.identifier),
      ("redirect_uri", client.returnAddress), ("scope", "openid email profile"),
      ("state", state), ("nonce", nonce), ("code_challenge", challenge),
      ("code_challenge_method", "S256"),
    ])
    let address = provider.authorizationAddress
    return address + (address.contains("?") ? "&" : "?") + query
  }

  /// The code in the parameters that the browser came back with.
  ///
  /// - Throws: `openid.state` where they belong to another sign-in; `openid.refused` where the
  ///   provider let nobody in; `openid.issuer` where another provider answered.
  public func code(
    from parameters: [String: String], provider: OpenIDProvider
  ) throws(Refusal) -> String {
    let again = "Begin to sign in again."
    guard let state = parameters["state"],
      Hashing.areEqual(Array(state.utf8), Array(self.state.utf8))
    else {
      throw Refusal(
        "openid.state", problem: "The provider answers a sign-in that didn't begin here.",
        remedy: again)
    }
    if let issuer = parameters["iss"], issuer != provider.issuer {
      throw Refusal(
        "openid.issuer", problem: "Another provider answered: “\(issuer.prefix(200))”.",
        remedy: again)
    }
    guard let code = parameters["code"], !code.isEmpty, code.utf8.count <= 8192 else {
      let reason = parameters["error_description"] ?? parameters["error"] ?? "there is no code"
      throw Refusal(
        "openid.refused", problem: "The provider didn't let you in: \(reason.prefix(200)).",
        remedy: "\(again) If that fails, too, ask the provider's administrator.")
    }
    return code
  }

  /// What is sent to exchange the code for a token.
  public func exchange(
    of code: String, as client: OpenIDClient, secret: String
  ) -> OpenIDExchange {
    let pair = "\(FormText.escaped(client.identifier)):\(FormText.escaped(secret))"
    return OpenIDExchange(
      authorization: "Basic " + Data(pair.utf8).base64EncodedString(),
      form: FormText.text([
        ("grant_type", "authorization_code"), ("code", code),
        ("redirect_uri", client.returnAddress), ("client_id", client.identifier),
        ("code_verifier", verifier),
      ]))
  }
}

/// A request to a provider's token address; it holds the client's secret.
///
/// - SeeAlso: RFC 6749, sections 2.3.1 and 4.1.3.
public struct OpenIDExchange: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// The header `Authorization`.
  public let authorization: String
  /// The body, `application/x-www-form-urlencoded`.
  public let form: String

  /// What it is, without what it holds.
  public var description: String { "an exchange of a code" }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Texts as forms and addresses carry them.
enum FormText {
  static func text(_ fields: [(name: String, value: String)]) -> String {
    fields.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
  }

  /// Everything but what no part of an address treats in its own way.
  static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let isKept =
        Base64URL.isLetter(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~")
      let digits = String(byte, radix: 16, uppercase: true)
      return isKept
        ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
    }.joined()
  }
}
