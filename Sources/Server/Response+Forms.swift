import Foundation
import HTTPTypes
import Hummingbird
import Pages

extension HTTPField.Name {
  /// The live part of a page that a script fetches anew.
  static let part = HTTPField.Name("X-Waymark-Part").unsafelyUnwrapped
  static let requestID = HTTPField.Name("X-Request-Id").unsafelyUnwrapped
  static let forwardedFor = HTTPField.Name("X-Forwarded-For").unsafelyUnwrapped
  static let formToken = HTTPField.Name("X-CSRF-Token").unsafelyUnwrapped
  static let fetchSite = HTTPField.Name("Sec-Fetch-Site").unsafelyUnwrapped
  static let referrerPolicy = HTTPField.Name("Referrer-Policy").unsafelyUnwrapped
  static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy").unsafelyUnwrapped
  static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy").unsafelyUnwrapped
  static let frameOptions = HTTPField.Name("X-Frame-Options").unsafelyUnwrapped
}

extension Response {
  private init(_ bytes: some Collection<UInt8>, _ type: String, _ status: HTTPResponse.Status) {
    self.init(
      status: status, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// A page.
  static func page(_ markup: Markup, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(Array(markup.text.utf8), "text/html; charset=utf-8", status)
  }

  /// A text of some type.
  static func text(
    _ text: String, _ type: String = "text/plain; charset=utf-8",
    status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(Array(text.utf8), type, status)
  }

  /// Bytes of some type.
  static func bytes(_ bytes: [UInt8], _ type: String) -> Response { Response(bytes, type, .ok) }

  /// A value as JSON, keys in alphabetical order, times as ISO 8601.
  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Response(try encoder.encode(value), "application/json", status)
    } catch {
      // Only a number that is not finite can't be written.
      return .text(
        #"{"code":"server.error","status":500,"title":"Internal Server Error"}"#,
        "application/problem+json", status: .internalServerError)
    }
  }

  /// Text that is JSON.
  static func json(text: String) -> Response { .text(text, "application/json") }

  /// Sends a browser elsewhere, after something was done.
  static func goTo(_ path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path])
  }

  /// Offers the answer as a file to keep.
  func named(_ file: String) -> Response {
    var response = self
    let plain = String(
      file.unicodeScalars.map { scalar in
        let isPlain =
          scalar.isASCII && scalar.value > 0x20 && !"\"\\/;".unicodeScalars.contains(scalar)
        return isPlain ? Character(scalar) : "_"
      })
    response.headers[.contentDisposition] = "attachment; filename=\"\(plain)\""
    return response
  }

  /// Lets pages of some origins show it in a frame.
  mutating func allowFrames(in origins: [String]) {
    headers[.contentSecurityPolicy] = Self.policy(frames: origins.joined(separator: " "))
  }

  /// A script that pages of any site may load, at an address that stays.
  static func script(_ asset: Asset) -> Response {
    var response = Response.bytes(asset.bytes, asset.contentType)
    response.headers[.cacheControl] = "public, max-age=3600"
    response.headers[.resourcePolicy] = "cross-origin"
    return response
  }

  /// What every answer says about how it may be used.
  mutating func secure() {
    headers[.xContentTypeOptions] = "nosniff"
    headers[.referrerPolicy] = "same-origin"
    if headers[.contentType]?.hasPrefix("text/html") == true {
      headers[.openerPolicy] = "same-origin"
      if headers[.contentSecurityPolicy] == nil {
        headers[.contentSecurityPolicy] = Self.policy(frames: "'none'")
        headers[.frameOptions] = "DENY"
      }
      if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    }
  }

  /// Nothing from elsewhere, no script in a page; maps place their marks by style attributes.
  private static func policy(frames: String) -> String {
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
      + "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
      + "frame-ancestors \(frames)"
  }
}
