import Events
import Experience
import Statistics
import Stories
import Words

extension WordsQuestion {
  /// Makes the fold, for which themes, touchpoints and intervals are those of the experience.
  public func fold(in context: QuestionContext) throws(Refusal) -> WordsFold {
    WordsFold(question: self, context: context)
  }
}

/// How texts are counted.
public struct WordsFold: TraceableFold {
  let question: WordsQuestion
  let context: QuestionContext

  /// The question, compiled.
  public struct Plan: Sendable { let plan: WordsPlan }
  /// What a section has counted.
  public struct Partial: Sendable { var tally: WordsTally }
  /// A number that counts units: a figure's slot.
  public struct Cell: Sendable {
    let figure: Int
    let slot: Int
  }

  /// Compiles the question, and reads the texts.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    Plan(plan: try WordsPlan(question, for: stories, context))
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial { Partial(tally: WordsTally(question, plan.plan)) }

  /// Counts the texts of customers.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    guard plan.plan.figures > 0 else { return }
    for customer in customers { partial.tally.count(customer, ofSegment: index, plan.plan) }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.tally.merge(later.tally)
  }

  /// Makes figures of counts.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> WordsAnswer {
    var tally = partial.tally
    tally.finish()
    return WordsFigures(question, plan.plan, tally).answer()
  }

  /// Finds the customers of a row.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    let plan = plan.plan
    guard question.verbatims == 0 else {
      throw Refusal(
        "customers.row", problem: "A text that is listed has one customer, who stands beside it.",
        remedy: "Ask with verbatims: 0 for numbers that lead to customers.")
    }
    var columns = ["about", "name"]
    if question.naming != nil { columns.insert("by", at: 0) }
    if question.interval != nil { columns.insert("interval", at: 0) }
    let span =
      question.interval == nil ? 0 : try plan.spans.position(of: row.value("interval", of: columns))
    let group =
      question.naming == nil ? 0 : try plan.group(of: row.value("by", of: columns))
    let about = try row.value("about", of: columns)
    let name = try row.value("name", of: columns)
    guard let kind = WordsAnswer.About(rawValue: about), plan.figures > 0 else {
      throw AnswerRowKey.unknown("about", about)
    }
    return Cell(figure: span * plan.width + group, slot: try slot(kind, name, plan))
  }

  private func slot(
    _ about: WordsAnswer.About, _ name: String, _ plan: WordsPlan
  ) throws(Refusal) -> Int {
    switch about {
    case .texts where name == WordsAnswer.allEvents: return WordsSlots.events
    case .texts where name == WordsAnswer.withWords: return WordsSlots.texts
    case .feeling:
      if name == WordsAnswer.unjudged { return WordsSlots.unjudged }
      if let tone = Sentiment.Tone(rawValue: name) { return WordsSlots.tone(tone) }
    case .language:
      if name == WordsAnswer.unknownLanguage { return WordsSlots.language(nil) }
      if let language = Language(rawValue: name) { return WordsSlots.language(language) }
    case .theme:
      if let theme = plan.themes.firstIndex(where: { $0.name == name }) {
        return WordsSlots.theme(theme)
      }
      if name == WordsAnswer.noTheme { return WordsSlots.theme(plan.themes.count) }
    case .proposal:
      throw Refusal(
        "customers.row", problem: "A proposed term leads to texts, not to customers.",
        remedy: "Ask with `theme: \(name.cut)` and `verbatims: 0`, and take the row of its texts.")
    default: break
    }
    throw AnswerRowKey.unknown("name", name)
  }

  /// The customers there, so far.
  public func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    partial.tally.customers(cell.figure, cell.slot)
  }
}
