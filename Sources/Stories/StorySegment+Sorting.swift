import Events

/// An event of held batches under its key.
struct HeldEvent: Keyed {
  var key: UInt64
  var time: Int64
  /// The slot of the row; slots ascend by arrival.
  var slot: UInt32
  /// The batch that it lies in.
  var source: UInt32

  var sequence: UInt64 { UInt64(slot) }

  @inline(__always) func happened(before other: HeldEvent) -> Bool {
    time == other.time ? slot < other.slot : time < other.time
  }
}

extension StorySegment {
  /// What becomes of equal events without a message id.
  public enum EqualEvents: Sendable {
    /// They keep their messages, for a merge to tell them apart.
    case alike
    /// The second and those after it get messages of their own, as `merging` gives them.
    case numbered
  }

  /// Sorts a batch into stories, each identity being a customer of its own.
  ///
  /// - Parameter firstArrival: the arrival of the batch's first event; the others follow.
  /// - Throws: `identity.collision` where two identities have one key, `stories.size` where there
  ///   are more events than arrivals.
  public init(sorting batch: Batch, firstArrival: UInt32 = 0) throws(Refusal) {
    try self.init(sorting: [HeldBatch(batch, firstArrival: firstArrival)])
  }

  /// Sorts the events of batches whose keys lie in a range of bins into stories.
  ///
  /// Each identity is a customer of its own. Every column is read once and written once.
  /// - Parameters:
  ///   - batches: the batches, in order of arrival.
  ///   - bins: the bins to take.
  ///   - dropping: rows to leave out, one set for each batch; or none.
  /// - Throws: `identity.collision`, `stories.size`.
  public init(
    sorting batches: [HeldBatch], bins: Range<Int> = 0..<HeldBatch.bins,
    dropping: [RowSet] = [], equal: EqualEvents = .alike
  ) throws(Refusal) {
    var sorter = EventSorter(batches, bins: bins, dropping: dropping, equal: equal)
    for bin in bins { sorter.sort(bin) }
    self = try sorter.segment()
  }
}

/// Puts the events of held batches in order, bin by bin.
private struct EventSorter {
  private let batches: [HeldBatch]
  /// The keys, times and messages of each batch: a copy of a batch would count its holders.
  private let columns: [SourceColumns]
  private let dropping: [RowSet]
  private let equal: StorySegment.EqualEvents
  private let memory = ColumnMemory()
  private let scratch = ColumnMemory()
  private let destinations: UnsafeMutableBufferPointer<UInt32>
  /// The customer of each slot.
  private let owners: UnsafeMutableBufferPointer<UInt32>
  private let customers: UnsafeMutableBufferPointer<UInt64>
  private let offsets: UnsafeMutableBufferPointer<UInt32>
  private let times: UnsafeMutableBufferPointer<Int64>
  private var pieces: [[RowMoves.Piece]]
  /// What to add to a slot of the bin at hand to get the row of its batch.
  private var rowsOfSlots: [Int]
  /// The messages that numbering changed, and their new rows.
  private var numbered: [(row: Int, message: UInt64)] = []
  private var slots = 0
  private var rows = 0
  private var customerCount = 0

  private struct SourceColumns: BitwiseCopyable {
    let keys: UnsafeBufferPointer<UInt64>
    let times: UnsafeBufferPointer<Int64>
    let messages: UnsafeBufferPointer<UInt64>
  }

  init(
    _ batches: [HeldBatch], bins: Range<Int>, dropping: [RowSet], equal: StorySegment.EqualEvents
  ) {
    precondition(dropping.isEmpty || dropping.count == batches.count)
    self.batches = batches
    self.dropping = dropping.contains { !$0.isEmpty } ? dropping : []
    self.equal = equal
    columns = batches.map {
      SourceColumns(keys: $0.keys, times: $0.times, messages: $0.messages)
    }
    let count = batches.reduce(0) {
      $0 + $1.bounds[bins.upperBound] - $1.bounds[bins.lowerBound]
    }
    destinations = scratch.room(for: count)
    if !self.dropping.isEmpty { destinations.initialize(repeating: RowMoves.nowhere) }
    owners = scratch.room(for: count)
    customers = memory.room(for: count)
    offsets = memory.room(for: count + 1)
    offsets[0] = 0
    times = memory.room(for: count)
    pieces = batches.map { _ in [] }
    rowsOfSlots = batches.map { _ in 0 }
  }

