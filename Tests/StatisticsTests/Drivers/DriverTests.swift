import Foundation
import Statistics
import Testing

@Suite
struct `Drivers of cars` {
  /// Figures of other programs.
  struct Reference: Sendable {
    var drivers: [String]
    var explained: Double
    var weights: [Double]
    var shares: [Double]
  }

  /// The relative weights of the first are those that the README of R's package rwa shows for `mtcars`
  /// (github.com/martinctc/rwa). All others are of a NumPy program written for this test, which takes
  /// the weights from a singular value decomposition of the cars, and the shares from the least squares
  /// of every set of drivers, averaged over all orders as R's relaimpo does it (`type = "lmg"`).
  static let references = [
    Reference(
      drivers: ["cyl", "disp", "hp", "gear"], explained: 0.7791896,
      weights: [0.2284797, 0.2221469, 0.2321744, 0.0963886],
      shares: [0.2470520, 0.2434996, 0.2109129, 0.0777251]),
    Reference(
      drivers: ["cyl", "disp", "hp", "wt"], explained: 0.8486348,
      weights: [0.2096904, 0.1883043, 0.1799590, 0.2706812],
      shares: [0.2157094, 0.2006984, 0.1700769, 0.2621501]),
    Reference(
      drivers: ["hp", "wt", "qsec"], explained: 0.8347678,
      weights: [0.2523714, 0.4989417, 0.0834547], shares: [0.2928519, 0.4628192, 0.0790967]),
    Reference(
      drivers: ["cyl", "disp", "hp", "drat", "wt", "qsec", "vs", "am", "gear", "carb"],
      explained: 0.8690158,
      weights: [
        0.0912465, 0.1026315, 0.0995591, 0.0810727, 0.1445207, 0.0519773, 0.0653359, 0.0889938,
        0.0603348, 0.0833436,
      ],
      shares: [
        0.1213452, 0.1202387, 0.1069863, 0.0732701, 0.1582888, 0.0382707, 0.0658805, 0.0733762,
        0.0440933, 0.0672659,
      ]),
  ]

  @Test(arguments: references.indices)
  func `are those that other programs give, to six digits`(index: Int) {
    let reference = Self.references[index]
    let found = Cars.regression(reference.drivers)
    #expect(abs(found.explained - reference.explained) < 1e-6)
    for (found, wanted) in zip(found.relativeWeights, reference.weights) {
      #expect(abs(found - wanted) < 1e-6)
    }
    for (found, wanted) in zip(found.shapleyShares, reference.shares) {
      #expect(abs(found - wanted) < 1e-6)
    }
  }

  @Test func `have intervals around them that narrow with more of the same cars`() throws {
    let few = KeyDrivers(Cars.groups(["cyl", "hp", "wt"]))
    let many = KeyDrivers((0..<10).flatMap { _ in Cars.groups(["cyl", "hp", "wt"]) })
    #expect(few.count == 32 && many.count == 320)
    for (few, many) in zip(few.drivers, many.drivers) {
      for (few, many) in [(few.relativeWeight, many.relativeWeight), (few.shapley, many.shapley)] {
        let value = try #require(few.value)
        #expect(try #require(few.low) < value && value < #require(few.high))
        #expect(abs(value - (try #require(many.value))) < 1e-9)
        let widths = (
          try #require(few.high) - #require(few.low), try #require(many.high) - #require(many.low)
        )
        #expect(widths.1 < widths.0 / 2)
      }
    }
    #expect(few == KeyDrivers(Cars.groups(["cyl", "hp", "wt"])))
  }
}

@Suite
struct `Drivers` {
  /// Observations of an outcome and drivers that have something in common.
  private func products(
    _ count: Int, drivers: Int, _ random: inout SeededGenerator
  ) -> CrossProducts {
    var all = ObservedProducts(width: drivers + 1)
    for _ in 0..<count {
      let common = random.unit()
      let values = (0..<drivers).map { _ in
        (1 + 4 * (0.6 * common + 0.4 * random.unit())).rounded()
      }
      let outcome = values.enumerated().reduce(3 * random.unit()) { sum, entry in
        sum + entry.element / Double(entry.offset + 1)
      }
      all.add([outcome] + values)
    }
    return all.crossProducts
  }

