import Events
import Experience

/// Asks who is new, returning, resurrecting and dormant in each interval.
///
/// A unit is *active* in an interval where it has a selected event. Then it is *new* if that holds
/// its first one ever, *returning* if it was active in the interval before, and else
/// *resurrecting*. It is *dormant* where it was active in the interval before and is not in this
/// one.
///
///     new + returning + resurrecting = active
///     dormant(t) = active(t − 1) − returning(t)
///
/// The range says which intervals are shown: those that it touches. They count whole, up to the
/// range's end, and what was before decides who is new.
public struct LifecycleQuestion: Sendable, Equatable {
  public var scope = Scope()
  /// What being active is.
  public var event: EventSelector
  public var interval: CalendarInterval

  /// Makes a question; without arguments, about any event by weeks.
  public init(event: EventSelector = .any, interval: CalendarInterval = .week) {
    self.event = event
    self.interval = interval
  }
}

extension LifecycleQuestion: CatalogueQuestion {
  /// Who is new, returning, resurrecting, dormant.
  public static let kind = QuestionKind.lifecycle

  /// The fields of a lifecycle question.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "Who is new, returning, resurrecting and dormant in each interval.",
      fields: [
        .init(
          "event", takes: "an event or touchpoint", standard: "any",
          meaning: "What being active is.", input: .event),
        .init(
          "interval", takes: "hour, day, week, month, quarter or year", standard: "week",
          meaning: "How long an interval is.", input: .interval),
      ],
      example: """
        question: lifecycle
        interval: month
        """)
  }

  /// The condition of being active.
  public var eventRules: [Expression] { [event.rule] }

  /// Takes the experience's calendar along.
  public func fold(in context: QuestionContext) throws(Refusal) -> LifecycleFold {
    LifecycleFold(question: self, calendar: context.calendar)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case event, interval }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(
      event: try fields.value(.event, standard: .any),
      interval: try fields.value(.interval, standard: .week))
    scope = try Scope(from: decoder)
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if event != .any { try fields.encode(event, forKey: .event) }
    if interval != .week { try fields.encode(interval, forKey: .interval) }
  }
}
