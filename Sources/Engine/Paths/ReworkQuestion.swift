import Events
import Experience

/// Asks what is repeated, at once or after something else, and which loops are walked.
///
/// Only events in the range count. A condition on the story is judged before a customer's first event
/// with a name in the range.
public struct ReworkQuestion: CatalogueQuestion {
  public static let kind = QuestionKind.rework
  public static var form: QuestionForm {
    QuestionForm(
      asks: "What is repeated, at once or later, and which loops are walked.",
      fields: PathFields.names + [
        .init(
          "limit", takes: "1 to \(largestLimit)", standard: "\(usualLimit)",
          meaning: "How many loops are shown, the most frequent ones.", input: .number)
      ],
      example: """
        question: rework
        limit: 10
        """)
  }

  public var scope = Scope()
  /// What events are called.
  public var naming: Naming
  /// Which events are looked at; empty: all. Others count as if they were not there.
  public var only: [EventSelector]
  /// How many loops are shown.
  public var limit: Int

  /// How many names are told apart: loops are counted in a table of 12 bytes a pair of them.
  public static let mostNames = 256
  /// The most loops that are shown: all that there can be.
  public static let largestLimit = 100_000
  /// How many loops are shown unless a question says otherwise.
  public static let usualLimit = 20

  /// Makes a question.
  public init(
    by naming: Naming = .event, only: [EventSelector] = [], limit: Int = usualLimit
  ) {
    self.naming = naming
    self.only = only
    self.limit = limit
  }

  public var eventRules: [Expression] { only.map(\.rule) }
  public var propertyNames: [String] { naming.propertyNames }

  /// Refuses a limit out of its limits.
  func validate() throws(Refusal) {
    guard (1...Self.largestLimit).contains(limit) else {
      throw Refusal(
        "rework.limit", problem: "\(limit) loops cannot be shown.",
        remedy: "Take 1 to \(Self.largestLimit).")
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case by, only, limit }

  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(
      by: try fields.value(.by, standard: .event), only: try fields.list(.only) ?? [],
      limit: try fields.value(.limit, standard: Self.usualLimit))
    scope = try Scope(from: decoder)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if naming != .event { try fields.encode(naming, forKey: .by) }
    if !only.isEmpty { try fields.encode(only, forKey: .only) }
    if limit != Self.usualLimit { try fields.encode(limit, forKey: .limit) }
  }

  public func fold(in context: QuestionContext) -> ReworkFold {
    ReworkFold(question: self, touchpoints: context.experience?.touchpoints ?? [])
  }
}
