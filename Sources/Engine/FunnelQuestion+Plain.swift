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
    let noEntry = Int64.min / 2
    let window = self.window?.milliseconds ?? FunnelPlan.unbounded
    let bounded = self.window != nil
    let previous: [UInt8] = [UInt8(never), UInt8(now)] + (1..<count).map { UInt8($0) }
    var furthest = [Int](repeating: 0, count: count + 1)
    var open = furthest
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: count + 3) { entries in
      steps.withUnsafeBufferPointer { steps in
        previous.withUnsafeBufferPointer { previous in
          for customer in customers {
            entries.update(repeating: noEntry)
            var best = 0
            for row in segment.rows(of: customer) {
              let time = segment.times[row]
              let step = Int(steps[Int(segment.codes[row])])
              entries[now] = (time >= plan.from) && (time < plan.to) ? time : noEntry
              let entry = entries[Int(previous[step])]
              let fits = time &- entry <= window
              let old = entries[step]
              entries[step] = fits ? entry : old
              let candidate = fits ? step : 0
              best = candidate > best ? candidate : best
            }
            furthest[best] &+= 1
            let waits =
              bounded && best > 0 && best < count && plan.watermark &- entries[1] <= window
            open[best] &+= waits ? 1 : 0
          }
        }
      }
    }
    for level in 1...count {
      tally.add(level: level, customers: furthest[level], open: open[level])
    }
  }
}
