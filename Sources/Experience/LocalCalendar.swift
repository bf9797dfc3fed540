import Events
import Foundation

/// Days and times of day in an experience's time zone.
public struct LocalCalendar: Sendable {
  private let calendar: Calendar

  /// Makes a clock for an IANA zone.
  ///
  /// - Throws: `timezone.unknown`.
  public init(timezone: String) throws(Refusal) {
    guard let zone = TimeZone(identifier: timezone) else {
      throw Refusal(
        "timezone.unknown", problem: "“\(timezone)” is no time zone.",
        remedy: "Use an IANA name such as Europe/Berlin or UTC.")
    }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    // ISO 8601
    calendar.firstWeekday = 2
    calendar.minimumDaysInFirstWeek = 4
    self.calendar = calendar
  }

  private func parts(_ instant: Instant) -> DateComponents {
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
    return calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
  }

  /// The day of an instant.
  public func day(_ instant: Instant) -> CivilDate {
    let parts = parts(instant)
    return CivilDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
  }

  /// The day of the week in three letters.
  public func weekday(_ instant: Instant) -> String {
    ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][((parts(instant).weekday ?? 1) - 1) % 7]
  }

  /// Hours, minutes and seconds: `14:02:31`.
  public func time(_ instant: Instant) -> String {
    let parts = parts(instant)
    return [parts.hour, parts.minute, parts.second].map { part in
      let digits = String(part ?? 0)
      return digits.count < 2 ? "0" + digits : digits
    }.joined(separator: ":")
  }

  /// The first moment of a day, or of the day that a text such as `2026-03-01` or `2026-03-01T12:00`
  /// names; a text that ends in `Z` is UTC.
  ///
  /// - Throws: `range.time`.
  public func instant(_ text: String) throws(Refusal) -> Instant {
    let form = /(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?(Z)?/
    guard let match = text.wholeMatch(of: form), let year = Int(match.1), let month = Int(match.2),
      let day = Int(match.3), (1...12).contains(month), (1...31).contains(day)
    else {
      throw Refusal(
        "range.time", problem: "“\(text)” is no day or time.",
        remedy: "Write 2026-03-01 or 2026-03-01T14:30; a Z at the end means UTC.")
    }
    let clock = [match.4, match.5, match.6].map { $0.flatMap { Int($0) } ?? 0 }
    if match.7 != nil {
      let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
      let seconds = days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
      return Instant(milliseconds: Int64(seconds) * 1000)
    }
    let parts = DateComponents(
      year: year, month: month, day: day, hour: clock[0], minute: clock[1], second: clock[2])
    guard let date = calendar.date(from: parts) else {
      throw Refusal(
        "range.time", problem: "“\(text)” is no time of that zone.",
        remedy: "Choose another time, or write it in UTC with a Z at the end.")
    }
    return Instant(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
  }

  /// The first moments of the intervals that touch a time from `first` to `last`, and of the one
  /// after them.
  ///
  /// An hour is 60 minutes from an instant at which the clock shows a full hour; the others follow
  /// the calendar, so that a day has 23, 24 or 25 hours.
  /// - Returns: nil where there would be more than `limit` intervals.
  public func starts(
    of interval: CalendarInterval, from first: Instant, through last: Instant, limit: Int
  ) -> [Instant]? {
    guard var start = self.start(of: interval, at: first) else { return nil }
    var starts = [start]
    while start <= last {
      guard starts.count <= limit, let next = self.start(after: start, interval), next > start
      else { return nil }
      start = next
      starts.append(start)
    }
    return starts
  }

  /// The first moment of the interval in which an instant lies.
  public func start(of interval: CalendarInterval, at instant: Instant) -> Instant? {
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
    if interval == .quarter {
      var parts = calendar.dateComponents([.year, .month], from: date)
      parts.month = parts.month.map { ($0 - 1) / 3 * 3 + 1 }
      return calendar.date(from: parts).map(Self.instant)
    }
    return calendar.dateInterval(of: interval.component, for: date).map { Self.instant($0.start) }
  }

  /// The first moment of the interval after one that begins at an instant.
  private func start(after start: Instant, _ interval: CalendarInterval) -> Instant? {
    if interval == .hour { return start + TimeSpan(milliseconds: 3_600_000) }
    let date = Date(timeIntervalSince1970: Double(start.milliseconds) / 1000)
    let step = interval == .quarter ? 3 : 1
    // From the middle of the first day, for a day may begin at one o'clock.
    guard let middle = calendar.date(byAdding: .hour, value: 12, to: date),
      let next = calendar.date(byAdding: interval.step, value: step, to: middle)
    else { return nil }
    return self.start(of: interval, at: Self.instant(next))
  }

  private static func instant(_ date: Date) -> Instant {
    Instant(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
  }

  /// What an interval that begins at an instant is called: `2026-03-01 14:00`, `2026-03-01` (a day, or
  /// a week by its Monday), `2026-03`, `2026-Q1` or `2026`.
  public func name(of interval: CalendarInterval, at start: Instant) -> String {
    let day = day(start)
    let year = String(day.description.prefix(4))
    return switch interval {
    case .hour: "\(day) \(time(start).prefix(5))"
    case .day, .week: "\(day)"
    case .month: String(day.description.prefix(7))
    case .quarter: "\(year)-Q\((day.month - 1) / 3 + 1)"
    case .year: year
    }
  }
}

/// Intervals of the calendar; weeks begin on Monday (ISO 8601).
public enum CalendarInterval: String, Sendable, Codable, CaseIterable {
  case hour, day, week, month, quarter, year

  fileprivate var component: Calendar.Component {
    switch self {
    case .hour: .hour
    case .day: .day
    case .week: .weekOfYear
    case .month, .quarter: .month
    case .year: .year
    }
  }

  fileprivate var step: Calendar.Component {
    self == .quarter ? .month : component
  }
}
