import Events

/// A group of events as a row of the log holds it: bytes that say who did what and when.
///
///     batch   = "WLB" 1, checksum of the rest (XXH3-64, 8 bytes), chunks up to the end
///     chunk   = number of events, size of the rest of the chunk in bytes,
///               number of property names, each name: length, UTF-8; then the events
///     event   = code of its name, time (milliseconds, zigzag), length of id * 2 + namespace,
///               id (UTF-8), message (8 bytes), number of properties, properties
///     property = number of its name * 4 + kind, value
///     value   = kind 0: length, UTF-8; kind 1: IEEE 754, 8 bytes; kind 2: false; kind 3: true
///
/// Numbers are unsigned LEB128 unless a size is given, those of a size are little-endian. Texts are
/// not compressed, so that a search of the bytes finds them. An event is recognised by its message:
/// the text of a message id is not kept, nor is the identity that the event links, which is a link.
enum LogBatch {
  /// The first bytes: a mark and the version of the format.
  static let mark: [UInt8] = [0x57, 0x4C, 0x42, 1]
  /// The bytes before the chunks: the mark and the checksum.
  static let headerSize = 12

  /// The kinds of values.
  enum Kind {
    static let string: UInt64 = 0
    static let number: UInt64 = 1
    static let no: UInt64 = 2
    static let yes: UInt64 = 3
  }

  /// The bytes of a row: its chunks behind mark and checksum.
  static func encoded(_ chunks: some Collection<LogChunk>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(chunks.reduce(headerSize) { $0 + $1.size + 20 })
    bytes += mark
    bytes.append(fixed: UInt64(0))
    for chunk in chunks where chunk.count > 0 { chunk.append(to: &bytes) }
    let checksum = bytes.withUnsafeBytes {
      stableHash(UnsafeRawBufferPointer(rebasing: $0[headerSize...]))
    }
    withUnsafeBytes(of: checksum.littleEndian) { checksum in
      for (index, byte) in checksum.enumerated() { bytes[mark.count + index] = byte }
    }
    return bytes
  }
}

/// Events in the form of the log, which grows by one event at a time.
struct LogChunk: Sendable {
  /// How many events there are.
  private(set) var count = 0
  /// When the earliest and the latest of them happened, in milliseconds.
  private(set) var times: ClosedRange<Int64>?
  private var names: [String] = []
  private var places: [String: Int] = [:]
  private var nameBytes: [UInt8] = []
  private var events: [UInt8] = []

  /// How many bytes it has, nearly.
  var size: Int { nameBytes.count + events.count }

  /// Makes an empty chunk, with room for about so many events.
  init(expecting count: Int = 0) { events.reserveCapacity(count * 128) }

  /// Adds an event.
  ///
  /// - Parameters:
  ///   - event: the event; its linked identity and the text of its message id are left out.
  ///   - code: the code of its name.
  ///   - message: what it is recognised by.
  /// - Returns: how many bytes it has.
  @discardableResult
  mutating func append(_ event: Event, code: UInt16, message: UInt64) -> Int {
    let start = events.count
    let time = event.time.milliseconds
    events.append(varying: UInt64(code))
    events.append(varying: UInt64(bitPattern: time << 1 ^ time >> 63))
    let id = event.identity.id.utf8
    events.append(varying: UInt64(id.count) << 1 | UInt64(event.identity.namespace.rawValue))
    events.append(contentsOf: id)
    events.append(fixed: message)
    events.append(varying: UInt64(event.properties.count))
    var likely = 0
    for (name, value) in event.properties {
      let place = place(of: name, likely: likely)
      likely = place + 1
      append(value, named: UInt64(place) << 2)
    }
    count += 1
    times = times.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
    return events.count - start
  }

  private mutating func append(_ value: PropertyValue, named name: UInt64) {
    switch value {
    case .string(let text):
      events.append(varying: name | LogBatch.Kind.string)
      events.append(varying: UInt64(text.utf8.count))
      events.append(contentsOf: text.utf8)
    case .number(let number):
      events.append(varying: name | LogBatch.Kind.number)
      events.append(fixed: number.bitPattern)
    case .boolean(let boolean):
      events.append(varying: name | (boolean ? LogBatch.Kind.yes : LogBatch.Kind.no))
    }
  }

  /// The number of a property's name; events of one source name the same ones in the same order.
  private mutating func place(of name: String, likely: Int) -> Int {
    if likely < names.count, names[likely] == name { return likely }
    if let place = places[name] { return place }
    let place = names.count
    names.append(name)
    places[name] = place
    nameBytes.append(varying: UInt64(name.utf8.count))
    nameBytes.append(contentsOf: name.utf8)
    return place
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    var head: [UInt8] = []
    head.append(varying: UInt64(names.count))
    bytes.append(varying: UInt64(count))
    bytes.append(varying: UInt64(head.count + size))
    bytes += head
    bytes += nameBytes
    bytes += events
  }
}

extension [UInt8] {
  /// Appends a number in as many bytes as it needs, seven bits a byte, the lowest first.
  mutating func append(varying number: UInt64) {
    var rest = number
    while rest > 127 {
      append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends the eight bytes of a number, the lowest first.
  mutating func append(fixed number: UInt64) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
