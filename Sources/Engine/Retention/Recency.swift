import Events
import Experience
import Statistics

/// The answer to a `RecencyQuestion`. Times are in milliseconds.
public struct Recency: CatalogueAnswer {
  /// Units whose last event was about as long ago.
  public struct Bracket: Codable, Sendable, Equatable {
    public var name: String
    /// In intervals.
    public var from: Int
    /// The first that is too much; nil of the last bracket.
    public var to: Int?
    public var count: Int
    /// Of all units with such an event, with Wilson's interval.
    public var share: Estimate
  }

  /// What brackets are counted in.
  public var interval: CalendarInterval
  /// When it was judged.
  public var moment: Instant?
  public var brackets: [Bracket]
  /// Since a unit's last event.
  public var median: Estimate
  public var quantiles: [UnitQuantile]
  /// From one event to the next of the same unit, all pairs together.
  public var medianBetween: Estimate
  public var tally: AnswerTally

  /// One row a bracket, and one of all units.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("ago", .key), .init("customers", .count), .init("share", .share),
      .init("low", .share), .init("high", .share), .init("median", .duration),
      .init("median_between", .duration),
    ])
    for bracket in brackets {
      table.add([
        .text(bracket.name), .count(bracket.count), .optional(bracket.share.value),
        .optional(bracket.share.low), .optional(bracket.share.high), .none, .none,
      ])
    }
    table.add([
      .text(Retention.all), .count(tally.counted), .none, .none, .none, .optional(median.value),
      .optional(medianBetween.value),
    ])
    return table
  }

  /// A bar a bracket.
  public var picture: AnswerPicture? {
    .bars(
      title: "Time since the last event, by \(interval.rawValue)", series: ["customers"],
      bars: brackets.map { .init($0.name, [Double($0.count)]) })
  }
}
