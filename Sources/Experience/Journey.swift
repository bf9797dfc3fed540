import Events

/// A designed way through touchpoints, from a starting point to a goal.
public struct Journey: Sendable {
  /// Whether a customer may walk the journey again.
  public enum Again: Hashable, Sendable {
    /// Never: one case a customer.
    case once
    /// As soon as the case before has ended.
    case afterEnd
    /// That long after the start of the case before, once it has ended.
    case after(TimeSpan)
  }

  public var name: String
  public var title: String
  /// `decision`, `implementation`, `management`, or a name of one's own.
  public var kind: String
  /// Who walks it, judged by the story before the starting event; nil: everybody.
  public var audience: Expression?
  /// The name of the segment or persona, or the condition, that `for:` gave.
  public var audienceName: String?
  /// One to three touchpoints; a case belongs to the one by which it began.
  public var starts: [String]
  /// The designed way, in order. A touchpoint stands in at most one step.
  public var steps: [Step]
  /// The touchpoint that completes a case; where no step holds it, it is the last step.
  public var goal: String
  /// Touchpoints that end a case without success.
  public var ends: [String]
  /// How long a case may take, from its start; both ends count.
  public var window: TimeSpan
  public var again: Again
  /// The property by which one customer's cases run side by side; nil: one open case a customer.
  public var caseKey: String?
  /// The journey that follows this one.
  public var next: String?
  public var targets: [Target]
  public var owner: String?
  public var place: Place

  /// The longest time a case may take where the experience does not say: 30 days.
  public static let defaultWindow = TimeSpan.days(30)
  /// The most starting points a journey may have.
  public static let mostStarts = 3
  /// The most starting points that are measured; above `mostStarts` the linter asks to choose.
  public static let mostMeasuredStarts = 8
  /// The most steps a journey may have, the goal among them.
  public static let mostSteps = 32

  /// Makes a journey.
  public init(
    name: String, title: String? = nil, kind: String = "decision", audience: Expression? = nil,
    audienceName: String? = nil, starts: [String], steps: [Step], goal: String,
    ends: [String] = [], window: TimeSpan = Journey.defaultWindow, again: Again = .afterEnd,
    caseKey: String? = nil, next: String? = nil, targets: [Target] = [], owner: String? = nil,
    place: Place = Place()
  ) {
    self.name = name
    self.title = title ?? name.inSentenceCase
    self.kind = kind
    self.audience = audience
    self.audienceName = audienceName
    self.starts = starts
    self.steps = steps
    self.goal = goal
    self.ends = ends
    self.window = window
    self.again = again
    self.caseKey = caseKey
    self.next = next
    self.targets = targets
    self.owner = owner
    self.place = place
  }

  /// The steps with the goal as the last one, where no step holds it.
  public var stepsToGoal: [Step] {
    steps.contains { $0.touchpoints.contains(goal) } ? steps : steps + [.touchpoint(goal)]
  }
}

/// A part of a journey's designed way: a process tree over touchpoints.
public indirect enum Step: Hashable, Sendable {
  /// One interaction with a touchpoint.
  case touchpoint(String)
  /// All parts, in this order.
  case sequence([Step])
  /// One of the parts.
  case any([Step])
  /// All parts, in any order, interleaved as it happens.
  case all([Step])
  /// The part or nothing.
  case optional(Step)
  /// The part once or more often.
  case repeated(Step)

  /// The touchpoints in it, in the order of the text.
  public var touchpoints: [String] {
    switch self {
    case .touchpoint(let name): [name]
    case .sequence(let parts), .any(let parts), .all(let parts): parts.flatMap(\.touchpoints)
    case .optional(let part), .repeated(let part): part.touchpoints
    }
  }

  /// Whether the shortest run of it is empty.
  public var mayBeEmpty: Bool {
    switch self {
    case .touchpoint: false
    case .sequence(let parts), .all(let parts): parts.allSatisfy(\.mayBeEmpty)
    case .any(let parts): parts.contains(where: \.mayBeEmpty)
    case .optional: true
    case .repeated(let part): part.mayBeEmpty
    }
  }
}

/// What a journey promises to reach.
public struct Target: Hashable, Sendable {
  /// What is measured.
  public enum Metric: String, Codable, Sendable, CaseIterable {
    /// The share of closed cases that completed, 0 to 1.
    case completion
    /// The median time from start to goal, in milliseconds.
    case medianTime = "median_time"
    /// The time from start to goal that nine of ten completed cases keep, in milliseconds.
    case p90Time = "p90_time"
    /// The fitness of closed cases, 0 to 1.
    case fitness
    /// The mean of all scores given in the journey, 1 to 5.
    case feeling
    /// The mean value of a completed case, in the experience's currency.
    case value
    /// The mean cost of a case, in the experience's currency.
    case cost
  }

  /// Which side of the limit is good.
  public enum Comparison: String, Codable, Sendable {
    case atLeast = ">="
    case atMost = "<="
  }

  public var metric: Metric
  public var comparison: Comparison
  /// The limit, in the metric's unit.
  public var limit: Double
  public var place: Place

  /// Makes a target.
  public init(
    _ metric: Metric, _ comparison: Comparison, _ limit: Double, place: Place = Place()
  ) {
    self.metric = metric
    self.comparison = comparison
    self.limit = limit
    self.place = place
  }
}
