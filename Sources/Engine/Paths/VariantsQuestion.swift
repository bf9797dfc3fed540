import Events
import Experience

/// Asks which whole ways are taken, or which first steps of them.
///
/// A way is the sequence of names of a customer's events in the range.
public struct VariantsQuestion: CatalogueQuestion {
  public static let kind = QuestionKind.variants
  public static var form: QuestionForm {
    QuestionForm(
      asks: "Which whole ways are taken, how often, how long they are and what becomes of them.",
      fields: PathFields.names + [
        PathFields.repeats(standard: .collapsed),
        .init(
          "length", takes: "1 to \(longestLength), or none", standard: "none",
          meaning: "How many names from the first on make a way; none: all.", input: .number),
        .init(
          "limit", takes: "1 to \(largestLimit)", standard: "\(usualLimit)",
          meaning: "How many ways are shown, the most frequent ones.", input: .number),
        .init(
          "goal", takes: "event or touchpoint", standard: "none",
          meaning: "What counts as success: the share of customers who had it.", input: .event),
        .init(
          "score", takes: "a property or expression with a number", standard: "none",
          meaning: "The mean of the customers' numbers.", input: .property),
        PathFields.times,
      ],
      example: """
        question: variants
        length: 5
        limit: 20
        """)
  }

  public var scope = Scope()
  /// What events are called.
  public var naming: Naming
  /// Which events are looked at; empty: all. Others count as if they were not there.
  public var only: [EventSelector]
  public var repeats: PathRepeats
  /// How many names from the first on make a way; nil: all.
  public var length: Int?
  /// How many ways are shown.
  public var limit: Int
  /// What counts as success, anywhere in the story in the range.
  public var goal: EventSelector?
  /// The numbers whose mean is shown, of all events in the range.
  public var score: NumberSelector?
  /// Whether the ways' durations are worked out.
  public var times: PathTimes

  /// The most names of a way that is cut; longer ones are asked for as a whole.
  public static let longestLength = 1000
  /// The most ways that are shown.
  public static let largestLimit = 100_000
  /// How many ways are shown unless a question says otherwise.
  public static let usualLimit = 100

  /// Makes a question.
  public init(
    by naming: Naming = .event, only: [EventSelector] = [], repeats: PathRepeats = .collapsed,
    length: Int? = nil, limit: Int = usualLimit, goal: EventSelector? = nil,
    score: NumberSelector? = nil, times: PathTimes = .measured
  ) {
    self.naming = naming
    self.only = only
    self.repeats = repeats
    self.length = length
    self.limit = limit
    self.goal = goal
    self.score = score
    self.times = times
  }

  public var eventRules: [Expression] {
    only.map(\.rule) + [goal?.rule, score?.rule].compactMap(\.self)
  }
  public var propertyNames: [String] {
    var names = naming.propertyNames
    if case .property(let name)? = score?.rule { names.append(name) }
    return names
  }

  /// Refuses numbers out of their limits.
  func validate() throws(Refusal) {
    if let length, !(1...Self.longestLength).contains(length) {
      throw Refusal(
        "variants.length", problem: "A way of \(length) names is none.",
        remedy: "Take 1 to \(Self.longestLength), or none for whole ways.")
    }
    guard (1...Self.largestLimit).contains(limit) else {
      throw Refusal(
        "variants.limit", problem: "\(limit) ways cannot be shown.",
        remedy: "Take 1 to \(Self.largestLimit).")
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case by, only, repeats, length, limit, goal, score, times
  }

  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(
      by: try fields.value(.by, standard: .event), only: try fields.list(.only) ?? [],
      repeats: try fields.value(.repeats, standard: .collapsed),
      length: (try? fields.value(.length, String.self)) == "none"
        ? nil : try fields.value(.length),
      limit: try fields.value(.limit, standard: Self.usualLimit), goal: try fields.value(.goal),
      score: try fields.value(.score), times: try fields.value(.times, standard: .measured))
    scope = try Scope(from: decoder)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if naming != .event { try fields.encode(naming, forKey: .by) }
    if !only.isEmpty { try fields.encode(only, forKey: .only) }
    if repeats != .collapsed { try fields.encode(repeats, forKey: .repeats) }
    try fields.encodeIfPresent(length, forKey: .length)
    if limit != Self.usualLimit { try fields.encode(limit, forKey: .limit) }
    try fields.encodeIfPresent(goal, forKey: .goal)
    try fields.encodeIfPresent(score, forKey: .score)
    if times != .measured { try fields.encode(times, forKey: .times) }
  }

  public func fold(in context: QuestionContext) -> VariantsFold {
    VariantsFold(question: self, touchpoints: context.experience?.touchpoints ?? [])
  }
}
