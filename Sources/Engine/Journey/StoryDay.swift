import Events
import Experience

/// One day of a customer's story, as people read it.
public struct StoryDay: Sendable {
  /// One event.
  public struct Entry: Sendable {
    public let event: Event
    /// The touchpoint that it is; nil: none.
    public let touchpoint: Touchpoint?
    /// How long after the event before, where that is long enough for another visit; nil on the
    /// day's first.
    public let pause: TimeSpan?
  }

  /// After a pause longer than this, another visit begins.
  public static let longestPause = TimeSpan(milliseconds: 1_800_000)

  public let date: CivilDate
  /// Three letters: `Mon`.
  public let weekday: String
  public private(set) var entries: [Entry] = []

  /// Some events of a story by day.
  public static func days(
    of events: ArraySlice<Event>, in experience: Experience?, _ calendar: LocalCalendar
  ) -> [StoryDay] {
    var days: [StoryDay] = []
    var before: Instant?
    for event in events {
      let date = calendar.day(event.time)
      var pause: TimeSpan?
      if days.last?.date == date {
        pause = before.map { event.time - $0 }.flatMap { $0 > longestPause ? $0 : nil }
      } else {
        days.append(StoryDay(date: date, weekday: calendar.weekday(event.time)))
      }
      before = event.time
      let touchpoint = experience.flatMap { experience in
        NaiveRules(event).touchpoint(experience.touchpoints).map { experience.touchpoints[$0] }
      }
      days[days.count - 1].entries.append(
        Entry(event: event, touchpoint: touchpoint, pause: pause))
    }
    return days
  }
}
