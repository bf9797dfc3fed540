import Events
import Foundation
import HTTPTypes
import Hummingbird

/// What a request of the API is answered, while it is still known as bytes.
struct Reply: Sendable {
  var status: HTTPResponse.Status = .ok
  /// The type of the body; nil where there is none.
  var type: String?
  var body: [UInt8] = []
  var headers: HTTPFields = [:]
  /// What a repetition of the request is answered, where that is not the body.
  var kept: [UInt8]?

  /// Answers without a body.
  static let done = Reply(status: .noContent)

  /// Answers with a value.
  ///
  /// - Throws: `answer.json` where a figure is no number, which JSON can't say.
  init(_ value: some Given, status: HTTPResponse.Status = .ok) throws {
    self.status = status
    type = "application/json"
    body = try Self.encoded(value)
    kept = try Self.encoded(value.kept)
    if let version = value.version { headers[.eTag] = "\"\(version)\"" }
    if status == .created, let location = value.location { headers[.location] = location }
  }

  /// Answers with a text.
  init(text: String, _ type: String) {
    self.type = type
    body = Array(text.utf8)
  }

  init(status: HTTPResponse.Status, type: String? = nil, body: [UInt8] = []) {
    (self.status, self.type, self.body) = (status, type, body)
  }

  /// A value as JSON: keys sorted, moments as RFC 3339, what is not there left out.
  static func encoded(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return Array(try encoder.encode(value)) } catch {
      throw Refusal(
        "answer.json", problem: "A figure of the answer is not a finite number.",
        remedy: "Look for a value that is not finite among the events' numbers.")
    }
  }

  /// The response; nobody between keeps it, for it depends on who asks.
  var response: Response {
    var headers = headers
    headers[.contentType] = type
    headers[.cacheControl] = "no-store"
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}
