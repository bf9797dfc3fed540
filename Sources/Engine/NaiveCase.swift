import Events
import Experience
import Statistics

/// A case as plain events, for the naive twin.
struct NaiveCase {
  var start: Int
  var time: Instant
  var limit: Instant
  var outcome: Outcome
  /// When it ended, or how far it could be seen.
  var end: Instant
  /// From the starting event to the last one inside.
  var events: [(event: Event, touchpoint: Touchpoint?)]
}

/// Something met off the map.
struct NaivePassage: Hashable {
  var name: String
  var isTouchpoint: Bool

  static let nothing = NaivePassage(name: Passage.nothing, isTouchpoint: false)

  init(name: String, isTouchpoint: Bool) {
    self.name = name
    self.isTouchpoint = isTouchpoint
  }

  /// Nil for Waymark's own events.
  init?(_ event: Event, _ touchpoint: Touchpoint?) {
    if let touchpoint {
      self.init(name: touchpoint.name, isTouchpoint: true)
    } else if event.name.hasPrefix("$") {
      return nil
    } else {
      self.init(name: event.name, isTouchpoint: false)
    }
  }
}

/// What follows from one case, for the naive twin.
struct NaiveFacts {
  var start: Int
  var time: Instant
  var outcome: Outcome
  var duration: Int64
  var walked: [(position: Int, event: Event, touchpoint: Touchpoint)] = []
  var first: [Int: (position: Int, time: Instant, channel: String?)] = [:]
  var furthest = -1
  var stepTimes: [Int: TimeSpan] = [:]
  var switchedSteps: Set<Int> = []
  var offMap: Set<NaivePassage> = []
  var next: NaivePassage?
  var uses: [(touchpoint: String, channel: String?)] = []
  var wrong: [String] = []
  var channels: Set<String> = []
  var switches = 0
  var valueBy: [(touchpoint: String, value: Int64)] = []
  var scores: [(touchpoint: String, score: Double)] = []
  var cost: Int64 = 0
  var promised: Set<Int> = []
  var late: Set<Int> = []
  var verdicts: Set<Alignment.Placement> = []
  var skippedSteps: Set<Int> = []
  var movedSteps: Set<Int> = []
  var extraSteps: [Int] = []
  var alignedLength = 0
  var alignmentCost = 0

  init(_ found: NaiveCase) {
    start = found.start
    time = found.time
    outcome = found.outcome
    duration = (found.end - found.time).milliseconds
  }

  var values: [Int64] { valueBy.map(\.value) }
  var value: Int64 { values.reduce(0) { $0.addingSaturating($1) } }

  /// The touchpoints met, repeats in a row being one, the first 64.
  var way: [String] {
    var way: [String] = []
    for (_, _, touchpoint) in walked where way.last != touchpoint.name && way.count < 64 {
      way.append(touchpoint.name)
    }
    return way
  }
}

extension CaseCounts {
  /// Counts one case.
  mutating func note(_ outcome: Outcome) {
    total += 1
    switch outcome {
    case .completed: completed += 1
    case .ended: ended += 1
    case .abandoned: abandoned += 1
    case .open: open += 1
    }
  }
}

/// Alignment by its definition: each way to go on is tried, and the best is remembered.
struct NaiveAlignment {
  struct Result {
    var cost: Int
    var shortest: Int
    var matched: [Bool]
    /// Skipped interactions by step.
    var skipped: [Int: Int]
  }

  private let steps: [Step]

  init(_ steps: [Step]) { self.steps = steps }

  private struct Key: Hashable {
    var position: Int
    var rest: Step
  }

  private struct Best {
    var cost: Int
    var matched: [Bool]
    var skipped: [Int: Int]

    func isBetter(than other: Best) -> Bool {
      guard cost == other.cost else { return cost < other.cost }
      for (mine, others) in zip(matched, other.matched) where mine != others { return mine }
      return false
    }
  }

  func align(_ met: [String]) -> Result {
    var known: [Key: Best?] = [:]
    let tree = Step.sequence(steps.map { $0.unrolled(met.count + 1) })
    let best = best(0, tree, met, &known) ?? Best(cost: 0, matched: [], skipped: [:])
    var empty: [Key: Best?] = [:]
    let shortest = self.best(0, tree, [], &empty)?.cost ?? 0
    return Result(
      cost: best.cost, shortest: shortest, matched: best.matched, skipped: best.skipped)
  }

  private func best(_ position: Int, _ rest: Step, _ met: [String], _ known: inout [Key: Best?])
    -> Best?
  {
    let key = Key(position: position, rest: rest)
    if let best = known[key] { return best }
    var found: Best?
    func offer(_ best: Best) {
      if found.map({ best.isBetter(than: $0) }) ?? true { found = best }
    }
    if position == met.count, rest.mayBeEmpty {
      offer(Best(cost: 0, matched: [], skipped: [:]))
    }
    for (name, after) in rest.firsts {
      if position < met.count, met[position] == name,
        var best = best(position + 1, after, met, &known)
      {
        best.matched.insert(true, at: 0)
        offer(best)
      }
      if var best = best(position, after, met, &known) {
        best.cost += 1
        let step = steps.firstIndex { $0.touchpoints.contains(name) } ?? 0
        best.skipped[step, default: 0] += 1
        offer(best)
      }
    }
    if position < met.count, var best = best(position + 1, rest, met, &known) {
      best.cost += 1
      best.matched.insert(false, at: 0)
      offer(best)
    }
    known[key] = .some(found)
    return found
  }
}

extension Step {
  /// The step with each loop written out that often, which makes an end of it.
  fileprivate func unrolled(_ times: Int) -> Step {
    switch self {
    case .touchpoint: return self
    case .sequence(let parts): return .sequence(parts.map { $0.unrolled(times) })
    case .any(let parts): return .any(parts.map { $0.unrolled(times) })
    case .all(let parts): return .all(parts.map { $0.unrolled(times) })
    case .optional(let part): return .optional(part.unrolled(times))
    case .repeated(let part):
      let once = part.unrolled(times)
      var whole = once
      for _ in 1..<max(2, times) { whole = .sequence([once, .optional(whole)]) }
      return whole
    }
  }

  /// The touchpoints that may come first, each with what is left after it.
  fileprivate var firsts: [(String, Step)] {
    switch self {
    case .touchpoint(let name): return [(name, .sequence([]))]
    case .any(let parts): return parts.flatMap(\.firsts)
    case .optional(let part), .repeated(let part): return part.firsts
    case .all(let parts):
      return parts.indices.flatMap { index in
        parts[index].firsts.map { name, rest in
          (name, .all(parts[..<index] + [rest] + parts[(index + 1)...]))
        }
      }
    case .sequence(let parts):
      guard let head = parts.first else { return [] }
      let tail = Step.sequence(Array(parts.dropFirst()))
      let here = head.firsts.map { name, rest in
        (name, rest.isNothing ? tail : .sequence([rest, tail]))
      }
      return head.mayBeEmpty ? here + tail.firsts : here
    }
  }

  private var isNothing: Bool {
    if case .sequence(let parts) = self { parts.allSatisfy(\.isNothing) } else { false }
  }
}
