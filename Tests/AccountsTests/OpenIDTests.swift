import Events
import Foundation
import Testing

@testable import Accounts

@Suite
struct `A provider's token` {
  private let issuer = "https://id.example.org/"
  private let now = Instant(milliseconds: 1_790_000_100_000)

  private func token(_ name: String) throws -> String {
    try #require(OpenIDFixtures.tokens[name])
  }

  private func verify(_ text: String, now: Instant? = nil) throws -> IDToken {
    try IDToken(
      verifying: text, keys: JSONWebKeys(document: Array(OpenIDFixtures.keys.utf8)),
      issuer: issuer, audience: "waymark", nonce: "n-1", now: now ?? self.now)
  }

  @Test(arguments: ["rs256", "es256", "withoutKid", "audienceList", "emailVerifiedText"])
  func `is proven where its signature and claims are right`(name: String) throws {
    let token = try verify(token(name))
    #expect(token.issuer == issuer)
    #expect(token.subject == "u-17")
    #expect(token.email == "ann@example.org")
    #expect(token.isEmailVerified)
    #expect(token.name == "Ann")
  }

  @Test
  func `may leave address and name out`() throws {
    let token = try verify(token("bare"))
    #expect(token.email == nil)
    #expect(!token.isEmailVerified)
    #expect(token.name == nil)
  }

  @Test(arguments: [
    ("otherIssuer", "openid.issuer"), ("otherAudience", "openid.audience"),
    ("listWithoutParty", "openid.audience"), ("otherParty", "openid.audience"),
    ("otherNonce", "openid.nonce"), ("noNonce", "openid.nonce"), ("notYet", "openid.early"),
    ("fromFuture", "openid.early"), ("noSubject", "openid.subject"), ("hs256", "openid.algorithm"),
    ("none", "openid.algorithm"), ("rs512", "openid.algorithm"), ("otherKey", "openid.signature"),
    ("encryptionKey", "openid.key"), ("unknownKey", "openid.key"), ("weakKey", "openid.key"),
    ("critical", "openid.algorithm"), ("withoutClaims", "openid.token"),
    ("kindsMixed", "openid.key"),
  ])
  func `is refused by the reason`(name: String, code: String) throws {
    let text = try token(name)
    let refusal = #expect(throws: Refusal.self) { try verify(text) }
    #expect(refusal?.code == code)
  }

  @Test(arguments: ["rs256", "es256"])
  func `is refused from two minutes after its expiry`(name: String) throws {
    let text = try token(name)
    let end: Int64 = 1_790_000_600_000 + 120_000
    #expect(throws: Never.self) { try verify(text, now: Instant(milliseconds: end - 1)) }
    let refusal = #expect(throws: Refusal.self) {
      try verify(text, now: Instant(milliseconds: end))
    }
    #expect(refusal?.code == "openid.expired")
  }

  @Test(arguments: ["rs256", "es256"])
  func `is refused where any letter of it is another`(name: String) throws {
    let letters = Array(try token(name))
    for place in letters.indices {
      var changed = letters
      // The highest bit of the six, so that it isn't one that the last letter leaves unused.
      changed[place] = letters[place] == "." ? "A" : (letters[place] == "w" ? "1" : "w")
      #expect(throws: Refusal.self) { try verify(String(changed)) }
    }
    for end in [0, 1, letters.count / 2, letters.count - 1] {
      #expect(throws: Refusal.self) { try verify(String(letters[..<end])) }
    }
    #expect(throws: Refusal.self) { try verify(String(letters) + ".e30") }
    #expect(throws: Refusal.self) { try verify(String(repeating: "a", count: 70_000)) }
  }

  @Test
  func `of another key's signature can't be taken over`() throws {
    let (one, other) = (try token("rs256"), try token("otherNonce"))
    let signature = other.split(separator: ".")[2]
    let mixed = one.split(separator: ".")[..<2].joined(separator: ".") + "." + signature
    let refusal = #expect(throws: Refusal.self) { try verify(mixed) }
    #expect(refusal?.code == "openid.signature")
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"keys":[]}"#, #"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#,
    #"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
  ])
  func `needs keys that can prove it`(document: String) {
    let refusal = #expect(throws: Refusal.self) { try JSONWebKeys(document: Array(document.utf8)) }
    #expect(refusal?.code == "openid.keys")
  }

  @Test
  func `isn't proven by a point that is off the curve`() throws {
    let zeros = String(repeating: "A", count: 42) + "E"
    let keys = try JSONWebKeys(
      document: Array(
        #"{"keys":[{"kty":"EC","crv":"P-256","kid":"e1","x":"\#(zeros)","y":"\#(zeros)"}]}"#.utf8))
    let text = try token("es256")
    let refusal = #expect(throws: Refusal.self) {
      try IDToken(
        verifying: text, keys: keys, issuer: issuer, audience: "waymark", nonce: "n-1", now: now)
    }
    #expect(refusal?.code == "openid.signature")
  }
}

