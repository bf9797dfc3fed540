/// A random text that opens something; shown once, and kept as a hash only.
///
/// It is a prefix that tells people and scanners of leaks what it is, and 256 random bits in 43
/// letters. Neither printing nor reflection shows more than `hint`.
public struct Secret: Sendable {
  /// What a secret opens; the raw value is its prefix.
  public enum Kind: String, Sendable, CaseIterable {
    /// Sends events.
    case writeKey = "wk_"
    /// Calls the API.
    case token = "wt_"
    /// Goes on with a session.
    case session = "ws_"
    /// Makes the first member.
    case setup = "setup_"
    /// Lets an invited member choose a password.
    case invitation = "invite_"
  }

  /// What it opens.
  public let kind: Kind
  private let text: String

  /// How many letters stand after the prefix.
  static let length = 43
  /// How many of them people see: 24 bits of 256, enough to tell keys apart.
  static let visible = 4

  private init(_ kind: Kind, text: String) {
    self.kind = kind
    self.text = text
  }

  /// A new secret.
  public static func random(_ kind: Kind) -> Secret {
    Secret(kind, text: kind.rawValue + Base64URL.text(of: Hashing.randomBytes(32)))
  }

  /// A secret that somebody sent; nil where the text can't be one of that kind.
  public init?(_ text: String, kind: Kind) {
    let bytes = text.utf8
    guard bytes.count == kind.rawValue.utf8.count + Self.length, text.hasPrefix(kind.rawValue),
      bytes.dropFirst(kind.rawValue.utf8.count).allSatisfy(Base64URL.isLetter)
    else { return nil }
    self.init(kind, text: text)
  }

  /// The whole text: for the one reply that shows it, and for a cookie.
  public func revealed() -> String { text }

  /// What is stored of it.
  public var digest: SecretDigest { SecretDigest(unchecked: Hashing.sha256(Array(text.utf8))) }

  /// The beginning, by which people tell secrets apart: `wk_Ab3d`.
  public var hint: String { String(text.prefix(kind.rawValue.count + Self.visible)) }

  /// A token that proves to a page of this session that a form came from it.
  ///
  /// It is another one each time, so that compression tells nothing of it: 16 random bytes, and the
  /// HMAC-SHA-256 of them under the secret.
  public func pageToken() -> String {
    let salt = Hashing.randomBytes(16)
    return Base64URL.text(of: salt + pageCode(salt))
  }

  /// Whether a form's token was made from this secret, in a time that doesn't tell how nearly.
  public func accepts(pageToken: String) -> Bool {
    guard pageToken.utf8.count == 64, let bytes = Base64URL.bytes(of: pageToken) else {
      return false
    }
    return Hashing.areEqual(Array(bytes[16...]), pageCode(Array(bytes[..<16])))
  }

  private func pageCode(_ salt: [UInt8]) -> [UInt8] {
    Hashing.hmacSHA256(Array("page token\n".utf8) + salt, key: Array(text.utf8))
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The hint.
  public var description: String { hint + "…" }
  /// The hint.
  public var debugDescription: String { description }
  /// The hint.
  public var customMirror: Mirror { Mirror(self, children: ["hint": hint]) }
}

/// The SHA-256 of a secret.
///
/// A secret has 256 random bits, so a fast hash without salt keeps it.
public struct SecretDigest: Sendable, Hashable {
  /// The 32 bytes.
  public let bytes: [UInt8]

  fileprivate init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// A digest that was stored; nil where it hasn't 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Whether two digests are equal, in a time that is the same for all.
  public static func == (left: SecretDigest, right: SecretDigest) -> Bool {
    Hashing.areEqual(left.bytes, right.bytes)
  }
}
