import Events

/// Events of one batch that wait in memory for the others of their import.
///
/// The rows lie in order of (bin, arrival). A *bin* is one of 256 ranges of keys, so that all events
/// of a range are found without a look at the others. Columns are as narrow as in a segment, and
/// never change.
public struct HeldBatch: @unchecked Sendable {
  /// How many bins there are: few enough that each chunk's rows of one are worth a visit, enough
  /// that what is sorted at a time stays near the processor.
  public static let bins = 256
  private static let shift = UInt64(UInt64.bitWidth - bins.trailingZeroBitCount)

  /// Where the rows of each bin begin; one more entry than there are bins.
  let bounds: [Int]
  let keys: UnsafeBufferPointer<UInt64>
  let times: UnsafeBufferPointer<Int64>
  let arrivals: UnsafeBufferPointer<UInt32>
  let messages: UnsafeBufferPointer<UInt64>
  let codes: UnsafeBufferPointer<UInt16>
  let namespaces: UnsafeBufferPointer<UInt8>
  /// The id of each row; at least eight bytes that can be read follow the last.
  let ids: StringColumn
  let properties: [PropertyColumn]
  /// How many events have a client's message id.
  let explicitMessages: Int
  /// Pairs of identities that an event named together.
  public let links: Set<IdentityPair>
  /// How much memory the columns take.
  public let byteCount: Int
  private let memory: ColumnMemory

  /// About what a link takes in memory.
  private static let linkSize = 256

  /// How many events there are.
  public var count: Int { keys.count }

  /// Orders a batch by bins.
  ///
  /// - Parameter firstArrival: the arrival of the batch's first event; the others follow.
  /// - Throws: `stories.size` where there are more events than arrivals.
  public init(_ batch: Batch, firstArrival: UInt32 = 0) throws(Refusal) {
    let scratch = ColumnMemory()
    defer { withExtendedLifetime(scratch) {} }
    try self.init(BatchView(batch, in: scratch), firstArrival: firstArrival)
  }

  /// Orders by bins what lies elsewhere, which is not needed afterwards.
  ///
  /// - Parameter firstArrival: the arrival of the batch's first event; the others follow.
  /// - Throws: `stories.size` where there are more events than arrivals.
  public init(_ batch: BatchView, firstArrival: UInt32 = 0) throws(Refusal) {
    let count = batch.count
    guard Int(firstArrival) + count < Int(UInt32.max) else { throw .tooManyRows(count) }
    let memory = ColumnMemory()
    let scratch = ColumnMemory()
    defer { withExtendedLifetime(scratch) {} }
    let places = scratch.room(for: count, of: UInt32.self)
    bounds = Self.place(batch.keys, into: places)
    keys = memory.scatter(batch.keys, to: places)
    times = memory.scatter(batch.times, to: places)
    messages = memory.scatter(batch.messages, to: places)
    codes = memory.scatter(batch.codes, to: places)
    namespaces = memory.scatter(batch.namespaces, to: places)
    let order = scratch.room(for: count, of: UInt32.self)
    let arrivals = memory.room(for: count, of: UInt32.self)
    for (row, place) in places.enumerated() {
      order[Int(place)] = UInt32(row)
      arrivals[Int(place)] = firstArrival + UInt32(row)
    }
    self.arrivals = UnsafeBufferPointer(arrivals)
    ids = try batch.ids(in: order, memory: memory)
    properties = try Self.properties(of: batch, to: places, memory: memory, scratch: scratch)
    var explicit = 0
    for message in batch.messages { explicit &+= Int(message >> 63) }
    explicitMessages = explicit
    links = batch.links
    byteCount = memory.byteCount + links.count * Self.linkSize
    self.memory = memory
  }

  /// The property columns, each value at the place of its row.
  private static func properties(
    of batch: BatchView, to places: UnsafeMutableBufferPointer<UInt32>, memory: ColumnMemory,
    scratch: ColumnMemory
  ) throws(Refusal) -> [PropertyColumn] {
    let isWhole = { (column: BatchView.Column) in column.count == places.count }
    let whole = try batch.properties.filter(isWhole).map { (column) throws(Refusal) in
      try PropertyColumn(whole: column, to: places, memory: memory)
    }
    let others = try batch.properties.filter { !isWhole($0) }.map { (column) throws(Refusal) in
      try PropertyColumn(unsorted: column, memory: scratch)
    }
    let moves = RowMoves(
      pieces: [[RowMoves.Piece(rows: 0..<places.count, firstSlot: 0)]], destinations: places,
      count: places.count)
    return whole + (try moves.moved([others], memory: memory))
  }

  /// The place of each row in order of (bin, arrival), and where each bin begins.
  private static func place(
    _ keys: UnsafeBufferPointer<UInt64>, into places: UnsafeMutableBufferPointer<UInt32>
  ) -> [Int] {
    var starts = [Int](repeating: 0, count: bins + 1)
    starts.withUnsafeMutableBufferPointer { starts in
      for key in keys { starts[Int(key >> shift) &+ 1] &+= 1 }
      for bin in 1...bins { starts[bin] &+= starts[bin &- 1] }
      for (row, key) in keys.enumerated() {
        let bin = Int(key >> shift)
        places[row] = UInt32(truncatingIfNeeded: starts[bin])
        starts[bin] &+= 1
      }
    }
    // Each bin's start has moved to the next one's.
    return [0] + starts.dropLast()
  }

