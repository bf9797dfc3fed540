import Events
import Experience
import Statistics

/// Asks for a score: what answers on a scale come to, how sure that is, and whether it has changed.
///
/// An answer is a selected event in the range whose number is a whole one of the scale. Divided by
/// elements, one event is an answer to each of its sources. Others are
/// counted apart and make no figure; a survey that was dismissed is no answer.
public struct ScoresQuestion: Sendable, Equatable {
  /// Whom and when.
  public var scope = Scope()
  /// Where answers come from: an event is an answer to the first of these that it meets, and, divided by
  /// elements, to all of them.
  public var sources: [Source]
  public var rule: ScoreRule
  public var counting = Counted.answers
  /// Intervals; nil: the whole range as one.
  public var interval: CalendarInterval?
  /// By what answers are divided; nil: by nothing.
  public var division: ScoreDivision?
  /// The journey by whose steps or starting points answers are divided; of `journey` nil: by all of them.
  public var journey: String?
  public var comparison = TrendsQuestion.Comparison.none
  /// The kinds of units that are weighted by how many there are, not by how many answered.
  public var strata: StoryBreakdown?
  /// The events by which units are asked for an answer.
  public var asked: EventSelector?
  /// How many people there are to ask; nil: so many that the answers are few of them.
  public var people: Int?

  /// Events that are answers, and the number in them.
  public struct Source: Sendable, Equatable {
    public var events: EventSelector
    public var score: NumberSelector

    /// Takes a number of events as their score.
    public init(_ events: EventSelector, score: NumberSelector) {
      self.events = events
      self.score = score
    }
  }

  /// What is counted of a unit that answers again.
  public enum Counted: String, Sendable, Codable, CaseIterable {
    /// Every answer.
    case answers
    /// The latest one of those that a figure is made of.
    case latest
  }

  /// As many as people can tell apart.
  public static let mostSources = 26
  /// The most numbers on a scale: percent.
  public static let mostPoints = 101
  /// The most values by which answers are divided; each has a place for every interval.
  public static let mostValues = 200
  /// The most numbers that are counted: each has a place of its own, in memory that every core has once.
  public static let mostCells = 1_000_000

  /// Asks for a metric of answers.
  public init(_ metric: ScoreMetric, of sources: [Source]) {
    rule = ScoreRule(metric)
    self.sources = sources
  }

  /// Checks what can be checked without stories.
  ///
  /// - Throws: `scores.event`, `scores.scale`, `scores.top`, `scores.people`, `scores.element`,
  ///   `scores.journey`, `scores.compare`.
  public func validate() throws(Refusal) {
    try scope.validate()
    try strata?.validate()
    guard (1...Self.mostSources).contains(sources.count) else {
      throw Refusal(
        "scores.event", problem: "The answers are of \(sources.count) events.",
        remedy: "Name 1 to \(Self.mostSources).")
    }
    try validateRule()
    if let people {
      guard people > 0 else {
        throw Refusal(
          "scores.people", problem: "There are \(people) people to ask.",
          remedy: "Say how many there are in all, answers or not, or leave `people` out.")
      }
      guard counting == .latest else {
        throw Refusal(
          "scores.people", problem: "Of people who answer again every answer counts.",
          remedy: "Write `count: latest`, so that answers are as many as people.")
      }
    }
    guard division != .element || counting == .answers else {
      throw Refusal(
        "scores.element", problem: "A customer's latest answer rates one element only.",
        remedy: "Leave `count` out, or ask for one element with `element`.")
    }
    try validateJourney()
    guard comparison == .none || scope.from != nil else {
      throw Refusal(
        "scores.compare", problem: "A range from the beginning has none before it.",
        remedy: "Say where the range begins, with `from`.")
    }
  }

  private func validateJourney() throws(Refusal) {
    guard let division, division.isOfCases else {
      guard let journey else { return }
      throw Refusal(
        "scores.journey", problem: "“\(journey.cut)” doesn't divide these answers.",
        remedy: "Write by: step, by: start or by: journey, or leave `journey` out.")
    }
    guard division == .journey || journey != nil else {
      throw Refusal(
        "scores.journey", problem: "It is not said of which journey the \(division.name)s are.",
        remedy: "Write journey: with the name of one, as in journey: first_order.")
    }
  }

  private func validateRule() throws(Refusal) {
    let (low, high) = (rule.scale.lowerBound, rule.scale.upperBound)
    guard rule.metric != .nps || rule.scale == ScoreRule.promoterScale else {
      throw Refusal(
        "scores.scale", problem: "The NPS is of 0 to 10, not of \(low) to \(high).",
        remedy: "Leave `scale` out, or ask for top_box or mean.")
    }
    guard rule.metric != .nps || rule.direction == .higher else {
      throw Refusal(
        "scores.direction", problem: "Promoters are those who answer 9 or 10.",
        remedy: "Leave `direction` out.")
    }
    guard rule.metric == .nps || (1...rule.scale.count / 2).contains(rule.boxes) else {
      throw Refusal(
        "scores.top",
        problem:
          "The best \(rule.boxes) and the worst \(rule.boxes) of \(low) to \(high) cannot be "
          + "told apart.",
        remedy: "Take 1 to \(rule.scale.count / 2).")
    }
  }

  /// Reads the ends of a scale.
  ///
  /// - Throws: `scores.scale`.
  static func scale(_ ends: [Int]) throws(Refusal) -> ClosedRange<Int> {
    let most = mostPoints
    guard ends.count == 2, ends.allSatisfy((-most * 10...most * 10).contains), ends[0] < ends[1],
      ends[1] - ends[0] < most
    else {
      throw Refusal(
        "scores.scale",
        problem: "\(ends.prefix(4).map(String.init).joined(separator: ", ")) are not the ends of a "
          + "scale.",
        remedy: "Write its lowest and its highest number, at most \(most) apart: scale: [1, 5].")
    }
    return ends[0]...ends[1]
  }
}
