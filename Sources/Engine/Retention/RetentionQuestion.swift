import Events
import Experience

/// Asks who comes back.
///
/// A unit joins a cohort by a *start* event, and has come back in a period where it has a *return*
/// event there: the start event itself, where it is one, or any later one of its story. Cohorts are
/// the calendar's intervals in which the starts lie.
///
/// By the *calendar* period k is the k-th interval after the cohort's; by the *rolling* clock it
/// reaches from k to k + 1 exact lengths of the interval after the start event, rounded nowhere. A
/// share rests on those members alone whose period has wholly passed at the data's end; how many
/// have come back so far, all members considered, stands beside it.
///
/// The range is that of the starts; returns may come later. A population is judged by the story
/// before the start.
public struct RetentionQuestion: Sendable, Equatable {
  /// Which start makes a unit a member.
  public enum Cohort: String, Sendable, Codable, CaseIterable {
    /// The first that it ever had, where that one lies in the range.
    case firstEver
    /// The first in the range.
    case firstInRange
    /// The first in each interval: a unit may be in several cohorts.
    case every
  }

  /// How time is counted.
  public enum Clock: String, Sendable, Codable, CaseIterable { case calendar, rolling }

  /// When a return counts.
  public enum Returns: Sendable, Equatable {
    /// In that very period; of so many, the first one being the start's own, number 0.
    case on(periods: Int)
    /// In that period or at any time later. A member is judged once the period itself has passed.
    case onOrAfter(periods: Int)
    /// In a span of periods: bounds 0, 1, 7 make the spans 0 ..< 1 and 1 ..< 7.
    case brackets([Int])
  }

  public var scope = Scope()
  public var start: EventSelector
  public var comeback: EventSelector
  public var cohort = Cohort.firstEver
  public var interval = CalendarInterval.week
  public var clock = Clock.calendar
  public var returns = Returns.on(periods: 12)
  /// Divides by the value that the start event has.
  public var breakdown: Dimension?

  /// Makes a question; without arguments, one about any events.
  public init(start: EventSelector = .any, comeback: EventSelector = .any) {
    self.start = start
    self.comeback = comeback
  }

  /// Daily periods of a year.
  public static let mostPeriods = 366
  /// Periods that the last bracket may end after: days of ten years.
  public static let furthestPeriod = 3660
  /// The most numbers that are kept of cohorts, periods and values together: each core's sections
  /// have a table of them.
  public static let mostCells = 200_000
  /// The most values of a breakdown that are told apart, so that people can read it.
  public static let mostValues = 50

  /// Refuses numbers of periods that make no sense.
  func validate() throws(Refusal) {
    switch returns {
    case .on(let periods), .onOrAfter(let periods):
      guard !(1...Self.mostPeriods).contains(periods) else { return }
      throw Refusal(
        "retention.periods", problem: "Retention over \(periods) periods cannot be told.",
        remedy: "Ask for 1 to \(Self.mostPeriods).")
    case .brackets(let bounds):
      let ascends = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
      guard
        !ascends || !(2...(Self.mostPeriods + 1)).contains(bounds.count)
          || bounds.contains(where: { !(0...Self.furthestPeriod).contains($0) })
      else { return }
      throw Refusal(
        "retention.brackets",
        problem: "\(bounds.map(String.init).joined(separator: ", ")) are no bounds of brackets.",
        remedy: "Write ascending numbers of periods from 0 to \(Self.furthestPeriod), such as "
          + "[0, 1, 7, 30].")
    }
  }
}

extension RetentionQuestion: CatalogueQuestion {
  /// Who comes back.
  public static let kind = QuestionKind.retention

  /// The fields of a retention question.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "Who comes back, and when.",
      fields: [
        .init(
          "start", takes: "an event or touchpoint", standard: "any",
          meaning: "What makes somebody a member of a cohort.", input: .event),
        .init(
          "return", takes: "an event or touchpoint", standard: "any",
          meaning: "What coming back is.", input: .event),
        .init(
          "cohort", takes: "firstEver, firstInRange or every", standard: "firstEver",
          meaning: "Which start counts.", input: .choice(["firstEver", "firstInRange", "every"])),
        .init(
          "interval", takes: "hour, day, week, month, quarter or year", standard: "week",
          meaning: "How long cohorts and periods are.", input: .interval),
        .init(
          "clock", takes: "calendar, or rolling: exact lengths from each start",
          standard: "calendar",
          meaning: "How periods are counted.", input: .choice(["calendar", "rolling"])),
        .init(
          "returned", takes: "on, onOrAfter or bounds of brackets such as [0, 1, 7, 30]",
          standard: "on", meaning: "When a return counts.", input: .text),
        .init(
          "periods", takes: "1 to \(mostPeriods)", standard: "12",
          meaning: "How many periods, that of the start among them.", input: .number),
        .init(
          "breakdown", takes: "a property", standard: "none",
          meaning: "Divides by the value at the start.", input: .property),
      ],
      example: """
        question: retention
        start: Signed Up
        return: any
        interval: week
        periods: 8
        """)
  }

  /// The conditions of start and return.
  public var eventRules: [Expression] { [start.rule, comeback.rule] }
  /// The property divided by.
  public var propertyNames: [String] { [breakdown?.name].compactMap(\.self) }

  /// Takes the experience's calendar along.
  public func fold(in context: QuestionContext) throws(Refusal) -> RetentionFold {
    RetentionFold(question: self, calendar: context.calendar)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case start, comeback = "return", cohort, interval, clock, returned, periods, breakdown
  }

  /// Whether a return counts in its own period alone.
  private enum Returned: String, Codable { case on, onOrAfter }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(
      start: try fields.value(.start, standard: .any),
      comeback: try fields.value(.comeback, standard: .any))
    scope = try Scope(from: decoder)
    cohort = try fields.value(.cohort, standard: cohort)
    interval = try fields.value(.interval, standard: interval)
    clock = try fields.value(.clock, standard: clock)
    let periods: Int? = try fields.value(.periods)
    breakdown = try fields.value(.breakdown)
    do {
      if let bounds = try? fields.value(.returned, [Int].self) {
        guard periods == nil else {
          throw Refusal(
            "retention.periods", problem: "Brackets leave no room for a number of periods.",
            remedy: "Drop one of “returned” and “periods”.")
        }
        returns = .brackets(bounds)
      } else if try fields.value(.returned, Returned.self) == .onOrAfter {
        returns = .onOrAfter(periods: periods ?? 12)
      } else {
        returns = .on(periods: periods ?? 12)
      }
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if start != .any { try fields.encode(start, forKey: .start) }
    if comeback != .any { try fields.encode(comeback, forKey: .comeback) }
    if cohort != .firstEver { try fields.encode(cohort, forKey: .cohort) }
    if interval != .week { try fields.encode(interval, forKey: .interval) }
    if clock != .calendar { try fields.encode(clock, forKey: .clock) }
    switch returns {
    case .on(let periods): try fields.encode(periods, forKey: .periods)
    case .onOrAfter(let periods):
      try fields.encode(Returned.onOrAfter, forKey: .returned)
      try fields.encode(periods, forKey: .periods)
    case .brackets(let bounds): try fields.encode(bounds, forKey: .returned)
    }
    try fields.encodeIfPresent(breakdown, forKey: .breakdown)
  }
}
