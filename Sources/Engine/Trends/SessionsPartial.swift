import Events
import Stories

/// What a section has counted of sessions.
///
/// It is shared with nobody, although it holds pointers.
struct SessionsPartial: @unchecked Sendable {
  /// By cell, with one more for sessions that don't count.
  let counts: UnsafeMutableBufferPointer<SessionCounts>
  /// By cell, then beginning or end, then name: sessions, and the customers of those.
  let endSessions: UnsafeMutableBufferPointer<Int>
  let endCustomers: UnsafeMutableBufferPointer<Int>
  /// Customers with a session that counts.
  private(set) var customers = 0
  /// How long each session lasted, and how many events it had; then the cells of those.
  private(set) var durations = RankedValues<UInt64>(.wholeNumbers)
  private(set) var lengths = RankedValues<UInt32>(.wholeNumbers)
  private(set) var cells: [[UInt32]] = []

  private let stamps: UnsafeMutableBufferPointer<UInt32>
  private let endStamps: UnsafeMutableBufferPointer<UInt32>
  private let memory = ColumnMemory()
  private var visits: UInt32 = 0
  private var begins = StoryBegins()
  /// Of the sessions at hand: their first rows and their customers' visits.
  private var starts = Scratch<UInt32>()
  private var owners = Scratch<UInt32>()
  private var atHand = SessionList()
  /// Of each row at hand, how many before it reach the goal.
  private var reached: [UInt32] = []

  /// So many rows are cut at once, customers being whole, that they stay in a core's cache.
  static let rowsAtOnce = 2048

  init(_ plan: SessionsPlan) {
    counts = memory.room(for: plan.cells + 1)
    stamps = memory.room(for: plan.cells + 1)
    counts.initialize(repeating: SessionCounts())
    stamps.initialize(repeating: 0)
    let ends = plan.endNames == 0 ? 0 : (plan.cells + 1) * 2 * plan.endNames
    endSessions = memory.room(for: ends)
    endCustomers = memory.room(for: ends)
    endStamps = memory.room(for: ends)
    endSessions.initialize(repeating: 0)
    endCustomers.initialize(repeating: 0)
    endStamps.initialize(repeating: 0)
  }

  mutating func merge(_ later: SessionsPartial) {
    for cell in counts.indices { counts[cell].add(later.counts[cell]) }
    for place in endSessions.indices {
      endSessions[place] += later.endSessions[place]
      endCustomers[place] += later.endCustomers[place]
    }
    customers += later.customers
    durations.append(later.durations)
    lengths.append(later.lengths)
    cells += later.cells
  }

  /// Counts the sessions of a block.
  mutating func count(
    _ customers: Range<Int>, of segment: StorySegment, at index: Int, gap: Int64,
    by plan: SessionsPlan
  ) {
    let table = plan.segments[index]
    let isPlain = plan.cells == 1 && !plan.isCut && table.goal == nil && plan.ends == nil
    for part in segment.parts(of: customers, rows: Self.rowsAtOnce) {
      let sessions: Int
      if isPlain {
        sessions = cut(part, of: segment, gap: gap, .counted)
        countPlainly(sessions, of: segment, gap: gap, by: plan)
      } else {
        sessions = cut(part, of: segment, gap: gap, .listed)
        countCut(sessions, of: segment, table, gap: gap, by: plan)
        if let ends = plan.ends?[index] { countEnds(sessions, ends, plan.endNames) }
      }
      keep(sessions, by: plan)
    }
  }

  /// Whether it is written down whose sessions they are.
  private enum Owners { case counted, listed }

  /// Cuts stories into sessions: each row's position is written, and kept where a session begins.
  @inline(__always)
  private mutating func cut(
    _ customers: Range<Int>, of segment: StorySegment, gap: Int64, _ listing: Owners
  ) -> Int {
    guard let offsets = segment.offsets.baseAddress else { return 0 }
    let first = Int(offsets[customers.lowerBound])
    let rows = Int(offsets[customers.upperBound]) - first
    starts.hold(rows)
    owners.hold(rows)
    atHand.hold(rows)
    begins.mark(customers, by: offsets)
    guard rows > 0, let times = segment.times.baseAddress.map({ $0 + first }),
      let begins = begins.marks.baseAddress, let starts = starts.elements.baseAddress,
      let owners = owners.elements.baseAddress
    else { return 0 }
    var visit = visits
    var sessions = 0
    var before = times[0]
    for row in 0..<rows {
      let time = times[row]
      let isAnother = begins[row]
      visit &+= UInt32(isAnother)
      starts[sessions] = UInt32(truncatingIfNeeded: first &+ row)
      if listing == .listed { owners[sessions] = visit }
      let isLate = UInt64(bitPattern: gap &- (time &- before)) >> 63
      sessions &+= Int(truncatingIfNeeded: isLate | UInt64(isAnother))
      before = time
    }
    starts[sessions] = offsets[customers.upperBound]
    if listing == .counted {
      counts[0].customers &+= Int(visit &- visits)
      self.customers &+= Int(visit &- visits)
    }
    visits = visit
    return sessions
  }

