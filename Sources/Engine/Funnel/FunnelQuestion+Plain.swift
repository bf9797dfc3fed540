import Events
import Stories

extension FunnelQuestion {
  /// Counts how far customers came, where each event name is at most one step and nothing else
  /// matters.
  ///
  /// For each step it keeps the latest entry from which the step was reached. There is no branch per
  /// event: events that are no step go to a slot that is never read as an entry, and the slot
  /// after it holds the present event, from which the first step begins.
  func countPlainly(
    _ customers: Range<Int>, of segment: StorySegment, _ steps: [UInt8], by plan: FunnelPlan,
    into tally: inout FunnelTally
  ) {
    let count = self.steps.count
    let (never, now) = (count + 1, count + 2)
    // So far from every instant that no window reaches it, and near enough for differences.
    let noEntry = Int64.min / 2
    let (from, last) = (plan.from, plan.to - 1)
    let window = self.window?.milliseconds ?? FunnelPlan.unbounded
    let bounded = self.window != nil
    let previous: [UInt8] = [UInt8(never), UInt8(now)] + (1..<count).map { UInt8($0) }
    guard let codes = segment.codes.baseAddress, let times = segment.times.baseAddress,
      let offsets = segment.offsets.baseAddress
    else { return }
    var counts = [Int](repeating: 0, count: 2 * (count + 1))
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: count + 3) { entries in
      steps.withUnsafeBufferPointer { steps in
        previous.withUnsafeBufferPointer { previous in
          counts.withUnsafeMutableBufferPointer { counts in
            for customer in customers {
              entries.update(repeating: noEntry)
              var best = 0
              for row in Int(offsets[customer])..<Int(offsets[customer &+ 1]) {
                let time = times[row]
                let step = Int(steps[Int(codes[row])])
                // All ones where it is so, all zeros where not: the compiler makes no branch of it.
                let outside = ((time &- from) | (last &- time)) >> 63
                entries[now] = (time & ~outside) | (noEntry & outside)
                let entry = entries[Int(previous[step])]
                let late = (window &- (time &- entry)) >> 63
                entries[step] = (entry & ~late) | (entries[step] & late)
                best = max(best, step & ~Int(late))
              }
              counts[best] &+= 1
              let waits =
                bounded && best > 0 && best < count && plan.watermark &- entries[1] <= window
              counts[count &+ 1 &+ best] &+= waits ? 1 : 0
            }
          }
        }
      }
    }
    for level in 1...count {
      tally.add(level: level, customers: counts[level], open: counts[count + 1 + level])
    }
  }
}
