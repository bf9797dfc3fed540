import Events
import Statistics
import Stories

/// The answer to a `FrequencyQuestion`.
public struct Frequency: CatalogueAnswer {
  /// Units with some number of events.
  public struct Row: Codable, Sendable, Equatable {
    /// `3`, or `21-50`.
    public var name: String
    /// The least number that it stands for.
    public var from: Int
    /// The largest.
    public var through: Int
    public var count: Int
    /// Of all units counted, with Wilson's interval.
    public var share: Estimate
  }

  /// Up to the largest number that any unit has.
  public var rows: [Row]
  /// Events of a unit.
  public var mean: Estimate
  public var median: Estimate
  /// By percentage: 25, 75, 90, 95, 99.
  public var quantiles: [UnitQuantile]
  public var tally: AnswerTally
}

/// A value that a share of units stays below.
public struct UnitQuantile: Codable, Sendable, Equatable {
  /// 0 to 1.
  public var share: Double
  /// nil where there are no values.
  public var value: Double?

  /// Those that answers give beside the median, of values that ascend.
  static func usual(ofSorted values: some RandomAccessCollection<Int64>) -> [UnitQuantile] {
    [0.25, 0.75, 0.9, 0.95, 0.99].map {
      UnitQuantile(share: $0, value: quantile($0, ofSorted: values))
    }
  }
}

extension FrequencyQuestion {
  /// Makes means and quantiles, exact ones, from how often each number occurs.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Frequency {
    let partial = partial
    let values = CountedValues(few: partial.few, many: partial.many.sorted())
    var (sum, squares) = (0.0, 0.0)
    for (value, count) in values.counts {
      sum += Double(value) * Double(count)
      squares += Double(value) * Double(value) * Double(count)
    }
    let last = partial.rows.lastIndex { $0 > 0 }
    let first = zero == .counted ? 0 : 1
    let rows = last.map { last in
      (first...max(first, last)).map { row in
        Frequency.Row(
          name: plan.name(of: row), from: plan.bottom(row), through: plan.tops[row],
          count: partial.rows[row], share: .share(partial.rows[row], of: values.count))
      }
    }
    return Frequency(
      rows: rows ?? [], mean: .mean(count: values.count, sum: sum, squares: squares),
      median: .median(ofSorted: values),
      quantiles: UnitQuantile.usual(ofSorted: values),
      tally: AnswerTally(
        counted: values.count,
        excluded: [
          .init(reason: "no such event in the range", count: partial.without),
          .init(reason: "first seen after the range", count: partial.later),
        ]))
  }
}

/// Values in ascending order of which each is kept once.
struct CountedValues: RandomAccessCollection {
  /// The values with how often each occurs.
  private(set) var counts: [(value: Int64, count: Int)] = []
  private var ends: [Int] = []

  /// - Parameters:
  ///   - few: by value from 0, how often it occurs.
  ///   - many: larger ones, ascending.
  init(few: [Int], many: [Int64]) {
    for (value, count) in few.enumerated() where count > 0 { counts.append((Int64(value), count)) }
    for value in many {
      if counts.last?.value == value {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((value, 1))
      }
    }
    var end = 0
    for (_, count) in counts {
      end += count
      ends.append(end)
    }
  }

  var startIndex: Int { 0 }
  var endIndex: Int { ends.last ?? 0 }
  subscript(position: Int) -> Int64 {
    ends.withUnsafeBufferPointer { ends in counts[ends.firstPosition { $0 > position }].value }
  }
}

extension Frequency {
  /// One row a number of events, and one of all units.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("events", .key), .init("customers", .count), .init("share", .share),
      .init("low", .share), .init("high", .share), .init("mean", .number),
      .init("median", .number), .init("p90", .number),
    ])
    for row in rows {
      table.add([
        .text(row.name), .count(row.count), .optional(row.share.value), .optional(row.share.low),
        .optional(row.share.high), .none, .none, .none,
      ])
    }
    table.add([
      .text(Retention.all), .count(tally.counted), .none, .none, .none, .optional(mean.value),
      .optional(median.value), .optional(quantiles.first { $0.share == 0.9 }?.value),
    ])
    return table
  }

  /// A bar a number of events.
  public var picture: AnswerPicture? {
    .bars(
      title: "Events of a customer", series: ["customers"],
      bars: rows.map { .init($0.name, [Double($0.count)]) })
  }
}
