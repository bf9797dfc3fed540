import Events
import Experience

/// What a question is asked of: when, of whom, per what, as known when, and divided by what.
public struct Scope: Sendable, Hashable {
  /// The first moment that counts; nil: any.
  public var from: Instant?
  /// The first moment that is too late; nil: none.
  public var to: Instant?
  /// Whose stories; nil: everybody's.
  public var population: Population?
  /// What is counted: each unit has a story of its own.
  public var unit: Unit
  /// The links between identities that apply; nil: all that are known today.
  public var identityAsOf: Instant?
  /// By what the answer is divided; nil: by nothing, or by the question's own field.
  public var breakdown: StoryBreakdown?

  /// Makes a scope; without arguments, all customers at all times.
  public init(
    from: Instant? = nil, to: Instant? = nil, population: Population? = nil,
    unit: Unit = .customer, identityAsOf: Instant? = nil, breakdown: StoryBreakdown? = nil
  ) {
    self.from = from
    self.to = to
    self.population = population
    self.unit = unit
    self.identityAsOf = identityAsOf
    self.breakdown = breakdown
  }

  /// The range in milliseconds, ends that are left out being further away than any event.
  var milliseconds: Range<Int64> {
    let low = from?.milliseconds ?? .min / 4
    return low..<max(low, to?.milliseconds ?? .max / 4)
  }

  /// Refuses a range in which nothing lies.
  ///
  /// - Throws: `range.empty`.
  public func validate() throws(Refusal) {
    guard let from, let to, from >= to else { return }
    throw Refusal(
      "range.empty", problem: "The range from \(from) to \(to) is empty.",
      remedy: "Let it end after it begins.")
  }

  /// The fields that every question has beside its own.
  public static let fields: [QuestionForm.Field] = [
    .init(
      "from", takes: "2026-03-01 or 2026-03-01T14:30", standard: "the beginning",
      meaning: "The first moment that counts.", input: .moment),
    .init(
      "to", takes: "the same as from", standard: "the end", meaning: "The first moment too late.",
      input: .moment),
    .init(
      "for", takes: "segment, persona, saved set or condition on a story", standard: "everybody",
      meaning: "Whose stories.", input: .population),
    .init(
      "unit", takes: "customer, session, session 30m, account <property> or case <journey>",
      standard: "customer", meaning: "What is counted.", input: .unit),
    .init(
      "identity_as_of", takes: "the same as from", standard: "today",
      meaning: "Who is who as it was known then.", input: .moment),
  ]
}

/// What has a story of its own and is counted.
public enum Unit: Sendable, Hashable {
  case customer
  /// The stories of all customers with the same latest value of a property, as one.
  case account(property: String)
  /// A part of a customer's story without a gap longer than this.
  case session(gap: TimeSpan)
  /// The events from a case's start to its end, of one journey of the experience.
  case journeyCase(journey: String)

  /// The gap that starts another session unless a question says otherwise.
  public static let usualGap = TimeSpan(milliseconds: 1_800_000)
}

/// Whose stories a question is about.
///
/// Questions with an entry (funnels, journeys, cohorts, conversions) judge a condition by the story
/// before it, others at the end of the range.
public enum Population: Sendable, Hashable {
  /// Customers whose story meets a condition, with the name by which it was asked for.
  case condition(name: String, Expression)
  /// Customers that were saved under a name, by their canonical keys in ascending order.
  case saved(name: String, [UInt64])

  /// What it was asked for as.
  public var name: String {
    switch self {
    case .condition(let name, _), .saved(let name, _): name
    }
  }

  /// The condition on a story; nil where there is a list instead.
  public var rule: Expression? {
    if case .condition(_, let rule) = self { rule } else { nil }
  }
}

extension Scope: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case question, breakdown
    case from, to, population = "for", unit, identityAsOf = "identity_as_of"
  }

  /// Reads the scope's fields among others.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    from = try fields.decodeIfPresent(Moment.self, forKey: .from)?.instant
    to = try fields.decodeIfPresent(Moment.self, forKey: .to)?.instant
    population = try fields.decodeIfPresent(Population.self, forKey: .population)
    unit = try fields.decodeIfPresent(Unit.self, forKey: .unit) ?? .customer
    identityAsOf = try fields.decodeIfPresent(Moment.self, forKey: .identityAsOf)?.instant
    let kind = try fields.decodeIfPresent(QuestionKind.self, forKey: .question)
    if let kind, kind.dividing != .itself {
      breakdown = try fields.decodeIfPresent(StoryBreakdown.self, forKey: .breakdown)
    }
    do {
      try kind?.check(breakdown)
      try validate()
    } catch { throw decoder.refused(error) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encodeIfPresent(from, forKey: .from)
    try fields.encodeIfPresent(to, forKey: .to)
    try fields.encodeIfPresent(population, forKey: .population)
    if unit != .customer { try fields.encode(unit, forKey: .unit) }
    try fields.encodeIfPresent(identityAsOf, forKey: .identityAsOf)
    try fields.encodeIfPresent(breakdown, forKey: .breakdown)
  }
}

