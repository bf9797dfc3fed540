import Events
import Experience

/// Asks for recency, frequency and monetary value in cells.
///
/// Units with at least one selected event in the range get a score for each: how late the last of
/// them was, how many there are, and the sum of their numbers (one that is missing counts 0).
/// Scores are 1 to `scores`: one more than the number of cut points below the value, the cut points
/// being the quantiles of all those units (Hyndman and Fan's definition 7). Equal values get equal
/// scores, so a score may be nobody's; 5 is the best of 5.
public struct RFMQuestion: Sendable, Equatable {
  /// What a row of the table is.
  public enum Rows: String, Sendable, Codable, CaseIterable {
    /// A group of cells by recency and frequency with a name; there are names for five scores.
    case groups
    /// One combination of the three scores.
    case cells
  }

  public var scope = Scope()
  public var event: EventSelector
  public var money: NumberSelector
  public var scores = 5
  public var rows = Rows.groups

  /// Makes a question.
  public init(event: EventSelector, money: NumberSelector) {
    self.event = event
    self.money = money
  }

  /// The most scores: a thousand cells.
  public static let mostScores = 10

  /// Refuses scores that make no cells.
  func validate() throws(Refusal) {
    guard (2...Self.mostScores).contains(scores) else {
      throw Refusal(
        "rfm.scores", problem: "Scores from 1 to \(scores) make no cells.",
        remedy: "Ask for 2 to \(Self.mostScores).")
    }
    guard rows == .cells || scores == RFMGroup.scores else {
      throw Refusal(
        "rfm.rows", problem: "Groups have names for scores from 1 to 5, not to \(scores).",
        remedy: "Write “rows: cells”, or leave “scores” out.")
    }
  }
}

extension RFMQuestion: CatalogueQuestion {
  /// Recency, frequency and monetary value in cells.
  public static let kind = QuestionKind.rfm

  /// The fields of an RFM question.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "Who bought lately, often and for much, as cells or groups with names.",
      fields: [
        .init(
          "event", takes: "an event or touchpoint", standard: nil, meaning: "The purchases.",
          input: .event),
        .init(
          "money", takes: "a property or number", standard: nil, meaning: "What one is worth.",
          input: .property),
        .init(
          "scores", takes: "2 to \(mostScores)", standard: "5",
          meaning: "How many scores each of the three has.", input: .number),
        .init(
          "rows", takes: "groups or cells", standard: "groups",
          meaning: "What the table is made of.", input: .choice(["groups", "cells"])),
      ],
      example: """
        question: rfm
        event: Order Completed
        money: properties.total
        """)
  }

  /// The condition of the purchases.
  public var eventRules: [Expression] { [event.rule] }
  /// The properties that money is made of.
  public var propertyNames: [String] { money.rule.properties.sorted() }

  private enum CodingKeys: String, CodingKey, CaseIterable { case event, money, scores, rows }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(event: try fields.required(.event), money: try fields.required(.money))
    scope = try Scope(from: decoder)
    scores = try fields.value(.scores, standard: scores)
    rows = try fields.value(.rows, standard: rows)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(event, forKey: .event)
    try fields.encode(money, forKey: .money)
    if scores != 5 { try fields.encode(scores, forKey: .scores) }
    if rows != .groups { try fields.encode(rows, forKey: .rows) }
  }
}

/// A group of RFM cells by recency and frequency, from 1 to 5.
///
/// - SeeAlso: the grid that most CRM tools share; Putler, "RFM Analysis" (2018).
public enum RFMGroup: String, Sendable, Codable, CaseIterable {
  case champions
  case loyal
  case potentialLoyalists = "potential loyalists"
  case new
  case promising
  case needAttention = "need attention"
  case aboutToSleep = "about to sleep"
  case atRisk = "at risk"
  case cannotLose = "cannot lose them"
  case hibernating

  /// How many scores the groups are made for.
  static let scores = 5

  /// The group of two scores.
  init(recency: Int, frequency: Int) {
    self =
      switch (recency, frequency) {
      case (...2, ...2): .hibernating
      case (...2, 3...4): .atRisk
      case (...2, _): .cannotLose
      case (3, ...2): .aboutToSleep
      case (3, 3): .needAttention
      case (3...4, 4...): .loyal
      case (4, 1): .promising
      case (4, _): .potentialLoyalists
      case (_, 1): .new
      case (_, 2...3): .potentialLoyalists
      default: .champions
      }
  }
}
