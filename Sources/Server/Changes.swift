import HTTPTypes
import Events
import Foundation
import Synchronization

/// Tells everybody who watches that there is something new; many changes in a short time are one.
final class Changes: Sendable {
  /// The most who watch at a time: each holds a connection and wakes up with every change.
  static let mostWatchers = 512

  private let watchers = Broadcast<Void>(mostWaiting: 1)
  /// Begins at the time, so that it is another one after a restart.
  private let current = Atomic(Int(Date().timeIntervalSince1970 * 1000))

  /// How many watch.
  var watcherCount: Int { watchers.watcherCount }

  /// A number that is higher after every change.
  var version: Int { current.load(ordering: .sequentiallyConsistent) }

  /// Something changed. A watcher who has not yet looked sees one change.
  func happened() {
    current.add(1, ordering: .sequentiallyConsistent)
    watchers.tell(())
  }

  /// The changes from now on.
  ///
  /// - Throws: `live.busy`, with when to come again.
  func watch() throws(Problem) -> AsyncStream<Void> {
    if let watched = watchers.watch(atMost: Self.mostWatchers) { return watched }
    throw Problem(
      .serviceUnavailable,
      Refusal(
        "live.busy", problem: "\(Self.mostWatchers) pages are watching already.",
        remedy: "Load the page again by hand, or close others."), retryAfter: 30)
  }
}
