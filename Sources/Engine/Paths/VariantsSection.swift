import Statistics
import Stories

/// What one section has counted of ways.
struct VariantsSection: Sendable {
  var table: WayTable
  /// Ways that are not in the table yet.
  private(set) var list = WayList()
  var customers = 0
  /// Customers without an event that has a name in the range.
  var withoutWay = 0
  /// By customer: the way's id, and its duration.
  private var ids: [UInt32] = []
  private var durations: [Int64] = []
  /// By id, as far as asked for.
  private var goals: [UInt32] = []
  private var scores: [ExactSum] = []
  /// Room for one way.
  fileprivate var way: [UInt16] = []
  /// Room for the packed ways of a block.
  fileprivate var ways = Scratch<UInt64>()

  init(_ keys: WayKeys, _ counting: WayCounting) {
    table = WayTable(keys, holding: counting == .atOnce ? .everything : .little)
  }

  /// Adds the first ways of the room.
  fileprivate mutating func addWays(_ count: Int) {
    list.add(UnsafeBufferPointer(rebasing: ways.elements[..<count]))
    customers += count
  }

  @inline(__always) fileprivate mutating func addDuration(_ duration: Int64, of id: UInt32) {
    ids.append(id)
    durations.append(duration)
  }

  fileprivate mutating func addGoal(_ isMet: Bool, of id: UInt32) {
    if goals.count < table.count {
      goals += Array(repeating: 0, count: table.count - goals.count)
    }
    if isMet { goals[Int(id)] += 1 }
  }

  fileprivate mutating func addScore(_ score: Double, of id: UInt32) {
    if scores.count < table.count {
      scores += Array(repeating: ExactSum(), count: table.count - scores.count)
    }
    scores[Int(id)].add(score)
  }

  /// The details of some ways.
  func details(of ways: [[UInt16]], by keys: WayKeys) -> VariantDetails.Part {
    var part = VariantDetails.Part()
    var ranks = [Int32](repeating: -1, count: table.count)
    for (rank, way) in ways.enumerated() {
      guard let slot = table.slot(key: keys.key(of: way), way: way) else { continue }
      let id = Int(slot.id)
      ranks[id] = Int32(rank)
      if id < goals.count { part.goals.append((rank, Int(goals[id]))) }
      if id < scores.count { part.scores.append((rank, scores[id])) }
    }
    for (id, duration) in zip(ids, durations) where ranks[Int(id)] >= 0 {
      part.durations.append((Int(ranks[Int(id)]), duration))
    }
    return part
  }
}

/// The details of ways by their rank.
struct VariantDetails {
  /// Those of one section.
  struct Part: Sendable {
    var goals: [(rank: Int, met: Int)] = []
    var scores: [(rank: Int, sum: ExactSum)] = []
    var durations: [(rank: Int, duration: Int64)] = []
  }

  var goals: [Int]
  var scores: [ExactSum]
  var durations: [[Int64]]

  init(ways: Int) {
    goals = Array(repeating: 0, count: ways)
    scores = Array(repeating: ExactSum(), count: ways)
    durations = Array(repeating: [], count: ways)
  }

  mutating func add(_ part: Part) {
    for (rank, met) in part.goals { goals[rank] += met }
    for (rank, sum) in part.scores { scores[rank].add(sum) }
    for (rank, duration) in part.durations { durations[rank].append(duration) }
  }
}

/// When ways are counted.
enum WayCounting: Sendable {
  /// When they are met, for more is asked of each.
  case atOnce
  /// At the end, as packed ways on their own can be.
  case atEnd
}

/// The visit of some customers.
struct VariantsVisit {
  let segment: StorySegment
  let customers: Range<Int>
  let range: Range<Int64>?
  let repeats: PathRepeats
  let length: Int
  let times: PathTimes
  let goal: EventRule?
  let score: NumberRule?
  let counting: WayCounting

  @inline(__always) func run(_ names: some RowNames, into section: inout VariantsSection) {
    guard case .packed(let bits, _) = section.table.keys else {
      return write(names, into: &section)
    }
    if counting == .atEnd, customers.count >= WayList.fewest {
      list(names, bits: UInt64(bits), into: &section)
    } else {
      pack(names, bits: UInt64(bits), into: &section)
    }
  }

