import Accounts
import Events
import Experience
import Foundation

/// Whether a request comes from somebody who knows the secret.
enum SignatureCheck {
  /// The most signatures of one request that are compared: senders that change their secret send two.
  private static let most = 8

  /// Refuses a request whose signature is missing, wrong, or too old.
  ///
  /// All is compared in a time that tells nothing of the right signature.
  /// - Parameters:
  ///   - header: the value of a header by its name.
  ///   - now: the time of this machine.
  /// - Throws: `hook.signature`, `hook.timestamp`.
  static func check(
    _ signature: Signature, of body: [UInt8], secret: String, now: Instant,
    header: (String) -> String?
  ) throws(Refusal) {
    guard let given = header(signature.header), given.utf8.count <= 4096 else {
      throw Refusal(
        "hook.signature", problem: "The header \(signature.header) carries no signature.",
        remedy: "Let the sender sign its requests with the secret of this source.")
    }
    let stamp = try timestamp(signature, given, header)
    let message = message(signature, body, stamp)
    let expected = Hashing.hmacSHA256(message, key: Array(secret.utf8))
    let isRight = candidates(signature, given).prefix(most).reduce(false) { isRight, candidate in
      Hashing.areEqual(candidate, expected) || isRight
    }
    guard isRight else {
      throw Refusal(
        "hook.signature", problem: "The signature is not that of this body and secret.",
        remedy:
          "See that the sender and this program have the same secret, and that nothing between "
          + "them changes the body.")
    }
    guard let stamp else { return }
    let seconds = Int64(stamp) ?? 0
    let age = abs(now.milliseconds - seconds &* 1000)
    guard seconds > 0, seconds < Instant.tooLate.milliseconds / 1000,
      age <= signature.tolerance.milliseconds
    else {
      throw Refusal(
        "hook.timestamp",
        problem: "The request was signed at another time than now: at \(stamp.prefix(20)).",
        remedy: "Look at the clocks of both machines; \(signature.tolerance) are tolerated.")
    }
  }

  private static func timestamp(
    _ signature: Signature, _ given: String, _ header: (String) -> String?
  ) throws(Refusal) -> String? {
    guard let name = signature.timestamp else { return nil }
    let stamp =
      name.hasSuffix("=")
      ? given.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        .first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) }
      : header(name)
    guard let stamp, !stamp.isEmpty, stamp.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw Refusal(
        "hook.timestamp", problem: "The request does not say when it was signed.",
        remedy: "It has to: seconds since 1970, in “\(name)”.")
    }
    return stamp
  }

  private static func message(
    _ signature: Signature, _ body: [UInt8], _ stamp: String?
  ) -> [UInt8] {
    let template = signature.signed.replacing("{timestamp}", with: stamp ?? "")
    let parts = template.split(separator: "{body}", omittingEmptySubsequences: false)
    return Array(parts.map { Array($0.utf8) }.joined(separator: body))
  }

  private static func candidates(_ signature: Signature, _ given: String) -> [[UInt8]] {
    given.split(separator: ",").compactMap { part in
      let text = part.trimmingCharacters(in: .whitespaces)
      guard text.hasPrefix(signature.prefix) else { return nil }
      return bytes(String(text.dropFirst(signature.prefix.count)), signature.encoding)
    }
  }

  private static func bytes(_ text: String, _ encoding: Signature.Encoding) -> [UInt8]? {
    switch encoding {
    case .base64: return Data(base64Encoded: text).map(Array.init)
    case .hex:
      let digits = Array(text.utf8)
      guard digits.count == 64 else { return nil }
      var bytes: [UInt8] = []
      for index in stride(from: 0, to: digits.count, by: 2) {
        let pair = String(decoding: digits[index..<(index + 2)], as: UTF8.self)
        guard let byte = UInt8(pair, radix: 16), pair.first != "+" else { return nil }
        bytes.append(byte)
      }
      return bytes
    }
  }
}
