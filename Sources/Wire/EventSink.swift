import Events
import Stories

/// Takes the parts of records, checks them, and writes events; the form of the file is not its
/// business. It belongs to one thread and one chunk.
struct EventSink: ~Copyable {
  var writer: BatchWriter
  private let names: SharedEventNames
  private let fieldNames: FieldNames
  private let bytes: UnsafePointer<UInt8>
  private let constantName: Text
  private let ownConstant: UnsafeMutablePointer<UInt8>
  private let placeholders = Placeholders()
  private var clock: TimeReader
  private var rejections: Rejections
  private var record: Int
  private var records = 0
  private var scratchBlocks: [UnsafeMutablePointer<UInt8>] = []
  /// Where the record at hand lies in the input.
  var rawStart = 0
  var rawEnd = 0

  private var key: UInt64 = 0
  private var namespace = Namespace.user
  private var id: Text
  private var linked: Text
  private var linkedKey: UInt64 = 0
  private var aliased: Text
  private var code: UInt16 = 0
  private var milliseconds: Int64 = 0

  /// What the columns or keys of a file are called in rejections.
  struct FieldNames: Sendable {
    var customer: String?
    var anonymous: String?
    var event: String?
    var time: String?
    var message: String?

    static let xes = FieldNames(
      customer: "concept:name of the trace", event: "concept:name", time: "time:timestamp",
      message: "identity:id")
  }

  init(
    _ chunk: Chunk, bytes: UnsafePointer<UInt8>, names: SharedEventNames, fields: FieldNames,
    eventName: String?, clock: TimeReader
  ) {
    self.names = names
    fieldNames = fields
    self.bytes = bytes
    self.clock = clock
    record = chunk.firstRecord - 1
    rejections = chunk.dropped
    writer = BatchWriter(expecting: chunk.records)
    let constant = Array((eventName ?? "").utf8)
    ownConstant = .allocate(capacity: constant.count + 16)
    ownConstant.initialize(repeating: 0, count: constant.count + 16)
    ownConstant.update(from: constant, count: constant.count)
    constantName = Text(ownConstant, constant.count)
    id = Text(bytes, 0)
    linked = Text(bytes, 0)
    aliased = Text(bytes, 0)
  }

  deinit {
    ownConstant.deallocate()
    placeholders.deallocate()
    for block in scratchBlocks { block.deallocate() }
  }

  /// A text for a part that a file does not have.
  var absent: Text { Text(ownConstant, 0) }

  @inline(__always) mutating func beginRecord() {
    record &+= 1
    records &+= 1
    if !scratchBlocks.isEmpty { releaseScratch() }
  }

  private mutating func releaseScratch() {
    for block in scratchBlocks { block.deallocate() }
    scratchBlocks.removeAll()
  }

