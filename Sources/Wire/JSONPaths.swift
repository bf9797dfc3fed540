import Events

/// What a key of JSON lines means, by its path through nested objects.
struct JSONPath: BitwiseCopyable {
  enum Role: UInt8 {
    case property, customer, anonymous, event, time, message
    case type, original, sent, received, group, previous
    static let count = 12
  }

  /// What Segment's libraries add that is not about the event.
  enum Origin: UInt8 { case event, context, transport }

  var role: Role
  /// Among several keys for one part, the lowest rank plays it.
  var rank: Int16
  var origin: Origin
  /// The position of the property; -1 until a record has it.
  var slot: Int32 = -1
  /// The same for the traits of a group.
  var groupSlot: Int32 = -1
}

/// The paths that the records of one chunk have.
struct JSONPaths: ~Copyable {
  private var table = TextTable()
  private(set) var paths = GrowingColumn<JSONPath>(capacity: 64)
  private let options: ImportOptions
  private var slots: [String: Int32] = [:]

  /// Objects have paths too, and hold no property themselves.
  private static let limit = ImportLimits.properties * 2

  init(_ options: ImportOptions) { self.options = options }

  deinit {
    table.deallocate()
    paths.deallocate()
  }

  /// The position of a path; nil where there is no room for another.
  mutating func position(of path: Text) -> Int? {
    if let known = table.known(path) { return known }
    guard table.count < Self.limit else { return nil }
    let position = Int(table.position(of: path))
    paths.append(Self.meaning(of: path.string, options))
    return position
  }

  func name(_ position: Int) -> String { table.string(at: position) }

  /// What a key means by its path alone.
  static func meaning(of path: String, _ options: ImportOptions) -> JSONPath {
    let top = path.prefix { $0 != "." }
    let origin: JSONPath.Origin =
      switch top {
      case "context": isKept(path) ? .event : .context
      case "integrations", "_metadata", "writeKey", "projectId", "version": .transport
      default: .event
      }
    var meaning = JSONPath(role: .property, rank: 0, origin: origin)
    let given: [(String?, JSONPath.Role)] = [
      (options.customer, .customer), (options.anonymous, .anonymous), (options.event, .event),
      (options.time, .time), (options.messageID, .message),
    ]
    if let role = given.first(where: { $0.0 == path })?.1 {
      meaning.role = role
      meaning.rank = -1
      return meaning
    }
    guard top == path, path != options.channel, path != options.value else { return meaning }
    if let role = exact[path] {
      meaning.role = role
      meaning.rank = role == .type ? 1000 : 0
      return meaning
    }
    let known: [([String], JSONPath.Role)] = [
      (ColumnNames.customer, .customer), (ColumnNames.anonymous, .anonymous),
      (options.eventName == nil ? ColumnNames.event : [], .event), (ColumnNames.time, .time),
      (ColumnNames.message, .message),
    ]
    let plain = ColumnNames.plain(path)
    for (names, role) in known {
      guard let rank = names.firstIndex(of: plain) else { continue }
      meaning.role = role
      meaning.rank = Int16(rank)
      return meaning
    }
    return meaning
  }

  private static let exact: [String: JSONPath.Role] = [
    "type": .type, "originalTimestamp": .original, "sentAt": .sent, "receivedAt": .received,
    "groupId": .group, "previousId": .previous,
  ]

  /// What is kept of Segment's context: where the page was and which campaign led there.
  private static func isKept(_ path: String) -> Bool {
    path.hasPrefix("context.campaign.")
      || ["context.page.path", "context.page.url", "context.page.referrer"].contains(path)
  }

  /// The property that a path's values go to; nil where there is no room for another.
  mutating func slot(_ position: Int, ofGroup: Bool, in writer: inout BatchWriter) -> Int? {
    let known = ofGroup ? paths.base[position].groupSlot : paths.base[position].slot
    if known >= 0 { return Int(known) }
    let path = name(position)
    var property = path.hasPrefix("properties.") ? String(path.dropFirst(11)) : path
    if path == options.channel { property = "channel" }
    if path == options.value { property = "value" }
    if ofGroup { property = "group." + path.dropFirst(7) }
    guard let slot = slot(named: property, in: &writer) else { return nil }
    if ofGroup {
      paths.base[position].groupSlot = Int32(slot)
    } else {
      paths.base[position].slot = Int32(slot)
    }
    return slot
  }

  /// The property with a name; nil where there is no room for another.
  mutating func slot(named property: String, in writer: inout BatchWriter) -> Int? {
    if let known = slots[property] { return Int(known) }
    guard writer.propertyNames.count < ImportLimits.properties else { return nil }
    let slot = writer.addProperty(property)
    slots[property] = Int32(slot)
    return slot
  }
}
