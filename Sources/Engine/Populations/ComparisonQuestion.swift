import Events
import Experience
import Statistics

/// Asks what two populations do differently.
///
/// The populations are either those who reached a goal after a start and those who did not, or two
/// that conditions on stories (or saved sets) tell apart. For each name of an event, and for each
/// ordered pair of events that follow each other directly, the shares of the two that met it are
/// compared.
///
/// - *By outcome*: the first start in the range counts. A unit is of the first population where the
///   goal comes later within the window, of the second where it does not; while the window has not
///   passed it is open and left out. Compared is what lies after the start and before the goal, or
///   before the window's end: neither start nor goal itself. Those who did not reach the goal were
///   mostly looked at for longer.
/// - *By population*: each is judged by the story before the end of the range, and compared is what
///   lies in the range. A unit of both is left out.
public struct ComparisonQuestion: Sendable, Equatable {
  /// What tells the populations apart.
  public enum Sides: Sendable, Hashable {
    /// Whether a goal was reached after a start, within a window; nil: at any time.
    case outcome(start: EventSelector, goal: EventSelector, window: TimeSpan?)
    case populations(Population, Population)
  }

  /// Whether pairs of events are compared.
  public enum Orders: String, Sendable, Codable, CaseIterable { case compared, omitted }

  public var sides: Sides
  /// What events are called.
  public var naming = Naming.event
  /// The events that are looked at; empty: all whose name does not begin with `$`.
  public var only: [EventSelector] = []
  public var orders = Orders.compared
  public var correction = LooksCorrection.benjaminiHochberg
  public var scope = Scope()

  /// Makes a question; further options are properties.
  public init(_ sides: Sides) { self.sides = sides }

  /// The most names that are compared, those with the most events; the others share one.
  public static let mostNames = 200
  /// The most pairs that are compared, those that the most units met: a choice that does not look at
  /// who they were.
  public static let mostPairs = 500
}

extension ComparisonQuestion: CatalogueQuestion {
  /// What two populations do differently.
  public static var kind: QuestionKind { .comparison }

  /// The fields of a comparison.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "What those who reach a goal do differently from those who do not, or one population "
        + "from another.",
      fields: [
        .init(
          "start", takes: "an event or touchpoint", standard: "a and b", meaning: "Begins it.",
          input: .event),
        .init(
          "goal", takes: "an event or touchpoint", standard: "a and b",
          meaning: "Those who reach it are compared with those who do not.", input: .event),
        .init(
          "window", takes: "7d, or none", standard: "30d", meaning: "Start to goal.", input: .span),
        .init(
          "a", takes: "segment, persona, saved set or condition on a story",
          standard: "start and goal", meaning: "One population.", input: .population),
        .init(
          "b", takes: "as a", standard: "start and goal", meaning: "The other population.",
          input: .population),
        .init(
          "by", takes: "event, touchpoint or properties.<name>", standard: "event",
          meaning: "What events are called.", input: .naming),
        .init(
          "only", takes: "events or touchpoints", standard: "all", meaning: "What is looked at.",
          input: .list(.event)),
        .init(
          "orders", takes: "compared or omitted", standard: "compared",
          meaning: "Whether pairs that follow each other directly are compared, too.",
          input: .choice(["compared", "omitted"])),
        .init(
          "correction", takes: "benjamini_hochberg or holm", standard: "benjamini_hochberg",
          meaning: "How many looks are allowed for.",
          input: .choice(["benjamini_hochberg", "holm"])),
      ],
      example: """
        question: comparison
        start: Product Viewed
        goal: Order Completed
        window: 7d
        """)
  }

  /// The conditions of start, goal and what is looked at.
  public var eventRules: [Expression] {
    guard case .outcome(let start, let goal, _) = sides else { return only.map(\.rule) }
    return [start.rule, goal.rule] + only.map(\.rule)
  }

  /// The property that names events.
  public var propertyNames: [String] {
    if case .property(let name) = naming { [name] } else { [] }
  }

  /// The two sides, where conditions tell them apart.
  public var populations: [Population] {
    if case .populations(let a, let b) = sides { [a, b] } else { [] }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case start, goal, window, a, b, by, only, orders, correction
  }

  /// Reads a comparison.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    let start: EventSelector? = try fields.value(.start)
    let goal: EventSelector? = try fields.value(.goal)
    let a: Population? = try fields.value(.a)
    let b: Population? = try fields.value(.b)
    let window = try fields.value(.window, String.self)
    let span = window == "none" ? nil : try fields.value(.window, standard: TimeSpan.days(30))
    switch (start, goal, a, b) {
    case (let start?, let goal?, nil, nil):
      sides = .outcome(start: start, goal: goal, window: span)
    case (nil, nil, let a?, let b?) where window == nil: sides = .populations(a, b)
    default:
      throw decoder.refused(
        Refusal(
          "comparison.sides", problem: "The two sides of the comparison are not clear.",
          remedy: "Write start and goal, or a and b; a window belongs to a goal."))
    }
    scope = try Scope(from: decoder)
    naming = try fields.value(.by, standard: naming)
    only = try fields.list(.only) ?? []
    orders = try fields.value(.orders, standard: orders)
    correction = try fields.value(.correction, standard: correction)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    switch sides {
    case .outcome(let start, let goal, let window):
      try fields.encode(start, forKey: .start)
      try fields.encode(goal, forKey: .goal)
      try fields.encode(window?.description ?? "none", forKey: .window)
    case .populations(let a, let b):
      try fields.encode(a, forKey: .a)
      try fields.encode(b, forKey: .b)
    }
    if naming != .event { try fields.encode(naming, forKey: .by) }
    if !only.isEmpty { try fields.encode(only, forKey: .only) }
    if orders != .compared { try fields.encode(orders, forKey: .orders) }
    if correction != .benjaminiHochberg { try fields.encode(correction, forKey: .correction) }
  }

  /// Refuses a window in which nothing lies.
  func validate() throws(Refusal) {
    guard case .outcome(_, _, let window?) = sides, window.milliseconds <= 0 else { return }
    throw Refusal(
      "comparison.window", problem: "The window is \(window).", remedy: "Give a span above 0.")
  }

  /// The question with the experience's touchpoints.
  public func fold(in context: QuestionContext) throws(Refusal) -> ComparisonFold {
    ComparisonFold(question: self, touchpoints: context.experience?.touchpoints ?? [])
  }
}
