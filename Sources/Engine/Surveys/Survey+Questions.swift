import Events
import Experience
import Statistics

extension QuestionContext {
  /// The experience's survey of a name.
  ///
  /// - Throws: `question.survey`.
  func survey(_ name: String) throws(Refusal) -> Survey {
    try survey(name, among: experience?.surveys ?? [], "")
  }

  /// The experience's survey of a name whose main answer is a number.
  ///
  /// - Throws: `question.survey`.
  func scoredSurvey(_ name: String) throws(Refusal) -> Survey {
    try survey(
      name, among: experience?.surveys.filter(\.kind.isScored) ?? [],
      " that is answered by a number")
  }

  private func survey(
    _ name: String, among surveys: [Survey], _ kind: String
  ) throws(Refusal) -> Survey {
    if let survey = surveys.first(where: { $0.name == name }) { return survey }
    let known = surveys.map(\.name)
    throw Refusal(
      "question.survey", problem: "The experience has no survey “\(name.cut)”\(kind).",
      remedy: nearest(to: name, among: known).map { "Did you mean “\($0)”?" }
        ?? (known.isEmpty
          ? "Write one into the experience, under `surveys:`."
          : "Name one of \(known.joined(separator: ", "))."))
  }
}

extension Survey {
  /// The events that are answers to it.
  var answers: EventSelector { EventSelector(name, rule: rule()) }

  /// How its main answers become a figure.
  var scoreRule: ScoreRule {
    let metric: ScoreMetric =
      switch kind {
      case .nps: .nps
      case .csat: .csat
      case .ces: .ces
      case .rating, .choice, .text: .mean
      }
    var rule = ScoreRule(metric)
    guard kind != .nps else { return rule }
    rule.scale = scale
    rule.direction = ScoreDirection(direction)
    rule.boxes = min(rule.boxes, scale.count / 2)
    return rule
  }
}

extension Survey {
  /// The number that answers the main question.
  var scored: Expression { .property(SurveyEvent.score) }

  /// Its elements as what may drive the score.
  var elementDrivers: [DriversQuestion.Driver] {
    elements.map { element in
      DriversQuestion.Driver(
        element.name, .rating(NumberSelector(.property(SurveyEvent.element(element.name)))),
        aspect: element.partner.map { "partner \($0)" } ?? element.aspect?.rawValue)
    }
  }
}
