import Events
import Experience
import Stories

/// What becomes of the same name several times in a row.
public enum PathRepeats: String, Sendable, Codable, CaseIterable {
  /// Each counts.
  case kept
  /// They count once, as one stay.
  case collapsed
}

/// Whether times are worked out, which takes memory for each of them.
public enum PathTimes: String, Sendable, Codable, CaseIterable { case measured, omitted }

/// What stands between the names of a way in text.
let waySeparator = " > "

/// The numbers that events' names have, as a loop reads them.
protocol RowNames {
  /// The number of the name of a row's event, or `NamingTable.skipped`.
  func number(_ row: Int) -> UInt16
}

/// Names that the events' codes tell.
struct NamesByCode: RowNames {
  let byCode: UnsafePointer<UInt16>
  let codes: UnsafePointer<UInt16>

  @inline(__always) func number(_ row: Int) -> UInt16 { byCode[Int(codes[row])] }
}

/// Names for which rows are asked one by one.
struct NamesByRow: RowNames {
  let columns: NamingColumns
  let ranks: UnsafePointer<UInt16>

  @inline(__always) func number(_ row: Int) -> UInt16 {
    let number = columns.number(row)
    return number == NamingTable.skipped ? number : ranks[Int(number)]
  }
}

/// The names of a question about ways, numbered in the order of their bytes.
struct PathNames: @unchecked Sendable {
  /// By number.
  let names: [String]
  private let table: NamingTable
  // The memory is written here and only read afterwards, so that threads may share it.
  private let memory: ColumnMemory
  private let ranks: UnsafePointer<UInt16>
  private let byCode: [UnsafePointer<UInt16>?]

  /// Numbers the names of a naming.
  ///
  /// - Throws: as `NamingTable`.
  init(
    _ naming: Naming, only selectors: [EventSelector], of stories: Stories,
    touchpoints: [Touchpoint]
  ) throws(Refusal) {
    self.init(
      try NamingTable(
        naming, only: selectors, of: stories, touchpoints: touchpoints, order: .any),
      of: stories)
  }

  /// Numbers the names of a table.
  init(_ table: NamingTable, of stories: Stories) {
    self.table = table
    let order = table.names.indices.sorted {
      table.names[$0].utf8.lexicographicallyPrecedes(table.names[$1].utf8)
    }
    names = order.map { table.names[$0] }
    memory = ColumnMemory()
    let ranks = memory.room(for: order.count, of: UInt16.self)
    for (rank, number) in order.enumerated() { ranks[number] = UInt16(rank) }
    let codes = stories.names.names.count
    var byCode: [UnsafePointer<UInt16>?] = []
    for index in stories.segments.indices {
      guard let numbers = table[index].byCode else {
        byCode.append(nil)
        continue
      }
      let room = memory.room(for: codes, of: UInt16.self)
      for code in 0..<codes {
        let number = numbers[code]
        room[code] = number == NamingTable.skipped ? number : ranks[Int(number)]
      }
      byCode.append(room.baseAddress.map { UnsafePointer($0) })
    }
    self.byCode = byCode
    // Room for no element has an address, too.
    self.ranks = UnsafePointer(ranks.baseAddress.unsafelyUnwrapped)
  }

  /// Calls with the names of a segment in the form that is fastest to read.
  @inline(__always) func read<Result>(
    _ index: Int, of segment: StorySegment,
    byCode fast: (NamesByCode) -> Result, byRow slow: (NamesByRow) -> Result
  ) -> Result {
    if let byCode = byCode[index], let codes = segment.codes.baseAddress {
      return fast(NamesByCode(byCode: byCode, codes: codes))
    }
    return slow(NamesByRow(columns: table[index], ranks: ranks))
  }

  /// The number of a name.
  ///
  /// - Throws: `customers.row`.
  func number(of name: String, column: String) throws(Refusal) -> Int {
    guard let number = names.firstIndex(of: name) else {
      throw AnswerRowKey.unknown(column, name)
    }
    return number
  }

  /// A way as text.
  func text(_ way: some Sequence<UInt16>) -> String {
    way.map { names[Int($0)] }.joined(separator: waySeparator)
  }

  /// The way that a text stands for; where names hold the separator, one of the ways that it may be.
  ///
  /// - Throws: `customers.row`.
  func way(of text: String, column: String) throws(Refusal) -> [UInt16] {
    let parts = text.components(separatedBy: waySeparator)
    // By number of parts: how the way to there ends, in parts of the last name and its number.
    var reached: [(parts: Int, name: UInt16)?] = Array(repeating: nil, count: parts.count + 1)
    let numbers = Dictionary(
      names.enumerated().map { ($1, UInt16($0)) }, uniquingKeysWith: { first, _ in first })
    let widest = names.map { $0.components(separatedBy: waySeparator).count }.max() ?? 1
    for end in 1...parts.count {
      for width in 1...widest where width <= end {
        let start = end - width
        guard start == 0 || reached[start] != nil,
          let name = numbers[parts[start..<end].joined(separator: waySeparator)]
        else { continue }
        reached[end] = (width, name)
        break
      }
    }
    var way: [UInt16] = []
    var end = parts.count
    while end > 0 {
      guard let (width, name) = reached[end] else { throw AnswerRowKey.unknown(column, text) }
      way.append(name)
      end -= width
    }
    return way.reversed()
  }
}

extension String {
  /// The parts between a separator.
  fileprivate func components(separatedBy separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}

extension StorySegment {
  /// The rows of a customer whose times lie in a range; all of them where there is none.
  @inline(__always) func rows(of customer: Int, in range: Range<Int64>?) -> Range<Int> {
    let story = rows(of: customer)
    guard let range else { return story }
    let times = UnsafeBufferPointer(rebasing: times[story])
    let low = times.firstPosition { $0 >= range.lowerBound }
    let high = times.firstPosition { $0 >= range.upperBound }
    return (story.lowerBound + low)..<(story.lowerBound + max(low, high))
  }
}

extension Scope {
  /// The range in milliseconds; nil: all times.
  var bounds: Range<Int64>? { from == nil && to == nil ? nil : milliseconds }
}

extension NamingTable {
  /// Refuses a number of names whose pairs would not fit into a table.
  func check(most: Int) throws(Refusal) {
    // One more than the most may be there, for the others.
    guard count <= most + 1 else {
      throw Refusal(
        "paths.names", problem: "There are \(count) names, and pairs of them are counted.",
        remedy: "Name events by something with at most \(most) names, such as `by: event`.")
    }
  }
}
