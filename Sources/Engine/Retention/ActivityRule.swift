import Events
import Experience
import Stories

/// The events that a selector means, in one segment.
struct ActivityRule: Sendable {
  /// Whether it means all of them, so that rows need not be looked at.
  let isEvery: Bool
  private let rule: EventRule

  init(
    _ selector: EventSelector, of segment: StorySegment, names: EventNames
  ) throws(Refusal) {
    let rule = try EventRule(selector.rule, of: segment, names: names)
    isEvery = names.names.indices.allSatisfy { rule.verdict(code: UInt16($0)) == .always }
    self.rule = rule
  }

  /// Whether the event of a row is meant.
  @inline(__always) func contains(_ row: Int) -> Bool { isEvery || rule.matches(row) }

  /// One for each segment.
  static func all(
    _ selector: EventSelector, of stories: Stories
  ) throws(Refusal) -> [ActivityRule] {
    var rules: [ActivityRule] = []
    for segment in stories.segments {
      rules.append(try ActivityRule(selector, of: segment, names: stories.names))
    }
    return rules
  }
}

/// From when to when there are events that a range lets count; both ends are counted.
struct ActivityReach: Sendable {
  let first: Int64
  let last: Int64

  /// - Returns: nil where no event can lie in the range.
  init?(of stories: Stories, within range: Range<Int64>) {
    guard let watermark = stories.watermark?.milliseconds,
      let earliest = stories.span?.lowerBound.milliseconds
    else { return nil }
    first = max(range.lowerBound, earliest)
    last = min(range.upperBound - 1, watermark)
    guard first <= last else { return nil }
  }
}

extension CalendarInterval {
  /// How long it is where it is not taken from the calendar: 30 days for a month, 90 for a quarter,
  /// 365 for a year.
  var rollingLength: Int64 {
    let day: Int64 = 86_400_000
    return switch self {
    case .hour: day / 24
    case .day: day
    case .week: 7 * day
    case .month: 30 * day
    case .quarter: 90 * day
    case .year: 365 * day
    }
  }

  /// No interval of the calendar is longer: days of 25 hours, leap years.
  var longestLength: Int64 {
    let day: Int64 = 86_400_000
    return switch self {
    case .hour: day / 24
    case .day, .week: rollingLength + day / 24
    case .month: 31 * day + day / 24
    case .quarter: 92 * day + day / 24
    case .year: 366 * day + day / 24
    }
  }
}
