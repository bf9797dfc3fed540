import Events
import Statistics

/// Two measurements of one journey side by side: two ranges, or two populations.
///
/// Differences are right − left with 95 % intervals; something *changed* only where the interval
/// leaves zero.
public struct Comparison: Sendable, Codable, Equatable {
  /// A figure measured twice.
  public struct Pair: Sendable, Codable, Hashable {
    public var left: Estimate
    public var right: Estimate
    /// Right − left; `.none` where one of them has no interval.
    public var difference: Estimate

    /// Whether the difference's interval leaves zero.
    public var changed: Bool {
      guard let low = difference.low, let high = difference.high else { return false }
      return low > 0 || high < 0
    }

    /// Compares two independent estimates by their intervals.
    public init(_ left: Estimate, _ right: Estimate) {
      self.left = left
      self.right = right
      difference = .difference(right, left)
    }
  }

  /// A step measured twice.
  public struct ComparedStep: Sendable, Codable, Hashable {
    public var index: Int
    public var title: String
    /// Cases that came this far, of all.
    public var share: Pair
    public var dropOffShare: Pair
    /// The median time from the step before, in milliseconds.
    public var time: Pair
    /// Cases that met it more than once, of those that met it.
    public var repeating: Pair
    /// Cases that met it later than promised, of those whose promise could be checked.
    public var late: Pair
  }

  public var left: MeasuredJourney
  public var right: MeasuredJourney
  public var completion: Pair
  /// The median time from start to goal, in milliseconds.
  public var time: Pair
  public var value: Pair
  public var cost: Pair
  public var feeling: Pair
  public var steps: [ComparedStep]

  /// Compares two measurements.
  ///
  /// - Throws: `comparison.journey` where they are not of one journey with one definition.
  public init(_ left: MeasuredJourney, _ right: MeasuredJourney) throws(Refusal) {
    guard left.journey == right.journey, left.definition == right.definition else {
      throw Refusal(
        "comparison.journey",
        problem: "“\(left.journey)” and “\(right.journey)” were not measured by one definition.",
        remedy: "Measure both again with the experience as it is now.")
    }
    self.left = left
    self.right = right
    completion = Pair(left.completion, right.completion)
    time = Pair(left.time.median, right.time.median)
    value = Pair(left.value.mean, right.value.mean)
    cost = Pair(left.cost.mean, right.cost.mean)
    feeling = Pair(left.feeling, right.feeling)
    steps = zip(left.steps, right.steps).map { left, right in
      ComparedStep(
        index: left.index, title: left.title, share: Pair(left.share, right.share),
        dropOffShare: Pair(left.dropOffShare, right.dropOffShare),
        time: Pair(left.timeFromPrevious.median, right.timeFromPrevious.median),
        repeating: Pair(
          .share(left.casesRepeating, of: left.cases),
          .share(right.casesRepeating, of: right.cases)),
        late: Pair(.share(left.late, of: left.promised), .share(right.late, of: right.promised)))
    }
  }
}