  /// Puts the events of the next bin in order.
  mutating func sort(_ bin: Int) {
    let most = batches.reduce(0) { $0 + $1.rows(ofBin: bin).count }
    guard most > 0 else { return }
    let binMemory = ColumnMemory()
    defer { withExtendedLifetime(binMemory) {} }
    let events = binMemory.room(for: most, of: HeldEvent.self)
    var count = 0
    for source in batches.indices {
      let rows = batches[source].rows(ofBin: bin)
      guard !rows.isEmpty else { continue }
      pieces[source].append(RowMoves.Piece(rows: rows, firstSlot: slots))
      rowsOfSlots[source] = rows.lowerBound - slots
      let columns = columns[source]
      var slot = UInt32(truncatingIfNeeded: slots)
      for row in rows {
        if dropping.isEmpty || !dropping[source].contains(row) {
          events[count] = HeldEvent(
            key: columns.keys[row], time: columns.times[row], slot: slot,
            source: UInt32(truncatingIfNeeded: source))
          count &+= 1
        }
        slot &+= 1
      }
      slots += rows.count
    }
    let sorted = sortedByKey(
      UnsafeBufferPointer(rebasing: events[..<count]), memory: binMemory)
    lay(UnsafeMutableBufferPointer(mutating: sorted))
  }

  /// Lays the events of a bin, which are in order of (key, arrival), behind those before.
  private mutating func lay(_ events: UnsafeMutableBufferPointer<HeldEvent>) {
    var start = 0
    while start < events.count {
      let key = events[start].key
      var end = start &+ 1
      var ascending = true
      while end < events.count, events[end].key == key {
        if events[end].time < events[end &- 1].time { ascending = false }
        end &+= 1
      }
      let story = UnsafeMutableBufferPointer(rebasing: events[start..<end])
      if !ascending { story.order { $0.happened(before: $1) } }
      if equal == .numbered { number(story, key: key) }
      for event in story {
        times[rows] = event.time
        destinations[Int(event.slot)] = UInt32(truncatingIfNeeded: rows)
        owners[Int(event.slot)] = UInt32(truncatingIfNeeded: customerCount)
        rows &+= 1
      }
      customers[customerCount] = key
      customerCount &+= 1
      offsets[customerCount] = UInt32(truncatingIfNeeded: rows)
      start = end
    }
  }

  /// Gives equal events of one moment messages of their own.
  @inline(__always) private mutating func number(
    _ story: UnsafeMutableBufferPointer<HeldEvent>, key: UInt64
  ) {
    var start = 0
    while start < story.count {
      var end = start &+ 1
      while end < story.count, story[end].time == story[start].time { end &+= 1 }
      if end &- start > 1 {
        numberMoment(UnsafeMutableBufferPointer(rebasing: story[start..<end]), rows + start, key)
      }
      start = end
    }
  }

  @inline(never) private mutating func numberMoment(
    _ moment: UnsafeMutableBufferPointer<HeldEvent>, _ firstRow: Int, _ key: UInt64
  ) {
    withUnsafeTemporaryAllocation(of: WovenRow.self, capacity: moment.count) { woven in
      for (position, event) in moment.enumerated() {
        let source = Int(event.source)
        woven[position] = WovenRow(
          time: event.time,
          message: columns[source].messages[Int(event.slot) + rowsOfSlots[source]], ownKey: key,
          arrival: UInt32(position), slot: UInt32(position))
      }
      woven.settleRepeats(firstStagedSlot: 0)
      for (position, event) in moment.enumerated() {
        let source = Int(event.source)
        let before = columns[source].messages[Int(event.slot) + rowsOfSlots[source]]
        if woven[position].message != before {
          numbered.append((firstRow + position, woven[position].message))
        }
      }
    }
  }

