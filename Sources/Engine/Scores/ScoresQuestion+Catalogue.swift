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
          "survey", takes: "a survey of the experience", standard: "none",
          meaning:
            "Its answers, instead of event: metric, scale, direction and asked are the survey's.",
          input: .survey),
        .init(
          "element", takes: "an element of the survey", standard: "none",
          meaning: "Its ratings, instead of the answers to the main question.", input: .text),
        .init(
          "metric", takes: "nps, csat, ces, mean or top_box",
          standard: "the survey's, mean of elements, csat of touchpoints' own scores, else nps",
          meaning: "What is made of the answers.",
          input: .choice(ScoreMetric.allCases.map(\.rawValue))),
        .init(
          "event", takes: "events, touchpoints or surveys, up to \(mostSources)",
          standard: "the survey's answers, or the journey's touchpoints that are rated",
          meaning: "The answers; of a touchpoint also those of fitting surveys about it.",
          input: .list(.event)),
        .init(
          "score", takes: "a number property or expression",
          standard: "the touchpoint's, else score", meaning: "What was answered.", input: .property),
        .init(
          "scale", takes: "[1, 7]",
          standard: "the survey's, 0 to 10 of nps, 1 to 7 of ces, else 1 to 5",
          meaning: "The lowest and the highest answer; others make no figure.", input: .text),
        .init(
          "direction", takes: "higher or lower", standard: "the survey's, else higher",
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
          "by", takes: "\(ScoreDivision.words.joined(separator: ", ")) or a property",
          standard: "none",
          meaning:
            "Divides the answers by the touchpoint that they speak of, its stage, team or partner, "
            + "the journey, step or start of their case, the element that they rate, or a property.",
          input: .division),
        .init(
          "journey", takes: "a journey", standard: "of by: journey all of them",
          meaning: "Whose steps or starting points divide the answers.", input: .journey),
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
          "asked", takes: "an event or touchpoint", standard: "the survey's, else none",
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
    if case .property(let name)? = division { names.insert(name) }
    if case .property(let name, _)? = strata?.subject { names.insert(name) }
    return names.sorted()
  }
  /// The strata that are segments.
  public var populations: [Population] {
    if case .populations(let populations)? = strata?.subject { populations } else { [] }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case survey, element, metric, event, score, scale, direction, top, count, by, journey, interval
    case compare, weight, asked, people
  }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    do {
      let context = try decoder.questionContext()
      let score: NumberSelector? = try fields.value(.score)
      let metric: ScoreMetric? = try fields.value(.metric)
      let journey: String? = try fields.value(.journey)
      let known = try journey.map { try context.journey($0).0 }
      let name: String? = try fields.value(.survey)
      var written = try fields.list(.event, WrittenSource.self)
      // A journey by itself is a question: of what customers say about its touchpoints.
      let isOfJourney = written == nil && name == nil
      if isOfJourney, let known {
        let rule = try Self.rule(ScoreRule(metric ?? .csat), fields)
        written = try WrittenSource.rated(in: known, for: rule, context)
      }
      let element: String? = try fields.value(.element)
      let survey = try Self.survey(name, written, score, context)
      if let survey {
        try self.init(of: survey, metric: metric, element: element, by: fields.value(.by))
      } else {
        guard element == nil else {
          throw Refusal(
            "scores.element",
            problem: "It is not said of which survey “\(element ?? "")” is a part.",
            remedy: "Name the survey, as in survey: delivery.")
        }
        // The score of a touchpoint is a rating, of which there are no promoters.
        let areRatings =
          score == nil
          && (written ?? []).allSatisfy {
            $0.score == nil && $0.isRated(by: ScoreRule(.csat), in: context)
          }
        self.init(metric ?? (areRatings ? .csat : .nps), of: [])
        division = try fields.value(.by)
      }
      if !isOfJourney || division?.isOfCases == true { self.journey = journey }
      scope = try Scope(from: decoder)
      rule = try Self.rule(rule, fields)
      rule.boxes = try fields.value(.top, standard: rule.boxes)
      if survey == nil {
        sources = (written ?? []).flatMap { $0.sources(score, for: rule, in: context) }
      }
      counting = try fields.value(.count, standard: counting)
      interval = try fields.value(.interval, standard: WrittenInterval(interval)).interval
      comparison = try fields.value(.compare, standard: comparison)
      strata = try fields.value(.weight)
      asked = try fields.value(.asked) ?? asked
      people = try fields.value(.people)
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// A rule with the scale and the direction that are written.
  private static func rule(
    _ usual: ScoreRule, _ fields: QuestionFields<CodingKeys>
  ) throws -> ScoreRule {
    var rule = usual
    if let ends = try fields.list(.scale, Int.self) { rule.scale = try scale(ends) }
    rule.direction = try fields.value(.direction, standard: rule.direction)
    return rule
  }

  /// The survey that a question is about: the one that it names, or the only event where that is one.
  private static func survey(
    _ name: String?, _ written: [WrittenSource]?, _ score: NumberSelector?,
    _ context: QuestionContext
  ) throws(Refusal) -> Survey? {
    switch (name, written) {
    case (let name?, nil) where score == nil: return try context.survey(name)
    case (_?, _):
      throw Refusal(
        "scores.survey",
        problem: "A survey says itself which events are answers, and what their score is.",
        remedy: "Leave `event` and `score` out, or `survey`.")
    case (nil, nil):
      throw Refusal(
        "scores.event", problem: "It is not said which events are answers.",
        remedy: "Write a survey, an event or a touchpoint, as in event: Survey Answered; or a "
          + "journey, as in journey: first_order, for what is scored on it.")
    case (nil, let written?):
      guard score == nil, written.count == 1, written[0].score == nil,
        let survey = context.experience?.survey(written[0].event.name),
        survey.rule() == written[0].event.rule
      else { return nil }
      return survey
    }
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
    try fields.encodeIfPresent(division, forKey: .by)
    try fields.encodeIfPresent(journey, forKey: .journey)
    if interval != nil { try fields.encode(WrittenInterval(interval), forKey: .interval) }
    if comparison != .none { try fields.encode(comparison, forKey: .compare) }
    try fields.encodeIfPresent(strata, forKey: .weight)
    try fields.encodeIfPresent(asked, forKey: .asked)
    try fields.encodeIfPresent(people, forKey: .people)
  }
}