  /// Room for a text of the record at hand that does not lie in the input as it is.
  mutating func scratch(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 16)
    scratchBlocks.append(block)
    return block
  }

  /// Notes that the record, or the value of a field, is not taken.
  @inline(never) mutating func reject(
    field: String?, _ code: String, _ problem: @autoclosure () -> String
  ) {
    rejections.add(code: code) {
      let prefix = UnsafeBufferPointer(
        start: bytes + rawStart, count: min(rawEnd - rawStart, ImportLimits.rawPrefix))
      return Rejection(
        record: record, field: field, code: code, problem: problem(),
        raw: String(decoding: prefix, as: UTF8.self))
    }
  }

  /// Settles who did it; false where nobody is named.
  @inline(__always) mutating func identify(customer: Text, anonymous: Text) -> Bool {
    let userKey = Identity.key(.user, customer.raw)
    let hasUser =
      customer.count > 0 && customer.count <= Identity.longestID
      && !placeholders.contains(userKey, customer)
    linked = absent
    if anonymous.count == 0 {
      guard hasUser else { return refuseIdentity(customer, anonymous) }
      (key, namespace, id) = (userKey, .user, customer)
      return true
    }
    return identify(customer, userKey, hasUser, anonymous)
  }

  @inline(never) private mutating func identify(
    _ customer: Text, _ userKey: UInt64, _ hasUser: Bool, _ anonymous: Text
  ) -> Bool {
    guard customer.count <= Identity.longestID, anonymous.count <= Identity.longestID else {
      return refuseIdentity(customer, anonymous)
    }
    let anonymousKey = Identity.key(.anonymous, anonymous.raw)
    let hasAnonymous =
      !placeholders.contains(Identity.key(.user, anonymous.raw), anonymous)
    switch (hasUser, hasAnonymous) {
    case (true, true):
      (key, namespace, id) = (userKey, .user, customer)
      (linked, linkedKey) = (anonymous, anonymousKey)
    case (true, false): (key, namespace, id) = (userKey, .user, customer)
    case (false, true): (key, namespace, id) = (anonymousKey, .anonymous, anonymous)
    case (false, false): return refuseIdentity(customer, anonymous)
    }
    return true
  }

  @inline(never) private mutating func refuseIdentity(
    _ customer: Text, _ anonymous: Text
  ) -> Bool {
    let isUser =
      anonymous.count <= Identity.longestID && (customer.count > 0 || anonymous.count == 0)
    let field = isUser ? fieldNames.customer ?? fieldNames.anonymous : fieldNames.anonymous
    let given = isUser ? customer : anonymous
    if given.count > Identity.longestID {
      reject(
        field: field, "identity.length",
        "The id has \(given.count) bytes, and at most \(Identity.longestID) are taken.")
    } else {
      reject(
        field: field, "identity.placeholder",
        given.count == 0 ? "There is no id." : "“\(given.string)” names no customer.")
    }
    return false
  }

  /// Settles what happened; false where the name is missing or not taken.
  @inline(__always) mutating func name(_ given: Text) -> Bool {
    let name = given.count > 0 ? given : constantName
    guard name.count > 0, name.count <= ImportLimits.eventName,
      let code = writer.code(of: name, in: names)
    else { return refuseName(name) }
    self.code = code
    return true
  }

  @inline(never) private mutating func refuseName(_ name: Text) -> Bool {
    if name.count == 0 {
      reject(field: fieldNames.event, "event.missing", "The event has no name.")
    } else if name.count > ImportLimits.eventName {
      reject(
        field: fieldNames.event, "event.length",
        "The event name has \(name.count) bytes, and at most \(ImportLimits.eventName) are taken.")
    } else {
      reject(
        field: fieldNames.event, "event.names",
        "A workspace has at most \(EventNames.limit) distinct event names.")
    }
    return false
  }

  /// Settles when it happened; false where the text is no time.
  @inline(__always) mutating func time(_ text: Text) -> Bool {
    do throws(TimeReader.Failure) {
      milliseconds = try clock.read(text)
      return true
    } catch { return refuseTime(text, error) }
  }

  /// Settles when it happened from milliseconds; false where no event may lie there.
  mutating func time(milliseconds: Int64) -> Bool {
    let instant = Instant(milliseconds: milliseconds)
    guard instant >= .earliest, instant < .tooLate else {
      reject(
        field: fieldNames.time, "time.range",
        "The corrected time is outside \(Instant.earliest) to \(Instant.tooLate).")
      return false
    }
    self.milliseconds = milliseconds
    return true
  }

  /// A text of the record at hand that lies nowhere else.
  mutating func copy(_ string: String?) -> Text {
    guard var string else { return absent }
    return string.withUTF8 { utf8 in
      let room = scratch(utf8.count)
      if let base = utf8.baseAddress { room.update(from: base, count: utf8.count) }
      return Text(room, utf8.count)
    }
  }

  /// A name of Waymark's own as a text of the record at hand.
  mutating func constant(_ name: StaticString) -> Text {
    let room = scratch(name.utf8CodeUnitCount)
    room.update(from: name.utf8Start, count: name.utf8CodeUnitCount)
    return Text(room, name.utf8CodeUnitCount)
  }

  /// Notes that an older id stands for the same person, be it a user's or a device's.
  mutating func alias(_ older: Text) -> Bool {
    aliased = absent
    let key = Identity.key(.user, older.raw)
    guard older.count > 0, older.count <= Identity.longestID, !placeholders.contains(key, older)
    else {
      reject(
        field: "previousId", "identity.placeholder",
        "“\(older.string.prefix(60))” names no customer.")
      return false
    }
    aliased = older
    return true
  }

  /// The instant of a text, without settling on it; nil where it is none, which the caller
  /// answers by taking another of the record's times.
  mutating func instant(_ text: Text) -> Int64? { try? clock.read(text) }

  @inline(never) private mutating func refuseTime(
    _ text: Text, _ failure: TimeReader.Failure
  ) -> Bool {
    let given = Text(text.start, min(text.count, 60)).string
    if text.count == 0 {
      reject(field: fieldNames.time, "time.missing", "The event has no time.")
      return false
    }
    switch failure {
    case .form: reject(field: fieldNames.time, "time.form", "“\(given)” is no time.")
    case .range:
      reject(
        field: fieldNames.time, "time.range",
        "“\(given)” is outside \(Instant.earliest) to \(Instant.tooLate).")
    case .order:
      reject(
        field: fieldNames.time, "time.order",
        "“\(given)” may be day or month first; --time-format says which.")
    }
    return false
  }

  /// Writes the event that was settled.
  ///
  /// - Parameter content: what stands for the message id where there is none.
  @inline(__always) mutating func accept(message: Text, content: Text) {
    let hash =
      message.count > 0
      ? Batch.messageHash(id: message.raw)
      : stableHash(content.raw) & ~Batch.explicitMessage
    writer.append(
      key: key, namespace: namespace, id: id, code: code, time: milliseconds, message: hash)
    if linked.count > 0 {
      writer.link(
        id, key, linked, linkedKey, otherNamespace: .anonymous, time: milliseconds)
    }
    if aliased.count > 0 { linkAlias() }
  }

  @inline(never) private mutating func linkAlias() {
    for other in Namespace.allCases {
      let otherKey = Identity.key(other, aliased.raw)
      guard otherKey != key else { continue }
      writer.link(
        id, key, aliased, otherKey, namespace: namespace, otherNamespace: other,
        time: milliseconds)
    }
    aliased = absent
  }

  /// Adds a property, whose kind its text tells, to the event that was just written.
  @inline(__always) mutating func property(_ slot: Int, untyped text: Text) {
    let row = writer.count &- 1
    switch readValue(text) {
    case .none: break
    case .number(let number): writer.properties.base[slot].append(number: number, row: row)
    case .boolean(let boolean): writer.properties.base[slot].append(boolean: boolean, row: row)
    case .text: property(slot, text: text)
    }
  }

  /// Adds a text to the event that was just written; one that is too long is noted and left out.
  @inline(__always) mutating func property(_ slot: Int, text: Text) {
    guard text.count <= ImportLimits.text else {
      reject(
        field: writer.propertyNames[slot], Rejection.tooLongText,
        "The value has \(text.count) bytes, and at most \(ImportLimits.text) are taken.")
      return
    }
    writer.properties.base[slot].append(text: text, row: writer.count &- 1)
  }

  /// What was read; nothing can be written afterwards.
  mutating func finish() -> ReadChunk {
    var written = BatchWriter(expecting: 0)
    swap(&written, &writer)
    return ReadChunk(written, rejections: rejections, records: records)
  }
}

/// The ids that name nobody, found by the key that each row computes anyway.
struct Placeholders {
  /// A bit for twelve bits of each placeholder's key: few other ids meet one.
  private let filter: UnsafeMutablePointer<UInt64>

  private static let keys = Identity.placeholders.map { Identity(.user, $0).key }

  init() {
    filter = .allocate(capacity: 64)
    filter.initialize(repeating: 0, count: 64)
    for key in Self.keys { filter[Int(key >> 6 & 63)] |= 1 << (key & 63) }
  }

  @inline(__always) func contains(_ key: UInt64, _ id: Text) -> Bool {
    filter[Int(truncatingIfNeeded: key >> 6 & 63)] & (1 << (key & 63)) != 0 && isPlaceholder(id)
  }

  @inline(never) private func isPlaceholder(_ id: Text) -> Bool {
    id.count <= 64 && Identity.placeholders.contains(id.string)
  }

  func deallocate() { filter.deallocate() }
}
