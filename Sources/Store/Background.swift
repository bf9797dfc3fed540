import Foundation
import Synchronization

/// Pieces of work that a few threads share.
///
/// Linux has a priority for every thread; once lowered it stays so, hence the threads are made for
/// the work and end with it.
final class Background: Sendable {
  private struct State {
    var next = 0
    var failure: (any Error)?
  }

  private let state = Mutex(State())
  private let count: Int

  /// How many pieces are worked on at a time: each holds a shard in memory.
  static let working = max(2, min(4, ProcessInfo.processInfo.activeProcessorCount))
  /// How many may wait for the disk meanwhile.
  static let waiting = 2

  /// Whether others wait for the work.
  enum Priority {
    /// Somebody waits for it.
    case usual
    /// Nobody does: it yields to others.
    case low
  }

  /// Does so many pieces of work and waits for them; the first error stops what hasn't begun.
  static func run(
    _ count: Int, priority: Priority = .low, _ work: @escaping @Sendable (Int) throws -> Void
  ) throws { try run(count, priority: priority, make: work, settle: { _, _ in }) }

  /// Does so many pieces of work, each in two steps, and waits for them; the first error stops what
  /// hasn't begun.
  ///
  /// - Parameters:
  ///   - make: what needs a processor: as many are at it as there are.
  ///   - settle: what waits for the disk: others go on meanwhile. It follows each `make`, whatever
  ///     becomes of other pieces.
  static func run<Made>(
    _ count: Int, priority: Priority = .low, make: @escaping @Sendable (Int) throws -> Made,
    settle: @escaping @Sendable (Int, Made) throws -> Void
  ) throws {
    let background = Background(count)
    let processors = DispatchSemaphore(value: working)
    let finished = DispatchSemaphore(value: 0)
    let threads = min(working + waiting, count)
    for _ in 0..<threads {
      Thread {
        // Where the priority can't be lowered, the work is done at the usual one.
        if priority == .low { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
        while let piece = background.take() {
          processors.wait()
          let made = Result { try make(piece) }
          processors.signal()
          do { try settle(piece, made.get()) } catch { background.fail(error) }
        }
        finished.signal()
      }.start()
    }
    for _ in 0..<threads { finished.wait() }
    if let failure = background.state.withLock({ $0.failure }) { throw failure }
  }

  private init(_ count: Int) { self.count = count }

  private func take() -> Int? {
    state.withLock { state in
      guard state.failure == nil, state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  private func fail(_ error: any Error) {
    state.withLock { if $0.failure == nil { $0.failure = error } }
  }
}
