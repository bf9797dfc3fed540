import Events

extension Batch {
  /// Adds events in order of arrival.
  ///
  /// An event without a message id is recognised by its content.
  /// - Throws: `events.names` where the workspace has no room for another event name,
  ///   `events.id` where an id is a placeholder or too long.
  public init(_ events: some Sequence<Event>, names: inout EventNames) throws(Refusal) {
    self.init()
    var columns: [ColumnName: Int] = [:]
    var positions: [ColumnName: [String: UInt32]] = [:]
    for event in events {
      guard let code = names.codeAdding(event.name) else { throw .tooManyNames }
      guard !Identity.placeholders.contains(event.identity.id),
        event.identity.id.utf8.count <= Identity.longestID
      else {
        throw Refusal(
          "events.id", problem: "“\(event.identity.id.prefix(40))” names no customer.",
          remedy: "Send an id of 1 to \(Identity.longestID) bytes that stands for one person.")
      }
      let row = UInt32(count)
      keys.append(event.identity.key)
      namespaces.append(event.identity.namespace.rawValue)
      idStarts.append(UInt32(idBytes.count))
      idLengths.append(UInt16(event.identity.id.utf8.count))
      idBytes.append(contentsOf: event.identity.id.utf8)
      codes.append(code)
      times.append(event.time.milliseconds)
      messages.append(event.messageHash)
      if let linked = event.linked {
        links.insert(earliest: IdentityPair(event.identity, linked, time: event.time.milliseconds))
      }
      for (name, value) in event.properties.sorted(by: { $0.key < $1.key }) {
        let column = ColumnName(name: name, kind: value.kind)
        let position = columns[column] ?? properties.count
        if position == properties.count {
          columns[column] = position
          properties.append(BatchColumn(name: name, values: .empty(value.kind)))
        }
        properties[position].rows.append(row)
        properties[position].values.append(value, known: &positions[column, default: [:]])
      }
    }
  }
}

extension Refusal {
  /// The refusal of one event name too many.
  public static let tooManyNames = Refusal(
    "events.names",
    problem: "A workspace has at most \(EventNames.limit) distinct event names.",
    remedy: "Give events a general name and put what differs into a property.")
}

extension BatchColumn.Values {
  static func empty(_ kind: PropertyKind) -> Self {
    switch kind {
    case .string: .strings(positions: [], strings: [])
    case .number: .numbers([])
    case .boolean: .booleans([])
    }
  }

  /// Appends a value of the column's own kind; `known` has the position of each text.
  ///
  /// The arrays are taken out of `self` while they grow, since two holders would mean a copy.
  mutating func append(_ value: PropertyValue, known: inout [String: UInt32]) {
    let values = self
    self = .booleans([])
    self = values.appending(value, known: &known)
  }

  private consuming func appending(_ value: PropertyValue, known: inout [String: UInt32]) -> Self {
    switch consume self {
    case .strings(var positions, var strings):
      guard case .string(let text) = value else { break }
      let position = known[text] ?? UInt32(strings.count)
      if position == strings.count {
        known[text] = position
        strings.append(text)
      }
      positions.append(position)
      return .strings(positions: positions, strings: strings)
    case .numbers(var numbers):
      guard case .number(let number) = value else { break }
      numbers.append(number)
      return .numbers(numbers)
    case .booleans(var booleans):
      guard case .boolean(let boolean) = value else { break }
      booleans.append(boolean)
      return .booleans(booleans)
    }
    preconditionFailure("A column takes values of its own kind only.")
  }
}

extension Event {
  /// What the event is recognised by: its message id, or else its content.
  public var messageHash: UInt64 {
    if let messageID { return Batch.messageHash(id: messageID) }
    var hash = stableHash(name, seed: UInt64(bitPattern: time.milliseconds))
    hash = stableHash(identity.id, seed: hash &+ UInt64(identity.namespace.rawValue))
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      hash = stableHash(name, seed: hash)
      switch value {
      case .string(let text): hash = stableHash(text, seed: hash)
      case .number(let number): hash = stableHash("\(number)", seed: hash &+ 1)
      case .boolean(let boolean): hash = stableHash("\(boolean)", seed: hash &+ 2)
      }
    }
    return hash & ~Batch.explicitMessage
  }
}
