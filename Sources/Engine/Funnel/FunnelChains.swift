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
  var entry: Int64?
  /// The row that filled each step: with entry `best`, of the chain that first came so far, else the
  /// first that brought the entry to the step; −1 where an optional one was left out.
  var rows: [Int] = []
}

/// The chains of one customer, followed through the events that the funnel has a use for.
///
/// For each step it keeps one chain: the latest by which the step was reached. A later entry leaves
/// more of the window, and a later event more of the pair window, so no other chain comes further.
/// - Complexity: O(hits × steps), and O(steps) more for each step that a chain takes.
struct FunnelChains {
  private struct Chain {
    var entry = Int64.min
    var last = Int64.min
    var rows: [Int] = []
    var isAlive: Bool { !rows.isEmpty }
  }

  private let question: FunnelQuestion
  private let window: Int64
  private let pairWindow: Int64
  private let watermark: Int64
  private var chains: [Chain]
  /// With strictly later steps: chains of the present millisecond, which none of its events extends.
  private var waiting: [Chain]
  private var waitingTime = Int64.min
  private var unit = FunnelUnit()
  private(set) var units: [FunnelUnit] = []
  private(set) var dropped = 0

  init(_ question: FunnelQuestion, watermark: Int64) {
    self.question = question
    window = question.window?.milliseconds ?? FunnelPlan.unbounded
    pairWindow = question.pairWindow?.milliseconds ?? FunnelPlan.unbounded
    self.watermark = watermark
    chains = Array(repeating: Chain(), count: question.steps.count)
    waiting = chains
  }

  /// Follows one customer's hits, in order; the units found are in `units`.
  mutating func follow(_ hits: [FunnelHit]) {
    units.removeAll(keepingCapacity: true)
    dropped = 0
    clear()
    unit = FunnelUnit()
    for hit in hits {
      guard take(hit) else { break }
    }
    settle(before: .max)
    close()
  }

  private mutating func clear() {
    for step in chains.indices {
      chains[step].rows = []
      waiting[step].rows = []
    }
  }

  /// Ends the present unit.
  private mutating func close() {
    if unit.level > 0 {
      unit.isOpen =
        question.window != nil && unit.level < chains.count
        && chains.contains {
          $0.isAlive && watermark - $0.entry <= window && watermark - $0.last <= pairWindow
        }
      units.append(unit)
    }
    unit = FunnelUnit()
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
    if question.entry != .best, unit.level > 0, let entry = unit.entry, hit.time - entry > window {
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
        if hit.enters, question.entry == .best || unit.level == 0 {
          extend(Chain(entry: hit.time, last: hit.time, rows: [hit.row]), to: 0)
          unit.entry = unit.entry ?? hit.time
        }
        continue
      }
      if question.repeats == .end, !extended, chains[step].isAlive || waiting[step].isAlive {
        return finish()
      }
      let place = predecessor(of: step, for: hit)
      fits = fits || place.exists
      if let chain = place.chain {
        let left = Array(repeating: -1, count: step - chain.rows.count)
        extend(
          Chain(entry: chain.entry, last: hit.time, rows: chain.rows + left + [hit.row]), to: step)
        extended = true
        if unit.level == chains.count { return finish() }
      }
    }
    if question.order == .strict, !fits, unit.level > 0 {
      guard question.entry == .best else { return finish() }
      clear()
    }
    return true
  }

  /// The chain that an event may extend to a step, if there is one, and whether any reached so far.
  private func predecessor(of step: Int, for hit: FunnelHit) -> (chain: Chain?, exists: Bool) {
    var found: Chain?
    var exists = false
    var place = step - 1
    while true {
      let chain = chains[place]
      exists = exists || chain.isAlive || waiting[place].isAlive
      if chain.isAlive, hit.time - chain.entry <= window, hit.time - chain.last <= pairWindow,
        chain.entry > found?.entry ?? .min
      {
        found = chain
      }
      guard place > 0, question.steps[place].presence == .optional else { return (found, exists) }
      place -= 1
    }
  }

  private mutating func extend(_ chain: Chain, to step: Int) {
    if step + 1 > unit.level {
      let known = question.entry == .best ? 0 : unit.level
      unit.rows.replaceSubrange(known..., with: chain.rows.dropFirst(known))
      unit.level = step + 1
    }
    guard question.ties == .strictlyLater else {
      if !chains[step].isAlive || chain.entry >= chains[step].entry { chains[step] = chain }
      return
    }
    waitingTime = chain.last
    if !waiting[step].isAlive || chain.entry >= waiting[step].entry { waiting[step] = chain }
  }

  /// Lets chains of an earlier millisecond be extended.
  private mutating func settle(before time: Int64) {
    guard question.ties == .strictlyLater, waitingTime < time, waitingTime != .min else { return }
    for step in chains.indices where waiting[step].isAlive {
      if !chains[step].isAlive || waiting[step].entry >= chains[step].entry {
        chains[step] = waiting[step]
      }
      waiting[step].rows = []
    }
    waitingTime = .min
  }

  /// Applies the exclusions that an event meets; whether they dropped the entry.
  private mutating func exclude(_ hit: FunnelHit) -> Bool {
    for (position, exclusion) in question.exclusions.enumerated()
    where hit.exclusions & (1 << UInt32(position)) != 0 {
      switch exclusion.effect {
      case .stop:
        chains[exclusion.after].rows = []
        waiting[exclusion.after].rows = []
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
}
