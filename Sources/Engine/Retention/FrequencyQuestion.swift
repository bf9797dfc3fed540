import Events
import Experience

/// Asks how many events units have in the range.
///
/// A unit without any counts only where `zero` says so, and only where its story begins before the
/// range's end: who comes later could not have had one.
public struct FrequencyQuestion: Sendable, Equatable {
  /// What becomes of units without such an event.
  public enum Zero: String, Sendable, Codable, CaseIterable { case omitted, counted }

  public var scope = Scope()
  public var event: EventSelector
  public var zero = Zero.omitted
  /// Up to how many events each number has a row of its own; beyond, rows reach to 1, 2 or 5 times
  /// a power of ten.
  public var exact = 20

  /// Makes a question; without an argument, about any events.
  public init(event: EventSelector = .any) { self.event = event }

  /// The most numbers that have a row of their own.
  public static let mostExact = 1000

  /// Refuses rows without end.
  func validate() throws(Refusal) {
    guard !(1...Self.mostExact).contains(exact) else { return }
    throw Refusal(
      "frequency.exact", problem: "Rows for each number up to \(exact) cannot be told.",
      remedy: "Ask for 1 to \(Self.mostExact).")
  }
}

extension FrequencyQuestion: CatalogueQuestion {
  /// How often.
  public static let kind = QuestionKind.frequency

  /// The fields of a frequency question.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "How many events of a kind people have.",
      fields: [
        .init(
          "event", takes: "an event or touchpoint", standard: "any", meaning: "What is counted.",
          input: .event),
        .init(
          "zero", takes: "omitted or counted", standard: "omitted",
          meaning: "Whether those without any count.", input: .choice(["omitted", "counted"])),
        .init(
          "exact", takes: "1 to \(mostExact)", standard: "20",
          meaning: "Up to which number each has a row of its own.", input: .number),
      ],
      example: """
        question: frequency
        event: Order Completed
        zero: counted
        """)
  }

  /// The condition of the events counted.
  public var eventRules: [Expression] { [event.rule] }

  private enum CodingKeys: String, CodingKey, CaseIterable { case event, zero, exact }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(event: try fields.value(.event, standard: .any))
    scope = try Scope(from: decoder)
    zero = try fields.value(.zero, standard: zero)
    exact = try fields.value(.exact, standard: exact)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if event != .any { try fields.encode(event, forKey: .event) }
    if zero != .omitted { try fields.encode(zero, forKey: .zero) }
    if exact != 20 { try fields.encode(exact, forKey: .exact) }
  }
}