  /// Counts sessions that are all of one cell.
  private mutating func countPlainly(
    _ sessions: Int, of segment: StorySegment, gap: Int64, by plan: SessionsPlan
  ) {
    guard let times = segment.times.baseAddress, let starts = starts.elements.baseAddress,
      let durations = atHand.durations.elements.baseAddress,
      let lengths = atHand.lengths.elements.baseAddress
    else { return }
    let watermark = plan.watermark?.milliseconds ?? .min / 4
    var all = counts[0]
    for session in 0..<sessions {
      let (first, end) = (Int(starts[session]), Int(starts[session &+ 1]))
      let last = times[end &- 1]
      let duration = last &- times[first]
      all.add(events: end &- first, duration: duration)
      all.open &+= watermark &- last <= gap ? 1 : 0
      durations[session] = UInt64(bitPattern: duration)
      lengths[session] = UInt32(truncatingIfNeeded: end &- first)
    }
    counts[0] = all
  }

  private mutating func countCut(
    _ sessions: Int, of segment: StorySegment, _ table: SessionsPlan.Table, gap: Int64,
    by plan: SessionsPlan
  ) {
    guard let times = segment.times.baseAddress, sessions > 0,
      let counts = counts.baseAddress, let stamps = stamps.baseAddress,
      let starts = starts.elements.baseAddress, let owners = owners.elements.baseAddress,
      let cells = atHand.cells.elements.baseAddress,
      let durations = atHand.durations.elements.baseAddress,
      let lengths = atHand.lengths.elements.baseAddress
    else { return }
    let base = Int(starts[0])
    if let goal = table.goal { reach(goal, base..<Int(starts[sessions]), of: segment) }
    let watermark = plan.watermark?.milliseconds ?? .min / 4
    let (dimension, hasGoal) = (table.dimension, table.goal != nil)
    let nowhere = plan.cells
    var owner: UInt32 = 0
    var ownersCounted = 0
    for session in 0..<sessions {
      let (first, end) = (Int(starts[session]), Int(starts[session &+ 1]))
      let begin = times[first]
      let duration = times[end &- 1] &- begin
      let cell = plan.cell(first, time: begin, dimension)
      let visit = owners[session]
      counts[cell].add(events: end &- first, duration: duration)
      counts[cell].customers &+= stamps[cell] == visit ? 0 : 1
      stamps[cell] = visit
      counts[cell].open &+= watermark &- times[end &- 1] <= gap ? 1 : 0
      if hasGoal {
        counts[cell].reached &+= reached[end &- base] == reached[first &- base] ? 0 : 1
      }
      ownersCounted &+= owner != visit && cell != nowhere ? 1 : 0
      owner = cell != nowhere ? visit : owner
      cells[session] = UInt32(truncatingIfNeeded: cell)
      durations[session] = UInt64(bitPattern: duration)
      lengths[session] = UInt32(truncatingIfNeeded: end &- first)
    }
    customers += ownersCounted
  }

  /// Counts the events that reach the goal before each row, and before the end.
  private mutating func reach(
    _ goal: TrendsSelection, _ rows: Range<Int>, of segment: StorySegment
  ) {
    if reached.count < rows.count + 1 {
      reached = Array(repeating: 0, count: max(rows.count, Self.rowsAtOnce) + 1)
    }
    var count: UInt32 = 0
    for (position, row) in rows.enumerated() {
      reached[position] = count
      count += goal.means(row, of: segment) ? 1 : 0
    }
    reached[rows.count] = count
  }

  /// Counts what sessions begin and end with: their first and last events that have a name.
  private mutating func countEnds(_ sessions: Int, _ names: NamingColumns, _ width: Int) {
    for session in 0..<sessions {
      let rows = Int(starts.elements[session])..<Int(starts.elements[session + 1])
      let place = Int(atHand.cells.elements[session]) * 2 * width
      let found = [
        rows.first { names.number($0) != NamingTable.skipped },
        rows.last { names.number($0) != NamingTable.skipped },
      ]
      for (end, row) in found.enumerated() {
        guard let row else { continue }
        let place = place + end * width + Int(names.number(row))
        endSessions[place] += 1
        endCustomers[place] += endStamps[place] == owners.elements[session] ? 0 : 1
        endStamps[place] = owners.elements[session]
      }
    }
  }

  /// Keeps the figures of the sessions that count, for quantiles.
  private mutating func keep(_ sessions: Int, by plan: SessionsPlan) {
    let kept = plan.isCut ? atHand.pack(sessions, without: UInt32(plan.cells)) : sessions
    guard kept > 0 else { return }
    durations.extend(UnsafeBufferPointer(rebasing: atHand.durations.elements[..<kept]))
    lengths.extend(UnsafeBufferPointer(rebasing: atHand.lengths.elements[..<kept]))
    guard plan.cells > 1 else { return }
    cells.extend(UnsafeBufferPointer(rebasing: atHand.cells.elements[..<kept]))
  }
}

/// Sessions at hand, one figure a list.
private struct SessionList {
  var cells = Scratch<UInt32>()
  var durations = Scratch<UInt64>()
  var lengths = Scratch<UInt32>()

  mutating func hold(_ count: Int) {
    cells.hold(count)
    durations.hold(count)
    lengths.hold(count)
  }

  /// Moves the sessions of other cells than that to the front, and tells how many there are.
  mutating func pack(_ sessions: Int, without cell: UInt32) -> Int {
    let (cells, durations, lengths) = (cells.elements, durations.elements, lengths.elements)
    var kept = 0
    for session in 0..<sessions {
      cells[kept] = cells[session]
      durations[kept] = durations[session]
      lengths[kept] = lengths[session]
      kept += cells[kept] == cell ? 0 : 1
    }
    return kept
  }
}
