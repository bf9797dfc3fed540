import Events
import Stories

extension PartDirectory {
  /// The segment that lies in a file; checks every number that a reader follows.
  func segment(of file: MappedFile) throws(Fault) -> StorySegment {
    let reader = PartReader(file: file, directory: self)
    let customers = try reader.column(.customers, UInt64.self, count: self.customers)
    let offsets = try reader.column(.offsets, UInt32.self, count: self.customers + 1)
    guard offsets.ascends(from: 0, to: rows) else { throw reader.damaged(.offsets) }
    let others = try reader.column(.otherRows, UInt32.self)
    guard others.ascendsStrictly(below: rows) else { throw reader.damaged(.otherRows) }
    let identities = try reader.column(.identityKeys, UInt64.self)
    return StorySegment(
      customers: customers, offsets: offsets,
      codes: try reader.column(.codes, UInt16.self, count: rows),
      times: try reader.column(.times, Int64.self, count: rows),
      arrivals: try reader.column(.arrivals, UInt32.self, count: rows),
      messages: try reader.column(.messages, UInt64.self, count: rows),
      otherRows: others,
      otherKeys: try reader.column(.otherKeys, UInt64.self, count: others.count),
      properties: try reader.properties(),
      identities: IdentityColumn(
        keys: identities,
        namespaces: try reader.column(.identityNamespaces, UInt8.self, count: identities.count),
        ids: try reader.texts(.identityOffsets, .identityBytes, count: identities.count)),
      owner: file)
  }
}

/// Reads the columns of one file.
private struct PartReader {
  let file: MappedFile
  let directory: PartDirectory
  private let entries: [PartColumnName: PartDirectory.Entry]

  init(file: MappedFile, directory: PartDirectory) {
    (self.file, self.directory) = (file, directory)
    entries = Dictionary(directory.entries.map { ($0.name, $0) }) { first, _ in first }
  }

  func damaged(_ section: PartSection, of property: PropertyName? = nil) -> Fault {
    let name = PartColumnName(
      section: section, property: property?.name, kind: property?.kind ?? .string)
    return .damagedPart(
      file.path, "part.damaged", "The column “\(name.description)” is missing or damaged.")
  }

  func column<Element: BitwiseCopyable>(
    _ section: PartSection, _ type: Element.Type, count: Int? = nil,
    of property: PropertyName? = nil
  ) throws(Fault) -> UnsafeBufferPointer<Element> {
    let name = PartColumnName(
      section: section, property: property?.name, kind: property?.kind ?? .string)
    let stride = MemoryLayout<Element>.stride
    guard let entry = entries[name], entry.length % stride == 0,
      count == nil || count == entry.length / stride
    else { throw damaged(section, of: property) }
    let bytes = file.bytes[entry.offset..<(entry.offset + entry.length)]
    return UnsafeRawBufferPointer(rebasing: bytes).assumingMemoryBound(to: type)
  }

  /// Texts, of which there are `count` where that is known.
  func texts(
    _ offsets: PartSection, _ bytes: PartSection, count: Int? = nil,
    of property: PropertyName? = nil
  ) throws(Fault) -> StringColumn {
    let ends = try column(offsets, UInt32.self, of: property)
    let text = try column(bytes, UInt8.self, of: property)
    let column = StringColumn(offsets: ends, bytes: text)
    guard count == nil || count == column.count,
      ends.isEmpty ? text.isEmpty : ends.ascends(from: 0, to: text.count)
    else { throw damaged(offsets, of: property) }
    return column
  }

  func properties() throws(Fault) -> [PropertyColumn] {
    var columns: [PropertyColumn] = []
    for entry in directory.entries {
      guard let name = entry.name.property, entry.name.section.holdsValues else { continue }
      let property = PropertyName(name: name, kind: entry.name.kind)
      columns.append(try self.property(property, entry.name.section))
    }
    return columns
  }

  private func property(
    _ name: PropertyName, _ section: PartSection
  ) throws(Fault) -> PropertyColumn {
    var rows: UnsafeBufferPointer<UInt32>?
    let sparse = PartColumnName(section: .propertyRows, property: name.name, kind: name.kind)
    if entries[sparse] != nil {
      let column = try column(.propertyRows, UInt32.self, of: name)
      guard column.ascendsStrictly(below: directory.rows) else {
        throw damaged(.propertyRows, of: name)
      }
      rows = column
    }
    let count = rows?.count ?? directory.rows
    let dictionary =
      name.kind == .string
      ? try texts(.dictionaryOffsets, .dictionaryBytes, of: name) : StringColumn()
    guard
      let values = try values(section, count: count, of: name, dictionary: dictionary.count)
    else { throw damaged(section, of: name) }
    return PropertyColumn(
      name: name.name, kind: name.kind, rows: rows, values: values, dictionary: dictionary)
  }

  /// The values; nil where they do not suit the kind or leave the dictionary.
  private func values(
    _ section: PartSection, count: Int, of name: PropertyName, dictionary: Int
  ) throws(Fault) -> PropertyColumn.Values? {
    switch (section, name.kind) {
    case (.codes8, .string):
      let codes = try column(section, UInt8.self, count: count, of: name)
      return codes.highest <= dictionary ? .codes8(codes) : nil
    case (.codes16, .string):
      let codes = try column(section, UInt16.self, count: count, of: name)
      return codes.highest <= dictionary ? .codes16(codes) : nil
    case (.codes32, .string):
      let codes = try column(section, UInt32.self, count: count, of: name)
      return codes.highest <= dictionary ? .codes32(codes) : nil
    case (.numbers, .number):
      return .numbers(try column(section, Double.self, count: count, of: name))
    case (.booleans, .boolean):
      return .booleans(try column(section, UInt8.self, count: count, of: name))
    default: return nil
    }
  }
}

/// A property and the kind of its values.
private struct PropertyName {
  var name: String
  var kind: PropertyKind
}

extension PartSection {
  fileprivate var holdsValues: Bool {
    switch self {
    case .codes8, .codes16, .codes32, .numbers, .booleans: true
    default: false
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes as elements; they have to be aligned for them.
  fileprivate func assumingMemoryBound<Element: BitwiseCopyable>(
    to type: Element.Type
  ) -> UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(
      start: baseAddress?.assumingMemoryBound(to: type),
      count: count / MemoryLayout<Element>.stride)
  }
}

extension UnsafeBufferPointer where Element: FixedWidthInteger {
  /// The highest element; 0 where there is none.
  fileprivate var highest: Int {
    var highest = Element.zero
    for element in self { highest = Swift.max(highest, element) }
    return Int(highest)
  }

  /// Whether the elements begin and end as they should and none is below the one before it.
  fileprivate func ascends(from first: Int, to last: Int) -> Bool {
    guard let head = self.first, let tail = self.last, head == first, tail == last else {
      return false
    }
    var descents = 0
    for position in 1..<Swift.max(1, count) {
      descents &+= self[position] < self[position &- 1] ? 1 : 0
    }
    return descents == 0
  }

  /// Whether each element is above the one before it and below a limit.
  fileprivate func ascendsStrictly(below limit: Int) -> Bool {
    guard let last else { return true }
    var faults = Int(last) < limit ? 0 : 1
    for position in 1..<Swift.max(1, count) {
      faults &+= self[position] <= self[position &- 1] ? 1 : 0
    }
    return faults == 0
  }
}
