import Events
import Stories

/// What a column of a CSV file means.
struct CSVColumn: Sendable {
  enum Role: UInt8, Sendable { case customer, anonymous, event, time, message, property }

  var header: String
  var role: Role
  /// The property's name, where it is one.
  var property: String
}

/// The compiled header of a CSV file.
struct CSVLayout: Sendable {
  var delimiter: UInt8
  var columns: [CSVColumn]

  func position(of role: CSVColumn.Role) -> Int {
    columns.firstIndex { $0.role == role } ?? -1
  }
}

/// Reads one chunk of CSV; lives for that chunk only.
struct CSVReader: ~Copyable {
  /// A field of the record at hand; `doubled` says that it holds doubled quotes.
  private struct Field: BitwiseCopyable {
    var start: UInt32
    var count: UInt32
    var doubled: Bool
  }

  private let layout: CSVLayout
  private let bytes: UnsafePointer<UInt8>
  private let length: Int
  private let isClean: Bool
  private let records: CSVRecords
  private let first: UInt64
  private let second: UInt64
  private var blockStart = -64
  private var mask: UInt64 = 0
  private let fields: UnsafeMutablePointer<Field>
  private let slots: UnsafeMutablePointer<Int>
  private var sink: EventSink

  init(_ layout: CSVLayout, bytes: UnsafePointer<UInt8>, length: Int, sink: consuming EventSink) {
    self.layout = layout
    self.bytes = bytes
    self.length = length
    isClean = isCleanText(UnsafeBufferPointer(start: bytes, count: length))
    records = CSVRecords(
      bytes: bytes, delimiter: layout.delimiter, end: length, isWhole: true)
    first = repeated(layout.delimiter)
    second = repeated(CSVRecords.lineEnd)
    fields = .allocate(capacity: layout.columns.count + 1)
    slots = .allocate(capacity: layout.columns.count + 1)
    for (position, column) in layout.columns.enumerated() {
      slots[position] = column.role == .property ? sink.writer.addProperty(column.property) : -1
    }
    self.sink = sink
  }

  deinit {
    fields.deallocate()
    slots.deallocate()
  }

  /// Reads all records.
  mutating func read(_ input: [UInt8]) -> ReadChunk {
    let columns = layout.columns.count
    let roles = (
      customer: layout.position(of: .customer), anonymous: layout.position(of: .anonymous),
      event: layout.position(of: .event), time: layout.position(of: .time),
      message: layout.position(of: .message)
    )
    var start = 0
    while start < length {
      sink.beginRecord()
      let split = split(from: start)
      defer { start = split.next }
      if split.problem == nil, split.count == 1, split.end == start { continue }
      sink.rawStart = start
      sink.rawEnd = split.end
      if let problem = split.problem {
        sink.reject(field: nil, problem.code, problem.text)
        continue
      }
      guard split.count == columns else {
        sink.reject(
          field: nil, "csv.fields",
          "The record has \(split.count) fields, and the header has \(columns).")
        continue
      }
      if !isClean, let broken = brokenField() {
        sink.reject(field: layout.columns[broken.column].header, broken.code, broken.problem)
        continue
      }
      let customer = roles.customer < 0 ? sink.absent : text(roles.customer)
      let anonymous = roles.anonymous < 0 ? sink.absent : text(roles.anonymous)
      guard sink.identify(customer: customer, anonymous: anonymous),
        sink.name(roles.event < 0 ? sink.absent : text(roles.event)), sink.time(text(roles.time))
      else { continue }
      let message = roles.message < 0 ? sink.absent : text(roles.message)
      sink.accept(message: message, content: Text(bytes + start, split.end - start))
      properties(columns)
    }
    return sink.finish(input: input)
  }

  @inline(__always) private mutating func properties(_ columns: Int) {
    for column in 0..<columns where slots[column] >= 0 && fields[column].count > 0 {
      sink.property(slots[column], untyped: text(column))
    }
  }

  /// A field's text; doubled quotes have become one.
  @inline(__always) private mutating func text(_ column: Int) -> Text {
    let field = fields[column]
    if field.doubled { return undoubled(field) }
    return Text(bytes + Int(field.start), Int(field.count))
  }

  /// Copies a field's text into a place of its own, which lasts as long as the record is read.
  @inline(never) private mutating func undoubled(_ field: Field) -> Text {
    let copy = sink.scratch(Int(field.count))
    var count = 0
    var position = Int(field.start)
    let end = position + Int(field.count)
    while position < end {
      copy[count] = bytes[position]
      count += 1
      position += bytes[position] == CSVRecords.quote ? 2 : 1
    }
    return Text(copy, count)
  }

  private struct Split {
    var next: Int
    var end: Int
    var count: Int
    var problem: Problem?
  }

  /// What is wrong with the form of a record.
  private enum Problem {
    case unclosed, afterQuote, tooLong

    var code: String {
      switch self {
      case .unclosed: "csv.quote"
      case .afterQuote: "csv.afterQuote"
      case .tooLong: "record.length"
      }
    }

