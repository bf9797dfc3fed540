import Events

/// A key that signs texts which go out and come back: a link of a survey, a state of a sign-in.
///
/// A signed text is `payload.expiry.code`: the payload in base64 for addresses, the last moment in
/// milliseconds since the Unix epoch, and the HMAC-SHA-256 of purpose, payload and moment. It can
/// be read by anybody; only this program can make one.
public struct SigningKey: Sendable {
  /// What must be kept of the key: 32 bytes.
  public let bytes: [UInt8]

  /// The longest signed text that is looked at.
  public static let longestText = 8192

  /// A new key.
  public static func random() -> SigningKey { SigningKey(unchecked: Hashing.randomBytes(32)) }

  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// A key that was kept; nil where it hasn't 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// A text with its signature, which goes for one purpose up to a moment.
  public func sign(_ payload: String, for purpose: String, until expiry: Instant) -> String {
    let body = "\(Base64URL.text(of: Array(payload.utf8))).\(expiry.milliseconds)"
    return "\(body).\(Base64URL.text(of: code(of: body, for: purpose)))"
  }

  /// The payload of a signed text.
  ///
  /// - Throws: `signed.forged` where it wasn't signed with this key for this purpose, or was
  ///   changed; `signed.expired` at the moment of its expiry and after it.
  public func open(
    _ text: String, for purpose: String, now: Instant
  ) throws(Refusal) -> String {
    let fields = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= Self.longestText, fields.count == 3,
      let code = Base64URL.bytes(of: fields[2]),
      Hashing.areEqual(code, self.code(of: "\(fields[0]).\(fields[1])", for: purpose)),
      Base64URL.text(of: code) == fields[2], let milliseconds = Int64(fields[1]),
      let payload = Base64URL.bytes(of: fields[0])
    else {
      throw Refusal(
        "signed.forged", problem: "The link was not made by this program, or was changed.",
        remedy: "Open the whole link as it was sent.")
    }
    let expiry = Instant(milliseconds: milliseconds)
    guard now < expiry else {
      throw Refusal(
        "signed.expired", problem: "The link was good until \(expiry).",
        remedy: "Ask for a new one.")
    }
    return String(decoding: payload, as: UTF8.self)
  }

  private func code(of body: String, for purpose: String) -> [UInt8] {
    // The purpose's length stands in front, so that it can't run over into the body.
    let message = "signed\n\(purpose.utf8.count)\n\(purpose)\n\(body)"
    return Hashing.hmacSHA256(Array(message.utf8), key: bytes)
  }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
  /// What it is, without the bytes.
  public var description: String { "a signing key" }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
