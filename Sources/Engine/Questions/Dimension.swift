import Events
import Stories

/// A property by whose values an answer is divided.
///
/// Written as its name: `country`, `properties.plan`, `channel`.
public typealias Dimension = PropertySelector

/// The values of a dimension, numbered once for all segments.
///
/// Position 0 is *no value*. Beyond `most` values the rarest are counted together, at the last position.
public struct DimensionTable: @unchecked Sendable {
  /// By position, as text: `(none)`, the values (most events first), and perhaps `(others)`.
  public let names: [String]
  /// How many positions there are.
  public var count: Int { names.count }
  private let segments: [DimensionColumns]

  /// What a missing value is called.
  public static let none = "(none)"
  /// What the values beyond the most frequent ones are called.
  public static let others = "(others)"
  /// The most values that are told apart, so that tables by value and something else stay small.
  public static let most = 1000
  /// The most distinct values that are looked through for the most frequent ones.
  public static let mostLookedAt = 2_000_000

  /// Numbers the values that the stories have, once for all questions about them.
  ///
  /// - Throws: `question.breakdown` where the property has more than `mostLookedAt` values.
  public init(_ dimension: Dimension, of stories: Stories, most: Int = most) throws(Refusal) {
    self = try stories.shelf.take("values \(most) \(dimension.name)") { () throws(Refusal) in
      try DimensionTable(numbering: dimension, of: stories, most: most)
    }
  }

  private init(
    numbering dimension: Dimension, of stories: Stories, most: Int
  ) throws(Refusal) {
    var events: [PropertyValue: Int] = [:]
    for segment in stories.segments {
      let rows = segment.visible.map {
        Int(segment.offsets[$0.lowerBound])..<Int(segment.offsets[$0.upperBound])
      }
      for column in segment.properties where column.name == dimension.name {
        for (value, count) in column.valueCounts(in: rows) { events[value, default: 0] += count }
        guard events.count <= Self.mostLookedAt else {
          throw Refusal(
            "question.breakdown",
            problem: "“\(dimension.name)” has more than \(Self.mostLookedAt) values.",
            remedy: "Divide by a property with fewer values, or choose some with an expression.")
        }
      }
    }
    let ranked = events.map { (value: $0.key, text: $0.key.shown, events: $0.value) }
      .sorted { ($1.events, $0.text) < ($0.events, $1.text) }
    var names = [Self.none]
    var positions: [PropertyValue: UInt16] = [:]
    var byName: [String: UInt16] = [:]
    var hasOthers = false
    for entry in ranked {
      if let known = byName[entry.text] {
        positions[entry.value] = known
      } else if names.count <= most {
        positions[entry.value] = UInt16(names.count)
        byName[entry.text] = UInt16(names.count)
        names.append(entry.text)
      } else {
        hasOthers = true
      }
    }
    let rest = UInt16(names.count)
    if hasOthers { names.append(Self.others) }
    self.names = names
    segments = stories.segments.map { segment in
      DimensionColumns(dimension.name, of: segment) { positions[$0] ?? rest }
    }
  }

  /// The values of one segment.
  public subscript(segment: Int) -> DimensionColumns { segments[segment] }

  /// The position of a value by its name.
  ///
  /// - Throws: `customers.row`.
  public func position(of name: String, column: String) throws(Refusal) -> Int {
    guard let position = names.firstIndex(of: name) else {
      throw AnswerRowKey.unknown(column, name)
    }
    return position
  }
}

/// A dimension's values in one segment.
public struct DimensionColumns: @unchecked Sendable {
  private let memory: ColumnMemory
  private let texts: ColumnView?
  private let textPositions: UnsafePointer<UInt16>?
  private let numbers: ColumnView?
  private let numberPositions: [Double: UInt16]
  private let booleans: ColumnView?
  private let booleanPositions: (UInt16, UInt16)

