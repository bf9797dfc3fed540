import Events
import Experience
import Stories

/// Counts units by the number of intervals in which they were active, for each longer period.
public struct StickinessFold: TraceableFold {
  let question: StickinessQuestion
  let calendar: LocalCalendar

  /// The rules, the intervals and the periods that they fill.
  public struct Plan: Sendable {
    let rules: [ActivityRule]
    /// nil where nothing lies in the range.
    let intervals: IntervalTable?
    /// By interval: its period.
    let periodOf: [Int]
    /// By period: what it is called, its first moment, and how many intervals it has.
    let names: [String]
    let starts: [Instant]
    let lengths: [Int]
    /// By period: where its counts begin; they are by the number of active intervals, from 1.
    let places: [Int]
    let range: ClosedRange<Int64>
    let watermark: Int64
    /// By period: the first moment after it.
    let ends: [Int64]
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    /// By period, then number of active intervals.
    var counts: [Int]
    /// By period: units that were active in it at all.
    var active: [Int]
    var units = 0
    var others = 0
  }

  /// A count: of a period, with a number of intervals or with any.
  public enum Cell: Sendable {
    case any(period: Int)
    case exactly(place: Int)
  }

  /// Compiles the rules and lays the intervals.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    try question.validate()
    let rules = try ActivityRule.all(question.event, of: stories)
    let watermark = stories.watermark?.milliseconds ?? .min / 4
    guard let reach = ActivityReach(of: stories, within: question.scope.milliseconds) else {
      return Plan(
        rules: rules, intervals: nil, periodOf: [], names: [], starts: [], lengths: [],
        places: [], range: 0...0, watermark: watermark, ends: [])
    }
    let (first, last) = (Instant(milliseconds: reach.first), Instant(milliseconds: reach.last))
    let intervals = try IntervalTable(question.interval, from: first, through: last, calendar)
    var periods: IntervalTable?
    if let longer = question.period.interval {
      periods = try IntervalTable(longer, from: first, through: last, calendar)
    }
    // The first interval may begin before its period where that is the range, never otherwise.
    let periodOf = (0..<intervals.count).map { interval in
      periods.map {
        $0.position(of: max($0.times.lowerBound, intervals.starts[interval].milliseconds))
      } ?? 0
    }
    var lengths = [Int](repeating: 0, count: periods?.count ?? 1)
    for period in periodOf { lengths[period] += 1 }
    var places = [0]
    for length in lengths { places.append((places.last ?? 0) + length) }
    guard (places.last ?? 0) <= StickinessQuestion.mostCells else {
      throw Refusal(
        "stickiness.size",
        problem: "There are too many intervals of one "
          + "\(question.interval.rawValue).",
        remedy: "Take a longer interval or a shorter range.")
    }
    return Plan(
      rules: rules, intervals: intervals, periodOf: periodOf, names: periods?.names ?? ["range"],
      starts: periods.map { Array($0.starts.dropLast()) } ?? [first], lengths: lengths,
      places: Array(places.dropLast()), range: reach.first...reach.last, watermark: watermark,
      ends: periods?.starts.dropFirst().map(\.milliseconds)
        ?? [question.scope.to?.milliseconds ?? reach.last])
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(
      counts: Array(repeating: 0, count: plan.lengths.reduce(0, +)),
      active: Array(repeating: 0, count: plan.names.count))
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
    for customer in customers {
      var (previous, period, days) = (-1, -1, 0)
      for row in segment.rows(of: customer) {
        let time = segment.times[row]
        guard time >= plan.range.lowerBound else { continue }
        guard time <= plan.range.upperBound else { break }
        guard rule.contains(row) else { continue }
        let interval = intervals.position(of: time)
        guard interval != previous else { continue }
        previous = interval
        if plan.periodOf[interval] != period {
          partial.add(days, in: period, by: plan)
          period = plan.periodOf[interval]
          days = 0
        }
        days += 1
      }
      partial.add(days, in: period, by: plan)
      if days > 0 { partial.units += 1 } else { partial.others += 1 }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for place in partial.counts.indices { partial.counts[place] += later.counts[place] }
    for period in partial.active.indices { partial.active[period] += later.active[period] }
    partial.units += later.units
    partial.others += later.others
  }

  /// Finds a number of intervals in a period, or `any`.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    let columns = ["period", "intervals"]
    let (name, text) = (
      try row.value("period", of: columns), try row.value("intervals", of: columns)
    )
    guard let period = plan.names.firstIndex(of: name), plan.intervals != nil else {
      throw AnswerRowKey.unknown("period", name)
    }
    if text == Stickiness.any { return .any(period: period) }
    guard let count = Int(text), (1...max(1, plan.lengths[period])).contains(count) else {
      throw AnswerRowKey.unknown("intervals", text)
    }
    return .exactly(place: plan.places[period] + count - 1)
  }

  /// How many units there are.
  public func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    switch cell {
    case .any(let period): partial.active[period]
    case .exactly(let place): partial.counts[place]
    }
  }
}

extension StickinessFold.Partial {
  fileprivate mutating func add(_ days: Int, in period: Int, by plan: StickinessFold.Plan) {
    guard days > 0 else { return }
    counts[plan.places[period] + days - 1] += 1
    active[period] += 1
  }
}
