import Events
import Foundation
import Synchronization

/// Threads on which calls to elsewhere are made, a few at a time.
final class CallingThreads: Sendable {
  private let queue = OperationQueue()
  private let most: Int
  private let waiting = Mutex(0)

  /// Makes threads.
  ///
  /// - Parameters:
  ///   - atOnce: how many calls are made at a time; each takes a thread meanwhile.
  ///   - most: how many are under way at most, those that wait for a thread among them; each holds
  ///     what it sends, and its caller.
  init(_ name: String, atOnce: Int, most: Int) {
    self.most = most
    queue.maxConcurrentOperationCount = atOnce
    queue.name = name
  }

  /// Makes a call on one of them; the call looks at the cancellation.
  ///
  /// - Throws: `busy` where too many are under way; what the call throws.
  func call<Answer: Sendable>(
    orElse busy: @autoclosure () -> Fault,
    _ work: @escaping @Sendable (Cancellation) -> Result<Answer, Fault>
  ) async throws(Fault) -> Answer {
    guard enter() else { throw busy() }
    let cancellation = Cancellation()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.addOperation { continuation.resume(returning: work(cancellation)) }
      }
    } onCancel: {
      cancellation.happened()
    }
    waiting.withLock { $0 -= 1 }
    return try result.get()
  }

  private func enter() -> Bool {
    waiting.withLock { waiting in
      guard waiting < most else { return false }
      waiting += 1
      return true
    }
  }
}

/// Whether nobody waits for a call any more.
final class Cancellation: Sendable {
  private let flag = Atomic(false)

  var isCancelled: Bool { flag.load(ordering: .relaxed) }

  func happened() { flag.store(true, ordering: .relaxed) }
}
