/// The quantile of values that ascend, by Hyndman and Fan's definition 7.
///
///     quantile(0.5, ofSorted: [1, 2, 10, 20])  // 6.0
///
/// - Parameter p: 0 to 1.
/// - Returns: nil where there are no values.
/// - SeeAlso: R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages" (1996).
public func quantile(_ p: Double, ofSorted values: some RandomAccessCollection<Int64>) -> Double? {
  guard let first = values.first else { return nil }
  let place = p * Double(values.count - 1)
  let below = Int(place.rounded(.down))
  guard below + 1 < values.count else { return Double(values.last ?? first) }
  let low = Double(values[values.index(values.startIndex, offsetBy: below)])
  let high = Double(values[values.index(values.startIndex, offsetBy: below + 1)])
  return low + (high - low) * (place - Double(below))
}

/// The quantile of values in any order, which are partly sorted by it.
///
/// - Complexity: O(*n*) on average.
public func quantile(_ p: Double, of values: inout [Int64]) -> Double? {
  guard !values.isEmpty else { return nil }
  let place = p * Double(values.count - 1)
  let below = Int(place.rounded(.down))
  let low = select(below, in: &values)
  guard below + 1 < values.count else { return Double(low) }
  let high = values[(below + 1)...].min() ?? low
  return Double(low) + (Double(high) - Double(low)) * (place - Double(below))
}

extension Estimate {
  /// The median with its distribution-free 95 % interval, which has no ends below six values.
  ///
  /// The interval runs between the order statistics that hold the median with a probability of at
  /// least 95 % (from the normal approximation of the binomial, rounded outwards, beyond 70 values).
  /// - SeeAlso: W. J. Conover, "Practical Nonparametric Statistics", section 3.2.
  public static func median(of values: inout [Int64]) -> Estimate {
    guard let median = quantile(0.5, of: &values) else { return .none }
    let n = values.count
    guard let rank = medianIntervalRank(n) else { return Estimate(value: median, count: n) }
    // The median is in place, so each end lies in a half.
    let middle = (n - 1) / 2
    let low = select(rank, in: &values, within: 0...middle)
    let high = select(n - 1 - rank, in: &values, within: (middle + 1)...(n - 1))
    return Estimate(value: median, low: Double(low), high: Double(high), count: n)
  }
}

/// The position from each end, from 0, at which the interval of a median of n values ends.
public func medianIntervalRank(_ n: Int) -> Int? {
  guard n >= 6 else { return nil }
  guard n <= 70 else {
    return max(0, Int((Double(n) / 2 - z95 * Double(n).squareRoot() / 2).rounded(.down)) - 1)
  }
  // The largest rank whose two tails of the binomial (n, 1/2) weigh no more than 5 %.
  var tail = 0.0
  var term = 1.0
  for _ in 0..<n { term /= 2 }
  var rank = 0
  for k in 0...n {
    tail += term
    guard 2 * tail <= 0.05 else { break }
    rank = k
    term = term * Double(n - k) / Double(k + 1)
  }
  return rank
}

/// The element that would stand at a position if the values were sorted; they are partly sorted.
///
/// - Parameter range: where the element is known to lie; nil: anywhere.
/// - SeeAlso: C. A. R. Hoare, "Algorithm 65: Find"; the pivot is the median of three.
func select(
  _ position: Int, in values: inout [Int64], within range: ClosedRange<Int>? = nil
) -> Int64 {
  values.withUnsafeMutableBufferPointer { values in
    var low = range?.lowerBound ?? 0
    var high = range?.upperBound ?? values.count - 1
    while high - low > 16 {
      let middle = (low + high) / 2
      if values[middle] < values[low] { values.swapAt(low, middle) }
      if values[high] < values[low] { values.swapAt(low, high) }
      if values[high] < values[middle] { values.swapAt(middle, high) }
      let pivot = values[middle]
      var i = low
      var j = high
      while i <= j {
        while values[i] < pivot { i += 1 }
        while values[j] > pivot { j -= 1 }
        if i <= j {
          values.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if position <= j {
        high = j
      } else if position >= i {
        low = i
      } else {
        return values[position]
      }
    }
    values[low...high].sort()
    return values[position]
  }
}
