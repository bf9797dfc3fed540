import Testing

@testable import Statistics

@Suite
struct `A test of two shares` {
  // R 4: prop.test(c(15, 25), c(50, 50), correct = FALSE), fisher.test(matrix(c(3, 1, 1, 3), 2)) (the
  // lady tasting tea) and fisher.test(matrix(c(0, 5, 5, 0), 2)), which is 2 of 252 tables.
  @Test(arguments: [
    (15, 50, 25, 50, 0.041227), (3, 4, 1, 4, 0.485714), (0, 5, 5, 5, 0.007937),
    (10, 100, 10, 100, 1), (0, 10, 0, 20, 1),
  ])
  func `agrees with R`(left: Int, of: Int, right: Int, ofRight: Int, expected: Double) throws {
    let p = try #require(twoProportionPValue(left, of: of, and: right, of: ofRight))
    #expect(abs(p - expected) < 1e-6)
    let swapped = try #require(twoProportionPValue(right, of: ofRight, and: left, of: of))
    #expect(abs(p - swapped) < 1e-9)
  }

  @Test func `says nothing of nobody`() {
    #expect(twoProportionPValue(0, of: 0, and: 1, of: 2) == nil)
  }

  // R: p.adjust(c(0.04, 0.01, 0.03, 0.02, 0.05), method) with "BH" and "holm".
  @Test func `is corrected for many looks as in R`() {
    let raw = [0.04, 0.01, 0.03, 0.02, 0.05]
    let discovery = LooksCorrection.benjaminiHochberg.adjusted(raw)
    #expect(zip(discovery, [0.05, 0.05, 0.05, 0.05, 0.05]).allSatisfy { abs($0 - $1) < 1e-12 })
    let holm = LooksCorrection.holm.adjusted(raw)
    #expect(zip(holm, [0.09, 0.05, 0.09, 0.08, 0.09]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(LooksCorrection.holm.adjusted([]) == [])
  }
}
