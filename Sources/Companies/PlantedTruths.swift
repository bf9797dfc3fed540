import Events

/// What is true of a made-up world, counted while it was made: a measurement must find it again.
///
/// Every figure here is exact, by the rules of cases: one open case a customer (or a key), the
/// window with both ends, open cases apart. Rates that only shape the world are not listed; they are
/// named beside the code that draws them.
public struct PlantedTruths: Codable, Sendable, Equatable {
  public var company: Company
  public var seed: UInt64
  public var customers: Int
  /// The first day, and the day after the last.
  public var from: String
  public var to: String
  /// Distinct events, and how many of them were sent a second time.
  public var events: Int
  public var resent: Int
  /// Events that arrived over a minute after they happened.
  public var late: Int
  /// The latest moment at which anything happened.
  public var watermark: Instant?
  public var journeys: [Journey]
  /// A sentence to print wherever the data are shown.
  public var notice: String

  /// The truths of one journey.
  public struct Journey: Codable, Sendable, Equatable {
    public var name: String
    public var cases: Outcomes
    public var starts: [Start]
    public var steps: [Step]
    /// The sum of values met in cases, in cents.
    public var cents: Int
    /// Scores given in cases: how many, and their sum.
    public var scores: Int
    public var scoreSum: Double
    /// Later starting events inside cases.
    public var repeatedStarts: Int

    /// The mean of all scores given in cases.
    public var meanScore: Double? { scores == 0 ? nil : scoreSum / Double(scores) }
  }

  /// How cases came out.
  public struct Outcomes: Codable, Sendable, Equatable {
    public var total = 0
    public var completed = 0
    public var ended = 0
    public var abandoned = 0
    public var open = 0
  }

  /// The cases of one starting point.
  public struct Start: Codable, Sendable, Equatable {
    public var touchpoint: String
    public var cases = Outcomes()
  }

  /// One step: the touchpoints of which one or all belong to it.
  public struct Step: Codable, Sendable, Equatable {
    public var touchpoints: [String]
    public var optional: Bool
    /// Cases that met it.
    public var cases = 0
    public var casesByStart: [Int]
    /// Cases that met it or a later one.
    public var reached = 0
    /// Closed cases that came further without it, though it is not optional.
    public var skipped = 0
    /// Interactions, and those by a channel that the touchpoint was not designed for.
    public var interactions = 0
    public var offChannel = 0
    /// Cases that met one of its touchpoints more than once.
    public var casesRepeating = 0
    /// Cases that met it later than promised; nil where this is not counted.
    public var late: Int?
    /// Scores given here: how many, and their sum.
    public var scores = 0
    public var scoreSum = 0.0
  }

  /// The truths of the journey of that name.
  public func journey(_ name: String) -> Journey? { journeys.first { $0.name == name } }
}
