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

  /// The columns of the parts of an event; -1 where there is none.
  private struct Roles: BitwiseCopyable {
    var customer: Int
    var anonymous: Int
    var event: Int
    var time: Int
    var message: Int

    init(_ layout: CSVLayout) {
      customer = layout.position(of: .customer)
      anonymous = layout.position(of: .anonymous)
      event = layout.position(of: .event)
      time = layout.position(of: .time)
      message = layout.position(of: .message)
    }
  }

  private let layout: CSVLayout
  private let columns: Int
  private let bytes: UnsafePointer<UInt8>
  private let length: Int
  private let isClean: Bool
  private let records: CSVRecords
  private var boundaries: CSVBoundaries
  private let fields: UnsafeMutablePointer<Field>
  /// The columns that are properties, and the properties' positions.
  private let properties: UnsafeMutableBufferPointer<(column: Int, slot: Int)>
  private let roles: Roles
  private var sink: EventSink

  init(_ layout: CSVLayout, _ chunk: Chunk, bytes: UnsafePointer<UInt8>, sink: consuming EventSink)
  {
    self.layout = layout
    self.bytes = bytes
    length = chunk.length
    isClean = chunk.isClean
    records = CSVRecords(
      bytes: bytes, delimiter: layout.delimiter, end: length, isWhole: true)
    columns = layout.columns.count
    boundaries = CSVBoundaries(
      bytes: bytes, length: length, delimiter: layout.delimiter, columns: columns)
    fields = .allocate(capacity: columns + 1)
    roles = Roles(layout)
    let named = layout.columns.indices.filter { layout.columns[$0].role == .property }
    properties = .allocate(capacity: named.count)
    for (position, column) in named.enumerated() {
      properties[position] = (column, sink.writer.addProperty(layout.columns[column].property))
    }
    self.sink = sink
  }

  deinit {
    boundaries.deallocate()
    fields.deallocate()
    properties.deallocate()
  }

  /// Reads all records.
  mutating func read() -> ReadChunk {
    var start = 0
    while start < length {
      start = readPlain(from: start) ?? readAny(from: start)
    }
    return sink.finish()
  }

  /// Reads a record of as many fields as there are columns, none with a quote; answers where the
  /// next one begins, or nil where the record is another.
  @inline(__always) private mutating func readPlain(from start: Int) -> Int? {
    guard isClean, bytes[start] != CSVRecords.quote, let ends = boundaries.record() else {
      return nil
    }
    var other: UInt8 = 0
    var fieldStart = start
    for column in 0..<columns {
      let end = Int(ends[column])
      other |= bytes[end] ^ (column == columns &- 1 ? CSVRecords.lineEnd : layout.delimiter)
      fields[column] = Field(
        start: UInt32(truncatingIfNeeded: fieldStart),
        count: UInt32(truncatingIfNeeded: end &- fieldStart), doubled: false)
      fieldStart = end &+ 1
    }
    guard other == 0, fieldStart &- start <= ImportLimits.record else { return nil }
    var end = fieldStart &- 1
    if fields[columns &- 1].count > 0, bytes[end &- 1] == 13 {
      fields[columns &- 1].count &-= 1
      end &-= 1
    }
    // A blank line of a file with one column.
    if end == start { return nil }
    sink.beginRecord()
    sink.rawStart = start
    sink.rawEnd = end
    boundaries.pass(columns)
    take(from: start, to: end)
    return fieldStart
  }

  /// Reads any record; answers where the next one begins.
  @inline(never) private mutating func readAny(from start: Int) -> Int {
    sink.beginRecord()
    let split = split(from: start)
    if split.problem == nil {
      boundaries.pass(to: split.next)
    } else {
      boundaries.begin(at: split.next)
    }
    if split.problem == nil, split.count == 1, split.end == start { return split.next }
    sink.rawStart = start
    sink.rawEnd = split.end
    if let problem = split.problem {
      sink.reject(field: nil, problem.code, problem.text)
    } else if split.count != columns {
      sink.reject(
        field: nil, "csv.fields",
        "The record has \(split.count) fields, and the header has \(columns).")
    } else if !isClean, let broken = brokenField() {
      sink.reject(field: layout.columns[broken.column].header, broken.code, broken.problem)
    } else {
      take(from: start, to: split.end)
    }
    return split.next
  }

  /// Takes the record whose fields were found.
  @inline(__always) private mutating func take(from start: Int, to end: Int) {
    let customer = roles.customer < 0 ? sink.absent : text(roles.customer)
    let anonymous = roles.anonymous < 0 ? sink.absent : text(roles.anonymous)
    guard sink.identify(customer: customer, anonymous: anonymous),
      sink.name(roles.event < 0 ? sink.absent : text(roles.event)), sink.time(text(roles.time))
    else { return }
    let message = roles.message < 0 ? sink.absent : text(roles.message)
    sink.accept(message: message, content: Text(bytes + start, end - start))
    for (column, slot) in properties where fields[column].count > 0 {
      sink.property(slot, untyped: text(column))
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

  /// Finds the fields of the record that begins at a position.
  private mutating func split(from recordStart: Int) -> Split {
    var start = recordStart
    var count = 0
    while true {
      if bytes[start] == CSVRecords.quote {
        guard let next = quotedField(at: start, count, recordStart) else {
          return malformed(from: recordStart)
        }
        count += 1
        start = next
        if next < length, bytes[next] == layout.delimiter {
          start = next + 1
          continue
        }
        return finish(recordStart, end: start, count: count)
      }
      let end = boundaries.boundary(from: start)
      let isLast = end >= length || bytes[end] == CSVRecords.lineEnd
      let stop = isLast && end > start && bytes[end - 1] == 13 ? end - 1 : end
      if count < columns {
        fields[count] = Field(start: UInt32(start), count: UInt32(stop - start), doubled: false)
      }
      count += 1
      if isLast {
        let next = min(end + 1, length)
        if next - recordStart > ImportLimits.record { return tooLong(recordStart, stop, next) }
        return Split(next: next, end: stop, count: count, problem: nil)
      }
      start = end + 1
    }
  }

  /// Takes a quoted field; answers where it ends, or nil where the record is malformed.
  private func quotedField(at open: Int, _ count: Int, _ recordStart: Int) -> Int? {
    let reach = min(length, recordStart + ImportLimits.record)
    guard open < reach, let close = records.closingQuote(after: open, before: reach) else {
      return nil
    }
    let after = close + 1
    let isEnd =
      after >= length || bytes[after] == layout.delimiter || bytes[after] == CSVRecords.lineEnd
      || (bytes[after] == 13 && (after + 1 >= length || bytes[after + 1] == CSVRecords.lineEnd))
    guard isEnd else { return nil }
    if count < columns {
      let inside = UnsafeBufferPointer(start: bytes + open + 1, count: close - open - 1)
      fields[count] = Field(
        start: UInt32(open + 1), count: UInt32(inside.count),
        doubled: firstPosition(of: CSVRecords.quote, in: bytes, (open + 1)..<close) != nil)
    }
    return after
  }

  /// Ends a record whose last field was quoted, at the line end or before CR LF.
  private mutating func finish(_ recordStart: Int, end: Int, count: Int) -> Split {
    let next = min(boundaries.boundary(from: end) + 1, length)
    if next - recordStart > ImportLimits.record { return tooLong(recordStart, end, next) }
    return Split(next: next, end: end, count: count, problem: nil)
  }

  private func tooLong(_ recordStart: Int, _ end: Int, _ next: Int) -> Split {
    Split(next: next, end: end, count: 0, problem: .tooLong)
  }

  private func malformed(from recordStart: Int) -> Split {
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
    let hasLineEnd = next > recordStart && bytes[next - 1] == CSVRecords.lineEnd
    return Split(next: next, end: hasLineEnd ? next - 1 : next, count: 0, problem: problem)
  }

  private func brokenField() -> (column: Int, code: String, problem: String)? {
    for column in 0..<columns {
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
