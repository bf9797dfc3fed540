import Events
import Experience
import Statistics

/// The twin of scores: every event looked at, answers in lists, figures from their definitions.
public struct NaiveScores: Sendable {
  /// Which answers a figure is of.
  public struct Key: Hashable, Sendable {
    /// The first moment of the interval; nil for the whole range.
    public var from: Instant?
    /// The value by which answers are divided; nil for all.
    public var by: String?
  }

  /// What answers come to.
  public struct Figure: Sendable, Equatable {
    public var customers = 0
    /// By answer.
    public var counts: [Int: Int] = [:]
    /// The score; nil where fewer than five answered.
    public var value: Double?
  }

  /// The figures of the range itself, those without an answer left out.
  public static func figures(
    _ question: ScoresQuestion, _ stories: [[Event]], _ calendar: LocalCalendar,
    of experience: Experience = Experience()
  ) -> [Key: Figure] {
    var figures: [Key: Figure] = [:]
    let cases = NaiveAnswerCases(
      experience: experience, now: stories.joined().map(\.time).max())
    for story in stories {
      var own: [Key: [Int]] = [:]
      for (position, event) in story.enumerated() {
        if let from = question.scope.from, event.time < from { continue }
        if let to = question.scope.to, event.time >= to { continue }
        let from = question.interval.flatMap { calendar.start(of: $0, at: event.time) }
        for (source, answer) in answers(event, question) {
          own[Key(from: from, by: nil), default: []].append(answer)
          guard let division = question.division else { continue }
          let groups =
            division.isOfCases
            ? self.groups(of: position, in: story, question, cases)
            : [group(event, source, division, experience.touchpoints) ?? "(none)"]
          for group in groups { own[Key(from: from, by: group), default: []].append(answer) }
        }
      }
      for (key, answers) in own {
        figures[key, default: Figure()].customers += 1
        for answer in question.counting == .latest ? answers.suffix(1) : answers[...] {
          figures[key, default: Figure()].counts[answer, default: 0] += 1
        }
      }
    }
    return figures.mapValues { figure in
      var figure = figure
      figure.value = value(figure.counts, question)
      return figure
    }
  }

  /// The groups of an answer by the cases that it belongs to.
  private static func groups(
    of position: Int, in story: [Event], _ question: ScoresQuestion, _ cases: NaiveAnswerCases
  ) -> [String] {
    let journeys = cases.experience.journeys
      .filter { question.journey == nil || $0.name == question.journey }
    let groups = journeys.compactMap { journey -> String? in
      guard let place = cases.place(of: position, in: story, journey) else { return nil }
      return switch question.division {
      case .step: place.step ?? "(no step)"
      case .start: place.start
      default: journey.name
      }
    }
    return groups.isEmpty ? ["(outside)"] : groups
  }

  /// What an event answers, with the name of the source to which it does.
  private static func answers(
    _ event: Event, _ question: ScoresQuestion
  ) -> [(source: String, answer: Int)] {
    let rules = NaiveRules(event)
    let met = question.sources.filter { rules.holds($0.events.rule) }
    return (question.division == .element ? met : Array(met.prefix(1))).compactMap { source in
      guard let number = rules.number(source.score.rule), let answer = Int(exactly: number),
        question.rule.scale.contains(answer)
      else { return nil }
      return (source.events.name, answer)
    }
  }

  private static func group(
    _ event: Event, _ source: String, _ division: ScoreDivision, _ touchpoints: [Touchpoint]
  ) -> String? {
    switch division {
    case .property(let name): return event.properties[name]?.shown
    case .event: return event.name
    case .element: return source
    case .journey, .step, .start: return nil
    case .touchpoint, .stage, .team, .partner:
      return spokenOf(event, touchpoints).flatMap { division.group(of: $0) }
    }
  }

  /// The touchpoint that an event speaks of.
  static func spokenOf(_ event: Event, _ touchpoints: [Touchpoint]) -> Touchpoint? {
    if event.name == SurveyEvent.answered,
      case .string(let name)? = event.properties[SurveyEvent.touchpoint]
    {
      return touchpoints.first { $0.name == name }
    }
    return NaiveRules(event).touchpoint(touchpoints).map { touchpoints[$0] }
  }

  private static func value(_ counts: [Int: Int], _ question: ScoresQuestion) -> Double? {
    let answers = counts.flatMap { Array(repeating: $0.key, count: $0.value) }
    guard answers.count >= 5 else { return nil }
    let n = Double(answers.count)
    let rule = question.rule
    switch rule.metric {
    case .nps:
      return 100 * Double(answers.count { $0 > 8 } - answers.count { $0 < 7 }) / n
    case .csat, .topBox:
      let best = rule.scale.sorted { rule.direction == .higher ? $0 > $1 : $0 < $1 }
        .prefix(rule.boxes)
      return Double(answers.count { best.contains($0) }) / n
    case .ces, .mean: return Double(answers.reduce(0, +)) / n
    }
  }
}
