import Accounts
import Events
import Experience
import Foundation
import Testing

@testable import Pulling

private let secret = "a secret of some length"
private let body = Array(#"{"id": "evt_1"}"#.utf8)
private let now = Instant(milliseconds: 1_772_000_000_000)
private let stamp = "1772000000"

private func signed(_ text: String) -> [UInt8] {
  Hashing.hmacSHA256(Array(text.utf8) + body, key: Array(secret.utf8))
}

/// The code of the refusal; nil where the request is believed.
private func verdict(
  _ signature: Signature, _ headers: [String: String], body: [UInt8] = body
) -> String? {
  do throws(Refusal) {
    try SignatureCheck.check(signature, of: body, secret: secret, now: now) { headers[$0] }
    return nil
  } catch { return error.code }
}

@Suite struct `A signature` {
  @Test func `is GitHub's, as its documentation has it`() throws {
    let right = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    let body = Array("Hello, World!".utf8)
    for (given, code) in [
      ("sha256=" + right, nil), ("sha256=" + right.dropLast() + "8", "hook.signature"),
      (right, "hook.signature"), ("sha256=" + right + "00", "hook.signature"),
      ("sha256=", "hook.signature"),
    ] as [(String, String?)] {
      let result: String?
      do throws(Refusal) {
        try SignatureCheck.check(
          .github, of: body, secret: "It's a Secret to Everybody", now: now
        ) { $0 == "X-Hub-Signature-256" ? given : nil }
        result = nil
      } catch { result = error.code }
      #expect(result == code, "\(given)")
    }
  }

  @Test func `is Stripe's, of which there may be several`() {
    let right = "v1=" + signed(stamp + ".").hexadecimal
    let wrong = "v1=" + String(repeating: "0", count: 64)
    func verdict(_ header: String) -> String? {
      PullingTests.verdict(.stripe, ["Stripe-Signature": header])
    }
    #expect(verdict("t=\(stamp),\(right)") == nil)
    #expect(verdict("t=\(stamp),\(wrong),\(right),v0=abc") == nil)
    #expect(verdict("t=\(stamp),\(wrong)") == "hook.signature")
    #expect(verdict("t=\(stamp),v0=\(right.dropFirst(3))") == "hook.signature")
    #expect(verdict(right) == "hook.timestamp")
    #expect(verdict("t=1772000001,\(right)") == "hook.signature")
    #expect(verdict("t=-1,\(right)") == "hook.timestamp")
  }

  @Test(arguments: [
    (300, nil), (-300, nil), (301, "hook.timestamp"), (-301, "hook.timestamp"),
    (1_000_000_000_000, "hook.timestamp"), (-1_772_000_000, "hook.timestamp"),
  ])
  func `holds for five minutes`(seconds: Int, code: String?) {
    let stamp = "\(1_772_000_000 + seconds)"
    let header = "t=\(stamp),v1=" + signed(stamp + ".").hexadecimal
    #expect(verdict(.stripe, ["Stripe-Signature": header]) == code)
  }

  @Test func `may be of another form`() {
    let slack = Signature(
      header: "X-Slack-Signature", prefix: "v0=", timestamp: "X-Slack-Request-Timestamp",
      signed: "v0:{timestamp}:{body}")
    let headers = [
      "X-Slack-Signature": "v0=" + signed("v0:\(stamp):").hexadecimal,
      "X-Slack-Request-Timestamp": stamp,
    ]
    #expect(verdict(slack, headers) == nil)
    #expect(verdict(slack, headers, body: body + [32]) == "hook.signature")
    let shop = Signature(header: "X-Shopify-Hmac-Sha256", encoding: .base64)
    let text = Data(signed("")).base64EncodedString()
    #expect(verdict(shop, ["X-Shopify-Hmac-Sha256": text]) == nil)
    #expect(verdict(shop, ["X-Shopify-Hmac-Sha256": "!" + text]) == "hook.signature")
    #expect(verdict(shop, [:]) == "hook.signature")
    #expect(
      verdict(shop, ["X-Shopify-Hmac-Sha256": String(repeating: "A", count: 9000)])
        == "hook.signature")
  }
}
