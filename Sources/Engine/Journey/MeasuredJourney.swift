import Events
import Statistics

/// A designed journey laid on the cases that customers really walked: the measured map.
///
/// One pass over the stories yields all of it. Shares and means are `Estimate`s with n and a 95 %
/// interval; times are milliseconds; money is in the experience's currency; `byStart` lists have one
/// entry for each of `starts`, and their sum is the total.
public struct MeasuredJourney: Sendable, Codable, Equatable {
  /// The version of this form as JSON; it rises when a name changes its meaning.
  public static let version = 1

  public var version = MeasuredJourney.version
  public var journey: String
  public var title: String
  /// Cases that began in this range; nil ends are open.
  public var from: Instant?
  public var to: Instant?
  /// The segment, persona or condition that customers met at the start of their case, if any.
  public var population: String?
  /// How far the data reach; a case whose window ends later is open.
  public var watermark: Instant?
  /// The hash of the journey's definition as 16 hexadecimal digits.
  public var definition: String

  // The whole journey
  public var cases: CaseCounts
  public var customers: Int
  /// Completed among closed cases, with its Wilson interval.
  public var completion: Estimate
  /// Time from start to goal of completed cases.
  public var time: Times
  /// The sum of values, and the mean of a completed case.
  public var value: Money
  /// The sum of costs, and the mean of a case.
  public var cost: Money
  /// All scores given in cases.
  public var feeling: Estimate
  /// Starting events that opened no case, and why.
  public var excluded: Excluded

  public var starts: [MeasuredStart]
  public var steps: [MeasuredStep]
  public var conformance: Conformance
  /// What cases met most that is not on this map: other touchpoints by name, bare events by theirs.
  public var offMap: [Passage]
  /// Cases that used each number of channels, from 1.
  public var channelsPerCase: [ChannelCount]
  public var channelSwitches: Int
  public var targets: [MeasuredTarget]
  /// The steps that need attention most, worst first, with the reason in words.
  public var attention: [Attention]
}

/// How cases came out. Open ones are apart: neither a success nor a failure.
public struct CaseCounts: Sendable, Codable, Hashable {
  public var total = 0
  public var completed = 0
  public var ended = 0
  public var abandoned = 0
  public var open = 0

  /// Makes counts of nothing.
  public init() {}

  /// Cases that have come to an end, one way or another.
  public var closed: Int { completed + ended + abandoned }
}

/// A distribution of times in milliseconds; quantiles are Hyndman–Fan type 7.
public struct Times: Sendable, Codable, Hashable {
  /// The median, with its distribution-free 95 % interval.
  public var median: Estimate
  /// The time that nine of ten keep.
  public var p90: Double?

  /// Makes a distribution from its figures.
  public init(median: Estimate = .none, p90: Double? = nil) {
    self.median = median
    self.p90 = p90
  }
}

/// A sum of money and its mean.
public struct Money: Sendable, Codable, Hashable {
  public var sum: Double
  public var mean: Estimate

  /// Makes money from its sum and mean.
  public init(sum: Double = 0, mean: Estimate = .none) {
    self.sum = sum
    self.mean = mean
  }
}

/// Starting events that opened no case.
public struct Excluded: Sendable, Codable, Hashable {
  /// The customer was not of the audience, or of the population asked for.
  public var outsideAudience = 0
  /// A case of the customer was open; the event is a repeat of its start.
  public var duringCase = 0
  /// The journey may not be walked again, or not yet.
  public var again = 0
  /// The event had no value for the property that keys cases.
  public var withoutCaseKey = 0
  /// The event lay outside the range.
  public var outsideRange = 0

  /// Makes counts of nothing.
  public init() {}
}

/// One starting point.
public struct MeasuredStart: Sendable, Codable, Hashable {
  public var touchpoint: String
  public var title: String
  public var cases: CaseCounts
  public var completion: Estimate
  public var time: Times
  /// Later starting events of this touchpoint inside cases.
  public var repeats: Int
  public var value: Double
  public var cost: Double
}

/// One designed step as it was walked.
public struct MeasuredStep: Sendable, Codable, Hashable {
  /// The position from 0.
  public var index: Int
  /// The title of its touchpoint, or of its touchpoints joined.
  public var title: String
  public var touchpoints: [MeasuredTouchpoint]
  /// Whether a case may leave it out by design.
  public var optional: Bool
  /// Whether it completes the case.
  public var goal: Bool

