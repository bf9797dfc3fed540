import Events
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Wire

/// The memory that bodies of requests take from their first byte until they are read.
final class BodyRoom: Sendable {
  /// A dozen of the longest bodies, or thousands of usual ones; whoever finds no room comes again.
  static let usual = 128 << 20

  private let limit: Int
  private let taken = Atomic(0)

  init(_ limit: Int = usual) { self.limit = limit }

  /// How many bytes are taken.
  var bytes: Int { taken.load(ordering: .relaxed) }

  /// Takes room; whether there was enough.
  func take(_ count: Int) -> Bool {
    guard taken.add(count, ordering: .relaxed).newValue > limit else { return true }
    giveBack(count)
    return false
  }

  func giveBack(_ count: Int) { taken.subtract(count, ordering: .relaxed) }
}

/// Receives the body of a request, within bounds of length, time and memory.
enum ArrivingBody {
  /// How long a body may take whatever its length.
  static let patience = 30.0
  /// How many bytes a second have to come in the time beyond it: less is a client that only holds
  /// the connection.
  static let slowest = 65_536.0

  /// The codes of the failures after which the connection is closed.
  static let failures: Set = ["body.length", "body.slow", "body.cut", "collect.busy"]

  /// The whole body; its length stays taken from the room until it is given back.
  ///
  /// - Throws: 400 where it ends early, 408 where it comes too slowly, 413 where it is too long,
  ///   503 where there is no room; then nothing stays taken.
  static func read(_ visit: Visit, into room: BodyRoom) async throws(CollectionFailure) -> [UInt8] {
    let limit = min(visit.workspace.configuration.largestBody, CollectionLimits.body)
    var body: [UInt8] = []
    do {
      let length = visit.request.headers[.contentLength].flatMap { Int($0) }
      guard length ?? 0 <= limit else { throw CollectionFailure.longBody(limit) }
      body.reserveCapacity(min(length ?? 0, 65_536))
      let start = ContinuousClock.now
      for try await buffer in visit.request.body {
        let count = buffer.readableBytes
        guard body.count + count <= limit else { throw CollectionFailure.longBody(limit) }
        guard room.take(count) else { throw CollectionFailure.noRoom }
        buffer.withUnsafeReadableBytes { body.append(contentsOf: $0) }
        // A body that came whole is welcome, however long it took.
        guard body.count != length else { continue }
        let allowed = patience + Double(body.count) / slowest
        guard (ContinuousClock.now - start).seconds < allowed else {
          throw CollectionFailure.slowBody
        }
      }
      guard length == nil || length == body.count else { throw CollectionFailure.cutBody }
      return body
    } catch {
      room.giveBack(body.count)
      visit.context.closeSoon()
      // Whatever else the connection tells of a body, it is that the rest won't come.
      throw error as? CollectionFailure ?? .cutBody
    }
  }
}

extension ServerContext {
  /// How long a client has to read the answer before its connection is closed under it.
  private static let linger = TimeAmount.seconds(2)

  /// Closes the connection after the answer, whose request has a body that nobody wants to read.
  func closeSoon() {
    guard let channel else { return }
    channel.eventLoop.scheduleTask(in: Self.linger) { channel.close(promise: nil) }
  }
}

extension CollectionFailure {
  fileprivate static func longBody(_ limit: Int) -> CollectionFailure {
    CollectionFailure(
      status: 413, "body.length", problem: "The body is longer than \(limit) bytes.",
      remedy: "Send smaller batches.")
  }

  fileprivate static let slowBody = CollectionFailure(
    status: 408, "body.slow", problem: "The body came too slowly.",
    remedy: "Send it again, or send smaller batches; nothing of it was taken.")
  fileprivate static let cutBody = CollectionFailure(
    status: 400, "body.cut", problem: "The body ended early.",
    remedy: "Send it again; nothing of it was taken.")
  fileprivate static let noRoom = CollectionFailure(
    status: 503, "collect.busy", problem: "Too many bodies of requests arrive at a time.",
    remedy: "Send it again in a few seconds; nothing of it was taken.", retryAfter: 2)
}
