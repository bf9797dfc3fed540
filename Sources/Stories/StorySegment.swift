import Events

/// Stories as columns: the events of each customer lie together, in order.
///
/// Customers ascend by key. Inside one customer events ascend by (time, arrival, message). The
/// columns may lie in memory or in a mapped file; `owner` keeps them there. A segment never
/// changes, which is why it may be shared between threads although it holds pointers.
public struct StorySegment: @unchecked Sendable {
  /// The canonical key of each customer, ascending.
  public var customers: UnsafeBufferPointer<UInt64>
  /// Where each customer's events begin; one more entry than `customers`, the last is `count`.
  public var offsets: UnsafeBufferPointer<UInt32>
  /// The code of each event's name in the workspace's `EventNames`.
  public var codes: UnsafeBufferPointer<UInt16>
  /// When each event happened, in milliseconds since the Unix epoch.
  public var times: UnsafeBufferPointer<Int64>
  /// The position of each event among all that the workspace ever took.
  public var arrivals: UnsafeBufferPointer<UInt32>
  /// What each event is recognised by when it is sent again.
  public var messages: UnsafeBufferPointer<UInt64>
  /// The rows whose own identity is not the customer's canonical one, ascending.
  public var otherRows: UnsafeBufferPointer<UInt32>
  /// The keys of the identities of those rows.
  public var otherKeys: UnsafeBufferPointer<UInt64>
  /// The properties that any of the events has, ascending by name, then kind.
  public var properties: [PropertyColumn]
  /// The text of every identity in the segment.
  public var identities: IdentityColumn
  /// The customers to visit: ascending ranges of positions in `customers`. The others are hidden.
  public var visible: [Range<Int>]
  /// What keeps the columns in memory.
  public var owner: any AnyObject & Sendable

  /// How many events there are, hidden ones among them.
  public var count: Int { codes.count }

  /// The rows of the customer at a position.
  @inlinable public func rows(of position: Int) -> Range<Int> {
    Int(offsets[position])..<Int(offsets[position + 1])
  }

  /// The position of the customer with a key.
  public func position(of key: UInt64) -> Int? {
    let position = customers.firstPosition { $0 >= key }
    return position < customers.count && customers[position] == key ? position : nil
  }

  /// The key of the identity that the event of a row came with.
  public func ownKey(row: Int, customer: Int) -> UInt64 {
    let position = otherRows.firstPosition { $0 >= UInt32(row) }
    return position < otherRows.count && otherRows[position] == UInt32(row)
      ? otherKeys[position] : customers[customer]
  }

  /// The column of a property's values of one kind.
  public func property(_ name: String, _ kind: PropertyKind) -> PropertyColumn? {
    properties.first { $0.name == name && $0.kind == kind }
  }

  /// Makes a segment from columns that `owner` keeps in memory; every customer is visible.
  public init(
    customers: UnsafeBufferPointer<UInt64>, offsets: UnsafeBufferPointer<UInt32>,
    codes: UnsafeBufferPointer<UInt16>, times: UnsafeBufferPointer<Int64>,
    arrivals: UnsafeBufferPointer<UInt32>, messages: UnsafeBufferPointer<UInt64>,
    otherRows: UnsafeBufferPointer<UInt32>, otherKeys: UnsafeBufferPointer<UInt64>,
    properties: [PropertyColumn], identities: IdentityColumn, owner: any AnyObject & Sendable
  ) {
    self.customers = customers
    self.offsets = offsets
    self.codes = codes
    self.times = times
    self.arrivals = arrivals
    self.messages = messages
    self.otherRows = otherRows
    self.otherKeys = otherKeys
    self.properties = properties
    self.identities = identities
    self.visible = customers.isEmpty ? [] : [0..<customers.count]
    self.owner = owner
  }
}

/// One property's values of one kind, for the rows of a segment.
///
/// A *dense* column has an entry for every row, a *sparse* one only for the rows in `rows`.
public struct PropertyColumn: @unchecked Sendable {
  /// How the values lie in memory.
  public enum Values: @unchecked Sendable {
    /// Codes of texts; 0: no value, code c: entry c − 1 of the dictionary.
    case codes8(UnsafeBufferPointer<UInt8>)
    case codes16(UnsafeBufferPointer<UInt16>)
    case codes32(UnsafeBufferPointer<UInt32>)
    /// Numbers; not-a-number: no value.
    case numbers(UnsafeBufferPointer<Double>)
    /// Truth values; 0: no value, 1: false, 2: true.
    case booleans(UnsafeBufferPointer<UInt8>)
  }

