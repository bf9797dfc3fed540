import Events
import Experience
import Statistics

/// Asks whether customers come back, buy more broadly or recommend, told apart by an answer that they
/// gave or by a touchpoint that they had met.
///
/// Each customer counts once: by their first selected event in the range that tells their group. Who may
/// still do it, because the span after that event has not passed, is open.
public struct LoyaltyQuestion: Sendable, Equatable {
  /// Whom and when.
  public var scope = Scope()
  /// The answers; of a split by a touchpoint the events by which customers are taken.
  public var event: EventSelector
  public var split: Split
  public var outcomes: [Outcome]
  /// How long after the event an outcome counts, that end included.
  public var within = LoyaltyQuestion.usualSpan

  /// What tells groups apart.
  public enum Split: Sendable, Equatable {
    /// The part of the scale in which the answer lies; other numbers are excluded.
    case score(NumberSelector, ScoreRule)
    /// Whether such an event came before, within a span where one is given.
    case met(EventSelector, before: TimeSpan?)
  }

  /// Something that loyal customers do.
  public struct Outcome: Sendable, Equatable {
    public var name: String
    public var events: EventSelector
    /// Only what is new to the customer counts; nil: any of the events.
    public var new: Novelty?

    /// Names an outcome.
    public init(_ name: String, _ events: EventSelector, new: Novelty? = nil) {
      self.name = name
      self.events = events
      self.new = new
    }
  }

  /// What of an event no earlier one of the outcome's had: who buys it buys more broadly.
  public enum Novelty: Sendable, Hashable {
    case touchpoint
    case stage
    case property(String)
  }

  /// Ninety days.
  public static let usualSpan = TimeSpan.days(90)
  /// More are not read in one table.
  public static let mostOutcomes = 12

  /// Asks how groups of customers differ in what they do.
  public init(of event: EventSelector, by split: Split, outcomes: [Outcome]) {
    self.event = event
    self.split = split
    self.outcomes = outcomes
  }

  /// The names of the groups, the one that differences are taken from last.
  public var groups: [String] {
    switch split {
    case .score(_, let rule):
      rule.metric == .ces ? ["low effort", "middle", "high effort"] : rule.bandNames
    case .met(let events, _): ["met \(events.name)", "did not"]
    }
  }

  /// Checks what can be checked without stories.
  ///
  /// - Throws: `loyalty.outcomes`, `loyalty.within`, or what is wrong with the scale.
  public func validate() throws(Refusal) {
    try scope.validate()
    guard (1...Self.mostOutcomes).contains(outcomes.count) else {
      throw Refusal(
        "loyalty.outcomes", problem: "There are \(outcomes.count) outcomes.",
        remedy: "Name 1 to \(Self.mostOutcomes), as in outcomes: {repurchase: order}.")
    }
    for span in [within, before].compactMap(\.self) where span.milliseconds <= 0 {
      throw Refusal(
        "loyalty.within", problem: "Nothing happens within \(span).",
        remedy: "Write a span above 0, such as within: 90d.")
    }
    if case .score(let score, let rule) = split {
      var asked = ScoresQuestion(rule.metric, of: [.init(event, score: score)])
      asked.rule = rule
      try asked.validate()
    }
  }

  private var before: TimeSpan? { if case .met(_, let span) = split { span } else { nil } }
}

extension LoyaltyQuestion: CatalogueQuestion {
  /// What satisfied customers do, and others don't.
  public static let kind = QuestionKind.loyalty

  /// The fields of a question about loyalty.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "Whether those with low effort, or who met a touchpoint, come back and recommend more.",
      fields: [
        .init(
          "survey", takes: "a survey of the experience", standard: "event and score",
          meaning: "The answers, with the survey's scale and direction.", input: .text),
        .init(
          "event", takes: "an event or touchpoint", standard: "the survey's answers",
          meaning: "The answers; with met, the events by which customers are taken.",
          input: .event),
        .init(
          "score", takes: "a number property or expression", standard: "score",
          meaning: "What was answered.", input: .property),
        .init(
          "metric", takes: "nps, csat, ces, mean or top_box", standard: "ces",
          meaning: "How the scale is cut into groups.",
          input: .choice(ScoreMetric.allCases.map(\.rawValue))),
        .init(
          "scale", takes: "[1, 7]", standard: "0 to 10 of nps, 1 to 7 of ces, else 1 to 5",
          meaning: "The lowest and the highest answer; others are excluded.", input: .text),
        .init(
          "direction", takes: "higher or lower", standard: "higher",
          meaning: "Which answers are the good ones: of ces, those of low effort.",
          input: .choice(ScoreDirection.allCases.map(\.rawValue))),
        .init(
          "top", takes: "a number", standard: "2, of top_box 1",
          meaning: "How many of the best and of the worst answers make a group.", input: .number),
        .init(
          "met", takes: "an event or touchpoint", standard: "none",
          meaning: "Tells apart by whether customers had met it before the event, not by a score.",
          input: .event),
        .init(
          "before", takes: "30d", standard: "ever",
          meaning: "How long before the event they had met it.", input: .span),
        .init(
          "outcomes",
          takes: "{name: event or touchpoint} or {name: {event: …, new: …}}, up to "
            + "\(mostOutcomes)", standard: nil,
          meaning: "What customers do. With new (touchpoint, stage or a property) only what they "
            + "had not met so far counts.", input: .text),
        .init(
          "within", takes: "90d", standard: "90d",
          meaning: "How long after the event an outcome counts.", input: .span),
      ],
      example: """
        question: loyalty
        event: Survey Answered
        score: properties.effort
        direction: lower
        outcomes: {repurchase: order, recommend: Referral Sent}
        within: 90d
        """)
  }

  /// The conditions and numbers over events.
  public var eventRules: [Expression] {
    let own: [Expression] =
      switch split {
      case .score(let score, _): [score.rule]
      case .met(let events, _): [events.rule]
      }
    return [event.rule] + own + outcomes.map(\.events.rule)
  }
  /// The properties of the score and of what is new.
  public var propertyNames: [String] {
    var names: Set<String> = []
    if case .score(let score, _) = split { names.formUnion(score.rule.properties) }
    for case .property(let name)? in outcomes.map(\.new) { names.insert(name) }
    return names.sorted()
  }

  /// Takes touchpoints and their stages from the experience.
  public func fold(in context: QuestionContext) throws(Refusal) -> LoyaltyFold {
    try validate()
    let isNaming = outcomes.contains { $0.new == .touchpoint || $0.new == .stage }
    let touchpoints = context.experience?.touchpoints ?? []
    if isNaming, touchpoints.isEmpty {
      throw Refusal(
        "loyalty.outcomes", problem: "There are no touchpoints by which something is new.",
        remedy: "Write some into the experience, or name a property.")
    }
    return LoyaltyFold(question: self, touchpoints: isNaming ? touchpoints : [])
  }
}
