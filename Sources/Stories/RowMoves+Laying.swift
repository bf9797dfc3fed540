/// What a property column has for each row.
protocol ColumnValue: BitwiseCopyable {
  /// What a row without a value has.
  static var none: Self { get }
  var isNone: Bool { get }
}

extension ColumnValue where Self: FixedWidthInteger {
  static var none: Self { 0 }
  var isNone: Bool { self == 0 }
}

extension UInt8: ColumnValue {}
extension UInt16: ColumnValue {}
extension UInt32: ColumnValue {}

extension Double: ColumnValue {
  static var none: Double { .nan }
  var isNone: Bool { isNaN }
}

/// One value and the row that it goes to.
private struct Entry<Value: ColumnValue>: BitwiseCopyable {
  var row: UInt32
  var value: Value
}

extension RowMoves {
  /// A column is dense where more than one row of that many has a value.
  ///
  /// A sparse entry takes four bytes more than a dense one, and a search when it is read.
  private static let densest = 4
  /// The values of a column are sorted where at most one row of that many has one.
  private static let sparsest = 64

  /// Lays out a column from its values in any order; nil where there is none.
  ///
  /// Where a row is given two values, which only two columns of one name can do, it keeps one.
  @inline(__always) func laid<Value: ColumnValue>(
    memory: ColumnMemory,
    _ each: (_ body: (_ row: Int, _ value: Value) -> Void) -> Void
  ) -> (rows: UnsafeBufferPointer<UInt32>?, values: UnsafeBufferPointer<Value>)? {
    var filled = 0
    each { filled &+= $1.isNone ? 0 : 1 }
    return laid(filled, memory: memory, each)
  }

  /// The same of a column whose values were counted before.
  @inline(__always) func laid<Value: ColumnValue>(
    _ filled: Int, memory: ColumnMemory,
    _ each: (_ body: (_ row: Int, _ value: Value) -> Void) -> Void
  ) -> (rows: UnsafeBufferPointer<UInt32>?, values: UnsafeBufferPointer<Value>)? {
    guard filled > 0 else { return nil }
    if filled > count / Self.densest {
      let values = memory.room(for: count, of: Value.self)
      if filled < count { values.initialize(repeating: .none) }
      each { values[$0] = $1 }
      return (nil, UnsafeBufferPointer(values))
    }
    let rows = memory.room(for: filled, of: UInt32.self)
    let values = memory.room(for: filled, of: Value.self)
    var position = 0
    if filled <= count / Self.sparsest {
      var entries: [Entry<Value>] = []
      entries.reserveCapacity(filled)
      each { if !$1.isNone { entries.append(Entry(row: UInt32($0), value: $1)) } }
      entries.sort { $0.row < $1.row }
      for (index, entry) in entries.enumerated()
      where index + 1 == entries.count || entries[index + 1].row != entry.row {
        (rows[position], values[position]) = (entry.row, entry.value)
        position += 1
      }
    } else {
      let wide = [Value](unsafeUninitializedCapacity: count) { wide, size in
        wide.initialize(repeating: .none)
        each { wide[$0] = $1 }
        size = count
      }
      for (row, value) in wide.enumerated() where !value.isNone {
        (rows[position], values[position]) = (UInt32(row), value)
        position += 1
      }
    }
    return (
      UnsafeBufferPointer(rebasing: rows[..<position]),
      UnsafeBufferPointer(rebasing: values[..<position])
    )
  }
}