  /// Cases that came this far: their furthest step is this one or a later one.
  public var reached: Int
  public var reachedByStart: [Int]
  /// Cases that met the step.
  public var cases: Int
  public var casesByStart: [Int]
  /// Reached, of all cases.
  public var share: Estimate
  /// Closed cases that did not complete and came no further than this.
  public var dropOff: Int
  public var dropOffByStart: [Int]
  /// Drop-off, of the closed cases that came this far.
  public var dropOffShare: Estimate
  /// Open cases whose furthest step this is.
  public var open: Int
  /// What cases that dropped off here met next within their window, most first; `nothing` is none.
  public var wentNext: [Passage]

  /// From the first meeting of the nearest earlier step that the case met, or its start, to the
  /// first meeting of this one; cases that met this one before that are left out.
  public var timeFromPrevious: Times
  /// Interactions after the first of a case, and the cases that had one.
  public var repeats: Int
  public var casesRepeating: Int
  /// Cases that came further without meeting it, though it is not optional.
  public var skipped: Int
  /// Interactions where the design has no place for one.
  public var extra: Int
  /// Cases that met it in another order than designed.
  public var outOfOrder: Int
  /// Cases that met it later than promised.
  public var late: Int
  /// Cases for which a promise could be checked.
  public var promised: Int
  /// Cases that came here by another channel than to the step before.
  public var channelSwitches: Int
  public var wrongChannel: Int
}

/// One touchpoint of a step.
public struct MeasuredTouchpoint: Sendable, Codable, Hashable {
  public var name: String
  public var title: String
  public var stage: String?
  public var interactions: Int
  public var cases: Int
  /// Interactions by channel, most first; an interaction without one counts under its designed
  /// channel where there is exactly one, else under `unknown`.
  public var channels: [ChannelCount]
  /// Designed, 1 to 5.
  public var designedFeeling: Double?
  /// As scored by customers.
  public var feeling: Estimate
  public var value: Double
  public var cost: Double
}

/// A name and how many cases passed it.
public struct Passage: Sendable, Codable, Hashable {
  public var name: String
  public var title: String
  public var cases: Int

  /// The name where a case met nothing more.
  public static let nothing = "nothing"

  /// Makes a passage.
  public init(name: String, title: String, cases: Int) {
    self.name = name
    self.title = title
    self.cases = cases
  }
}

/// A channel, or a number of channels, and how often it was used.
public struct ChannelCount: Sendable, Codable, Hashable {
  public var channel: String
  public var count: Int

  /// Makes a count.
  public init(channel: String, count: Int) {
    self.channel = channel
    self.count = count
  }
}

/// How well the cases that were walked fit the journey that was designed.
public struct Conformance: Sendable, Codable, Hashable {
  /// What an aligned case is called. A case may deserve several.
  public struct Verdicts: Sendable, Codable, Hashable {
    public var asPlanned = 0
    public var skipped = 0
    public var extra = 0
    public var outOfOrder = 0
    public var repeated = 0
    public var late = 0
    public var wrongChannel = 0

    /// Makes counts of nothing.
    public init() {}
  }

  /// 1 − Σ cost ÷ Σ (length + length of the shortest run), over closed cases.
  public var fitness: Double?
  /// The same over completed cases.
  public var fitnessCompleted: Double?
  /// Closed cases that were aligned.
  public var cases: Int
  /// Closed cases by verdict.
  public var verdicts: Verdicts
  /// The most common ways that closed cases took, most first.
  public var variants: [Variant]
  /// How many different ways closed cases took.
  public var variantCount: Int

  /// One way through the journey.
  public struct Variant: Sendable, Codable, Hashable {
    /// The touchpoints met, in order, from the starting point; repeats in a row are one.
    public var touchpoints: [String]
    public var cases: Int
    public var completed: Int
    public var medianTime: Double?
    /// The fitness of the first such case.
    public var fitness: Double?
  }
}

/// A target and what was measured.
public struct MeasuredTarget: Sendable, Codable, Hashable {
  /// Whether a target is reached, as far as the figures can say.
  public enum Verdict: String, Sendable, Codable {
    case met, missed
    /// The interval holds the limit: too few cases to tell.
    case uncertain
    case noData = "no data"
  }

  /// As `Target.Metric`, `Target.Comparison`.
  public var metric: String
  public var comparison: String
  public var limit: Double
  public var measured: Estimate
  public var verdict: Verdict
}

/// A step that needs attention.
public struct Attention: Sendable, Codable, Hashable {
  /// The step's index.
  public var step: Int
  public var title: String
  /// Completions lost at the step if it lost no more than the journey's other steps do, roughly:
  /// the number by which steps are ordered. 0 is healthy.
  public var weight: Double
  /// Why, in whole sentences with their figures, heaviest first.
  public var reasons: [String]
}
