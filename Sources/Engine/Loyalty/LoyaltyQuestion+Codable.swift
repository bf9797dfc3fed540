import Events
import Experience
import Statistics

extension LoyaltyQuestion: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case survey, event, score, metric, scale, direction, top, met, before, outcomes, within
  }

  /// Reads a question; `survey` is short for its answers, score and scale.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    do {
      let name: String? = try fields.value(.survey)
      let context = try decoder.questionContext()
      let survey = try name.map { name throws(Refusal) in try context.scoredSurvey(name) }
      let written = try fields.required(.outcomes, [String: WrittenOutcome].self)
      let outcomes = written.sorted { $0.key < $1.key }.map { $1.outcome($0) }
      let event: EventSelector =
        try survey.map { try fields.value(.event, standard: $0.answers) }
        ?? fields.required(.event)
      if let met: EventSelector = try fields.value(.met) {
        if let other = try Self.scoreField(in: fields) {
          throw Refusal(
            "loyalty.met", problem: "Groups are told apart by `met` and by `\(other)`.",
            remedy: "Leave one of them out.")
        }
        self.init(of: event, by: .met(met, before: try fields.value(.before)), outcomes: outcomes)
      } else {
        if try fields.value(.before, TimeSpan.self) != nil {
          throw Refusal(
            "loyalty.met", problem: "`before` says how long before, but not what.",
            remedy: "Write `met: <touchpoint>` beside it, or leave it out.")
        }
        var rule =
          try fields.value(.metric).map { ScoreRule($0) } ?? survey?.scoreRule ?? ScoreRule(.ces)
        if let ends = try fields.list(.scale, Int.self) {
          rule.scale = try ScoresQuestion.scale(ends)
        }
        rule.direction = try fields.value(.direction, standard: rule.direction)
        rule.boxes = try fields.value(.top, standard: rule.boxes)
        let score = try fields.value(
          .score, standard: NumberSelector(.property(SurveyEvent.score)))
        self.init(of: event, by: .score(score, rule), outcomes: outcomes)
      }
      scope = try Scope(from: decoder)
      within = try fields.value(.within, standard: within)
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// The first field that speaks of a score.
  private static func scoreField(in fields: QuestionFields<CodingKeys>) throws -> String? {
    if try fields.value(.score, NumberSelector.self) != nil { return "score" }
    if try fields.value(.metric, ScoreMetric.self) != nil { return "metric" }
    return try fields.value(.survey, String.self) == nil ? nil : "survey"
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(event, forKey: .event)
    switch split {
    case .score(let score, let rule):
      let usual = ScoreRule(rule.metric)
      try fields.encode(score, forKey: .score)
      if rule.metric != .ces { try fields.encode(rule.metric, forKey: .metric) }
      if rule.scale != usual.scale {
        try fields.encode([rule.scale.lowerBound, rule.scale.upperBound], forKey: .scale)
      }
      if rule.direction != usual.direction { try fields.encode(rule.direction, forKey: .direction) }
      if rule.boxes != usual.boxes { try fields.encode(rule.boxes, forKey: .top) }
    case .met(let events, let before):
      try fields.encode(events, forKey: .met)
      try fields.encodeIfPresent(before, forKey: .before)
    }
    let written = outcomes.map { ($0.name, WrittenOutcome($0)) }
    try fields.encode(
      Dictionary(written, uniquingKeysWith: { first, _ in first }), forKey: .outcomes)
    if within != Self.usualSpan { try fields.encode(within, forKey: .within) }
  }
}

/// An outcome as it is written beside its name: an event alone, or with what is new.
private struct WrittenOutcome: Codable {
  var event: EventSelector
  var new: LoyaltyQuestion.Novelty?

  enum CodingKeys: String, CodingKey, CaseIterable { case event, new }

  init(_ outcome: LoyaltyQuestion.Outcome) {
    event = outcome.events
    new = outcome.new
  }

  init(from decoder: any Decoder) throws {
    let fields = try QuestionFields(decoder, naming: CodingKeys.event)
    event = try fields?.required(.event) ?? EventSelector(from: decoder)
    new = try fields?.value(.new)
  }

  func encode(to encoder: any Encoder) throws {
    guard let new else { return try event.encode(to: encoder) }
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(event, forKey: .event)
    try fields.encode(new, forKey: .new)
  }

  func outcome(_ name: String) -> LoyaltyQuestion.Outcome { .init(name, event, new: new) }
}

extension LoyaltyQuestion.Novelty: Codable {
  /// Reads a word or a property's name.
  public init(from decoder: any Decoder) throws {
    switch try decoder.singleValueContainer().decode(String.self) {
    case "touchpoint": self = .touchpoint
    case "stage": self = .stage
    case let name: self = .property(propertyName(name))
    }
  }

  /// Writes the word, or the property as `properties.…`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .touchpoint: try container.encode("touchpoint")
    case .stage: try container.encode("stage")
    case .property(let name): try container.encode("properties.\(name)")
    }
  }
}
