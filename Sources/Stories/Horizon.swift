import Events

/// Before when events are gone, or are to go: one moment for all, and others for some names.
///
/// An event that happened at the moment or after it stays.
public struct Horizon: Sendable, Equatable, Codable {
  /// The moment for events of all names that have none of their own; nil: they stay.
  public var others: Instant?
  /// The moments of some names; nil: events of that name stay.
  public var named: [String: Instant?]

  /// Makes a horizon; without arguments, one that leaves everything.
  public init(others: Instant? = nil, named: [String: Instant?] = [:]) {
    self.others = others
    self.named = named
  }

  /// Before when events of a name go; nil: they stay.
  public func limit(of name: String) -> Instant? {
    if let own = named[name] { return own }
    return others
  }

  /// The latest of its moments: from then on all events are there.
  public var latest: Instant? { ([others] + named.values).compactMap { $0 }.max() }

  /// What is gone once events went by this horizon and by another.
  public func joined(with other: Horizon) -> Horizon {
    func later(_ one: Instant?, _ two: Instant?) -> Instant? { [one, two].compactMap { $0 }.max() }
    let names = Set(named.keys).union(other.named.keys)
    return Horizon(
      others: later(others, other.others),
      named: Dictionary(
        uniqueKeysWithValues: names.map { ($0, later(limit(of: $0), other.limit(of: $0))) }))
  }
}

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
