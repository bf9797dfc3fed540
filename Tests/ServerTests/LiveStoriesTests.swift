import Stories
import Synchronization
import Testing

@testable import Server

@Suite struct `Stories that live parts show` {
  /// Stories that change, and how often they were taken.
  private final class World: Sendable {
    private let state = Mutex((version: 0, taken: 0))
    var version: Int { state.withLock { $0.version } }
    var taken: Int { state.withLock { $0.taken } }

    func change() { state.withLock { $0.version += 1 } }
    func take() -> Stories {
      state.withLock { $0.taken += 1 }
      return Stories(names: EventNames(), segments: [])
    }
  }

  @Test func `are the same for all who ask, while nothing changes`() async throws {
    let (world, live) = (World(), LiveStories(pause: .milliseconds(1)))
    let first = try await live.stories(version: { world.version }, take: { world.take() })
    let second = try await live.stories(version: { world.version }, take: { world.take() })
    #expect(first.shelf === second.shelf)
    #expect(world.taken == 1)
  }

  @Test func `are taken once for many who ask after changes`() async throws {
    let pause = Duration.milliseconds(200)
    let (world, live) = (World(), LiveStories(pause: pause))
    let begun = ContinuousClock.now
    let first = try await live.stories(version: { world.version }, take: { world.take() })
    try await withThrowingTaskGroup(of: Stories.self) { group in
      for _ in 0..<20 {
        world.change()
        group.addTask {
          try await live.stories(version: { world.version }, take: { world.take() })
        }
      }
      for try await stories in group { #expect(stories.shelf !== first.shelf) }
    }
    // The last change may have come after they were taken; then they were taken once more.
    let pauses = Int((ContinuousClock.now - begun) / pause)
    #expect(world.taken >= 2 && world.taken <= 1 + pauses)
  }
}
