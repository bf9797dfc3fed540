import Synchronization

/// Tells everybody who watches; who is slow loses the oldest of what waits for them.
final class Broadcast<Element: Sendable>: Sendable {
  private struct State {
    var watchers: [Int: AsyncStream<Element>.Continuation] = [:]
    var next = 0
  }

  private let state = Mutex(State())
  /// Looked at without the lock, so that telling nobody costs next to nothing.
  private let count = Atomic(0)
  private let mostWaiting: Int

  /// Keeps so many elements for each watcher who hasn't looked yet.
  init(mostWaiting: Int) { self.mostWaiting = mostWaiting }

  /// How many watch.
  var watcherCount: Int { count.load(ordering: .sequentiallyConsistent) }

  /// Tells those who watch; what is told is only made where somebody does.
  func tell(_ element: @autoclosure () -> Element) {
    guard watcherCount > 0 else { return }
    let element = element()
    state.withLock { state in
      for watcher in state.watchers.values { watcher.yield(element) }
    }
  }

  /// What is told from now on; nil where so many watch already.
  func watch(atMost most: Int = .max) -> AsyncStream<Element>? {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Element.self, bufferingPolicy: .bufferingNewest(mostWaiting))
    let number = state.withLock { state -> Int? in
      guard state.watchers.count < most else { return nil }
      state.next += 1
      state.watchers[state.next] = continuation
      count.store(state.watchers.count, ordering: .sequentiallyConsistent)
      return state.next
    }
    guard let number else { return nil }
    continuation.onTermination = { [weak self] _ in self?.leave(number) }
    return stream
  }

  private func leave(_ number: Int) {
    state.withLock { state in
      state.watchers[number] = nil
      count.store(state.watchers.count, ordering: .sequentiallyConsistent)
    }
  }
}
