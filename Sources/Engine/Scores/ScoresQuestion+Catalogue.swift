import Events
import Experience
import Statistics

extension ScoresQuestion: CatalogueQuestion {
  /// What answers on a scale come to.
  public static let kind = QuestionKind.scores

  /// The fields of a score.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "What answers on a scale come to: NPS, CSAT, effort, means, with their error.",
      fields: [
        .init(
          "metric", takes: "nps, csat, ces, mean or top_box",
          standard: "csat of touchpoints' own scores, else nps",
          meaning: "What is made of the answers.",
          input: .choice(ScoreMetric.allCases.map(\.rawValue))),
        .init(
          "event", takes: "events or touchpoints, up to \(mostSources)", standard: nil,
          meaning: "The answers.", input: .list(.event)),
        .init(
          "score", takes: "a number property or expression",
          standard: "the touchpoint's, else score", meaning: "What was answered.", input: .property),
        .init(
          "scale", takes: "[1, 7]", standard: "0 to 10 of nps, 1 to 7 of ces, else 1 to 5",
          meaning: "The lowest and the highest answer; others make no figure.", input: .text),
        .init(
          "direction", takes: "higher or lower", standard: "higher",
          meaning: "Which answers are the good ones.",
          input: .choice(ScoreDirection.allCases.map(\.rawValue))),
        .init(
          "top", takes: "a number", standard: "2, of top_box 1",
          meaning: "How many of the best answers are the top; as many of the worst the bottom.",
          input: .number),
        .init(
          "count", takes: "answers or latest", standard: "answers",
          meaning: "Every answer, or the latest one of each customer in a figure.",
          input: .choice(["answers", "latest"])),
        .init(
          "by", takes: "touchpoint, event or a property", standard: "none",
          meaning: "Divides the answers by what they are of themselves.", input: .naming),
        .init(
          "interval", takes: "hour, day, week, month, quarter, year or none", standard: "none",
          meaning: "Intervals; none is one figure for the range.", input: .interval),
        .init(
          "compare", takes: "previous or none", standard: "none",
          meaning: "Compares with the range before.", input: .choice(["previous", "none"])),
        .init(
          "weight", takes: "the same as breakdown", standard: "none",
          meaning: "Weights each kind of customer by how many there are, not by how many answered.",
          input: .property),
        .init(
          "asked", takes: "an event or touchpoint", standard: "none",
          meaning: "By what customers are asked; gives the response rate, and those to weight by.",
          input: .event),
        .init(
          "people", takes: "a number", standard: "many",
          meaning:
            "How many people there are in all, where the answers are of a good part of them.",
          input: .number),
      ],
      example: """
        question: scores
        metric: nps
        event: Survey Answered
        score: properties.recommend
        interval: month
        breakdown: plan
        """)
  }

  /// The conditions and numbers of the answers, and what asks for them.
  public var eventRules: [Expression] {
    sources.map(\.events.rule) + sources.map(\.score.rule) + [asked?.rule].compactMap(\.self)
  }
  /// The properties of scores, divisions and strata.
  public var propertyNames: [String] {
    var names = sources.reduce(into: Set<String>()) { $0.formUnion($1.score.rule.properties) }
    if case .property(let name)? = naming { names.insert(name) }
    if case .property(let name, _)? = strata?.subject { names.insert(name) }
    return names.sorted()
  }
  /// The strata that are segments.
  public var populations: [Population] {
    if case .populations(let populations)? = strata?.subject { populations } else { [] }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case metric, event, score, scale, direction, top, count, by, interval, compare, weight, asked
    case people
  }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    do {
      let score: NumberSelector? = try fields.value(.score)
      guard let written = try fields.list(.event, WrittenSource.self) else {
        throw Refusal(
          "scores.event", problem: "It is not said which events are answers.",
          remedy: "Write an event or touchpoint, as in event: Survey Answered.")
      }
      let context = try decoder.questionContext()
      // The score of a touchpoint is a rating, of which there are no promoters.
      let areRatings =
        score == nil && written.allSatisfy { $0.score == nil && $0.rating(in: context) != nil }
      self.init(
        try fields.value(.metric, standard: areRatings ? .csat : .nps),
        of: written.map { $0.source(score, in: context) })
      scope = try Scope(from: decoder)
      if let ends = try fields.list(.scale, Int.self) { rule.scale = try Self.scale(ends) }
      rule.direction = try fields.value(.direction, standard: rule.direction)
      rule.boxes = try fields.value(.top, standard: rule.boxes)
      counting = try fields.value(.count, standard: counting)
      naming = try fields.value(.by)
      interval = try fields.value(.interval, standard: WrittenInterval(interval)).interval
      comparison = try fields.value(.compare, standard: comparison)
      strata = try fields.value(.weight)
      asked = try fields.value(.asked)
      people = try fields.value(.people)
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    let usual = ScoreRule(rule.metric)
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if rule.metric != .nps { try fields.encode(rule.metric, forKey: .metric) }
    try fields.encode(sources.map { WrittenSource($0) }, forKey: .event)
    if rule.scale != usual.scale {
      try fields.encode([rule.scale.lowerBound, rule.scale.upperBound], forKey: .scale)
    }
    if rule.direction != usual.direction { try fields.encode(rule.direction, forKey: .direction) }
    if rule.boxes != usual.boxes { try fields.encode(rule.boxes, forKey: .top) }
    if counting != .answers { try fields.encode(counting, forKey: .count) }
    try fields.encodeIfPresent(naming, forKey: .by)
    if interval != nil { try fields.encode(WrittenInterval(interval), forKey: .interval) }
    if comparison != .none { try fields.encode(comparison, forKey: .compare) }
    try fields.encodeIfPresent(strata, forKey: .weight)
    try fields.encodeIfPresent(asked, forKey: .asked)
    try fields.encodeIfPresent(people, forKey: .people)
  }
}

/// A source as it is written: an event alone, or with its score.
private struct WrittenSource: Codable {
  var event: EventSelector
  var score: NumberSelector?

  enum CodingKeys: String, CodingKey, CaseIterable { case event, score }

  init(_ source: ScoresQuestion.Source) {
    event = source.events
    score = source.score
  }

  init(from decoder: any Decoder) throws {
    guard let fields = try? decoder.container(keyedBy: CodingKeys.self), fields.contains(.event)
    else {
      event = try EventSelector(from: decoder)
      return
    }
    let checked = try QuestionFields<CodingKeys>(decoder, .part)
    event = try checked.required(.event)
    score = try checked.value(.score)
  }

  /// The score is the source's own, that of all, the touchpoint's, or the property of that name.
  func source(_ usual: NumberSelector?, in context: QuestionContext) -> ScoresQuestion.Source {
    .init(
      event,
      score: score ?? usual ?? rating(in: context) ?? NumberSelector(.property("score")))
  }

  /// The score that the experience has for the touchpoint; nil where it is none or has none.
  func rating(in context: QuestionContext) -> NumberSelector? {
    context.experience?.touchpoint(event.name)?.score.map { NumberSelector($0) }
  }
}
