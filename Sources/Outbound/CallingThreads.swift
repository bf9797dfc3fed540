import Events
import Foundation
import Synchronization

/// Threads on which calls to elsewhere are made, a few at a time.
///
/// They are of their own, and end when there is nothing to do: a call blocks its thread, and blocked
/// threads of the pool that everything else runs on would keep all of that waiting.
final class CallingThreads: Sendable {
  private struct State {
    var threads = 0
    /// What waits for a thread, the oldest first.
    var waiting: [@Sendable () -> Void] = []
    /// How many calls are under way, those that wait among them.
    var calls = 0
  }

  private let state = Mutex(State())
  private let name: String
  private let atOnce: Int
  private let most: Int

  /// Prepares to call; no thread runs yet.
  ///
  /// - Parameters:
  ///   - atOnce: how many calls are made at a time; each takes a thread meanwhile.
  ///   - most: how many are under way at most, those that wait for a thread among them; each holds
  ///     what it sends, and its caller.
  init(_ name: String, atOnce: Int, most: Int) {
    self.name = name
    self.atOnce = atOnce
    self.most = most
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
        run { continuation.resume(returning: work(cancellation)) }
      }
    } onCancel: {
      cancellation.happened()
    }
    state.withLock { $0.calls -= 1 }
    return try result.get()
  }

  private func enter() -> Bool {
    state.withLock { state in
      guard state.calls < most else { return false }
      state.calls += 1
      return true
    }
  }

  /// Lets a thread do something: a new one, or the next that is free.
  private func run(_ job: @escaping @Sendable () -> Void) {
    let starts = state.withLock { state in
      guard state.threads < atOnce else {
        state.waiting.append(job)
        return false
      }
      state.threads += 1
      return true
    }
    guard starts else { return }
    let thread = Thread { [self] in
      job()
      while let next = next() { next() }
    }
    thread.name = name
    thread.start()
  }

  /// What waits; where nothing does, the thread ends.
  private func next() -> (@Sendable () -> Void)? {
    state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.threads -= 1
      return nil
    }
  }
}

/// Whether nobody waits for a call any more.
final class Cancellation: Sendable {
  private let flag = Atomic(false)

  var isCancelled: Bool { flag.load(ordering: .relaxed) }

  func happened() { flag.store(true, ordering: .relaxed) }
}
