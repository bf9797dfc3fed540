/// What drives an outcome: each driver's share of what they explain together, with intervals.
public struct KeyDrivers: Sendable, Equatable {
  /// One driver.
  public struct Driver: Sendable, Equatable {
    public var mean: Double
    /// With the outcome, nothing else held constant.
    public var correlation: Double
    /// Standardised: by how many standard deviations the outcome is higher where the driver is higher by
    /// one, the others held constant.
    public var coefficient: Double
    /// Johnson's relative weight.
    public var relativeWeight: Estimate
    /// Its Shapley share, known as LMG.
    public var shapley: Estimate
    /// The share of its variance that the other drivers explain.
    public var collinearity: Double
    /// Whether it has more than one value.
    public var varies: Bool
    /// Of a driver that is no fact, its coefficient as long as facts are not held constant; nil where
    /// there are none.
    public var coefficientWithoutFacts: Double?
  }

  /// How many observations it rests on.
  public var count: Int
  /// R²: the share of the outcome's variance that the drivers explain.
  public var explained: Estimate
  /// R² less what as many drivers without meaning would explain; nil where there are too few
  /// observations.
  public var adjusted: Double?
  /// Whether the outcome has more than one value.
  public var outcomeVaries: Bool
  public var drivers: [Driver]

  /// So many samples are drawn for the intervals.
  public static let samples = 400
  /// Shapley shares have intervals up to so many drivers; each sample takes them anew.
  public static let mostDriversWithShapleyIntervals = 12

  /// Explains the first variable by the others.
  ///
  /// - Parameters:
  ///   - groups: the observations of groups that are drawn as one: all of a customer's must be in one, so
  ///     that a customer who answers often is not taken for many.
  ///   - facts: the positions of drivers that are facts, from 0.
  ///   - seed: the intervals are percentiles of samples that it decides.
  public init(_ groups: [CrossProducts], facts: Set<Int> = [], seed: UInt64 = 1) {
    let width = groups.first?.width ?? 1
    var all = CrossProducts(width: width)
    for group in groups { all.add(group) }
    let varying = (1..<max(1, width)).filter { all.varies($0) }
    outcomeVaries = all.varies(0)
    let used = outcomeVaries ? varying : []
    count = Int(all.count)
    let found = Regression(all, drivers: used)
    let samples = Self.drawn(groups, used, seed: seed)
    let (weights, shares) = (found.relativeWeights, found.shapleyShares)
    let (coefficients, collinearity) = (found.coefficients, found.collinearity)
    let share = found.explained
    explained = Self.estimate(share, samples.map(\.explained), count)
    let free = Double(count - 1 - used.count)
    adjusted = free > 0 ? 1 - (1 - share) * Double(count - 1) / free : nil
    let plain = used.filter { !facts.contains($0 - 1) }
    let withoutFacts =
      plain.count < used.count
      ? Dictionary(
        uniqueKeysWithValues: zip(plain, Regression(all, drivers: plain).coefficients)) : [:]
    let count = count
    drivers = (1..<max(1, width)).map { variable in
      guard let place = used.firstIndex(of: variable) else {
        return Driver(
          mean: all.means[variable], correlation: 0, coefficient: 0,
          relativeWeight: Estimate(value: 0, count: count),
          shapley: Estimate(value: 0, count: count), collinearity: 0,
          varies: varying.contains(variable))
      }
      return Driver(
        mean: all.means[variable], correlation: found.outcome[place],
        coefficient: coefficients[place],
        relativeWeight: Self.estimate(weights[place], samples.map { $0.weights[place] }, count),
        shapley: Self.estimate(
          shares[place], samples.compactMap { $0.shares.map { $0[place] } }, count),
        collinearity: collinearity[place], varies: true,
        coefficientWithoutFacts: withoutFacts[variable])
    }
  }

  /// What one sample of the groups says.
  private struct Sample {
    var explained: Double
    var weights: [Double]
    var shares: [Double]?
  }

  /// Draws groups with replacement, again and again.
  private static func drawn(
    _ groups: [CrossProducts], _ drivers: [Int], seed: UInt64
  ) -> [Sample] {
    let groups = groups.filter { $0.count > 0 }
    guard groups.count > 1, !drivers.isEmpty else { return [] }
    var random = SeededGenerator(seed: seed)
    return (0..<samples).map { _ in
      var times = [Int](repeating: 0, count: groups.count)
      for _ in groups { times[random.below(groups.count)] += 1 }
      var all = CrossProducts(width: groups[0].width)
      for (group, times) in zip(groups, times) where times > 0 {
        all.add(group, times: Double(times))
      }
      let regression = Regression(all, drivers: drivers)
      return Sample(
        explained: regression.explained, weights: regression.relativeWeights,
        shares: drivers.count <= mostDriversWithShapleyIntervals
          ? regression.shapleyShares : nil)
    }
  }

  /// The figure with the middle 95 % of what samples say.
  private static func estimate(_ value: Double, _ samples: [Double], _ count: Int) -> Estimate {
    guard !samples.isEmpty else { return Estimate(value: value, count: count) }
    let sorted = samples.sorted()
    let last = Double(sorted.count - 1)
    return Estimate(
      value: value, low: sorted[Int((0.025 * last).rounded(.down))],
      high: sorted[Int((0.975 * last).rounded(.up))], count: count)
  }
}
