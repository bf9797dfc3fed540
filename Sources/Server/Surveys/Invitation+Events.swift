import Events
import Experience
import Store

extension Invitation {
  /// What the story is told of a state of the invitation.
  ///
  /// - Parameters:
  ///   - answer: what was answered.
  ///   - language: in which language it was.
  func event(
    _ state: State, at time: Instant, _ answer: [String: PropertyValue] = [:],
    language: String? = nil, consent: ConsentRule
  ) -> Event {
    var properties = subject.properties(by: channel)
    if let language { properties[SurveyEvent.language] = .string(language) }
    properties.merge(answer) { $1 }
    return Event(
      state.eventName, at: time, by: subject.identity, properties: properties.granting(consent))
  }

  /// What the story is told of an invitation by a link that is being made.
  static func sending(_ subject: Subject, at time: Instant, consent: ConsentRule) -> Event {
    Event(
      SurveyEvent.sent, at: time, by: subject.identity,
      properties: subject.properties(by: .link).granting(consent))
  }
}

extension Invitation.Subject {
  /// What every event of an invitation says.
  fileprivate func properties(by channel: Invitation.Channel) -> [String: PropertyValue] {
    var properties: [String: PropertyValue] = [
      SurveyEvent.survey: .string(survey), SurveyEvent.occasion: .string("\(moment)"),
      SurveyEvent.askedBy: .string(channel.rawValue),
      "channel": .string(channel == .mail ? "email" : "web"),
    ]
    properties[SurveyEvent.language] = language.map(PropertyValue.string)
    properties[SurveyEvent.touchpoint] = touchpoint.map(PropertyValue.string)
    properties[SurveyEvent.journey] = journey.map(PropertyValue.string)
    properties[SurveyEvent.caseStart] = caseStart.map { .string("\($0)") }
    return properties
  }
}

extension Invitation.State {
  /// The event by which a story tells of it.
  var eventName: String {
    switch self {
    case .answered: SurveyEvent.answered
    case .dismissed: SurveyEvent.dismissed
    case .expired: SurveyEvent.expired
    case .waiting, .sent, .failed, .suppressed: SurveyEvent.sent
    }
  }
}

extension [String: PropertyValue] {
  /// The properties of an event that may be kept where consent has to come with each event.
  ///
  /// Only those are asked whose events came with it and who don't deny it since; and who answers does
  /// so by themselves, beside a note on what becomes of it.
  func granting(_ rule: ConsentRule) -> Self {
    guard rule.required == .yes else { return self }
    var properties = self
    properties["consent"] = .boolean(true)
    return properties
  }
}
