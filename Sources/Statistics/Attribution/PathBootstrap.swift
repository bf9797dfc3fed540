/// How sure the parts of a model are: percentile intervals of each channel's share.
public struct ShareIntervals: Hashable, Sendable {
  /// The 2.5 % quantile by channel, and for the paths without a touch.
  public var low: [Double]
  /// The 97.5 % quantile.
  public var high: [Double]
  /// How many resamples they rest on; those without anything to divide are left out.
  public var resamples: Int
}

extension ConversionPaths {
  /// Few enough to wait for, enough for ends that are good to about a tenth of their distance.
  public static let usualResamples = 200
  /// Fewer say nothing of ends at 2.5 %.
  public static let fewestResamples = 50
  /// How many numbers a chain may work on in all resamples: some seconds of them.
  private static let mostWork = 4_000_000_000

  /// The interval of each channel's share of a figure, by bootstrap.
  ///
  /// Paths are resampled as if each walk was drawn by itself: how often a path ends in a resample,
  /// with a conversion and without, is Poisson distributed around how often it did. A conversion
  /// drawn for a path is worth the mean of that path's.
  ///
  /// - Parameters:
  ///   - figure: conversions, or what they were worth.
  ///   - model: how they are divided.
  ///   - resamples: how many times; fewer where a chain has so many states that they would take
  ///     long.
  ///   - seed: the same seed gives the same intervals.
  /// - Returns: nil where no resample has anything to divide, and for chains that leave time for
  ///   fewer than `fewestResamples`.
  /// - SeeAlso: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), section 13.3;
  ///   N. Chamandy et al., "Estimating Uncertainty for Massive Data Streams" (2012).
  public func intervals(
    _ figure: Figure, by model: PathModel, resamples: Int = usualResamples, seed: UInt64
  ) -> ShareIntervals? {
    var random = SeededGenerator(seed: seed)
    let chain: RemovalModel? =
      if case .markov(let order) = model { RemovalModel(self, order: order) } else { nil }
    var resamples = resamples
    if let chain, chain.work * resamples > Self.mostWork {
      resamples = Self.mostWork / chain.work
      guard resamples >= Self.fewestResamples else { return nil }
    }
    let amounts = amounts(of: figure)
    let weights = chainAmounts(of: figure)
    var shares = [[Double]](repeating: [], count: channelCount + 1)
    for _ in 0..<resamples {
      let draw = Resample(of: self, random: &random)
      let drawn = draw.scaled(amounts, from: conversions)
      let whole = drawn.reduce(0, +)
      guard whole > 0 else { continue }
      let credits =
        if let chain {
          divide(
            figure, drawn,
            by: chain.effects(
              of: draw.scaled(weights, from: conversions), conversions: draw.conversions,
              nulls: draw.nulls
            ).effects)
        } else {
          shapley(drawn)
        }
      for channel in shares.indices { shares[channel].append(credits[channel] / whole) }
    }
    let sorted = shares.map { $0.sorted() }
    let low = sorted.compactMap { Self.quantile(0.025, ofSorted: $0) }
    guard let count = sorted.first?.count, count > 0 else { return nil }
    return ShareIntervals(
      low: low, high: sorted.compactMap { Self.quantile(0.975, ofSorted: $0) }, resamples: count)
  }

  /// Hyndman and Fan's definition 7.
  private static func quantile(_ p: Double, ofSorted values: [Double]) -> Double? {
    guard let last = values.last else { return nil }
    let place = p * Double(values.count - 1)
    let below = Int(place)
    guard below + 1 < values.count else { return last }
    return values[below] + (values[below + 1] - values[below]) * (place - Double(below))
  }
}

/// How often each path ended in one resample.
private struct Resample {
  var conversions: [Double]
  var nulls: [Double]

  init(of paths: ConversionPaths, random: inout SeededGenerator) {
    conversions = paths.conversions
    nulls = paths.nulls
    for path in 0..<paths.count {
      conversions[path] = Double(random.poisson(mean: paths.conversions[path]))
      nulls[path] = Double(random.poisson(mean: paths.nulls[path]))
    }
  }

  /// Amounts that paths brought, in proportion to how often they converted in the resample.
  func scaled(_ amounts: [Double], from before: [Double]) -> [Double] {
    amounts.indices.map { path in
      before[path] > 0 ? amounts[path] * conversions[path] / before[path] : 0
    }
  }
}
