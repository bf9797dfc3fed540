import Events
import Experience

/// The twin of the segments question: each story judged at each moment.
public struct NaiveSegments: Sendable {
  let question: SegmentsQuestion
  let calendar: LocalCalendar

  /// By moment (before the first interval, then at each one's end), then segment: its units, as
  /// positions of stories.
  ///
  /// - Parameter keys: the canonical keys of the stories' customers, for saved sets.
  public func members(_ stories: [[Event]], keys: [UInt64]) -> [[Set<Int>]] {
    let steps = NaiveCalendar(calendar)
    let range = question.scope.milliseconds
    let times = stories.joined().map(\.time.milliseconds)
    guard let earliest = times.min(), let latest = times.max() else { return [] }
    let last = min(range.upperBound - 1, latest)
    guard max(range.lowerBound, earliest) <= last else { return [] }
    var start = steps.start(
      of: question.interval, at: Instant(milliseconds: max(range.lowerBound, earliest)))
    var moments = [Instant(milliseconds: max(start.milliseconds, range.lowerBound))]
    while start.milliseconds <= last {
      start = steps.start(of: question.interval, at: start, after: 1)
      moments.append(min(start, Instant(milliseconds: last + 1)))
    }
    return moments.map { moment in
      question.segments.map { segment in
        Set(
          stories.indices.filter { unit in
            let before = stories[unit].prefix { $0.time < moment }.count
            guard before > 0 else { return false }
            switch segment {
            case .condition(_, let rule):
              return NaiveRules(stories[unit], at: before, time: moment).holds(rule)
            case .saved(_, let saved): return saved.contains(keys[unit])
            }
          })
      }
    }
  }
}
