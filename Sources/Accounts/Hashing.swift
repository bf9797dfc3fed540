import COpenSSL
import Foundation

/// The hash functions of libcrypto that the program uses.
public enum Hashing {
  /// The SHA-256 of a message, 32 bytes.
  ///
  /// - SeeAlso: FIPS 180-4.
  public static func sha256(_ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var size: UInt32 = 0
    let done = EVP_Digest(message, message.count, &digest, &size, EVP_sha256(), nil)
    precondition(done == 1 && size == 32, "libcrypto has no SHA-256.")
    return digest
  }

  /// The HMAC-SHA-256 of a message under a key, 32 bytes.
  ///
  /// - SeeAlso: RFC 2104 and, for its vectors, RFC 4231.
  public static func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    var size: UInt32 = 0
    let done = HMAC(
      EVP_sha256(), key, Int32(key.count), message, message.count, &code, &size)
    precondition(done != nil && size == 32, "libcrypto has no HMAC-SHA-256.")
    return code
  }

  /// Whether two lists of bytes are equal, in a time that depends on their lengths alone.
  public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }

  /// Bytes that nobody can foretell.
  ///
  /// A machine without randomness can't make a secret, so the program ends rather than go on.
  static func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    precondition(RAND_bytes(&bytes, Int32(count)) == 1, "The machine gives no random bytes.")
    return bytes
  }
}

extension Sequence<UInt8> {
  /// The bytes as two hexadecimal digits each, in small letters.
  public var hexadecimal: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// The SHA-256 of a message that comes in pieces.
public final class RunningSHA256 {
  private let context: OpaquePointer

  /// Begins with an empty message.
  public init() {
    guard let context = EVP_MD_CTX_new(),
      EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    else { preconditionFailure("libcrypto has no SHA-256.") }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Goes on with the next piece.
  public func add(_ piece: UnsafeRawBufferPointer) {
    let done = EVP_DigestUpdate(context, piece.baseAddress, piece.count)
    precondition(done == 1, "libcrypto can't go on with a SHA-256.")
  }

  /// The 32 bytes; nothing can be added afterwards.
  public func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var size: UInt32 = 0
    let done = EVP_DigestFinal_ex(context, &digest, &size)
    precondition(done == 1 && size == 32, "libcrypto can't finish a SHA-256.")
    return digest
  }
}

/// Base64 with the alphabet for addresses and without padding.
///
/// - SeeAlso: RFC 4648, section 5.
public enum Base64URL {
  /// The text of the bytes.
  public static func text(of bytes: [UInt8]) -> String {
    String(
      Data(bytes).base64EncodedString().compactMap { letter in
        switch letter {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: letter
        }
      })
  }

  /// The bytes of a text; nil where it has a letter of another alphabet, or padding.
  public static func bytes(of text: some StringProtocol) -> [UInt8]? {
    guard text.utf8.allSatisfy(isLetter) else { return nil }
    let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
    let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
    return Data(base64Encoded: String(standard) + padding).map(Array.init)
  }

  /// Whether a byte is a letter of the alphabet.
  static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