  /// The rows of a bin.
  func rows(ofBin bin: Int) -> Range<Int> { bounds[bin]..<bounds[bin + 1] }

  /// Ranges of bins that hold about so many of the batches' events each; none without events.
  public static func shards(of batches: [HeldBatch], rows: Int) -> [Range<Int>] {
    let total = batches.reduce(0) { $0 + $1.count }
    let count = (total + rows - 1) / rows
    var shards: [Range<Int>] = []
    var (start, sum, inShard) = (0, 0, 0)
    for bin in 0..<bins {
      inShard += batches.reduce(0) { $0 + $1.rows(ofBin: bin).count }
      // As soon as the shards so far have their share of all events, the next one begins.
      if inShard > 0, (sum + inShard) * count >= total * (shards.count + 1) {
        shards.append(start..<(bin + 1))
        start = bin + 1
        (sum, inShard) = (sum + inShard, 0)
      }
    }
    return shards
  }
}

extension ColumnMemory {
  /// The elements, each at its place.
  fileprivate func scatter<Element: BitwiseCopyable>(
    _ elements: UnsafeBufferPointer<Element>, to places: UnsafeMutableBufferPointer<UInt32>
  ) -> UnsafeBufferPointer<Element> {
    scatter(elements, to: places) { $0 }
  }

  /// What is made of each element, at its place.
  @inline(__always) fileprivate func scatter<Element, Made: BitwiseCopyable>(
    _ elements: UnsafeBufferPointer<Element>, to places: UnsafeMutableBufferPointer<UInt32>,
    _ make: (Element) -> Made
  ) -> UnsafeBufferPointer<Made> {
    precondition(elements.count == places.count)
    let scattered = room(for: elements.count, of: Made.self)
    for (row, place) in places.enumerated() { scattered[Int(place)] = make(elements[row]) }
    return UnsafeBufferPointer(scattered)
  }
}

extension PropertyColumn {
  /// The column of a batch all of whose events have a value, each value at its place.
  ///
  /// Its texts lie in the order of the batch; segments that are made of it order them.
  fileprivate init(
    whole column: BatchView.Column, to places: UnsafeMutableBufferPointer<UInt32>,
    memory: ColumnMemory
  ) throws(Refusal) {
    let values: Values
    var dictionary = StringColumn()
    switch column.values {
    case .strings(let positions, let strings):
      dictionary = try StringColumn(strings, memory: memory)
      if strings.count <= Int(UInt8.max) {
        values = .codes8(
          memory.scatter(positions, to: places) { UInt8(truncatingIfNeeded: $0 &+ 1) })
      } else if strings.count <= Int(UInt16.max) {
        values = .codes16(
          memory.scatter(positions, to: places) { UInt16(truncatingIfNeeded: $0 &+ 1) })
      } else {
        values = .codes32(memory.scatter(positions, to: places) { $0 &+ 1 })
      }
    case .numbers(let numbers): values = .numbers(memory.scatter(numbers, to: places))
    case .booleans(let booleans):
      values = .booleans(memory.scatter(booleans, to: places) { $0 ? 2 : 1 })
    }
    self.init(
      name: column.name, kind: column.kind, rows: nil, values: values, dictionary: dictionary)
  }
}

extension BatchView {
  /// The ids of the rows in an order, with eight bytes of room behind the last.
  fileprivate func ids(
    in order: UnsafeMutableBufferPointer<UInt32>, memory: ColumnMemory
  ) throws(Refusal) -> StringColumn {
    var length = 0
    for size in idLengths { length += Int(size) }
    guard length <= Int(UInt32.max) else { throw .tooMuchText(length) }
    let offsets = memory.room(for: order.count + 1, of: UInt32.self)
    let room = memory.room(for: length + 16, of: UInt8.self)
    var end = 0
    offsets[0] = 0
    for (place, row) in order.enumerated() {
      let (start, size) = (Int(idStarts[Int(row)]), Int(idLengths[Int(row)]))
      precondition(size <= idBytes.count && start <= idBytes.count - size)
      if let source = idBytes.baseAddress, let target = room.baseAddress {
        // Most ids fit into sixteen bytes, whose copy is no call; what is too much is written over
        // by the next.
        if size <= 16, start + 16 <= idBytes.count {
          let sixteen = UnsafeRawPointer(source + start).loadUnaligned(as: SIMD16<UInt8>.self)
          UnsafeMutableRawPointer(target + end).storeBytes(of: sixteen, as: SIMD16<UInt8>.self)
        } else {
          (target + end).update(from: source + start, count: size)
        }
      }
      end += size
      offsets[place + 1] = UInt32(truncatingIfNeeded: end)
    }
    return StringColumn(
      offsets: UnsafeBufferPointer(offsets),
      bytes: UnsafeBufferPointer(rebasing: room[..<length]))
  }
}
