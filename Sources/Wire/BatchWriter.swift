import Events
import Stories

/// The columns of a batch while its events are read; nothing is shared, so nothing is counted.
struct BatchWriter: ~Copyable {
  private var rows: RowColumns
  var properties = GrowingColumn<PropertyWriter>(capacity: 32)
  private(set) var propertyNames: [String] = []
  private var eventTexts = TextTable()
  private var eventCodes = GrowingColumn<UInt16>(capacity: 64)
  private var links: [LinkKey: IdentityPair] = [:]
  private var latestLink = LinkKey(first: 0, second: 0)
  private var latestLinkTime: Int64 = 0
  private var ids: GrowingColumn<UInt8>

  private struct LinkKey: Hashable {
    var first: UInt64
    var second: UInt64
  }

  /// How long an id is, mostly.
  private static let usualID = 16

  init(expecting rows: Int) {
    self.rows = RowColumns(capacity: rows)
    ids = GrowingColumn(capacity: rows * Self.usualID)
  }

  /// The number of events so far, which is also the next event's row.
  @inline(__always) var count: Int { rows.count }

  /// The code of an event name; nil where there is no room for another.
  @inline(__always) mutating func code(of name: Text, in names: SharedEventNames) -> UInt16? {
    if let known = eventTexts.known(name) { return eventCodes.base[known] }
    return newCode(of: name, in: names)
  }

  @inline(never) private mutating func newCode(
    of name: Text, in names: SharedEventNames
  ) -> UInt16? {
    guard let code = names.code(of: name.string) else { return nil }
    _ = eventTexts.position(of: name)
    eventCodes.append(code)
    return code
  }

  /// Opens a property; its position is what `properties` is indexed by.
  mutating func addProperty(_ name: String) -> Int {
    propertyNames.append(name)
    properties.append(PropertyWriter())
    return propertyNames.count - 1
  }

  /// Adds an event.
  @inline(__always) mutating func append(
    key: UInt64, namespace: Namespace, id: Text, code: UInt16, time: Int64, message: UInt64
  ) {
    rows.append(
      key: key, namespace: namespace.rawValue, idStart: UInt32(truncatingIfNeeded: ids.count),
      idLength: UInt16(truncatingIfNeeded: id.count), code: code, time: time, message: message)
    ids.append(text: id)
  }

  /// Notes that an event named two identities; the earliest time is kept.
  @inline(__always) mutating func link(
    _ own: Text, _ ownKey: UInt64, _ other: Text, _ otherKey: UInt64,
    namespace: Namespace = .user, otherNamespace: Namespace, time: Int64
  ) {
    let key = LinkKey(first: ownKey, second: otherKey)
    if key == latestLink, time >= latestLinkTime { return }
    latestLink = key
    latestLinkTime = time
    if let known = links[key], known.time <= time {
      latestLinkTime = known.time
      return
    }
    links[key] = IdentityPair(
      Identity(namespace, own.string), Identity(otherNamespace, other.string), time: time)
  }

  /// What was written; the writer must be held as long as it is looked at.
  mutating func view() -> BatchView {
    var columns: [BatchView.Column] = []
    for (position, name) in propertyNames.enumerated() {
      properties.base[position].view(name: name, of: count, into: &columns)
    }
    return rows.view(ids: ids.view, properties: columns, links: Set(links.values))
  }

  deinit {
    for position in 0..<properties.count { properties.base[position].deallocate() }
    properties.deallocate()
    rows.deallocate()
    eventTexts.deallocate()
    eventCodes.deallocate()
    ids.deallocate()
  }
}

/// The columns that every event has an entry in; they grow together.
private struct RowColumns {
  private(set) var count = 0
  private var capacity: Int
  private var keys: UnsafeMutablePointer<UInt64>
  private var messages: UnsafeMutablePointer<UInt64>
  private var times: UnsafeMutablePointer<Int64>
  private var idStarts: UnsafeMutablePointer<UInt32>
  private var idLengths: UnsafeMutablePointer<UInt16>
  private var codes: UnsafeMutablePointer<UInt16>
  private var namespaces: UnsafeMutablePointer<UInt8>

  init(capacity: Int) {
    self.capacity = max(8, capacity)
    keys = .allocate(capacity: self.capacity)
    messages = .allocate(capacity: self.capacity)
    times = .allocate(capacity: self.capacity)
    idStarts = .allocate(capacity: self.capacity)
    idLengths = .allocate(capacity: self.capacity)
    codes = .allocate(capacity: self.capacity)
    namespaces = .allocate(capacity: self.capacity)
  }

