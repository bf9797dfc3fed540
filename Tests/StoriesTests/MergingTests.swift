import Statistics
import Events
import Stories
import Testing

@Suite
struct `Merging` {
  @Test(arguments: 0..<120 as Range<UInt64>)
  func `any split in any number of shards is the same as sorting at once`(seed: UInt64) throws {
    var world = World(seed: seed)
    let runs = try world.segments(seed: seed)
    let merged = try runs.merged(shards: 1 + seed % 5)
    #expect(merged.rows == (try world.plainRows()))
    #expect(merged.repeated == 0)
    let again = try merged.segments.merged(shards: 1 + seed % 3)
    #expect(again.rows == merged.rows)
  }

  @Test(arguments: 0..<80 as Range<UInt64>)
  func `a new import keeps equal events as events of their own`(seed: UInt64) throws {
    var world = World(seed: seed)
    let runs = try world.segments(seed: seed)
    let merged = try [].merged(staged: runs, shards: 1 + seed % 3)
    var wanted = try world.plainRows()
    #expect(merged.repeated == 0)
    #expect(merged.rows.map(\.arrival) == wanted.map(\.arrival))
    let known = merged.rows.filter { $0.message & Batch.explicitMessage == 0 }
    let ways = Set(known.map { [$0.customer, UInt64(bitPattern: $0.time), $0.message] })
    #expect(ways.count == known.count)
    for row in wanted.indices { wanted[row].message = merged.rows[row].message }
    #expect(merged.rows == wanted)
  }

  @Test(arguments: 0..<120 as Range<UInt64>)
  func `the same import again adds nothing and a longer one adds what is new`(seed: UInt64) throws {
    var longer = World(seed: seed)
    var shorter = longer
    shorter.events.removeLast(Int(seed) % (longer.events.count + 1))
    let first = try shorter.segments(seed: seed)
    let base = try [].merged(
      staged: first, dropping: StorySegment.repeatedMessages(taken: [], staged: first))

    let second = try longer.segments(seed: seed + 1, firstArrival: 1000)
    let explicit = StorySegment.repeatedMessages(taken: base.segments, staged: second)
    let grown = try base.segments.merged(
      staged: second, dropping: [RowSet()] + explicit, shards: 2)
    let all = try [].merged(
      staged: second, dropping: StorySegment.repeatedMessages(taken: [], staged: second))
    #expect(grown.rows.count == all.rows.count)
    #expect(grown.rows.filter { $0.arrival < 1000 } == base.rows)
    #expect(grown.rows.map(\.message).sorted() == all.rows.map(\.message).sorted())
    #expect(
      grown.repeated + explicit.reduce(0) { $0 + $1.count } + grown.rows.count
        == base.rows.count + longer.events.count)
  }

  @Test(arguments: [2, 40])
  func `an equal event of another identity of the customer is not the same event`(
    extra: Int
  ) throws {
    let (one, two) = (Identity("one"), Identity("two"))
    let event = Event("buy", at: Instant(milliseconds: 5), by: one)
    var batch = Batch()
    var names = EventNames()
    batch = try Batch(Array(repeating: event, count: extra), names: &names)
    let taken = try StorySegment(sorting: batch)
    var other = try Batch(
      [Event("buy", at: Instant(milliseconds: 5), by: two)], names: &names)
    other.messages = [batch.messages[0]]
    let staged = try StorySegment.gathering(
      [try StorySegment(sorting: other, firstArrival: 900)], customers: [[0]],
      canonical: { _ in one.key })
    let merged = try [taken].merged(staged: [staged])
    #expect(merged.repeated == 0)
    #expect(merged.rows.map(\.own) == Array(repeating: one, count: extra) + [two])
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `leaves out dropped rows and hidden customers`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    var world = World(seed: seed, count: 60)
    let runs = try world.segments(seed: seed)
    var wanted: [PlainRow] = []
    var dropping: [RowSet] = []
    var hidden: [StorySegment] = []
    for run in runs {
      let positions = run.customers.indices.filter { _ in Int.random(in: 0..<3, using: &dice) == 0 }
      var drop = RowSet()
      for row in 0..<run.count where Int.random(in: 0..<4, using: &dice) == 0 { drop.insert(row) }
      let rows = run.plainRows
      let gone = Set(positions.flatMap { run.rows(of: $0) })
      wanted += (0..<run.count).filter { !gone.contains($0) && !drop.contains($0) }.map { rows[$0] }
      dropping.append(drop)
      hidden.append(run.hiding(positions))
    }
    #expect(try hidden.merged(dropping: dropping, shards: 2).rows == wanted.sorted())
  }

  @Test
  func `keeps only texts and identities in use`() throws {
    let events = ["a", "b", "c"].map {
      Event(
        "e", at: Instant(milliseconds: 0), by: Identity($0), properties: ["p": .string("of \($0)")])
    }
    let segment = try StorySegment(Stories(events).segments)
    let kept = try #require(segment.position(of: Identity("b").key))
    let hidden = segment.hiding(segment.customers.indices.filter { $0 != kept })
    let merged = try StorySegment.merging(taken: [hidden], staged: []).segment
    #expect(merged.property("p", .string)?.dictionary.count == 1)
    #expect(merged.property("p", .string)?.dictionary.position(of: "of b") == 0)
    #expect(Array(merged.identities.keys) == [Identity("b").key])
  }

  @Test
  func `refuses two identities of one key from two segments`() throws {
    var names = EventNames()
    let batches = try ["a", "b"].map { id in
      var batch = try Batch(
        [Event("e", at: Instant(milliseconds: 0), by: Identity(id))], names: &names)
      batch.keys = [4]
      return try StorySegment(sorting: batch)
    }
    let refusal = #expect(throws: Refusal.self) {
      try StorySegment.merging(taken: batches, staged: [])
    }
    #expect(refusal?.code == "identity.collision")
    #expect(refusal?.problem.contains("“user:a” and “user:b”") == true)
  }
}

@Suite
struct `Repeated messages` {
  @Test(arguments: 0..<120 as Range<UInt64>)
  func `are those that were taken or came earlier`(seed: UInt64) throws {
    var before = World(seed: seed)
    var now = World(seed: seed + 1)
    let taken = try before.segments(seed: seed)
    let staged = try now.segments(seed: seed, firstArrival: 500)
    let sets = StorySegment.repeatedMessages(taken: taken, staged: staged)

    var seen = Set(taken.flatMap { Array($0.messages) })
    var wanted: Set<UInt32> = []
    for row in staged.flatMap(\.plainRows).sorted(by: { $0.arrival < $1.arrival })
    where row.message & Batch.explicitMessage != 0 && !seen.insert(row.message).inserted {
      wanted.insert(row.arrival)
    }
    let found = zip(staged, sets).flatMap { segment, set in
      (0..<segment.count).filter { set.contains($0) }.map { segment.arrivals[$0] }
    }
    #expect(Set(found) == wanted)
    #expect(sets.reduce(0) { $0 + $1.count } == wanted.count)
  }

  @Test
  func `are looked for among visible staged rows only`() throws {
    let event = Event("e", at: Instant(milliseconds: 0), by: Identity("a"), messageID: "m")
    let segment = try StorySegment(Stories([event]).segments)
    let copy = try StorySegment.gathering([segment], customers: [[0]], canonical: { $0 })
    let sets = StorySegment.repeatedMessages(taken: [], staged: [segment.hiding([0]), copy])
    #expect(sets == [RowSet(), RowSet()])
  }
}
