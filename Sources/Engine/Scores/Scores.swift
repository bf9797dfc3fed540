import Events
import Experience
import Statistics

/// The answer to a `ScoresQuestion`.
public struct Scores: CatalogueAnswer {
  /// What one interval and one group of answers come to.
  public struct Figure: Codable, Sendable, Equatable {
    /// Of which interval; empty where the whole range is one.
    public var interval: String
    public var from: Instant
    public var to: Instant
    /// Of which answers; nil: all.
    public var by: String?
    /// Whether that is a touchpoint outside the company's control, such as a review elsewhere.
    public var isExternal = false
    public var customers: Int
    /// The score with its score interval: −100 to 100 of the NPS, 0 to 1 of a share. Below five answers
    /// there is none.
    public var value: Estimate
    /// The same with the interval of textbooks.
    public var textbook: Estimate
    /// How far so many answers carry it.
    public var base: ScoreBase
    /// By number of the scale, from the lowest: how many answered that.
    public var counts: [Int]
    /// The parts of the scale, the best first.
    public var bands: [Band]
    /// As if each kind of customer had answered alike; nil where nothing is weighted.
    public var weighted: Weighted?
    /// Of those who were asked in the interval, the share that answered; nil where it is not said what asks.
    public var response: Estimate?
    /// What it was in the interval before; nil where nothing is compared.
    public var previous: Estimate?
    /// How much higher it is now; nil where it cannot be compared.
    public var change: Estimate?
    /// Whether the data end before the interval does.
    public var isOpen: Bool

    /// How many answers there are.
    public var answers: Int { counts.reduce(0, +) }
  }

  /// The answers in a part of the scale.
  public struct Band: Codable, Sendable, Equatable {
    public var name: String
    public var customers: Int
    public var answers: Int
    /// Of all answers of the figure.
    public var share: Estimate
  }

  /// A figure with weights.
  public struct Weighted: Codable, Sendable, Equatable {
    public var value: Estimate
    /// How many times more answers it needs than even weights would.
    public var designEffect: Double
    /// People of strata without an answer.
    public var unheard: Int
  }

  public var metric: ScoreMetric
  /// The lowest and the highest answer.
  public var scale: [Int]
  public var direction: ScoreDirection
  public var counting: ScoresQuestion.Counted
  public var interval: CalendarInterval?
  /// What answers are divided by; nil: nothing.
  public var by: String?
  /// In the order of the intervals; in each all answers, then the groups with most of them, or a
  /// journey's steps in their order.
  public var figures: [Figure]
  public var tally: AnswerTally

  /// The row of all answers.
  static let all = "all"
  /// The group of all answers, which is called as no value should be.
  static let everything = "(all)"
  /// The row of those who were asked.
  static let asked = "asked"
}

extension Scores {
  private var isShare: Bool { metric == .csat || metric == .topBox }

  /// For each figure a row of all its answers with the score, a row for each part of the scale, and one
  /// of those who were asked.
  public var table: AnswerTable {
    let measure: AnswerTable.Measure = isShare ? .share : .number
    let isWeighted = figures.contains { $0.weighted != nil }
    let isCompared = figures.contains { $0.previous != nil }
    var columns: [AnswerTable.Column] = []
    if interval != nil { columns.append(.init("interval", .key)) }
    if by != nil { columns.append(.init("by", .key)) }
    columns += [
      .init("answer", .key), .init("customers", .count), .init("answers", .count),
      .init("share", .share), .init("score", measure), .init("low", measure),
      .init("high", measure),
    ]
    if isCompared {
      columns += [
        .init("previous", measure), .init("change", measure), .init("change_low", measure),
        .init("change_high", measure),
      ]
    }
    if isWeighted {
      columns += [
        .init("weighted", measure), .init("weighted_low", measure), .init("weighted_high", measure),
        .init("design_effect", .number),
      ]
    }
    if !isShare { columns.append(.init("margin", .number)) }
    columns.append(.init("note", .note))
    var table = AnswerTable(columns)
    for figure in figures {
      for row in figure.rows(isShare, isWeighted, isCompared) {
        var cells: [AnswerTable.Cell] = []
        if interval != nil { cells.append(.text(figure.interval)) }
        if by != nil { cells.append(.text(figure.by ?? Self.everything)) }
        table.add(cells + row)
      }
    }
    return table
  }