/// A moment as people write it, in the experience's zone.
struct Moment: Decodable {
  var instant: Instant

  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    if let instant = Instant(iso8601: text) {
      self.instant = instant
      return
    }
    do {
      instant = try decoder.questionContext().calendar.instant(text)
    } catch let refusal as Refusal {
      throw decoder.refused(refusal)
    }
  }
}

extension Unit: Codable {
  /// Reads `session 2h`, `account properties.company` or `case first_order`.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    do { try self.init(text) } catch { throw decoder.refused(error) }
  }

  /// Reads a unit as a question writes it.
  ///
  /// - Throws: `question.unit`.
  public init(_ text: String) throws(Refusal) {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    switch (words.first ?? "", words.dropFirst().first) {
    case ("customer", nil): self = .customer
    case ("session", nil): self = .session(gap: Self.usualGap)
    case ("session", let gap?):
      guard let span = TimeSpan(gap), span.milliseconds > 0 else {
        throw Refusal(
          "question.unit", problem: "“\(gap)” is no gap between sessions.",
          remedy: "Write a span above 0, such as session 30m.")
      }
      self = .session(gap: span)
    case ("account", let property?): self = .account(property: propertyName(property))
    case ("case", let journey?): self = .journeyCase(journey: journey)
    default:
      throw Refusal(
        "question.unit", problem: "“\(text)” is no unit.",
        remedy: "Write customer, session 30m, account <property> or case <journey>.")
    }
  }

  /// Writes what reads back.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Unit: CustomStringConvertible {
  /// The unit as it is written in a question.
  public var description: String {
    switch self {
    case .customer: "customer"
    case .account(let property): "account \(property)"
    case .session(let gap): "session \(gap)"
    case .journeyCase(let journey): "case \(journey)"
    }
  }
}

extension Population: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case name, who, saved }

  /// Reads the name of a segment, persona or saved set, a condition, or a condition with a name.
  public init(from decoder: any Decoder) throws {
    let context = try decoder.questionContext()
    guard let text = try? decoder.singleValueContainer().decode(String.self) else {
      let fields = try QuestionFields<CodingKeys>(decoder, .part)
      self = .condition(
        name: try fields.required(.name),
        try fields.required(.who, StoryCondition.self).rule)
      return
    }
    do { try self.init(text, in: context) } catch { throw decoder.refused(error) }
  }

  /// Reads a population as a question names it.
  ///
  /// - Throws: `question.for`.
  public init(_ text: String, in context: QuestionContext) throws(Refusal) {
    switch (context.savedSets[text], context.experience?.condition(text)) {
    case (_?, _?):
      throw Refusal(
        "question.for", problem: "“\(text)” is a saved set, and a segment or persona too.",
        remedy: "Give one of them another name; `waymark segments` lists the saved sets.")
    case (let keys?, nil): self = .saved(name: text, keys)
    case (nil, let rule?): self = .condition(name: text, rule)
    case (nil, nil):
      do {
        self = .condition(
          name: text, try Expression(reading: text, about: .story, giving: .boolean))
      } catch { throw Self.unknown(text, error, in: context) }
    }
  }

  private static func unknown(
    _ text: String, _ refusal: Refusal, in context: QuestionContext
  ) -> Refusal {
    let known =
      (context.experience?.segments.map(\.name) ?? [])
      + (context.experience?.personas.filter { $0.rule != nil }.map(\.name) ?? [])
      + context.savedSets.keys.sorted()
    return Refusal(
      "question.for",
      problem: "“\(text.cut)” is no segment, persona or saved set, and no condition on a story: "
        + refusal.problem,
      remedy: nearest(to: text, among: known).map { "Did you mean “\($0)”?" }
        ?? (known.isEmpty
          ? "Write a condition, such as 'count(\"Order Completed\") >= 3'."
          : "Name one of \(known.joined(separator: ", ")), or write a condition."))
  }

  /// Writes the condition with its name; of a saved set, the name.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .condition(let name, let rule):
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(name, forKey: .name)
      try fields.encode(rule.description, forKey: .who)
    case .saved(let name, _):
      var container = encoder.singleValueContainer()
      try container.encode(name)
    }
  }
}

/// A condition on a story, as text.
private struct StoryCondition: Decodable {
  var rule: Expression

  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    do {
      rule = try Expression(reading: text, about: .story, giving: .boolean)
    } catch { throw decoder.refused(error) }
  }
}

extension String {
  /// At most the first 60 characters, to name in a refusal what may be as long as a text.
  var cut: String { count > 60 ? prefix(59) + "…" : self }
}
