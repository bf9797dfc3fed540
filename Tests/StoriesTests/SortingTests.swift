import Statistics
import Events
import Stories
import Testing

@Suite
struct `Sorting a batch` {
  @Test(arguments: 0..<150 as Range<UInt64>)
  func `agrees with sorting plain rows`(seed: UInt64) throws {
    var world = World(seed: seed)
    let segment = try StorySegment(sorting: try world.batch(), firstArrival: 7)
    #expect(segment.plainRows == (try world.plainRows(firstArrival: 7)))
    #expect(segment.count == world.events.count)
    #expect(segment.otherRows.isEmpty)
  }

  @Test
  func `keeps the order of arrival for many events of one moment`() throws {
    let events = (0..<3000).map {
      Event("e\($0 % 7)", at: Instant(milliseconds: Int64(1 - $0 / 1500)), by: Identity("one"))
    }
    let segment = try StorySegment(Stories(events).segments)
    #expect(segment.customers.count == 1)
    #expect(Array(segment.arrivals) == (1500..<3000).map { $0 } + (0..<1500).map { $0 })
  }

  @Test
  func `sorts keys that were made to share their top bits`() throws {
    var dice = SeededGenerator(seed: 3)
    var batch = Batch()
    for row in 0..<5000 {
      let key = row % 100 == 0 ? UInt64.max : UInt64.random(in: 0..<200, using: &dice)
      let id = Array(String(key).utf8)
      batch.keys.append(key)
      batch.namespaces.append(0)
      batch.idStarts.append(UInt32(batch.idBytes.count))
      batch.idLengths.append(UInt16(id.count))
      batch.idBytes += id
      batch.codes.append(UInt16(row))
      batch.times.append(Int64.random(in: 0..<50, using: &dice))
      batch.messages.append(UInt64(row))
    }
    let segment = try StorySegment(sorting: batch)
    let order = (0..<5000).sorted {
      (batch.keys[$0], batch.times[$0], $0) < (batch.keys[$1], batch.times[$1], $1)
    }
    #expect(Array(segment.codes) == order.map { UInt16($0) })
    #expect(Array(segment.customers) == Set(batch.keys).sorted())
  }

  @Test(arguments: [
    ("a", UInt8(1), "a"), ("a", 0, "b"), ("a", 0, "ab"),
    ("customer-of-1e9f-0001", 0, "customer-of-1e9f-0002"),
  ])
  func `refuses two identities of one key and names both`(
    first: String, space: UInt8, id: String
  ) throws {
    var batch = Batch()
    for (namespace, id) in [(UInt8(0), first), (space, id)] {
      batch.keys.append(9)
      batch.namespaces.append(namespace)
      batch.idStarts.append(UInt32(batch.idBytes.count))
      batch.idLengths.append(UInt16(id.utf8.count))
      batch.idBytes += Array(id.utf8)
      batch.codes.append(0)
      batch.times.append(0)
      batch.messages.append(0)
    }
    let refusal = #expect(throws: Refusal.self) { try StorySegment(sorting: batch) }
    #expect(refusal?.code == "identity.collision")
    #expect(refusal?.problem.contains("user:\(first)”") == true)
    #expect(refusal?.problem.contains(":\(id)”") == true)
  }

  @Test
  func `refuses more events than there are arrivals`() throws {
    var world = World(seed: 1, count: 3)
    let batch = try world.batch()
    let refusal = #expect(throws: Refusal.self) {
      try StorySegment(sorting: batch, firstArrival: .max - 2)
    }
    #expect(refusal?.code == "stories.size")
  }
}

@Suite
struct `A property column` {
  @Test(arguments: [(1, 8), (255, 8), (256, 16), (65_535, 16), (65_536, 32)])
  func `has codes of the narrowest width and an ascending dictionary`(
    distinct: Int, width: Int
  ) throws {
    let events = (0..<distinct).map {
      Event(
        "e", at: Instant(milliseconds: 0), by: Identity("c\($0 % 50)"),
        properties: ["p": .string("text \($0 &* 7919 % distinct)")])
    }
    let segment = try StorySegment(Stories(events).segments)
    let column = try #require(segment.property("p", .string))
    switch column.values {
    case .codes8: #expect(width == 8)
    case .codes16: #expect(width == 16)
    case .codes32: #expect(width == 32)
    case .numbers, .booleans: Issue.record("A text has codes.")
    }
    let texts = (0..<column.dictionary.count).map { Array(column.dictionary.utf8($0)) }
    let wanted = Set(events.compactMap { $0.properties["p"] }).count
    #expect(texts.count == wanted)
    #expect(zip(texts, texts.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
  }

