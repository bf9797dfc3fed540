import HTTPTypes
import Hummingbird
import Pages
import Wire

/// Where events are sent: at the addresses that clients of Segment, PostHog and Mixpanel know, and
/// at one of our own.
///
/// Pages of any site may send, without credentials: what counts is the write key.
enum CollectionRoutes {
  static let all: [Route] =
    paths.flatMap { path in
      [
        Route(.post, path, .writeKey) { visit in await visit.workspace.collection.answer(visit) },
        Route(.options, path, .writeKey) { _ in preflight() },
      ]
    }
    + formPaths.map { path in
      Route(.get, path, .writeKey) { visit in await visit.workspace.collection.answer(visit) }
    }
    + flagPaths.flatMap { path in
      [
        Route(.get, path, .writeKey) { visit in await flags(visit) },
        Route(.post, path, .writeKey) { visit in await flags(visit) },
        Route(.options, path, .writeKey) { _ in preflight() },
      ]
    }
    // What sites put into their pages; they find it at the same address for ever.
    + [Route(.get, "/waymark.js", .open) { _ in .script(Assets.collector) }]

  /// The paths of all dialects.
  static let paths =
    ["/v1/events", "/capture", "/batch", "/e", "/i/v0/e", "/i/v0/ai/batch"]
    + ["/i/v1/analytics/events", "/import", "/track", "/engage", "/groups"]
    + [
      "track", "identify", "page", "screen", "group", "alias", "batch", "import",
      "t", "i", "p", "s", "g", "a", "b",
    ].map { "/v1/\($0)" }

  /// The paths at which old clients of browsers send an event in the address.
  static let formPaths = ["/capture", "/e", "/track", "/engage", "/groups"]

  /// The paths at which clients of PostHog ask what they shall do; they are told: nothing special.
  static let flagPaths = ["/decide", "/flags"]

  /// Tells a browser that a page of any site may send.
  private static func preflight() -> Response {
    var response = Response(status: .noContent)
    response.allowAnyOrigin()
    response.headers[.accessControlAllowMethods] = "POST, GET"
    // A star stands for all but this one.
    response.headers[.accessControlAllowHeaders] = "*, Authorization"
    response.headers[.accessControlMaxAge] = "86400"
    return response
  }

  /// Reads what a client of PostHog says of a person, and tells that there are no flags.
  private static func flags(_ visit: Visit) async -> Response {
    let room = visit.workspace.collection.room
    do throws(CollectionFailure) {
      let body = try await ArrivingBody.read(visit, into: room)
      room.giveBack(body.count)
    } catch {
      return .collected(CollectionAnswer(to: error, in: .posthog(.capture)))
    }
    return .collected(.noFlags)
  }
}

extension Response {
  /// What a client that sent events is answered.
  static func collected(_ answer: CollectionAnswer) -> Response {
    var headers: HTTPFields = [.contentType: answer.contentType]
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    var response = Response(
      status: .init(code: answer.status), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    response.allowAnyOrigin()
    return response
  }

  /// Lets pages of any site read the answer; without credentials, as a star means.
  mutating func allowAnyOrigin() { headers[.accessControlAllowOrigin] = "*" }
}
