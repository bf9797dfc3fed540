extension Experience {
  /// A text that changes exactly when something changes that decides the journey's figures.
  ///
  /// It holds the journey, what surveys' answers mean, and the rules of all touchpoints in their order, for an event belongs to
  /// the first touchpoint whose rule it meets. Titles, owners, drawings and the order of spaces in
  /// the file are not in it. Hash it to name a definition.
  public func canonicalText(of journey: Journey) -> String {
    var lines = ["waymark 1", "timezone \(quoted(timezone))", "currency \(quoted(currency))"]
    for touchpoint in touchpoints { lines += canonicalLines(touchpoint) }
    for survey in surveys { lines += canonicalLines(survey) }
    return (lines + journey.canonicalLines).joined(separator: "\n") + "\n"
  }

  private func quoted(_ text: String) -> String { Expression.quoted(text) }

  private func canonicalLines(_ touchpoint: Touchpoint) -> [String] {
    guard let rule = touchpoint.rule else { return [] }
    var line = "touchpoint \(quoted(touchpoint.name)) on \(rule)"
    if !touchpoint.channels.isEmpty {
      line += " channels " + touchpoint.channels.map(quoted).joined(separator: ",")
    }
    if let cost = touchpoint.cost { line += " cost \(Expression.written(cost))" }
    if let value = touchpoint.value { line += " value \(value)" }
    if let score = touchpoint.score { line += " score \(score)" }
    if let expects = touchpoint.expects {
      line += " expects \(expects.within)" + (expects.of.map { " of \(quoted($0))" } ?? "")
    }
    return [line]
  }

  /// What decides how answers make touchpoints felt.
  private func canonicalLines(_ survey: Survey) -> [String] {
    guard survey.kind.isScored, let about = survey.about else { return [] }
    return [
      "survey \(quoted(survey.name)) about \(quoted(about)) scale \(survey.scale.lowerBound) "
        + "\(survey.scale.upperBound) \(survey.direction.rawValue) wait \(survey.wait) "
        + "expires \(survey.expires)"
    ]
  }
}

extension Journey {
  fileprivate var canonicalLines: [String] {
    func list(_ names: [String]) -> String {
      names.map { Expression.quoted($0) }.joined(separator: ",")
    }
    var lines = [
      "journey \(Expression.quoted(name))", "starts \(list(starts))",
      "steps \(stepsToGoal.map(\.canonicalText).joined(separator: ","))",
      "goal \(Expression.quoted(goal))", "ends \(list(ends))", "window \(window)",
      "again \(again.canonicalText)",
    ]
    if let audience { lines.append("for \(audience)") }
    if let caseKey { lines.append("case_key \(Expression.quoted(caseKey))") }
    for target in targets {
      lines.append(
        "target \(target.metric.rawValue) \(target.comparison.rawValue) "
          + Expression.written(target.limit))
    }
    return lines
  }
}

extension Journey.Again {
  fileprivate var canonicalText: String {
    switch self {
    case .once: "once"
    case .afterEnd: "afterEnd"
    case .after(let span): "after \(span)"
    }
  }
}

extension Step {
  /// The step as text, in one line.
  fileprivate var canonicalText: String {
    func list(_ parts: [Step]) -> String { parts.map(\.canonicalText).joined(separator: ",") }
    return switch self {
    case .touchpoint(let name): Expression.quoted(name)
    case .sequence(let parts): "[\(list(parts))]"
    case .any(let parts): "any(\(list(parts)))"
    case .all(let parts): "all(\(list(parts)))"
    case .optional(let part): "optional(\(part.canonicalText))"
    case .repeated(let part): "repeat(\(part.canonicalText))"
    }
  }
}
