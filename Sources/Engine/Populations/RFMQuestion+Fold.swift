import Events
import Experience
import Statistics
import Stories

extension RFMQuestion: TraceableFold {
  /// What a unit bought.
  struct Purchases: Sendable {
    let last: Int64
    let count: Int64
    /// In millionths.
    let money: Int64
  }

  /// The cells of all customers, for which all of them had to be looked at.
  public struct Plan: Sendable {
    /// By segment, then customer: the cell, or `none`.
    let cells: [[UInt16]]
    /// By segment, then customer: what was spent, in millionths.
    let money: [[Int64]]
    /// The last times, numbers and sums that part the scores.
    let cuts: [[Double]]
    /// When recency is judged.
    let moment: Int64

    /// The cell of customers without a purchase.
    static let none = UInt16.max
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    /// By cell: what its units spent.
    var cells: [ExactSum]
    /// By group, where there are groups: likewise.
    var groups: [ExactSum]
    var without = 0
  }

  /// A count: of a cell or of a group.
  public enum Cell: Sendable {
    case cell(Int)
    case group(Int)
  }

  /// Looks at all purchases, finds the cut points, and scores the customers.
  ///
  /// - Complexity: O(*events* + *customers* log *customers*); it keeps 34 bytes a customer meanwhile.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    try validate()
    var purchases: [[Purchases?]] = []
    for segment in stories.segments {
      let rule = try ActivityRule(event, of: segment, names: stories.names)
      let number = try NumberRule(money.rule, of: segment, names: stories.names)
      var found = [Purchases?](repeating: nil, count: segment.customers.count)
      for customer in segment.visible.joined() {
        found[customer] = bought(segment.rows(of: customer), of: segment, rule, number)
      }
      purchases.append(found)
    }
    let buyers = purchases.joined().compactMap(\.self)
    let cuts = [cuts(buyers.map(\.last)), cuts(buyers.map(\.count)), cuts(buyers.map(\.money))]
    return Plan(
      cells: purchases.map { $0.map { $0.map { cell(of: $0, cuts) } ?? Plan.none } },
      money: purchases.map { $0.map { $0?.money ?? 0 } }, cuts: cuts,
      moment: min(stories.watermark?.milliseconds ?? 0, scope.milliseconds.upperBound))
  }

  private func bought(
    _ story: Range<Int>, of segment: StorySegment, _ rule: ActivityRule, _ number: NumberRule
  ) -> Purchases? {
    let range = scope.milliseconds
    var (last, count, money) = (Int64.min, Int64(0), Int64(0))
    for row in story {
      let time = segment.times[row]
      guard time < range.upperBound else { break }
      guard time >= range.lowerBound, rule.contains(row) else { continue }
      last = time
      count += 1
      money = money.addingSaturating(ExactSum.millionths(number.number(row) ?? 0))
    }
    return count == 0 ? nil : Purchases(last: last, count: count, money: money)
  }

  private func cuts(_ values: [Int64]) -> [Double] {
    let sorted = values.sorted()
    return (1..<scores).compactMap { quantile(Double($0) / Double(scores), ofSorted: sorted) }
  }

  private func cell(of purchases: Purchases, _ cuts: [[Double]]) -> UInt16 {
    let values = [purchases.last, purchases.count, purchases.money]
    return zip(values, cuts).reduce(0) { cell, pair in
      let (value, cuts) = pair
      return cell * UInt16(scores) + UInt16(cuts.count { Double(value) > $0 })
    }
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(
      cells: Array(repeating: ExactSum(), count: scores * scores * scores),
      groups: Array(
        repeating: ExactSum(), count: scores == RFMGroup.scores ? RFMGroup.allCases.count : 0))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let (cells, money) = (plan.cells[index], plan.money[index])
    for customer in customers {
      let cell = cells[customer]
      guard cell != Plan.none else {
        partial.without += 1
        continue
      }
      let spent = min(Self.mostMoney, max(-Self.mostMoney, money[customer]))
      partial.cells[Int(cell)].add(millionths: spent)
      guard !partial.groups.isEmpty else { continue }
      partial.groups[Self.group(ofCell: Int(cell))].add(millionths: spent)
    }
  }

  /// What a customer may have spent at most, in millionths: the largest value of an exact sum.
  private static let mostMoney = ExactSum.millionths(ExactSum.largest)

  private static func group(ofCell cell: Int) -> Int {
    let (scores, byFrequency) = (RFMGroup.scores, cell / RFMGroup.scores)
    let group = RFMGroup(
      recency: byFrequency / scores + 1, frequency: byFrequency % scores + 1)
    return RFMGroup.allCases.firstIndex(of: group) ?? 0
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for cell in partial.cells.indices { partial.cells[cell].add(later.cells[cell]) }
    for group in partial.groups.indices { partial.groups[group].add(later.groups[group]) }
    partial.without += later.without
  }

  /// Finds a group, or the cell of three scores.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    guard rows == .cells else {
      let name = try row.value("group", of: ["group"])
      guard let group = RFMGroup.allCases.firstIndex(where: { $0.rawValue == name }) else {
        throw AnswerRowKey.unknown("group", name)
      }
      return .group(group)
    }
    let columns = ["recency", "frequency", "monetary"]
    var cell = 0
    for column in columns {
      let text = try row.value(column, of: columns)
      guard let score = Int(text), (1...scores).contains(score) else {
        throw AnswerRowKey.unknown(column, text)
      }
      cell = cell * scores + score - 1
    }
    return .cell(cell)
  }

  /// How many units are there.
  public func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    switch cell {
    case .cell(let cell): partial.cells[cell].count
    case .group(let group): partial.groups[group].count
    }
  }
}
