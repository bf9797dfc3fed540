import Events

/// A made-up event as it arrives.
public struct MadeEvent: Sendable {
  public var event: Event
  /// When it reached the company; never before it happened.
  public var receivedAt: Instant
  /// The properties in the order in which they are written.
  var properties: [(name: String, value: PropertyValue)]
  /// The touchpoint that it is meant to be an interaction with.
  var touchpoint: String?
  /// The value of the property by which cases are keyed.
  var key: String?
  /// Whether it came by a channel that the touchpoint was not designed for.
  var offChannel = false
  /// The number of the event that it speaks of, where it answers a survey about a touchpoint.
  var speaksOf: Int?
  /// What was answered about it, 1 to 5.
  var answers: [Double] = []
  /// When the same event is sent once more.
  var arrivesAgainAt: Instant?
  /// What tells it from others that arrive in the same millisecond.
  var ordinal: Int

  /// Adds the event as one line of JSON in Waymark's own form, line end included.
  public func write(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    let identities = [event.identity, event.linked].compactMap(\.self)
    for identity in identities {
      bytes.appendName(identity.namespace == .user ? "user_id" : "anonymous_id")
      bytes.appendText(identity.id)
      bytes.append(UInt8(ascii: ","))
    }
    bytes.appendName("event")
    bytes.appendText(event.name)
    bytes.append(contentsOf: ",".utf8)
    bytes.appendName("time")
    bytes.appendText(event.time.description)
    if let message = event.messageID {
      bytes.append(UInt8(ascii: ","))
      bytes.appendName("message_id")
      bytes.appendText(message)
    }
    bytes.append(UInt8(ascii: ","))
    bytes.appendName("properties")
    bytes.append(UInt8(ascii: "{"))
    for (position, property) in properties.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.appendName(property.name)
      bytes.append(property.value)
    }
    bytes.append(contentsOf: "}}\n".utf8)
  }
}

extension CompanyWorld {
  /// How large a block of lines grows before it is handed on, in bytes.
  static let blockSize = 1 << 18

  /// Writes the world as JSON lines in order of arrival, block by block, and returns its truths.
  public func writeLines<Failure: Error>(
    _ sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> PlantedTruths {
    var block: [UInt8] = []
    block.reserveCapacity(Self.blockSize + 4096)
    let truths = try visit { (made: MadeEvent) throws(Failure) in
      made.write(to: &block)
      if block.count >= Self.blockSize {
        try sink(block)
        block.removeAll(keepingCapacity: true)
      }
    }
    if !block.isEmpty { try sink(block) }
    return truths
  }
}

extension [UInt8] {
  mutating func appendName(_ name: String) {
    appendText(name)
    append(UInt8(ascii: ":"))
  }

  mutating func appendText(_ text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      // The made-up texts hold no control characters; quotes and backslashes are escaped.
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { append(UInt8(ascii: "\\")) }
      append(byte)
    }
    append(UInt8(ascii: "\""))
  }

  mutating func append(_ value: PropertyValue) {
    switch value {
    case .string(let text): appendText(text)
    case .boolean(let truth): append(contentsOf: truth ? "true".utf8 : "false".utf8)
    case .number(let number):
      let whole = Int64(exactly: number)
      append(contentsOf: whole.map { "\($0)".utf8 } ?? "\(number)".utf8)
    }
  }
}
