import Events

/// A row of a batch under its key, with the beginning of its id at hand.
///
/// Rows move far when they are sorted; what is compared afterwards comes along with them.
struct BatchRow: Keyed {
  var key: UInt64
  /// The first 16 bytes of the id, zeros where it is shorter.
  var id: (UInt64, UInt64)
  var row: UInt32
  var idLength: UInt16
  var namespace: UInt8

  /// How many bytes of an id are at hand.
  static let idSize = 16
  /// Where they lie in a row.
  static let idOffset = MemoryLayout<UInt64>.size

  var sequence: UInt64 { UInt64(row) }
}

extension StorySegment {
  /// Sorts a batch into stories, each identity being a customer of its own.
  ///
  /// - Parameter firstArrival: the arrival of the batch's first event; the others follow.
  /// - Throws: `identity.collision` where two identities have one key, `stories.size` where there
  ///   are more events than arrivals.
  public init(sorting batch: Batch, firstArrival: UInt32 = 0) throws(Refusal) {
    guard Int(firstArrival) + batch.count < Int(UInt32.max) else { throw .tooManyRows(batch.count) }
    let memory = ColumnMemory()
    let scratch = ColumnMemory()
    defer { withExtendedLifetime(scratch) {} }
    let order = scratch.room(for: batch.count, of: UInt32.self)
    let customers = memory.room(for: batch.count, of: UInt64.self)
    let offsets = memory.room(for: batch.count + 1, of: UInt32.self)
    let rows = batch.sortedRows(memory: scratch)
    let customerCount = batch.order(rows, into: order, customers: customers, offsets: offsets)
    let destinations = scratch.room(for: batch.count, of: UInt32.self)
    for (row, source) in order.enumerated() { destinations[Int(source)] = UInt32(row) }
    let moves = RowMoves(
      pieces: [[RowMoves.Piece(rows: 0..<batch.count, firstSlot: 0)]], destinations: destinations,
      count: batch.count)
    let arrivals = memory.room(for: batch.count, of: UInt32.self)
    for (row, source) in order.enumerated() { arrivals[row] = firstArrival + source }
    let keys = UnsafeBufferPointer(rebasing: customers[..<customerCount])
    let bounds = UnsafeBufferPointer(rebasing: offsets[...customerCount])
    self.init(
      customers: keys, offsets: bounds,
      codes: memory.gather(batch.codes, order), times: memory.gather(batch.times, order),
      arrivals: UnsafeBufferPointer(arrivals), messages: memory.gather(batch.messages, order),
      otherRows: memory.copy([]), otherKeys: memory.copy([]),
      properties: try moves.moved(
        [
          batch.properties.map { (column) throws(Refusal) in
            try PropertyColumn(unsorted: column, of: batch.count, memory: scratch)
          }
        ], memory: memory),
      identities: try batch.identities(rows, keys: keys, offsets: bounds, memory: memory),
      owner: memory)
  }
}

extension Batch {
  /// Writes the rows in order of (key, time, arrival), and says how many customers there are.
  ///
  /// - Parameter sorted: the rows in order of (key, arrival).
  fileprivate func order(
    _ sorted: UnsafeBufferPointer<BatchRow>, into order: UnsafeMutableBufferPointer<UInt32>,
    customers: UnsafeMutableBufferPointer<UInt64>, offsets: UnsafeMutableBufferPointer<UInt32>
  ) -> Int {
    offsets[0] = 0
    var customerCount = 0
    times.withUnsafeBufferPointer { times in
      var start = 0
      while start < sorted.count {
        let key = sorted[start].key
        var end = start
        var ascending = true
        repeat {
          order[end] = sorted[end].row
          ascending =
            ascending && (end == start || times[Int(order[end - 1])] <= times[Int(order[end])])
          end += 1
        } while end < sorted.count && sorted[end].key == key
        if !ascending {
          UnsafeMutableBufferPointer(rebasing: order[start..<end]).order {
            (times[Int($0)], $0) < (times[Int($1)], $1)
          }
        }
        customers[customerCount] = key
        customerCount += 1
        offsets[customerCount] = UInt32(end)
        start = end
      }
    }
    return customerCount
  }
}

extension PropertyColumn {
  /// The column of a batch as it lies there; its dictionary is in no order.
  fileprivate init(unsorted column: BatchColumn, of count: Int, memory: ColumnMemory)
    throws(Refusal)
  {
    let rows = column.rows.count == count ? nil : memory.copy(column.rows)
    switch column.values {
    case .strings(let positions, let strings):
      let codes = memory.room(for: positions.count, of: UInt32.self)
      for (index, position) in positions.enumerated() { codes[index] = position + 1 }
      self.init(
        name: column.name, kind: .string, rows: rows, values: .codes32(UnsafeBufferPointer(codes)),
        dictionary: try StringColumn(strings, memory: memory))
    case .numbers(let numbers):
      self.init(
        name: column.name, kind: .number, rows: rows, values: .numbers(memory.copy(numbers)))
    case .booleans(let booleans):
      self.init(
        name: column.name, kind: .boolean, rows: rows,
        values: .booleans(memory.copy(booleans.map { $0 ? 2 : 1 })))
    }
  }
}

extension StringColumn {
  /// Copies texts into a column.
  init(_ strings: [String], memory: ColumnMemory) throws(Refusal) {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    ends.reserveCapacity(strings.count)
    for string in strings {
      bytes.append(contentsOf: string.utf8)
      ends.append(bytes.count)
    }
    let copy = memory.copy(bytes)
    try self.init(
      count: strings.count, length: bytes.count, memory: memory,
      texts: ends.indices.lazy.map {
        UnsafeBufferPointer(rebasing: copy[($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0]])
      })
  }
}

extension ColumnMemory {
  /// The elements in another order.
  fileprivate func gather<Element: BitwiseCopyable>(
    _ elements: [Element], _ order: UnsafeMutableBufferPointer<UInt32>
  ) -> UnsafeBufferPointer<Element> {
    precondition(elements.count == order.count, "Each event has an entry in every row column.")
    let gathered = room(for: order.count, of: Element.self)
    elements.withUnsafeBufferPointer { elements in
      for (row, source) in order.enumerated() { gathered[row] = elements[Int(source)] }
    }
    return UnsafeBufferPointer(gathered)
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
