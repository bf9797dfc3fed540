import Events
import Experience
import Statistics

/// The answer to a `StickinessQuestion`.
public struct Stickiness: CatalogueAnswer {
  /// One longer period.
  public struct Period: Codable, Sendable, Equatable {
    public var name: String
    /// Its first moment, or that of the range.
    public var start: Instant
    /// How many intervals it has, as far as range and data reach.
    public var intervals: Int
    /// Units that were active in it at all.
    public var active: Int
    /// The mean number of units active in an interval.
    public var meanActive: Double
    /// `meanActive` ÷ `active`: the mean share of intervals in which an active unit is active.
    public var stickiness: Estimate
    /// By number of intervals, from 1: how many units were active in exactly so many.
    public var counts: [Int]
    /// Whether it has wholly passed; else its figures still change.
    public var isComplete: Bool
  }

  public var interval: CalendarInterval
  public var periods: [Period]
  /// How far the data reach.
  public var watermark: Instant?
  /// Units that were active in the range.
  public var tally: AnswerTally

  /// The row of a period's units, in however many intervals they were active.
  static let any = "any"
}

extension StickinessFold {
  /// Makes means and shares.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Stickiness {
    let partial = partial
    let upperBound = question.scope.milliseconds.upperBound
    let periods = plan.names.indices.map { period in
      let length = plan.lengths[period]
      let counts = Array(partial.counts[plan.places[period]..<(plan.places[period] + length)])
      var (sum, squares) = (0.0, 0.0)
      for (position, count) in counts.enumerated() {
        let share = Double(position + 1) / Double(length)
        sum += share * Double(count)
        squares += share * share * Double(count)
      }
      let active = partial.active[period]
      return Stickiness.Period(
        name: plan.names[period], start: plan.starts[period], intervals: length, active: active,
        meanActive: sum, stickiness: .mean(count: active, sum: sum, squares: squares),
        counts: counts,
        isComplete: plan.ends[period] <= plan.watermark && plan.ends[period] <= upperBound)
    }
    return Stickiness(
      interval: question.interval, periods: periods,
      watermark: plan.watermark == .min / 4 ? nil : Instant(milliseconds: plan.watermark),
      tally: AnswerTally(
        counted: partial.units,
        excluded: [.init(reason: "not active in the range", count: partial.others)]))
  }
}

extension Stickiness {
  /// For each period a row of those active at all, with the means, and a row for each number of
  /// intervals that anybody had.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("period", .key), .init("intervals", .key), .init("customers", .count),
      .init("share", .share), .init("mean_active", .number), .init("stickiness", .share),
      .init("low", .share), .init("high", .share), .init("note", .note),
    ])
    for period in periods {
      let note: AnswerTable.Cell = period.isComplete ? .none : .text("so far")
      table.add([
        .text(period.name), .text(Self.any), .count(period.active),
        period.active > 0 ? .number(1) : .none, .number(period.meanActive),
        .optional(period.stickiness.value), .optional(period.stickiness.low),
        .optional(period.stickiness.high), note,
      ])
      for (position, count) in period.counts.enumerated() where count > 0 {
        table.add([
          .text(period.name), .text("\(position + 1)"), .count(count),
          .number(Double(count) / Double(period.active)), .none, .none, .none, .none, note,
        ])
      }
    }
    return table
  }

  /// The stickiness of each period; of a single one, how many units were active how often.
  public var picture: AnswerPicture? {
    if periods.count == 1, let period = periods.first {
      return .bars(
        title: "Active intervals of one \(interval.rawValue)", series: ["customers"],
        bars: period.counts.enumerated().map { .init("\($0 + 1)", [Double($1)]) })
    }
    return .lines(
      title: "Stickiness by \(interval.rawValue)", axis: periods.map(\.name),
      lines: [.init("stickiness", periods.map(\.stickiness.value))])
  }
}
