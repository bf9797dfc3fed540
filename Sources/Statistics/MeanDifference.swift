extension Estimate {
  /// The difference of two means of independent samples whose variances need not be the same, left −
  /// right, with Welch's 95 % interval.
  ///
  /// - Parameters: of each sample how many values it has, their sum, and the sum of their squares.
  /// - Returns: no interval where a sample has fewer than two values, `.none` where one has none.
  /// - SeeAlso: B. L. Welch, "The generalization of ‘Student's’ problem when several different population
  ///   variances are involved", Biometrika 34 (1947).
  public static func differenceOfMeans(
    _ left: (count: Int, sum: Double, squares: Double),
    _ right: (count: Int, sum: Double, squares: Double)
  ) -> Estimate {
    guard left.count > 0, right.count > 0 else { return .none }
    let count = left.count + right.count
    let (a, b) = (Double(left.count), Double(right.count))
    let difference = left.sum / a - right.sum / b
    guard left.count > 1, right.count > 1 else { return Estimate(value: difference, count: count) }
    // The squared standard errors of both means.
    let (u, v) = (
      squaredError(a, left.sum, left.squares), squaredError(b, right.sum, right.squares)
    )
    guard u + v > 0 else {
      return Estimate(value: difference, low: difference, high: difference, count: count)
    }
    let degrees = (u + v) * (u + v) / (u * u / (a - 1) + v * v / (b - 1))
    let half = studentQuantile(0.975, degrees: degrees) * (u + v).squareRoot()
    return Estimate(
      value: difference, low: difference - half, high: difference + half, count: count)
  }

  private static func squaredError(_ n: Double, _ sum: Double, _ squares: Double) -> Double {
    let variance = max(0, squares - sum * sum / n) / (n - 1)
    // What is left of rounding is no variance.
    return variance <= 1e-12 * squares / n ? 0 : variance / n
  }
}
