import Events

/// Bytes of the log that are not what a `LogBatch` is; it has no values, since its bytes have none.
struct LogDamage: Error {}

/// The value of a property, still in the bytes of the log.
enum LoggedValue {
  case string(UnsafeRawBufferPointer)
  case number(Double)
  case boolean(Bool)
}

/// An event, still in the bytes of the log; its properties follow.
struct LoggedEvent {
  var code: UInt16
  var time: Int64
  var namespace: Namespace
  var id: UnsafeRawBufferPointer
  var message: UInt64
}

/// What takes the events of the log one by one.
protocol LogVisitor {
  /// A chunk begins, whose events' properties have those names.
  mutating func begin(names: [String])
  /// An event begins.
  mutating func visit(_ event: LoggedEvent)
  /// The event has a property, whose name has that number; each number at most once.
  mutating func visit(_ value: LoggedValue, named name: Int)
}

extension LogBatch {
  /// Visits the events of a row in their order.
  ///
  /// Whatever the bytes are, reading ends, and reads nothing outside of them.
  /// - Parameters:
  ///   - bytes: the row's bytes.
  ///   - names: how many event names the workspace has.
  /// - Returns: how many events there are.
  static func read(
    _ bytes: UnsafeRawBufferPointer, names: Int, into visitor: inout some LogVisitor
  ) throws(LogDamage) -> Int {
    guard bytes.count >= headerSize, bytes.starts(with: mark) else { throw LogDamage() }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[headerSize...])
    let checksum = bytes.loadUnaligned(fromByteOffset: mark.count, as: UInt64.self)
    guard UInt64(littleEndian: checksum) == stableHash(rest) else { throw LogDamage() }
    var cursor = LogCursor(rest)
    var count = 0
    while !cursor.isAtEnd { count += try readChunk(&cursor, names: names, into: &visitor) }
    return count
  }

  private static func readChunk(
    _ cursor: inout LogCursor, names: Int, into visitor: inout some LogVisitor
  ) throws(LogDamage) -> Int {
    let count = try cursor.count()
    var chunk = LogCursor(try cursor.bytes(try cursor.count()))
    var properties: [String] = []
    for _ in 0..<(try chunk.count()) {
      guard let name = String(validating: try chunk.bytes(try chunk.count()), as: UTF8.self)
      else { throw LogDamage() }
      properties.append(name)
    }
    guard Set(properties).count == properties.count else { throw LogDamage() }
    visitor.begin(names: properties)
    // The last event that named a property: naming one twice is damage.
    var lastUse = [Int](repeating: 0, count: properties.count)
    for event in 0..<count {
      visitor.visit(try readEvent(&chunk, names: names))
      for _ in 0..<(try chunk.count()) {
        let tag = try chunk.varying()
        let name = Int(truncatingIfNeeded: tag >> 2)
        guard name < properties.count, lastUse[name] <= event else { throw LogDamage() }
        lastUse[name] = event + 1
        visitor.visit(try readValue(&chunk, kind: tag & 3), named: name)
      }
    }
    guard chunk.isAtEnd else { throw LogDamage() }
    return count
  }

  @inline(__always) private static func readEvent(
    _ chunk: inout LogCursor, names: Int
  ) throws(LogDamage) -> LoggedEvent {
    let code = try chunk.varying()
    let time = try chunk.varying()
    let tag = try chunk.varying()
    guard code < UInt64(names), let code = UInt16(exactly: code),
      let length = Int(exactly: tag >> 1), (1...Identity.longestID).contains(length)
    else { throw LogDamage() }
    let milliseconds = Int64(bitPattern: time >> 1) ^ -Int64(bitPattern: time & 1)
    guard milliseconds >= Instant.earliest.milliseconds, milliseconds < Instant.tooLate.milliseconds
    else { throw LogDamage() }
    let id = try chunk.bytes(length)
    return LoggedEvent(
      code: code, time: milliseconds, namespace: tag & 1 == 0 ? .user : .anonymous, id: id,
      message: try chunk.fixed())
  }

  @inline(__always) private static func readValue(
    _ chunk: inout LogCursor, kind: UInt64
  ) throws(LogDamage) -> LoggedValue {
    switch kind {
    case Kind.string: return .string(try chunk.bytes(try chunk.count()))
    case Kind.number:
      let number = Double(bitPattern: try chunk.fixed())
      guard number.isFinite else { throw LogDamage() }
      return .number(number)
    default: return .boolean(kind == Kind.yes)
    }
  }
}

/// Reads the numbers and texts of a `LogBatch` and never leaves its bytes.
private struct LogCursor {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  @inline(__always) mutating func varying() throws(LogDamage) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { throw LogDamage() }
      number |= UInt64(byte & 127) << shift
      if byte < 128 { return number }
      shift += 7
    }
    throw LogDamage()
  }

  /// A number of things that have a byte each at least.
  @inline(__always) mutating func count() throws(LogDamage) -> Int {
    let number = try varying()
    guard number <= UInt64(bytes.count - position) else { throw LogDamage() }
    return Int(number)
  }

  @inline(__always) mutating func fixed() throws(LogDamage) -> UInt64 {
    guard bytes.count - position >= 8 else { throw LogDamage() }
    defer { position += 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  @inline(__always) mutating func bytes(_ count: Int) throws(LogDamage) -> UnsafeRawBufferPointer {
    guard bytes.count - position >= count else { throw LogDamage() }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
  }
}