@Suite
struct `A sign-in with a provider` {
  private let document = """
    {"issuer": "https://id.example.org", "jwks_uri": "https://id.example.org/keys",
     "authorization_endpoint": "https://id.example.org/auth?tenant=1",
     "token_endpoint": "https://id.example.org/token", "scopes_supported": ["openid"]}
    """
  private let client = OpenIDClient(
    identifier: "way&mark", returnAddress: "https://journeys.example.org/signed-in")

  private func provider() throws -> OpenIDProvider {
    try OpenIDProvider(discovery: Array(document.utf8), issuer: "https://id.example.org")
  }

  @Test
  func `goes out with state, nonce and the hash of the verifier`() throws {
    // The verifier and its challenge are those of RFC 7636, appendix B.
    let attempt = OpenIDAttempt(
      state: "s 1", nonce: "n-1", verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    #expect(
      attempt.address(at: try provider(), as: client)
        == "https://id.example.org/auth?tenant=1&response_type=code&client_id=way%26mark"
        + "&redirect_uri=https%3A%2F%2Fjourneys.example.org%2Fsigned-in"
        + "&scope=openid%20email%20profile&state=s%201&nonce=n-1"
        + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256")
    #expect(OpenIDAttempt.random() != OpenIDAttempt.random())
    #expect(OpenIDAttempt.random().verifier.count == 43)
  }

  @Test
  func `comes back with its own state alone`() throws {
    let attempt = OpenIDAttempt(state: "s", nonce: "n", verifier: "v")
    let provider = try provider()
    #expect(try attempt.code(from: ["state": "s", "code": "c"], provider: provider) == "c")
    for (parameters, code) in [
      (["code": "c"], "openid.state"), (["state": "t", "code": "c"], "openid.state"),
      (["state": "s", "code": "c", "iss": "https://else"], "openid.issuer"),
      (["state": "s", "error": "access_denied"], "openid.refused"),
      (["state": "s", "code": ""], "openid.refused"),
    ] {
      let refusal = #expect(throws: Refusal.self) {
        try attempt.code(from: parameters, provider: provider)
      }
      #expect(refusal?.code == code)
    }
  }

  @Test
  func `exchanges the code with the client's secret, which isn't printed`() {
    let attempt = OpenIDAttempt(state: "s", nonce: "n", verifier: "v")
    let exchange = attempt.exchange(of: "c+1", as: client, secret: "p:q")
    #expect(
      exchange.authorization == "Basic " + Data("way%26mark:p%3Aq".utf8).base64EncodedString())
    #expect(
      exchange.form
        == "grant_type=authorization_code&code=c%2B1"
        + "&redirect_uri=https%3A%2F%2Fjourneys.example.org%2Fsigned-in&client_id=way%26mark"
        + "&code_verifier=v")
    var dumped = ""
    dump(exchange, to: &dumped)
    #expect(!"\(exchange)\(String(reflecting: exchange))\(dumped)".contains("Basic"))
  }

  @Test
  func `trusts the document of its issuer alone, and https alone`() throws {
    #expect(try provider().keysAddress == "https://id.example.org/keys")
    #expect(
      try OpenIDProvider.discoveryAddress(of: "https://id.example.org/realm/")
        == "https://id.example.org/realm/.well-known/openid-configuration")
    let changes = [
      ("{", "[", "openid.discovery"), ("\"token_endpoint\"", "\"t\"", "openid.discovery"),
      ("https://id.example.org\"", "https://id.example.org/\"", "openid.issuer"),
      ("https://id.example.org/keys", "http://id.example.org/keys", "openid.address"),
      ("https://id.example.org/token", "file:///etc/passwd", "openid.address"),
    ]
    for (old, new, code) in changes {
      let changed = document.replacingOccurrences(of: old, with: new)
      let refusal = #expect(throws: Refusal.self) {
        try OpenIDProvider(discovery: Array(changed.utf8), issuer: "https://id.example.org")
      }
      #expect(refusal?.code == code, "\(old)")
    }
    for wrong in ["", "id.example.org", "http://id.example.org", "https://", "https://u:p@id.org"] {
      #expect(throws: Refusal.self) { try OpenIDProvider.discoveryAddress(of: wrong) }
    }
    #expect(throws: Never.self) {
      try OpenIDProvider.discoveryAddress(of: "http://127.0.0.1:8080/realm")
    }
  }
}
