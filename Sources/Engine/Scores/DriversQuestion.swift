import Events
import Experience
import Statistics

/// Asks what drives an outcome: how much of it ratings and facts of the story explain, each its part.
///
/// An observation is a selected event in the range with a number for the outcome and for every driver;
/// others are left out and counted. Facts are what the story was before the event.
public struct DriversQuestion: Sendable, Equatable {
  /// Whom and when.
  public var scope = Scope()
  /// The answers.
  public var event: EventSelector
  public var outcome: Outcome
  public var drivers: [Driver]
  /// The scale of ratings, by which their performance is told.
  public var scale = 1...5

  /// What is explained.
  public enum Outcome: Sendable, Equatable {
    /// A number of the answer itself, such as a score.
    case number(NumberSelector)
    /// Whether such an event follows within a span: 1 or 0. Answers whose span has not passed are open.
    case follows(EventSelector, within: TimeSpan)
    /// The sum of a number of such events within a span.
    case sum(NumberSelector, of: EventSelector, within: TimeSpan)
  }

  /// What may explain it.
  public struct Driver: Sendable, Equatable {
    public var name: String
    public var source: Source
    /// What kind of thing it is, such as design, delivery or a partner's reputation.
    public var aspect: String?

    /// Where its numbers come from.
    public enum Source: Sendable, Equatable {
      /// A number of the answer, such as the rating of an element.
      case rating(NumberSelector)
      /// What the story was before the answer: a number, a span in days, or 1 where a condition holds.
      case fact(Expression)
      /// What became of the case that the answer belongs to.
      case journey(JourneyFact)
    }

    /// Names a driver.
    public init(_ name: String, _ source: Source, aspect: String? = nil) {
      self.name = name
      self.source = source
      self.aspect = aspect
    }

    /// Whether it is a fact.
    var isFact: Bool { if case .rating = source { false } else { true } }
    /// The fact of a journey that it is.
    var journeyFact: JourneyFact? { if case .journey(let fact) = source { fact } else { nil } }
  }

  /// Asks what drives an outcome.
  public init(_ outcome: Outcome, of event: EventSelector, by drivers: [Driver]) {
    self.outcome = outcome
    self.event = event
    self.drivers = drivers
  }

  /// The events and the span of an outcome that follows.
  var following: (events: EventSelector, number: NumberSelector?, within: TimeSpan)? {
    switch outcome {
    case .number: nil
    case .follows(let events, let span): (events, nil, span)
    case .sum(let number, let events, let span): (events, number, span)
    }
  }

  /// Checks what can be checked without stories.
  ///
  /// - Throws: `drivers.drivers`, `drivers.outcome`.
  public func validate() throws(Refusal) {
    try scope.validate()
    guard (1...Regression.mostDrivers).contains(drivers.count) else {
      throw Refusal(
        "drivers.drivers", problem: "There are \(drivers.count) drivers.",
        remedy:
          "Name 1 to \(Regression.mostDrivers): of more their shares cannot be worked out exactly.")
    }
    for (position, driver) in drivers.enumerated() {
      if drivers[..<position].contains(where: { $0.name == driver.name }) {
        throw Refusal(
          "drivers.drivers", problem: "Two drivers are called “\(driver.name.cut)”.",
          remedy: "Drop one, or give it another name.")
      }
      if case .number(let number) = outcome, driver.source == .rating(number) {
        throw Refusal(
          "drivers.drivers", problem: "“\(driver.name.cut)” is the outcome itself.",
          remedy: "Name what may explain it.")
      }
    }
    if let span = following?.within, span.milliseconds <= 0 {
      throw Refusal(
        "drivers.outcome", problem: "Nothing follows within \(span).",
        remedy: "Write a span above 0, such as within: 90d.")
    }
  }
}

extension DriversQuestion: CatalogueQuestion {
  /// What drives a score, a return or spending.
  public static let kind = QuestionKind.drivers

