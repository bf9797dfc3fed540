import Accounts
import Synchronization

/// Whether somebody who was let in may stay, for answers that go on for hours.
struct Standing: Sendable {
  private let version: @Sendable () -> Int
  private let mayStay: @Sendable () -> Bool

  /// Takes what tells.
  ///
  /// - Parameters:
  ///   - version: rises when anybody's rights may have changed; looked at once a second.
  ///   - mayStay: looks anew; it may take a moment.
  init(version: @escaping @Sendable () -> Int, mayStay: @escaping @Sendable () -> Bool) {
    self.version = version
    self.mayStay = mayStay
  }

  private static let pause = Duration.seconds(1)
  /// After so many pauses it is looked anew whatever the version says: sessions and tokens end by
  /// themselves, too.
  private static let longestTrust = 10

  /// Waits until they may not stay any more; false where nobody waits for that any more.
  func isLost() async -> Bool {
    var (seen, trusted) = (version(), 0)
    while (try? await Task.sleep(for: Self.pause)) != nil {
      let now = version()
      trusted += 1
      guard now != seen || trusted == Self.longestTrust else { continue }
      (seen, trusted) = (now, 0)
      if !mayStay() { return true }
    }
    return false
  }
}

extension Visit {
  /// Whether whoever asks goes on to be somebody who may do something.
  ///
  /// An open stream is a use of its session, as any other request is. Where the store can't tell,
  /// they may not: a browser asks again.
  func standing(_ permission: Permission) -> Standing {
    Standing(version: { workspace.accessVersion.load(ordering: .relaxed) }) {
      (try? workspace.visitor(of: request, context))?.may(permission) == true
    }
  }
}
