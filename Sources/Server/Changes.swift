import Foundation
import Synchronization

/// Tells everybody who watches that there is something new; many changes in a short time are one.
final class Changes: Sendable {
  private struct State {
    var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    var next = 0
    /// Begins at the time, so that it is another one after a restart.
    var version = Int(Date().timeIntervalSince1970 * 1000)
  }

  private let state = Mutex(State())

  /// How many watch.
  var watcherCount: Int { state.withLock { $0.watchers.count } }

  /// A number that is higher after every change.
  var version: Int { state.withLock { $0.version } }

  /// Something changed. A watcher who has not yet looked sees one change.
  func happened() {
    state.withLock { state in
      state.version += 1
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
