import Events
import Statistics

/// How far customers came: the answer to a `FunnelQuestion`.
public struct Funnel: Sendable, Codable, Equatable {
  /// One step.
  public struct Step: Sendable, Codable, Equatable {
    /// The step's name; where it comes again, with a number behind it.
    public var name: String
    /// Customers (entries, with entry `every`) that came this far.
    public var count: Int
    /// Those that met the step; fewer than `count` only where it is optional.
    public var met: Int
    /// Those that came no further but still may: their window has not passed.
    public var open: Int
    /// `count` of the first step's.
    public var share: Estimate
    /// `count` of the step before's.
    public var shareOfPrevious: Estimate
    /// From the step of the chain before this one; nil for the first step.
    public var timeFromPrevious: Times?
  }

  public var steps: [Step]
  /// From the entry to the last step.
  public var timeToConvert: Times
  /// Entries that an exclusion dropped.
  public var dropped: Int
  /// The breakdown's values, most customers first; empty where none was asked for.
  public var groups: [Group]
  /// How far the data reach.
  public var watermark: Instant?

  /// The part of one value.
  public struct Group: Sendable, Codable, Equatable {
    /// The value as text; nil where the chain has none, and for the rest.
    public var value: String?
    public var steps: [Step]
    public var timeToConvert: Times
    /// Whether these are the values beyond those shown.
    public var isRest: Bool

    /// What rows of a table call it.
    var name: String { value ?? (isRest ? DimensionTable.others : DimensionTable.none) }
  }

  /// The most values that are shown, those with the most events; the others are added up.
  public static let mostGroups = 100
  /// What rows of a table call all values together.
  static let all = "(all)"
}

extension FunnelQuestion {
  /// The steps' names; one that comes again has a number behind it, so that each is told apart.
  var stepNames: [String] {
    var names: [String] = []
    for step in steps {
      var name = step.name
      var number = 2
      while names.contains(name) {
        name = "\(step.name) (\(number))"
        number += 1
      }
      names.append(name)
    }
    return names
  }
}

extension Funnel: CatalogueAnswer {
  /// Those who entered.
  public var tally: AnswerTally {
    AnswerTally(
      counted: steps.first?.count ?? 0, open: steps.reduce(0) { $0 + $1.open },
      excluded: [.init(reason: "an exclusion dropped the entry", count: dropped)])
  }

  /// One row a step; with a breakdown, for all values together and for each.
  public var table: AnswerTable {
    let isDivided = !groups.isEmpty
    var table = AnswerTable(
      (isDivided ? [.init("breakdown", .key)] : []) + [
        .init("step", .key), .init("count", .count), .init("share", .share), .init("low", .share),
        .init("high", .share), .init("share_of_previous", .share),
        .init("median_time_from_previous", .duration), .init("p90_time_from_previous", .duration),
        .init("open", .count), .init("dropped", .count),
      ])
    for (name, steps) in [(Self.all, steps)] + groups.map({ ($0.name, $0.steps) }) {
      for (position, step) in steps.enumerated() {
        let next = position + 1 < steps.count ? steps[position + 1].count : step.count
        table.add(
          (isDivided ? [.text(name)] : []) + [
            .text(step.name), .count(step.count), .optional(step.share.value),
            .optional(step.share.low), .optional(step.share.high),
            .optional(step.shareOfPrevious.value),
            .optional(step.timeFromPrevious?.median.value),
            .optional(step.timeFromPrevious?.p90), .count(step.open),
            .count(position + 1 < steps.count ? step.count - next - step.open : 0),
          ])
      }
    }
    return table
  }

  /// The most values that are drawn beside each other.
  private static let mostSeries = 5

  /// A bar a step: how many came that far, or, with a breakdown, which share of each value.
  public var picture: AnswerPicture? {
    guard !groups.isEmpty else {
      return .bars(
        title: "units that came to each step", series: ["units"],
        bars: steps.map { .init($0.name, [Double($0.count)]) })
    }
    let shown = groups.prefix(Self.mostSeries)
    return .bars(
      title: "Share of those who entered", series: shown.map(\.name),
      bars: steps.enumerated().map { position, step in
        .init(step.name, shown.map { $0.steps[position].share.value ?? 0 })
      })
  }
}
