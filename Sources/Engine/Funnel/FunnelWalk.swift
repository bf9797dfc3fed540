import Events
import Experience
import Stories

/// An event that a funnel has a use for.
struct FunnelHit {
  var row: Int
  var time: Int64
  /// The steps that it may fill, and the exclusions that it meets, as bits.
  var steps: UInt32
  var exclusions: UInt32
  /// Whether it may be an entry.
  var enters: Bool
}

/// What one entry, or one customer, came to.
struct FunnelUnit {
  /// How many steps were reached; 0 for none.
  var level = 0
  /// Whether it may still go further after the end of the data.
  var isOpen = false
  /// When its entry happened; with entry `best`, the customer's first one.
  var entry = Int64.max
  /// Where its rows begin in the walk's `rows`, one for each step that it reached.
  var place = 0
}

/// The chains of one customer, followed through the events that the funnel has a use for.
///
/// For each step it keeps one chain: the latest by which the step was reached. A later entry leaves
/// more of the window, and a later event more of the pair window, so no other chain comes further.
/// - Complexity: O(hits × steps), and O(steps) more for each step that a chain takes.
struct FunnelWalk {
  private let question: FunnelQuestion
  private let count: Int
  private let window: Int64
  private let pairWindow: Int64
  private let watermark: Int64
  private let isOptional: [Bool]
  /// Which entries may open a chain: those from the first time to before the second.
  var entries = Int64.min..<Int64.max

  /// By step, the entry's time of its chain; `never` where there is none. Then the same for chains of
  /// the present millisecond, which, with strictly later steps, none of its events extends.
  private let chainEntry: UnsafeMutableBufferPointer<Int64>
  private let chainLast: UnsafeMutableBufferPointer<Int64>
  /// By chain × steps + step, the row that filled the step; −1 where an optional one was left out.
  private let chainRows: UnsafeMutableBufferPointer<Int>
  private let memory: ColumnMemory
  private var waitingTime = Int64.min
  private static let never = Int64.min

  private var unit = FunnelUnit()
  /// The rows of the present unit.
  private var unitRows: [Int]
  /// The units found, and the rows that filled their steps: with entry `best`, of the chain that first
  /// came so far, else the first that brought the entry to the step; −1 for optional ones left out.
  private(set) var units: [FunnelUnit] = []
  private(set) var rows: [Int] = []
  private(set) var dropped = 0

  init(_ question: FunnelQuestion, watermark: Int64) {
    self.question = question
    self.watermark = watermark
    count = question.steps.count
    window = question.window?.milliseconds ?? FunnelPlan.unbounded
    pairWindow = question.pairWindow?.milliseconds ?? FunnelPlan.unbounded
    isOptional = question.steps.map { $0.presence == .optional }
    memory = ColumnMemory()
    chainEntry = memory.room(for: 2 * count)
    chainLast = memory.room(for: 2 * count)
    chainRows = memory.room(for: 2 * count * count)
    chainLast.initialize(repeating: 0)
    chainRows.initialize(repeating: -1)
    chainEntry.initialize(repeating: Self.never)
    unitRows = Array(repeating: -1, count: count)
  }

  /// Forgets the units found.
  mutating func begin() {
    units.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    dropped = 0
  }

  /// Follows one customer's hits, in order, and adds the units found.
  mutating func follow(_ hits: ArraySlice<FunnelHit>) {
    guard question.order != .any else { return followAnyOrder(hits) }
    clear()
    waitingTime = .min
    unit = FunnelUnit()
    for hit in hits {
      guard take(hit) else { break }
    }
    settle(before: .max)
    close()
  }

  /// Of the units found, those that count: with entry `first` or `best`, one, even where there are
  /// several because of properties held constant.
  mutating func choose() {
    guard units.count > 1 else { return }
    switch question.entry {
    case .every: return
    case .first:
      let first = units.min { ($0.entry, $1.level) < ($1.entry, $0.level) }
      units = first.map { [$0] } ?? []
    case .best: units = units.max { $0.level < $1.level }.map { [$0] } ?? []
    }
  }

  private func clear() { chainEntry.update(repeating: Self.never) }

  private func isAlive(_ step: Int) -> Bool {
    chainEntry[step] != Self.never || chainEntry[count + step] != Self.never
  }

  /// Ends the present unit.
  private mutating func close() {
    if unit.level > 0 {
      unit.isOpen =
        question.window != nil && unit.level < count
        && (0..<count).contains {
          chainEntry[$0] != Self.never && watermark - chainEntry[$0] <= window
            && watermark - chainLast[$0] <= pairWindow
        }
      add(unit)
    }
    unit = FunnelUnit()
  }

  private mutating func add(_ unit: FunnelUnit) {
    units.append(unit)
    units[units.count - 1].place = rows.count
    rows.append(contentsOf: unitRows[0..<unit.level])
  }

  /// Whether the customer's way goes on; only with entry `every` may another unit follow.
  private mutating func finish() -> Bool {
    clear()
    close()
    return question.entry == .every
  }

