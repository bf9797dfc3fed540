import Events
import Experience

/// The twin of the stickiness question: sets of days.
public struct NaiveStickiness: Sendable {
  /// A longer period.
  public struct Period: Sendable, Equatable {
    public var start: Instant
    public var intervals: Int
    /// By unit that was active: on how many of them.
    public var active: [Int: Int]
  }

  let question: StickinessQuestion
  let calendar: LocalCalendar

  /// The periods that range and data touch.
  public func periods(_ stories: [[Event]]) -> [Period] {
    let steps = NaiveCalendar(calendar)
    let range = question.scope.milliseconds
    let times = stories.joined().map(\.time.milliseconds)
    guard let earliest = times.min(), let latest = times.max() else { return [] }
    let first = max(range.lowerBound, earliest)
    let last = min(range.upperBound - 1, latest)
    var periods: [Period] = []
    var interval = steps.start(of: question.interval, at: Instant(milliseconds: first))
    while first <= last, interval.milliseconds <= last {
      let period =
        question.period.interval.map { steps.start(of: $0, at: interval) }
        ?? Instant(milliseconds: first)
      if periods.last?.start != period {
        periods.append(Period(start: period, intervals: 0, active: [:]))
      }
      periods[periods.count - 1].intervals += 1
      let next = steps.start(of: question.interval, at: interval, after: 1)
      for (unit, story) in stories.enumerated()
      where story.contains(where: { event in
        event.time >= interval && event.time < next && range.contains(event.time.milliseconds)
          && NaiveRules(event).holds(question.event.rule)
      }) {
        periods[periods.count - 1].active[unit, default: 0] += 1
      }
      interval = next
    }
    return periods
  }
}
