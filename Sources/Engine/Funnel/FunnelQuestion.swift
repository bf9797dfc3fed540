import Events
import Experience

/// How many customers took the steps, within a window, and how long it took them.
///
///     FunnelQuestion(steps: [.init("cart"), .init("payment_done")], window: .days(7))
///
/// An *entry* is an event of the first step in the range, of a customer of the population; a *chain*
/// is an entry and later events that fill the steps. One event fills one step. The window counts from
/// the entry, both ends included, and reaches beyond the end of the range.
///
/// The modes of ClickHouse's `windowFunnel`: its default is `.ordered` and `.best`, as here;
/// `strict_increase` is `ties: .strictlyLater`; `strict_order` is `order: .strict` with
/// `entry: .first`; `strict_deduplication` is `repeats: .end`.
public struct FunnelQuestion: Sendable, Equatable {
  /// One step: a name and which events fill it.
  public struct Step: Sendable, Hashable {
    /// Whether a chain may go on without the step.
    public enum Presence: String, Sendable, Codable { case required, optional }

    public var name: String
    public var rule: Expression
    public var presence: Presence

    /// Makes a step.
    public init(_ name: String, rule: Expression, presence: Presence = .required) {
      self.name = name
      self.rule = rule
      self.presence = presence
    }

    /// Makes a step of the events of one name.
    public init(_ event: String, presence: Presence = .required) {
      self.init(event, rule: .isEvent(event), presence: presence)
    }
  }

  /// What may lie between two steps.
  public enum Order: String, Sendable, Codable, CaseIterable {
    /// Anything.
    case ordered
    /// Only events of steps that were reached before; any other event ends the chain.
    case strict
    /// The steps come in any order: a step counts where it and all before it were met within one
    /// window. An event fills the first step whose rule it meets.
    case any
  }

  /// Whether a step may happen at the same millisecond as the one before.
  public enum Ties: String, Sendable, Codable, CaseIterable { case allowed, strictlyLater }

  /// Which entries count.
  public enum Entry: String, Sendable, Codable, CaseIterable {
    /// The customer's first entry.
    case first
    /// Any entry may open a chain, and the customer's furthest step counts. Times are those of the
    /// chain that first came so far; it begins at the latest entry that could.
    case best
    /// Every entry while no other is open: one is open until it is complete or its window has
    /// passed. Counts are entries, not customers.
    case every
  }

  /// What a step (other than the first) does that comes again and fills no further step.
  public enum Repeats: String, Sendable, Codable, CaseIterable {
    /// Nothing.
    case pass
    /// It ends the customer's way; the steps reached count.
    case end
  }

  /// Events that must not come between a step and the next.
  public struct Exclusion: Sendable, Hashable {
    /// What such an event does.
    public enum Effect: String, Sendable, Codable {
      /// The chain goes no further; the steps reached count, and the step may be filled again.
      case stop
      /// The entry does not count at all.
      case drop
    }

    /// Which events.
    public var rule: Expression
    /// The position, from 0, of the step after which they count, until the next step.
    public var after: Int
    public var effect: Effect

    /// Makes an exclusion.
    public init(_ rule: Expression, after: Int, effect: Effect = .stop) {
      self.rule = rule
      self.after = after
      self.effect = effect
    }
  }

  /// A property by whose values the answer is divided.
  public struct Breakdown: Sendable, Hashable {
    /// The event of the chain whose value counts.
    public enum Place: Sendable, Hashable {
      case first, last
      /// The step at a position from 0; chains that have not met it have no value.
      case step(Int)
    }

    public var property: String
    public var place: Place

    /// Makes a breakdown.
    public init(_ property: String, at place: Place = .first) {
      self.property = property
      self.place = place
    }
  }

  /// What is worked out: counts alone take a fraction of the time.
  public enum Figures: String, Sendable, Codable { case counts, countsAndTimes }

