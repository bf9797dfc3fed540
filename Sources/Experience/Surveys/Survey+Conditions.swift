import Events

extension Survey {
  /// Whether answers are what all of the conditions ask for; where there are none, they are.
  ///
  ///     survey.holds([Condition("score", .within(1...2))], of: ["score": .number(2)])  // true
  ///
  /// A number has to lie within a range, both ends included. Of several options one has to be among
  /// those named. What was not answered, and a question that the survey does not have, never holds.
  ///
  /// - Parameter answers: answers by the names that they have as properties of `SurveyEvent.answered`.
  public func holds(_ conditions: [Condition], of answers: [String: PropertyValue]) -> Bool {
    conditions.allSatisfy { condition in
      guard let name = property(of: condition.question), let answer = answers[name] else {
        return false
      }
      switch condition.values {
      case .within(let range):
        guard let number = answer.number else { return false }
        return Double(range.lowerBound) <= number && number <= Double(range.upperBound)
      case .oneOf(let names):
        let given = takesSeveral(condition.question) ? answer.options : [answer.shown]
        return given.contains { names.contains($0) }
      }
    }
  }

  /// The property of an answer's event that holds what was said to a question: `score` and `choice`
  /// to the main one, or an element's or further question's name; nil: there is none of that name.
  public func property(of question: String) -> String? {
    if question == SurveyEvent.score || question == SurveyEvent.choice { return question }
    if elements.contains(where: { $0.name == question }) { return SurveyEvent.element(question) }
    if questions.contains(where: { $0.name == question }) { return SurveyEvent.answer(question) }
    return nil
  }

  private func takesSeveral(_ question: String) -> Bool {
    guard case .choice(_, several: true) = questions.first(where: { $0.name == question })?.form
    else { return false }
    return true
  }
}

extension PropertyValue {
  /// The options that were chosen, where several can be.
  fileprivate var options: [String] {
    shown.split(separator: SurveyEvent.betweenOptions).map(String.init)
  }
}
