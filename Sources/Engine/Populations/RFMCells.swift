import Events
import Statistics

/// The answer to an `RFMQuestion`.
public struct RFMCells: CatalogueAnswer {
  /// Units of one combination of scores, 1 being the lowest.
  public struct Cell: Codable, Sendable, Equatable {
    public var recency: Int
    public var frequency: Int
    public var monetary: Int
    public var figures: Figures
  }

  /// Units of a group with a name.
  public struct Group: Codable, Sendable, Equatable {
    public var group: RFMGroup
    public var figures: Figures
  }

  /// What is told of units.
  public struct Figures: Codable, Sendable, Equatable {
    public var count: Int
    /// Of all units with a purchase.
    public var share: Double
    /// What they spent together.
    public var money: Double
    /// What one of them spent, with its interval.
    public var mean: Estimate
  }

  /// What parts the scores, ascending: a value above so many of them has one score more.
  public struct Cuts: Codable, Sendable, Equatable {
    /// When the last purchase was, as milliseconds before `moment`; these descend.
    public var recency: [Double]
    public var frequency: [Double]
    public var monetary: [Double]
  }

  public var rows: RFMQuestion.Rows
  public var scores: Int
  /// When recency is judged: at the range's end, or where the data end.
  public var moment: Instant?
  public var cuts: Cuts
  /// Those with units.
  public var cells: [Cell]
  /// All groups; none where there are not five scores.
  public var groups: [Group]
  public var tally: AnswerTally
}

extension RFMQuestion {
  /// Makes shares and means.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> RFMCells {
    let partial = partial
    let units = partial.cells.reduce(0) { $0 + $1.count }
    func figures(_ sum: ExactSum) -> RFMCells.Figures {
      .init(
        count: sum.count, share: Double(sum.count) / Double(max(1, units)), money: sum.sum,
        mean: sum.mean)
    }
    return RFMCells(
      rows: rows, scores: scores,
      moment: plan.cuts[0].isEmpty ? nil : Instant(milliseconds: plan.moment),
      cuts: .init(
        recency: plan.cuts[0].map { Double(plan.moment) - $0 }, frequency: plan.cuts[1],
        monetary: plan.cuts[2].map { $0 / 1e6 }),
      cells: partial.cells.indices.filter { partial.cells[$0].count > 0 }.map { cell in
        .init(
          recency: cell / scores / scores + 1, frequency: cell / scores % scores + 1,
          monetary: cell % scores + 1, figures: figures(partial.cells[cell]))
      },
      groups: zip(RFMGroup.allCases, partial.groups).map {
        .init(group: $0, figures: figures($1))
      },
      tally: AnswerTally(
        counted: units,
        excluded: [.init(reason: "no such event in the range", count: partial.without)]))
  }
}

extension RFMCells {
  /// One row a group, or a cell that has units.
  public var table: AnswerTable {
    let figures: [AnswerTable.Column] = [
      .init("customers", .count), .init("share", .share), .init("money", .money),
      .init("mean", .money), .init("low", .money), .init("high", .money),
    ]
    func written(_ figures: Figures) -> [AnswerTable.Cell] {
      [
        .count(figures.count), .number(figures.share), .number(figures.money),
        .optional(figures.mean.value), .optional(figures.mean.low), .optional(figures.mean.high),
      ]
    }
    guard rows == .cells else {
      var table = AnswerTable([.init("group", .key)] + figures)
      for group in groups { table.add([.text(group.group.rawValue)] + written(group.figures)) }
      return table
    }
    var table = AnswerTable(
      [.init("recency", .key), .init("frequency", .key), .init("monetary", .key)] + figures)
    for cell in cells {
      table.add(
        [.text("\(cell.recency)"), .text("\(cell.frequency)"), .text("\(cell.monetary)")]
          + written(cell.figures))
    }
    return table
  }

  /// The share of units by recency (rows, the latest first) and frequency.
  public var picture: AnswerPicture? {
    let scores = Array(1...scores)
    return .grid(
      title: "Share of customers by recency and frequency",
      rows: scores.reversed().map { "recency \($0)" }, columns: scores.map { "frequency \($0)" },
      shares: scores.reversed().map { recency in
        scores.map { frequency in
          cells.filter { $0.recency == recency && $0.frequency == frequency }
            .reduce(0) { $0 + $1.figures.share }
        }
      })
  }
}