  @inline(__always) mutating func append(
    key: UInt64, namespace: UInt8, idStart: UInt32, idLength: UInt16, code: UInt16, time: Int64,
    message: UInt64
  ) {
    if count == capacity { grow() }
    keys[count] = key
    messages[count] = message
    times[count] = time
    idStarts[count] = idStart
    idLengths[count] = idLength
    codes[count] = code
    namespaces[count] = namespace
    count &+= 1
  }

  @inline(never) private mutating func grow() {
    var larger = RowColumns(capacity: capacity * 2)
    larger.count = count
    larger.keys.update(from: keys, count: count)
    larger.messages.update(from: messages, count: count)
    larger.times.update(from: times, count: count)
    larger.idStarts.update(from: idStarts, count: count)
    larger.idLengths.update(from: idLengths, count: count)
    larger.codes.update(from: codes, count: count)
    larger.namespaces.update(from: namespaces, count: count)
    deallocate()
    self = larger
  }

  func view(
    ids: UnsafeBufferPointer<UInt8>, properties: [BatchView.Column], links: Set<IdentityPair>
  ) -> BatchView {
    BatchView(
      keys: .init(start: keys, count: count), namespaces: .init(start: namespaces, count: count),
      idStarts: .init(start: idStarts, count: count),
      idLengths: .init(start: idLengths, count: count), idBytes: ids,
      codes: .init(start: codes, count: count), times: .init(start: times, count: count),
      messages: .init(start: messages, count: count), properties: properties, links: links)
  }

  func deallocate() {
    keys.deallocate()
    messages.deallocate()
    times.deallocate()
    idStarts.deallocate()
    idLengths.deallocate()
    codes.deallocate()
    namespaces.deallocate()
  }
}

/// The rows that have a value; they are listed only once one is left out.
private struct RowList {
  private(set) var count = 0
  private var listed = GrowingColumn<UInt32>(capacity: 0)
  private var isListed = false

  /// Adds a row, which lies behind those before.
  @inline(__always) mutating func append(_ row: Int) {
    if isListed || row != count { list(row) }
    count &+= 1
  }

  @inline(__always) private mutating func list(_ row: Int) {
    if !isListed { begin() }
    listed.append(UInt32(truncatingIfNeeded: row))
  }

  @inline(never) private mutating func begin() {
    isListed = true
    for row in 0..<UInt32(count) { listed.append(row) }
  }

  /// The rows; nil where those of all events are there.
  mutating func view(of events: Int) -> UnsafeBufferPointer<UInt32>? {
    if !isListed, count != events { begin() }
    return isListed ? listed.view : nil
  }

  func deallocate() { listed.deallocate() }
}

/// The values of one property, by kind.
struct PropertyWriter {
  private var textRows = RowList()
  private var textPositions = GrowingColumn<UInt32>(capacity: 0)
  private var texts = TextTable()
  private var numberRows = RowList()
  private var numbers = GrowingColumn<Double>(capacity: 0)
  private var booleanRows = RowList()
  private var booleans = GrowingColumn<Bool>(capacity: 0)
  /// The row of the latest value and 1; a key that comes twice in one record has one value.
  private(set) var rowsSeen = 0

  @inline(__always) mutating func append(text: Text, row: Int) {
    rowsSeen = row &+ 1
    textRows.append(row)
    textPositions.append(texts.position(of: text))
  }

  @inline(__always) mutating func append(number: Double, row: Int) {
    rowsSeen = row &+ 1
    numberRows.append(row)
    numbers.append(number)
  }

  @inline(__always) mutating func append(boolean: Bool, row: Int) {
    rowsSeen = row &+ 1
    booleanRows.append(row)
    booleans.append(boolean)
  }

  mutating func view(name: String, of count: Int, into columns: inout [BatchView.Column]) {
    if textRows.count > 0 {
      columns.append(
        BatchView.Column(
          name: name, rows: textRows.view(of: count),
          values: .strings(positions: textPositions.view, strings: texts.strings)))
    }
    if numberRows.count > 0 {
      columns.append(
        BatchView.Column(
          name: name, rows: numberRows.view(of: count), values: .numbers(numbers.view)))
    }
    if booleanRows.count > 0 {
      columns.append(
        BatchView.Column(
          name: name, rows: booleanRows.view(of: count), values: .booleans(booleans.view)))
    }
  }

  func deallocate() {
    textRows.deallocate()
    textPositions.deallocate()
    texts.deallocate()
    numberRows.deallocate()
    numbers.deallocate()
    booleanRows.deallocate()
    booleans.deallocate()
  }
}
