import Events
import Experience

/// By what the stories of a question are divided, so that each value has an answer of its own.
///
/// Every unit has one value, whatever it does later, so that the parts sum to the whole. Written as a
/// property's name, `{property: plan, at: last, values: 20}`, or `{who: [buyers, newcomers]}`.
public struct StoryBreakdown: Sendable, Hashable {
  /// What tells units apart.
  public enum Subject: Sendable, Hashable {
    /// The value of a property at one place of the story.
    case property(String, at: Place)
    /// The first of these that a unit belongs to at the end of the range.
    case populations([Population])
  }

  /// Which of a unit's values counts.
  public enum Place: String, Sendable, Codable, CaseIterable {
    /// The first one in the range.
    case first
    /// The latest one before the end of the range, be it before its beginning.
    case last
  }

  public var subject: Subject
  /// How many values of a property are told apart, those with the most units; the others are answered
  /// for together.
  public var values: Int

  /// How many values are told apart unless a question says otherwise: as many as people compare.
  public static let usualValues = 10
  /// The most values that are told apart: each has what its question keeps in memory.
  public static let mostValues = 50
  /// The most different values that are looked at; what has more is an id rather than a property.
  public static let mostLookedAt = 65_000
  /// The most populations, each of which is judged for each unit.
  public static let mostPopulations = 32

  /// Divides by a property.
  public init(_ property: String, at place: Place = .first, values: Int = usualValues) {
    subject = .property(propertyName(property), at: place)
    self.values = values
  }

  /// Divides by populations.
  public init(of populations: [Population]) {
    subject = .populations(populations)
    values = Self.usualValues
  }

  /// What it divides by, for people.
  public var name: String {
    switch subject {
    case .property(let name, _): name
    case .populations: "segment"
    }
  }

  /// The field of questions that are divided by their stories.
  static let field = QuestionForm.Field(
    "breakdown",
    takes: "a property, {property: …, at: first or last, values: 10}, or {who: [segment, …]}",
    standard: "none",
    meaning: "Answers for each value: a customer's first one in the range, the last one known "
      + "before its end, or the first segment of a list.", input: .property)

  /// Refuses numbers out of their limits, and populations that cannot be told apart.
  func validate() throws(Refusal) {
    guard (1...Self.mostValues).contains(values) else {
      throw Refusal(
        "question.breakdown", problem: "\(values) values cannot be told apart.",
        remedy: "Take 1 to \(Self.mostValues).")
    }
    guard case .populations(let populations) = subject else { return }
    guard (1...Self.mostPopulations).contains(populations.count) else {
      throw Refusal(
        "question.breakdown", problem: "The breakdown names \(populations.count) segments.",
        remedy: "Name 1 to \(Self.mostPopulations).")
    }
    for (position, population) in populations.enumerated()
    where populations[..<position].contains(where: { $0.name == population.name }) {
      throw Refusal(
        "question.breakdown", problem: "“\(population.name)” is named twice.",
        remedy: "Drop one, or give it another name.")
    }
  }
}

extension StoryBreakdown: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case property, at, values, who }

  /// Reads a property's name, or the fields.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.init(name)
      return
    }
    let fields = try QuestionFields<CodingKeys>(decoder, .part)
    let place: Place? = try fields.value(.at)
    let values: Int? = try fields.value(.values)
    let property: PropertySelector? = try fields.value(.property)
    let populations: [Population]? = try fields.list(.who)
    switch (property, populations) {
    case (let property?, nil):
      self.init(property.name, at: place ?? .first, values: values ?? Self.usualValues)
    case (nil, let populations?) where place == nil && values == nil:
      self.init(of: populations)
    default:
      throw decoder.refused(
        Refusal(
          "question.breakdown", problem: "The breakdown is neither of a property nor of segments.",
          remedy: "Write {property: …, at: first or last, values: 10}, or {who: [segment, …]}."))
    }
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes a property that is taken as usual by its name.
  public func encode(to encoder: any Encoder) throws {
    switch subject {
    case .property(let name, .first) where values == Self.usualValues:
      var container = encoder.singleValueContainer()
      try container.encode(name)
    case .property(let name, let place):
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(name, forKey: .property)
      if place != .first { try fields.encode(place, forKey: .at) }
      if values != Self.usualValues { try fields.encode(values, forKey: .values) }
    case .populations(let populations):
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(populations, forKey: .who)
    }
  }
}

extension QuestionKind {
  /// Who divides answers of the kind by values.
  enum Dividing {
    /// A field of its own, which takes values at an entry, an event or a session.
    case itself
    /// The breakdown of the scope: each unit has one value.
    case stories
    /// Nobody.
    case nobody
  }

  var dividing: Dividing {
    switch self {
    case .funnel, .funnelTrend, .retention, .sessions, .trends: .itself
    case .comparison, .linkage: .nobody
    case .flow, .graph, .variants, .lifecycle, .stickiness, .frequency, .recency, .attribution,
      .conformance, .bottlenecks, .rework, .segments, .rfm, .scores, .drivers, .words, .loyalty:
      .stories
    }
  }

  /// What it asks and the fields that it takes.
  public var form: QuestionForm {
    var form = type.form
    if dividing == .stories { form.fields.append(StoryBreakdown.field) }
    return form
  }

  /// Refuses a breakdown by stories where it has no meaning.
  func check(_ breakdown: StoryBreakdown?) throws(Refusal) {
    guard let breakdown else { return }
    switch dividing {
    case .stories: try breakdown.validate()
    case .itself:
      throw Refusal(
        "question.breakdown", problem: "A \(rawValue) has a breakdown of its own.",
        remedy: "Write the question's own field, as `waymark questions \(rawValue)` shows.")
    case .nobody where self == .linkage:
      throw Refusal(
        "question.breakdown",
        problem: "A linkage is by team already, and divided by more it could tell who answered.",
        remedy: "Leave `breakdown` out.")
    case .nobody:
      throw Refusal(
        "question.breakdown",
        problem:
          "A \(rawValue) divides already: with a breakdown it would look more often than its "
          + "correction allows for.",
        remedy: "Ask about one value at a time with `for`, and mind how often you look.")
    }
  }
}
