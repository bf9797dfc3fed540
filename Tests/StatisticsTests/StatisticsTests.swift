import Testing

@testable import Statistics

@Suite
struct `An estimate` {
  @Test
  func `of a share has Wilson's interval`() throws {
    let share = Estimate.share(80, of: 100)
    #expect(try abs(#require(share.low) - 0.711) < 0.0005)
    #expect(try abs(#require(share.high) - 0.867) < 0.0005)
    #expect(Estimate.share(0, of: 0) == .none)
    #expect(Estimate.share(0, of: 10).low == 0)
    #expect(Estimate.share(10, of: 10).high == 1)
  }

  // Quantiles of Student's t from R 4: qt(0.975, df).
  @Test(arguments: [(1.0, 12.7062047), (2, 4.3026527), (9, 2.2621572), (99, 1.9842170)])
  func `of a mean uses Student's t`(degrees: Double, expected: Double) {
    #expect(abs(studentQuantile(0.975, degrees: degrees) - expected) < 1e-6)
  }

  @Test
  func `of a mean does not depend on the origin`() throws {
    let values = [3.0, 4, 4, 5, 1]
    let plain = Estimate.mean(
      count: 5, sum: values.reduce(0, +), squares: values.reduce(0) { $0 + $1 * $1 })
    let shifted = Estimate.mean(
      count: 5, sum: values.reduce(0, +), squares: values.reduce(0) { $0 + ($1 - 3) * ($1 - 3) },
      origin: 3)
    #expect(plain.value == 3.4)
    #expect(try abs(#require(plain.low) - #require(shifted.low)) < 1e-12)
    // By hand: 3.4 − 2.776445 · √(2.3 / 5).
    #expect(try abs(#require(plain.low) - 1.516922) < 1e-5)
  }

  // Ranks from the binomial, as in R's qbinom(0.025, n, 0.5) − 1, counted from 0.
  @Test(arguments: [(6, 0), (8, 0), (9, 1), (20, 5), (50, 17)])
  func `of a median has exact order statistics as its ends`(count: Int, rank: Int) {
    #expect(medianIntervalRank(count) == rank)
  }
}

@Suite
struct `A quantile` {
  @Test(arguments: [
    ([1, 2, 10, 20], 0.5, 6.0), ([5], 0.9, 5), ([1, 2, 3, 4, 5], 0.9, 4.6), ([7, 7, 7], 0.1, 7),
  ])
  func `interpolates as definition 7 says`(values: [Int64], p: Double, expected: Double) {
    #expect(quantile(p, ofSorted: values) == expected)
    var shuffled = Array(values.reversed())
    #expect(quantile(p, of: &shuffled) == expected)
  }

  @Test(arguments: 0..<50)
  func `is the same by selection as by sorting`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let values = (0..<(1 + random.below(400))).map { _ in Int64(random.below(50)) }
    var mixed = values
    for p in [0, 0.1, 0.5, 0.9, 0.99, 1] {
      #expect(quantile(p, of: &mixed) == quantile(p, ofSorted: values.sorted()))
    }
    mixed = values
    let median = Estimate.median(of: &mixed)
    let sorted = values.sorted()
    guard let rank = medianIntervalRank(values.count) else { return #expect(median.low == nil) }
    #expect(median.low == Double(sorted[rank]))
    #expect(median.high == Double(sorted[sorted.count - 1 - rank]))
  }
}
