import Events
import Experience
import Statistics
import Stories

/// How sessions are counted.
public struct SessionsFold: TraceableFold {
  let question: SessionsQuestion
  let calendar: LocalCalendar
  let touchpoints: [Touchpoint]

  /// A sessions' question, compiled.
  public struct Plan: Sendable { let plan: SessionsPlan }
  /// What a section has counted.
  public struct Partial: Sendable { var partial: SessionsPartial }

  /// A place in what is counted.
  public enum Cell: Sendable {
    case sessions(Int)
    case ends(Int)
  }

  /// Compiles the question.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    Plan(plan: try SessionsPlan(question, for: stories, calendar, touchpoints: touchpoints))
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial { Partial(partial: SessionsPartial(plan.plan)) }

  /// Counts the sessions of customers.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    guard plan.plan.cells > 0 else { return }
    partial.partial.count(
      customers, of: stories.segments[index], at: index, gap: question.gap.milliseconds,
      by: plan.plan)
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.partial.merge(later.partial)
  }

  /// Makes figures of counts.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Sessions {
    let (plan, partial) = (plan.plan, partial.partial)
    let durations = partial.durations.divided(by: partial.cells, count: plan.cells)
    let lengths = partial.lengths.divided(by: partial.cells, count: plan.cells)
    var groups: [Sessions.Group] = []
    for span in 0..<plan.spans.count {
      for value in 0..<plan.width {
        let cell = span * plan.width + value
        let counts = partial.counts[cell]
        // A value has rows where it has sessions; an interval without any has a row of noughts.
        guard counts.sessions > 0 || plan.values == nil else { continue }
        groups.append(
          Sessions.Group(
            interval: question.interval.map { _ in plan.spans.names[span] },
            breakdown: plan.values?.names[value],
            isOpen: plan.spans.isOpen(span, watermark: plan.watermark), counts,
            durations: durations[cell], lengths: lengths[cell], hasGoal: question.goal != nil,
            entries: ends(0, cell, partial, plan), exits: ends(1, cell, partial, plan)))
      }
    }
    return Sessions(
      interval: question.interval, breakdown: question.breakdown?.name, groups: groups,
      customers: partial.customers, hasEnds: question.ends != nil)
  }

  /// The most frequent first (0) or last (1) events of a cell's sessions.
  private func ends(
    _ end: Int, _ cell: Int, _ partial: SessionsPartial, _ plan: SessionsPlan
  ) -> [Sessions.End] {
    guard let names = plan.ends?.names else { return [] }
    let all = names.indices.map { name in
      let place = (cell * 2 + end) * names.count + name
      return Sessions.End(
        event: names[name], customers: partial.endCustomers[place],
        sessions: partial.endSessions[place])
    }
    return Array(
      all.filter { $0.sessions > 0 }
        .sorted { ($1.sessions, $0.event) < ($0.sessions, $1.event) }.prefix(question.top))
  }

  /// Finds the customers of a row.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    var columns: [String] = []
    if question.interval != nil { columns.append("interval") }
    if question.breakdown != nil { columns.append("breakdown") }
    columns.append("part")
    if question.ends != nil { columns.append("event") }
    let plan = plan.plan
    let span =
      question.interval == nil
      ? 0 : try plan.spans.position(of: row.value("interval", of: columns))
    let value =
      try plan.values.map { values throws(Refusal) in
        try values.position(of: row.value("breakdown", of: columns), column: "breakdown")
      } ?? 0
    let cell = span * plan.width + value
    let part = try row.value("part", of: columns)
    switch (part, plan.ends) {
    case ("all", _): return .sessions(cell)
    case ("entry", let names?), ("exit", let names?):
      let name = try names.number(of: row.value("event", of: columns), column: "event")
      return .ends((cell * 2 + (part == "entry" ? 0 : 1)) * names.count + name)
    default: throw AnswerRowKey.unknown("part", part)
    }
  }

  /// The customers there, so far.
  public func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    switch cell {
    case .sessions(let cell): partial.partial.counts[cell].customers
    case .ends(let place): partial.partial.endCustomers[place]
    }
  }
}
