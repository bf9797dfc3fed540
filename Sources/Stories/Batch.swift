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
  /// The bytes that ids lie in.
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

  /// What a message id that a client gave stands for: its hash, whose top bit is 1; or what
  /// `exportedMessage` wrote.
  public static func messageHash(id: some StringProtocol) -> UInt64 {
    var copy = String(id)
    return copy.withUTF8 { messageHash(id: UnsafeRawBufferPointer($0)) }
  }

  /// The same of the bytes of a message id.
  @inlinable public static func messageHash(id: UnsafeRawBufferPointer) -> UInt64 {
    if id.count == exportedLength, let exported = exportedHash(of: id) { return exported }
    return stableHash(id) | explicitMessage
  }

  /// What an event is recognised by, as a message id: an event that was exported and is read again
  /// is the same event, whether a client gave it an id or not.
  public static func exportedMessage(_ hash: UInt64) -> String {
    exportedPrefix + hexadecimal(hash)
  }

  private static let exportedPrefix = "waymark:"
  /// The prefix and the digits of a word.
  @usableFromInline static let exportedLength = 24

  /// The hash that an exported message id holds; nil where it is a client's after all.
  @usableFromInline static func exportedHash(of id: UnsafeRawBufferPointer) -> UInt64? {
    guard id.starts(with: exportedPrefix.utf8) else { return nil }
    var hash: UInt64 = 0
    for byte in id.dropFirst(exportedLength - 16) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): hash = hash << 4 | UInt64(byte - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): hash = hash << 4 | UInt64(byte - 87)
      default: return nil
      }
    }
    return hash
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
  /// The rows that have a value, ascending; nil where each has one.
  public var rows: [UInt32]?
  public var values: Values

  /// The values, one for each of `rows`.
  public enum Values: Sendable {
    /// Positions in `strings`, which lists each text once.
    case strings(positions: [UInt32], strings: [String])
    case numbers([Double])
    case booleans([Bool])
  }

  /// Makes a column.
  public init(name: String, rows: [UInt32]?, values: Values) {
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
