import Foundation

/// The probability that two shares differ by this much or more where they are the same in truth, on
/// either side.
///
/// By the pooled z test (which is the χ² test of the 2 × 2 table without correction); where it expects
/// fewer than five in any cell, by Fisher's exact test, which adds up the tables that are no likelier
/// than the one seen.
///
///     twoProportionPValue(15, of: 50, and: 25, of: 50)  // 0.0412
///
/// - Returns: nil where one of the totals is 0.
/// - SeeAlso: R's `prop.test(correct = FALSE)` and `fisher.test`.
public func twoProportionPValue(
  _ left: Int, of leftTotal: Int, and right: Int, of rightTotal: Int
) -> Double? {
  precondition(
    left >= 0 && right >= 0 && left <= leftTotal && right <= rightTotal,
    "A share counts part of the whole.")
  guard leftTotal > 0, rightTotal > 0 else { return nil }
  let total = Double(leftTotal) + Double(rightTotal)
  let have = Double(left) + Double(right)
  let fewest =
    min(Double(leftTotal), Double(rightTotal)) * min(have, total - have) / total
  guard fewest >= 5 else { return fisher(left, leftTotal, right, rightTotal) }
  let pooled = have / total
  let error = (pooled * (1 - pooled) * (1 / Double(leftTotal) + 1 / Double(rightTotal)))
    .squareRoot()
  let z = (Double(left) / Double(leftTotal) - Double(right) / Double(rightTotal)) / error
  return erfc(abs(z) / 2.0.squareRoot())
}

/// - Complexity: O(√total), for one of the margins is small where this is asked.
private func fisher(_ left: Int, _ leftTotal: Int, _ right: Int, _ rightTotal: Int) -> Double {
  let have = left + right
  func logChoose(_ n: Int, _ k: Int) -> Double {
    logGamma(Double(n) + 1) - logGamma(Double(k) + 1) - logGamma(Double(n - k) + 1)
  }
  let all = logChoose(leftTotal + rightTotal, have)
  func probability(_ count: Int) -> Double {
    exp(logChoose(leftTotal, count) + logChoose(rightTotal, have - count) - all)
  }
  // R's tolerance, which tells tables that are equally likely from those that are not.
  let seen = probability(left) * (1 + 1e-7)
  var sum = 0.0
  for count in max(0, have - rightTotal)...min(have, leftTotal) {
    let probability = probability(count)
    if probability <= seen { sum += probability }
  }
  return min(1, sum)
}

/// How p-values are raised because there were many looks.
public enum LooksCorrection: String, Sendable, Codable, CaseIterable {
  /// Of the differences called so, at most 5 % in the mean are none (the false discovery rate).
  case benjaminiHochberg = "benjamini_hochberg"
  /// The probability that any difference called so is none is at most 5 %.
  case holm
}

extension LooksCorrection {
  /// The p-values as they count after so many looks, in the same order.
  ///
  /// - SeeAlso: R's `p.adjust`; Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate"
  ///   (1995); S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (1979).
  public func adjusted(_ pValues: [Double]) -> [Double] {
    let ascending = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    let count = Double(pValues.count)
    var adjusted = pValues
    switch self {
    case .holm:
      var most = 0.0
      for (rank, place) in ascending.enumerated() {
        most = max(most, min(1, pValues[place] * (count - Double(rank))))
        adjusted[place] = most
      }
    case .benjaminiHochberg:
      var least = 1.0
      for (rank, place) in ascending.enumerated().reversed() {
        least = min(least, pValues[place] * count / Double(rank + 1))
        adjusted[place] = least
      }
    }
    return adjusted
  }
}