  fileprivate init(
    _ name: String, of segment: StorySegment, position: (PropertyValue) -> UInt16
  ) {
    let memory = ColumnMemory()
    self.memory = memory
    let columns = PropertyColumns(name, of: segment)
    texts = columns.texts.map { ColumnView($0, memory: memory) }
    let dictionary = columns.texts?.dictionary ?? StringColumn()
    let room = memory.room(for: dictionary.count + 1, of: UInt16.self)
    room[0] = 0
    for entry in 0..<dictionary.count { room[entry + 1] = position(.string(dictionary[entry])) }
    textPositions = room.baseAddress.map { UnsafePointer($0) }
    numbers = columns.numbers.map { ColumnView($0, memory: memory) }
    var numberPositions: [Double: UInt16] = [:]
    for (value, _) in columns.numbers?.valueCounts(in: [0..<segment.count]) ?? [:] {
      if case .number(let number) = value { numberPositions[number] = position(value) }
    }
    self.numberPositions = numberPositions
    booleans = columns.booleans.map { ColumnView($0, memory: memory) }
    booleanPositions = (position(.boolean(false)), position(.boolean(true)))
  }

  /// The position of the value of a row's event; 0 where it has none.
  @inline(__always) public func position(_ row: Int) -> Int {
    if let texts, let textPositions {
      let code = texts.code(row)
      if code != 0 { return Int(textPositions[code]) }
    }
    if numbers == nil, booleans == nil { return 0 }
    return positionOfOther(row)
  }

  private func positionOfOther(_ row: Int) -> Int {
    if let numbers {
      let number = numbers.number(row)
      if !number.isNaN { return Int(numberPositions[number] ?? 0) }
    }
    if let booleans {
      let byte = booleans.code(row)
      if byte != 0 { return Int(byte == 2 ? booleanPositions.1 : booleanPositions.0) }
    }
    return 0
  }

  /// The dictionary positions of texts, where the column is a dense one of text codes alone: a
  /// loop may then read codes and positions itself.
  public var dense: (codes: ColumnView, positions: UnsafePointer<UInt16>)? {
    guard let texts, let textPositions, numbers == nil, booleans == nil, texts.isDense else {
      return nil
    }
    return (texts, textPositions)
  }
}

extension PropertyColumn {
  /// How many of some rows, in ascending ranges, have each value.
  func valueCounts(in rows: [Range<Int>]) -> [PropertyValue: Int] {
    let places = rows.map { range in
      self.rows.map { rows in
        let first = rows.firstPosition { Int($0) >= range.lowerBound }
        return first..<max(first, rows.firstPosition { Int($0) >= range.upperBound })
      } ?? range
    }
    var counts: [PropertyValue: Int] = [:]
    switch values {
    case .codes8(let codes): count(codes, in: places, into: &counts)
    case .codes16(let codes): count(codes, in: places, into: &counts)
    case .codes32(let codes): count(codes, in: places, into: &counts)
    case .numbers(let numbers):
      for place in places.joined() where !numbers[place].isNaN {
        counts[.number(numbers[place]), default: 0] += 1
      }
    case .booleans(let bytes):
      for place in places.joined() where bytes[place] != 0 {
        counts[.boolean(bytes[place] == 2), default: 0] += 1
      }
    }
    return counts
  }

  private func count<Code: FixedWidthInteger>(
    _ codes: UnsafeBufferPointer<Code>, in places: [Range<Int>],
    into counts: inout [PropertyValue: Int]
  ) {
    // Neighbours often have the same code: counted at one place they would wait for one another.
    let width = dictionary.count + 1
    var byCode = [Int](repeating: 0, count: 4 * width)
    byCode.withUnsafeMutableBufferPointer { byCode in
      for range in places {
        for place in range { byCode[(place & 3) &* width &+ Int(codes[place])] &+= 1 }
      }
    }
    for code in 1..<max(1, width) {
      let count = (0..<4).reduce(0) { $0 + byCode[$1 * width + code] }
      if count > 0 { counts[.string(dictionary[code - 1])] = count }
    }
  }
}