  @Test(arguments: UInt64(0)..<40)
  func `have shares of nothing or more that sum to what they explain together`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let drivers = 1 + random.below(9)
    let found = Regression(
      products(20 + random.below(200), drivers: drivers, &random),
      drivers: Array(1...drivers))
    for shares in [found.relativeWeights, found.shapleyShares] {
      #expect(shares.allSatisfy { $0 >= 0 })
      #expect(abs(shares.reduce(0, +) - found.explained) < 1e-9)
    }
    #expect((0...1).contains(found.explained))
  }

  @Test(arguments: UInt64(0)..<20)
  func `are the same whatever their order`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let all = products(80, drivers: 6, &random)
    let order = (1...6).shuffled(using: &random)
    let (plain, mixed) = (
      Regression(all, drivers: Array(1...6)), Regression(all, drivers: order)
    )
    for (place, driver) in order.enumerated() {
      #expect(abs(plain.shapleyShares[driver - 1] - mixed.shapleyShares[place]) < 1e-9)
      #expect(abs(plain.relativeWeights[driver - 1] - mixed.relativeWeights[place]) < 1e-9)
    }
  }

  @Test func `that are the same share what one of them would have`() {
    var all = ObservedProducts(width: 4)
    var random = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      let (a, b) = (random.unit(), random.unit())
      all.add([a + b + random.unit(), a, a, b])
    }
    let found = Regression(all.crossProducts, drivers: [1, 2, 3])
    let shares = found.shapleyShares
    #expect(abs(shares[0] - shares[1]) < 1e-9)
    #expect(
      abs(shares.reduce(0, +) - Regression(all.crossProducts, drivers: [1, 3]).explained) < 1e-9)
    #expect(abs(found.relativeWeights.reduce(0, +) - found.explained) < 1e-6)
    #expect(found.collinearity[0] > 0.999 && found.collinearity[2] < 0.2)
  }

  @Test func `that do not vary explain nothing, and so does everything of an outcome that doesn't`()
  {
    var (flatDriver, flatOutcome) = (ObservedProducts(width: 3), ObservedProducts(width: 3))
    var random = SeededGenerator(seed: 6)
    for _ in 0..<50 {
      let value = random.unit()
      flatDriver.add([value + random.unit(), 4, value])
      flatOutcome.add([7, random.unit(), value])
    }
    let found = KeyDrivers([flatDriver.crossProducts])
    #expect(found.drivers.map(\.varies) == [false, true])
    #expect(found.drivers[0].shapley.value == 0)
    #expect(abs((found.drivers[1].shapley.value ?? 0) - (found.explained.value ?? 1)) < 1e-12)
    let none = KeyDrivers([flatOutcome.crossProducts])
    #expect(!none.outcomeVaries && none.explained.value == 0)
  }

  @Test func `lose to a fact that decides both them and the outcome`() throws {
    var all = ObservedProducts(width: 3)
    var random = SeededGenerator(seed: 8)
    for _ in 0..<2000 {
      let late = random.chance(0.4)
      all.add([
        (late ? 3 : 8) + random.unit(), (late ? 2 : 4) + random.unit(), late ? 1 : 0,
      ])
    }
    let found = KeyDrivers([all.crossProducts], facts: [1])
    #expect(try #require(found.drivers[0].coefficientWithoutFacts) > 0.8)
    #expect(abs(found.drivers[0].coefficient) < 0.1)
    #expect(found.drivers[1].coefficientWithoutFacts == nil)
  }

  @Test func `of twenty and a hundred thousand answers are worked out exactly`() {
    var random = SeededGenerator(seed: 9)
    let answers = (0..<100_000).map { _ in
      let common = random.below(3)
      return (0...20).map { _ in Double(1 + common + random.below(3)) }
    }
    let start = ContinuousClock.now
    var groups = Array(repeating: ObservedProducts(width: 21), count: 512)
    for (number, answer) in answers.enumerated() { groups[number % 512].add(answer) }
    let read = ContinuousClock.now
    let found = KeyDrivers(groups.map(\.crossProducts))
    let end = ContinuousClock.now
    print("drivers: 20 of 100,000 answers: read in \(read - start), shared in \(end - read)")
    let sum = found.drivers.reduce(0) { $0 + ($1.shapley.value ?? 0) }
    #expect(abs(sum - (found.explained.value ?? 0)) < 1e-9)
    #expect(found.drivers.allSatisfy { $0.relativeWeight.low != nil && $0.shapley.low == nil })
  }

  @Test(arguments: UInt64(0)..<10)
  func `read once, in parts, are as read at once from far away`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<60).map { _ in [1e8 + random.unit(), 5 * random.unit(), random.unit()] }
    var parts = Array(repeating: ObservedProducts(width: 3), count: 4)
    for (number, row) in rows.enumerated() { parts[number % 4].add(row) }
    var (sum, whole) = (ObservedProducts(width: 3), CrossProducts(width: 3))
    for part in parts.shuffled(using: &random) {
      sum.add(part)
      whole.add(part.crossProducts)
    }
    let exact = sum.crossProducts
    for a in 0..<3 {
      let meanA = rows.reduce(0) { $0 + ($1[a] - rows[0][a]) } / 60
      for b in 0..<3 {
        let meanB = rows.reduce(0) { $0 + ($1[b] - rows[0][b]) } / 60
        let product = rows.reduce(0) {
          $0 + ($1[a] - rows[0][a] - meanA) * ($1[b] - rows[0][b] - meanB)
        }
        #expect(abs(whole[a, b] - product) < 1e-4)
        #expect(abs(exact[a, b] - product) < 1e-4)
      }
    }
  }
}
