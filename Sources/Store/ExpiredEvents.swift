import Events
import Stories

/// Events that are older than a rule keeps them: by month and by name.
public struct ExpiredEvents: Sendable, Equatable {
  /// Before when events go.
  public var horizon: Horizon
  /// How many events go.
  public var count = 0
  /// How many events of each month go, the earliest first; months such as `2024-05`, in UTC.
  public var months: [(month: String, count: Int)] = []
  /// How many events of each name go, most first.
  public var names: [(name: String, count: Int)] = []

  public static func == (left: ExpiredEvents, right: ExpiredEvents) -> Bool {
    left.horizon == right.horizon && left.count == right.count
      && left.months.elementsEqual(right.months, by: ==)
      && left.names.elementsEqual(right.names, by: ==)
  }
}

/// Counts events that go, day by day.
struct ExpiredCount {
  /// From the first day that an event may have to the last one.
  private static let firstDay = Int(Instant.earliest.daysSinceEpoch)
  private var days = [Int](
    repeating: 0, count: Int(Instant.tooLate.daysSinceEpoch) - Self.firstDay + 1)
  private var codes: [Int]

  init(names: Int) { codes = [Int](repeating: 0, count: names) }

  mutating func add(_ segment: StorySegment, _ table: HorizonTable) {
    table.forEachPast(in: segment) { row in
      let day = Int(Instant(milliseconds: segment.times[row]).daysSinceEpoch) - Self.firstDay
      days[min(max(0, day), days.count - 1)] += 1
      codes[Int(segment.codes[row])] += 1
    }
  }

  func events(_ horizon: Horizon, names: [String]) -> ExpiredEvents {
    var events = ExpiredEvents(horizon: horizon)
    for (day, count) in days.enumerated() where count > 0 {
      let date = CivilDate(daysSinceEpoch: day + Self.firstDay)
      let month = "\(date.year)-\(date.month < 10 ? "0" : "")\(date.month)"
      if events.months.last?.month == month {
        events.months[events.months.count - 1].count += count
      } else {
        events.months.append((month, count))
      }
      events.count += count
    }
    events.names = zip(names, codes).filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return events
  }
}
