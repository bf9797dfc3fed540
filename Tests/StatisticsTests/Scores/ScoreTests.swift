import Statistics
import Testing

@Suite
struct `Scores` {
  /// Answers by number of a scale.
  private func sample(
    _ metric: ScoreMetric, _ answers: [Int: Int], population: Int? = nil
  ) -> ScoreSample {
    let rule = ScoreRule(metric)
    return ScoreSample(rule, counts: rule.scale.map { answers[$0] ?? 0 }, population: population)
  }

  @Test func `fifty promoters, thirty passives and twenty detractors score 30 give or take 15.3`()
    throws
  {
    let answers = sample(.nps, [10: 30, 9: 20, 8: 10, 7: 20, 6: 5, 0: 15])
    let textbook = answers.textbook
    #expect(textbook.value == 30)
    let margin = (try #require(textbook.high) - #require(textbook.low)) / 2
    #expect(abs(margin - 15.3) < 0.05)
    let figure = answers.figure
    #expect(figure.value == 30 && figure.count == 100)
    // Tango's interval of the same, worked out by a program of its own.
    #expect(abs(try #require(figure.low) - 13.955142) < 1e-5)
    #expect(abs(try #require(figure.high) - 44.339307) < 1e-5)
  }

  @Test func `eighty satisfied of a hundred are 71.1 to 86.7 percent`() throws {
    let figure = sample(.csat, [5: 50, 4: 30, 3: 10, 1: 10]).figure
    #expect(figure.value == 0.8)
    #expect(abs(try #require(figure.low) - 0.7112) < 5e-5)
    #expect(abs(try #require(figure.high) - 0.8666) < 5e-5)
  }

  @Test func `Wilson's interval is the one of a scale of two points`() throws {
    for (count, total) in [(0, 7), (1, 30), (15, 30), (30, 30), (3, 1000), (420, 1000)] {
      let wilson = Estimate.share(count, of: total)
      let score = Estimate.score(
        of: [0, 1], counts: [Double(total - count), Double(count)], count: total)
      #expect(abs(try #require(wilson.low) - #require(score.low)) < 1e-9)
      #expect(abs(try #require(wilson.high) - #require(score.high)) < 1e-9)
    }
  }

  /// Means of 1 to 7 whose intervals a program of its own gave.
  @Test func `effort has a mean with an interval that stays on the scale`() throws {
    let figure = sample(.ces, [7: 20, 6: 8, 4: 2]).figure
    #expect(abs(try #require(figure.value) - 6.5333333) < 1e-6)
    #expect(try #require(figure.high) < 7)
    let unanimous = sample(.ces, [7: 30]).figure
    #expect(unanimous.value == 7 && unanimous.high == 7)
    #expect(try #require(unanimous.low) < 6.9)
    #expect(sample(.ces, [7: 30]).textbook.low == 7)
  }

  @Test func `fewer than five answers make no figure, fewer than thirty a small base`() {
    #expect(sample(.nps, [10: 4]).figure.value == nil)
    #expect(sample(.nps, [10: 4]).textbook.value == nil)
    #expect(sample(.nps, [10: 4]).figure.count == 4)
    #expect(sample(.nps, [10: 5]).figure.value == 100)
    #expect([4, 5, 29, 30].map { ScoreBase($0) } == [.tooFew, .small, .small, .enough])
  }

  @Test func `the whole population leaves no doubt, and half of it leaves less`() throws {
    let answers = [5: 20, 3: 20]
    let all = sample(.csat, answers, population: 40).figure
    #expect(all.low == 0.5 && all.high == 0.5)
    func width(_ figure: Estimate) throws -> Double {
      try #require(figure.high) - #require(figure.low)
    }
    let (free, half) = (
      try width(sample(.csat, answers).figure),
      try width(sample(.csat, answers, population: 80).figure)
    )
    // √((80 − 40)/(80 − 1)) = 0.71, and Wilson's interval of so few is a little narrower still.
    #expect(abs(half / free - 0.71) < 0.03)
  }

  @Test func `low scores are the good ones where the survey says so`() {
    var rule = ScoreRule(.ces)
    rule.direction = .lower
    #expect(
      [1, 2, 3, 5, 6, 7].map { rule.band(of: $0) }
        == [.top, .top, .middle, .middle, .bottom, .bottom])
    #expect(
      (0...10).map { ScoreRule(.nps).band(of: $0).rawValue }
        == [2, 2, 2, 2, 2, 2, 2, 1, 1, 0, 0])
  }

  @Test func `a change of two scores has the interval of their difference`() throws {
    let (now, before) = (
      sample(.nps, [10: 60, 0: 40]).figure, sample(.nps, [10: 50, 0: 50]).figure
    )
    let change = Estimate.difference(now, before)
    #expect(change.value == 20)
    #expect(!change.leavesZero)
    let clear = Estimate.difference(
      sample(.nps, [10: 600, 0: 400]).figure, sample(.nps, [10: 500, 0: 500]).figure)
    #expect(clear.leavesZero)
    // For shares that is Newcombe's: 100 times the same of 2·p − 1.
    let shares = Estimate.difference(.share(60, of: 100), .share(50, of: 100))
    #expect(abs(try #require(change.low) - 200 * #require(shares.low)) < 1e-6)
  }
}

@Suite
struct `Weighted scores` {
  private func stratum(_ satisfied: Int, of count: Int) -> ScoreSample {
    ScoreSample(ScoreRule(.csat), counts: [count - satisfied, 0, 0, 0, satisfied])
  }

  @Test func `give each stratum its share of the people`() throws {
    // The pleased regulars answer four times as often as the others, of whom there are as many.
    let score = try #require(
      WeightedScore([stratum(72, of: 80), stratum(8, of: 20)], people: [500, 500]))
    #expect(abs(try #require(score.figure.value) - (0.5 * 0.9 + 0.5 * 0.4)) < 1e-12)
    // 100·(80·6.25² + 20·25²)/1000²
    #expect(abs(score.designEffect - 1.5625) < 1e-12)
    #expect(score.figure.count == 100 && score.unheard == 0)
  }

  @Test func `are the raw ones where everybody answers alike`() throws {
    let score = try #require(
      WeightedScore([stratum(9, of: 20), stratum(30, of: 40)], people: [200, 400]))
    #expect(abs(score.designEffect - 1) < 1e-12)
    let raw = stratum(39, of: 60).figure
    #expect(abs(try #require(score.figure.value) - #require(raw.value)) < 1e-12)
    #expect(abs(try #require(score.figure.low) - #require(raw.low)) < 1e-9)
  }

  @Test func `tell for how many nobody speaks`() throws {
    let score = try #require(
      WeightedScore([stratum(9, of: 20), stratum(0, of: 0)], people: [200, 77]))
    #expect(score.unheard == 77)
    #expect(try #require(score.figure.value) == 0.45)
  }
}
