import Events
import Experience

/// The twin of answers' cases: every case of a story looked through for each answer.
struct NaiveAnswerCases {
  let experience: Experience
  /// The latest moment of all stories.
  let now: Instant?

  /// Where an answer belongs in a journey; nil where it is in none of its cases.
  func place(
    of position: Int, in story: [Event], _ journey: Journey
  ) -> (start: String, step: String?)? {
    let twin = NaiveJourney(JourneyQuestion(journey, now: now), experience)
    let cases = NaiveJourney.cases([story], experience: experience, question: twin.question)[0]
      .sorted { ($0.time, $0.positions[0]) < ($1.time, $1.positions[0]) }
    let met = story.indices.map { position in
      NaiveRules(story, at: position).touchpoint(experience.touchpoints)
        .map { experience.touchpoints[$0] }
    }
    let event = story[position]
    var (found, touchpoint): (NaiveCase?, String?)
    if let survey = twin.survey(of: event) {
      found = twin.place(of: event, to: survey, cases, story, met).map { cases[$0] }
      touchpoint = survey.about
    } else if twin.isWalked(met[position]) {
      found = cases.first { $0.positions.contains(position) }
      touchpoint = met[position]?.name
    }
    if let found {
      let step = twin.steps.first { $0.touchpoints.contains(touchpoint ?? "") }
      return (journey.starts[found.start], step?.touchpoints.joined(separator: " / "))
    }
    guard mayBelong(event, met[position], to: journey) else { return nil }
    return NaiveCase.own(of: event, among: cases, of: journey)
      .map { (journey.starts[$0.start], nil) }
  }

  /// Whether an answer names a case of the journey, or neither another case nor a touchpoint.
  private func mayBelong(_ event: Event, _ met: Touchpoint?, to journey: Journey) -> Bool {
    if case .string(let name)? = event.properties[SurveyEvent.journey],
      case .string(let start)? = event.properties[SurveyEvent.caseStart],
      Instant(iso8601: start) != nil
    {
      return name == journey.name
    }
    if case .string(let name)? = event.properties[SurveyEvent.survey],
      experience.survey(name)?.about != nil
    {
      return false
    }
    if event.name == SurveyEvent.answered,
      case .string? = event.properties[SurveyEvent.touchpoint]
    {
      return false
    }
    return met == nil
  }
}
