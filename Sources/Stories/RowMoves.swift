/// Where the rows of one or more sources go in a new segment.
///
/// Each row that may move has a *slot*; slots follow each other in the order of sources and rows.
struct RowMoves {
  /// Rows of one source that follow each other.
  struct Piece {
    var rows: Range<Int>
    var firstSlot: Int
  }

  /// The new row of a slot that does not move.
  static let nowhere = UInt32.max

  /// The rows of each source that may move, ascending.
  var pieces: [[Piece]]
  /// The new row of each slot, or `nowhere`.
  var destinations: UnsafeMutableBufferPointer<UInt32>
  /// How many rows the new segment has.
  var count: Int

  /// Visits the values of a column whose rows move, in the order of the source.
  ///
  /// - Parameters:
  ///   - rows: the rows of the values; nil where each row has one.
  @inline(__always) func forEach<Value>(
    _ values: UnsafeBufferPointer<Value>, rows: UnsafeBufferPointer<UInt32>?, of source: Int,
    _ body: (_ row: Int, _ value: Value) -> Void
  ) {
    var position = 0
    for piece in pieces[source] {
      guard let rows else {
        for row in piece.rows {
          let new = destinations[piece.firstSlot &+ (row &- piece.rows.lowerBound)]
          if new != Self.nowhere { body(Int(new), values[row]) }
        }
        continue
      }
      position = rows.position(from: position) { $0 >= piece.rows.lowerBound }
      while position < rows.count, rows[position] < piece.rows.upperBound {
        let row = Int(rows[position])
        let new = destinations[piece.firstSlot &+ (row &- piece.rows.lowerBound)]
        if new != Self.nowhere { body(Int(new), values[position]) }
        position &+= 1
      }
    }
  }

  /// A column that has a value for each row, in its new order.
  func moved<Value: BitwiseCopyable>(
    _ columns: [UnsafeBufferPointer<Value>], memory: ColumnMemory
  ) -> UnsafeBufferPointer<Value> {
    let moved = memory.room(for: count, of: Value.self)
    for (source, column) in columns.enumerated() {
      forEach(column, rows: nil, of: source) { moved[$0] = $1 }
    }
    return UnsafeBufferPointer(moved)
  }
}

extension UnsafeBufferPointer {
  /// The first position, not before a given one, whose element meets a condition that stays met.
  ///
  /// - Complexity: O(log *d*), where *d* is the way to go.
  @inline(__always) func position(from start: Int, where met: (Element) -> Bool) -> Int {
    var low = start
    var step = 1
    while low < count, !met(self[low]) {
      let next = low &+ step
      guard next < count, !met(self[next]) else {
        var high = Swift.min(next, count)
        low &+= 1
        while low < high {
          let middle = (low &+ high) / 2
          if met(self[middle]) { high = middle } else { low = middle &+ 1 }
        }
        return low
      }
      low = next
      step &*= 2
    }
    return low
  }
}
