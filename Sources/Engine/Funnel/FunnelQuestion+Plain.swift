import Events
import Stories

/// How far a customer came on the fast path.
struct PlainReach: BitwiseCopyable {
  var level = 0
  /// The row that first brought them there, or where that is asked for, the one that entered.
  var row = 0
  /// The latest entry.
  var entry: Int64
}

/// What the fast path is to find out or may leave out.
private enum PlainRows { case reaching, entering, ignored }
private enum PlainRange { case whole, part }
private enum PlainExclusions { case none, some }

/// Where the row of an entry stands beside its time, so that one number is carried from slot to slot.
private enum PlainEntry {
  /// More rows than stories have but for a few, and few enough for times to fit beside them.
  static let rowBits: Int64 = 18
  static let mostRows = 1 << Int(rowBits)
  /// Longer than from the first instant to the last.
  static let longestWindow: Int64 = 10_000_000_000_000
  /// So far from every instant that no window reaches it, and near enough for differences.
  static let none = Int64.min / 2
}

extension FunnelQuestion {
  /// Counts how far customers came, where each event name is at most one step or exclusion and
  /// nothing else matters.
  func countPlainly(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, _ moves: [FunnelMove],
    by plan: FunnelPlan, into partial: inout FunnelPartial
  ) {
    guard figures == .counts else {
      return measurePlainly(
        customers, ofSegment: index, in: stories, moves, by: plan, into: &partial)
    }
    let segment = stories.segments[index]
    let table = plan.segments[index]
    let values = plan.breakdown?[index]
    let (count, width) = (steps.count, steps.count + 1)
    let isShort =
      values != nil
      && customers.allSatisfy { segment.rows(of: $0).count < PlainEntry.mostRows }
    let bounded = window != nil
    let longest = window?.milliseconds ?? FunnelPlan.unbounded
    // By group and level, those that came so far, and how many of them may still go further.
    var counts = [Int](repeating: 0, count: 2 * plan.groups * width)
    var rows = [Int](repeating: 0, count: count)
    var hits = partial.hits
    counts.withUnsafeMutableBufferPointer { counts in
      func add(_ reach: PlainReach, group: Int) {
        let place = 2 * (group &* width &+ reach.level)
        counts[place] &+= 1
        let waits =
          bounded && reach.level > 0 && reach.level < count
          && plan.watermark &- reach.entry <= longest
        counts[place &+ 1] &+= waits ? 1 : 0
      }
      func settle(_ reach: PlainReach) { add(reach, group: 0) }
      // Where values are read right after each other, they are waited for together.
      partial.reaches.hold(values == nil ? 0 : customers.count)
      let entered = partial.reaches.elements
      var entries = 0
      func settleEntering(_ reach: PlainReach) {
        entered[entries] = reach
        entries &+= reach.level > 0 ? 1 : 0
      }
      func settleReaching(_ reach: PlainReach) {
        guard reach.level > 0 else { return }
        trace(reach, of: segment, moves, by: plan, into: &rows)
        rows.withUnsafeBufferPointer {
          add(reach, group: group(of: $0, level: reach.level, values))
        }
      }
      switch (values == nil, from == nil && to == nil, breakdown?.place == .first && isShort) {
      case (true, true, _) where exclusions.isEmpty:
        walk(.ignored, .whole, .none, customers, segment, table, plan, &hits, settle)
      case (true, true, _):
        walk(.ignored, .whole, .some, customers, segment, table, plan, &hits, settle)
      case (true, false, _):
        walk(.ignored, .part, .some, customers, segment, table, plan, &hits, settle)
      case (false, true, true):
        walk(.entering, .whole, .none, customers, segment, table, plan, &hits, settleEntering)
      case (false, _, _):
        walk(.reaching, .part, .none, customers, segment, table, plan, &hits, settleReaching)
      }
      if let values, let breakdown {
        let values = RowDimension(Dimension(breakdown.property), values, of: segment)
        for reach in entered[..<entries] { add(reach, group: values.position(reach.row)) }
      }
    }
    partial.hits = hits
    for group in 0..<plan.groups {
      for level in 1...count {
        let place = 2 * (group * width + level)
        partial.tally.add(level: level, units: counts[place], open: counts[place + 1], group: group)
      }
    }
  }

