import Events
import Stories

/// Asks which whole ways are taken.
public struct VariantsQuestion: CatalogueQuestion, TraceableFold {
  public static let kind = QuestionKind.variants
  public static var form: QuestionForm {
    QuestionForm(asks: "Which whole ways are taken.", fields: [], example: "question: variants")
  }

  public var scope = Scope()

  private enum CodingKeys: String, CodingKey, CaseIterable { case none }

  public init(from decoder: any Decoder) throws {
    scope = try Scope(from: decoder)
    _ = try QuestionFields<CodingKeys>(decoder)
  }

  public func encode(to encoder: any Encoder) throws { try scope.encode(to: encoder) }

  public func plan(for stories: Stories) throws(Refusal) {
    throw Refusal("question.variants", problem: "Not answered yet.", remedy: "Ask another.")
  }

  public func begin(_ plan: Void) -> Int { 0 }

  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Void,
    into partial: inout Int
  ) {}

  public func merge(_ later: consuming Int, into partial: inout Int) { partial += later }

  public func finish(_ partial: consuming Int, by plan: Void) -> Variants { Variants() }

  public func cell(of row: AnswerRowKey, by plan: Void) throws(Refusal) {}

  public func count(at cell: Void, in partial: borrowing Int) -> Int { copy partial }
}

/// The answer to a `VariantsQuestion`.
public struct Variants: CatalogueAnswer {
  public var tally: AnswerTally { AnswerTally(counted: 0) }
  public var table: AnswerTable { AnswerTable([]) }
}
