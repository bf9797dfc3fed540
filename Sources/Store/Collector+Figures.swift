extension Collector {
  /// When the log becomes parts.
  public struct SealingPolicy: Sendable, Equatable {
    /// After so many events.
    public var events: Int
    /// After so many seconds, where there are any events.
    public var seconds: Double
    /// After a failure, once more after so many seconds.
    public var secondsAfterFailure: Double

    /// Makes a policy.
    public init(
      events: Int = 1_000_000, seconds: Double = 60, secondsAfterFailure: Double = 10
    ) {
      self.events = events
      self.seconds = seconds
      self.secondsAfterFailure = secondsAfterFailure
    }
  }

  /// How much a collector holds at most; beyond it events are turned away.
  public struct Limits: Sendable {
    /// How many events wait for the disk: some seconds of the fastest disk's work.
    public var waitingEvents = 200_000
    /// How many bytes they have, in the form of the log.
    public var waitingBytes = 67_108_864
    /// How many events the log holds: they are in memory, at about 150 bytes each, until they
    /// become parts.
    public var loggedEvents = 10_000_000

    /// The usual limits.
    public init() {}
  }

  /// What a collector has done since it was made.
  public struct Figures: Sendable, Equatable {
    /// Events that were taken.
    public var taken = 0
    /// Events that the store had already.
    public var repeated = 0
    /// Events that were refused for what they say.
    public var refused = 0
    /// Events that nobody took because too many waited.
    public var turnedAway = 0
    /// Events that wait for the disk.
    public var waiting = 0
    /// Transactions that took events.
    public var commits = 0
    /// Transactions that failed.
    public var failures = 0
    /// How long the last transaction took, in seconds.
    public var lastCommitSeconds = 0.0
    /// How often the log became parts.
    public var seals = 0
    /// How often that failed.
    public var sealFailures = 0
    /// Events that wait in the log to become parts.
    public var logged = 0
  }
}

extension Collector.Figures {
  /// Counts verdicts; whether any event was taken.
  mutating func count(_ verdicts: [[Verdict]]) -> Bool {
    let before = taken
    for verdict in verdicts.joined() {
      switch verdict {
      case .taken: taken += 1
      case .repeated: repeated += 1
      case .refused: refused += 1
      }
    }
    return taken > before
  }
}
