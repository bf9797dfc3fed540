import Events

extension Batch {
  /// The rows in order of (key, arrival).
  func sortedRows(memory: ColumnMemory) -> UnsafeBufferPointer<BatchRow> {
    precondition(namespaces.count == count && idStarts.count == count && idLengths.count == count)
    let rows = memory.room(for: count, of: BatchRow.self)
    idBytes.withUnsafeBytes { bytes in
      for (row, key) in keys.enumerated() {
        let (start, length) = (Int(idStarts[row]), Int(idLengths[row]))
        precondition(length <= bytes.count && start <= bytes.count - length)
        rows[row] = BatchRow(
          key: key, id: bytes.beginning(at: start, length: length), row: UInt32(row),
          idLength: idLengths[row], namespace: namespaces[row])
      }
    }
    return sortedByKey(UnsafeBufferPointer(rows), memory: memory)
  }

  /// The text of every customer, which is the same in all of the customer's rows.
  ///
  /// - Parameters:
  ///   - rows: the rows in order of (key, arrival).
  ///   - keys: the keys of the customers.
  ///   - offsets: where each customer's rows begin.
  func identities(
    _ rows: UnsafeBufferPointer<BatchRow>, keys: UnsafeBufferPointer<UInt64>,
    offsets: UnsafeBufferPointer<UInt32>, memory: ColumnMemory
  ) throws(Refusal) -> IdentityColumn {
    let spaces = memory.room(for: keys.count, of: UInt8.self)
    var length = 0
    for customer in keys.indices {
      let first = rows[Int(offsets[customer])]
      spaces[customer] = first.namespace
      length += Int(first.idLength)
      for row
        in (Int(offsets[customer]) + 1)..<max(
          Int(offsets[customer]) + 1, Int(offsets[customer + 1]))
      where !isSame(rows[row], first) {
        throw .collision(identity(first), identity(rows[row]))
      }
    }
    let ids = try idBytes.withUnsafeBufferPointer { (bytes) throws(Refusal) in
      try StringColumn(
        count: keys.count, length: length, memory: memory,
        texts: keys.indices.lazy.map { customer in
          let position = Int(offsets[customer])
          let row = rows[position]
          if row.idLength <= BatchRow.idSize { return rows.id(at: position) }
          let start = Int(idStarts[Int(row.row)])
          return UnsafeBufferPointer(rebasing: bytes[start..<(start + Int(row.idLength))])
        })
    }
    return IdentityColumn(keys: keys, namespaces: UnsafeBufferPointer(spaces), ids: ids)
  }

  /// Whether two rows have the same identity.
  @inline(__always) private func isSame(_ left: BatchRow, _ right: BatchRow) -> Bool {
    guard left.id == right.id, left.idLength == right.idLength, left.namespace == right.namespace
    else { return false }
    guard Int(left.idLength) > BatchRow.idSize else { return true }
    return idBytes.withUnsafeBufferPointer { bytes in
      let (first, second) = (Int(idStarts[Int(left.row)]), Int(idStarts[Int(right.row)]))
      return UnsafeBufferPointer(rebasing: bytes[first..<(first + Int(left.idLength))])
        .isEqual(to: .init(rebasing: bytes[second..<(second + Int(right.idLength))]))
    }
  }

  private func identity(_ row: BatchRow) -> Identity {
    let start = Int(idStarts[Int(row.row)])
    return Identity(
      Namespace(rawValue: row.namespace) ?? .user,
      String(decoding: idBytes[start..<(start + Int(row.idLength))], as: UTF8.self))
  }
}

extension UnsafeBufferPointer<BatchRow> {
  /// The id of a row that is no longer than what the row has at hand.
  @inline(__always) fileprivate func id(at position: Int) -> UnsafeBufferPointer<UInt8> {
    let start = position * MemoryLayout<BatchRow>.stride + BatchRow.idOffset
    let id = UnsafeRawBufferPointer(self)[start..<(start + Int(self[position].idLength))]
    return UnsafeRawBufferPointer(rebasing: id).assumingMemoryBound(to: UInt8.self)
  }
}

extension UnsafeRawBufferPointer {
  /// The first 16 bytes of a stretch that lies inside, with zeros where it is shorter.
  @inline(__always) fileprivate func beginning(at start: Int, length: Int) -> (UInt64, UInt64) {
    if start + BatchRow.idSize <= count {
      let first = UInt64(littleEndian: loadUnaligned(fromByteOffset: start, as: UInt64.self))
      let second = UInt64(littleEndian: loadUnaligned(fromByteOffset: start + 8, as: UInt64.self))
      return (
        (first & Self.mask(length)).littleEndian, (second & Self.mask(length - 8)).littleEndian
      )
    }
    var words: (UInt64, UInt64) = (0, 0)
    for position in 0..<Swift.min(length, BatchRow.idSize) {
      let byte = UInt64(self[start + position]) << UInt64(position % 8 * 8)
      if position < 8 { words.0 |= byte } else { words.1 |= byte }
    }
    return (words.0.littleEndian, words.1.littleEndian)
  }

  /// The lowest bytes of a word, none where the size is negative.
  @inline(__always) private static func mask(_ size: Int) -> UInt64 {
    size >= 8 ? .max : size <= 0 ? 0 : (1 << UInt64(size * 8)) - 1
  }
}
