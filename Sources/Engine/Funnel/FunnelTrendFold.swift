import Events
import Experience
import Statistics
import Stories

/// A funnel over time, with the calendar.
public struct FunnelTrendFold: Sendable {
  let question: FunnelTrendQuestion
  let calendar: LocalCalendar
  var funnel: FunnelQuestion { question.funnel }
}

/// A funnel over time, compiled for all segments.
public struct FunnelTrendPlan: Sendable {
  let funnel: FunnelPlan
  /// nil where there are no events.
  let intervals: IntervalTable?
  var groups: Int { (intervals?.count ?? 0) * funnel.groups }
}

extension FunnelTrendFold: TraceableFold {
  /// Lays the intervals over the range, or over the stories where it has no ends.
  public func plan(for stories: Stories) throws(Refusal) -> FunnelTrendPlan {
    let plan = try FunnelPlan(funnel, for: stories)
    guard let latest = stories.watermark, let earliest = stories.earliest else {
      return FunnelTrendPlan(funnel: plan, intervals: nil)
    }
    let first = funnel.from ?? min(earliest, funnel.to ?? earliest)
    let end = funnel.to.map { $0 - .millisecond } ?? latest
    let intervals = try IntervalTable(
      question.interval, from: first, through: max(first, min(end, latest)), calendar)
    let made = FunnelTrendPlan(funnel: plan, intervals: intervals)
    guard made.groups * funnel.steps.count <= FunnelTrendQuestion.mostCells else {
      throw Refusal(
        "funnel.cells",
        problem: "\(intervals.count) intervals of \(plan.groups) values and "
          + "\(funnel.steps.count) steps are more than \(FunnelTrendQuestion.mostCells) numbers.",
        remedy: "Take a longer interval or a shorter range, or do without the breakdown.")
    }
    return made
  }

  /// Counts of nothing.
  public func begin(_ plan: FunnelTrendPlan) -> FunnelPartial {
    FunnelPartial(
      tally: FunnelTally(
        steps: funnel.steps.count, groups: plan.groups,
        kept: funnel.figures == .counts ? .none : .toConvert))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: FunnelTrendPlan,
    into partial: inout FunnelPartial
  ) {
    guard let intervals = plan.intervals else { return }
    let segment = stories.segments[index]
    let table = plan.funnel.segments[index]
    let values = plan.funnel.breakdown?[index]
    var walk = FunnelWalk(funnel, watermark: plan.funnel.watermark)
    var hits: [FunnelHit] = []
    for customer in customers {
      table.collect(
        segment.rows(of: customer), of: segment, funnel, by: plan.funnel, into: &hits)
      guard !hits.isEmpty else { continue }
      let parts = table.held.isEmpty ? [hits] : table.divided(hits)
      guard funnel.entry == .best else {
        walk.begin()
        for part in parts { walk.follow(part[...]) }
        walk.choose()
        funnel.add(walk, of: segment, values, to: &partial.tally) {
          intervals.position(of: $0.entry) * plan.funnel.groups
        }
        continue
      }
      var next = Int64.min
      for hit in hits where hit.enters && hit.time >= next {
        let interval = intervals.position(of: hit.time)
        next = intervals.starts[interval + 1].milliseconds
        walk.begin()
        walk.entries = hit.time..<next
        for part in parts { walk.follow(part.within(hit.time..<next, funnel.window)) }
        walk.choose()
        funnel.add(walk, of: segment, values, to: &partial.tally) { _ in
          interval * plan.funnel.groups
        }
      }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming FunnelPartial, into partial: inout FunnelPartial) {
    partial.tally.add(later.tally)
  }

  /// Makes shares and quantiles.
  public func finish(_ partial: consuming FunnelPartial, by plan: FunnelTrendPlan) -> FunnelTrend {
    let tally = partial.tally
    let values = plan.funnel.groups
    let intervals = plan.intervals?.names ?? []
    func points(_ positions: Range<Int>) -> [FunnelTrend.Point] {
      intervals.indices.map { interval in
        var part = tally.united(positions.map { interval * values + $0 })
        return FunnelTrend.Point(&part)
      }
    }
    var groups: [FunnelTrend.Group] = []
    if let breakdown = plan.funnel.breakdown {
      for position in 0..<values {
        let points = points(position..<(position + 1))
        guard points.contains(where: { $0.entered > 0 }) else { continue }
        let isRest = position == plan.funnel.others
        groups.append(
          FunnelTrend.Group(
            value: position == 0 || isRest ? nil : breakdown.names[position], points: points,
            isRest: isRest))
      }
      groups.sort { left, right in
        left.isRest != right.isRest
          ? right.isRest
          : (right.entered, left.value ?? "") < (left.entered, right.value ?? "")
      }
    }
    return FunnelTrend(
      steps: funnel.stepNames, intervals: intervals,
      starts: plan.intervals.map { Array($0.starts.dropLast()) } ?? [],
      points: points(0..<values), groups: groups, dropped: tally.dropped,
      watermark: plan.funnel.latest)
  }

  /// The units that entered in an interval; a row may name a `step` and an `outcome` as a funnel's.
  public func cell(
    of row: AnswerRowKey, by plan: FunnelTrendPlan
  ) throws(Refusal) -> FunnelCell {
    let columns = ["interval"] + (plan.funnel.breakdown == nil ? [] : ["breakdown"])
    let name = try row.value("interval", of: columns + ["step", "outcome"])
    guard let interval = plan.intervals?.names.firstIndex(of: name) else {
      throw AnswerRowKey.unknown("interval", name)
    }
    return try FunnelCell(
      row, in: funnel, plan.funnel, columns: columns, standardStep: 0,
      from: interval * plan.funnel.groups)
  }

  /// How many there are.
  public func count(at cell: FunnelCell, in partial: borrowing FunnelPartial) -> Int {
    cell.count(in: partial.tally)
  }
}

extension [FunnelHit] {
  /// Those that entries of a time may come to within a window.
  fileprivate func within(_ entries: Range<Int64>, _ window: TimeSpan?) -> ArraySlice<FunnelHit> {
    let last = window.map { entries.upperBound - 1 + $0.milliseconds } ?? .max
    return drop { $0.time < entries.lowerBound }.prefix { $0.time <= last }
  }
}

extension Stories {
  /// The time of the earliest event that a visible customer has.
  ///
  /// - Complexity: O(*customers*), since a story's first event is its earliest.
  var earliest: Instant? {
    var earliest = Int64.max
    for segment in segments {
      for customer in segment.visible.joined() {
        let rows = segment.rows(of: customer)
        if !rows.isEmpty { earliest = min(earliest, segment.times[rows.lowerBound]) }
      }
    }
    return earliest == .max ? nil : Instant(milliseconds: earliest)
  }
}
