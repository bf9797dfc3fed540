import Events

/// Rows of one customer of one source that go to one customer of the new segment.
struct Run: Keyed {
  /// The canonical key in the new segment.
  var key: UInt64
  var source: UInt32
  /// The position of the customer in the source.
  var customer: UInt32
  var firstRow: UInt32
  var rows: UInt32
  /// The slot of the first row; runs of a source ascend by row and slot.
  var firstSlot: UInt32

  var sequence: UInt64 { UInt64(firstSlot) }
}

/// One event of the customer at hand.
private struct WovenRow: BitwiseCopyable {
  var time: Int64
  var message: UInt64
  var ownKey: UInt64
  var arrival: UInt32
  var slot: UInt32

  @inline(__always) func precedes(_ other: WovenRow) -> Bool {
    if time != other.time { return time < other.time }
    if arrival != other.arrival { return arrival < other.arrival }
    return message == other.message ? slot < other.slot : message < other.message
  }
}

/// Puts runs of several segments together into the stories of one new segment.
struct StoryWeaver {
  private let sources: [StorySegment]
  private let dropping: [RowSet]
  private let memory = ColumnMemory()
  private let scratch = ColumnMemory()
  private var pieces: [[RowMoves.Piece]]
  private var runs: [Run] = []
  private var slots = 0
  /// The first slot of an event that may be counted already; none where nobody asks.
  private var firstStagedSlot = Int.max

  /// Makes a weaver of segments.
  ///
  /// - Parameter dropping: rows to leave out, one set for each segment, or none.
  init(_ sources: [StorySegment], dropping: [RowSet] = []) {
    precondition(dropping.isEmpty || dropping.count == sources.count)
    self.sources = sources
    self.dropping = dropping.contains { !$0.isEmpty } ? dropping : []
    pieces = sources.map { _ in [] }
  }

  /// Takes every run that is added from now on as staged.
  mutating func beginStaged() { firstStagedSlot = slots }

  /// Adds rows of one customer; rows and sources ascend from call to call.
  mutating func add(_ rows: Range<Int>, of source: Int, customer: Int, to key: UInt64) {
    guard !rows.isEmpty else { return }
    runs.append(
      Run(
        key: key, source: UInt32(source), customer: UInt32(customer),
        firstRow: UInt32(rows.lowerBound), rows: UInt32(rows.count),
        firstSlot: UInt32(truncatingIfNeeded: slots)))
    if let last = pieces[source].indices.last,
      pieces[source][last].rows.upperBound == rows.lowerBound
    {
      pieces[source][last].rows = pieces[source][last].rows.lowerBound..<rows.upperBound
    } else {
      pieces[source].append(RowMoves.Piece(rows: rows, firstSlot: slots))
    }
    slots += rows.count
  }

  /// The new segment, and how many staged events were counted already.
  func woven() throws(Refusal) -> (segment: StorySegment, repeated: Int) {
    defer { withExtendedLifetime(scratch) {} }
    guard slots < Int(UInt32.max) else { throw .tooManyRows(slots) }
    let order = runs.withUnsafeBufferPointer { sortedByKey($0, memory: scratch) }
    var cloth = Cloth(slots: slots, customers: runs.count, memory: memory, scratch: scratch)
    var rows: [WovenRow] = []
    var otherHints = [Int](repeating: 0, count: sources.count)
    var start = 0
    while start < order.count {
      let key = order[start].key
      var sorted = true
      rows.removeAll(keepingCapacity: true)
      repeat {
        collect(order[start], into: &rows, sorted: &sorted, otherHints: &otherHints)
        start += 1
      } while start < order.count && order[start].key == key
      rows.withUnsafeMutableBufferPointer { rows in
        if !sorted { rows.order { $0.precedes($1) } }
        cloth.append(rows, key: key, firstStagedSlot: firstStagedSlot)
      }
    }
    return (try segment(of: cloth), cloth.repeated)
  }

  @inline(__always) private func collect(
    _ run: Run, into rows: inout [WovenRow], sorted: inout Bool, otherHints: inout [Int]
  ) {
    let source = Int(run.source)
    let segment = sources[source]
    let customerKey = segment.customers[Int(run.customer)]
    let others = segment.otherRows
    var other = others.count
    if !others.isEmpty {
      let hint = otherHints[source]
      let from = hint == 0 || others[hint - 1] < run.firstRow ? hint : 0
      other = others.position(from: from) { $0 >= run.firstRow }
    }
    for row in run.firstRow..<(run.firstRow + run.rows) {
      var ownKey = customerKey
      if other < others.count, others[other] == row {
        ownKey = segment.otherKeys[other]
        other += 1
      }
      if !dropping.isEmpty, dropping[source].contains(Int(row)) { continue }
      let woven = WovenRow(
        time: segment.times[Int(row)], message: segment.messages[Int(row)], ownKey: ownKey,
        arrival: segment.arrivals[Int(row)], slot: run.firstSlot + (row - run.firstRow))
      if let last = rows.last, woven.precedes(last) { sorted = false }
      rows.append(woven)
    }
    if !others.isEmpty { otherHints[source] = other }
  }

