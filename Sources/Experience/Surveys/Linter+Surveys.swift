import Events

/// What surveys and loops say about the rest of the experience.
extension ExperienceReader {
  mutating func lintSurveys() {
    let experience = sketch.experience
    let touchpoints = Dictionary(
      experience.touchpoints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for survey in experience.surveys {
      if touchpoints[survey.name] != nil {
        remarks.error(
          "name.twice", at: survey.place, "There is a touchpoint called “\(survey.name)”, too.",
          "Give one of them another name, so that questions about “\(survey.name)” are clear.")
      }
      lintOccasion(of: survey, touchpoints)
      if survey.loop != nil, survey.loop?.team == nil,
        survey.about.flatMap({ touchpoints[$0] })?.owner == nil
      {
        remarks.error(
          "survey.loop.team", at: sketch.place("loop", of: survey),
          "Nobody sees to the answers of “\(survey.name)”: "
            + (survey.about.map { "“\($0)” has no owner." } ?? "it is about no touchpoint."),
          "Add “to: …” with a team, or give the touchpoint an “owner”.")
      }
    }
    for loop in experience.loops { lint(loop, touchpoints) }
  }

  private mutating func lintOccasion(of survey: Survey, _ touchpoints: [String: Touchpoint]) {
    let place = sketch.place("after", of: survey)
    switch survey.occasion {
    case .late(let journey, let name)?:
      guard let journey = sketch.experience.journey(journey), let step = touchpoints[name] else {
        return
      }
      if !journey.stepsToGoal.contains(where: { $0.touchpoints.contains(name) }) {
        remarks.error(
          "survey.late", at: place, "“\(name)” is no step of “\(journey.name)”.",
          "Name one of its steps.")
      } else if step.expects == nil {
        remarks.error(
          "survey.late", at: place, "“\(name)” can't be late: nothing is promised.",
          "Add “expects: …” to the touchpoint.")
      }
    case .outcome(let journey, .ended)?:
      guard let journey = sketch.experience.journey(journey), journey.ends.isEmpty else { return }
      remarks.warn(
        "survey.after", at: place, "No case of “\(journey.name)” is ever ended: it has no “ends”.",
        "Ask after “completed” or “abandoned”, or add “ends” to the journey.")
    case .every(let span)?:
      let asking = sketch.experience.asking
      guard span.milliseconds < asking.per.milliseconds / Int64(asking.atMost) else { return }
      remarks.warn(
        "survey.every", at: sketch.place("every", of: survey),
        "A person is asked at most \(asking.atMost) per \(asking.per), so never every \(span).",
        "Ask less often, or let “asking” allow more.")
    case .touchpoint?, .outcome?, nil: return
    }
  }

  /// Says where nobody would see to what a loop finds.
  private mutating func lint(_ loop: LoopRule, _ touchpoints: [String: Touchpoint]) {
    guard loop.team == nil else { return }
    let isOwned: Bool
    if let about = loop.about {
      guard let touchpoint = touchpoints[about] else { return }
      isOwned = touchpoint.owner != nil
    } else {
      let names = loop.rule.eventNames
      isOwned = sketch.experience.touchpoints.contains { touchpoint in
        guard touchpoint.owner != nil, let rule = touchpoint.rule else { return false }
        guard let names, let others = rule.eventNames else { return true }
        return !names.isDisjoint(with: others)
      }
    }
    guard !isOwned else { return }
    remarks.error(
      "loop.team", at: loop.place, "Nobody sees to what “\(loop.name)” finds.",
      "Add “to: …” with a team, or give the touchpoint an “owner”.")
  }
}