  public var steps: [Step]
  /// The longest time from the entry to the last step; nil: any.
  public var window: TimeSpan?
  /// The longest time from one step to the next; nil: any.
  public var pairWindow: TimeSpan?
  public var order: Order = .ordered
  public var ties: Ties = .allowed
  public var entry: Entry = .best
  public var repeats: Repeats = .pass
  public var exclusions: [Exclusion] = []
  /// Properties whose values must be the same in all events of a chain, exclusions among them;
  /// an event without one of them takes no part.
  public var heldConstant: [String] = []
  public var breakdown: Breakdown?
  /// When entries count, and whose: a population is judged by the story before the entry.
  public var scope = Scope()
  public var figures: Figures = .countsAndTimes

  /// Makes a question; further options are properties.
  public init(steps: [Step], window: TimeSpan?) {
    self.steps = steps
    self.window = window
  }

  /// Entries at or after this moment.
  public var from: Instant? {
    get { scope.from }
    set { scope.from = newValue }
  }
  /// Entries before this moment.
  public var to: Instant? {
    get { scope.to }
    set { scope.to = newValue }
  }
  /// The condition on whose entries count.
  public var population: Expression? {
    get { scope.population?.rule }
    set { scope.population = newValue.map { .condition(name: $0.description, $0) } }
  }

  /// The most steps, which fit the bits of a word.
  public static let mostSteps = 32
  /// The most exclusions.
  public static let mostExclusions = 32

  /// Refuses a question that has no answer, and options that do not go together.
  public func validate() throws(Refusal) {
    guard (2...Self.mostSteps).contains(steps.count) else {
      throw Refusal(
        "funnel.steps",
        problem: "A funnel has 2 to \(Self.mostSteps) steps, and this one has \(steps.count).",
        remedy: "Add or drop steps.")
    }
    guard steps.first?.presence == .required, steps.last?.presence == .required else {
      throw Refusal(
        "funnel.optional", problem: "The first or the last step is optional.",
        remedy: "Let a funnel begin and end with a required step.")
    }
    for (name, span) in [("window", window), ("pair window", pairWindow)] {
      guard let span, span.milliseconds <= 0 else { continue }
      throw Refusal(
        "funnel.window", problem: "The \(name) is \(span).", remedy: "Give a span above 0.")
    }
    if let from, let to, from >= to {
      throw Refusal(
        "funnel.range", problem: "The range from \(from) to \(to) is empty.",
        remedy: "Let it end after it begins.")
    }
    guard exclusions.count <= Self.mostExclusions,
      exclusions.allSatisfy({ (0..<(steps.count - 1)).contains($0.after) })
    else {
      throw Refusal(
        "funnel.exclusions",
        problem: "There are more than \(Self.mostExclusions) exclusions, or one is after no step.",
        remedy: "Put each after one of the steps 0 to \(steps.count - 2).")
    }
    if case .step(let step)? = breakdown?.place, !steps.indices.contains(step) {
      throw Refusal(
        "funnel.breakdown",
        problem: "There is no step \(step) to take “\(breakdown?.property ?? "")” at.",
        remedy: "Name one of the steps 0 to \(steps.count - 1).")
    }
    if let clash = clash {
      throw Refusal(
        "funnel.options", problem: "The options \(clash) have no meaning together.",
        remedy: "Drop one of them.")
    }
  }

  /// Two options that do not go together.
  private var clash: String? {
    let optional = steps.contains { $0.presence == .optional }
    if order == .any {
      if entry != .best { return "any order and entry \(entry.rawValue)" }
      if optional { return "any order and optional steps" }
      if !exclusions.isEmpty { return "any order and exclusions" }
      if pairWindow != nil { return "any order and a pair window" }
      if repeats == .end { return "any order and an end at repeats" }
      if ties == .strictlyLater { return "any order and strictly later steps" }
      if Set(steps.map(\.rule)).count < steps.count { return "any order and the same step twice" }
    }
    if order == .strict, !heldConstant.isEmpty { return "strict order and held properties" }
    if entry == .best {
      if exclusions.contains(where: { $0.effect == .drop }) {
        return "entry best and an exclusion that drops"
      }
      if optional, pairWindow != nil { return "entry best, optional steps and a pair window" }
    }
    return nil
  }
}
