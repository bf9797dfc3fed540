import Statistics
import Events
import Stories
import Testing

@Suite
struct `Events that wait` {
  @Test(arguments: 0..<120 as Range<UInt64>)
  func `are the same in shards of any size as sorted at once`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    var world = World(seed: seed)
    let held = try world.held(seed: seed, firstArrival: 7)
    let shards = HeldBatch.shards(of: held, rows: .random(in: 1...90, using: &dice))
    let segments = try shards.map { try StorySegment(sorting: held, bins: $0) }
    #expect(segments.allSatisfy { $0.count > 0 })
    #expect(segments.flatMap(\.plainRows) == (try world.plainRows(firstArrival: 7)))
    let keys = segments.flatMap { Array($0.customers) }
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
    for segment in segments {
      #expect(Array(segment.identities.keys) == Array(segment.customers))
    }
  }

  @Test(arguments: 0..<120 as Range<UInt64>)
  func `end as a merge of staged segments ends`(seed: UInt64) throws {
    var world = World(seed: seed)
    let held = try world.held(seed: seed)
    let dropping = StorySegment.repeatedMessages(held)
    let rows = try HeldBatch.shards(of: held, rows: 20).flatMap {
      try StorySegment(sorting: held, bins: $0, dropping: dropping, equal: .numbered).plainRows
    }
    let runs = try world.segments(seed: seed)
    let merged = try [].merged(
      staged: runs, dropping: StorySegment.repeatedMessages(taken: [], staged: runs))
    #expect(rows == merged.rows)
  }

  @Test(arguments: [16, 17, 400])
  func `are numbered where many of one moment are equal`(count: Int) throws {
    var world = World(seed: 1, count: 0)
    let event = Event("e", at: Instant(milliseconds: 5), by: Identity("one"))
    world.events = Array(repeating: event, count: count)
    let held = try world.held(seed: 1)
    let rows = try StorySegment(sorting: held, equal: .numbered).plainRows
    #expect(rows == (try [].merged(staged: world.segments(seed: 2)).rows))
    #expect(Set(rows.map(\.message)).count == count)
  }

  @Test
  func `refuse two identities of one key from two batches`() throws {
    var names = EventNames()
    let held = try ["a", "b"].map { id in
      var batch = try Batch(
        [Event("e", at: Instant(milliseconds: 0), by: Identity(id))], names: &names)
      batch.keys = [4]
      return try HeldBatch(batch)
    }
    let refusal = #expect(throws: Refusal.self) { try StorySegment(sorting: held) }
    #expect(refusal?.code == "identity.collision")
    #expect(refusal?.problem.contains("“user:a” and “user:b”") == true)
  }

  @Test
  func `take about as much memory as they say`() throws {
    var world = World(seed: 5, count: 1000)
    let held = try HeldBatch(try world.batch())
    #expect((35_000...150_000).contains(held.byteCount))
    #expect(held.count == 1000)
  }
}

extension World {
  /// The events in batches of random length, with arrivals from a number on.
  fileprivate mutating func held(seed: UInt64, firstArrival: UInt32 = 0) throws -> [HeldBatch] {
    var dice = SeededGenerator(seed: seed &+ 99)
    var held: [HeldBatch] = []
    var start = 0
    while start < events.count {
      let end = min(events.count, start + .random(in: 1...30, using: &dice))
      held.append(
        try HeldBatch(
          try Batch(events[start..<end], names: &names), firstArrival: firstArrival + UInt32(start))
      )
      start = end
    }
    return held
  }
}
