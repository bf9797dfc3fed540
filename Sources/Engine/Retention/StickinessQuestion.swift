import Events
import Experience

/// Asks on how many intervals of a longer period units are active.
///
/// By days of months that is how many days of a month people come, and the *stickiness*: the mean
/// of the daily numbers of active units, divided by the number active in the month (DAU ÷ MAU). It
/// equals the mean share of its days on which an active unit comes. A period's days are those that
/// the range touches and the data reach.
public struct StickinessQuestion: Sendable, Equatable {
  /// The longer period.
  public enum Period: String, Sendable, Codable, CaseIterable {
    case day, week, month, quarter, year
    /// The whole range.
    case range

    var interval: CalendarInterval? { CalendarInterval(rawValue: rawValue) }
  }

  public var scope = Scope()
  /// What being active is.
  public var event: EventSelector
  /// The shorter interval.
  public var interval: CalendarInterval
  public var period: Period

  /// Makes a question; without arguments, about any event on days of months.
  public init(
    event: EventSelector = .any, interval: CalendarInterval = .day, period: Period = .month
  ) {
    self.event = event
    self.interval = interval
    self.period = period
  }

  /// The most numbers that are kept of periods and their intervals together.
  public static let mostCells = 200_000

  /// Refuses intervals that do not fill periods.
  func validate() throws(Refusal) {
    guard let longer = period.interval else { return }
    let order: [CalendarInterval] = [.hour, .day, .week, .month, .quarter, .year]
    guard let low = order.firstIndex(of: interval), let high = order.firstIndex(of: longer),
      low >= high || interval == .week
    else { return }
    throw Refusal(
      "stickiness.period",
      problem: "One \(period.rawValue) is not made of whole intervals of one \(interval.rawValue).",
      remedy: interval == .week
        ? "Take “interval: day”, or “period: range”." : "Take a shorter interval.")
  }
}

extension StickinessQuestion: CatalogueQuestion {
  /// On how many days of an interval.
  public static let kind = QuestionKind.stickiness

  /// The fields of a stickiness question.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "On how many days of a month people are active, and daily against monthly numbers.",
      fields: [
        .init(
          "event", takes: "an event or touchpoint", standard: "any",
          meaning: "What being active is.", input: .event),
        .init(
          "interval", takes: "hour, day, week, month or quarter", standard: "day",
          meaning: "What is counted.", input: .choice(["hour", "day", "week", "month", "quarter"])),
        .init(
          "period", takes: "day, week, month, quarter, year or range", standard: "month",
          meaning: "In which longer period.",
          input: .choice(["day", "week", "month", "quarter", "year", "range"])),
      ],
      example: """
        question: stickiness
        interval: day
        period: week
        """)
  }

  /// The condition of being active.
  public var eventRules: [Expression] { [event.rule] }

  /// Takes the experience's calendar along.
  public func fold(in context: QuestionContext) throws(Refusal) -> StickinessFold {
    StickinessFold(question: self, calendar: context.calendar)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case event, interval, period }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(
      event: try fields.value(.event, standard: .any),
      interval: try fields.value(.interval, standard: .day),
      period: try fields.value(.period, standard: .month))
    scope = try Scope(from: decoder)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if event != .any { try fields.encode(event, forKey: .event) }
    if interval != .day { try fields.encode(interval, forKey: .interval) }
    if period != .month { try fields.encode(period, forKey: .period) }
  }
}
