import Events
import Stories

/// What a column of a part holds; the numbers stand in files and never change.
enum PartSection: UInt32 {
  case customers = 1
  case offsets = 2
  case codes = 3
  case times = 4
  case arrivals = 5
  case messages = 6
  case otherRows = 7
  case otherKeys = 8
  case identityKeys = 9
  case identityNamespaces = 10
  case identityOffsets = 11
  case identityBytes = 12
  case propertyRows = 13
  case codes8 = 14
  case codes16 = 15
  case codes32 = 16
  case numbers = 17
  case booleans = 18
  case dictionaryOffsets = 19
  case dictionaryBytes = 20
}

/// A name for a column of a part.
struct PartColumnName: Hashable {
  var section: PartSection
  /// The property that the column belongs to, with the kind of its values.
  var property: String?
  var kind = PropertyKind.string

  /// The name for people: `times`, `numbers of “price”`.
  var description: String { property.map { "\(section) of “\($0)”" } ?? "\(section)" }
}

/// The columns of a segment as bytes, in the order in which they stand in a file.
struct PartColumns {
  let segment: StorySegment
  private(set) var columns: [(name: PartColumnName, bytes: UnsafeRawBufferPointer)] = []

  init(of segment: StorySegment) {
    self.segment = segment
    add(.customers, segment.customers)
    add(.offsets, segment.offsets)
    add(.codes, segment.codes)
    add(.times, segment.times)
    add(.arrivals, segment.arrivals)
    add(.messages, segment.messages)
    add(.otherRows, segment.otherRows)
    add(.otherKeys, segment.otherKeys)
    add(.identityKeys, segment.identities.keys)
    add(.identityNamespaces, segment.identities.namespaces)
    add(.identityOffsets, segment.identities.ids.offsets)
    add(.identityBytes, segment.identities.ids.bytes)
    for column in segment.properties { add(column) }
  }

  private mutating func add(_ column: PropertyColumn) {
    if let rows = column.rows { add(.propertyRows, rows, of: column) }
    switch column.values {
    case .codes8(let codes): add(.codes8, codes, of: column)
    case .codes16(let codes): add(.codes16, codes, of: column)
    case .codes32(let codes): add(.codes32, codes, of: column)
    case .numbers(let numbers): add(.numbers, numbers, of: column)
    case .booleans(let booleans): add(.booleans, booleans, of: column)
    }
    guard column.kind == .string else { return }
    add(.dictionaryOffsets, column.dictionary.offsets, of: column)
    add(.dictionaryBytes, column.dictionary.bytes, of: column)
  }

  private mutating func add<Element>(
    _ section: PartSection, _ elements: UnsafeBufferPointer<Element>,
    of column: PropertyColumn? = nil
  ) {
    let name = PartColumnName(
      section: section, property: column?.name, kind: column?.kind ?? .string)
    columns.append((name, UnsafeRawBufferPointer(elements)))
  }
}
