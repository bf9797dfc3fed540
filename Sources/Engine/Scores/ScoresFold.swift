import Events
import Experience
import Statistics
import Stories

extension ScoresQuestion {
  /// Makes the fold, for which touchpoints and intervals are those of the experience.
  public func fold(in context: QuestionContext) throws(Refusal) -> ScoresFold {
    ScoresFold(question: self, context: context)
  }
}

/// How a score is counted.
public struct ScoresFold: TraceableFold {
  let question: ScoresQuestion
  let context: QuestionContext

  /// A score's question, compiled.
  public struct Plan: Sendable { let plan: ScoresPlan }
  /// What a section has counted.
  public struct Partial: Sendable {
    var tally: ScoresTally
    /// Where cases are walked, by journey.
    var rooms: [JourneyFold.Partial]
  }

  /// A number that counts units.
  public enum Cell: Sendable {
    /// Those with an answer in a figure: any, or one in a part of the scale.
    case answered(figure: Int, ScoreBand?)
    /// Those who were asked in an interval.
    case asked(span: Int)
  }

  /// Compiles the question.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    Plan(plan: try ScoresPlan(question, for: stories, context))
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(tally: ScoresTally(question, plan.plan), rooms: plan.plan.cases?.rooms() ?? [])
  }

  /// Counts the answers of customers.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    guard plan.plan.figures > 0 else { return }
    let segment = stories.segments[index]
    for customer in customers {
      partial.tally.count(
        customer, of: segment, at: index, question, plan.plan, &partial.rooms)
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.tally.merge(later.tally)
  }

  /// Makes figures of counts.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Scores {
    ScoresFigures(question, plan.plan, partial.tally).answer()
  }

  /// Finds the customers of a row.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    let plan = plan.plan
    var columns = ["answer"]
    if question.division != nil { columns.insert("by", at: 0) }
    if question.interval != nil { columns.insert("interval", at: 0) }
    let span =
      question.interval == nil
      ? plan.spans.before : try plan.spans.position(of: row.value("interval", of: columns))
    let group =
      question.division == nil
      ? 0 : try plan.group(of: row.value("by", of: columns), column: "by")
    let name = try row.value("answer", of: columns)
    guard plan.figures > 0 else { throw AnswerRowKey.unknown("answer", name) }
    if name == Scores.asked, question.asked != nil { return .asked(span: span) }
    let figure = span * plan.width + group
    if name == Scores.all { return .answered(figure: figure, nil) }
    guard let place = question.rule.bandNames.firstIndex(of: name),
      let band = ScoreBand(rawValue: place)
    else { throw AnswerRowKey.unknown("answer", name) }
    return .answered(figure: figure, band)
  }

  /// The customers there, so far.
  public func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    switch cell {
    case .answered(let figure, let band): partial.tally.customers(figure, band)
    case .asked(let span): partial.tally.asked[span]
    }
  }
}
