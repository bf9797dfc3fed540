import Events

/// Events of one batch that wait in memory for the others of their import.
///
/// The rows lie in order of (bin, arrival). A *bin* is one of 64 ranges of keys, so that all events
/// of a range are found without a look at the others. Columns are as narrow as in a segment, and
/// never change.
public struct HeldBatch: @unchecked Sendable {
  /// How many bins there are: few enough that each chunk's rows of one are worth a visit, enough
  /// that what is sorted at a time stays near the processor.
  public static let bins = 64
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
    let count = batch.count
    guard Int(firstArrival) + count < Int(UInt32.max) else { throw .tooManyRows(count) }
    precondition(
      batch.namespaces.count == count && batch.idStarts.count == count
        && batch.idLengths.count == count && batch.codes.count == count
        && batch.times.count == count && batch.messages.count == count,
      "Each event has an entry in every row column.")
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
    let moves = RowMoves(
      pieces: [[RowMoves.Piece(rows: 0..<count, firstSlot: 0)]], destinations: places,
      count: count)
    properties = try moves.moved(
      [
        batch.properties.map { (column) throws(Refusal) in
          try PropertyColumn(unsorted: column, of: count, memory: scratch)
        }
      ], memory: memory)
    var explicit = 0
    for message in batch.messages { explicit &+= Int(message >> 63) }
    explicitMessages = explicit
    links = batch.links
    byteCount = memory.byteCount + links.count * Self.linkSize
    self.memory = memory
  }

  /// The place of each row in order of (bin, arrival), and where each bin begins.
  private static func place(
    _ keys: [UInt64], into places: UnsafeMutableBufferPointer<UInt32>
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
    _ elements: [Element], to places: UnsafeMutableBufferPointer<UInt32>
  ) -> UnsafeBufferPointer<Element> {
    let scattered = room(for: elements.count, of: Element.self)
    elements.withUnsafeBufferPointer { elements in
      for (row, place) in places.enumerated() { scattered[Int(place)] = elements[row] }
    }
    return UnsafeBufferPointer(scattered)
  }
}

extension Batch {
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
    idBytes.withUnsafeBufferPointer { bytes in
      idStarts.withUnsafeBufferPointer { starts in
        idLengths.withUnsafeBufferPointer { lengths in
          for (place, row) in order.enumerated() {
            let (start, size) = (Int(starts[Int(row)]), Int(lengths[Int(row)]))
            precondition(size <= bytes.count && start <= bytes.count - size)
            if let source = bytes.baseAddress, let target = room.baseAddress {
              // Most ids fit into sixteen bytes, whose copy is no call; what is too much is
              // written over by the next.
              if size <= 16, start + 16 <= bytes.count {
                let sixteen = UnsafeRawPointer(source + start).loadUnaligned(
                  as: SIMD16<UInt8>.self)
                UnsafeMutableRawPointer(target + end).storeBytes(
                  of: sixteen, as: SIMD16<UInt8>.self)
              } else {
                (target + end).update(from: source + start, count: size)
              }
            }
            end += size
            offsets[place + 1] = UInt32(truncatingIfNeeded: end)
          }
        }
      }
    }
    return StringColumn(
      offsets: UnsafeBufferPointer(offsets),
      bytes: UnsafeBufferPointer(rebasing: room[..<length]))
  }
}
