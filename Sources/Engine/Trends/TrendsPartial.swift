import Events
import Statistics
import Stories

/// What a section has counted for a trend: for each series and cell, its customers and more.
///
/// Customers are told apart by the number of their visit: a cell keeps the last one that it counted,
/// so that no set is needed. It is shared with nobody, although it holds pointers.
struct TrendsPartial: @unchecked Sendable {
  /// By series, then cell, with one place more for events that don't count.
  let customers: UnsafeMutableBufferPointer<Int>
  let events: UnsafeMutableBufferPointer<Int>
  private let stamps: UnsafeMutableBufferPointer<UInt32>
  private let memory = ColumnMemory()
  /// By series: sums by cell of those that need them, nothing of others.
  private(set) var sums: [[ExactSum]]
  /// By series: the numbers of those of which percentiles are wanted, with their cells.
  private(set) var numbers: [TrendsNumbers]
  /// Customers with an event that counts for any series in the range itself.
  private(set) var counted = 0
  /// How many places a series has.
  private let stride: Int
  private var visits: UInt32 = 0
  private var cells: [UInt32] = []
  private var chosen: [UInt32] = []
  private var seen: [Bool] = []
  private var begins = StoryBegins()
  /// Of the rows at hand: those of one customer and cell in a row, once, and where they begin.
  private var runs = Scratch<UInt64>()
  private var runRows = Scratch<UInt32>()

  /// So many rows are counted at once, customers being whole, that their cells stay in a core's cache.
  static let rowsAtOnce = 2048

  init(_ question: TrendsQuestion, _ plan: TrendsPlan) {
    stride = plan.cells + 1
    let places = stride * question.series.count
    customers = memory.room(for: places)
    events = memory.room(for: places)
    stamps = memory.room(for: places)
    customers.initialize(repeating: 0)
    events.initialize(repeating: 0)
    stamps.initialize(repeating: 0)
    sums = question.series.map { series in
      switch series.measure {
      case .sum, .mean: Array(repeating: ExactSum(), count: plan.cells + 1)
      default: []
      }
    }
    numbers = question.series.map { _ in TrendsNumbers() }
  }

  /// The place of a cell of a series.
  func place(_ series: Int, _ cell: Int) -> Int { series * stride + cell }

  mutating func merge(_ later: TrendsPartial) {
    for place in customers.indices {
      customers[place] += later.customers[place]
      events[place] += later.events[place]
    }
    for series in sums.indices {
      for cell in sums[series].indices { sums[series][cell].add(later.sums[series][cell]) }
      numbers[series].append(later.numbers[series])
    }
    counted += later.counted
  }

  mutating func count(
    _ customers: Range<Int>, of segment: StorySegment, _ table: TrendsTable,
    _ question: TrendsQuestion, by plan: TrendsPlan
  ) {
    for part in segment.parts(of: customers, rows: Self.rowsAtOnce) {
      countAtOnce(part, of: segment, table, question, by: plan)
    }
  }

  private mutating func countAtOnce(
    _ customers: Range<Int>, of segment: StorySegment, _ table: TrendsTable,
    _ question: TrendsQuestion, by plan: TrendsPlan
  ) {
    guard let times = segment.times.baseAddress, let offsets = segment.offsets.baseAddress else {
      return
    }
    let first = Int(offsets[customers.lowerBound])
    let count = Int(offsets[customers.upperBound]) - first
    if cells.count < count {
      cells = Array(repeating: 0, count: max(count, Self.rowsAtOnce))
      chosen = cells
    }
    locate(times + first, from: first, count: count, table, by: plan)
    if seen.count < customers.count {
      seen = Array(repeating: false, count: max(customers.count, Self.rowsAtOnce))
    }
    for position in 0..<customers.count { seen[position] = false }
    begins.mark(customers, by: offsets)
    runs.hold(count)
    runRows.hold(count)
    let before = visits
    for (series, selection) in table.series.enumerated() {
      choose(series, selection, from: first, count: count, of: segment, by: plan)
      visits = before
      if question.series[series].measure == .customers {
        countChosen(count, series: series, .customers)
      } else {
        countChosen(count, series: series, .customersAndEvents)
      }
      let countsAll = !plan.isCut && selection.number == nil
      if countsAll, case .all = selection.knowledge {
        for position in 0..<customers.count { seen[position] = true }
      } else {
        notice(customers, offsets, from: first, by: plan)
      }
    }
    for position in 0..<customers.count { counted &+= seen[position] ? 1 : 0 }
  }

