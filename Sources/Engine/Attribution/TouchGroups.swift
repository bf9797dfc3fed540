import Events
import Experience
import Stories

/// What touches are grouped by, numbered once for all segments; 0 is `(none)`.
struct TouchGroups: Sendable {
  /// By number.
  let names: [String]
  private let segments: [TouchGroupColumns]

  /// Numbers the groups.
  ///
  /// A property of few texts is numbered by its dictionaries alone, without a look at its rows.
  ///
  /// - Throws: what is wrong with the naming.
  init(
    _ naming: Naming, of stories: Stories, touchpoints: [Touchpoint]
  ) throws(Refusal) {
    if case .property(let name) = naming {
      if let texts = Self.texts(of: name, in: stories) {
        names = [DimensionTable.none] + texts
        let numbers = Dictionary(
          uniqueKeysWithValues: texts.enumerated().map { ($1, UInt16($0 + 1)) })
        segments = stories.segments.map { TouchGroupColumns(name, of: $0, numbers: numbers) }
      } else {
        let table = try DimensionTable(Dimension(name), of: stories)
        names = table.names
        segments = stories.segments.indices.map { TouchGroupColumns(values: table[$0]) }
      }
    } else {
      let table = try NamingTable(naming, of: stories, touchpoints: touchpoints)
      names = [DimensionTable.none] + table.names
      segments = stories.segments.indices.map { TouchGroupColumns(names: table[$0]) }
    }
  }

  /// The groups of one segment's events.
  subscript(segment: Int) -> TouchGroupColumns { segments[segment] }

  /// The texts of a property, ascending; nil where it has other values too, or too many.
  private static func texts(of name: String, in stories: Stories) -> [String]? {
    var texts: Set<String> = []
    for column in stories.segments.flatMap(\.properties) where column.name == name {
      guard column.kind == .string, column.dictionary.count <= DimensionTable.most else {
        return nil
      }
      for entry in 0..<column.dictionary.count { texts.insert(column.dictionary[entry]) }
    }
    return texts.count <= DimensionTable.most ? texts.sorted() : nil
  }
}

/// The groups of one segment's events.
struct TouchGroupColumns: @unchecked Sendable {
  private let memory: ColumnMemory
  private let texts: ColumnView?
  /// By text code.
  private let groups: UnsafeMutableBufferPointer<UInt16>
  private let values: DimensionColumns?
  private let names: NamingColumns?

  fileprivate init(_ property: String, of segment: StorySegment, numbers: [String: UInt16]) {
    let column = segment.property(property, .string)
    let memory = ColumnMemory()
    self.memory = memory
    texts = column.map { ColumnView($0, memory: memory) }
    let dictionary = column?.dictionary ?? StringColumn()
    groups = memory.room(for: dictionary.count + 1)
    groups[0] = 0
    for entry in 0..<dictionary.count { groups[entry + 1] = numbers[dictionary[entry]] ?? 0 }
    (values, names) = (nil, nil)
  }

  fileprivate init(values: DimensionColumns? = nil, names: NamingColumns? = nil) {
    texts = nil
    memory = ColumnMemory()
    groups = memory.room(for: 0)
    (self.values, self.names) = (values, names)
  }

  /// The number of the group of a row's event.
  func group(_ row: Int) -> UInt16 {
    if let texts { return groups[texts.code(row)] }
    return other(row)
  }

  /// Writes the numbers of the groups of some rows' events.
  func fill(_ numbers: UnsafeMutableBufferPointer<UInt16>, of rows: UnsafeBufferPointer<UInt32>) {
    guard let texts else {
      for (position, row) in rows.enumerated() { numbers[position] = other(Int(row)) }
      return
    }
    guard let codes = texts.denseCodes8 else {
      for (position, row) in rows.enumerated() { numbers[position] = groups[texts.code(Int(row))] }
      return
    }
    for (position, row) in rows.enumerated() {
      numbers[position] = groups[Int(codes[Int(row)])]
    }
  }

  private func other(_ row: Int) -> UInt16 {
    if let values { return UInt16(values.position(row)) }
    let name = names?.number(row) ?? NamingTable.skipped
    return name == NamingTable.skipped ? 0 : name + 1
  }
}
