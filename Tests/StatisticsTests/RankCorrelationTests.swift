import Foundation
import Statistics
import Testing

@Suite
struct `A rank correlation` {
  private static func pairs(
    _ sizes: [Int], _ left: [Double], _ right: [Double]
  ) -> [(group: Int, left: Double, right: Double)] {
    let groups = sizes.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    return zip(groups, zip(left, right)).map { ($0, $1.0, $1.1) }
  }

  private func expect(
    _ found: Estimate, _ value: Double, _ low: Double, _ high: Double
  ) throws {
    #expect(abs(try #require(found.value) - value) < 1e-10)
    #expect(abs(try #require(found.low) - low) < 1e-8)
    #expect(abs(try #require(found.high) - high) < 1e-8)
  }

  // The figures are those of Python 3 with NumPy and SciPy:
  //
  //   g = numpy.repeat(range(len(sizes)), sizes); m = numpy.bincount(g)
  //   r = scipy.stats.spearmanr(x, y).statistic
  //   def icc(v):
  //       v = scipy.stats.rankdata(v)
  //       f = scipy.stats.f_oneway(*[v[g == i] for i in range(len(m))]).statistic
  //       n = (len(v) - (m ** 2).sum() / len(v)) / (len(m) - 1)
  //       return max(0, (f - 1) / (f + n - 1))
  //   worth = max(len(m), len(g) / (1 + ((m ** 2).sum() / len(g) - 1) * icc(x) * icc(y)))
  //   half = scipy.stats.norm.ppf(.975) * numpy.sqrt((1 + r * r / 2) / (worth - 3))
  //   print(r, numpy.tanh(numpy.arctanh(r) - half), numpy.tanh(numpy.arctanh(r) + half))

  @Test func `of pairs in groups that are alike is that of SciPy, as sure as fewer pairs are`()
    throws
  {
    let pairs = Self.pairs(
      [4, 4, 3, 4, 2, 4],
      [31, 28, 35, 40, 12, 12, 20, 8, 50, 61, 55, -5, 3, 12, 0, 44, 44, 22, 31, 19, 28],
      [
        3.4, 3.6, 3.4, 3.9, 3.1, 3.0, 3.5, 2.8, 4.1, 4.2, 3.9, 3.6, 3.1, 3.3, 2.9, 4.0, 3.5, 3.2,
        3.8, 3.3, 3.4,
      ])
    let found = Estimate.rankCorrelation(of: pairs)
    try expect(found, 0.786553692368245, 0.15761675236376674, 0.9615236577512897)
    #expect(found.count == 21)
    // In another order, and with other names of groups.
    let again = Estimate.rankCorrelation(of: pairs.reversed().map { (9 - $0.0, $0.1, $0.2) })
    try expect(again, 0.786553692368245, 0.15761675236376674, 0.9615236577512897)
  }

  @Test func `of pairs in groups that are not alike is that of SciPy, as sure as all pairs are`()
    throws
  {
    let found = Estimate.rankCorrelation(
      of: Self.pairs(
        [4, 4, 4], [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3], [0, 1, 2, 3, 1, 0, 3, 2, 0, 2, 1, 3]))
    try expect(found, 0.8, 0.3346035171916964, 0.9516725696601548)
  }

  @Test func `of equal values shares ranks`() throws {
    // scipy.stats.spearmanr([1, 2, 2, 3], [4, 3, 5, 5])
    let found = Estimate.rankCorrelation(
      of: Self.pairs([1, 1, 1, 1], [1, 2, 2, 3], [4, 3, 5, 5]))
    #expect(abs(try #require(found.value) - 0.5) < 1e-12)
  }

  @Test func `is none where a side never changes, and may have no interval`() {
    let same = Estimate.rankCorrelation(of: Self.pairs([2, 2], [1, 2, 3, 4], [7, 7, 7, 7]))
    #expect(same == Estimate(value: nil, count: 4))
    #expect(Estimate.rankCorrelation(of: []) == Estimate(value: nil, count: 0))
    let perfect = Estimate.rankCorrelation(
      of: Self.pairs([2, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8], [2, 4, 6, 8, 10, 12, 14, 16]))
    #expect(perfect == Estimate(value: 1, count: 8))
    let few = Estimate.rankCorrelation(of: Self.pairs([1, 1, 1], [1, 2, 3], [2, 1, 3]))
    #expect(few.value != nil && few.low == nil && few.high == nil)
  }

  /// Groups that differ, and have nothing to do with each other: without regard to them every third
  /// interval would miss.
  @Test(arguments: [(5, 6), (8, 12), (20, 4)])
  func `holds what is true nineteen times in twenty`(groups: Int, each: Int) {
    var random = SeededGenerator(seed: UInt64(groups * each))
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + random.unit() } }
    var held = 0
    let rounds = 400
    for _ in 0..<rounds {
      var pairs: [(group: Int, left: Double, right: Double)] = []
      for group in 0..<groups {
        let (left, right) = (normal(), normal())
        for _ in 0..<each {
          pairs.append((group, 2 * left + normal(), 2 * right + normal()))
        }
      }
      let found = Estimate.rankCorrelation(of: pairs)
      if let low = found.low, let high = found.high, low <= 0, 0 <= high { held += 1 }
    }
    #expect(Double(held) / Double(rounds) > 0.92, "\(held) of \(rounds)")
  }
}
