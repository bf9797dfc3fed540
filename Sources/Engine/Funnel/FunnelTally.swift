import Events
import Statistics

/// Counts of a funnel, apart by groups: the values of a breakdown, or intervals of time.
struct FunnelTally: Sendable {
  /// Which times are kept.
  enum Kept: Sendable { case none, toConvert, all }

  let steps: Int
  let groups: Int
  let kept: Kept
  /// Units that came this far and no further, by group × steps + step.
  private var furthest: [Int]
  /// Of those, the ones that may still go further.
  private var open: [Int]
  /// Units that met the step; fewer than came this far only where it is optional.
  private var met: [Int]
  private var fromPrevious: [[Int64]]
  /// By group.
  private var toConvert: [[Int64]]
  /// Entries that an exclusion dropped.
  var dropped = 0

  init(steps: Int, groups: Int, kept: Kept) {
    (self.steps, self.groups, self.kept) = (steps, groups, kept)
    furthest = Array(repeating: 0, count: groups * steps)
    open = furthest
    met = furthest
    fromPrevious = Array(repeating: [], count: kept == .all ? groups * steps : 0)
    toConvert = Array(repeating: [], count: kept == .none ? 0 : groups)
  }

  /// Adds units of whom no more is known than how far they came.
  mutating func add(level: Int, units: Int, open opened: Int, group: Int = 0) {
    let base = group * steps
    furthest[base + level - 1] += units
    open[base + level - 1] += opened
    for step in 0..<level { met[base + step] += units }
  }

  /// Adds a unit with the rows that filled its steps, and its times where they are kept.
  mutating func add(
    level: Int, isOpen: Bool, rows: UnsafeBufferPointer<Int>, times: UnsafeBufferPointer<Int64>,
    group: Int, order: FunnelQuestion.Order
  ) {
    let base = group * steps
    furthest[base + level - 1] += 1
    open[base + level - 1] += isOpen ? 1 : 0
    var previous = -1
    var (first, last) = (Int.max, -1)
    for step in 0..<level {
      let row = rows[step]
      guard row >= 0 else { continue }
      met[base + step] += 1
      if kept == .all, previous >= 0, order != .any {
        fromPrevious[base + step].append(times[row] - times[previous])
      }
      previous = row
      (first, last) = (min(first, row), max(last, row))
    }
    guard kept != .none, level == steps else { return }
    toConvert[group].append(times[last] - times[first])
  }

  /// Adds the counts of other units in the same groups.
  mutating func add(_ other: FunnelTally) {
    for place in furthest.indices {
      furthest[place] += other.furthest[place]
      open[place] += other.open[place]
      met[place] += other.met[place]
    }
    for place in fromPrevious.indices { fromPrevious[place] += other.fromPrevious[place] }
    for group in toConvert.indices { toConvert[group] += other.toConvert[group] }
    dropped += other.dropped
  }

  /// The counts of several groups as those of one.
  func united(_ groups: some Sequence<Int>) -> FunnelTally {
    var whole = FunnelTally(steps: steps, groups: 1, kept: kept)
    for group in groups {
      for step in 0..<steps {
        let place = group * steps + step
        whole.furthest[step] += furthest[place]
        whole.open[step] += open[place]
        whole.met[step] += met[place]
        if kept == .all { whole.fromPrevious[step] += fromPrevious[place] }
      }
      if kept != .none { whole.toConvert[0] += toConvert[group] }
    }
    return whole
  }

  /// How many units of a group came at least to a step.
  func reached(_ step: Int, group: Int = 0) -> Int {
    furthest[(group * steps + step)..<((group + 1) * steps)].reduce(0, +)
  }

  /// How many units of a group came to a step and no further.
  func stopped(_ step: Int, group: Int = 0) -> Int { furthest[group * steps + step] }

  /// How many of those may still go further.
  func open(_ step: Int, group: Int = 0) -> Int { open[group * steps + step] }

  /// From the entry to the last step; the times of the first group are partly sorted by it.
  mutating func timeToConvert() -> Times {
    kept == .none ? Times() : .of(&toConvert[0])
  }

  /// The steps of the first group with their shares and times, which are partly sorted by it.
  mutating func measured(_ names: [String]) -> [Funnel.Step] {
    let reached = (0..<steps).map { self.reached($0) }
    return (0..<steps).map { step in
      Funnel.Step(
        name: names[step], count: reached[step], met: met[step], open: open[step],
        share: .share(reached[step], of: reached[0]),
        shareOfPrevious: .share(reached[step], of: reached[max(0, step - 1)]),
        timeFromPrevious: step == 0 ? nil : kept == .all ? .of(&fromPrevious[step]) : Times())
    }
  }
}

extension Times {
  /// The distribution of times, which are partly sorted by it.
  static func of(_ times: inout [Int64]) -> Times {
    Times(median: .median(of: &times), p90: quantile(0.9, of: &times))
  }
}

/// Which units of a step are meant: those behind one number of a funnel's answer.
enum FunnelOutcome: String, CaseIterable, Sendable {
  /// They came to the step.
  case reached
  /// They came to the step and no further, and cannot any more.
  case dropped
  /// They came to the step and no further, but still may.
  case open
}

/// A number of a funnel: the units of some outcome at a step, in some groups.
public struct FunnelCell: Sendable {
  var groups: Range<Int>
  var step: Int
  var outcome: FunnelOutcome

  /// Reads the breakdown's value (all where none is named), the step and the outcome of a row's key.
  ///
  /// - Parameters:
  ///   - columns: the row's other keys.
  ///   - standardStep: the step that is meant where none is named.
  ///   - firstGroup: where the values' groups begin.
  init(
    _ row: AnswerRowKey, in question: FunnelQuestion, _ plan: FunnelPlan, columns: [String],
    standardStep: Int?, from firstGroup: Int = 0
  ) throws(Refusal) {
    let columns = columns + ["step", "outcome"]
    groups = firstGroup..<(firstGroup + plan.groups)
    if let breakdown = plan.breakdown, row.values["breakdown"] != nil {
      let name = try row.value("breakdown", of: columns)
      if name != Funnel.all {
        let position = try breakdown.position(of: name, column: "breakdown")
        groups = (firstGroup + position)..<(firstGroup + position + 1)
      }
    }
    if let standardStep, row.values["step"] == nil {
      step = standardStep
    } else {
      let name = try row.value("step", of: columns)
      guard let step = question.stepNames.firstIndex(of: name) else {
        throw AnswerRowKey.unknown("step", name)
      }
      self.step = step
    }
    outcome = .reached
    guard row.values["outcome"] != nil else { return }
    let name = try row.value("outcome", of: columns)
    guard let known = FunnelOutcome(rawValue: name) else {
      throw Refusal(
        "customers.row", problem: "There is no outcome “\(name)” of a step.",
        remedy: "Write \(FunnelOutcome.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    outcome = known
  }

  /// The number, so far.
  func count(in tally: borrowing FunnelTally) -> Int {
    var sum = 0
    for group in groups {
      switch outcome {
      case .reached: sum += tally.reached(step, group: group)
      case .open: sum += tally.open(step, group: group)
      case .dropped where step < tally.steps - 1:
        sum += tally.stopped(step, group: group) - tally.open(step, group: group)
      case .dropped: break
      }
    }
    return sum
  }
}
