import Events
import Statistics

/// How far units came that entered in each interval: the answer to a `FunnelTrendQuestion`.
public struct FunnelTrend: Sendable, Codable, Equatable {
  /// The steps' names.
  public var steps: [String]
  /// What the intervals are called, in order.
  public var intervals: [String]
  /// The first moment of each.
  public var starts: [Instant]
  /// One for each interval.
  public var points: [Point]
  /// The breakdown's values, most units first; empty where none was asked for.
  public var groups: [Group]
  /// Entries that an exclusion dropped.
  public var dropped: Int
  /// How far the data reach.
  public var watermark: Instant?

  /// What became of the entries of one interval.
  public struct Point: Sendable, Codable, Equatable {
    public var entered: Int
    /// Those that came to the last step.
    public var completed: Int
    /// Those that came no further than they did but still may: the interval is not yet judged.
    public var open: Int
    /// How many came to each step.
    public var reached: [Int]
    /// `completed` of `entered`.
    public var conversion: Estimate
    /// From the entry to the last step.
    public var timeToConvert: Times

    init(_ tally: inout FunnelTally) {
      reached = (0..<tally.steps).map { tally.reached($0) }
      entered = reached.first ?? 0
      completed = reached.last ?? 0
      open = (0..<tally.steps).reduce(0) { $0 + tally.open($1) }
      conversion = .share(completed, of: entered)
      timeToConvert = tally.timeToConvert()
    }
  }

  /// The part of one value.
  public struct Group: Sendable, Codable, Equatable {
    /// The value as text; nil where the chain has none, and for the rest.
    public var value: String?
    public var points: [Point]
    /// Whether these are the values beyond those shown.
    public var isRest: Bool

    /// What rows of a table call it.
    var name: String { value ?? (isRest ? DimensionTable.others : DimensionTable.none) }
    var entered: Int { points.reduce(0) { $0 + $1.entered } }
  }
}

extension FunnelTrend: CatalogueAnswer {
  /// Those who entered, in all intervals.
  public var tally: AnswerTally {
    AnswerTally(
      counted: points.reduce(0) { $0 + $1.entered }, open: points.reduce(0) { $0 + $1.open },
      excluded: [.init(reason: "an exclusion dropped the entry", count: dropped)])
  }

  /// One row an interval; with a breakdown, for all values together and for each.
  public var table: AnswerTable {
    let isDivided = !groups.isEmpty
    var table = AnswerTable(
      (isDivided ? [.init("breakdown", .key)] : []) + [
        .init("interval", .key), .init("entered", .count), .init("completed", .count),
        .init("conversion", .share), .init("low", .share), .init("high", .share),
        .init("open", .count), .init("median_time", .duration), .init("p90_time", .duration),
      ])
    for (name, points) in [(Funnel.all, points)] + groups.map({ ($0.name, $0.points) }) {
      for (interval, point) in zip(intervals, points) {
        table.add(
          (isDivided ? [.text(name)] : []) + [
            .text(interval), .count(point.entered), .count(point.completed),
            .optional(point.conversion.value), .optional(point.conversion.low),
            .optional(point.conversion.high), .count(point.open),
            .optional(point.timeToConvert.median.value), .optional(point.timeToConvert.p90),
          ])
      }
    }
    return table
  }

  /// The most values that are drawn beside each other.
  private static let mostLines = 5

  /// The conversion as a line, with a breakdown one for each value.
  public var picture: AnswerPicture? {
    let lines =
      groups.isEmpty
      ? [("conversion", points)] : groups.prefix(Self.mostLines).map { ($0.name, $0.points) }
    return .lines(
      title: "Share of those who entered that came to the last step", axis: intervals,
      lines: lines.map { name, points in .init(name, points.map(\.conversion.value)) })
  }
}
