import COpenSSL
import Events
import Foundation

/// The public keys of a provider.
///
/// Keys of other kinds than RSA and P-256, and those that are not for signatures, are left aside.
///
/// - SeeAlso: RFC 7517; RFC 7518, section 6.
public struct JSONWebKeys: Sendable, Equatable {
  /// One key that can prove a signature.
  struct Key: Sendable, Equatable {
    enum Numbers: Sendable, Equatable {
      case rsa(modulus: [UInt8], exponent: [UInt8])
      case p256(point: [UInt8])
    }

    var identifier: String?
    var numbers: Numbers

    /// The algorithm that its signatures are made by.
    var algorithm: IDToken.Algorithm {
      switch numbers {
      case .rsa: .rs256
      case .p256: .es256
      }
    }
  }

  let keys: [Key]

  /// The most keys that are read: providers have two to ten.
  static let most = 100

  /// Reads a list of keys.
  ///
  /// - Throws: `openid.keys` where it is none, or holds no key that can be used.
  public init(document: [UInt8]) throws(Refusal) {
    guard document.count <= OpenIDProvider.largestDocument,
      let said = try? JSONDecoder().decode(Document.self, from: Data(document))
    else { throw Self.unusable("is no list of keys") }
    keys = said.keys.prefix(Self.most).compactMap(\.key)
    guard !keys.isEmpty else { throw Self.unusable("has no RSA or P-256 key for signatures") }
  }

  private static func unusable(_ why: String) -> Refusal {
    Refusal(
      "openid.keys", problem: "The provider's list of keys \(why).",
      remedy: "Let the provider sign tokens by RS256 or ES256.")
  }

  private struct Document: Decodable {
    var keys: [Entry]
  }

  private struct Entry: Decodable {
    var kty: String?
    var use: String?
    var alg: String?
    var kid: String?
    var crv: String?
    var n: String?
    var e: String?
    var x: String?
    var y: String?

    var key: Key? {
      guard use == nil || use == "sig" else { return nil }
      if kty == "RSA", alg == nil || alg == "RS256", let n, let e,
        let modulus = Base64URL.bytes(of: n), let exponent = Base64URL.bytes(of: e),
        // 2048 bits at least; more than 8192 cost more than any provider asks for.
        (256...1025).contains(modulus.drop { $0 == 0 }.count), (1...8).contains(exponent.count)
      {
        return Key(identifier: kid, numbers: .rsa(modulus: modulus, exponent: exponent))
      }
      if kty == "EC", alg == nil || alg == "ES256", crv == "P-256", let x, let y,
        let first = Base64URL.bytes(of: x), let second = Base64URL.bytes(of: y),
        first.count == 32, second.count == 32
      {
        return Key(identifier: kid, numbers: .p256(point: [4] + first + second))
      }
      return nil
    }
  }
}

extension JSONWebKeys.Key {
  /// Whether the signature was made over the message with the private half of this key.
  func proves(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let signature = encoded(signature), let key = makeKey() else { return false }
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      // What libcrypto says of a wrong signature waits in the thread's queue otherwise.
      ERR_clear_error()
    }
    return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  /// The key as libcrypto has it; nil where the numbers are no key, such as a point off the curve.
  private func makeKey() -> OpaquePointer? {
    switch numbers {
    case .rsa(let modulus, let exponent): return makeKey(modulus, exponent)
    case .p256(let point):
      // SubjectPublicKeyInfo of RFC 5480: the same bytes for every point of the curve.
      let der = Self.p256Beginning + point
      return der.withUnsafeBufferPointer { bytes in
        var place = bytes.baseAddress
        return d2i_PUBKEY(nil, &place, bytes.count)
      }
    }
  }

  private static let p256Beginning: [UInt8] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
    0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
  ]

  private func makeKey(_ modulus: [UInt8], _ exponent: [UInt8]) -> OpaquePointer? {
    let first = BN_bin2bn(modulus, Int32(modulus.count), nil)
    let second = BN_bin2bn(exponent, Int32(exponent.count), nil)
    defer {
      BN_free(first)
      BN_free(second)
    }
    guard let builder = OSSL_PARAM_BLD_new() else { return nil }
    defer { OSSL_PARAM_BLD_free(builder) }
    guard OSSL_PARAM_BLD_push_BN(builder, waymark_modulus, first) == 1,
      OSSL_PARAM_BLD_push_BN(builder, waymark_exponent, second) == 1,
      let parameters = OSSL_PARAM_BLD_to_param(builder)
    else { return nil }
    defer { OSSL_PARAM_free(parameters) }
    guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context) == 1,
      EVP_PKEY_fromdata(context, &key, waymark_public_key, parameters) == 1
    else { return nil }
    return key
  }

  /// The signature as libcrypto reads it: ES256 sends two numbers of 32 bytes, libcrypto wants DER.
  ///
  /// - SeeAlso: RFC 7518, section 3.4.
  private func encoded(_ signature: [UInt8]) -> [UInt8]? {
    guard case .p256 = numbers else { return signature }
    guard signature.count == 64, let pair = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(pair) }
    let first = BN_bin2bn(Array(signature[..<32]), 32, nil)
    let second = BN_bin2bn(Array(signature[32...]), 32, nil)
    guard ECDSA_SIG_set0(pair, first, second) == 1 else {
      BN_free(first)
      BN_free(second)
      return nil
    }
    var der: UnsafeMutablePointer<UInt8>?
    let count = i2d_ECDSA_SIG(pair, &der)
    guard let der, count > 0 else { return nil }
    defer { CRYPTO_free(der, nil, 0) }
    return Array(UnsafeBufferPointer(start: der, count: Int(count)))
  }
}
