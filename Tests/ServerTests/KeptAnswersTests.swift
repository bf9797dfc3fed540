import Events
import Stories
import Synchronization
import Testing

@testable import Server

@Suite struct `Answers that are kept` {
  private let stories = Stories(names: EventNames(), segments: [])
  private let kept = KeptAnswers<String, Int>(most: 2)

  /// Counts how often something was worked out.
  private final class Counter: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock { count in
        count += 1
        return count
      }
    }
  }

  @Test func `are worked out once, for all who ask at a time`() async throws {
    let counter = Counter()
    let (kept, stories) = (kept, stories)
    let answers = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await kept.take("map", of: stories) {
            await Task.yield()
            return counter.next()
          }
        }
      }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(answers == [1])
  }

  @Test func `are worked out anew for other stories`() async throws {
    let others = Stories(names: EventNames(), segments: [])
    #expect(try await kept.take("map", of: stories) { 1 } == 1)
    #expect(try await kept.take("map", of: stories) { 2 } == 1)
    #expect(try await kept.take("map", of: others) { 3 } == 3)
    #expect(try await kept.take("map", of: stories) { 4 } == 4)
  }

  @Test func `are not kept where they failed`() async throws {
    let refusal = Refusal("map.range", problem: "No.", remedy: "Yes.")
    await #expect(throws: refusal) { try await kept.take("map", of: stories) { throw refusal } }
    #expect(try await kept.take("map", of: stories) { 1 } == 1)
  }

  @Test func `give way to newer ones, the one unused for longest first`() async throws {
    #expect(try await kept.take("a", of: stories) { 1 } == 1)
    #expect(try await kept.take("b", of: stories) { 1 } == 1)
    #expect(try await kept.take("a", of: stories) { 2 } == 1)
    #expect(try await kept.take("c", of: stories) { 1 } == 1)
    #expect(try await kept.take("a", of: stories) { 2 } == 1)
    #expect(try await kept.take("b", of: stories) { 2 } == 2)
  }

  /// Work that says when it began, and goes on until it is cancelled or let go.
  private final class Work: Sendable {
    let begun = AsyncStream.makeStream(of: Void.self)
    let go = AsyncStream.makeStream(of: Void.self)
    let cancelled = AsyncStream.makeStream(of: Void.self)

    func run() async throws -> Int {
      begun.continuation.yield()
      for await _ in go.stream { return 1 }
      cancelled.continuation.yield()
      throw CancellationError()
    }
  }

  @Test func `are given up once nobody waits for them any more`() async throws {
    let (kept, stories, work) = (kept, stories, Work())
    let asking = Task { try await kept.take("map", of: stories) { try await work.run() } }
    for await _ in work.begun.stream { break }
    asking.cancel()
    for await _ in work.cancelled.stream { break }
    await #expect(throws: CancellationError.self) { try await asking.value }
    #expect(try await kept.take("map", of: stories) { 2 } == 2)
  }

  @Test func `go on while somebody else waits`() async throws {
    let (kept, stories, work) = (kept, stories, Work())
    let leaving = Task { try await kept.take("map", of: stories) { try await work.run() } }
    for await _ in work.begun.stream { break }
    let staying = Task { try await kept.take("map", of: stories) { 2 } }
    while kept.waiting(for: "map") < 2 { await Task.yield() }
    leaving.cancel()
    work.go.continuation.yield()
    #expect(try await staying.value == 1)
    #expect(try await kept.take("map", of: stories) { 3 } == 1)
  }
}
