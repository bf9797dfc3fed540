import Events
import Stories

/// Asks how often.
public struct FrequencyQuestion: CatalogueQuestion, TraceableFold {
  public static let kind = QuestionKind.frequency
  public static var form: QuestionForm {
    QuestionForm(asks: "How often.", fields: [], example: "question: frequency")
  }

  public var scope = Scope()

  private enum CodingKeys: String, CodingKey, CaseIterable { case none }

  public init(from decoder: any Decoder) throws {
    scope = try Scope(from: decoder)
    _ = try QuestionFields<CodingKeys>(decoder)
  }

  public func encode(to encoder: any Encoder) throws { try scope.encode(to: encoder) }

  public func plan(for stories: Stories) throws(Refusal) {
    throw Refusal("question.frequency", problem: "Not answered yet.", remedy: "Ask another.")
  }

  public func begin(_ plan: Void) -> Int { 0 }

  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Void,
    into partial: inout Int
  ) {}

  public func merge(_ later: consuming Int, into partial: inout Int) { partial += later }

  public func finish(_ partial: consuming Int, by plan: Void) -> Frequency { Frequency() }

  public func cell(of row: AnswerRowKey, by plan: Void) throws(Refusal) {}

  public func count(at cell: Void, in partial: borrowing Int) -> Int { copy partial }
}

/// The answer to a `FrequencyQuestion`.
public struct Frequency: CatalogueAnswer {
  public var tally: AnswerTally { AnswerTally(counted: 0) }
  public var table: AnswerTable { AnswerTable([]) }
}
