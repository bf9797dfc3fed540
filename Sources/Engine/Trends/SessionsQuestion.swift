import Events
import Experience

/// Asks for visits: how many, how long, how full, where they begin and end.
///
/// A gap of more than `gap` between two events of a customer begins another session. Sessions are
/// made of whole stories and belong, with all their events, to the range and the interval in which
/// they begin; so the sessions of parts of a range add up to those of the whole.
public struct SessionsQuestion: Sendable, Equatable {
  /// Whom and when.
  public var scope = Scope()
  /// The longest time between two events of one session.
  public var gap = Unit.usualGap
  /// Intervals in which sessions begin; nil: the whole range as one.
  public var interval: CalendarInterval?
  /// The property by whose value at a session's first event sessions are divided.
  public var breakdown: Dimension?
  /// How many values are told apart; the others are counted together.
  public var values = TrendsQuestion.standardValues
  /// What the first and last events of sessions are called; nil: they aren't asked for.
  public var ends: Naming?
  /// How many first and last events are listed.
  public var top = 10
  /// What a session should reach.
  public var goal: EventSelector?

  /// The most first or last events that are listed.
  public static let mostEnds = 100

  /// Asks for all sessions.
  public init() {}

  /// Checks what can be checked without stories.
  ///
  /// - Throws: `sessions.gap`, `sessions.top`, `sessions.values`.
  public func validate() throws(Refusal) {
    try scope.validate()
    guard gap.milliseconds > 0 else {
      throw Refusal(
        "sessions.gap", problem: "A gap of \(gap) would end every session at once.",
        remedy: "Write a span above 0, such as 30m.")
    }
    guard (1...Self.mostEnds).contains(top) else {
      throw Refusal(
        "sessions.top", problem: "\(top) first and last events cannot be listed.",
        remedy: "List 1 to \(Self.mostEnds).")
    }
    guard (1...DimensionTable.most).contains(values) else {
      throw Refusal(
        "sessions.values", problem: "\(values) values cannot be told apart.",
        remedy: "Tell 1 to \(DimensionTable.most) apart.")
    }
  }
}

extension SessionsQuestion: CatalogueQuestion {
  /// Visits, their length and size.
  public static var kind: QuestionKind { .sessions }

  /// The fields of the question.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "How many visits there are, how long and how full, where they begin and end.",
      fields: [
        .init(
          "gap", takes: "30m", standard: "30m",
          meaning: "More than this between two events begins another session.", input: .span),
        .init(
          "interval", takes: "hour, day, week, month, quarter, year or none", standard: "none",
          meaning: "Intervals in which sessions begin.",
          input: .choice(["hour", "day", "week", "month", "quarter", "year", "none"])),
        .init(
          "breakdown", takes: "a property", standard: "none",
          meaning: "Divides by the value at the session's first event.", input: .property),
        .init(
          "values", takes: "1 to 1000", standard: "100",
          meaning: "How many values are told apart.", input: .number),
        .init(
          "ends", takes: "event, touchpoint or a property", standard: "none",
          meaning: "Lists by what sessions begin and end with.", input: .naming),
        .init(
          "top", takes: "1 to 100", standard: "10", meaning: "How many beginnings and ends.",
          input: .number),
        .init(
          "goal", takes: "event or touchpoint", standard: "none",
          meaning: "Gives the share of sessions that reach it.", input: .event),
      ],
      example: """
        question: sessions
        gap: 30m
        interval: week
        goal: Order Completed
        """)
  }

  /// The condition of the goal.
  public var eventRules: [Expression] { [goal?.rule].compactMap(\.self) }
  /// The properties divided and named by.
  public var propertyNames: [String] {
    let named: String? = if case .property(let name)? = ends { name } else { nil }
    return [breakdown?.name, named].compactMap(\.self)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case gap, interval, breakdown, values, ends, top, goal
  }

  /// Reads the question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    scope = try Scope(from: decoder)
    gap = try fields.value(.gap, standard: gap)
    interval = try fields.value(.interval, standard: WrittenInterval(nil)).interval
    breakdown = try fields.value(.breakdown)
    values = try fields.value(.values, standard: values)
    ends = try fields.value(.ends)
    top = try fields.value(.top, standard: top)
    goal = try fields.value(.goal)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    let usual = SessionsQuestion()
    if gap != usual.gap { try fields.encode(gap, forKey: .gap) }
    if interval != nil { try fields.encode(WrittenInterval(interval), forKey: .interval) }
    try fields.encodeIfPresent(breakdown, forKey: .breakdown)
    if values != usual.values { try fields.encode(values, forKey: .values) }
    try fields.encodeIfPresent(ends, forKey: .ends)
    if top != usual.top { try fields.encode(top, forKey: .top) }
    try fields.encodeIfPresent(goal, forKey: .goal)
  }

  /// Makes the fold, for which intervals are those of the experience's zone.
  public func fold(in context: QuestionContext) throws(Refusal) -> SessionsFold {
    SessionsFold(
      question: self, calendar: context.calendar,
      touchpoints: context.experience?.touchpoints ?? [])
  }
}
