import Events
import Statistics
import Stories
import Testing

@testable import Engine

/// Counts customers and events, and keeps the order in which sections are merged.
private struct CountingFold: Fold {
  struct Partial: Sendable {
    var customers: [UInt64] = []
    var events = 0
  }

  func plan(for stories: Stories) throws(Refusal) -> Int { stories.eventCount }
  func begin(_ plan: Int) -> Partial { Partial() }
  func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Int,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    partial.customers += customers.map { segment.customers[$0] }
    partial.events += customers.reduce(0) { $0 + segment.rows(of: $1).count }
  }
  func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.customers += later.customers
    partial.events += later.events
  }
  func finish(_ partial: consuming Partial, by plan: Int) -> Partial { partial }
}

@Suite
struct `A fold` {
  /// Three segments of plain events, some customers hidden.
  private func stories() throws -> Stories {
    var names = EventNames()
    var segments: [StorySegment] = []
    for number in 0..<3 {
      let events = (0..<70_000).map { position in
        Event(
          "a", at: Instant(milliseconds: Int64(position)),
          by: Identity(.user, "\(number)-\(position / 7)"), messageID: "m")
      }
      let batch = try Batch(events, names: &names)
      segments.append(try StorySegment(sorting: batch))
    }
    segments[1].visible = [0..<10, 100..<9000]
    return Stories(names: names, segments: segments)
  }

  @Test func `visits each visible customer once, in order, several questions together`()
    async throws
  {
    let stories = try stories()
    let expected = stories.segments.flatMap { segment in
      segment.visible.joined().map { segment.customers[$0] }
    }
    let (one, two) = try await stories.answer(CountingFold(), CountingFold())
    #expect(one.customers == expected)
    #expect(two.customers == expected)
    #expect(one.events == stories.eventCount)
    #expect(stories.sections().count == 3)
    #expect(
      stories.sections().joined().allSatisfy { $0.customers.count <= Block.mostCustomers })
  }

  @Test func `answers about no stories`() async throws {
    let answer = try await Stories(names: EventNames(), segments: []).answer(CountingFold())
    #expect(answer.events == 0)
  }

  @Test func `stops when the task is cancelled`() async throws {
    let stories = try stories()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await stories.answer(CountingFold()).events
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
