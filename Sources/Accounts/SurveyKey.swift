/// The key that signs the links of surveys: whoever has a link may answer, and only this program can
/// make one.
///
/// A code is the first 16 bytes of an HMAC-SHA-256, which nobody guesses: 2^128 tries.
public struct SurveyKey: Sendable {
  /// What must be kept of the key: 32 bytes.
  public let bytes: [UInt8]

  /// What a code is good for; a code of one purpose is worth nothing for another.
  private enum Purpose: String { case invitation, open, visitor }

  private static let codeLength = 16
  private static let visitorLength = 16

  /// A new key.
  public static func random() -> SurveyKey { SurveyKey(unchecked: Hashing.randomBytes(32)) }

  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// A key that was kept; nil where it hasn't 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// The token of an invitation's own link: its number and a code, 32 letters for addresses.
  public func token(ofInvitation id: Int64, to survey: String) -> String {
    let number = Self.bytes(of: id)
    return Base64URL.text(of: number + code(.invitation, number + Array(survey.utf8)))
  }

  /// The number of the invitation that a token says it is of, which `accepts` has to prove; nil where
  /// it has another form.
  public static func invitation(namedBy token: String) -> Int64? {
    guard let bytes = Base64URL.bytes(of: token), bytes.count == 8 + codeLength,
      Base64URL.text(of: bytes) == token
    else { return nil }
    return Int64(bitPattern: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// Whether a token is the one of an invitation.
  public func accepts(_ token: String, ofInvitation id: Int64, to survey: String) -> Bool {
    Hashing.areEqual(Array(token.utf8), Array(self.token(ofInvitation: id, to: survey).utf8))
  }

  /// The token of a survey's open link, for print and for pages: 22 letters.
  public func openToken(of survey: String) -> String {
    Base64URL.text(of: code(.open, Array(survey.utf8)))
  }

  /// Whether a token is the one of a survey's open link.
  public func accepts(_ token: String, openTo survey: String) -> Bool {
    Hashing.areEqual(Array(token.utf8), Array(openToken(of: survey).utf8))
  }

  /// The token of somebody new who opens an open link: a random name and a code.
  public func newVisitor(to survey: String) -> String {
    let name = Hashing.randomBytes(Self.visitorLength)
    return Base64URL.text(of: name + code(.visitor, name + Array(survey.utf8)))
  }

  /// The name in a visitor's token, 22 letters; nil where this program didn't make it for that survey.
  public func visitor(_ token: String, to survey: String) -> String? {
    guard let bytes = Base64URL.bytes(of: token),
      bytes.count == Self.visitorLength + Self.codeLength
    else { return nil }
    let name = Array(bytes.prefix(Self.visitorLength))
    let right = code(.visitor, name + Array(survey.utf8))
    guard Hashing.areEqual(Array(bytes.suffix(Self.codeLength)), right) else { return nil }
    return Base64URL.text(of: name)
  }

  private func code(_ purpose: Purpose, _ message: [UInt8]) -> [UInt8] {
    let whole = Array("survey\n\(purpose.rawValue)\n".utf8) + message
    return Array(Hashing.hmacSHA256(whole, key: bytes).prefix(Self.codeLength))
  }

  private static func bytes(of number: Int64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
  }
}

extension SurveyKey: CustomStringConvertible, CustomReflectable {
  /// What it is, without the bytes.
  public var description: String { "a key of surveys" }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