  /// A way as a number, without a branch for an event.
  ///
  /// - Returns: the key, of no names 0, and the last row that was looked at and has a name.
  @inline(__always) private func packed(
    _ rows: Range<Int>, _ names: some RowNames, bits: UInt64, length: Int
  ) -> (key: UInt64, last: Int) {
    let skipped = NamingTable.skipped
    // Where repeats are kept, nothing equals what came last.
    let mask: UInt16 = repeats == .collapsed ? 0 : .max
    var (key, found): (UInt64, Int) = (0, 0)
    var last = skipped
    var (row, lastRow) = (rows.lowerBound, rows.lowerBound)
    while row < rows.upperBound, found < length {
      let name = names.number(row)
      // All ones or zeros: of conditions the compiler would make branches that nobody foresees.
      let isNamed = Self.ones(where: name, differsFrom: skipped)
      let isNew = isNamed & Self.ones(where: name, differsFrom: last | mask)
      key =
        (key &<< (bits & UInt64(bitPattern: isNew))) | (UInt64(name) &+ 1)
        & UInt64(bitPattern: isNew)
      found &-= Int(isNew)
      last ^= (last ^ name) & UInt16(truncatingIfNeeded: isNamed)
      lastRow ^= (lastRow ^ row) & Int(isNamed)
      row &+= 1
    }
    return (key << (bits &* UInt64(length &- found)), lastRow)
  }

  @inline(__always)
  private static func ones(where name: UInt16, differsFrom other: UInt16) -> Int64 {
    (0 &- Int64(name ^ other)) >> 63
  }

  /// Packed ways, counted at the end.
  private func list(
    _ names: some RowNames, bits: UInt64, into section: inout VariantsSection
  ) {
    section.ways.hold(customers.count)
    guard let ways = section.ways.elements.baseAddress else { return }
    let length = length
    var count = 0
    for customer in customers {
      let key = packed(segment.rows(of: customer, in: range), names, bits: bits, length: length).key
      ways[count] = key
      count &+= key == 0 ? 0 : 1
    }
    section.withoutWay += customers.count - count
    section.addWays(count)
  }

  /// Packed ways, counted at once.
  private func pack(
    _ names: some RowNames, bits: UInt64, into section: inout VariantsSection
  ) {
    for customer in customers {
      let rows = segment.rows(of: customer, in: range)
      let (key, lastRow) = packed(rows, names, bits: bits, length: length)
      guard key != 0 else {
        section.withoutWay += 1
        continue
      }
      let id = section.table.add(1, key: key, way: .init(start: nil, count: 0))
      add(id, rows, first: names, last: lastRow, to: &section)
    }
  }

  /// Ways as lists of names.
  private func write(_ names: some RowNames, into section: inout VariantsSection) {
    let skipped = NamingTable.skipped
    for customer in customers {
      let rows = segment.rows(of: customer, in: range)
      section.way.removeAll(keepingCapacity: true)
      var last = skipped
      var (row, lastRow) = (rows.lowerBound, rows.lowerBound)
      while row < rows.upperBound, section.way.count < length {
        let name = names.number(row)
        if name != skipped {
          if repeats == .kept || name != last { section.way.append(name) }
          (last, lastRow) = (name, row)
        }
        row &+= 1
      }
      guard !section.way.isEmpty else {
        section.withoutWay += 1
        continue
      }
      let key = section.table.keys.key(of: section.way)
      let id = section.way.withUnsafeBufferPointer {
        section.table.add(1, key: key, way: $0)
      }
      add(id, rows, first: names, last: lastRow, to: &section)
    }
  }

  /// Adds what else is asked of a customer's way.
  @inline(__always) private func add(
    _ id: UInt32, _ rows: Range<Int>, first names: some RowNames, last: Int,
    to section: inout VariantsSection
  ) {
    section.customers &+= 1
    if times == .measured {
      var first = rows.lowerBound
      while names.number(first) == NamingTable.skipped { first &+= 1 }
      section.addDuration(segment.times[last] &- segment.times[first], of: id)
    }
    if let goal {
      section.addGoal(rows.contains { goal.matches($0) }, of: id)
    }
    if let score {
      for row in rows {
        if let number = score.number(row) { section.addScore(number, of: id) }
      }
    }
  }
}
