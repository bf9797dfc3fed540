import Foundation

extension SeededGenerator {
  /// A number from a Poisson distribution.
  ///
  /// - Parameter mean: 0 or more.
  /// - SeeAlso: W. Hörmann, "The transformed rejection method for generating Poisson random
  ///   variables", Insurance: Mathematics and Economics 12 (1993), algorithm PTRS; means below 10
  ///   are drawn by inversion.
  public mutating func poisson(mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    return mean < 10 ? invertedPoisson(mean) : rejectedPoisson(mean)
  }

  private mutating func invertedPoisson(_ mean: Double) -> Int {
    var left = unit()
    var term = exp(-mean)
    var count = 0
    // What is left beyond a hundred weighs less than the last bit of the random number.
    while left >= term && count < 100 {
      left -= term
      count += 1
      term *= mean / Double(count)
    }
    return count
  }

  private mutating func rejectedPoisson(_ mean: Double) -> Int {
    let logarithm = log(mean)
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let squeeze = 0.9277 - 3.6224 / (b - 2)
    // At least nine draws of ten are taken, so a thousand refusals do not happen.
    for _ in 0..<1000 {
      let u = unit() - 0.5
      let v = unit()
      let us = 0.5 - abs(u)
      let count = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07 && v <= squeeze { return Int(count) }
      guard count >= 0, us >= 0.013 || v <= us else { continue }
      let height = log(v * inverseAlpha / (a / (us * us) + b))
      if height <= count * logarithm - mean - logGamma(count + 1) { return Int(count) }
    }
    return Int(mean.rounded())
  }
}
