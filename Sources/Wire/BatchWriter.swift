import Events
import Stories

/// The columns of a batch while its events are read; nothing is shared, so nothing is counted.
struct BatchWriter: ~Copyable {
  var keys: GrowingColumn<UInt64>
  var namespaces: GrowingColumn<UInt8>
  var idStarts: GrowingColumn<UInt32>
  var idLengths: GrowingColumn<UInt16>
  var codes: GrowingColumn<UInt16>
  var times: GrowingColumn<Int64>
  var messages: GrowingColumn<UInt64>
  var properties = GrowingColumn<PropertyWriter>(capacity: 32)
  private(set) var propertyNames: [String] = []
  private var eventTexts = TextTable()
  private var eventCodes = GrowingColumn<UInt16>(capacity: 64)
  private var links: [LinkKey: IdentityPair] = [:]
  private var latestLink = LinkKey(first: 0, second: 0)
  private var latestLinkTime: Int64 = 0
  /// Ids whose bytes do not lie in the input as they are.
  private var ownIDs = GrowingColumn<UInt8>(capacity: 64)

  private struct LinkKey: Hashable {
    var first: UInt64
    var second: UInt64
  }

  init(expecting rows: Int) {
    keys = GrowingColumn(capacity: rows)
    namespaces = GrowingColumn(capacity: rows)
    idStarts = GrowingColumn(capacity: rows)
    idLengths = GrowingColumn(capacity: rows)
    codes = GrowingColumn(capacity: rows)
    times = GrowingColumn(capacity: rows)
    messages = GrowingColumn(capacity: rows)
  }

  /// The number of events so far, which is also the next event's row.
  @inline(__always) var count: Int { keys.count }

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
  ///
  /// - Parameter idStart: where the id begins in the input.
  @inline(__always) mutating func append(
    key: UInt64, namespace: Namespace, idStart: Int, idLength: Int, code: UInt16, time: Int64,
    message: UInt64
  ) {
    keys.append(key)
    namespaces.append(namespace.rawValue)
    idStarts.append(UInt32(truncatingIfNeeded: idStart))
    idLengths.append(UInt16(truncatingIfNeeded: idLength))
    codes.append(code)
    times.append(time)
    messages.append(message)
  }

  /// Keeps an id that does not lie in the input; the answer counts from the input's end.
  mutating func keep(id: Text) -> Int {
    ownIDs.append(contentsOf: id.bytes)
    return ownIDs.count - id.count
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

  /// The batch; `input` is where ids lie.
  func batch(input: [UInt8]) -> Batch {
    var batch = Batch()
    batch.keys = keys.array
    batch.namespaces = namespaces.array
    batch.idStarts = idStarts.array
    batch.idLengths = idLengths.array
    batch.idBytes = ownIDs.count == 0 ? input : input + ownIDs.array
    batch.codes = codes.array
    batch.times = times.array
    batch.messages = messages.array
    batch.links = Set(links.values)
    for (position, name) in propertyNames.enumerated() {
      properties.base[position].columns(name: name, into: &batch.properties)
    }
    return batch
  }

  deinit {
    for position in 0..<properties.count { properties.base[position].deallocate() }
    properties.deallocate()
    keys.deallocate()
    namespaces.deallocate()
    idStarts.deallocate()
    idLengths.deallocate()
    codes.deallocate()
    times.deallocate()
    messages.deallocate()
    eventTexts.deallocate()
    eventCodes.deallocate()
    ownIDs.deallocate()
  }
}

/// The values of one property, by kind.
struct PropertyWriter {
  private var textRows = GrowingColumn<UInt32>(capacity: 0)
  private var textPositions = GrowingColumn<UInt32>(capacity: 0)
  private var texts = TextTable()
  private var numberRows = GrowingColumn<UInt32>(capacity: 0)
  private var numbers = GrowingColumn<Double>(capacity: 0)
  private var booleanRows = GrowingColumn<UInt32>(capacity: 0)
  private var booleans = GrowingColumn<Bool>(capacity: 0)
  /// The row of the latest value and 1; a key that comes twice in one record has one value.
  private(set) var rowsSeen = 0

  @inline(__always) mutating func append(text: Text, row: Int) {
    rowsSeen = row &+ 1
    textRows.append(UInt32(truncatingIfNeeded: row))
    textPositions.append(texts.position(of: text))
  }

  @inline(__always) mutating func append(number: Double, row: Int) {
    rowsSeen = row &+ 1
    numberRows.append(UInt32(truncatingIfNeeded: row))
    numbers.append(number)
  }

  @inline(__always) mutating func append(boolean: Bool, row: Int) {
    rowsSeen = row &+ 1
    booleanRows.append(UInt32(truncatingIfNeeded: row))
    booleans.append(boolean)
  }

  func columns(name: String, into columns: inout [BatchColumn]) {
    if textRows.count > 0 {
      columns.append(
        BatchColumn(
          name: name, rows: textRows.array,
          values: .strings(positions: textPositions.array, strings: texts.strings)))
    }
    if numberRows.count > 0 {
      columns.append(
        BatchColumn(name: name, rows: numberRows.array, values: .numbers(numbers.array)))
    }
    if booleanRows.count > 0 {
      columns.append(
        BatchColumn(name: name, rows: booleanRows.array, values: .booleans(booleans.array)))
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
