import Events

/// What a log holds, before anything is designed: its events, what follows what, and the ways taken.
public struct LogOverview: Sendable, Codable, Equatable {
  /// One event name.
  public struct Name: Sendable, Codable, Equatable {
    public var name: String
    public var events: Int
    public var customers: Int
    public var first: Instant
    public var last: Instant
    /// The mean place of its events in their stories: 0 at the beginning, 1 at the end. A story of
    /// one event has its event in the middle.
    public var meanPosition: Double
  }

  /// One event directly after another.
  public struct Follow: Sendable, Codable, Equatable {
    public var from: String
    public var to: String
    public var transitions: Int
    public var customers: Int
    /// The time between the two, in milliseconds; nil where times were not asked for.
    public var medianGap: Double?
    public var p95Gap: Double?
  }

  /// A whole story, and how many customers have it.
  public struct Variant: Sendable, Codable, Equatable {
    public var names: [String]
    public var customers: Int
  }

  public var events: Int
  public var customers: Int
  /// Most events first.
  public var names: [Name]
  /// Most transitions first.
  public var follows: [Follow]
  /// Most customers first, then by names; as many as were asked for.
  public var variants: [Variant]
  /// How many different ones there are.
  public var variantCount: Int
  /// For names i and j in the order of `names`: customers whose first i comes before their first j.
  public var precedes: [[Int]]

  /// The name under which events beyond `LogQuestion.mostNames` are counted.
  public static let others = "(others)"
}

/// Asks for a log's overview.
public struct LogQuestion: Sendable {
  /// What becomes of the same event several times in a row, in variants and follows.
  public enum Runs: String, Sendable, Codable {
    case kept
    /// It counts once, at the time of the first.
    case collapsed
  }

  /// Whether gaps are measured, which needs memory for each of them.
  public enum Gaps: String, Sendable, Codable { case measured, omitted }

  public var runs: Runs
  public var gaps: Gaps
  /// How many variants are shown.
  public var variants: Int
  /// Which names are looked at; empty: all. Other events count as if they were not there.
  public var names: Set<String>

  /// Makes a question.
  public init(
    runs: Runs = .kept, gaps: Gaps = .measured, variants: Int = 100, names: Set<String> = []
  ) {
    self.runs = runs
    self.gaps = gaps
    self.variants = variants
    self.names = names
  }

  /// How many names are told apart, the most frequent ones: pairs of them are counted in a table.
  public static let mostNames = 512
}
