import Events

/// A horizon for events whose names are codes.
public struct HorizonTable: Sendable, Equatable {
  /// Before when the events of each code go, in milliseconds.
  private let limits: [Int64]
  private let others: Int64
  /// From this moment on every event stays, in milliseconds.
  private let latest: Int64

  /// Whether every event stays.
  public var isEmpty: Bool { latest == .min }

  /// Makes a table for the names that a workspace has.
  public init(_ horizon: Horizon, names: [String]) {
    others = horizon.others?.milliseconds ?? .min
    limits =
      horizon.named.isEmpty
      ? [] : names.map { horizon.limit(of: $0)?.milliseconds ?? .min }
    latest = horizon.latest?.milliseconds ?? .min
  }

  /// Whether an event goes.
  @inline(__always) public func isPast(_ time: Int64, code: UInt16) -> Bool {
    guard time < latest else { return false }
    return time < (Int(code) < limits.count ? limits[Int(code)] : others)
  }

  /// Calls with every row of a segment that goes, hidden ones among them; ascending.
  public func forEachPast(in segment: StorySegment, _ body: (_ row: Int) -> Void) {
    guard !isEmpty else { return }
    for row in segment.times.indices where isPast(segment.times[row], code: segment.codes[row]) {
      body(row)
    }
  }

  /// The rows of a segment that go.
  public func past(in segment: StorySegment) -> RowSet {
    var rows = RowSet()
    forEachPast(in: segment) { rows.insert($0) }
    return rows
  }
}
