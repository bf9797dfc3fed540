import Events
import Foundation

/// Days and times of day in an experience's time zone.
struct LocalClock {
  private var calendar: Calendar

  /// Makes a clock for an IANA zone.
  ///
  /// - Throws: `timezone.unknown`.
  init(timezone: String) throws(Refusal) {
    guard let zone = TimeZone(identifier: timezone) else {
      throw Refusal(
        "timezone.unknown", problem: "“\(timezone.printable)” is no time zone.",
        remedy: "Use an IANA name such as Europe/Berlin or UTC.")
    }
    calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
  }

  private func parts(_ instant: Instant) -> DateComponents {
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
    return calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
  }

  /// The day of an instant.
  func day(_ instant: Instant) -> CivilDate {
    let parts = parts(instant)
    return CivilDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
  }

  /// The day of the week in three letters.
  func weekday(_ instant: Instant) -> String {
    ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][((parts(instant).weekday ?? 1) - 1) % 7]
  }

  /// Hours, minutes and seconds: `14:02:31`.
  func time(_ instant: Instant) -> String {
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
  func instant(_ text: String) throws(Refusal) -> Instant {
    let form = /(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?(Z)?/
    guard let match = text.wholeMatch(of: form), let year = Int(match.1), let month = Int(match.2),
      let day = Int(match.3), (1...12).contains(month), (1...31).contains(day)
    else {
      throw Refusal(
        "range.time", problem: "“\(text.printable)” is no day or time.",
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
        "range.time", problem: "“\(text.printable)” is no time of that zone.",
        remedy: "Choose another time, or write it in UTC with a Z at the end.")
    }
    return Instant(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
  }
}
