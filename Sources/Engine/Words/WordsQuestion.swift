import Events
import Experience
import Words

/// Asks what people wrote: how they feel, in which language, of which themes, and with which scores.
///
/// A *text* is a selected event in the range whose property holds words. Each distinct text is read once.
public struct WordsQuestion: Sendable, Equatable {
  /// Whom and when.
  public var scope = Scope()
  public var events: [EventSelector]
  /// The property that holds what was written.
  public var text: PropertySelector
  /// The number that was answered beside it; nil: the property `score`, where there is one.
  public var score: NumberSelector?
  /// By what texts are divided: the touchpoint that they speak of, their event's name or a property of
  /// theirs.
  public var naming: Naming?
  /// Intervals; nil: the whole range as one.
  public var interval: CalendarInterval?
  /// Only texts that speak of this: a theme of the experience, or words.
  public var theme: String?
  /// Only texts with this feeling.
  public var feeling: Sentiment.Tone?
  /// How many texts are listed, the latest first; 0: figures instead.
  public var verbatims: Int
  /// Which texts those are where there are more.
  public var pick = Pick.latest

  /// Which texts are listed.
  public enum Pick: String, Sendable, Codable, CaseIterable {
    /// The latest.
    case latest
    /// Drawn evenly from all by a hash of their writer and time: the same ones every time.
    case sample
  }

  /// As many as people can tell apart.
  public static let mostSources = 26
  /// The most texts that are listed; who wants all exports the events.
  public static let mostVerbatims = 500
  /// How many are listed where a theme or a feeling is asked for.
  public static let usualVerbatims = 50
  /// The most characters of a text that are listed: a page and a half.
  public static let longestVerbatim = 2_000
  /// The most themes, each of which has a bit beside every text.
  public static let mostThemes = 64
  /// The most distinct texts that are read; each takes a core some hundred microseconds.
  public static let mostTexts = 1_000_000
  /// The most values by which texts are divided; each has a place for every interval.
  public static let mostValues = 200
  /// The most numbers that are counted, in memory that every core has once.
  public static let mostCells = 1_000_000
  /// The most terms that are proposed.
  public static let mostProposals = 20

  /// Asks of the answers to surveys.
  public init(
    _ events: [EventSelector] = [EventSelector(SurveyEvent.answered)],
    text: PropertySelector = PropertySelector(SurveyEvent.comment)
  ) {
    self.events = events
    self.text = text
    verbatims = 0
  }

  /// Asks about touchpoints of an experience: what comes with their events, and the answers of surveys
  /// about them.
  ///
  /// - Parameter touchpoints: their names; of those without events there are the surveys alone.
  public init(about touchpoints: [String], in experience: Experience) {
    self.init(touchpoints.flatMap(experience.written))
  }

  /// Checks what can be checked without stories.
  ///
  /// - Throws: `words.event`, `words.verbatims`, `words.theme`.
  public func validate() throws(Refusal) {
    try scope.validate()
    guard (1...Self.mostSources).contains(events.count) else {
      throw Refusal(
        "words.event", problem: "The texts are of \(events.count) events.",
        remedy: "Name 1 to \(Self.mostSources).")
    }
    guard (0...Self.mostVerbatims).contains(verbatims) else {
      throw Refusal(
        "words.verbatims", problem: "\(verbatims) texts are not listed.",
        remedy: "Take 0 to \(Self.mostVerbatims), or export the events.")
    }
    if let theme, WrittenText(theme).words.isEmpty {
      throw Refusal(
        "words.theme", problem: "“\(theme.cut)” has no word.",
        remedy: "Name a theme of the experience, or write the words that texts should have.")
    }
  }

  /// The number that was answered.
  var scoreRule: Expression { score?.rule ?? .property(SurveyEvent.score) }
}

extension [EventSelector] {
  /// The events, and the answers of surveys about those that are touchpoints.
  func withSurveys(of experience: Experience) -> [EventSelector] {
    let all = flatMap { events in
      experience.touchpoint(events.name)?.rule == events.rule
        ? experience.written(about: events.name) : [events]
    }
    return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension Experience {
  /// What customers may write of a touchpoint with: its events, where it has any, and the answers of
  /// surveys about it.
  fileprivate func written(about touchpoint: String) -> [EventSelector] {
    let rule = self.touchpoint(touchpoint)?.rule
    return (rule.map { [EventSelector(touchpoint, rule: $0)] } ?? [])
      + customerSurveys(about: touchpoint).map(\.answers)
  }
}