  /// The fields of a question about drivers.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "What drives a score, a return or spending: each driver's share, with its error.",
      fields: [
        .init(
          "survey", takes: "a survey of the experience", standard: "event and outcome",
          meaning: "Short for its answers, their score, and its elements as drivers.",
          input: .text),
        .init(
          "event", takes: "an event or touchpoint", standard: "the survey's answers",
          meaning: "The answers.", input: .event),
        .init(
          "outcome",
          takes: "a number property or expression, {event: …, within: 90d} or "
            + "{event: …, sum: …, within: 90d}",
          standard: "the survey's score",
          meaning:
            "What is explained: a number of the answer, whether something follows it, or how "
            + "much.", input: .property),
        .init(
          "drivers",
          takes: "number properties or expressions, {name: …, rating: …}, {name: …, fact: …}, "
            + "{journey: …} or {name: …, journey: …, verdict: …, step: …}",
          standard: "the survey's elements",
          meaning: "What may explain it, up to \(Regression.mostDrivers): ratings of the answer; "
            + "facts, which are expressions on the story before it; and what became of the case of a "
            + "journey that it belongs to (skipped, extra, late, repeated, out_of_order, "
            + "wrong_channel, switched_channel, waited; start: …). A journey alone stands for all that "
            + "its design lets happen.",
          input: .list(.property)),
        .init(
          "scale", takes: "[1, 5]", standard: "1 to 5",
          meaning: "The scale of ratings, by which their performance is told.", input: .text),
      ],
      example: """
        question: drivers
        event: Survey Answered
        outcome: properties.recommend
        drivers:
          - design
          - delivery
          - {name: called before, fact: 'count("Support Call", 30d) > 0'}
        """)
  }

  /// The conditions and numbers over events.
  public var eventRules: [Expression] {
    var rules = [event.rule] + drivers.compactMap(\.rating?.rule)
    switch outcome {
    case .number(let number): rules.append(number.rule)
    case .follows(let events, _): rules.append(events.rule)
    case .sum(let number, let events, _): rules += [events.rule, number.rule]
    }
    return rules
  }
  /// The properties that outcome and ratings are made of.
  public var propertyNames: [String] {
    let numbers: [NumberSelector] =
      switch outcome {
      case .number(let number), .sum(let number, _, _): [number]
      case .follows: []
      }
    return (numbers + drivers.compactMap(\.rating)).reduce(into: Set<String>()) {
      $0.formUnion($1.rule.properties)
    }.sorted()
  }
  /// The facts, of which a receipt says which events they name that nobody has.
  public var populations: [Population] {
    drivers.compactMap { driver in
      if case .fact(let rule) = driver.source { .condition(name: driver.name, rule) } else { nil }
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case survey, event, outcome, drivers, scale
  }

  /// Finds the journeys of facts in the experience.
  public func fold(in context: QuestionContext) throws(Refusal) -> DriversFold {
    try DriversFold(self, in: context)
  }

  /// Reads a question; `survey` is short for its answers, score and elements.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    do {
      let context = try decoder.questionContext()
      let name: String? = try fields.value(.survey)
      let survey = try name.map { name throws(Refusal) in try context.scoredSurvey(name) }
      let outcome: Outcome =
        try survey.map {
          try fields.value(.outcome, standard: .number(NumberSelector($0.scored)))
        } ?? fields.required(.outcome)
      let event: EventSelector =
        try survey.map { try fields.value(.event, standard: $0.answers) }
        ?? fields.required(.event)
      let written = try fields.list(.drivers, WrittenDrivers.self) ?? []
      self.init(
        outcome, of: event, by: (survey?.elementDrivers ?? []) + written.flatMap(\.drivers))
      scope = try Scope(from: decoder)
      scale = survey?.elementScale ?? scale
      if let ends = try fields.list(.scale, Int.self) { scale = try ScoresQuestion.scale(ends) }
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(event, forKey: .event)
    try fields.encode(outcome, forKey: .outcome)
    try fields.encode(drivers, forKey: .drivers)
    if scale != 1...5 { try fields.encode([scale.lowerBound, scale.upperBound], forKey: .scale) }
  }
}

extension DriversQuestion.Driver {
  /// The number of a rating.
  fileprivate var rating: NumberSelector? {
    if case .rating(let number) = source { number } else { nil }
  }
}

extension DriversQuestion.Outcome: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case event, sum, within }

  /// Reads a number, or what follows.
  public init(from decoder: any Decoder) throws {
    guard (try? decoder.singleValueContainer().decode(String.self)) == nil else {
      self = .number(try NumberSelector(from: decoder))
      return
    }
    let fields = try QuestionFields<CodingKeys>(decoder, .part)
    let events: EventSelector = try fields.required(.event)
    let span: TimeSpan = try fields.required(.within)
    let number: NumberSelector? = try fields.value(.sum)
    self = number.map { .sum($0, of: events, within: span) } ?? .follows(events, within: span)
  }

  /// Writes what reads back.
  public func encode(to encoder: any Encoder) throws {
    if case .number(let number) = self { return try number.encode(to: encoder) }
    var fields = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .number: break
    case .follows(let events, let span):
      try fields.encode(events, forKey: .event)
      try fields.encode(span, forKey: .within)
    case .sum(let number, let events, let span):
      try fields.encode(events, forKey: .event)
      try fields.encode(number, forKey: .sum)
      try fields.encode(span, forKey: .within)
    }
  }
}
