import Foundation

extension Estimate {
  /// Spearman's rank correlation of pairs that lie in groups, −1 to 1, with its 95 % interval.
  ///
  /// Equal values share the mean of their ranks. The interval is Fisher's z with the variance that Bonett
  /// and Wright found for ranks, (1 + ρ²/2)/(n − 3). Pairs of one group are alike, so n is how many
  /// independent ones they are worth: all of them ÷ (1 + (m − 1)·a·b), where m is how many a group has
  /// (of unequal ones Moulton's), and a and b are how alike the ranks of a group are on either side
  /// (intraclass correlations, below 0 taken as 0); at least as many as there are groups.
  ///
  /// - Returns: no value where one side never changes, no interval where order is perfect or 3 or fewer
  ///   pairs are left; the count is that of the pairs.
  /// - SeeAlso: D. G. Bonett and T. A. Wright, "Sample size requirements for estimating Pearson, Kendall
  ///   and Spearman correlations", Psychometrika 65 (2000); B. R. Moulton, "Random group effects and the
  ///   precision of regression estimates", Journal of Econometrics 32 (1986).
  public static func rankCorrelation(
    of pairs: [(group: Int, left: Double, right: Double)]
  ) -> Estimate {
    let count = pairs.count
    let (left, right) = (ranks(of: pairs.map(\.left)), ranks(of: pairs.map(\.right)))
    let middle = Double(count + 1) / 2
    let squares = (squares(of: left, middle), squares(of: right, middle))
    guard squares.0 > 0, squares.1 > 0 else { return Estimate(value: nil, count: count) }
    let products = zip(left, right).reduce(0) { $0 + ($1.0 - middle) * ($1.1 - middle) }
    let value = max(-1, min(1, products / (squares.0 * squares.1).squareRoot()))
    let groups = RankGroups(pairs.map(\.group))
    let alike = groups.alikeness(of: left) * groups.alikeness(of: right)
    let worth = max(
      Double(groups.sizes.count), Double(count) / (1 + (groups.moultonSize - 1) * alike))
    guard worth > 3, abs(value) < 1 - 1e-12 else { return Estimate(value: value, count: count) }
    let half = z95 * ((1 + value * value / 2) / (worth - 3)).squareRoot()
    return Estimate(
      value: value, low: tanh(atanh(value) - half), high: tanh(atanh(value) + half), count: count)
  }

  /// The ranks of values from 1; equal ones have the mean of theirs.
  private static func ranks(of values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var first = 0
    while first < order.count {
      var end = first + 1
      while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
      for place in order[first..<end] { ranks[place] = Double(first + 1 + end) / 2 }
      first = end
    }
    return ranks
  }

  private static func squares(of ranks: [Double], _ middle: Double) -> Double {
    ranks.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
  }
}

/// Which values belong together.
private struct RankGroups {
  /// By value: the place of its group.
  private let places: [Int]
  let sizes: [Int]

  init(_ groups: [Int]) {
    var known: [Int: Int] = [:]
    var (places, sizes) = ([Int](), [Int]())
    for group in groups {
      let place = known[group] ?? sizes.count
      if place == sizes.count {
        known[group] = place
        sizes.append(0)
      }
      sizes[place] += 1
      places.append(place)
    }
    (self.places, self.sizes) = (places, sizes)
  }

  private var count: Double { Double(places.count) }

  /// The mean size of a value's group: the mean size and its variance over the mean.
  var moultonSize: Double { sizes.reduce(0) { $0 + Double($1 * $1) } / max(1, count) }

  /// The intraclass correlation, 0 to 1, by the analysis of variance of one way.
  func alikeness(of values: [Double]) -> Double {
    let groups = Double(sizes.count)
    guard groups > 1, count > groups else { return 1 }
    let mean = values.reduce(0, +) / count
    var sums = [Double](repeating: 0, count: sizes.count)
    for (place, value) in zip(places, values) { sums[place] += value }
    let means = zip(sums, sizes).map { $0 / Double($1) }
    let between =
      zip(means, sizes).reduce(0) { $0 + Double($1.1) * ($1.0 - mean) * ($1.0 - mean) }
      / (groups - 1)
    let within =
      zip(places, values).reduce(0) { $0 + ($1.1 - means[$1.0]) * ($1.1 - means[$1.0]) }
      / (count - groups)
    let size = (count - moultonSize) / (groups - 1)
    let total = between + (size - 1) * within
    return total > 0 ? max(0, (between - within) / total) : 1
  }
}
