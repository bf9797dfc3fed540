import Events

extension PropertyColumn {
  /// The column of a batch as it lies there; its dictionary is in no order.
  init(unsorted column: BatchColumn, of count: Int, memory: ColumnMemory)
    throws(Refusal)
  {
    let rows = column.count == count ? nil : column.rows.map(memory.copy)
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
