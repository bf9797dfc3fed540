import Events
import Experience
import Statistics
import Stories

extension TrendsQuestion {
  /// Makes the fold, for which intervals are those of the experience's zone.
  public func fold(in context: QuestionContext) throws(Refusal) -> TrendsFold {
    TrendsFold(question: self, calendar: context.calendar)
  }
}

/// How a trend is counted.
public struct TrendsFold: TraceableFold {
  let question: TrendsQuestion
  let calendar: LocalCalendar

  /// A trend's question, compiled.
  public struct Plan: Sendable { let plan: TrendsPlan }
  /// What a section has counted.
  public struct Partial: Sendable { var partial: TrendsPartial }

  /// Compiles the question.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    Plan(plan: try TrendsPlan(question, for: stories, calendar))
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(partial: TrendsPartial(question, plan.plan))
  }

  /// Counts the events of customers.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    guard plan.plan.cells > 0 else { return }
    partial.partial.count(
      customers, of: stories.segments[index], plan.plan.segments[index], question, by: plan.plan)
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.partial.merge(later.partial)
  }

  /// Makes figures of counts.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Trends {
    TrendsFigures(question, plan.plan, partial.partial).answer()
  }

  /// Finds the customers of a row: of a formula, those of the first series that it speaks of.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Int {
    var columns = ["series"]
    if question.interval != nil { columns.insert("interval", at: 0) }
    if question.breakdown != nil { columns.append("breakdown") }
    let plan = plan.plan
    let name = try row.value("series", of: columns)
    guard
      let series = question.series.firstIndex(where: { $0.name == name })
        ?? question.formulas.first(where: { $0.name == name })?.arithmetic.series.first
    else { throw AnswerRowKey.unknown("series", name) }
    let span =
      question.interval == nil
      ? plan.spans.before
      : try plan.spans.position(of: row.value("interval", of: columns))
    let value =
      try plan.values.map { values throws(Refusal) in
        try values.position(of: row.value("breakdown", of: columns), column: "breakdown")
      } ?? 0
    return series * (plan.cells + 1) + span * plan.width + value
  }

  /// The customers there, so far.
  public func count(at cell: Int, in partial: borrowing Partial) -> Int {
    partial.partial.customers[cell]
  }
}
