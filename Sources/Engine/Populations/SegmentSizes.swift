import Events
import Experience
import Statistics

/// The answer to a `SegmentsQuestion`.
public struct SegmentSizes: CatalogueAnswer {
  /// A segment over time.
  public struct Segment: Codable, Sendable, Equatable {
    public var name: String
    /// Units in it before the first interval.
    public var before: Int
    /// By interval.
    public var sizes: [Size]
  }

  /// A segment at the end of one interval.
  public struct Size: Codable, Sendable, Equatable {
    public var count: Int
    /// Of all units whose story has begun, with Wilson's interval.
    public var share: Estimate
    public var entering: Int
    public var leaving: Int
  }

  /// An interval.
  public struct Interval: Codable, Sendable, Equatable {
    public var name: String
    /// Its first moment.
    public var start: Instant
    /// Units whose story has begun by its end.
    public var known: Int
    /// Whether it has wholly passed; else it was judged as far as range and data reach.
    public var isComplete: Bool
  }

  /// Two segments at the end of the last interval.
  public struct Overlap: Codable, Sendable, Equatable {
    public var first: String
    public var second: String
    /// Units in both.
    public var both: Int
    /// Units in either.
    public var either: Int
    /// `both` ÷ `either`, Jaccard's index; nil where nobody is in either.
    public var jaccard: Double?
  }

  public var interval: CalendarInterval
  public var intervals: [Interval]
  public var segments: [Segment]
  /// Each pair once.
  public var overlaps: [Overlap]
  /// Units that were judged.
  public var tally: AnswerTally
}

extension SegmentsFold {
  /// Lays out the counts.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> SegmentSizes {
    let partial = partial
    let names = question.segments.map(\.name)
    let upperBound = question.scope.milliseconds.upperBound
    let count = names.count
    var overlaps: [SegmentSizes.Overlap] = []
    for first in names.indices {
      for second in names.indices where second > first {
        let both = partial.both[first * count + second]
        let either =
          partial.both[first * count + first] + partial.both[second * count + second] - both
        overlaps.append(
          .init(
            first: names[first], second: names[second], both: both, either: either,
            jaccard: either == 0 ? nil : Double(both) / Double(either)))
      }
    }
    return SegmentSizes(
      interval: question.interval,
      intervals: plan.names.indices.map { interval in
        .init(
          name: plan.names[interval], start: plan.starts[interval],
          known: partial.known[interval + 1],
          isComplete: plan.starts[interval + 1].milliseconds <= min(plan.watermark, upperBound))
      },
      segments: names.indices.map { segment in
        SegmentSizes.Segment(
          name: names[segment], before: plan.moments.isEmpty ? 0 : partial.sizes[segment],
          sizes: plan.names.indices.map { interval in
            let cell = (interval + 1) * count + segment
            return .init(
              count: partial.sizes[cell],
              share: .share(partial.sizes[cell], of: partial.known[interval + 1]),
              entering: partial.entering[cell], leaving: partial.leaving[cell])
          })
      },
      overlaps: overlaps,
      tally: AnswerTally(
        counted: partial.known.last ?? 0,
        excluded: [.init(reason: "first seen after the range", count: partial.later)]))
  }
}

extension SegmentSizes {
  /// One row an interval and segment, then one a pair of segments (`and`) at the last interval's
  /// end.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("interval", .key), .init("segment", .key), .init("and", .key),
      .init("customers", .count), .init("share", .share), .init("low", .share),
      .init("high", .share), .init("entering", .count), .init("leaving", .count),
      .init("jaccard", .share), .init("note", .note),
    ])
    for (position, interval) in intervals.enumerated() {
      for segment in segments {
        let size = segment.sizes[position]
        table.add([
          .text(interval.name), .text(segment.name), .text(""), .count(size.count),
          .optional(size.share.value), .optional(size.share.low), .optional(size.share.high),
          .count(size.entering), .count(size.leaving), .none,
          interval.isComplete ? .none : .text("so far"),
        ])
      }
    }
    guard let last = intervals.last else { return table }
    for overlap in overlaps {
      table.add([
        .text(last.name), .text(overlap.first), .text(overlap.second), .count(overlap.both), .none,
        .none, .none, .none, .none, .optional(overlap.jaccard), .none,
      ])
    }
    return table
  }

  /// A line a segment.
  public var picture: AnswerPicture? {
    .lines(
      title: "Size of segments by \(interval.rawValue)", axis: intervals.map(\.name),
      lines: segments.map { segment in
        .init(segment.name, segment.sizes.map { Double($0.count) })
      })
  }
}
