import Events

/// How long events are kept: so many months, for all or for those of a name.
///
///     RetentionRule(months: 24, named: ["Page Viewed": 6, "Order Completed": nil])
///
/// Months are counted back from today in UTC: on 31 March one month ends with 28 February, or 29.
public struct RetentionRule: Sendable, Equatable, Codable {
  /// For how many months all events are kept whose name has no term of its own; nil: for ever.
  public var months: Int?
  /// The terms of some names, in months; nil: for ever.
  public var named: [String: Int?]

  /// The longest term in months: a hundred years.
  public static let longest = 1200
  /// The most names with a term of their own: they are looked up with each event that comes in.
  public static let mostNames = 500
  /// The longest name of an event in bytes, as in files and requests.
  public static let longestName = 512

  /// Makes a rule; without arguments, all events are kept for ever.
  public init(months: Int? = nil, named: [String: Int?] = [:]) {
    self.months = months
    self.named = named
  }

  /// Whether everything is kept for ever.
  public var keepsAll: Bool { months == nil && named.values.allSatisfy { $0 == nil } }

  /// Refuses what can't be a rule.
  ///
  /// - Throws: `retention.months`, `retention.names`, `retention.name`.
  func check() throws(Refusal) {
    for term in [months] + named.values {
      guard let term, !(1...Self.longest).contains(term) else { continue }
      throw Refusal(
        "retention.months", problem: "Events can't be kept for \(term) months.",
        remedy: "Give a number from 1 to \(Self.longest), or nothing to keep them for ever.")
    }
    guard named.count <= Self.mostNames else {
      throw Refusal(
        "retention.names", problem: "\(named.count) names have a term of their own.",
        remedy: "Give at most \(Self.mostNames), and one term for all others.")
    }
    for name in named.keys where name.isEmpty || name.utf8.count > Self.longestName {
      throw Refusal(
        "retention.name", problem: "“\(name.prefix(60))” can't be the name of an event.",
        remedy: "Write 1 to \(Self.longestName) bytes.")
    }
  }

  /// Before when events go, today.
  public func horizon(at now: Instant) -> Horizon {
    Horizon(
      others: months.map { now.beginningOfDay(monthsAgo: $0) },
      named: named.mapValues { $0.map { now.beginningOfDay(monthsAgo: $0) } })
  }
}

extension Instant {
  /// The beginning of the same day of an earlier month, or of that month's last day; in UTC.
  fileprivate func beginningOfDay(monthsAgo count: Int) -> Instant {
    let today = CivilDate(daysSinceEpoch: Int(daysSinceEpoch))
    let months = today.year * 12 + today.month - 1 - count
    let (year, month) = (months / 12, months % 12 + 1)
    let first = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
    let next = CivilDate(year: (months + 1) / 12, month: (months + 1) % 12 + 1, day: 1)
      .daysSinceEpoch
    let day = first + min(today.day, next - first) - 1
    return Instant(milliseconds: Int64(day) * 86_400_000)
  }

  /// The number of the day in UTC, 0 being 1970-01-01.
  var daysSinceEpoch: Int64 {
    let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    return rest < 0 ? days - 1 : days
  }
}
