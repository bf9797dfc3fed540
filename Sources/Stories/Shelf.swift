import Synchronization

/// What questions have worked out about stories, for others that need the same.
public final class Shelf: Sendable {
  private let things = Mutex<[String: any Sendable]>([:])

  /// The most things that are kept: tables of values by row, which may be large.
  public static let most = 32

  init() {}

  /// The thing of a name, which is made where it isn't there yet.
  public func take<Thing: Sendable, Failure: Error>(
    _ name: String, make: () throws(Failure) -> Thing
  ) throws(Failure) -> Thing {
    if let known = things.withLock({ $0[name] }) as? Thing { return known }
    let made = try make()
    things.withLock { things in
      if things.count < Self.most { things[name] = made }
    }
    return made
  }
}
