import Foundation

/// The standard normal value that 97.5 % of values stay below.
public let z95 = 1.959963984540054

extension Estimate {
  /// A share with its 95 % Wilson score interval.
  ///
  ///     Estimate.share(80, of: 100)  // 0.8, 0.711 to 0.867
  ///
  /// - Returns: `.none` where `total` is 0.
  /// - SeeAlso: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
  ///   Inference", JASA 22 (1927).
  public static func share(_ count: Int, of total: Int) -> Estimate {
    precondition(count >= 0 && count <= total, "A share counts part of the whole.")
    guard total > 0 else { return .none }
    let n = Double(total)
    let share = Double(count) / n
    let middle = (share + z95 * z95 / (2 * n)) / (1 + z95 * z95 / n)
    let half =
      z95 / (1 + z95 * z95 / n) * (share * (1 - share) / n + z95 * z95 / (4 * n * n)).squareRoot()
    return Estimate(
      value: share, low: count == 0 ? 0 : max(0, middle - half),
      high: count == total ? 1 : min(1, middle + half), count: total)
  }

  /// A mean with its 95 % Student interval.
  ///
  /// - Parameters:
  ///   - count: how many values there are.
  ///   - sum: their sum.
  ///   - squares: the sum of their squared distances from `origin`.
  ///   - origin: a value near the mean, which keeps the sum of squares exact; 0 if not given.
  /// - Returns: no interval for fewer than two values, `.none` for none.
  public static func mean(
    count: Int, sum: Double, squares: Double, origin: Double = 0
  ) -> Estimate {
    guard count > 0 else { return .none }
    let n = Double(count)
    let mean = sum / n
    guard count > 1 else { return Estimate(value: mean, count: count) }
    let variance = max(0, (squares - n * (mean - origin) * (mean - origin)) / (n - 1))
    let half = studentQuantile(0.975, degrees: n - 1) * (variance / n).squareRoot()
    return Estimate(value: mean, low: mean - half, high: mean + half, count: count)
  }

  /// A difference of two independent figures, left − right, with the interval that their own intervals
  /// make: of shares Newcombe's hybrid score interval.
  ///
  /// - SeeAlso: R. G. Newcombe, "Interval estimation for the difference between independent
  ///   proportions", Statistics in Medicine 17 (1998), method 10; G. Y. Zou and A. Donner, "Construction of
  ///   confidence limits about effect measures: A general approach", Statistics in Medicine 27 (2008).
  public static func difference(_ left: Estimate, _ right: Estimate) -> Estimate {
    guard let a = left.value, let b = right.value, let aLow = left.low, let aHigh = left.high,
      let bLow = right.low, let bHigh = right.high
    else { return .none }
    let down = ((a - aLow) * (a - aLow) + (bHigh - b) * (bHigh - b)).squareRoot()
    let up = ((aHigh - a) * (aHigh - a) + (b - bLow) * (b - bLow)).squareRoot()
    return Estimate(
      value: a - b, low: a - b - down, high: a - b + up, count: left.count + right.count)
  }
}

/// The value that a share `p` of Student's t distribution stays below.
///
/// Found by bisection on the distribution function, to 1e-10.
public func studentQuantile(_ p: Double, degrees: Double) -> Double {
  guard p != 0.5 else { return 0 }
  guard p > 0.5 else { return -studentQuantile(1 - p, degrees: degrees) }
  func below(_ t: Double) -> Double {
    1 - 0.5 * incompleteBeta(degrees / 2, 0.5, at: degrees / (degrees + t * t))
  }
  var low = 0.0
  var high = 1.0
  while below(high) < p && high < 1e9 { high *= 2 }
  for _ in 0..<200 where high - low > 1e-10 * max(1, high) {
    let middle = (low + high) / 2
    if below(middle) < p { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

/// The regularised incomplete beta function.
///
/// - SeeAlso: Lentz's method for its continued fraction, DLMF 8.17.22.
func incompleteBeta(_ a: Double, _ b: Double, at x: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(b, a, at: 1 - x) }
  let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x)) / a
  let tiny = 1e-300
  var f = 1.0
  var c = 1.0
  var d = 0.0
  for i in 0...400 {
    let m = Double(i / 2)
    let term =
      i == 0
      ? 1
      : i % 2 == 0
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 + term * d
    d = 1 / (abs(d) < tiny ? tiny : d)
    c = 1 + term / c
    c = abs(c) < tiny ? tiny : c
    f *= c * d
    if abs(1 - c * d) < 1e-14 { break }
  }
  return front * (f - 1)
}

/// The logarithm of the gamma function for positive numbers.
///
/// - SeeAlso: Lanczos's approximation with g = 7 and nine terms; error below 1e-14.
func logGamma(_ x: Double) -> Double {
  let terms = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
  ]
  var sum = terms[0]
  for i in 1..<9 { sum += terms[i] / (x - 1 + Double(i)) }
  let t = x + 6.5
  return 0.5 * log(2 * Double.pi) + (x - 0.5) * log(t) - t + log(sum)
}
