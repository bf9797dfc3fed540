import Events
import Experience

/// The answer to a `LifecycleQuestion`.
public struct Lifecycle: CatalogueAnswer {
  /// How many units are in which state.
  public struct Interval: Codable, Sendable, Equatable {
    public var name: String
    /// Its first moment.
    public var start: Instant
    public var new: Int
    public var returning: Int
    public var resurrecting: Int
    /// Active in the interval before, and not in this one (so far).
    public var dormant: Int
    public var active: Int
    /// Whether it has wholly passed; else its figures still change.
    public var isComplete: Bool
  }

  public var interval: CalendarInterval
  /// Those that the range touches, in order.
  public var intervals: [Interval]
  /// How far the data reach.
  public var watermark: Instant?
  /// Units that were active in the range.
  public var tally: AnswerTally
}

extension LifecycleFold {
  /// Lays out the counts.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Lifecycle {
    let partial = partial
    var intervals: [Lifecycle.Interval] = []
    if let table = plan.intervals, table.count > 1 {
      for position in 1..<table.count {
        let end = table.starts[position + 1].milliseconds
        intervals.append(
          .init(
            name: table.names[position], start: table.starts[position],
            new: partial.count(.new, position), returning: partial.count(.returning, position),
            resurrecting: partial.count(.resurrecting, position),
            dormant: partial.count(.dormant, position), active: partial.count(.active, position),
            isComplete: end <= plan.watermark
              && end <= question.scope.milliseconds.upperBound))
      }
    }
    return Lifecycle(
      interval: question.interval, intervals: intervals,
      watermark: plan.watermark == .min / 4 ? nil : Instant(milliseconds: plan.watermark),
      tally: AnswerTally(
        counted: partial.units,
        excluded: [.init(reason: "not active in the range", count: partial.others)]))
  }
}

extension Lifecycle {
  /// One row an interval and state. Shares are of those active; of the dormant, of those active
  /// before.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("interval", .key), .init("state", .key), .init("customers", .count),
      .init("share", .share), .init("note", .note),
    ])
    for (position, interval) in intervals.enumerated() {
      let before = position > 0 ? intervals[position - 1].active : 0
      for (state, count, whole) in [
        (LifecycleFold.State.new, interval.new, interval.active),
        (.returning, interval.returning, interval.active),
        (.resurrecting, interval.resurrecting, interval.active),
        (.dormant, interval.dormant, before), (.active, interval.active, interval.active),
      ] {
        table.add([
          .text(interval.name), .text(state.rawValue), .count(count),
          whole > 0 ? .number(Double(count) / Double(whole)) : .none,
          interval.isComplete ? .none : .text("so far"),
        ])
      }
    }
    return table
  }

  /// A line for each state; dormant ones below zero.
  public var picture: AnswerPicture? {
    func line(_ name: String, _ value: (Interval) -> Int) -> AnswerPicture.Line {
      .init(name, intervals.map { Double(value($0)) })
    }
    return .lines(
      title: "Lifecycle by \(interval.rawValue)", axis: intervals.map(\.name),
      lines: [
        line("new", \.new), line("returning", \.returning),
        line("resurrecting", \.resurrecting), line("dormant", { -$0.dormant }),
      ])
  }
}
