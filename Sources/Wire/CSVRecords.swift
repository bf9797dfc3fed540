/// Where a record of a CSV file ends.
enum CSVRecordEnd: Equatable {
  /// The next record begins here.
  case next(Int)
  /// More bytes are needed to know.
  case incomplete
  /// A quote of the record is not closed within the limit, so its line alone is the record, and
  /// the next one begins here.
  case unclosed(Int)
}

/// Finds the ends of records: the rule that cutting and reading have in common.
///
/// A quote opens at the start of a field only; elsewhere it is a letter. It must close within
/// `ImportLimits.record` of the record's start. Quotes beyond that are letters too.
struct CSVRecords {
  static let quote = UInt8(ascii: "\"")
  static let lineEnd = UInt8(ascii: "\n")

  let bytes: UnsafePointer<UInt8>
  let delimiter: UInt8
  /// How many bytes there are.
  let end: Int
  /// Whether nothing follows them.
  let isWhole: Bool

  /// Where the record that begins at a position ends.
  func end(of start: Int) -> CSVRecordEnd {
    var position = start
    while position - start <= ImportLimits.record {
      if position < end, bytes[position] == Self.quote {
        let reach = min(end, start + ImportLimits.record)
        guard let close = closingQuote(after: position, before: reach) else {
          guard isWhole || reach == start + ImportLimits.record else { return .incomplete }
          switch line(from: start, start: start) {
          case .next(let next): return .unclosed(next)
          case let other: return other
          }
        }
        position = close + 1
      }
      while position < end, bytes[position] != delimiter, bytes[position] != Self.lineEnd {
        position += 1
      }
      guard position < end else { return isWhole ? .next(end) : .incomplete }
      position += 1
      if bytes[position - 1] == Self.lineEnd { return .next(position) }
    }
    return line(from: position, start: start)
  }

  private func line(from position: Int, start: Int) -> CSVRecordEnd {
    if let found = firstPosition(of: Self.lineEnd, in: bytes, position..<end) {
      return .next(found + 1)
    }
    return isWhole ? .next(end) : .incomplete
  }

  /// The quote that closes the one at a position; a doubled quote is a letter.
  @inline(__always) func closingQuote(after open: Int, before reach: Int) -> Int? {
    var position = open + 1
    while position < reach {
      guard let found = firstPosition(of: Self.quote, in: bytes, position..<reach) else {
        return nil
      }
      if found + 1 >= end { return isWhole ? found : nil }
      guard bytes[found + 1] == Self.quote else { return found }
      position = found + 2
    }
    return nil
  }

  /// The end of the last whole record, and how many records there are up to it.
  func lastEnd(from start: Int) -> (end: Int, records: Int) {
    var position = start
    var records = 0
    var quote = nextQuote(from: start)
    while position < end {
      if let lineEnd = firstPosition(of: Self.lineEnd, in: bytes, position..<end),
        lineEnd < quote
      {
        position = lineEnd + 1
      } else {
        switch end(of: position) {
        case .next(let next), .unclosed(let next): position = next
        case .incomplete: return (position, records)
        }
        if quote < position { quote = nextQuote(from: position) }
      }
      records += 1
    }
    return (position, records)
  }

  private func nextQuote(from position: Int) -> Int {
    firstPosition(of: Self.quote, in: bytes, position..<end) ?? .max
  }
}
