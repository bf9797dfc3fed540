import Events
import Foundation
import Synchronization

/// Calls servers elsewhere, on threads of its own, a few at a time.
///
///     let outbound = Outbound()
///     let answer = try await outbound.send(OutboundRequest(.get, "https://example.org/"))
///     // answer.status 200
///
/// It keeps no cookies, asks no proxy, unpacks nothing, and follows a redirect only where its rules
/// say so.
public final class Outbound: Sendable {
  /// How many calls wait for a thread at most; each holds its request and its caller.
  public static let mostWaiting = 200

  private let rules: OutboundRules
  private let queue = OperationQueue()
  private let waiting = Mutex(0)

  /// Makes a caller.
  ///
  /// - Parameter atOnce: how many calls are made at a time; each takes a thread meanwhile.
  public init(_ rules: OutboundRules = OutboundRules(), atOnce: Int = 4) {
    self.rules = rules
    queue.maxConcurrentOperationCount = atOnce
    queue.name = "outbound"
  }

  /// Makes a call and takes the answer, whatever its status.
  ///
  /// - Throws: `outbound.busy`, `outbound.scheme`, `outbound.private`, `outbound.name`,
  ///   `outbound.connection`, `outbound.certificate`, `outbound.slow`, `outbound.length`,
  ///   `outbound.redirects`, `outbound.cancelled`, `outbound.failed`. None tells more of the address
  ///   than its host.
  public func send(_ request: OutboundRequest) async throws(Fault) -> OutboundAnswer {
    try enter(request)
    let cancellation = Cancellation()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.addOperation { [rules] in
          continuation.resume(returning: Self.transfer(request, rules, cancellation))
        }
      }
    } onCancel: {
      cancellation.happened()
    }
    waiting.withLock { $0 -= 1 }
    return try result.get()
  }

  private func enter(_ request: OutboundRequest) throws(Fault) {
    let isAdmitted = waiting.withLock { waiting in
      guard waiting < Self.mostWaiting else { return false }
      waiting += 1
      return true
    }
    guard isAdmitted else {
      throw Fault(
        "outbound.busy", subject: request.place,
        problem: "\(Self.mostWaiting) calls to elsewhere are under way already.",
        remedy: "Try again in a minute.")
    }
  }

  private static func transfer(
    _ request: OutboundRequest, _ rules: OutboundRules, _ cancellation: Cancellation
  ) -> Result<OutboundAnswer, Fault> {
    do throws(Fault) {
      return .success(try Transfer(request, rules, cancellation).perform())
    } catch {
      return .failure(error)
    }
  }
}

/// Whether nobody waits for a call any more.
final class Cancellation: Sendable {
  private let flag = Atomic(false)

  var isCancelled: Bool { flag.load(ordering: .relaxed) }

  func happened() { flag.store(true, ordering: .relaxed) }
}
