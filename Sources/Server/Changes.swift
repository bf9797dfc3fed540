import Foundation
import Synchronization

/// Tells everybody who watches that there is something new; many changes in a short time are one.
final class Changes: Sendable {
  private struct State {
    var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  /// How many watch.
  var watcherCount: Int { state.withLock { $0.watchers.count } }

  /// Something changed. A watcher who has not yet looked sees one change.
  func happened() {
    state.withLock { state in
      for watcher in state.watchers.values { watcher.yield() }
    }
  }

  /// The changes from now on.
  func watch() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.next += 1
      state.watchers[state.next] = continuation
      return state.next
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.watchers.removeValue(forKey: number) }
    }
    return stream
  }
}
