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

  private let watchers = Broadcast<Seen>(mostWaiting: mostWaiting)

  /// Whether anybody looks on: ask before making what is shown.
  var isWatched: Bool { watchers.watcherCount > 0 }

  /// Shows an item to those who look on.
  func show(_ seen: @autoclosure () -> Seen) { watchers.tell(seen()) }

  /// The items from now on; nil where too many look on already.
  func watch() -> AsyncStream<Seen>? { watchers.watch(atMost: Self.mostWatchers) }
}
