import Events
import Statistics
import Stories

/// What a section has counted of a funnel.
public struct FunnelPartial: Sendable {
  var whole: FunnelTally
  var groups: [PropertyValue?: FunnelTally] = [:]
}

/// Counts of a funnel.
struct FunnelTally: Sendable {
  /// Units that came this far and no further, by step.
  private(set) var furthest: [Int]
  private var met: [Int]
  private var open: [Int]
  private var fromPrevious: [[Int64]]
  var toConvert: [Int64] = []
  var dropped = 0

  init(steps: Int) {
    furthest = Array(repeating: 0, count: steps)
    met = furthest
    open = furthest
    fromPrevious = Array(repeating: [], count: steps)
  }

  /// Units that came at least this far, by step.
  var reached: [Int] {
    var sum = 0
    return furthest.reversed().map { count in
      sum += count
      return sum
    }.reversed()
  }

  /// Adds customers of whom no more is known than how far they came.
  mutating func add(level: Int, customers: Int, open opened: Int) {
    furthest[level - 1] += customers
    open[level - 1] += opened
    for step in 0..<level { met[step] += customers }
  }

  /// Adds a unit, with its times where they are wanted.
  mutating func add(
    _ unit: FunnelUnit, times: UnsafeBufferPointer<Int64>?, order: FunnelQuestion.Order
  ) {
    furthest[unit.level - 1] += 1
    if unit.isOpen { open[unit.level - 1] += 1 }
    var previous: Int?
    for (step, row) in unit.rows.enumerated() where row >= 0 {
      met[step] += 1
      if let times, let previous, order != .any {
        fromPrevious[step].append(times[row] - times[previous])
      }
      previous = row
    }
    guard let times, unit.level == furthest.count, let first = unit.rows.min(),
      let last = unit.rows.max()
    else { return }
    toConvert.append(times[last] - times[first])
  }

  mutating func add(_ other: FunnelTally) {
    for step in furthest.indices {
      furthest[step] += other.furthest[step]
      met[step] += other.met[step]
      open[step] += other.open[step]
      fromPrevious[step] += other.fromPrevious[step]
    }
    toConvert += other.toConvert
    dropped += other.dropped
  }

  /// The steps with their shares and times.
  func measured(_ question: FunnelQuestion) -> [Funnel.Step] {
    let reached = reached
    return question.steps.indices.map { step in
      var times = fromPrevious[step]
      return Funnel.Step(
        name: question.steps[step].name, count: reached[step], met: met[step], open: open[step],
        share: .share(reached[step], of: reached[0]),
        shareOfPrevious: .share(reached[step], of: reached[max(0, step - 1)]),
        timeFromPrevious: step == 0 ? nil : .of(&times))
    }
  }
}

extension Times {
  /// The distribution of times, which are partly sorted by it.
  static func of(_ times: inout [Int64]) -> Times {
    Times(median: .median(of: &times), p90: quantile(0.9, of: &times))
  }
}