  /// More figures than this are drawn as lines.
  private static let mostRanges = 40

  /// The scores with their intervals; over many intervals lines.
  public var picture: AnswerPicture? {
    let title = metric.title
    func name(_ figure: Figure) -> String {
      let by = figure.by.map { figure.isExternal ? "\($0) (\(Figure.external))" : $0 }
      let words = [interval == nil ? nil : figure.interval, by].compactMap(\.self)
      return words.isEmpty ? Self.everything : words.joined(separator: ", ")
    }
    let groups = Set(figures.map(\.by))
    guard interval != nil, groups.count > 1 || figures.count > Self.mostRanges else {
      return .ranges(
        title: title,
        ranges: figures.prefix(Self.mostRanges).map {
          .init(name($0), $0.value.value, low: $0.value.low, high: $0.value.high)
        })
    }
    let intervals = figures.filter { $0.by == nil }.map(\.interval)
    let shown = figures.reduce(into: [String?]()) {
      if !$0.contains($1.by) { $0.append($1.by) }
    }
    return .lines(
      title: title, axis: intervals,
      lines: shown.prefix(Trends.mostLines).map { group in
        // A value may be called as those without one are.
        let own = Dictionary(
          figures.filter { $0.by == group }.map { ($0.interval, $0) },
          uniquingKeysWith: { first, _ in first })
        return .init(
          group ?? Self.everything,
          intervals.map { own[$0].flatMap { $0.isOpen ? nil : $0.value.value } })
      })
  }
}

extension ScoreMetric {
  /// What people call it.
  public var title: String {
    switch self {
    case .nps: "Net Promoter Score"
    case .csat: "Customer satisfaction"
    case .ces: "Customer effort score"
    case .mean: "Mean score"
    case .topBox: "Top box"
    }
  }
}

extension Scores.Figure {
  /// What stands beside a touchpoint outside the company's control.
  fileprivate static let external = "external"

  /// What should be known of it.
  private var note: String {
    var words: [String] = isExternal ? [Self.external] : []
    if base != .enough, answers > 0 { words.append(base.rawValue) }
    if isOpen { words.append("open") }
    if let change, change.low != nil {
      words.append(change.leavesZero ? "change" : "no clear change")
    }
    if let weighted, weighted.unheard > 0 { words.append("\(weighted.unheard) unheard") }
    return words.joined(separator: ", ")
  }

  /// The cells of its rows after those that say which figure it is.
  fileprivate func rows(
    _ isShare: Bool, _ isWeighted: Bool, _ isCompared: Bool
  ) -> [[AnswerTable.Cell]] {
    func cells(_ estimate: Estimate?) -> [AnswerTable.Cell] {
      [.optional(estimate?.value), .optional(estimate?.low), .optional(estimate?.high)]
    }
    let rest = (isShare ? 0 : 1) + (isWeighted ? 4 : 0) + (isCompared ? 4 : 0)
    let nothing = [AnswerTable.Cell](repeating: .none, count: rest)
    var whole: [AnswerTable.Cell] = [
      .text(Scores.all), .count(customers), .count(answers), .none,
    ]
    whole += cells(value)
    if isCompared { whole += [.optional(previous?.value)] + cells(change) }
    if isWeighted { whole += cells(weighted?.value) + [.optional(weighted?.designEffect)] }
    if !isShare {
      let half = textbook.high.flatMap { high in textbook.low.map { (high - $0) / 2 } }
      whole.append(.optional(half))
    }
    var rows = [whole + [note.isEmpty ? .none : .text(note)]]
    for band in bands where answers > 0 {
      rows.append(
        [
          .text(band.name), .count(band.customers), .count(band.answers),
          .optional(band.share.value), .none, .none, .none,
        ] + nothing + [.none])
    }
    if let response {
      rows.append(
        [.text(Scores.asked), .count(response.count), .none, .optional(response.value)]
          + [.none, .none, .none] + nothing + [.text("share that answered")])
    }
    return rows
  }
}
