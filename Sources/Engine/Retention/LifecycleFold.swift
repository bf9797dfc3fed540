import Events
import Experience
import Stories

/// Counts units by their state in each interval.
public struct LifecycleFold: TraceableFold {
  let question: LifecycleQuestion
  let calendar: LocalCalendar

  /// The rules and the intervals.
  public struct Plan: Sendable {
    let rules: [ActivityRule]
    /// From the interval before the first that is shown; nil where there is nothing to show.
    let intervals: IntervalTable?
    /// The last moment that counts.
    let last: Int64
    let watermark: Int64
  }

  /// By interval, then state: how many units.
  public struct Partial: Sendable {
    var counts: [Int]
    /// Units that were active in an interval that is shown.
    var units = 0
    /// Units that were not.
    var others = 0
  }

  /// Places in the counts; `.active` is their sum but for `.dormant`.
  public enum State: String, Sendable, Codable, CaseIterable {
    case new, returning, resurrecting, dormant, active

    /// Those that are counted one by one.
    static let counted = 4
    var place: Int {
      switch self {
      case .new: 0
      case .returning: 1
      case .resurrecting: 2
      case .dormant: 3
      case .active: Self.counted
      }
    }
  }

  /// Compiles the rules and lays the intervals.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    let rules = try ActivityRule.all(question.event, of: stories)
    let watermark = stories.watermark?.milliseconds ?? .min / 4
    guard let reach = ActivityReach(of: stories, within: question.scope.milliseconds),
      let first = calendar.start(of: question.interval, at: Instant(milliseconds: reach.first))
    else { return Plan(rules: rules, intervals: nil, last: .min, watermark: watermark) }
    return Plan(
      rules: rules,
      intervals: try IntervalTable(
        question.interval, from: first + TimeSpan(milliseconds: -1),
        through: Instant(milliseconds: reach.last), calendar),
      last: reach.last, watermark: watermark)
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(
      counts: Array(repeating: 0, count: (plan.intervals?.count ?? 0) * State.counted))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    let rule = plan.rules[index]
    guard let intervals = plan.intervals else {
      partial.others += customers.count
      return
    }
    let (begin, count) = (intervals.times.lowerBound, intervals.count)
    for customer in customers {
      // Far from each other and from every interval.
      let (never, before) = (-4, -2)
      var previous = never
      for row in segment.rows(of: customer) {
        let time = segment.times[row]
        guard time <= plan.last else { break }
        guard rule.contains(row) else { continue }
        guard time >= begin else {
          previous = before
          continue
        }
        let interval = intervals.position(of: time)
        guard interval != previous else { continue }
        if previous == never {
          partial.add(.new, interval)
        } else if previous == interval - 1 {
          partial.add(.returning, interval)
        } else {
          partial.add(.resurrecting, interval)
          if previous >= 0 { partial.add(.dormant, previous + 1) }
        }
        previous = interval
      }
      if previous >= 0, previous + 1 < count { partial.add(.dormant, previous + 1) }
      if previous > 0 { partial.units += 1 } else { partial.others += 1 }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for place in partial.counts.indices { partial.counts[place] += later.counts[place] }
    partial.units += later.units
    partial.others += later.others
  }

  /// Finds a state in an interval.
  public func cell(
    of row: AnswerRowKey, by plan: Plan
  ) throws(Refusal) -> (interval: Int, state: State) {
    let columns = ["interval", "state"]
    let (name, word) = (
      try row.value("interval", of: columns), try row.value("state", of: columns)
    )
    guard let state = State(rawValue: word) else { throw AnswerRowKey.unknown("state", word) }
    guard let interval = plan.intervals?.names.dropFirst().firstIndex(of: name) else {
      throw AnswerRowKey.unknown("interval", name)
    }
    return (interval, state)
  }

  /// How many units are in a state.
  public func count(
    at cell: (interval: Int, state: State), in partial: borrowing Partial
  ) -> Int { partial.count(cell.state, cell.interval) }
}

extension LifecycleFold.Partial {
  fileprivate mutating func add(_ state: LifecycleFold.State, _ interval: Int) {
    counts[interval * LifecycleFold.State.counted + state.place] += 1
  }

  /// How many units are in a state.
  func count(_ state: LifecycleFold.State, _ interval: Int) -> Int {
    let base = interval * LifecycleFold.State.counted
    return state == .active
      ? counts[base] + counts[base + 1] + counts[base + 2] : counts[base + state.place]
  }
}
