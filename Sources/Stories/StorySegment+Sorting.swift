import Events

extension StorySegment {
  /// Sorts a batch into stories, each identity being a customer of its own.
  ///
  /// - Parameter firstArrival: the arrival of the batch's first event; the others follow.
  public init(sorting batch: Batch, firstArrival: UInt32 = 0) throws(Refusal) {
    let memory = ColumnMemory()
    let order = (0..<batch.count).sorted { left, right in
      (batch.keys[left], batch.times[left], left) < (batch.keys[right], batch.times[right], right)
    }
    var customers: [UInt64] = []
    var offsets: [UInt32] = []
    for (row, source) in order.enumerated() where customers.last != batch.keys[source] {
      customers.append(batch.keys[source])
      offsets.append(UInt32(row))
    }
    offsets.append(UInt32(order.count))
    var rowOf = [UInt32](repeating: 0, count: order.count)
    for (row, source) in order.enumerated() { rowOf[source] = UInt32(row) }
    self.init(
      customers: memory.copy(customers), offsets: memory.copy(offsets),
      codes: memory.copy(order.map { batch.codes[$0] }),
      times: memory.copy(order.map { batch.times[$0] }),
      arrivals: memory.copy(order.map { firstArrival + UInt32($0) }),
      messages: memory.copy(order.map { batch.messages[$0] }),
      otherRows: memory.copy([]), otherKeys: memory.copy([]),
      properties: batch.properties.map { PropertyColumn($0, rowOf: rowOf, memory: memory) }
        .sorted { ($0.name, $0.kind.rawValue) < ($1.name, $1.kind.rawValue) },
      identities: try IdentityColumn(
        batch, firsts: offsets.dropLast().map { order[Int($0)] }, memory: memory),
      owner: memory)
  }
}

extension PropertyColumn {
  fileprivate init(_ column: BatchColumn, rowOf: [UInt32], memory: ColumnMemory) {
    let order = column.rows.indices.sorted {
      rowOf[Int(column.rows[$0])] < rowOf[Int(column.rows[$1])]
    }
    let rows = memory.copy(order.map { rowOf[Int(column.rows[$0])] })
    switch column.values {
    case .strings(let positions, let strings):
      let ranks = strings.indices.sorted {
        strings[$0].utf8.lexicographicallyPrecedes(strings[$1].utf8)
      }
      var codeOf = [UInt32](repeating: 0, count: strings.count)
      for (rank, position) in ranks.enumerated() { codeOf[position] = UInt32(rank + 1) }
      self.init(
        name: column.name, kind: .string, rows: rows,
        values: .codes32(memory.copy(order.map { codeOf[Int(positions[$0])] })),
        dictionary: StringColumn(ranks.map { strings[$0] }, memory: memory))
    case .numbers(let numbers):
      self.init(
        name: column.name, kind: .number, rows: rows,
        values: .numbers(memory.copy(order.map { numbers[$0] })))
    case .booleans(let booleans):
      self.init(
        name: column.name, kind: .boolean, rows: rows,
        values: .booleans(memory.copy(order.map { booleans[$0] ? 2 : 1 })))
    }
  }
}

extension StringColumn {
  /// Copies texts into a column.
  init(_ strings: [String], memory: ColumnMemory) {
    var offsets: [UInt32] = [0]
    var bytes: [UInt8] = []
    for string in strings {
      bytes.append(contentsOf: string.utf8)
      offsets.append(UInt32(bytes.count))
    }
    self.init(offsets: memory.copy(offsets), bytes: memory.copy(bytes))
  }
}

extension IdentityColumn {
  fileprivate init(_ batch: Batch, firsts: [Int], memory: ColumnMemory) throws(Refusal) {
    var offsets: [UInt32] = [0]
    var bytes: [UInt8] = []
    for row in firsts {
      let start = Int(batch.idStarts[row])
      bytes.append(contentsOf: batch.idBytes[start..<(start + Int(batch.idLengths[row]))])
      offsets.append(UInt32(bytes.count))
    }
    self.init(
      keys: memory.copy(firsts.map { batch.keys[$0] }),
      namespaces: memory.copy(firsts.map { batch.namespaces[$0] }),
      ids: StringColumn(offsets: memory.copy(offsets), bytes: memory.copy(bytes)))
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
