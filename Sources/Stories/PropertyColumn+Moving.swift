import Events

/// What tells one column from another.
struct ColumnName: Hashable, Comparable {
  var name: String
  var kind: PropertyKind

  static func < (left: Self, right: Self) -> Bool {
    (left.name, left.kind.rawValue) < (right.name, right.kind.rawValue)
  }
}

extension RowMoves {
  /// The property columns of the new segment, ascending by name, then kind.
  ///
  /// A column that keeps no value is left out.
  /// - Parameter sources: the columns of each source.
  func moved(
    _ sources: [[PropertyColumn]], memory: ColumnMemory
  ) throws(Refusal) -> [PropertyColumn] {
    var columns: [ColumnName: [(source: Int, column: PropertyColumn)]] = [:]
    for (source, properties) in sources.enumerated() {
      for column in properties {
        columns[ColumnName(name: column.name, kind: column.kind), default: []]
          .append((source, column))
      }
    }
    var moved: [PropertyColumn] = []
    for (name, parts) in columns.sorted(by: { $0.key < $1.key }) {
      let column =
        switch name.kind {
        case .string: try movedTexts(name.name, parts, memory: memory)
        case .number: movedNumbers(name.name, parts, memory: memory)
        case .boolean: movedBooleans(name.name, parts, memory: memory)
        }
      if let column { moved.append(column) }
    }
    return moved
  }

  private func movedNumbers(
    _ name: String, _ parts: [(source: Int, column: PropertyColumn)], memory: ColumnMemory
  ) -> PropertyColumn? {
    let each = { (body: (Int, Double) -> Void) in
      for (source, column) in parts {
        guard case .numbers(let numbers) = column.values else { continue }
        forEach(numbers, rows: column.rows, of: source, body)
      }
    }
    return laid(memory: memory, each).map {
      PropertyColumn(name: name, kind: .number, rows: $0.rows, values: .numbers($0.values))
    }
  }

  private func movedBooleans(
    _ name: String, _ parts: [(source: Int, column: PropertyColumn)], memory: ColumnMemory
  ) -> PropertyColumn? {
    let each = { (body: (Int, UInt8) -> Void) in
      for (source, column) in parts {
        guard case .booleans(let booleans) = column.values else { continue }
        forEach(booleans, rows: column.rows, of: source, body)
      }
    }
    return laid(memory: memory, each).map {
      PropertyColumn(name: name, kind: .boolean, rows: $0.rows, values: .booleans($0.values))
    }
  }

  private func movedTexts(
    _ name: String, _ parts: [(source: Int, column: PropertyColumn)], memory: ColumnMemory
  ) throws(Refusal) -> PropertyColumn? {
    let scratch = ColumnMemory()
    defer { withExtendedLifetime(scratch) {} }
    var filled = 0
    let used = parts.map { part in
      let used = scratch.room(for: part.column.dictionary.count + 1, of: UInt32.self)
      used.initialize(repeating: 0)
      forEachCode(part.column, of: part.source) {
        used[$1] = 1
        filled &+= $1 == 0 ? 0 : 1
      }
      used[0] = 0
      return used
    }
    let dictionary = try StringColumn.uniting(
      parts.map(\.column.dictionary), codes: used, memory: memory)
    let width = dictionary.count
    if width <= Int(UInt8.max) {
      return laidCodes(UInt8.self, filled, parts, used, memory: memory).map {
        PropertyColumn(
          name: name, kind: .string, rows: $0.rows, values: .codes8($0.values),
          dictionary: dictionary)
      }
    }
    if width <= Int(UInt16.max) {
      return laidCodes(UInt16.self, filled, parts, used, memory: memory).map {
        PropertyColumn(
          name: name, kind: .string, rows: $0.rows, values: .codes16($0.values),
          dictionary: dictionary)
      }
    }
    return laidCodes(UInt32.self, filled, parts, used, memory: memory).map {
      PropertyColumn(
        name: name, kind: .string, rows: $0.rows, values: .codes32($0.values),
        dictionary: dictionary)
    }
  }

  private func laidCodes<Code: FixedWidthInteger & ColumnValue>(
    _ type: Code.Type, _ filled: Int, _ parts: [(source: Int, column: PropertyColumn)],
    _ codes: [UnsafeMutableBufferPointer<UInt32>], memory: ColumnMemory
  ) -> (rows: UnsafeBufferPointer<UInt32>?, values: UnsafeBufferPointer<Code>)? {
    laid(filled, memory: memory) { body in
      for (part, codes) in zip(parts, codes) {
        forEachCode(part.column, of: part.source) { body($0, Code(truncatingIfNeeded: codes[$1])) }
      }
    }
  }

  @inline(__always) private func forEachCode(
    _ column: PropertyColumn, of source: Int, _ body: (_ row: Int, _ code: Int) -> Void
  ) {
    switch column.values {
    case .codes8(let codes): forEach(codes, rows: column.rows, of: source) { body($0, Int($1)) }
    case .codes16(let codes): forEach(codes, rows: column.rows, of: source) { body($0, Int($1)) }
    case .codes32(let codes): forEach(codes, rows: column.rows, of: source) { body($0, Int($1)) }
    case .numbers, .booleans: break
    }
  }
}
