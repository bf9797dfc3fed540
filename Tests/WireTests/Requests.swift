import Events
import Foundation
import Testing

@testable import Wire

/// The moment at which test requests come in.
let received = Instant(milliseconds: 1_756_684_810_000)

/// Reads a request with a body of JSON.
func collect(
  _ path: String, _ body: String, query: [String: String] = [:], authorization: String? = nil,
  contentType: String? = "application/json", mode: CollectionMode? = nil
) throws -> CollectedRequest {
  try CollectedRequest.read(
    CollectionRequest(
      path: path, query: query, authorization: authorization, contentType: contentType,
      body: Array(body.utf8), received: received, mode: mode))
}

/// Why a request as a whole is not taken; nil where it is.
func failure(
  _ path: String, _ body: some Sequence<UInt8>, contentType: String? = nil
) -> CollectionFailure? {
  do throws(CollectionFailure) {
    _ = try CollectedRequest.read(
      CollectionRequest(
        path: path, contentType: contentType, body: Array(body), received: received))
    return nil
  } catch { return error }
}

extension CollectedRequest {
  /// The position and code of each refusal.
  var refusals: [String] {
    items.enumerated().compactMap { index, item in
      if case .refused(let refusal) = item { "\(index) \(refusal.code)" } else { nil }
    }
  }

  /// The answer where the store takes every event.
  var answerOfTaken: CollectionAnswer {
    CollectionAnswer(to: self, outcomes: events.map { _ in .taken })
  }
}

extension CollectionAnswer {
  var text: String { String(decoding: body, as: UTF8.self) }

  /// The body, read by another reader of JSON than our own.
  var json: [String: Any] {
    get throws {
      try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }
  }
}

/// An event without what it is recognised by.
extension Event {
  var anonymousForm: Event {
    var event = self
    (event.messageID, event.linked) = (nil, nil)
    return event
  }
}
