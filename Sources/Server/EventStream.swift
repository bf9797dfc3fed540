import Events
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// How many event streams are open: each holds a connection and wakes up with every change.
final class StreamPlaces: Sendable {
  /// The most at a time.
  static let most = 512

  private let taken = Mutex(0)

  /// Takes a place.
  ///
  /// - Throws: `live.busy`, with when to come again.
  func take() throws {
    let isFree = taken.withLock { taken in
      guard taken < Self.most else { return false }
      taken += 1
      return true
    }
    guard !isFree else { return }
    throw Problem(
      .serviceUnavailable,
      Refusal(
        "live.busy", problem: "\(Self.most) pages are watching already.",
        remedy: "Load the page again by hand, or close others."), retryAfter: 30)
  }

  /// How many are taken.
  var count: Int { taken.withLock { $0 } }

  /// Gives it back.
  func leave() { taken.withLock { $0 -= 1 } }
}

extension Response {
  /// At most one change is told in this time.
  private static let shortestPause = Duration.seconds(1)
  /// How often a comment is sent, by which a browser that left is noticed.
  private static let pulse = Duration.seconds(15)

  /// What an event stream tells.
  private enum Signal: Sendable { case changed, pulse, bye }

  /// A stream that tells of changes to the stories, until the page is left or the server stops.
  ///
  /// `event: state` at first, `event: changed` at most once a second, both with the version of
  /// the stories; `event: bye` when the server stops.
  /// - SeeAlso: HTML Living Standard, section 9.2, server-sent events.
  /// - Throws: `live.busy` where too many watch.
  static func watching(_ changes: Changes, at places: StreamPlaces) throws -> Response {
    try places.take()
    let place = StreamPlace(places)
    let body = ResponseBody { writer in
      defer { place.leave() }
      // Watched from before the first byte, so that no change is missed.
      let watched = changes.watch()
      try await writer.write(
        ByteBuffer(string: "retry: 2000\nevent: state\ndata: \(changes.version)\n\n"))
      let (signals, teller) = AsyncStream.makeStream(
        of: Signal.self, bufferingPolicy: .bufferingNewest(4))
      let telling = Task { await tell(watched, to: teller) }
      let pulsing = Task {
        while (try? await Task.sleep(for: pulse)) != nil { teller.yield(.pulse) }
      }
      defer {
        telling.cancel()
        pulsing.cancel()
      }
      for await signal in signals {
        switch signal {
        case .changed:
          try await writer.write(ByteBuffer(string: "event: changed\ndata: \(changes.version)\n\n"))
        case .pulse: try await writer.write(ByteBuffer(string: ":\n\n"))
        case .bye: try await writer.write(ByteBuffer(string: "event: bye\ndata:\n\n"))
        }
      }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream", .cacheControl: "no-store",
        // Proxies that gather answers first would keep every change to themselves.
        .accelBuffering: "no",
      ], body: body)
  }

  /// Passes changes on, with a pause after each, and says goodbye when the server stops.
  private static func tell(
    _ changes: AsyncStream<Void>, to teller: AsyncStream<Signal>.Continuation
  ) async {
    await cancelWhenGracefulShutdown {
      for await _ in changes {
        teller.yield(.changed)
        guard (try? await Task.sleep(for: shortestPause)) != nil else { break }
      }
    }
    teller.yield(.bye)
    teller.finish()
  }
}

/// One place, given back once: when the stream ends, or when it was never begun.
private final class StreamPlace: Sendable {
  private let places: StreamPlaces
  private let isTaken = Mutex(true)

  init(_ places: StreamPlaces) { self.places = places }

  func leave() {
    let wasTaken = isTaken.withLock { taken in
      defer { taken = false }
      return taken
    }
    if wasTaken { places.leave() }
  }

  deinit { leave() }
}

extension HTTPField.Name {
  fileprivate static let accelBuffering = HTTPField.Name("X-Accel-Buffering").unsafelyUnwrapped
}
