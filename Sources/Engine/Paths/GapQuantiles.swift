import Statistics

/// Exact quantiles of the times of each pair: from their bins, and from the times in some of these.
struct GapQuantiles: Sendable {
  /// The figures of a pair.
  struct Figures: Sendable {
    var transitions = 0
    var median = Estimate.none
    var p95: Double?
  }

  /// Times of a pair that are kept: those from a lowest on, less than a width away.
  struct Window: Sendable {
    var low: Int64 = 0
    var width: UInt64 = 0
    /// How many times are shorter.
    var below = 0
    var count = 0

    func holds(_ rank: Int) -> Bool { rank >= below && rank < below + count }
  }

  private let tables: [GraphTable]
  private let pairs: Int
  private var transitions: [Int]
  /// Two for each pair: around the median, and around the 95th percentile.
  private var windows: [Window]
  private var rooms: [GapRoom] = []

  /// Finds the windows.
  init(_ tables: [GraphTable], _ counts: GraphCounts) {
    self.tables = tables
    pairs = counts.pairs.count
    transitions = Array(repeating: 0, count: pairs)
    windows = Array(repeating: Window(), count: 2 * pairs)
    var bins = [Int](repeating: 0, count: GapBin.count)
    for pair in 0..<pairs where counts.pairs[pair].customers > 0 {
      for bin in bins.indices {
        bins[bin] = tables.reduce(0) { $0 + Int($1.gaps[pair * GapBin.count + bin]) }
      }
      transitions[pair] = bins.reduce(0, +)
      let (median, p95) = Self.ranks(transitions[pair])
      windows[2 * pair] = Self.window(median, bins)
      // A time is kept once: where windows would overlap, one takes all.
      if p95.lowerBound < windows[2 * pair].below + windows[2 * pair].count {
        windows[2 * pair] = Self.window(median.lowerBound...p95.upperBound, bins)
      } else {
        windows[2 * pair + 1] = Self.window(p95, bins)
      }
    }
  }

  /// The ranks from 0 of the times that the median with its interval, and the percentile, are made of.
  private static func ranks(
    _ count: Int
  ) -> (median: ClosedRange<Int>, p95: ClosedRange<Int>) {
    let last = count - 1
    let middle = last / 2
    let interval = medianIntervalRank(count) ?? middle
    let place = Int((0.95 * Double(last)).rounded(.down))
    return (
      min(interval, middle)...max(last - interval, min(last, middle + 1)),
      place...min(last, place + 1)
    )
  }

  /// The window of the bins that hold some ranks.
  private static func window(_ ranks: ClosedRange<Int>, _ bins: [Int]) -> Window {
    var window = Window()
    var below = 0
    for (bin, count) in bins.enumerated() where count > 0 {
      if below + count > ranks.lowerBound {
        if window.count == 0 { (window.low, window.below) = (GapBin.low(bin), below) }
        window.count += count
        window.width = UInt64(GapBin.low(bin + 1) &- window.low)
      }
      below += count
      if below > ranks.upperBound { break }
    }
    return window
  }

  /// Collects the times in the windows, those of each table apart, on as many cores as there are tables.
  mutating func collect(_ read: @Sendable (GraphTable, GapRoom) -> Void) {
    rooms = tables.map { table in
      GapRoom(
        windows,
        counts: windows.indices.map { window in
          Self.count(of: windows[window], pair: window / 2, in: table)
        })
    }
    let (tables, rooms) = (tables, rooms)
    _ = onAllCores(tables.count) { read(tables[$0], rooms[$0]) }
  }

  /// How many times of a table lie in a window.
  private static func count(of window: Window, pair: Int, in table: GraphTable) -> Int {
    guard window.count > 0 else { return 0 }
    var count = 0
    var bin = GapBin.of(window.low)
    while bin < GapBin.count, UInt64(GapBin.low(bin) &- window.low) < window.width {
      count += Int(table.gaps[pair * GapBin.count + bin])
      bin += 1
    }
    return count
  }

  /// The figures by pair.
  func figures() -> [Figures] {
    let share = max(1, pairs / Self.shares)
    return onAllCores((pairs + share - 1) / share) { piece in
      (piece * share..<min(pairs, (piece + 1) * share)).map {
        transitions[$0] > 0 ? figures(of: $0) : Figures()
      }
    }.flatMap(\.self)
  }

  /// Enough pieces for cores to end at about the same time.
  private static let shares = 64

  private func figures(of pair: Int) -> Figures {
    let count = transitions[pair]
    var values = [2 * pair, 2 * pair + 1].map { window in
      rooms.reduce(into: [Int64]()) { $0 += $1.values(of: window) }
    }
    func time(_ rank: Int) -> Double {
      let which = windows[2 * pair].holds(rank) ? 0 : 1
      return Double(select(rank - windows[2 * pair + which].below, in: &values[which]))
    }
    func quantile(_ p: Double) -> Double {
      let place = p * Double(count - 1)
      let below = Int(place.rounded(.down))
      let low = time(below)
      guard below + 1 < count else { return low }
      return low + (time(below + 1) - low) * (place - Double(below))
    }
    var median = Estimate(value: quantile(0.5), count: count)
    if let rank = medianIntervalRank(count) {
      (median.low, median.high) = (time(rank), time(count - 1 - rank))
    }
    return Figures(transitions: count, median: median, p95: quantile(0.95))
  }
}

/// Room for the times of one table that lie in windows.
///
/// One thread fills it, and it is read when that is done, which is why it may be shared although it holds
/// pointers.
final class GapRoom: @unchecked Sendable {
  private struct Pair {
    var low = SIMD2<Int64>.zero
    var width = SIMD2<UInt64>.zero
    var next = SIMD2<Int>.zero
  }

  private let pairs: UnsafeMutablePointer<Pair>
  private let times: UnsafeMutablePointer<Int64>
  /// By window.
  private let ranges: [Range<Int>]

  /// Makes room for that many times in each window, two windows for each pair.
  init(_ windows: [GapQuantiles.Window], counts: [Int]) {
    pairs = .allocate(capacity: max(1, windows.count / 2))
    pairs.initialize(repeating: Pair(), count: max(1, windows.count / 2))
    var ranges: [Range<Int>] = []
    var start = 0
    for (window, count) in counts.enumerated() {
      pairs[window / 2].low[window % 2] = windows[window].low
      pairs[window / 2].width[window % 2] = windows[window].width
      pairs[window / 2].next[window % 2] = start
      ranges.append(start..<(start + count))
      start += count
    }
    self.ranges = ranges
    times = .allocate(capacity: max(1, start))
  }

  deinit {
    pairs.deallocate()
    times.deallocate()
  }

  /// Keeps a time that lies in one of its pair's windows.
  @inline(__always) func offer(_ gap: Int64, of pair: Int) {
    if UInt64(bitPattern: gap &- pairs[pair].low[0]) < pairs[pair].width[0] {
      times[pairs[pair].next[0]] = gap
      pairs[pair].next[0] &+= 1
    } else if UInt64(bitPattern: gap &- pairs[pair].low[1]) < pairs[pair].width[1] {
      times[pairs[pair].next[1]] = gap
      pairs[pair].next[1] &+= 1
    }
  }

  /// The times that were kept in a window.
  func values(of window: Int) -> UnsafeBufferPointer<Int64> {
    UnsafeBufferPointer(start: times + ranges[window].lowerBound, count: ranges[window].count)
  }
}
