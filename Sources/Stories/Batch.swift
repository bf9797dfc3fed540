import Events

/// Events as columns, in the order of their arrival: what readers make and stores take.
///
/// All row columns have one entry an event. The text of ids stays in `idBytes`; a row points at it.
public struct Batch: Sendable {
  /// The key of the identity that each event came with.
  public var keys: [UInt64] = []
  /// The namespace of that identity, as `Namespace.rawValue`.
  public var namespaces: [UInt8] = []
  /// Where the id begins in `idBytes`.
  public var idStarts: [UInt32] = []
  /// How long the id is, in bytes.
  public var idLengths: [UInt16] = []
  /// The bytes that ids lie in; a reader may put its whole input here.
  public var idBytes: [UInt8] = []
  /// The code of each event's name.
  public var codes: [UInt16] = []
  /// When each event happened, in milliseconds since the Unix epoch.
  public var times: [Int64] = []
  /// What each event is recognised by when it is sent again: see `messageHash`.
  public var messages: [UInt64] = []
  /// The properties that any of the events has.
  public var properties: [BatchColumn] = []
  /// Pairs of identities that an event named together, each pair once.
  public var links: Set<IdentityPair> = []

  /// Makes an empty batch.
  public init() {}

  /// How many events there are.
  public var count: Int { keys.count }

  /// The hash of a message id that a client gave; its top bit is 1.
  public static func messageHash(id: some StringProtocol) -> UInt64 {
    stableHash(id) | explicitMessage
  }

  /// The bit that tells the hash of a client's message id from the hash of an event's content.
  public static let explicitMessage: UInt64 = 1 << 63
}

/// Two identities of one person, as one event named them.
public struct IdentityPair: Hashable, Sendable {
  public let first: Identity
  public let second: Identity
  /// When the earliest event that said so happened, in milliseconds since the Unix epoch.
  public let time: Int64

  /// Makes a pair, said at a time.
  public init(_ first: Identity, _ second: Identity, time: Int64) {
    self.first = first
    self.second = second
    self.time = time
  }

  /// Pairs of the same two identities are equal, whenever they were said.
  public static func == (left: IdentityPair, right: IdentityPair) -> Bool {
    left.first == right.first && left.second == right.second
  }

  /// Hashes the two identities.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(first)
    hasher.combine(second)
  }
}

extension Set<IdentityPair> {
  /// Adds a pair, or, where the same two were said before, keeps the earlier time of both.
  public mutating func insert(earliest pair: IdentityPair) {
    if insert(pair).memberAfterInsert.time > pair.time { update(with: pair) }
  }
}

/// One property's values of one kind in a batch; rows without it are left out.
public struct BatchColumn: Sendable {
  public var name: String
  /// The rows that have a value, ascending.
  public var rows: [UInt32] = []
  public var values: Values

  /// The values, one for each of `rows`.
  public enum Values: Sendable {
    /// Positions in `strings`, which lists each text once.
    case strings(positions: [UInt32], strings: [String])
    case numbers([Double])
    case booleans([Bool])
  }

  /// Makes a column.
  public init(name: String, rows: [UInt32] = [], values: Values) {
    self.name = name
    self.rows = rows
    self.values = values
  }

  /// The kind of the values.
  public var kind: PropertyKind {
    switch values {
    case .strings: .string
    case .numbers: .number
    case .booleans: .boolean
    }
  }
}
