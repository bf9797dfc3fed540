import Events
import Experience
import Stories

/// Finds the interval of the calendar that a time lies in, without a branch and without a division.
///
/// Time is cut into equal buckets, a power of two of milliseconds long and shorter than any interval:
/// in each lies at most one boundary. A look-up gives the interval at the bucket's beginning and the
/// boundary, a comparison the rest. Daylight saving is in the boundaries.
public struct IntervalTable: @unchecked Sendable {
  /// The first moment of each interval, and of the one after the last.
  public let starts: [Instant]
  /// What the intervals are called.
  public let names: [String]
  /// How many intervals there are.
  public var count: Int { names.count }

  private let memory: ColumnMemory
  private let boundaries: UnsafePointer<Int64>
  private let positions: UnsafePointer<UInt32>
  private let origin: Int64
  private let last: Int64
  private let shift: Int64

  /// The most intervals that a question may have: hours of more than a year, days of 27 years.
  public static let most = 10_000

  /// Lays the intervals over a range.
  ///
  /// - Throws: `question.interval` where there are more than `most`.
  public init(
    _ interval: CalendarInterval, from first: Instant, through last: Instant,
    _ calendar: LocalCalendar
  ) throws(Refusal) {
    guard
      let starts = calendar.starts(of: interval, from: first, through: last, limit: Self.most),
      let begin = starts.first, let end = starts.last
    else {
      throw Refusal(
        "question.interval",
        problem: "From \(first) to \(last) there are more than \(Self.most) intervals of one "
          + "\(interval.rawValue).",
        remedy: "Take a longer interval or a shorter range.")
    }
    self.starts = starts
    var names: [String] = []
    for start in starts.dropLast() {
      let name = calendar.name(of: interval, at: start)
      // An hour that the clock shows twice.
      names.append(name == names.last ? "\(name) again" : name)
    }
    self.names = names
    let shortest = zip(starts, starts.dropFirst()).reduce(Int64.max) {
      min($0, $1.1.milliseconds - $1.0.milliseconds)
    }
    shift = Int64(Int64.bitWidth - 1 - max(1, shortest).leadingZeroBitCount)
    origin = begin.milliseconds
    self.last = end.milliseconds - 1
    let buckets = Int((self.last - origin) >> shift) + 1
    memory = ColumnMemory()
    let boundaries = memory.room(for: buckets, of: Int64.self)
    let positions = memory.room(for: buckets, of: UInt32.self)
    var position = 0
    for bucket in 0..<buckets {
      let time = origin + Int64(bucket) << shift
      while starts[position + 1].milliseconds <= time { position += 1 }
      positions[bucket] = UInt32(position)
      boundaries[bucket] = starts[position + 1].milliseconds
    }
    // Room for no element has an address, too.
    self.boundaries = UnsafePointer(boundaries.baseAddress.unsafelyUnwrapped)
    self.positions = UnsafePointer(positions.baseAddress.unsafelyUnwrapped)
  }

  /// The times that lie in an interval, first and last.
  public var times: ClosedRange<Int64> { origin...last }

  /// The position of the interval that a time of `times` lies in.
  @inline(__always) public func position(of time: Int64) -> Int {
    let bucket = Int(truncatingIfNeeded: (time &- origin) &>> shift)
    return Int(positions[bucket]) &+ (time >= boundaries[bucket] ? 1 : 0)
  }
}
