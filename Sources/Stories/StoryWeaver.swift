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

/// The columns of a source that say where its events go.
///
/// A copy of a segment counts holders, which costs more than the columns of a short run.
private struct SourceColumns: BitwiseCopyable {
  let customers: UnsafeBufferPointer<UInt64>
  let times: UnsafeBufferPointer<Int64>
  let arrivals: UnsafeBufferPointer<UInt32>
  let messages: UnsafeBufferPointer<UInt64>
  let otherRows: UnsafeBufferPointer<UInt32>
  let otherKeys: UnsafeBufferPointer<UInt64>

  init(_ segment: StorySegment) {
    customers = segment.customers
    times = segment.times
    arrivals = segment.arrivals
    messages = segment.messages
    otherRows = segment.otherRows
    otherKeys = segment.otherKeys
  }
}

/// Puts runs of several segments together into the stories of one new segment.
struct StoryWeaver {
  private let sources: [StorySegment]
  private let columns: [SourceColumns]
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
    columns = sources.map(SourceColumns.init)
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
    // Only what the longest story needs of this room is ever touched.
    let room = scratch.room(for: slots, of: WovenRow.self)
    var otherHints = [Int](repeating: 0, count: sources.count)
    var start = 0
    while start < order.count {
      let key = order[start].key
      var sorted = true
      var count = 0
      repeat {
        collect(order[start], into: room, &count, sorted: &sorted, otherHints: &otherHints)
        start += 1
      } while start < order.count && order[start].key == key
      let rows = UnsafeMutableBufferPointer(rebasing: room[..<count])
      if !sorted { rows.order { $0.precedes($1) } }
      cloth.append(rows, key: key, firstStagedSlot: firstStagedSlot)
    }
    return (try segment(of: cloth), cloth.repeated)
  }

  @inline(__always) private func collect(
    _ run: Run, into rows: UnsafeMutableBufferPointer<WovenRow>, _ count: inout Int,
    sorted: inout Bool, otherHints: inout [Int]
  ) {
    let source = Int(run.source)
    let columns = columns[source]
    let customerKey = columns.customers[Int(run.customer)]
    let others = columns.otherRows
    var other = others.count
    if !others.isEmpty {
      let hint = otherHints[source]
      let from = hint == 0 || others[hint - 1] < run.firstRow ? hint : 0
      other = others.position(from: from) { $0 >= run.firstRow }
    }
    for row in run.firstRow..<(run.firstRow + run.rows) {
      var ownKey = customerKey
      if other < others.count, others[other] == row {
        ownKey = columns.otherKeys[other]
        other += 1
      }
      if !dropping.isEmpty, dropping[source].contains(Int(row)) { continue }
      let woven = WovenRow(
        time: columns.times[Int(row)], message: columns.messages[Int(row)], ownKey: ownKey,
        arrival: columns.arrivals[Int(row)], slot: run.firstSlot + (row - run.firstRow))
      if count > 0, woven.precedes(rows[count - 1]) { sorted = false }
      rows[count] = woven
      count += 1
    }
    if !others.isEmpty { otherHints[source] = other }
  }

  private func segment(of cloth: Cloth) throws(Refusal) -> StorySegment {
    let moves = RowMoves(pieces: pieces, destinations: cloth.destinations, count: cloth.rows)
    let identities = try IdentityColumn.uniting(
      sources.map(\.identities), keys: cloth.keys(memory: scratch), memory: memory)
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

  /// The keys of all customers and of their other identities, ascending, each once.
  func keys(memory: ColumnMemory) -> UnsafeBufferPointer<UInt64> {
    let own = UnsafeBufferPointer(rebasing: customers[..<customerCount])
    guard !otherKeys.isEmpty else { return own }
    let others = Set(otherKeys).sorted()
    let keys = memory.room(for: own.count + others.count, of: UInt64.self)
    var (count, next) = (0, 0)
    for key in own {
      while next < others.count, others[next] <= key {
        if others[next] < key {
          keys[count] = others[next]
          count += 1
        }
        next += 1
      }
      keys[count] = key
      count += 1
    }
    for key in others[next...] {
      keys[count] = key
      count += 1
    }
    return UnsafeBufferPointer(rebasing: keys[..<count])
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
      if firstStagedSlot != .max, end - start > 1 {
        moment.settleRepeats(firstStagedSlot: firstStagedSlot)
      }
      for event in moment {
        if event.slot == RowMoves.nowhere { repeated += 1 } else { append(event, key: key) }
      }
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
