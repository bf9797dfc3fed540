import Statistics
import Stories

/// What one section has counted of ways.
struct VariantsSection: Sendable {
  var table: WayTable
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

  init(_ keys: WayKeys) { table = WayTable(keys) }

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

  @inline(__always) func run(_ names: some RowNames, into section: inout VariantsSection) {
    if case .packed(let bits, _) = section.table.keys {
      pack(names, bits: UInt64(bits), into: &section)
    } else {
      write(names, into: &section)
    }
  }

  /// Ways as numbers, without a branch for an event.
  private func pack(
    _ names: some RowNames, bits: UInt64, into section: inout VariantsSection
  ) {
    let skipped = NamingTable.skipped
    let mask: UInt16 = repeats == .collapsed ? 0 : .max
    let (customers, length) = (customers, length)
    for customer in customers {
      let rows = segment.rows(of: customer, in: range)
      var (key, found): (UInt64, Int) = (0, 0)
      var last = skipped
      var (row, lastRow) = (rows.lowerBound, rows.lowerBound)
      while row < rows.upperBound, found < length {
        let name = names.number(row)
        let isNamed = name != skipped
        // Where repeats are kept, nothing equals what came last.
        let isNew = isNamed && name != (last | mask)
        let longer = (key &<< bits) | (UInt64(name) &+ 1)
        key = isNew ? longer : key
        found &+= isNew ? 1 : 0
        last = isNamed ? name : last
        lastRow = isNamed ? row : lastRow
        row &+= 1
      }
      guard found > 0 else {
        section.withoutWay += 1
        continue
      }
      key = key << (bits &* UInt64(length &- found))
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
