import Events
import Experience
import Statistics

/// What two populations do differently: the answer to a `ComparisonQuestion`.
public struct Comparison: Sendable, Codable, Equatable {
  /// One population.
  public struct Side: Sendable, Codable, Equatable {
    public var name: String
    public var count: Int
  }

  public var first: Side
  public var second: Side
  /// Units whose window has not passed.
  public var open: Int
  /// Units of both populations, which are left out.
  public var inBoth: Int
  /// Units of neither.
  public var inNeither: Int
  /// How many shares were compared, which the p-values allow for.
  public var looks: Int
  public var correction: LooksCorrection
  /// Pairs beyond the limit, which were not compared.
  public var pairsLeftOut: Int
  /// Those told apart first, then by the size of the difference.
  public var findings: [Finding]

  /// How many of each population met an event, or two events one directly after the other.
  public struct Finding: Sendable, Codable, Equatable {
    public var name: String
    /// The event that followed directly; nil where one event is meant.
    public var next: String?
    /// Units of both populations that met it.
    public var count: Int
    /// The share of the first population that met it.
    public var first: Estimate
    public var second: Estimate
    /// First − second, with Newcombe's interval, which allows for one look only.
    public var difference: Estimate
    /// The probability of such a difference where there is none; nil where a population is empty.
    public var pValue: Double?
    /// The same after the correction for many looks.
    public var adjusted: Double?
    /// Whether it is called a difference: the corrected p-value is below 5 %.
    public var isTold: Bool

    init(
      name: String, next: String?, met: (first: Int, second: Int), of units: (Int, Int)
    ) {
      self.name = name
      self.next = next
      count = met.first + met.second
      first = .share(met.first, of: units.0)
      second = .share(met.second, of: units.1)
      difference = .difference(first, second)
      pValue = twoProportionPValue(met.first, of: units.0, and: met.second, of: units.1)
      isTold = false
    }
  }

  /// Below this, a corrected p-value is called a difference.
  public static let level = 0.05

  init(
    first: Side, second: Side, open: Int, inBoth: Int, inNeither: Int,
    correction: LooksCorrection, pairsLeftOut: Int, findings: [Finding]
  ) {
    self.first = first
    self.second = second
    self.open = open
    self.inBoth = inBoth
    self.inNeither = inNeither
    self.correction = correction
    self.pairsLeftOut = pairsLeftOut
    // Without one of the populations there is no p-value of anything.
    let adjusted = correction.adjusted(findings.compactMap(\.pValue))
    looks = adjusted.count
    var judged = findings
    if adjusted.count == findings.count {
      for (place, adjusted) in adjusted.enumerated() {
        judged[place].adjusted = adjusted
        judged[place].isTold = adjusted < Self.level
      }
    }
    self.findings = judged.sorted { left, right in
      guard left.isTold == right.isTold else { return left.isTold }
      let sizes = [left, right].map { abs($0.difference.value ?? 0) }
      return sizes[0] != sizes[1]
        ? sizes[0] > sizes[1]
        : (left.name, left.next ?? "") < (right.name, right.next ?? "")
    }
  }
}

extension ComparisonQuestion {
  /// What the populations are called.
  var sideNames: (first: String, second: String) {
    switch sides {
    case .outcome(_, let goal, _): ("reached \(goal.name)", "did not reach \(goal.name)")
    case .populations(let a, let b): a.name == b.name ? (a.name, b.name + " (b)") : (a.name, b.name)
    }
  }
}

extension Comparison: CatalogueAnswer {
  /// The units of the two populations.
  public var tally: AnswerTally {
    AnswerTally(
      counted: first.count + second.count, open: open,
      excluded: [
        .init(reason: "of both populations", count: inBoth),
        .init(reason: "of neither population", count: inNeither),
      ])
  }

  /// One row a finding; `next` is empty where it is about one event.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("name", .key), .init("next", .key), .init("units", .count),
      .init("share_of_first", .share), .init("share_of_second", .share),
      .init("difference", .share), .init("low", .share), .init("high", .share),
      .init("p_value", .number), .init("corrected_p_value", .number), .init("more_of", .note),
    ])
    for finding in findings {
      let side = (finding.difference.value ?? 0) > 0 ? first.name : second.name
      table.add([
        .text(finding.name), .text(finding.next ?? ""), .count(finding.count),
        .optional(finding.first.value), .optional(finding.second.value),
        .optional(finding.difference.value), .optional(finding.difference.low),
        .optional(finding.difference.high), .optional(finding.pValue),
        .optional(finding.adjusted), finding.isTold ? .text(side) : .none,
      ])
    }
    return table
  }

  /// The most findings that are drawn.
  private static let mostBars = 15

  /// The largest differences, as the shares of the two populations beside each other.
  public var picture: AnswerPicture? {
    .bars(
      title: "Share of units that met it", series: [first.name, second.name],
      bars: findings.prefix(Self.mostBars).map { finding in
        .init(
          finding.next.map { "\(finding.name) → \($0)" } ?? finding.name,
          [finding.first.value ?? 0, finding.second.value ?? 0])
      })
  }
}
