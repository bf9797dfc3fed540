import Events
import Synchronization

/// Shows events to people who look on while they come in; costs next to nothing while nobody does.
final class EventTap: Sendable {
  /// What became of an item.
  enum Fate: String, Sendable { case taken, duplicate, refused }

  /// One item as it came in.
  struct Seen: Sendable {
    var at: String
    /// The name of the key or member by which it came.
    var source: String
    var event: String
    var customer: String
    var fate: Fate
    /// Why it was refused.
    var detail = ""
  }

  /// The most people who look on at a time.
  static let mostWatchers = 20
  /// How many items wait for a slow browser; then the oldest ones are left out.
  static let mostWaiting = 200

  private struct State {
    var watchers: [Int: AsyncStream<Seen>.Continuation] = [:]
    var next = 0
  }

  private let state = Mutex(State())
  private let watched = Atomic(0)

  /// Whether anybody looks on: ask before making what is shown.
  var isWatched: Bool { watched.load(ordering: .relaxed) > 0 }

  /// Shows an item to those who look on.
  func show(_ seen: @autoclosure () -> Seen) {
    guard isWatched else { return }
    let seen = seen()
    state.withLock { state in
      for watcher in state.watchers.values { watcher.yield(seen) }
    }
  }

  /// The items from now on; nil where too many look on already.
  func watch() -> AsyncStream<Seen>? {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Seen.self, bufferingPolicy: .bufferingNewest(Self.mostWaiting))
    let number = state.withLock { state -> Int? in
      guard state.watchers.count < Self.mostWatchers else { return nil }
      state.next += 1
      state.watchers[state.next] = continuation
      watched.store(state.watchers.count, ordering: .relaxed)
      return state.next
    }
    guard let number else { return nil }
    continuation.onTermination = { [weak self] _ in
      guard let self else { return }
      state.withLock { state in
        state.watchers[number] = nil
        self.watched.store(state.watchers.count, ordering: .relaxed)
      }
    }
    return stream
  }
}