  /// Finds the cell of each row, that of nowhere for those outside the range.
  private mutating func locate(
    _ times: UnsafePointer<Int64>, from first: Int, count: Int, _ table: TrendsTable,
    by plan: TrendsPlan
  ) {
    cells.withUnsafeMutableBufferPointer { cells in
      guard let cells = cells.baseAddress else { return }
      plan.spans.locate(times, count: count, isCut: plan.isCut, into: cells)
      if let dimension = table.dimension {
        dimension.divide(cells, from: first, count: count, width: UInt32(plan.width))
      }
      guard plan.isCut else { return }
      let nowhere = UInt32(plan.cells)
      let (from, last) = (plan.spans.times.lowerBound, plan.spans.times.upperBound &- 1)
      for row in 0..<count {
        let outside = UInt32(
          truncatingIfNeeded: ((times[row] &- from) | (last &- times[row])) >> 63)
        cells[row] = (cells[row] & ~outside) | (nowhere & outside)
      }
    }
  }

  /// Takes the rows of a series, and their numbers where it measures those.
  private mutating func choose(
    _ series: Int, _ selection: TrendsSelection, from first: Int, count: Int,
    of segment: StorySegment, by plan: TrendsPlan
  ) {
    let nowhere = UInt32(plan.cells)
    cells.withUnsafeBufferPointer { cells in
      chosen.withUnsafeMutableBufferPointer { chosen in
        guard let cells = cells.baseAddress, let chosen = chosen.baseAddress else { return }
        selection.choose(
          cells, from: first, count: count, of: segment, nowhere: nowhere, into: chosen)
      }
    }
    guard let number = selection.number else { return }
    for row in 0..<count where chosen[row] != nowhere {
      guard let value = number.number(first + row), value.isFinite else {
        chosen[row] = nowhere
        continue
      }
      if sums[series].isEmpty {
        numbers[series].append(value, cell: chosen[row])
      } else {
        sums[series][Int(chosen[row])].add(value)
      }
    }
  }

  private enum Counting { case customers, customersAndEvents }

  /// Counts the chosen rows.
  ///
  /// Rows of one customer and cell that follow each other are counted as one: counting each would
  /// wait for the count before it. No loop over customers is needed, whose end nobody could foresee.
  @inline(__always)
  private mutating func countChosen(_ rows: Int, series: Int, _ counting: Counting) {
    guard let counts = self.customers.baseAddress.map({ $0 + place(series, 0) }),
      let stamps = stamps.baseAddress.map({ $0 + place(series, 0) }),
      let events = self.events.baseAddress.map({ $0 + place(series, 0) }),
      let begins = begins.marks.baseAddress, let runs = runs.elements.baseAddress,
      let runRows = runRows.elements.baseAddress
    else { return }
    var visit = UInt64(visits) << 32
    var count = 0
    chosen.withUnsafeBufferPointer { chosen in
      guard let chosen = chosen.baseAddress else { return }
      var before = UInt64.max
      for row in 0..<rows {
        visit &+= UInt64(begins[row]) << 32
        let run = visit | UInt64(chosen[row])
        runs[count] = run
        if counting == .customersAndEvents { runRows[count] = UInt32(truncatingIfNeeded: row) }
        // 1 where they differ, in a form of which the compiler makes no branch.
        let difference = run ^ before
        count &+= Int(truncatingIfNeeded: (difference | (0 &- difference)) >> 63)
        before = run
      }
    }
    runRows[count] = UInt32(truncatingIfNeeded: rows)
    for run in 0..<count {
      let cell = Int(runs[run] & 0xFFFF_FFFF)
      let visit = UInt32(truncatingIfNeeded: runs[run] >> 32)
      counts[cell] &+= stamps[cell] == visit ? 0 : 1
      stamps[cell] = visit
      if counting == .customersAndEvents {
        events[cell] &+= Int(runRows[run &+ 1] &- runRows[run])
      }
    }
    visits = UInt32(truncatingIfNeeded: visit >> 32)
  }

  /// Notes which customers have a chosen row in the range itself.
  private mutating func notice(
    _ customers: Range<Int>, _ offsets: UnsafePointer<UInt32>, from first: Int,
    by plan: TrendsPlan
  ) {
    let begin = UInt32(plan.spans.before * plan.width)
    let size = UInt32(plan.cells) - begin
    chosen.withUnsafeBufferPointer { chosen in
      for (position, customer) in customers.enumerated() {
        var isSeen = false
        for row in (Int(offsets[customer]) - first)..<(Int(offsets[customer + 1]) - first) {
          isSeen = isSeen || chosen[row] &- begin < size
        }
        seen[position] = seen[position] || isSeen
      }
    }
  }
}

/// Numbers with the cells that they belong to.
///
/// One entry of twelve bytes an event: what percentiles need, and nothing else does.
struct TrendsNumbers: Sendable {
  private var parts: [(keys: [UInt64], cells: [UInt32])] = [([], [])]

  mutating func append(_ number: Double, cell: UInt32) {
    parts[parts.count - 1].keys.append(number.rankKey)
    parts[parts.count - 1].cells.append(cell)
  }

  mutating func append(_ other: TrendsNumbers) { parts += other.parts }

  /// The numbers by cell.
  func byCell(_ cells: Int) -> [RankedValues<UInt64>] {
    var all = RankedValues<UInt64>(.keys)
    for part in parts { all.append(part.keys) }
    return all.divided(by: parts.map(\.cells), count: cells)
  }
}
