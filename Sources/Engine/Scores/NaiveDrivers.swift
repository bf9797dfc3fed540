import Events
import Experience

/// The twin of drivers: observations in a list, and the least squares of every order of the drivers.
public struct NaiveDrivers: Sendable {
  let question: DriversQuestion
  let experience: Experience

  /// Asks the same.
  public init(_ question: DriversQuestion, of experience: Experience = Experience()) {
    self.question = question
    self.experience = experience
  }

  /// The observations: the outcome and a number for each driver.
  ///
  /// - Parameter watermark: until when something may have followed.
  public func rows(_ stories: [[Event]], watermark: Instant) -> [[Double]] {
    let cases = NaiveCaseFacts(experience, stories)
    return stories.flatMap { story in
      story.indices.compactMap { position -> [Double]? in
        let event = story[position]
        if let from = question.scope.from, event.time < from { return nil }
        if let to = question.scope.to, event.time >= to { return nil }
        guard NaiveRules(event).holds(question.event.rule),
          let outcome = outcome(story, position, watermark)
        else { return nil }
        let values = question.drivers.compactMap { driver -> Double? in
          switch driver.source {
          case .rating(let number): NaiveRules(event).number(number.rule)
          case .fact(let rule):
            NaiveRules(story, at: position).number(rule)
              ?? (NaiveRules(story, at: position).holds(rule) ? 1 : 0)
          case .journey(let fact): cases.value(of: fact, story, position)
          }
        }
        return values.count == question.drivers.count ? [outcome] + values : nil
      }
    }
  }

  private func outcome(_ story: [Event], _ position: Int, _ watermark: Instant) -> Double? {
    func following(_ events: EventSelector, _ span: TimeSpan) -> [Event]? {
      let end = story[position].time.milliseconds + span.milliseconds
      guard end <= watermark.milliseconds else { return nil }
      return story[(position + 1)...].filter {
        $0.time.milliseconds <= end && NaiveRules($0).holds(events.rule)
      }
    }
    switch question.outcome {
    case .number(let number): return NaiveRules(story[position]).number(number.rule)
    case .follows(let events, let span):
      return following(events, span).map { $0.isEmpty ? 0 : 1 }
    case .sum(let number, let events, let span):
      return following(events, span).map {
        $0.reduce(0) { $0 + (NaiveRules($1).number(number.rule) ?? 0) }
      }
    }
  }

  /// What each driver adds to R², as the mean over all orders.
  ///
  /// - Complexity: O(*k*!) for *k* drivers.
  public static func shares(_ rows: [[Double]]) -> [Double] {
    let count = (rows.first?.count ?? 1) - 1
    var shares = [Double](repeating: 0, count: count)
    let orders = orders(Array(0..<count))
    for order in orders {
      var before = 0.0
      for place in order.indices {
        let after = explained(rows, by: Array(order[...place]))
        shares[order[place]] += (after - before) / Double(orders.count)
        before = after
      }
    }
    return shares
  }

  private static func orders(_ elements: [Int]) -> [[Int]] {
    guard !elements.isEmpty else { return [[]] }
    return elements.flatMap { first in
      orders(elements.filter { $0 != first }).map { [first] + $0 }
    }
  }

  /// R² by making each driver, and the outcome, orthogonal to the drivers before it.
  private static func explained(_ rows: [[Double]], by drivers: [Int]) -> Double {
    func centred(_ column: Int) -> [Double] {
      let values = rows.map { $0[column] }
      let mean = values.reduce(0, +) / Double(values.count)
      return values.map { $0 - mean }
    }
    func product(_ left: [Double], _ right: [Double]) -> Double {
      zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var rest = centred(0)
    let all = product(rest, rest)
    guard all > 1e-12 else { return 0 }
    var bases: [[Double]] = []
    for driver in drivers {
      var base = centred(driver + 1)
      let size = product(base, base)
      for known in bases {
        let share = product(base, known) / product(known, known)
        base = zip(base, known).map { $0 - share * $1 }
      }
      guard product(base, base) > 1e-9 * size, size > 1e-12 else { continue }
      bases.append(base)
      let share = product(rest, base) / product(base, base)
      rest = zip(rest, base).map { $0 - share * $1 }
    }
    return 1 - product(rest, rest) / all
  }
}

/// The twin of facts of cases: each answer's story is measured anew as it was before it.
private struct NaiveCaseFacts {
  let experience: Experience
  let stories: [[Event]]

  init(_ experience: Experience, _ stories: [[Event]]) {
    self.experience = experience
    self.stories = stories
  }

  func value(of fact: JourneyFact, _ story: [Event], _ position: Int) -> Double? {
    guard let journey = experience.journey(fact.journey) else { return nil }
    let question = JourneyQuestion(journey, now: Instant(milliseconds: .max))
    var twin = NaiveJourney(question, experience)
    twin.channelNames = twin.knownChannels(stories)
    let found = NaiveJourney.cases(
      [Array(story[..<position])], experience: experience, question: question
    )[0].sorted { ($0.time, $0.positions[0]) < ($1.time, $1.positions[0]) }
    guard let own = NaiveCase.own(of: story[position], among: found, of: journey) else {
      return nil
    }
    let facts = twin.facts(of: own)
    let steps = journey.stepsToGoal
    let step = steps.firstIndex { $0.touchpoints.contains(fact.touchpoint ?? "") }
    func part(_ figure: JourneyPlace.Figure) -> Double {
      twin.part(of: facts, at: JourneyPlace(figure, step: step)) > 0 ? 1 : 0
    }
    switch fact.verdict {
    case .skipped: return part(.skipped)
    case .extra: return part(.extra)
    case .late: return part(.late)
    case .repeated: return part(.repeated)
    case .outOfOrder: return part(.outOfOrder)
    case .wrongChannel: return part(.wrongChannel)
    case .switchedChannel:
      return step == nil ? (facts.switchedSteps.isEmpty ? 0 : 1) : part(.switchedChannel)
    case .start: return journey.starts[facts.start] == fact.touchpoint ? 1 : 0
    case .waited:
      let times = facts.first.filter { step == nil || $0.key == step }.map(\.value.time)
      guard let last = times.max() else { return step == nil ? 0 : nil }
      return Double((last - facts.time).milliseconds) / 86_400_000
    }
  }
}

extension NaiveCase {
  /// The case that an answer belongs to, of those in the order of their starts.
  static func own(
    of answer: Event, among found: [NaiveCase], of journey: Journey
  ) -> NaiveCase? {
    func moment(_ property: String) -> Instant? {
      if case .string(let text)? = answer.properties[property] {
        Instant(iso8601: text)
      } else {
        nil
      }
    }
    if answer.properties[SurveyEvent.journey] == .string(journey.name),
      let start = moment(SurveyEvent.caseStart)
    {
      return found.last { $0.time == start }
    }
    let occasion = moment(SurveyEvent.occasion)
    if let occasion, let own = found.last(where: { $0.time <= occasion && occasion <= $0.end }) {
      return own
    }
    let time = occasion ?? answer.time
    return found.last { $0.time <= time && time <= $0.limit }
  }
}