  private func segment(of cloth: Cloth) throws(Refusal) -> StorySegment {
    let moves = RowMoves(pieces: pieces, destinations: cloth.destinations, count: cloth.rows)
    let keys = (Array(cloth.customers.prefix(cloth.customerCount)) + Set(cloth.otherKeys)).sorted()
    var identities: IdentityColumn?
    let distinct = memory.room(for: keys.count, of: UInt64.self)
    var count = 0
    for key in keys where count == 0 || distinct[count - 1] != key {
      distinct[count] = key
      count += 1
    }
    identities = try IdentityColumn.uniting(
      sources.map(\.identities), keys: UnsafeBufferPointer(rebasing: distinct[..<count]),
      memory: memory)
    guard let identities else { throw .tooManyRows(count) }
    return StorySegment(
      customers: UnsafeBufferPointer(rebasing: cloth.customers[..<cloth.customerCount]),
      offsets: UnsafeBufferPointer(rebasing: cloth.offsets[...cloth.customerCount]),
      codes: moves.moved(sources.map(\.codes), memory: memory),
      times: UnsafeBufferPointer(rebasing: cloth.times[..<cloth.rows]),
      arrivals: UnsafeBufferPointer(rebasing: cloth.arrivals[..<cloth.rows]),
      messages: UnsafeBufferPointer(rebasing: cloth.messages[..<cloth.rows]),
      otherRows: memory.copy(cloth.otherRows), otherKeys: memory.copy(cloth.otherKeys),
      properties: try moves.moved(sources.map(\.properties), memory: memory),
      identities: identities, owner: memory)
  }
}

/// The columns that say which event stands where.
private struct Cloth {
  let destinations: UnsafeMutableBufferPointer<UInt32>
  let customers: UnsafeMutableBufferPointer<UInt64>
  let offsets: UnsafeMutableBufferPointer<UInt32>
  let times: UnsafeMutableBufferPointer<Int64>
  let arrivals: UnsafeMutableBufferPointer<UInt32>
  let messages: UnsafeMutableBufferPointer<UInt64>
  var otherRows: [UInt32] = []
  var otherKeys: [UInt64] = []
  var customerCount = 0
  var rows = 0
  var repeated = 0

  init(slots: Int, customers: Int, memory: ColumnMemory, scratch: ColumnMemory) {
    destinations = scratch.room(for: slots)
    destinations.initialize(repeating: RowMoves.nowhere)
    self.customers = memory.room(for: customers)
    offsets = memory.room(for: customers + 1)
    offsets[0] = 0
    times = memory.room(for: slots)
    arrivals = memory.room(for: slots)
    messages = memory.room(for: slots)
  }

  /// Appends the events of one customer, in order.
  @inline(__always) mutating func append(
    _ story: UnsafeMutableBufferPointer<WovenRow>, key: UInt64, firstStagedSlot: Int
  ) {
    let before = rows
    var start = 0
    while start < story.count {
      var end = start + 1
      while end < story.count, story[end].time == story[start].time { end += 1 }
      let moment = UnsafeMutableBufferPointer(rebasing: story[start..<end])
      var repeats = Repeats()
      if firstStagedSlot != .max, end - start > 1 {
        repeats = Repeats(settling: moment, firstStagedSlot: firstStagedSlot)
      }
      for (position, event) in moment.enumerated() {
        if repeats.rows.contains(position) { continue }
        append(event, key: key)
      }
      repeated += repeats.rows.count
      start = end
    }
    guard rows > before else { return }
    customers[customerCount] = key
    customerCount += 1
    offsets[customerCount] = UInt32(rows)
  }

  @inline(__always) private mutating func append(_ event: WovenRow, key: UInt64) {
    destinations[Int(event.slot)] = UInt32(rows)
    times[rows] = event.time
    arrivals[rows] = event.arrival
    messages[rows] = event.message
    if event.ownKey != key {
      otherRows.append(UInt32(rows))
      otherKeys.append(event.ownKey)
    }
    rows += 1
  }
}

/// The staged events of one moment of one customer that are counted already.
///
/// Events without a message id are recognised by their content. Equal events of one import are
/// events of their own: the second gets a message made from the first's and its number, and so on.
/// The same import a second time gets the same messages, and so adds nothing.
private struct Repeats {
  private struct Recognised: Hashable {
    var ownKey: UInt64
    var message: UInt64
  }

  var rows = RowSet()

  init() {}

  /// Gives equal staged events messages of their own, and finds those that are counted already.
  init(settling moment: UnsafeMutableBufferPointer<WovenRow>, firstStagedSlot: Int) {
    guard Self.hasEqualMessages(moment) else { return }
    var taken: Set<Recognised> = []
    for event in moment where Int(event.slot) < firstStagedSlot {
      taken.insert(Recognised(ownKey: event.ownKey, message: event.message))
    }
    var seen: [Recognised: UInt64] = [:]
    for (position, event) in moment.enumerated() {
      guard Int(event.slot) >= firstStagedSlot, event.message & Batch.explicitMessage == 0
      else { continue }
      var recognised = Recognised(ownKey: event.ownKey, message: event.message)
      let number = seen[recognised, default: 0]
      seen[recognised] = number + 1
      if number > 0 { recognised.message = Self.message(event.message, number: number) }
      moment[position].message = recognised.message
      if taken.contains(recognised) { rows.insert(position) }
    }
  }

  /// Whether two events of the moment have one message; most moments are short.
  private static func hasEqualMessages(_ moment: UnsafeMutableBufferPointer<WovenRow>) -> Bool {
    guard moment.count <= 16 else {
      return Set(moment.map(\.message)).count < moment.count
    }
    for right in 1..<moment.count {
      for left in 0..<right where moment[left].message == moment[right].message { return true }
    }
    return false
  }

  /// The message of the event of that number among equal ones; the top bit stays 0.
  ///
  /// - SeeAlso: the finaliser of SplitMix64, Steele and others, "Fast Splittable Pseudorandom
  ///   Number Generators", 2014.
  static func message(_ message: UInt64, number: UInt64) -> UInt64 {
    var mixed = message &+ number &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return (mixed ^ mixed >> 31) & ~Batch.explicitMessage
  }
}
