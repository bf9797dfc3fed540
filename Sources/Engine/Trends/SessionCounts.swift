import Statistics

/// The sessions of one cell, counted.
struct SessionCounts: Sendable {
  var customers = 0
  var sessions = 0
  var events = 0
  /// Sessions of one event.
  var bounces = 0
  /// Sessions that may go on, for the data end within a gap after them.
  var open = 0
  /// Sessions that reach the goal.
  var reached = 0
  /// In milliseconds, like the sum of their squares.
  var duration = 0
  private var eventSquares: UInt128 = 0
  private var durationSquares: UInt128 = 0

  @inline(__always) mutating func add(events count: Int, duration length: Int64) {
    sessions &+= 1
    events &+= count
    bounces &+= count == 1 ? 1 : 0
    duration &+= Int(length)
    eventSquares &+= UInt128(truncatingIfNeeded: count &* count)
    let (high, low) = length.multipliedFullWidth(by: length)
    durationSquares &+= UInt128(UInt64(truncatingIfNeeded: high)) << 64 | UInt128(low)
  }

  mutating func add(_ other: SessionCounts) {
    customers += other.customers
    sessions += other.sessions
    events += other.events
    bounces += other.bounces
    open += other.open
    reached += other.reached
    duration += other.duration
    eventSquares += other.eventSquares
    durationSquares += other.durationSquares
  }

  var meanEvents: Estimate {
    .mean(count: sessions, sum: Double(events), squares: Double(eventSquares))
  }

  var meanDuration: Estimate {
    .mean(count: sessions, sum: Double(duration), squares: Double(durationSquares))
  }
}
