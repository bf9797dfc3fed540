import Events
import Experience
import Stories

/// What events are called in flows, graphs, variants and comparisons.
///
/// Written as `event` (their names), `touchpoint` (the experience's; others are left out), or a
/// property's name (`properties.path`; events without it are left out).
public enum Naming: Sendable, Hashable {
  case event
  case touchpoint
  case property(String)
}

extension Naming: Codable {
  /// Reads a word or a property's name.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    switch text {
    case "event": self = .event
    case "touchpoint": self = .touchpoint
    default: self = .property(propertyName(text))
    }
  }

  /// Writes the word, or the property as `properties.…`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .event: try container.encode("event")
    case .touchpoint: try container.encode("touchpoint")
    case .property(let name): try container.encode("properties.\(name)")
    }
  }
}

/// The names of a naming, numbered once for all segments.
///
/// Events are given names only where they meet one of the selectors; without selectors, all do but those
/// whose name begins with `$`. Beyond `most` names the rarest share the last one, `(others)`.
public struct NamingTable: Sendable {
  /// By number.
  public let names: [String]
  /// How many names there are.
  public var count: Int { names.count }
  private let segments: [NamingColumns]

  /// The number of events that have no name: they count as if they were not there.
  public static let skipped = UInt16.max
  /// The most names: pairs of them are counted in tables.
  public static let most = 1000

  /// How names are numbered.
  public enum Order: Sendable {
    /// Most events first, for which every event is looked at.
    case mostEvents
    /// As it comes: events' names are counted only where there are too many of them. A name may be one
    /// that none of the stories has.
    case any
  }

  /// Numbers the names.
  ///
  /// - Throws: `question.naming` where there are no touchpoints, and what is wrong with a selector.
  public init(
    _ naming: Naming, only selectors: [EventSelector] = [], of stories: Stories,
    touchpoints: [Touchpoint] = [], most: Int = most, order: Order = .mostEvents
  ) throws(Refusal) {
    let dimension: DimensionTable?
    var names: [String]
    var numbers: [UInt16]
    switch naming {
    case .event:
      dimension = nil
      (names, numbers) = Self.eventNumbers(stories, most: most, order)
    case .touchpoint:
      guard !touchpoints.isEmpty else {
        throw Refusal(
          "question.naming", problem: "There are no touchpoints to name events by.",
          remedy: "Write some into the experience, or name by event.")
      }
      dimension = nil
      names = touchpoints.map(\.name)
      numbers = names.indices.map { UInt16($0) }
    case .property(let name):
      let table = try DimensionTable(Dimension(name), of: stories, most: most)
      names = Array(table.names.dropFirst())
      numbers = [Self.skipped] + names.indices.map { UInt16($0) }
      dimension = table
    }
    var segments: [NamingColumns] = []
    for (index, segment) in stories.segments.enumerated() {
      segments.append(
        try NamingColumns(
          naming, numbers, selectors, of: segment, names: stories.names,
          touchpoints: touchpoints, dimension: dimension?[index]))
    }
    self.names = names
    self.segments = segments
  }

  /// The names of one segment's events.
  public subscript(segment: Int) -> NamingColumns { segments[segment] }

  /// The number of a name.
  ///
  /// - Throws: `customers.row`.
  public func number(of name: String, column: String) throws(Refusal) -> Int {
    guard let number = names.firstIndex(of: name) else {
      throw AnswerRowKey.unknown(column, name)
    }
    return number
  }

  /// Event names and their numbers by code.
  private static func eventNumbers(
    _ stories: Stories, most: Int, _ order: Order
  ) -> (names: [String], numbers: [UInt16]) {
    var numbers = [UInt16](repeating: skipped, count: stories.names.names.count)
    let known = stories.names.names.enumerated().filter { !$0.element.hasPrefix("$") }
    if order == .any, known.count <= most {
      for (number, name) in known.enumerated() { numbers[name.offset] = UInt16(number) }
      return (known.map(\.element), numbers)
    }
    let counts = stories.eventsByCode
    let ranked = known.filter { counts[$0.offset] > 0 }
      .sorted { (counts[$1.offset], $0.element) < (counts[$0.offset], $1.element) }
    var names = ranked.prefix(most).map(\.element)
    for (rank, name) in ranked.enumerated() { numbers[name.offset] = UInt16(min(rank, most)) }
    if ranked.count > most { names.append(DimensionTable.others) }
    return (names, numbers)
  }
}

