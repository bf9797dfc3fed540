import Events
import Stories

/// How far a customer came on the fast path.
private struct PlainReach {
  var level = 0
  /// The row that first brought them there.
  var row = 0
  /// The latest entry, or `noEntry`.
  var entry: Int64
}

/// What the fast path is to find out or may leave out.
private enum PlainRows { case found, ignored }
private enum PlainRange { case whole, part }
private enum PlainExclusions { case none, some }

extension FunnelQuestion {
  /// So far from every instant that no window reaches it, and near enough for differences.
  private static var noEntry: Int64 { .min / 2 }

  /// Counts how far customers came, where each event name is at most one step or exclusion and
  /// nothing else matters.
  func countPlainly(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, _ moves: [FunnelMove],
    by plan: FunnelPlan, into tally: inout FunnelTally
  ) {
    let segment = stories.segments[index]
    guard figures == .counts, breakdown == nil else {
      return countRows(customers, ofSegment: index, in: stories, moves, by: plan, into: &tally)
    }
    let count = steps.count
    var counts = [Int](repeating: 0, count: 2 * (count + 1))
    let bounded = window != nil
    let longest = window?.milliseconds ?? FunnelPlan.unbounded
    counts.withUnsafeMutableBufferPointer { counts in
      func settle(_ customer: Int, _ reach: PlainReach) {
        counts[reach.level] &+= 1
        let waits =
          bounded && reach.level > 0 && reach.level < count
          && plan.watermark &- reach.entry <= longest
        counts[count &+ 1 &+ reach.level] &+= waits ? 1 : 0
      }
      switch (from == nil && to == nil, exclusions.isEmpty) {
      case (true, true): walk(.ignored, .whole, .none, customers, segment, moves, plan, settle)
      case (true, false): walk(.ignored, .whole, .some, customers, segment, moves, plan, settle)
      case (false, _): walk(.ignored, .part, .some, customers, segment, moves, plan, settle)
      }
    }
    for level in 1...count {
      tally.add(level: level, units: counts[level], open: counts[count + 1 + level])
    }
  }

  /// The same, with the rows that filled the steps, for times and breakdowns.
  private func countRows(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, _ moves: [FunnelMove],
    by plan: FunnelPlan, into tally: inout FunnelTally
  ) {
    let segment = stories.segments[index]
    let values = plan.breakdown?[index]
    var rows = [Int](repeating: 0, count: steps.count)
    let bounded = window != nil
    let longest = window?.milliseconds ?? FunnelPlan.unbounded
    func settle(_ customer: Int, _ reach: PlainReach) {
      guard reach.level > 0 else { return }
      trace(reach, of: segment, moves, by: plan, into: &rows)
      let isOpen =
        bounded && reach.level < steps.count && plan.watermark &- reach.entry <= longest
      rows.withUnsafeBufferPointer { rows in
        tally.add(
          level: reach.level, isOpen: isOpen, rows: rows, times: segment.times,
          group: group(of: rows, level: reach.level, values), order: order)
      }
    }
    if from == nil && to == nil {
      walk(.found, .whole, .none, customers, segment, moves, plan, settle)
    } else {
      walk(.found, .part, .none, customers, segment, moves, plan, settle)
    }
  }

  /// Goes back from the row that first reached a level: each step was filled by the latest event
  /// before the next one, for a later entry only leaves more of the window.
  private func trace(
    _ reach: PlainReach, of segment: StorySegment, _ moves: [FunnelMove], by plan: FunnelPlan,
    into rows: inout [Int]
  ) {
    var row = reach.row
    rows[reach.level - 1] = row
    for step in stride(from: reach.level - 1, to: 0, by: -1) {
      repeat {
        row -= 1
      } while Int(moves[Int(segment.codes[row])].step) != step
        || step == 1 && (segment.times[row] < plan.from || segment.times[row] >= plan.to)
      rows[step - 1] = row
    }
  }

  /// Follows customers through their events and tells how far each came.
  ///
  /// There is no branch per event: it takes an entry from one slot, and puts it into another unless
  /// it is too long ago. The parameters that are cases are known where this is inlined.
  @inline(__always)
  private func walk(
    _ rows: PlainRows, _ range: PlainRange, _ exclusions: PlainExclusions,
    _ customers: Range<Int>, _ segment: StorySegment, _ moves: [FunnelMove], _ plan: FunnelPlan,
    _ settle: (Int, PlainReach) -> Void
  ) {
    let slotCount = steps.count + 3
    let now = FunnelMove.slots(steps: steps.count).now
    let (from, last) = (plan.from, plan.to - 1)
    let window = self.window?.milliseconds ?? FunnelPlan.unbounded
    guard let codes = segment.codes.baseAddress, let times = segment.times.baseAddress,
      let offsets = segment.offsets.baseAddress
    else { return }
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: slotCount) { slots in
      guard let slots = slots.baseAddress else { return }
      moves.withUnsafeBufferPointer { moves in
        guard let moves = moves.baseAddress else { return }
        for customer in customers {
          slots.update(repeating: Self.noEntry, count: slotCount)
          var reach = PlainReach(entry: Self.noEntry)
          for row in Int(offsets[customer])..<Int(offsets[customer &+ 1]) {
            let time = times[row]
            let move = moves[Int(codes[row])]
            if range == .part {
              // All ones where it is so, all zeros where not: the compiler makes no branch of it.
              let outside = ((time &- from) | (last &- time)) >> 63
              slots[now] = (time & ~outside) | (Self.noEntry & outside)
            } else {
              slots[now] = time
            }
            let entry = slots[Int(move.source)]
            let late = (window &- (time &- entry)) >> 63
            let target = Int(move.target)
            let kept = exclusions == .some ? late & Int64(move.keeps) : late
            slots[target] = (entry & ~kept) | (slots[target] & kept)
            let step = Int(move.step) & ~Int(late)
            if rows == .found { reach.row = step > reach.level ? row : reach.row }
            reach.level = max(reach.level, step)
          }
          reach.entry = slots[1]
          settle(customer, reach)
        }
      }
    }
  }
}
