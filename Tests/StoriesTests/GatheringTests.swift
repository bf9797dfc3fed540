import Statistics
import Events
import Stories
import Testing

@Suite
struct `Gathering` {
  @Test(arguments: 0..<120 as Range<UInt64>)
  func `links customers and takes them apart again`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    var world = World(seed: seed)
    let runs = try world.segments(seed: seed)
    let keys = Array(Set(world.events.map(\.identity.key))).sorted()
    var canonical: [UInt64: UInt64] = [:]
    for key in keys where Bool.random(using: &dice) {
      canonical[key] = keys.randomElement(using: &dice)
    }
    let linked = try StorySegment.gathering(
      runs, customers: runs.map { Array($0.customers.indices) },
      canonical: { canonical[$0] ?? $0 })
    var wanted = try world.plainRows()
    for row in wanted.indices {
      wanted[row].customer = canonical[wanted[row].customer] ?? wanted[row].customer
    }
    #expect(linked.plainRows == wanted.sorted())

    let kept = try [linked].merged(shards: 3)
    #expect(kept.rows == linked.plainRows)
    let apart = try StorySegment.gathering(
      kept.segments, customers: kept.segments.map { Array($0.customers.indices) },
      canonical: { $0 })
    #expect(apart.plainRows == (try world.plainRows()))
    #expect(apart.otherRows.isEmpty)
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `finds customers by any key and hides them`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    var world = World(seed: seed, count: 50)
    let runs = try world.segments(seed: seed)
    let keys = Array(Set(world.events.map(\.identity.key))).sorted()
    let target = try #require(keys.randomElement(using: &dice))
    let linked = try StorySegment.gathering(
      runs, customers: runs.map { Array($0.customers.indices) },
      canonical: { $0 % 3 == 0 ? target : $0 })
    let wanted = Set(keys.filter { _ in Int.random(in: 0..<4, using: &dice) == 0 })
    let positions = linked.customers(withAnyOf: wanted)
    let naive = linked.customers.indices.filter { customer in
      wanted.contains(linked.customers[customer])
        || linked.rows(of: customer).contains {
          wanted.contains(linked.ownKey(row: $0, customer: customer))
        }
    }
    #expect(positions == naive)
    let hidden = linked.hiding(positions)
    let visible = Set(hidden.visible.joined())
    #expect(visible == Set(linked.customers.indices).subtracting(naive))
    let others = hidden.hiding(Array(visible))
    #expect(others.visible.isEmpty)
  }

  @Test
  func `tells a story with each event's own identity`() throws {
    let (anonymous, user) = (Identity("anonymous:x"), Identity("u"))
    let events = [
      Event("see", at: Instant(milliseconds: 1), by: anonymous),
      Event("buy", at: Instant(milliseconds: 2), by: user, properties: ["sum": .number(4)]),
      Event("see", at: Instant(milliseconds: 3), by: anonymous),
    ]
    var stories = try Stories(events.reversed())
    let segment = try StorySegment(stories.segments)
    stories.segments = [
      segment.hiding([0, 1]),
      try StorySegment.gathering([segment], customers: [[0, 1]], canonical: { _ in user.key }),
    ]
    #expect(stories.story(of: user.key) == events)
    #expect(stories.story(of: anonymous.key) == [])
    #expect(stories.customerCount == 1)
  }
}

@Suite
struct `A set of rows` {
  @Test
  func `holds what was put in, each once`() {
    var set = RowSet()
    #expect(set.isEmpty)
    #expect(!set.contains(1_000_000))
    for row in [0, 63, 64, 700, 64] { set.insert(row) }
    #expect((0..<1000).filter { set.contains($0) } == [0, 63, 64, 700])
    #expect(set.count == 4)
  }
}
