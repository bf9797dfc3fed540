import Events

/// The columns of a batch where somebody else holds them, to be used no longer than they are held.
///
/// Readers fill memory of their own; what is made of it needs no copy first. The columns are those
/// of `Batch`.
public struct BatchView {
  public let keys: UnsafeBufferPointer<UInt64>
  public let namespaces: UnsafeBufferPointer<UInt8>
  public let idStarts: UnsafeBufferPointer<UInt32>
  public let idLengths: UnsafeBufferPointer<UInt16>
  public let idBytes: UnsafeBufferPointer<UInt8>
  public let codes: UnsafeBufferPointer<UInt16>
  public let times: UnsafeBufferPointer<Int64>
  public let messages: UnsafeBufferPointer<UInt64>
  public let properties: [Column]
  public let links: Set<IdentityPair>

  /// One property's values of one kind, as in `BatchColumn`.
  public struct Column {
    let name: String
    let rows: UnsafeBufferPointer<UInt32>?
    let values: Values

    /// The values, one for each of `rows`.
    public enum Values {
      case strings(positions: UnsafeBufferPointer<UInt32>, strings: [String])
      case numbers(UnsafeBufferPointer<Double>)
      case booleans(UnsafeBufferPointer<Bool>)
    }

    /// Looks at a column.
    public init(name: String, rows: UnsafeBufferPointer<UInt32>?, values: Values) {
      self.name = name
      self.rows = rows
      self.values = values
    }

    /// How many values there are.
    var count: Int {
      switch values {
      case .strings(let positions, _): positions.count
      case .numbers(let numbers): numbers.count
      case .booleans(let booleans): booleans.count
      }
    }

    /// The kind of the values.
    var kind: PropertyKind {
      switch values {
      case .strings: .string
      case .numbers: .number
      case .booleans: .boolean
      }
    }
  }

  /// Looks at columns; each row column has one entry an event.
  public init(
    keys: UnsafeBufferPointer<UInt64>, namespaces: UnsafeBufferPointer<UInt8>,
    idStarts: UnsafeBufferPointer<UInt32>, idLengths: UnsafeBufferPointer<UInt16>,
    idBytes: UnsafeBufferPointer<UInt8>, codes: UnsafeBufferPointer<UInt16>,
    times: UnsafeBufferPointer<Int64>, messages: UnsafeBufferPointer<UInt64>,
    properties: [Column], links: Set<IdentityPair>
  ) {
    precondition(
      [namespaces.count, idStarts.count, idLengths.count, codes.count, times.count, messages.count]
        .allSatisfy { $0 == keys.count }, "Each event has an entry in every row column.")
    self.keys = keys
    self.namespaces = namespaces
    self.idStarts = idStarts
    self.idLengths = idLengths
    self.idBytes = idBytes
    self.codes = codes
    self.times = times
    self.messages = messages
    self.properties = properties
    self.links = links
  }

  /// How many events there are.
  public var count: Int { keys.count }
}

extension BatchView {
  /// A batch's columns, copied into memory that must be held as long as they are looked at.
  init(_ batch: Batch, in memory: ColumnMemory) {
    self.init(
      keys: memory.copy(batch.keys), namespaces: memory.copy(batch.namespaces),
      idStarts: memory.copy(batch.idStarts), idLengths: memory.copy(batch.idLengths),
      idBytes: memory.copy(batch.idBytes), codes: memory.copy(batch.codes),
      times: memory.copy(batch.times), messages: memory.copy(batch.messages),
      properties: batch.properties.map { Column($0, in: memory) }, links: batch.links)
  }
}

extension BatchView.Column {
  fileprivate init(_ column: BatchColumn, in memory: ColumnMemory) {
    name = column.name
    rows = column.rows.map(memory.copy)
    values =
      switch column.values {
      case .strings(let positions, let strings):
        .strings(positions: memory.copy(positions), strings: strings)
      case .numbers(let numbers): .numbers(memory.copy(numbers))
      case .booleans(let booleans): .booleans(memory.copy(booleans))
      }
  }
}

extension Batch {
  /// Copies the columns.
  public init(_ view: BatchView) {
    keys = Array(view.keys)
    namespaces = Array(view.namespaces)
    idStarts = Array(view.idStarts)
    idLengths = Array(view.idLengths)
    idBytes = Array(view.idBytes)
    codes = Array(view.codes)
    times = Array(view.times)
    messages = Array(view.messages)
    properties = view.properties.map(BatchColumn.init)
    links = view.links
  }
}

extension BatchColumn {
  fileprivate init(_ view: BatchView.Column) {
    let values: Values =
      switch view.values {
      case .strings(let positions, let strings):
        .strings(positions: Array(positions), strings: strings)
      case .numbers(let numbers): .numbers(Array(numbers))
      case .booleans(let booleans): .booleans(Array(booleans))
      }
    self.init(name: view.name, rows: view.rows.map { Array($0) }, values: values)
  }
}
