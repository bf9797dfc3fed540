import Events
import Stories

/// Events of the log as columns in order of arrival, which a segment is sorted from.
struct LogColumns: LogVisitor {
  private var batch = Batch()
  private var columns: [Column] = []
  private var places: [String: Int] = [:]
  /// For each name of the chunk at hand the columns of its texts, numbers and truth values.
  private var chunkColumns: [ColumnPlaces] = []
  private var chunkNames: [String] = []
  /// The arrival of each event.
  private var arrivals: [UInt32] = []

  /// The columns that a name has so far, by kind; −1: none.
  private struct ColumnPlaces {
    var string = -1
    var number = -1
    var boolean = -1
  }

  /// The columns of every name that has one.
  private var known: [ColumnPlaces] = []

  /// The values of one name and kind.
  private struct Column {
    var name: String
    var kind: PropertyKind
    var rows: [UInt32] = []
    var positions: [UInt32] = []
    var strings: [String] = []
    var known: [String: UInt32] = [:]
    var numbers: [Double] = []
    var booleans: [Bool] = []

    var values: BatchColumn.Values {
      switch kind {
      case .string: .strings(positions: positions, strings: strings)
      case .number: .numbers(numbers)
      case .boolean: .booleans(booleans)
      }
    }

    /// Appends a text, which is listed once.
    @inline(__always) mutating func append(_ text: String) {
      if let position = known[text] {
        positions.append(position)
        return
      }
      let position = UInt32(strings.count)
      known[text] = position
      strings.append(text)
      positions.append(position)
    }
  }

  /// How many events there are.
  var count: Int { batch.count }

  /// What the events are recognised by, in order of arrival.
  var messages: [UInt64] { batch.messages }

  /// Adds the events of a row of the log.
  ///
  /// - Parameters:
  ///   - first: the arrival of the first of them; the others follow.
  ///   - names: how many event names the workspace has.
  mutating func append(
    _ bytes: UnsafeRawBufferPointer, first: Int, count: Int, names: Int
  ) throws(LogDamage) {
    guard first >= 0, first <= Store.arrivalLimit - count,
      try LogBatch.read(bytes, names: names, into: &self) == count
    else { throw LogDamage() }
    for arrival in first..<(first + count) { arrivals.append(UInt32(arrival)) }
  }

  mutating func begin(names: [String]) {
    // Most chunks have the names of the one before.
    guard names != chunkNames else { return }
    for (name, place) in zip(chunkNames, chunkColumns) {
      if let known = places[name] { self.known[known] = place }
    }
    chunkNames = names
    chunkColumns = names.map { name in
      if let place = places[name] { return known[place] }
      places[name] = known.count
      known.append(ColumnPlaces())
      return ColumnPlaces()
    }
  }

  @inline(__always) mutating func visit(_ event: LoggedEvent) {
    batch.keys.append(Identity.key(event.namespace, event.id))
    batch.namespaces.append(event.namespace.rawValue)
    batch.idStarts.append(UInt32(batch.idBytes.count))
    batch.idLengths.append(UInt16(event.id.count))
    batch.idBytes.append(contentsOf: event.id)
    batch.codes.append(event.code)
    batch.times.append(event.time)
    batch.messages.append(event.message)
  }

  @inline(__always) mutating func visit(_ value: LoggedValue, named name: Int) {
    let row = UInt32(batch.keys.count - 1)
    switch value {
    case .string(let bytes):
      let place = column(chunkColumns[name].string, .string, name) { $0.string = $1 }
      columns[place].rows.append(row)
      columns[place].append(String(decoding: bytes, as: UTF8.self))
    case .number(let number):
      let place = column(chunkColumns[name].number, .number, name) { $0.number = $1 }
      columns[place].rows.append(row)
      columns[place].numbers.append(number)
    case .boolean(let boolean):
      let place = column(chunkColumns[name].boolean, .boolean, name) { $0.boolean = $1 }
      columns[place].rows.append(row)
      columns[place].booleans.append(boolean)
    }
  }

  /// A column that is there, or else a new one.
  @inline(__always) private mutating func column(
    _ place: Int, _ kind: PropertyKind, _ name: Int, keep: (inout ColumnPlaces, Int) -> Void
  ) -> Int {
    if place >= 0 { return place }
    keep(&chunkColumns[name], columns.count)
    columns.append(Column(name: chunkNames[name], kind: kind))
    return columns.count - 1
  }

  /// The events as stories, each identity being a customer.
  ///
  /// - Throws: `identity.collision`, `stories.size`.
  consuming func segment() throws(Refusal) -> StorySegment {
    var batch = batch
    batch.properties = columns.map { BatchColumn(name: $0.name, rows: $0.rows, values: $0.values) }
    var segment = try StorySegment(sorting: batch)
    // Sorting numbers arrivals without gaps; the log has gaps where an import came between.
    let memory = ColumnMemory()
    segment.arrivals = memory.copy(segment.arrivals.map { arrivals[Int($0)] })
    segment.owner = Owners(all: [segment.owner, memory])
    return segment
  }

  /// What keeps several pieces of memory.
  private final class Owners: Sendable {
    let all: [any AnyObject & Sendable]
    init(all: [any AnyObject & Sendable]) { self.all = all }
  }
}

/// Events of the log as values, for what looks at a few of them.
struct LogEvents: LogVisitor {
  /// An event without its name's text.
  struct Entry {
    var event: Event
    var code: UInt16
    var message: UInt64
  }

  private(set) var entries: [Entry] = []
  private var chunkNames: [String] = []

  /// Reads the events of a row.
  init(_ bytes: UnsafeRawBufferPointer, count: Int, names: Int) throws(LogDamage) {
    guard try LogBatch.read(bytes, names: names, into: &self) == count else { throw LogDamage() }
  }

  mutating func begin(names: [String]) { chunkNames = names }

  mutating func visit(_ event: LoggedEvent) {
    let identity = Identity(event.namespace, String(decoding: event.id, as: UTF8.self))
    entries.append(
      Entry(
        event: Event("", at: Instant(milliseconds: event.time), by: identity), code: event.code,
        message: event.message))
  }

  mutating func visit(_ value: LoggedValue, named name: Int) {
    let value: PropertyValue =
      switch value {
      case .string(let bytes): .string(String(decoding: bytes, as: UTF8.self))
      case .number(let number): .number(number)
      case .boolean(let boolean): .boolean(boolean)
      }
    entries[entries.count - 1].event.properties[chunkNames[name]] = value
  }
}
