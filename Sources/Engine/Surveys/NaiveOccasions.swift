import Events
import Experience

/// The twin of `Stories.occasions`: each survey asked of each plain story, one moment after the other.
///
/// What is late is seen by walking the story again as it was when the customer would have been asked.
struct NaiveOccasions {
  let experience: Experience
  let range: Range<Instant>

  /// A moment, and where the story that the audience is judged by ends.
  private typealias Moment = (
    time: Instant, position: Int, touchpoint: String?, journey: String?, caseStart: Instant?
  )

  /// The occasions of stories, each the events of one customer with an identity of theirs.
  func occasions(of surveys: [Survey], in stories: [(Identity, [Event])]) -> [SurveyOccasion] {
    var all: [SurveyOccasion] = []
    for (who, story) in stories {
      for survey in surveys where survey.respondents == .customers || survey.audience != nil {
        guard Double(stableHash(survey.name, seed: who.key)) < survey.share * 0x1p64
        else { continue }
        var times: Set<Instant> = []
        for moment in moments(of: survey, story) {
          let judged = NaiveRules(story, at: moment.position, time: moment.time)
          guard range.contains(moment.time + survey.wait),
            survey.audience.map(judged.holds) ?? true, times.insert(moment.time).inserted
          else { continue }
          all.append(
            SurveyOccasion(
              survey: survey.name, customer: who, key: who.key, moment: moment.time,
              due: moment.time + survey.wait, touchpoint: survey.about ?? moment.touchpoint,
              journey: moment.journey, caseStart: moment.caseStart,
              address: text(experience.asking.address, story),
              language: text(experience.asking.language, story)))
        }
      }
    }
    return all.sorted { ($0.due, $0.key, $0.survey) < ($1.due, $1.key, $1.survey) }
  }

  private func text(_ trait: String, _ story: [Event]) -> String? {
    let values = story.compactMap { $0.properties["traits.\(trait)"] }
    guard case .string(let text)? = values.last, !text.isEmpty else { return nil }
    return text
  }

  private func position(_ story: [Event], at time: Instant) -> Int {
    story.firstIndex { $0.time >= time } ?? story.count
  }

  private func name(_ event: Event) -> String? {
    NaiveRules(event).touchpoint(experience.touchpoints).map { experience.touchpoints[$0].name }
  }

  private func cases(_ journey: Journey, _ story: [Event], now: Instant) -> [NaiveCase] {
    NaiveJourney.cases(
      [story], experience: experience, question: JourneyQuestion(journey, now: now)
    )
    .joined().sorted { $0.positions[0] < $1.positions[0] }
  }

  private func moments(of survey: Survey, _ story: [Event]) -> [Moment] {
    let ever = Instant(milliseconds: .max)
    switch survey.occasion {
    case nil: return []
    case .touchpoint(let touchpoint):
      return story.indices.filter { name(story[$0]) == touchpoint }.map { position in
        for journey in experience.journeys where journey.touchpoints.contains(touchpoint) {
          let found = cases(journey, story, now: ever).first { $0.positions.contains(position) }
          if let found {
            return (story[position].time, position, touchpoint, journey.name, found.time)
          }
        }
        return (story[position].time, position, touchpoint, nil, nil)
      }
    case .outcome(let name, let outcome):
      guard let journey = experience.journey(name) else { return [] }
      return cases(journey, story, now: ever).compactMap { found in
        switch (found.outcome, outcome) {
        case (.completed, .completed), (.ended, .ended):
          let last = found.positions.last ?? 0
          return (found.end, last, found.events.last?.touchpoint?.name, name, found.time)
        case (.abandoned, .abandoned):
          return (found.end, position(story, at: found.end), nil, name, found.time)
        default: return nil
        }
      }
    case .late(let name, let touchpoint):
      guard let journey = experience.journey(name) else { return [] }
      return cases(journey, story, now: ever).flatMap { found in
        late(touchpoint, journey, found, story, wait: survey.wait).map {
          ($0, position(story, at: $0), touchpoint, name, found.time)
        }
      }
    case .every(let span):
      var moments: [Moment] = []
      var time = story[0].time + span
      while time + survey.wait < range.upperBound {
        moments.append((time, position(story, at: time), nil, nil, nil))
        time = time + span
      }
      return moments
    }
  }

  /// The ends of the time promised at which, and after the wait, the touchpoint was missing.
  private func late(
    _ touchpoint: String, _ journey: Journey, _ found: NaiveCase, _ story: [Event], wait: TimeSpan
  ) -> [Instant] {
    guard let promise = experience.touchpoint(touchpoint)?.expects else { return [] }
    let candidates =
      promise.of.map { of in
        found.events.filter { $0.touchpoint?.name == of }.map(\.event.time)
      } ?? [found.time]
    return Set(candidates).sorted().map { $0 + promise.within }.filter { moment in
      let due = moment + wait
      let seen = story.filter { $0.time <= due }
      let then = cases(journey, seen, now: due).first { $0.positions[0] == found.positions[0] }
      guard let then, then.outcome != .completed, then.outcome != .ended, moment <= then.limit
      else { return false }
      var reference = promise.of == nil ? found.time : nil
      for (event, met) in then.events {
        if met?.name == touchpoint, reference != nil { return false }
        if let of = promise.of, met?.name == of { reference = event.time }
      }
      let key = journey.caseKey.map { seen[found.positions[0]].properties[$0] }
      let comes = seen.indices.contains { position in
        seen[position].time > then.limit && name(seen[position]) == touchpoint
          && journey.caseKey.map { seen[position].properties[$0] } == key
      }
      return !comes && reference.map { $0 + promise.within } == moment
    }
  }
}
