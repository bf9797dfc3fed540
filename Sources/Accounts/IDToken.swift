import Events
import Foundation

/// What a provider says of the person who signed in, once its signature and claims were proven.
///
/// - SeeAlso: OpenID Connect Core 1.0, section 3.1.3.7; RFC 7519; RFC 8725.
public struct IDToken: Sendable, Equatable {
  /// The signatures that are understood; `none` and those by a shared secret are not.
  public enum Algorithm: String, Sendable, CaseIterable {
    /// RSA with PKCS #1 v1.5 and SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
  }

  /// The provider.
  public let issuer: String
  /// The person's id at the provider; it never changes.
  public let subject: String
  /// Their e-mail address, where the provider tells it.
  public let email: String?
  /// Whether the provider knows that the address is theirs.
  public let isEmailVerified: Bool
  /// Their name, where the provider tells it.
  public let name: String?

  /// The longest token.
  public static let longest = 65_536
  /// How far the provider's clock may be from ours.
  public static let leeway = TimeSpan(milliseconds: 120_000)
}

extension IDToken {
  /// Proves a token.
  ///
  /// - Parameters:
  ///   - text: three parts in base64 for addresses, with dots between.
  ///   - keys: the provider's keys.
  ///   - issuer: the provider's name, as its document says it.
  ///   - audience: the identifier of this program at the provider.
  ///   - nonce: the random text of the sign-in.
  ///   - now: this moment.
  /// - Throws: `openid.token`, `openid.algorithm`, `openid.key` (fetch the keys anew, once),
  ///   `openid.signature`, `openid.issuer`, `openid.audience`, `openid.expired`, `openid.early`,
  ///   `openid.nonce`, `openid.subject`.
  public init(
    verifying text: String, keys: JSONWebKeys, issuer: String, audience: String, nonce: String,
    now: Instant
  ) throws(Refusal) {
    let claims = try Self.signedClaims(of: text, keys)
    guard claims.iss == issuer else {
      throw Self.refusal("issuer", "is from another provider: “\(claims.iss.prefix(200))”")
    }
    guard claims.aud.all.contains(audience), claims.azp == nil || claims.azp == audience,
      claims.aud.all.count == 1 || claims.azp == audience
    else { throw Self.refusal("audience", "was made for another program") }
    let latest = now + Self.leeway
    guard let expiry = Instant(seconds: claims.exp),
      now < expiry + Self.leeway
    else { throw Self.refusal("expired", "has expired") }
    for moment in [claims.iat, claims.nbf ?? claims.iat] {
      guard let moment = Instant(seconds: moment), moment <= latest else {
        throw Self.refusal("early", "is from the future; one of the two clocks is wrong")
      }
    }
    guard let said = claims.nonce, Hashing.areEqual(Array(said.utf8), Array(nonce.utf8)) else {
      throw Self.refusal("nonce", "was made for another sign-in")
    }
    guard (1...255).contains(claims.sub.utf8.count) else {
      throw Self.refusal("subject", "names nobody")
    }
    self.init(
      issuer: issuer, subject: claims.sub, email: claims.email,
      isEmailVerified: claims.email_verified?.isTrue ?? false, name: claims.name)
  }

  private static func signedClaims(
    of text: String, _ keys: JSONWebKeys
  ) throws(Refusal) -> Claims {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= longest, parts.count == 3,
      let header: Header = decode(parts[0]), let signature = Base64URL.bytes(of: parts[2])
    else { throw refusal("token", "is no signed token") }
    guard let algorithm = Algorithm(rawValue: header.alg), header.crit == nil else {
      throw refusal("algorithm", "is signed by “\(header.alg.prefix(20))”, which isn't accepted")
    }
    // A key proves only what its own kind signs: the token's word on the algorithm isn't enough.
    let fitting = keys.keys.filter {
      $0.algorithm == algorithm && (header.kid == nil || $0.identifier == header.kid)
    }
    guard !fitting.isEmpty else {
      throw refusal("key", "is signed with a key that the provider's list doesn't have")
    }
    let message = Array("\(parts[0]).\(parts[1])".utf8)
    guard fitting.contains(where: { $0.proves(signature, of: message) }) else {
      throw refusal("signature", "was changed, or signed by somebody else")
    }
    guard let claims: Claims = decode(parts[1]) else {
      throw refusal("token", "lacks claims that every token has")
    }
    return claims
  }

  private static func refusal(_ code: String, _ problem: String) -> Refusal {
    Refusal(
      "openid." + code, problem: "The provider's token \(problem).",
      remedy: "Sign in again; if that fails, too, an admin should check the provider's settings.")
  }

  private static func decode<Value: Decodable>(_ part: Substring) -> Value? {
    Base64URL.bytes(of: part).flatMap { try? JSONDecoder().decode(Value.self, from: Data($0)) }
  }

  private struct Header: Decodable {
    var alg: String
    var kid: String?
    /// Extensions that must be understood; this program understands none.
    var crit: [String]?
  }

  private struct Claims: Decodable {
    var iss: String
    var sub: String
    var aud: Audience
    var azp: String?
    var exp: Double
    var iat: Double
    var nbf: Double?
    var nonce: String?
    var email: String?
    var email_verified: Truth?
    var name: String?
  }

  private struct Audience: Decodable {
    var all: [String]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let one = try? container.decode(String.self) {
        all = [one]
      } else {
        all = try container.decode([String].self)
      }
    }
  }

  /// True as JSON has it, or as a text, which some providers send.
  private struct Truth: Decodable {
    var isTrue: Bool

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let boolean = try? container.decode(Bool.self) {
        isTrue = boolean
      } else {
        isTrue = try container.decode(String.self) == "true"
      }
    }
  }
}

extension Instant {
  /// A moment from seconds since the Unix epoch; nil where it is beyond the years that are known.
  fileprivate init?(seconds: Double) {
    guard seconds.magnitude < 1e11 else { return nil }
    self.init(milliseconds: Int64(seconds * 1000))
  }
}
