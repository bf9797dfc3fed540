import Events

extension PropertyColumn {
  /// The column of a batch as it lies there; its dictionary is in no order.
  init(unsorted column: BatchView.Column, memory: ColumnMemory) throws(Refusal) {
    let rows = column.rows
    switch column.values {
    case .strings(let positions, let strings):
      let codes = memory.room(for: positions.count, of: UInt32.self)
      for (index, position) in positions.enumerated() { codes[index] = position + 1 }
      self.init(
        name: column.name, kind: .string, rows: rows, values: .codes32(UnsafeBufferPointer(codes)),
        dictionary: try StringColumn(strings, memory: memory))
    case .numbers(let numbers):
      self.init(
        name: column.name, kind: .number, rows: rows, values: .numbers(numbers))
    case .booleans(let booleans):
      self.init(
        name: column.name, kind: .boolean, rows: rows,
        values: .booleans(memory.copy(booleans.map { $0 ? 2 : 1 })))
    }
  }
}

extension StringColumn {
  /// Copies texts into a column, in their order.
  init(_ strings: [String], memory: ColumnMemory) throws(Refusal) {
    let length = strings.reduce(0) { $0 + $1.utf8.count }
    guard length <= Int(UInt32.max) else { throw .tooMuchText(length) }
    let offsets = memory.room(for: strings.count + 1, of: UInt32.self)
    let bytes = memory.room(for: length, of: UInt8.self)
    var end = 0
    offsets[0] = 0
    for (position, string) in strings.enumerated() {
      for byte in string.utf8 {
        bytes[end] = byte
        end += 1
      }
      offsets[position + 1] = UInt32(end)
    }
    self.init(offsets: UnsafeBufferPointer(offsets), bytes: UnsafeBufferPointer(bytes))
  }
}
