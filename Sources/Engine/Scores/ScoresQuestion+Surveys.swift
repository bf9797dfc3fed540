import Events
import Experience
import Statistics

/// Scores of the experience's surveys, which know what they measure, on which scale, and by what people
/// are asked.
extension ScoresQuestion {
  /// Asks for a survey's score: of its main question, of one of its elements, or of all of them.
  ///
  /// - Parameters:
  ///   - metric: nil: what the survey measures, and of elements the mean.
  ///   - element: the name of one; nil: the main question, or, divided by elements, all.
  /// - Throws: `scores.survey`, `scores.element`.
  init(
    of survey: Survey, metric: ScoreMetric?, element: String?, by division: ScoreDivision?
  ) throws(Refusal) {
    let isOfElements = element != nil || division == .element
    let elements = try Self.elements(of: survey, element, isOfElements)
    guard isOfElements || survey.kind.isScored else {
      throw Refusal(
        "scores.survey",
        problem: "“\(survey.name)” is a \(survey.kind.rawValue): its answers are no numbers.",
        remedy: survey.elements.isEmpty
          ? "Count the answers with `trends`, by their property \(SurveyEvent.choice)."
          : "Ask for its elements, with by: element.")
    }
    let sources = elements.map { name -> Source in
      let score = Expression.property(SurveyEvent.element(name))
      return Source(
        EventSelector(name, rule: .binary(.and, survey.rule(), .has(score))),
        score: NumberSelector(score))
    }
    self.init(
      metric ?? (isOfElements ? .mean : survey.scoreRule.metric),
      of: isOfElements
        ? sources
        : [
          Source(
            survey.answers,
            score: NumberSelector(.property(SurveyEvent.score)))
        ])
    rule.scale = isOfElements ? survey.elementScale : survey.scale
    rule.direction = ScoreDirection(isOfElements ? survey.elementDirection : survey.direction)
    rule.boxes = min(rule.boxes, max(1, rule.scale.count / 2))
    self.division = division
    if survey.occasion != nil {
      asked = EventSelector("\(survey.name) sent", rule: survey.rule(of: SurveyEvent.sent))
    }
  }

  private static func elements(
    of survey: Survey, _ element: String?, _ isOfElements: Bool
  ) throws(Refusal) -> [String] {
    let known = survey.elements.map(\.name)
    guard isOfElements else { return [] }
    guard !known.isEmpty else {
      throw Refusal(
        "scores.element", problem: "“\(survey.name)” has no elements.",
        remedy: "Leave `element` out, or name a survey that has some.")
    }
    guard let element else { return known }
    guard known.contains(element) else {
      throw Refusal(
        "scores.element", problem: "“\(survey.name)” has no element “\(element.cut)”.",
        remedy: nearest(to: element, among: known).map { "Did you mean “\($0)”?" }
          ?? "Its elements are \(known.joined(separator: ", ")).")
    }
    return [element]
  }
}

extension ScoreDirection {
  init(_ direction: Survey.Direction) {
    switch direction {
    case .higher: self = .higher
    case .lower: self = .lower
    }
  }
}

extension Survey {
  /// Whether its answers are what a rule scores.
  func fits(_ rule: ScoreRule) -> Bool {
    let isOfTheKind =
      switch rule.metric {
      case .nps: kind == .nps
      case .ces: kind == .ces
      case .csat, .mean, .topBox: kind == .csat || kind == .rating
      }
    return isOfTheKind && scale == rule.scale && ScoreDirection(direction) == rule.direction
  }
}
