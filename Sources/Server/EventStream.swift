import Events
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

extension Response {
  /// How often a comment is sent, by which a browser that left is noticed.
  private static let pulse = Duration.seconds(15)

  /// Why a stream ends from this side: what `event: bye` says.
  private enum Goodbye: String {
    /// The server stops: a browser may ask again.
    case stop = "{}"
    /// Whoever listens may do so no longer.
    case access = #"{"reason":"access"}"#

    var text: String { "event: bye\ndata: \(rawValue)\n\n" }
  }

  /// A stream of server-sent events, until the page is left, the server stops, or whoever listens
  /// may do so no longer; the last two are told by `event: bye`.
  ///
  /// - Parameters:
  ///   - opening: what is sent first.
  ///   - mostWaiting: how many texts wait for a slow browser; then the oldest are left out.
  ///   - standing: whether whoever listens still may.
  ///   - tell: says texts of the stream until it is cancelled.
  /// - SeeAlso: HTML Living Standard, section 9.2, server-sent events.
  static func events(
    opening: String, mostWaiting: Int, while standing: Standing,
    _ tell: @escaping @Sendable (_ say: @escaping @Sendable (String) -> Void) async -> Void
  ) -> Response {
    let body = ResponseBody { writer in
      try await writer.write(ByteBuffer(string: opening))
      let (texts, teller) = AsyncStream.makeStream(
        of: String.self, bufferingPolicy: .bufferingNewest(mostWaiting))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          await cancelWhenGracefulShutdown { await tell { teller.yield($0) } }
          teller.yield(Goodbye.stop.text)
          teller.finish()
        }
        group.addTask {
          while (try? await Task.sleep(for: pulse)) != nil { teller.yield(":\n\n") }
        }
        group.addTask {
          guard await standing.isLost() else { return }
          teller.yield(Goodbye.access.text)
          teller.finish()
        }
        for await text in texts { try await writer.write(ByteBuffer(string: text)) }
        group.cancelAll()
      }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream", .cacheControl: "no-store",
        // Proxies that gather answers first would keep every event to themselves.
        .accelBuffering: "no",
      ], body: body)
  }

  /// At most one change is told in this time.
  private static let shortestPause = Duration.seconds(1)

  /// A stream that tells of changes to the stories.
  ///
  /// `event: state` at first, `event: changed` at most once a second, both with the version of
  /// the stories.
  /// - Throws: `live.busy` where too many watch.
  static func watching(_ changes: Changes, while standing: Standing) throws -> Response {
    // Watched from before the version is read, so that no change is missed.
    let watched = try changes.watch()
    return events(
      opening: "retry: 2000\nevent: state\ndata: \(changes.version)\n\n", mostWaiting: 4,
      while: standing
    ) { say in
      for await _ in watched {
        say("event: changed\ndata: \(changes.version)\n\n")
        // Where nobody listens any more the pause is over at once, and then the loop.
        try? await Task.sleep(for: shortestPause)
      }
    }
  }
}

extension HTTPField.Name {
  fileprivate static let accelBuffering = HTTPField.Name("X-Accel-Buffering").unsafelyUnwrapped
}
