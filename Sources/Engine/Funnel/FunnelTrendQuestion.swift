import Events
import Experience
import Stories

/// Asks a funnel for each interval of the calendar in which units enter it.
///
/// A unit counts in the interval of its entry, however late it takes the other steps. With entry
/// `first` and `every` these are the entries that the funnel itself counts, so that the intervals sum
/// to it; with `best`, each interval has the best chain among the entries in it, and a unit that
/// enters again counts again.
public struct FunnelTrendQuestion: Sendable, Equatable {
  /// What is asked of each interval.
  public var funnel: FunnelQuestion
  public var interval: CalendarInterval

  /// Makes a question.
  public init(_ funnel: FunnelQuestion, each interval: CalendarInterval = .week) {
    self.funnel = funnel
    self.interval = interval
  }

  /// The most numbers that are counted at the same time: intervals × values × steps.
  public static let mostCells = 100_000
}

extension FunnelTrendQuestion: CatalogueQuestion {
  /// A funnel for each interval of entry.
  public static var kind: QuestionKind { .funnelTrend }

  /// The fields of a funnel, and the interval.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "How many of those who entered in each interval took the steps.",
      fields: [
        .init(
          "interval", takes: "hour, day, week, month, quarter or year", standard: "week",
          meaning: "Entries of how long a time are counted together.", input: .interval)
      ] + FunnelQuestion.form.fields,
      example: """
        question: funnel_over_time
        steps: [Product Viewed, Product Added, Order Completed]
        window: 7d
        interval: week
        """)
  }

  /// The funnel's.
  public var scope: Scope {
    get { funnel.scope }
    set { funnel.scope = newValue }
  }
  /// The conditions of steps and exclusions.
  public var eventRules: [Expression] { funnel.eventRules }
  /// The properties held constant and divided by.
  public var propertyNames: [String] { funnel.propertyNames }

  private enum CodingKeys: String, CodingKey, CaseIterable { case interval }

  /// Reads a funnel with its interval.
  public init(from decoder: any Decoder) throws {
    funnel = try FunnelQuestion(from: decoder, beside: CodingKeys.allCases.map(\.stringValue))
    interval =
      try decoder.container(keyedBy: CodingKeys.self)
      .decodeIfPresent(CalendarInterval.self, forKey: .interval) ?? .week
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try funnel.encode(to: encoder)
    guard interval != .week else { return }
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(interval, forKey: .interval)
  }

  /// The question with the calendar that its intervals are of.
  public func fold(in context: QuestionContext) throws(Refusal) -> FunnelTrendFold {
    FunnelTrendFold(question: self, calendar: context.calendar)
  }
}