    var text: String {
      switch self {
      case .unclosed: "A quote opens and does not close within \(ImportLimits.record) bytes."
      case .afterQuote: "Text follows a closing quote. A quote inside a value is written twice."
      case .tooLong: "The record is longer than \(ImportLimits.record) bytes."
      }
    }
  }

  /// The position of the next delimiter or line end, or the end.
  @inline(__always) private mutating func nextBoundary() -> Int {
    while mask == 0 {
      blockStart &+= 64
      if blockStart >= length { return length }
      mask = positions(of: first, or: second, in: UnsafeRawPointer(bytes + blockStart))
    }
    let position = blockStart &+ mask.trailingZeroBitCount
    mask &= mask &- 1
    return position
  }

  /// Goes on with the boundaries from a position.
  @inline(never) private mutating func move(to position: Int) {
    blockStart = position & ~63
    if blockStart >= length {
      mask = 0
      return
    }
    mask = positions(of: first, or: second, in: UnsafeRawPointer(bytes + blockStart))
    mask &= ~0 << UInt64(position & 63)
  }

  /// Finds the fields of the record that begins at a position.
  @inline(__always) private mutating func split(from recordStart: Int) -> Split {
    let columns = layout.columns.count
    var start = recordStart
    var count = 0
    while true {
      if bytes[start] == CSVRecords.quote {
        guard let next = quotedField(at: start, count, recordStart) else {
          return malformed(from: recordStart)
        }
        count &+= 1
        start = next
        if next < length, bytes[next] == layout.delimiter {
          start = next &+ 1
          _ = nextBoundary()
          continue
        }
        return finish(recordStart, end: start, count: count)
      }
      let end = nextBoundary()
      let isLast = end >= length || bytes[end] == CSVRecords.lineEnd
      let stop = isLast && end > start && bytes[end &- 1] == 13 ? end &- 1 : end
      if count < columns {
        fields[count] = Field(
          start: UInt32(truncatingIfNeeded: start),
          count: UInt32(truncatingIfNeeded: stop &- start), doubled: false)
      }
      count &+= 1
      if isLast {
        let next = min(end &+ 1, length)
        if next &- recordStart > ImportLimits.record { return tooLong(recordStart, stop, next) }
        return Split(next: next, end: stop, count: count, problem: nil)
      }
      start = end &+ 1
    }
  }

  /// Takes a quoted field; answers where it ends, or nil where the record is malformed.
  @inline(never) private mutating func quotedField(
    at open: Int, _ count: Int, _ recordStart: Int
  ) -> Int? {
    let reach = min(length, recordStart + ImportLimits.record)
    guard open < reach, let close = records.closingQuote(after: open, before: reach) else {
      return nil
    }
    let after = close + 1
    let isEnd =
      after >= length || bytes[after] == layout.delimiter || bytes[after] == CSVRecords.lineEnd
      || (bytes[after] == 13 && (after + 1 >= length || bytes[after + 1] == CSVRecords.lineEnd))
    guard isEnd else { return nil }
    if count < layout.columns.count {
      let inside = UnsafeBufferPointer(start: bytes + open + 1, count: close - open - 1)
      fields[count] = Field(
        start: UInt32(open + 1), count: UInt32(inside.count),
        doubled: firstPosition(of: CSVRecords.quote, in: bytes, (open + 1)..<close) != nil)
    }
    move(to: after)
    return after
  }

  /// Ends a record whose last field was quoted, at the line end or before CR LF.
  @inline(never) private mutating func finish(
    _ recordStart: Int, end: Int, count: Int
  ) -> Split {
    let boundary = nextBoundary()
    let next = min(boundary + 1, length)
    if next - recordStart > ImportLimits.record { return tooLong(recordStart, end, next) }
    return Split(next: next, end: end, count: count, problem: nil)
  }

  private func tooLong(_ recordStart: Int, _ end: Int, _ next: Int) -> Split {
    Split(next: next, end: end, count: 0, problem: .tooLong)
  }

  @inline(never) private mutating func malformed(from recordStart: Int) -> Split {
    let next: Int
    var problem = Problem.afterQuote
    switch records.end(of: recordStart) {
    case .next(let position): next = position
    case .unclosed(let position):
      next = position
      problem = .unclosed
    case .incomplete: next = length
    }
    if next - recordStart > ImportLimits.record { problem = .tooLong }
    move(to: next)
    let hasLineEnd = next > recordStart && bytes[next - 1] == CSVRecords.lineEnd
    return Split(next: next, end: hasLineEnd ? next - 1 : next, count: 0, problem: problem)
  }

  private func brokenField() -> (column: Int, code: String, problem: String)? {
    for column in 0..<layout.columns.count {
      let field = fields[column]
      let inside = UnsafeBufferPointer(start: bytes + Int(field.start), count: Int(field.count))
      if let position = inside.firstIndex(of: 0) {
        return (column, "text.nul", "The value has a NUL byte at position \(position + 1).")
      }
      if let position = firstBrokenUTF8(inside) {
        return (
          column, "text.encoding", "The value is not UTF-8 from its byte \(position + 1) on."
        )
      }
    }
    return nil
  }
}