  public var name: String
  public var kind: PropertyKind
  /// The rows that have a value, ascending; nil where the column is dense.
  public var rows: UnsafeBufferPointer<UInt32>?
  public var values: Values
  /// The texts of a string column, ascending by bytes; empty for other kinds.
  public var dictionary: StringColumn

  /// Makes a column.
  public init(
    name: String, kind: PropertyKind, rows: UnsafeBufferPointer<UInt32>?, values: Values,
    dictionary: StringColumn = StringColumn()
  ) {
    self.name = name
    self.kind = kind
    self.rows = rows
    self.values = values
    self.dictionary = dictionary
  }

  /// The position in `values` of a row's value; nil where a sparse column has none.
  @inlinable public func position(of row: Int) -> Int? {
    guard let rows else { return row }
    let position = rows.firstPosition { $0 >= UInt32(row) }
    return position < rows.count && rows[position] == UInt32(row) ? position : nil
  }

  /// The code of a row's text; 0 where it has none.
  @inlinable public func code(at row: Int) -> Int {
    guard let position = position(of: row) else { return 0 }
    switch values {
    case .codes8(let codes): return Int(codes[position])
    case .codes16(let codes): return Int(codes[position])
    case .codes32(let codes): return Int(codes[position])
    case .numbers, .booleans: return 0
    }
  }

  /// The number of a row; nil where it has none.
  @inlinable public func number(at row: Int) -> Double? {
    guard case .numbers(let numbers) = values, let position = position(of: row) else { return nil }
    let number = numbers[position]
    return number.isNaN ? nil : number
  }

  /// The truth value of a row; nil where it has none.
  @inlinable public func boolean(at row: Int) -> Bool? {
    guard case .booleans(let bytes) = values, let position = position(of: row) else { return nil }
    return bytes[position] == 0 ? nil : bytes[position] == 2
  }

  /// The value of a row; nil where it has none.
  public func value(at row: Int) -> PropertyValue? {
    switch kind {
    case .string:
      let code = code(at: row)
      return code == 0 ? nil : .string(dictionary[code - 1])
    case .number: return number(at: row).map(PropertyValue.number)
    case .boolean: return boolean(at: row).map(PropertyValue.boolean)
    }
  }
}

/// Texts one after the other.
public struct StringColumn: @unchecked Sendable {
  /// Where each text begins in `bytes`; one more entry than there are texts, or none at all.
  public var offsets: UnsafeBufferPointer<UInt32>
  /// The UTF-8 of all texts.
  public var bytes: UnsafeBufferPointer<UInt8>

  /// Makes a column; without arguments, one without texts.
  public init(
    offsets: UnsafeBufferPointer<UInt32> = .init(start: nil, count: 0),
    bytes: UnsafeBufferPointer<UInt8> = .init(start: nil, count: 0)
  ) {
    self.offsets = offsets
    self.bytes = bytes
  }

  /// How many texts there are.
  public var count: Int { max(0, offsets.count - 1) }

  /// The bytes of a text.
  @inlinable public func utf8(_ position: Int) -> UnsafeBufferPointer<UInt8> {
    .init(rebasing: bytes[Int(offsets[position])..<Int(offsets[position + 1])])
  }

  /// The text at a position; bytes that are no UTF-8 are replaced.
  public subscript(_ position: Int) -> String { String(decoding: utf8(position), as: UTF8.self) }

  /// The position of a text in a column that ascends by bytes.
  public func position(of text: String) -> Int? {
    let wanted = Array(text.utf8)
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if utf8(middle).lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
    }
    return low < count && utf8(low).elementsEqual(wanted) ? low : nil
  }
}

/// The text of identities by their key.
public struct IdentityColumn: @unchecked Sendable {
  /// The keys, ascending.
  public var keys: UnsafeBufferPointer<UInt64>
  /// The namespaces, as `Namespace.rawValue`.
  public var namespaces: UnsafeBufferPointer<UInt8>
  /// The ids.
  public var ids: StringColumn

  /// Makes a column of identities.
  public init(
    keys: UnsafeBufferPointer<UInt64>, namespaces: UnsafeBufferPointer<UInt8>, ids: StringColumn
  ) {
    self.keys = keys
    self.namespaces = namespaces
    self.ids = ids
  }

  /// The identity with a key; nil where no event came with it.
  public func identity(of key: UInt64) -> Identity? {
    let position = keys.firstPosition { $0 >= key }
    guard position < keys.count, keys[position] == key else { return nil }
    return Identity(Namespace(rawValue: namespaces[position]) ?? .user, ids[position])
  }
}

extension UnsafeBufferPointer {
  /// The first position whose element meets a condition that, once met, stays met.
  @inlinable public func firstPosition(where met: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if met(self[middle]) { high = middle } else { low = middle &+ 1 }
    }
    return low
  }
}
