/// The value of a property: a text, a number or a truth value.
public enum PropertyValue: Hashable, Sendable {
  case string(String)
  case number(Double)
  case boolean(Bool)

  /// The kind of the value.
  public var kind: PropertyKind {
    switch self {
    case .string: .string
    case .number: .number
    case .boolean: .boolean
    }
  }
}

/// The kinds of property values; one name may have values of several kinds.
public enum PropertyKind: UInt8, Codable, Sendable, CaseIterable {
  case string = 0
  case number = 1
  case boolean = 2
}

/// Something that happened: what, when, who, and what else is known of it.
///
/// Names that begin with `$` are Waymark's own: `$identify` carries traits of a customer as
/// properties whose names begin with `traits.`, `$group` ties a customer to an `account`.
public struct Event: Hashable, Sendable {
  /// The event's name, as the company wrote it.
  public var name: String
  /// When it happened.
  public var time: Instant
  /// Who did it: the identity under which the event is stored.
  public var identity: Identity
  /// Another identity of the same person that the event names, which links the two.
  public var linked: Identity?
  /// The id by which a resent event is recognised; nil lets the event's content stand for it.
  public var messageID: String?
  /// What else is known, by name; nested names are joined with dots, a channel is `channel`.
  public var properties: [String: PropertyValue]

  /// Makes an event.
  public init(
    _ name: String, at time: Instant, by identity: Identity, linked: Identity? = nil,
    messageID: String? = nil, properties: [String: PropertyValue] = [:]
  ) {
    self.name = name
    self.time = time
    self.identity = identity
    self.linked = linked
    self.messageID = messageID
    self.properties = properties
  }

  /// The event that carries a customer's traits.
  public static let identify = "$identify"
  /// The event that ties a customer to an account.
  public static let group = "$group"
}

extension PropertyValue {
  /// The value for people: numbers without a needless fraction.
  public var shown: String {
    switch self {
    case .string(let text): text
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    case .boolean(let boolean): "\(boolean)"
    }
  }

  /// The number that it is, or that a text spells, as files that were imported have it; nil for what
  /// is none.
  public var number: Double? {
    switch self {
    case .number(let number): number
    case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    case .boolean: nil
    }
  }
}

extension PropertyValue: Encodable {
  /// Writes the bare value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    case .boolean(let boolean): try container.encode(boolean)
    }
  }
}
