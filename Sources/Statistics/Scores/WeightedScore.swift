/// A score in which each stratum weighs what it weighs among all, not among those who answered.
///
/// Post-stratification: an answer of stratum *h* has the weight N(h) ÷ n(h). It mends that some kinds of
/// customers answer more often than others; it cannot mend that, inside a stratum, the pleased may do.
public struct WeightedScore: Sendable, Hashable {
  /// The figure with its interval, for as many answers as the weighted ones are worth.
  public let figure: Estimate
  /// n·Σw² ÷ (Σw)²: how many times more answers this needs than even weights would. 1 or more.
  public let designEffect: Double
  /// How many people are of strata without an answer, for which nobody speaks.
  public let unheard: Int

  /// Weighs the answers of strata.
  ///
  /// - Parameters:
  ///   - strata: the answers of each.
  ///   - people: how many people each stratum has; not fewer than one where there are answers.
  /// - Returns: nil where there are no strata.
  /// - SeeAlso: L. Kish, "Survey Sampling" (1965), section 11.7, for the design effect, which takes the
  ///   strata to be alike and so makes the interval rather too wide.
  public init?(_ strata: [ScoreSample], people: [Int]) {
    precondition(strata.count == people.count, "Each stratum has people.")
    guard let first = strata.first else { return nil }
    var weighted = [Double](repeating: 0, count: first.rule.scale.count)
    var counts = [Int](repeating: 0, count: weighted.count)
    var (sum, squares, unheard) = (0.0, 0.0, 0)
    for (stratum, people) in zip(strata, people) {
      guard stratum.count > 0 else {
        unheard += people
        continue
      }
      let weight = Double(max(1, people)) / Double(stratum.count)
      sum += weight * Double(stratum.count)
      squares += weight * weight * Double(stratum.count)
      for place in weighted.indices {
        weighted[place] += weight * Double(stratum.counts[place])
        counts[place] += stratum.counts[place]
      }
    }
    let all = ScoreSample(first.rule, counts: counts, population: first.population)
    self.unheard = unheard
    guard sum > 0 else {
      (figure, designEffect) = (Estimate(value: nil, count: 0), 1)
      return
    }
    let worth = sum * sum / squares
    designEffect = max(1, Double(all.count) / worth)
    figure = all.figure(weighted, size: ScoreSample.size(worth, of: first.population))
  }
}