/// The names of one segment's events.
public struct NamingColumns: @unchecked Sendable {
  /// By event code, where the code alone tells the name: its number, or `skipped`. nil where rows must
  /// be asked one by one.
  public let byCode: UnsafePointer<UInt16>?
  private let memory: ColumnMemory
  private let codes: UnsafeBufferPointer<UInt16>
  private let selectors: [EventRule]
  private let touchpoints: TouchpointTable?
  private let dimension: DimensionColumns?
  private let numbers: [UInt16]

  fileprivate init(
    _ naming: Naming, _ numbers: [UInt16], _ selectors: [EventSelector],
    of segment: StorySegment, names: EventNames, touchpoints: [Touchpoint],
    dimension: DimensionColumns?
  ) throws(Refusal) {
    memory = ColumnMemory()
    codes = segment.codes
    self.numbers = numbers
    self.dimension = dimension
    var rules: [EventRule] = []
    for selector in selectors {
      rules.append(try EventRule(selector.rule, of: segment, names: names))
    }
    self.selectors = rules
    self.touchpoints =
      naming == .touchpoint
      ? try TouchpointTable(touchpoints, of: segment, names: names) : nil
    let room = memory.room(for: names.names.count, of: UInt16.self)
    var isTold = dimension == nil
    for code in room.indices {
      let verdicts = rules.map { $0.verdict(code: UInt16(code)) }
      let known =
        switch naming {
        case .event, .property: UInt16(code)
        case .touchpoint: self.touchpoints?.byCode[code] ?? TouchpointTable.none
        }
      if !rules.isEmpty, verdicts.allSatisfy({ $0 == .never }) {
        room[code] = NamingTable.skipped
      } else if !rules.isEmpty, !verdicts.contains(.always) {
        isTold = false
      } else if naming == .touchpoint, known == TouchpointTable.ask {
        isTold = false
      } else if naming == .touchpoint, known == TouchpointTable.none {
        room[code] = NamingTable.skipped
      } else if dimension == nil {
        room[code] = Int(known) < numbers.count ? numbers[Int(known)] : NamingTable.skipped
      }
    }
    byCode = isTold ? room.baseAddress.map { UnsafePointer($0) } : nil
  }

  /// The number of the name of a row's event, or `skipped`.
  @inline(__always) public func number(_ row: Int) -> UInt16 {
    if let byCode { return byCode[Int(codes[row])] }
    return asked(row)
  }

  private func asked(_ row: Int) -> UInt16 {
    guard selectors.isEmpty || selectors.contains(where: { $0.matches(row) }) else {
      return NamingTable.skipped
    }
    if let touchpoints {
      let touchpoint = touchpoints.touchpoint(at: row)
      return touchpoint == TouchpointTable.none ? NamingTable.skipped : touchpoint
    }
    if let dimension { return numbers[dimension.position(row)] }
    return numbers[Int(codes[row])]
  }
}

extension Stories {
  /// How many events of visible customers have each code.
  ///
  /// - Complexity: O(*events*) once for all questions about the stories.
  var eventsByCode: [Int] {
    shelf.take("events by code") {
      // Neighbours may have the same code: counted at one place they would wait for one another.
      let width = names.names.count
      var counts = [Int](repeating: 0, count: 4 * width)
      counts.withUnsafeMutableBufferPointer { counts in
        for segment in segments {
          guard let codes = segment.codes.baseAddress else { continue }
          for range in segment.visible {
            let first = Int(segment.offsets[range.lowerBound])
            for row in first..<Int(segment.offsets[range.upperBound]) {
              counts[(row & 3) &* width &+ Int(codes[row])] &+= 1
            }
          }
        }
      }
      return (0..<width).map { code in (0..<4).reduce(0) { $0 + counts[$1 * width + code] } }
    }
  }
}
