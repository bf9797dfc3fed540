import Testing

@testable import Statistics

@Suite
struct `A rule for touches` {
  struct Case: Sendable {
    var rule: TouchRule
    var ages: [Double]
    var shares: [Double]

    init(_ rule: TouchRule, _ ages: [Double], _ shares: [Double]) {
      self.rule = rule
      self.ages = ages
      self.shares = shares
    }
  }

  static let cases: [Case] = [
    Case(.first, [9.0, 6, 1], [1.0, 0, 0]),
    Case(.last, [9, 6, 1], [0, 0, 1]),
    Case(.lastNonDirect, [9, 6, 1], [0, 1, 0]),
    Case(.linear, [9, 6, 1, 1], [0.25, 0.25, 0.25, 0.25]),
    Case(.positionBased, [9], [1]),
    Case(.positionBased, [9, 6], [0.5, 0.5]),
    Case(.positionBased, [9, 6, 1], [0.4, 0.2, 0.4]),
    Case(.positionBased, [9, 8, 7, 6, 1], [0.4, 0.2 / 3, 0.2 / 3, 0.2 / 3, 0.4]),
    Case(.position(first: 0.6, last: 0.3), [2, 1], [2.0 / 3, 1.0 / 3]),
    Case(.position(first: 0, last: 0), [2, 1], [0.5, 0.5]),
    Case(.timeDecay(halfLife: 7), [14, 7, 0], [1.0 / 7, 2.0 / 7, 4.0 / 7]),
    Case(.linear, [], []),
  ]

  @Test(arguments: cases)
  func `shares one conversion`(row: Case) {
    #expect(isNear(row.rule.shares(ofAges: row.ages, lastIndirect: 1), row.shares, 1e-12))
  }

  @Test
  func `halves with every half-life`() {
    let shares = TouchRule.timeDecay(halfLife: 7).shares(ofAges: [9, 6, 0, 0])
    #expect(shares.map { ($0 * 1000).rounded() / 10 } == [13.8, 18.6, 33.8, 33.8])
  }

  @Test
  func `goes to the last touch where all were direct`() {
    #expect(TouchRule.lastNonDirect.shares(ofAges: [3, 2, 1]) == [0, 0, 1])
  }

  @Test(arguments: 0..<50)
  func `gives neither less nor more than the whole`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let ages = (0..<(1 + random.below(20))).map { _ in random.unit() * 1e12 }.sorted(by: >)
    let rules: [TouchRule] = [
      .first, .last, .lastNonDirect, .linear, .positionBased, .timeDecay(halfLife: 1),
      .timeDecay(halfLife: 1e12),
    ]
    for rule in rules {
      let shares = rule.shares(ofAges: ages, lastIndirect: random.below(ages.count))
      #expect(isNear(shares.reduce(0, +), 1, 1e-12))
      #expect(shares.allSatisfy { (0...1).contains($0) })
    }
  }
}

@Suite
struct `A Poisson number` {
  @Test(arguments: [0.3, 1, 4, 9.9, 10, 33, 1000, 1e6])
  func `has its mean as its mean and its variance`(mean: Double) {
    var random = SeededGenerator(seed: 11)
    let count = 40_000.0
    let draws = (0..<Int(count)).map { _ in Double(random.poisson(mean: mean)) }
    let average = draws.reduce(0, +) / count
    let variance = draws.map { ($0 - average) * ($0 - average) }.reduce(0, +) / (count - 1)
    // Five standard errors of each; the fourth central moment is mean + 3 mean².
    #expect(abs(average - mean) < 5 * (mean / count).squareRoot())
    #expect(abs(variance - mean) < 5 * ((mean + 2 * mean * mean) / count).squareRoot())
  }

  @Test
  func `is 0 where the mean is`() {
    var random = SeededGenerator(seed: 1)
    #expect(random.poisson(mean: 0) == 0)
  }

  @Test
  func `comes as often as its probability says`() {
    // 3⁴ e⁻³ / 4! and 12¹² e⁻¹² / 12!.
    for (mean, wanted, probability) in [(3.0, 4, 0.16803), (12, 12, 0.11437)] {
      var random = SeededGenerator(seed: 4)
      let hits = (0..<100_000).count { _ in random.poisson(mean: mean) == wanted }
      #expect(abs(Double(hits) / 1e5 - probability) < 5 * 0.0012)
    }
  }
}
