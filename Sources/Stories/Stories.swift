import Events

/// Every customer's story at one moment: what a question is asked of.
///
/// Each visible customer lies in exactly one segment, under the canonical key of their identities.
public struct Stories: Sendable {
  /// The names that the segments' codes stand for.
  public var names: EventNames {
    didSet { shelf = Shelf() }
  }
  /// The stories, as columns.
  public var segments: [StorySegment] {
    didSet {
      watermark = Self.watermark(of: segments)
      shelf = Shelf()
    }
  }
  /// What questions have worked out about these stories.
  public private(set) var shelf = Shelf()
  /// The time of the latest visible event: how far the data reach. nil where there is no event.
  public private(set) var watermark: Instant?
  /// Before when events were removed that were there once.
  public var removed = Horizon()

  /// Makes stories from segments, each customer being visible in one of them only.
  public init(names: EventNames, segments: [StorySegment]) {
    self.names = names
    self.segments = segments
    watermark = Self.watermark(of: segments)
  }

  /// Makes a part of some stories, of which the whole reaches as far as said.
  public init(names: EventNames, segments: [StorySegment], watermark: Instant?) {
    self.names = names
    self.segments = segments
    self.watermark = watermark
  }

  /// How many events visible customers have.
  public var eventCount: Int {
    segments.reduce(0) { sum, segment in
      segment.visible.reduce(sum) {
        $0 + Int(segment.offsets[$1.upperBound]) - Int(segment.offsets[$1.lowerBound])
      }
    }
  }

  /// The names of the properties that events have, ascending.
  public var propertyNames: [String] {
    Set(segments.flatMap { $0.properties.map(\.name) }).sorted()
  }

  /// How many customers are visible.
  public var customerCount: Int {
    segments.reduce(0) { $1.visible.reduce($0) { $0 + $1.count } }
  }

  /// The time of the latest event that a customer of the segments has.
  ///
  /// - Complexity: O(*customers*), since a story's last event is its latest.
  private static func watermark(of segments: [StorySegment]) -> Instant? {
    var latest = Int64.min
    for segment in segments {
      for range in segment.visible {
        for customer in range where segment.offsets[customer] < segment.offsets[customer + 1] {
          latest = max(latest, segment.times[Int(segment.offsets[customer + 1]) - 1])
        }
      }
    }
    return latest == .min ? nil : Instant(milliseconds: latest)
  }

  /// The segment and position of the visible customer with a canonical key.
  public func customer(_ key: UInt64) -> (segment: StorySegment, position: Int)? {
    for segment in segments {
      guard let position = segment.position(of: key) else { continue }
      if segment.visible.contains(where: { $0.contains(position) }) { return (segment, position) }
    }
    return nil
  }

  /// The events of the visible customer with a canonical key, in order.
  ///
  /// Each event has the identity that it came with. Empty where there is no such customer.
  public func story(of key: UInt64) -> [Event] {
    guard let (segment, position) = customer(key) else { return [] }
    return segment.rows(of: position).map {
      segment.event(row: $0, customer: position, names: names)
    }
  }

  /// The text of the identity with a key; nil where no event came with it.
  public func identity(of key: UInt64) -> Identity? {
    for segment in segments {
      if let identity = segment.identities.identity(of: key) { return identity }
    }
    return nil
  }
}

extension StorySegment {
  /// The event of a row, read back from the columns.
  public func event(row: Int, customer: Int, names: EventNames) -> Event {
    let key = ownKey(row: row, customer: customer)
    var properties: [String: PropertyValue] = [:]
    for column in self.properties {
      if let value = column.value(at: row) { properties[column.name] = value }
    }
    return Event(
      names.names[Int(codes[row])], at: Instant(milliseconds: times[row]),
      by: identities.identity(of: key) ?? Identity(.user, String(key, radix: 16)),
      properties: properties)
  }
}
