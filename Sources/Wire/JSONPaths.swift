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
    let isTop = !path.utf8.contains(UInt8(ascii: "."))
    var meaning = JSONPath(role: .property, rank: 0, origin: origin(of: path))
    if let role = options.role(of: path) {
      meaning.role = role
      meaning.rank = -1
      return meaning
    }
    guard isTop, path != options.channel, path != options.value else { return meaning }
    if let role = exact[path] {
      meaning.role = role
      meaning.rank = role == .type ? 1000 : 0
      return meaning
    }
    guard let known = known[ColumnNames.plain(path)],
      known.role != .event || options.eventName == nil
    else { return meaning }
    (meaning.role, meaning.rank) = known
    return meaning
  }

  private static func origin(of path: String) -> JSONPath.Origin {
    if path == "context" { return .context }
    if path.without("context.") != nil { return isKept(path) ? .event : .context }
    let top = path.utf8.firstIndex(of: UInt8(ascii: ".")).map { String(path[..<$0]) } ?? path
    return transport.contains(top) ? .transport : .event
  }

  private static let transport: Set<String> = [
    "integrations", "_metadata", "writeKey", "projectId", "version",
  ]

  /// The parts that plain names play, and the rank of each among those of its part.
  private static let known: [String: (role: JSONPath.Role, rank: Int16)] = {
    let lists: [([String], JSONPath.Role)] = [
      (ColumnNames.customer, .customer), (ColumnNames.anonymous, .anonymous),
      (ColumnNames.event, .event), (ColumnNames.time, .time), (ColumnNames.message, .message),
    ]
    var known: [String: (role: JSONPath.Role, rank: Int16)] = [:]
    for (names, role) in lists {
      for (rank, name) in names.enumerated() where known[name] == nil {
        known[name] = (role, Int16(rank))
      }
    }
    return known
  }()

  private static let exact: [String: JSONPath.Role] = [
    "type": .type, "originalTimestamp": .original, "sentAt": .sent, "receivedAt": .received,
    "groupId": .group, "previousId": .previous,
  ]

  /// What is kept of Segment's context: where the page was, which campaign led there, and consent.
  private static func isKept(_ path: String) -> Bool {
    path.hasPrefix("context.campaign.") || path.hasPrefix("context.consent.")
      || [
        "context.page.path", "context.page.url", "context.page.referrer", "context.consent",
      ].contains(path)
  }

  /// The property that a path's values go to; nil where there is no room for another.
  mutating func slot(_ position: Int, ofGroup: Bool, in writer: inout BatchWriter) -> Int? {
    let known = ofGroup ? paths.base[position].groupSlot : paths.base[position].slot
    if known >= 0 { return Int(known) }
    let path = name(position)
    var property = path.without("properties.") ?? path
    if path == options.channel { property = "channel" }
    if path == options.value { property = "value" }
    if ofGroup { property = "group." + (path.without("traits.") ?? path) }
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

extension ImportOptions {
  /// The part that a person gave a path; nil where they gave it none.
  fileprivate func role(of path: String) -> JSONPath.Role? {
    if path == customer { return .customer }
    if path == anonymous { return .anonymous }
    if path == event { return .event }
    if path == time { return .time }
    return path == messageID ? .message : nil
  }
}

extension String {
  /// What follows a beginning; nil where the text does not begin so, or nothing follows.
  ///
  /// Bytes are compared: a mark that combines with the dot before it is still behind that dot.
  func without(_ beginning: StaticString) -> String? {
    let length = beginning.utf8CodeUnitCount
    guard utf8.count > length else { return nil }
    return beginning.withUTF8Buffer { wanted in
      utf8.starts(with: wanted) ? String(self[utf8.index(startIndex, offsetBy: length)...]) : nil
    }
  }
}