  /// Takes an event; whether more are wanted.
  private mutating func take(_ hit: FunnelHit) -> Bool {
    settle(before: hit.time)
    if question.entry != .best, unit.level > 0, hit.time - unit.entry > window {
      guard finish() else { return false }
    }
    if hit.exclusions != 0, exclude(hit) { return question.entry == .every }
    var fits = hit.steps & 1 != 0
    var extended = false
    var bits = hit.steps
    while bits != 0 {
      let step = 31 - bits.leadingZeroBitCount
      bits &= ~(1 << UInt32(step))
      if step == 0 {
        if hit.enters, entries.contains(hit.time), question.entry == .best || unit.level == 0 {
          extend(-1, by: hit, to: 0)
          unit.entry = min(unit.entry, hit.time)
        }
        continue
      }
      if question.repeats == .end, !extended, isAlive(step) { return finish() }
      let (place, exists) = predecessor(of: step, for: hit)
      fits = fits || exists
      if place >= 0 {
        extend(place, by: hit, to: step)
        extended = true
        if unit.level == count { return finish() }
      }
    }
    if question.order == .strict, !fits, unit.level > 0 {
      guard question.entry == .best else { return finish() }
      clear()
    }
    return true
  }

  /// The step whose chain an event may extend to a step, or −1, and whether any was reached so far.
  private func predecessor(of step: Int, for hit: FunnelHit) -> (place: Int, exists: Bool) {
    var found = -1
    var latest = Self.never
    var exists = false
    var place = step - 1
    while true {
      let entry = chainEntry[place]
      exists = exists || isAlive(place)
      if entry > latest, hit.time - entry <= window, hit.time - chainLast[place] <= pairWindow {
        (found, latest) = (place, entry)
      }
      guard place > 0, isOptional[place] else { return (found, exists) }
      place -= 1
    }
  }

  /// Extends the chain of a step, or begins one, by an event that fills another step.
  private mutating func extend(_ place: Int, by hit: FunnelHit, to step: Int) {
    let entry = place < 0 ? hit.time : chainEntry[place]
    if step + 1 > unit.level {
      let known = question.entry == .best ? 0 : unit.level
      for other in known..<(step + 1) {
        unitRows[other] =
          other == step ? hit.row : other <= place ? chainRows[place * count + other] : -1
      }
      unit.level = step + 1
    }
    var chain = step
    if question.ties == .strictlyLater {
      waitingTime = hit.time
      chain += count
    }
    guard entry >= chainEntry[chain] else { return }
    chainEntry[chain] = entry
    chainLast[chain] = hit.time
    for other in 0..<step {
      chainRows[chain * count + other] = other <= place ? chainRows[place * count + other] : -1
    }
    chainRows[chain * count + step] = hit.row
  }

  /// Lets chains of an earlier millisecond be extended.
  private mutating func settle(before time: Int64) {
    guard question.ties == .strictlyLater, waitingTime < time, waitingTime != .min else { return }
    for step in 0..<count where chainEntry[count + step] != Self.never {
      if chainEntry[count + step] >= chainEntry[step] {
        chainEntry[step] = chainEntry[count + step]
        chainLast[step] = chainLast[count + step]
        for other in 0...step {
          chainRows[step * count + other] = chainRows[(count + step) * count + other]
        }
      }
      chainEntry[count + step] = Self.never
    }
    waitingTime = .min
  }

  /// Applies the exclusions that an event meets; whether they dropped the entry.
  private mutating func exclude(_ hit: FunnelHit) -> Bool {
    for (position, exclusion) in question.exclusions.enumerated()
    where hit.exclusions & (1 << UInt32(position)) != 0 {
      switch exclusion.effect {
      case .stop:
        chainEntry[exclusion.after] = Self.never
        chainEntry[count + exclusion.after] = Self.never
      case .drop where unit.level == exclusion.after + 1:
        dropped += 1
        unit = FunnelUnit()
        clear()
        return true
      case .drop: break
      }
    }
    return false
  }

  /// The furthest step of which it and all before it were met within one window, in any order.
  private mutating func followAnyOrder(_ hits: ArraySlice<FunnelHit>) {
    var counts = [Int](repeating: 0, count: count)
    var best = FunnelUnit()
    var bestStart = hits.startIndex
    var end = hits.startIndex
    for (start, anchor) in zip(hits.indices, hits) {
      while end < hits.endIndex, hits[end].time - anchor.time <= window {
        counts[hits[end].steps.trailingZeroBitCount] += 1
        end += 1
      }
      let level = counts.firstIndex(of: 0) ?? counts.count
      if anchor.enters, entries.contains(anchor.time), level > best.level {
        (best.level, best.entry) = (level, anchor.time)
        bestStart = start
      }
      counts[anchor.steps.trailingZeroBitCount] -= 1
    }
    guard best.level > 0 else { return }
    for step in 0..<best.level {
      unitRows[step] =
        hits[bestStart...].first { $0.steps.trailingZeroBitCount == step }?.row ?? -1
    }
    best.isOpen =
      question.window != nil && best.level < count
      && hits.contains {
        $0.enters && entries.contains($0.time) && watermark - $0.time <= window
      }
    add(best)
  }
}
