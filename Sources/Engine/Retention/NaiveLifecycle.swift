import Events
import Experience

/// The twin of the lifecycle question: each interval's active customers as sets.
public struct NaiveLifecycle: Sendable {
  /// Who is in which state, as positions of stories.
  public struct Interval: Sendable, Equatable {
    public var start: Instant
    public var new: Set<Int> = []
    public var returning: Set<Int> = []
    public var resurrecting: Set<Int> = []
    public var dormant: Set<Int> = []
  }

  let question: LifecycleQuestion
  let calendar: LocalCalendar

  /// The intervals that the range touches.
  public func intervals(_ stories: [[Event]]) -> [Interval] {
    let range = question.scope.milliseconds
    let steps = NaiveCalendar(calendar)
    let times = stories.joined().map(\.time.milliseconds)
    guard let earliest = times.min(), let latest = times.max() else { return [] }
    let first = max(range.lowerBound, earliest)
    let last = min(range.upperBound - 1, latest)
    guard first <= last else { return [] }
    let active = stories.map { story in
      story.filter {
        $0.time.milliseconds <= last && NaiveRules($0).holds(question.event.rule)
      }.map { steps.start(of: question.interval, at: $0.time) }
    }
    var before = steps.start(
      of: question.interval,
      at: steps.start(of: question.interval, at: Instant(milliseconds: first))
        + TimeSpan(milliseconds: -1))
    var intervals: [Interval] = []
    var start = steps.start(of: question.interval, at: Instant(milliseconds: first))
    while start.milliseconds <= last {
      var interval = Interval(start: start)
      for (unit, starts) in active.enumerated() {
        switch (starts.contains(before), starts.contains(start)) {
        case (true, true): interval.returning.insert(unit)
        case (true, false): interval.dormant.insert(unit)
        case (false, true) where starts.min() == start: interval.new.insert(unit)
        case (false, true): interval.resurrecting.insert(unit)
        case (false, false): break
        }
      }
      intervals.append(interval)
      before = start
      start = steps.start(of: question.interval, at: start, after: 1)
    }
    return intervals
  }
}
