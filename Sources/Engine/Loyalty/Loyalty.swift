import Events
import Statistics

/// The answer to a `LoyaltyQuestion`.
public struct Loyalty: CatalogueAnswer {
  /// One outcome of one group.
  public struct Row: Sendable, Codable, Equatable {
    public var outcome: String
    public var group: String
    /// Who did it.
    public var customers: Int
    /// Of those whose span has passed.
    public var share: Estimate
    /// The share less that of the last group; of the last group itself none. It says *associated*, not
    /// *caused*.
    public var difference: Estimate
    /// Those of the group whose span has not passed.
    public var open: Int
  }

  /// By outcome, then group.
  public var rows: [Row]
  public var tally: AnswerTally
  private let groups: [String]

  private enum CodingKeys: String, CodingKey { case rows }

  init(_ question: LoyaltyQuestion, _ partial: LoyaltyFold.Partial) {
    let names = question.groups
    groups = names
    let count = question.outcomes.count
    rows = question.outcomes.indices.flatMap { outcome in
      let shares = names.indices.map { group in
        Estimate.share(partial.did[group * count + outcome], of: partial.passed[group])
      }
      return names.indices.map { group in
        Row(
          outcome: question.outcomes[outcome].name, group: names[group],
          customers: partial.did[group * count + outcome], share: shares[group],
          difference: group == names.count - 1
            ? .none : .difference(shares[group], shares[names.count - 1]),
          open: partial.open[group])
      }
    }
    tally = AnswerTally(
      counted: partial.passed.reduce(0, +), open: partial.open.reduce(0, +),
      excluded: [.init(reason: "customers without an answer on the scale", count: partial.offScale)]
    )
  }

  /// One row for each outcome of each group.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("outcome", .key), .init("group", .key), .init("customers", .count), .init("of", .count),
      .init("share", .share), .init("low", .share), .init("high", .share),
      .init("difference", .share), .init("difference_low", .share),
      .init("difference_high", .share), .init("open", .count), .init("note", .note),
    ])
    guard tally.counted + tally.open > 0 else { return table }
    for row in rows {
      table.add([
        .text(row.outcome), .text(row.group), .count(row.customers), .count(row.share.count),
        .optional(row.share.value), .optional(row.share.low), .optional(row.share.high),
        .optional(row.difference.value), .optional(row.difference.low),
        .optional(row.difference.high), .count(row.open),
        ScoreBase(row.share.count) == .enough
          ? .none : .text(ScoreBase(row.share.count).rawValue),
      ])
    }
    return table
  }

  /// The shares of each outcome's groups with their intervals.
  public var picture: AnswerPicture? {
    guard tally.counted > 0 else { return nil }
    let title = "Who does it, by group"
    var outcomes: [String] = []
    for row in rows where outcomes.last != row.outcome { outcomes.append(row.outcome) }
    let parts = outcomes.map { outcome in
      AnswerPicture.Part(
        name: outcome,
        picture: .ranges(
          title: outcome,
          ranges: rows.filter { $0.outcome == outcome }.map {
            .init($0.group, $0.share.value, low: $0.share.low, high: $0.share.high)
          }))
    }
    return parts.count == 1 ? parts[0].picture : .several(title: title, parts: parts)
  }
}
