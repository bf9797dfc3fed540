extension Estimate {
  /// The mean of answers on a scale of known points, with its 95 % score interval.
  ///
  /// The interval holds every mean μ that the answers do not speak against: (m − μ)² ≤ z²·σ²(μ)/n, where
  /// σ²(μ) is the variance of the likeliest distribution over the points whose mean is μ. Of two points
  /// that is Wilson's interval, of three Tango's; of more it is the same idea. Where rare answers may
  /// not have been seen at all it stays honest, and it never leaves the scale.
  ///
  ///     Estimate.score(of: [-1, 0, 1], counts: [20, 30, 50], count: 100)  // 0.3, 0.140 to 0.443
  ///
  /// - Parameters:
  ///   - points: the values that an answer may have, ascending.
  ///   - counts: how many answers each has, or their weights.
  ///   - size: how many independent answers they are worth; nil: the sum of the counts.
  ///   - count: how many answers they rest on, for people.
  /// - Returns: `.none` where there is no answer.
  /// - SeeAlso: T. Tango, "Equivalence test and confidence interval for the difference in proportions for
  ///   the paired-sample design", Statistics in Medicine 17 (1998); A. B. Owen, "Empirical Likelihood".
  public static func score(
    of points: [Double], counts: [Double], size: Double? = nil, count: Int
  ) -> Estimate {
    precondition(points.count == counts.count, "Each point has a count.")
    let total = counts.reduce(0, +)
    guard let lowest = points.first, let highest = points.last, total > 0 else { return .none }
    let sample = ScaleSample(points: points, shares: counts.map { $0 / total })
    let mean = min(highest, max(lowest, sample.mean))
    guard size?.isFinite ?? true else {
      return Estimate(value: mean, low: mean, high: mean, count: count)
    }
    let limit = z95 * z95 / (size ?? total)
    return Estimate(
      value: mean, low: sample.end(towards: lowest, limit: limit),
      high: sample.end(towards: highest, limit: limit), count: count)
  }
}

/// The shares of a scale's points in a sample.
private struct ScaleSample {
  let mean: Double
  private let lowest: Double
  private let highest: Double
  /// The points that were answered, and their shares.
  private let seen: [(point: Double, share: Double)]

  init(points: [Double], shares: [Double]) {
    seen = zip(points, shares).filter { $0.1 > 0 }.map { (point: $0.0, share: $0.1) }
    mean = seen.reduce(0) { $0 + $1.point * $1.share }
    lowest = points.first ?? 0
    highest = points.last ?? 0
  }

  /// The mean furthest towards an end of the scale that the sample does not speak against.
  ///
  /// - Parameter limit: z²/n.
  func end(towards end: Double, limit: Double) -> Double {
    guard abs(end - mean) > 1e-12 * max(1, abs(end)) else { return end }
    var (inside, outside) = (mean, end)
    for _ in 0..<44 {
      let middle = (inside + outside) / 2
      if (mean - middle) * (mean - middle) <= limit * variance(withMean: middle) {
        inside = middle
      } else {
        outside = middle
      }
    }
    return (inside + outside) / 2
  }

  /// The variance of the likeliest distribution over the points of the scale that has a mean.
  ///
  /// Its shares are share ÷ (1 + λ·(point − mean)); what is then missing of 1 lies at the end of the scale
  /// that nobody answered.
  private func variance(withMean mean: Double) -> Double {
    let (least, most) = (-1 / (highest - mean), 1 / (mean - lowest))
    let tilt = tilt(withMean: mean, between: least, and: most)
    var (sum, variance) = (0.0, 0.0)
    for (point, share) in seen {
      let distance = point - mean
      let tilted = share / (1 + tilt * distance)
      guard tilted.isFinite else { continue }
      sum += tilted
      variance += tilted * distance * distance
    }
    let distance = tilt < 0 ? highest - mean : lowest - mean
    return variance + max(0, 1 - sum) * distance * distance
  }

  /// λ, at which Σ share·(point − mean)/(1 + λ·(point − mean)) is 0; the sum falls as λ rises.
  ///
  /// Newton's steps, kept between bounds that close in.
  private func tilt(withMean mean: Double, between least: Double, and most: Double) -> Double {
    var (low, high, tilt) = (least, most, 0.0)
    for _ in 0..<100 {
      var (value, slope) = (0.0, 0.0)
      for (point, share) in seen {
        let part = (point - mean) / (1 + tilt * (point - mean))
        value += share * part
        slope -= share * part * part
      }
      if value > 0 { low = tilt } else { high = tilt }
      var next = tilt - value / slope
      if !(next > low && next < high) { next = (low + high) / 2 }
      if abs(next - tilt) <= 1e-13 * (most - least) { return next }
      tilt = next
    }
    return tilt
  }
}
