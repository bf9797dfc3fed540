import Events
import Experience
import Statistics

extension QuestionContext {
  /// The experience's survey of a name.
  ///
  /// - Throws: `question.survey` where there is none, or none whose main answer is a number.
  func survey(_ name: String) throws(Refusal) -> Survey {
    let scored = experience?.surveys.filter(\.kind.isScored) ?? []
    if let survey = scored.first(where: { $0.name == name }) { return survey }
    let known = scored.map(\.name)
    throw Refusal(
      "question.survey",
      problem: "The experience has no survey “\(name.cut)” that is answered by a number.",
      remedy: nearest(to: name, among: known).map { "Did you mean “\($0)”?" }
        ?? (known.isEmpty
          ? "Write one into the experience, or name an event."
          : "Name one of \(known.joined(separator: ", "))."))
  }
}

extension Survey {
  /// The events that are answers to it.
  var answers: EventSelector {
    EventSelector(
      name,
      rule: .binary(
        .and, .isEvent(SurveyEvent.answered),
        .binary(.equal, .property(SurveyEvent.survey), .string(name))))
  }

  /// How its main answers become a figure.
  var rule: ScoreRule {
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
    rule.direction = direction == .higher ? .higher : .lower
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