  /// The segment of the events that were laid.
  func segment() throws(Refusal) -> StorySegment {
    defer { withExtendedLifetime(scratch) {} }
    guard slots < Int(UInt32.max) else { throw .tooManyRows(slots) }
    let moves = RowMoves(pieces: pieces, destinations: destinations, count: rows)
    let keys = UnsafeBufferPointer(rebasing: customers[..<customerCount])
    let messages = moves.moved(columns.map(\.messages), memory: memory)
    let ownMessages = UnsafeMutableBufferPointer(mutating: messages)
    for (row, message) in numbered { ownMessages[row] = message }
    return StorySegment(
      customers: keys,
      offsets: UnsafeBufferPointer(rebasing: offsets[...customerCount]),
      codes: moves.moved(batches.map(\.codes), memory: memory),
      times: UnsafeBufferPointer(rebasing: times[..<rows]),
      arrivals: moves.moved(batches.map(\.arrivals), memory: memory), messages: messages,
      otherRows: memory.copy([]), otherKeys: memory.copy([]),
      properties: try moves.moved(batches.map(\.properties), memory: memory),
      identities: try identities(of: keys), owner: memory)
  }

  /// The text of every customer, which is the same in all of the customer's rows.
  private func identities(
    of keys: UnsafeBufferPointer<UInt64>
  ) throws(Refusal) -> IdentityColumn {
    let known = scratch.room(for: keys.count, of: KnownIdentity.self)
    known.initialize(repeating: KnownIdentity(id: nil, length: 0, namespace: 0))
    var length = 0
    for (source, batch) in batches.enumerated() {
      guard let bytes = batch.ids.bytes.baseAddress else { continue }
      let (starts, spaces) = (batch.ids.offsets, batch.namespaces)
      for piece in pieces[source] {
        var slot = piece.firstSlot
        for row in piece.rows {
          defer { slot &+= 1 }
          if !dropping.isEmpty, destinations[slot] == RowMoves.nowhere { continue }
          let here = KnownIdentity(
            id: bytes + Int(starts[row]), length: starts[row &+ 1] &- starts[row],
            namespace: spaces[row])
          let customer = Int(owners[slot])
          if known[customer].id == nil {
            known[customer] = here
            length += Int(here.length)
          } else if !known[customer].isSame(as: here) {
            throw .collision(known[customer].identity, here.identity)
          }
        }
      }
    }
    let namespaces = memory.room(for: keys.count, of: UInt8.self)
    for (customer, known) in known.enumerated() { namespaces[customer] = known.namespace }
    let ids = try StringColumn(
      count: keys.count, length: length, memory: memory, texts: known.lazy.map(\.text))
    return IdentityColumn(keys: keys, namespaces: UnsafeBufferPointer(namespaces), ids: ids)
  }
}

/// The identity of a customer, where one of the batches has it.
private struct KnownIdentity: BitwiseCopyable {
  /// nil where no row was seen.
  var id: UnsafePointer<UInt8>?
  var length: UInt32
  var namespace: UInt8

  var text: UnsafeBufferPointer<UInt8> { .init(start: id, count: Int(length)) }

  var identity: Identity {
    Identity(Namespace(rawValue: namespace) ?? .user, String(decoding: text, as: UTF8.self))
  }

  /// Whether two rows have the same identity.
  @inline(__always) func isSame(as other: Self) -> Bool {
    guard length == other.length, namespace == other.namespace, let id, let otherID = other.id
    else { return false }
    guard length <= 8 else { return text.isEqual(to: other.text) }
    // Eight bytes can be read from the beginning of any id.
    let mask = length == 8 ? UInt64.max : ~(UInt64.max << (8 &* UInt64(length)))
    let left = UInt64(littleEndian: UnsafeRawPointer(id).loadUnaligned(as: UInt64.self))
    let right = UInt64(littleEndian: UnsafeRawPointer(otherID).loadUnaligned(as: UInt64.self))
    return (left ^ right) & mask == 0
  }
}

extension Stories {
  /// Stories of events that lie in memory, each identity being a customer of its own.
  public init(_ events: some Sequence<Event>) throws(Refusal) {
    var names = EventNames()
    let batch = try Batch(events, names: &names)
    self.init(names: names, segments: [try StorySegment(sorting: batch)])
  }
}