  /// The same with times, which are between the rows that filled the steps.
  private func measurePlainly(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, _ moves: [FunnelMove],
    by plan: FunnelPlan, into partial: inout FunnelPartial
  ) {
    let segment = stories.segments[index]
    let values = plan.breakdown?[index]
    var rows = [Int](repeating: 0, count: steps.count)
    let bounded = window != nil
    let longest = window?.milliseconds ?? FunnelPlan.unbounded
    var hits = partial.hits
    let table = plan.segments[index]
    walk(.reaching, .part, .none, customers, segment, table, plan, &hits) { reach in
      guard reach.level > 0 else { return }
      trace(reach, of: segment, moves, by: plan, into: &rows)
      let isOpen =
        bounded && reach.level < steps.count && plan.watermark &- reach.entry <= longest
      rows.withUnsafeBufferPointer { rows in
        partial.tally.add(
          level: reach.level, isOpen: isOpen, rows: rows, times: segment.times,
          group: group(of: rows, level: reach.level, values), order: order)
      }
    }
    partial.hits = hits
  }

  /// Goes back from the row that first reached a level: each step was filled by the latest event
  /// before the next one, for a later entry only leaves more of the window.
  private func trace(
    _ reach: PlainReach, of segment: StorySegment, _ moves: [FunnelMove], by plan: FunnelPlan,
    into rows: inout [Int]
  ) {
    var row = reach.row
    rows[reach.level - 1] = row
    moves.withUnsafeBufferPointer { moves in
      for step in stride(from: reach.level - 1, to: 0, by: -1) {
        repeat {
          row -= 1
        } while Int(moves[Int(segment.codes[row])].step) != step
          || step == 1 && (segment.times[row] < plan.from || segment.times[row] >= plan.to)
        rows[step - 1] = row
      }
    }
  }

  /// Follows customers through their events and tells how far each came.
  ///
  /// There is no branch per event: it takes an entry from one slot, and puts it into another unless
  /// it is too long ago. The parameters that are cases are known where this is inlined.
  @inline(__always)
  private func walk(
    _ rows: PlainRows, _ range: PlainRange, _ exclusions: PlainExclusions,
    _ customers: Range<Int>, _ segment: StorySegment, _ table: FunnelTable, _ plan: FunnelPlan,
    _ hits: inout FunnelHits, _ settle: (PlainReach) -> Void
  ) {
    guard let offsets = segment.offsets.baseAddress, let moves = table.moves else { return }
    let slotCount = steps.count + 3
    let now = FunnelMove.slots(steps: steps.count).now
    let (from, last) = (plan.from, plan.to - 1)
    let bits: Int64 = rows == .entering ? PlainEntry.rowBits : 0
    // With the rows' bits all set, for a later row is no later time.
    let window =
      min(self.window?.milliseconds ?? .max, PlainEntry.longestWindow) << bits
      | (1 << bits - 1)
    let parts = segment.parts(of: customers, rows: FunnelHits.rowsAtOnce)
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: slotCount) { slots in
      guard let slots = slots.baseAddress else { return }
      moves.withUnsafeBufferPointer { moves in
        guard let moves = moves.baseAddress else { return }
        for part in parts {
          table.uses.withUnsafeBufferPointer { uses in
            if let uses = uses.baseAddress { hits.list(part, of: segment, uses: uses) }
          }
          guard let hitRows = hits.rows.baseAddress, let hitTimes = hits.times.baseAddress,
            let hitCodes = hits.codes.baseAddress
          else { return }
          var hit = 0
          for customer in part {
            slots.update(repeating: PlainEntry.none, count: slotCount)
            var reach = PlainReach(entry: PlainEntry.none)
            let (first, end) = (Int(offsets[customer]), offsets[customer &+ 1])
            while hitRows[hit] < end {
              let row = Int(hitRows[hit])
              let time = hitTimes[hit]
              let move = moves[Int(hitCodes[hit])]
              hit &+= 1
              let moment = rows == .entering ? time << bits | Int64(row &- first) : time
              if range == .part {
                // All ones where it is so, all zeros where not: the compiler makes no branch of it.
                let outside = ((time &- from) | (last &- time)) >> 63
                slots[now] = (moment & ~outside) | (PlainEntry.none & outside)
              } else {
                slots[now] = moment
              }
              let entry = slots[Int(move.source)]
              let late = (window &- (moment &- entry)) >> 63
              let target = Int(move.target)
              let kept = exclusions == .some ? late & Int64(move.keeps) : late
              slots[target] = (entry & ~kept) | (slots[target] & kept)
              let step = Int(move.step) & ~Int(late)
              if rows == .reaching { reach.row = step > reach.level ? row : reach.row }
              if rows == .entering {
                let entered = first &+ Int(entry & (1 << bits &- 1))
                reach.row = step > reach.level ? entered : reach.row
              }
              reach.level = max(reach.level, step)
            }
            reach.entry = slots[1] >> bits
            settle(reach)
          }
        }
      }
    }
  }
}
