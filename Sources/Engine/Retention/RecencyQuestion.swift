import Events
import Experience

/// Asks how long ago units had their last event, and how much time lies between two.
///
/// It is judged at the range's end, or at the time of the latest event of all where that is
/// earlier. Events outside the range don't count.
public struct RecencyQuestion: Sendable, Equatable {
  public var scope = Scope()
  public var event: EventSelector
  /// What brackets are counted in: exact lengths, 30 days for a month.
  public var interval = CalendarInterval.day
  /// Where brackets begin, ascending from 0; the last has no end.
  public var brackets = [0, 1, 2, 3, 7, 14, 30, 60, 90, 180, 365]

  /// Makes a question; without an argument, about any events.
  public init(event: EventSelector = .any) { self.event = event }

  /// The most brackets.
  public static let mostBrackets = 366
  /// The last bracket may begin after as many intervals: days of ten years.
  public static let furthest = 3660

  /// Refuses brackets that make no sense.
  func validate() throws(Refusal) {
    let ascends = zip(brackets, brackets.dropFirst()).allSatisfy { $0 < $1 }
    guard
      !ascends || brackets.first != 0 || brackets.count > Self.mostBrackets
        || (brackets.last ?? 0) > Self.furthest
    else { return }
    throw Refusal(
      "recency.brackets",
      problem:
        "\(brackets.map(String.init).joined(separator: ", ")) are no beginnings of brackets.",
      remedy: "Write at most \(Self.mostBrackets) ascending numbers from 0 to \(Self.furthest), "
        + "such as [0, 7, 30, 90].")
  }
}

extension RecencyQuestion: CatalogueQuestion {
  /// How long ago.
  public static let kind = QuestionKind.recency

  /// The fields of a recency question.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "How long ago people had their last event, and how much time lies between two.",
      fields: [
        .init(
          "event", takes: "an event or touchpoint", standard: "any", meaning: "Which events.",
          input: .event),
        .init(
          "interval", takes: "hour, day, week, month, quarter or year", standard: "day",
          meaning: "What brackets are counted in.", input: .interval),
        .init(
          "brackets", takes: "numbers from 0, ascending",
          standard: "0, 1, 2, 3, 7, 14, 30, 60, 90, 180, 365", meaning: "Where brackets begin.",
          input: .text),
      ],
      example: """
        question: recency
        event: Order Completed
        interval: week
        brackets: [0, 1, 2, 4, 8, 13, 26]
        """)
  }

  /// The condition of the events.
  public var eventRules: [Expression] { [event.rule] }

  private enum CodingKeys: String, CodingKey, CaseIterable { case event, interval, brackets }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(event: try fields.value(.event, standard: .any))
    scope = try Scope(from: decoder)
    interval = try fields.value(.interval, standard: interval)
    brackets = try fields.list(.brackets) ?? brackets
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if event != .any { try fields.encode(event, forKey: .event) }
    if interval != .day { try fields.encode(interval, forKey: .interval) }
    if brackets != RecencyQuestion().brackets { try fields.encode(brackets, forKey: .brackets) }
  }
}
