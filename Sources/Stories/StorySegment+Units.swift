import Events

/// Rows of one customer that go into a story of another unit.
public struct StoryRun: Sendable {
  /// The position of the segment.
  public var segment: Int
  /// The position of the customer in it.
  public var customer: Int
  public var rows: Range<Int>
  /// The number of the unit.
  public var unit: Int

  /// Sends rows to a unit.
  public init(segment: Int, customer: Int, rows: Range<Int>, unit: Int) {
    self.segment = segment
    self.customer = customer
    self.rows = rows
    self.unit = unit
  }
}

extension StorySegment {
  /// Weaves runs into stories of other units, each event still having the identity it came with.
  ///
  /// - Parameters:
  ///   - runs: ascending by segment, then rows; no row is in two of them.
  ///   - keys: the key that each unit is to have, by its number from 0; each has at least one event.
  /// - Returns: a segment whose stories are in the order of the units, not of their keys.
  /// - Throws: `stories.size` where there are more events than a segment holds.
  public static func weaving(
    _ segments: [StorySegment], runs: [StoryRun], keys: [UInt64]
  ) throws(Refusal) -> StorySegment {
    var weaver = StoryWeaver(segments)
    for run in runs {
      weaver.add(run.rows, of: run.segment, customer: run.customer, to: UInt64(run.unit))
    }
    var woven = try weaver.woven().segment
    let memory = ColumnMemory()
    woven.customers = memory.copy(keys)
    woven.owner = OwnerPair(woven.owner, memory)
    return woven
  }

  /// The same rows, cut into stories anew.
  ///
  /// - Parameters:
  ///   - starts: the first row of each story, ascending from 0.
  ///   - keys: the key of each.
  ///   - visible: ascending ranges of those to visit.
  public func recut(
    starts: [UInt32], keys: [UInt64], visible: [Range<Int>]
  ) -> StorySegment {
    precondition(starts.count == keys.count)
    let memory = ColumnMemory()
    var copy = self
    copy.offsets = memory.copy(starts + [UInt32(count)])
    copy.customers = memory.copy(keys)
    copy.visible = visible
    copy.owner = OwnerPair(owner, memory)
    return copy
  }
}

/// Keeps the columns of two owners in memory.
private final class OwnerPair: Sendable {
  private let first: any AnyObject & Sendable
  private let second: any AnyObject & Sendable

  init(_ first: any AnyObject & Sendable, _ second: any AnyObject & Sendable) {
    self.first = first
    self.second = second
  }
}