  @Test(arguments: [(1, true), (10, true), (25, true), (26, false), (100, false)])
  func `is dense where more than a quarter of the rows have a value`(
    filled: Int, sparse: Bool
  ) throws {
    let events = (0..<100).map {
      Event(
        "e", at: Instant(milliseconds: Int64($0)), by: Identity("one"),
        properties: $0 < filled ? ["n": .number(Double($0)), "t": .boolean(true)] : [:])
    }
    let segment = try StorySegment(Stories(events).segments)
    #expect(segment.property("n", .number)?.rows.map(\.count) == (sparse ? filled : nil))
    #expect(segment.property("t", .boolean)?.rows.map(\.count) == (sparse ? filled : nil))
    #expect(
      (0..<100).map { segment.property("n", .number)?.number(at: $0) }
        == (0..<100).map { $0 < filled ? Double($0) : nil })
  }

  @Test(arguments: [3, 200])
  func `keeps one value where a reader gave a row two`(count: Int) throws {
    var world = World(seed: 5, count: count)
    var batch = try world.batch()
    batch.properties = ["twice", "twice"].map {
      BatchColumn(name: $0, rows: [1], values: .numbers([4]))
    }
    let segment = try StorySegment(sorting: batch)
    let column = try #require(segment.property("twice", .number))
    #expect((0..<count).compactMap { column.number(at: $0) } == [4])
  }

  @Test
  func `keeps one value where a reader gave every row two`() throws {
    var world = World(seed: 6, count: 50)
    var batch = try world.batch()
    batch.properties = [4, 5].map {
      BatchColumn(name: "twice", rows: nil, values: .numbers(Array(repeating: $0, count: 50)))
    }
    let segment = try StorySegment(sorting: batch)
    #expect(segment.properties.map(\.name) == ["twice"])
    let column = try #require(segment.property("twice", .number))
    #expect((0..<50).allSatisfy { [4, 5].contains(column.number(at: $0)) })
  }

  @Test
  func `has each text once that a row has, however a reader lists them`() throws {
    var world = World(seed: 7, count: 3)
    var batch = try world.batch()
    batch.properties = [
      BatchColumn(
        name: "p", rows: nil,
        values: .strings(positions: [3, 0, 1], strings: ["b", "a", "never", "b", "nor this"]))
    ]
    let segment = try StorySegment(sorting: batch)
    let column = try #require(segment.property("p", .string))
    let texts = (0..<column.dictionary.count).map { Array(column.dictionary.utf8($0)) }
    #expect(texts == [Array("a".utf8), Array("b".utf8)])
    let byArrival = (0..<3).sorted { segment.arrivals[$0] < segment.arrivals[$1] }
    #expect(byArrival.map { column.value(at: $0) } == ["b", "b", "a"].map { .string($0) })
  }

  @Test(arguments: [[1, 300], [300, 1], [70_000, 2, 256], [255, 256]])
  func `joins batches whose codes are of different widths`(distinct: [Int]) throws {
    var names = EventNames()
    var held: [HeldBatch] = []
    var wanted: [[PropertyValue?]] = []
    for (number, distinct) in distinct.enumerated() {
      let events = (0..<distinct).map { row in
        Event(
          "e", at: Instant(milliseconds: Int64(row)), by: Identity("c\(row % 9)"),
          properties: [
            "p": .string("\(number) \(row &* 7919 % distinct)"), "n": .number(Double(row)),
            "t": .boolean(row % 3 == 0),
          ])
      }
      let first = UInt32(wanted.count)
      held.append(try HeldBatch(try Batch(events, names: &names), firstArrival: first))
      wanted += events.map { event in ["p", "n", "t"].map { event.properties[$0] } }
    }
    let segment = try StorySegment(sorting: held)
    #expect(segment.count == wanted.count)
    let columns = [
      segment.property("p", .string), segment.property("n", .number),
      segment.property("t", .boolean),
    ]
    for row in 0..<segment.count {
      let values = columns.map { $0?.value(at: row) }
      try #require(values == wanted[Int(segment.arrivals[row])])
    }
  }
}

extension StorySegment {
  /// The one segment of stories that have one.
  init(_ segments: [StorySegment]) throws {
    self = try #require(segments.count == 1 ? segments.first : nil)
  }
}
