import Events
import Experience
import Statistics

extension MeasuredJourney {
  /// Judges the targets by what was measured.
  ///
  /// A target is met or missed when the whole interval lies on one side of the limit. Fitness is a
  /// ratio of sums without an interval and is judged by its value.
  /// - Parameter times: the times of completed cases, which are partly sorted by it.
  mutating func judgeTargets(_ targets: [Target], times: inout [Int64]) {
    self.targets = targets.map { target in
      let measured: Estimate
      var verdict: MeasuredTarget.Verdict?
      switch target.metric {
      case .completion: measured = completion
      case .medianTime: measured = time.median
      case .p90Time: measured = .ninetieth(of: &times)
      case .fitness:
        measured = Estimate(value: conformance.fitness, count: conformance.cases)
        verdict = conformance.fitness.map { target.isKept($0) ? .met : .missed }
      case .feeling: measured = feeling
      case .value: measured = value.mean
      case .cost: measured = cost.mean
      }
      return MeasuredTarget(
        metric: target.metric.rawValue, comparison: target.comparison.rawValue,
        limit: target.limit, measured: measured, verdict: verdict ?? target.verdict(measured))
    }
  }
}

extension Target {
  fileprivate func isKept(_ value: Double) -> Bool {
    comparison == .atLeast ? value >= limit : value <= limit
  }

  /// Whether the target is reached by a figure with an interval.
  func verdict(_ measured: Estimate) -> MeasuredTarget.Verdict {
    guard measured.value != nil else { return .noData }
    guard let low = measured.low, let high = measured.high else { return .uncertain }
    switch (isKept(low), isKept(high)) {
    case (true, true): return .met
    case (false, false): return .missed
    default: return .uncertain
    }
  }
}

extension Estimate {
  /// The time that nine of ten keep, with its distribution-free 95 % interval between order
  /// statistics (normal approximation of the binomial, rounded outwards), if there is one.
  static func ninetieth(of times: inout [Int64]) -> Estimate {
    guard let value = quantile(0.9, of: &times) else { return .none }
    let n = Double(times.count)
    let half = z95 * (n * 0.9 * 0.1).squareRoot()
    let low = (n * 0.9 - half).rounded(.down) - 1
    let high = (n * 0.9 + half).rounded(.up)
    guard low >= 0, high <= n - 1 else { return Estimate(value: value, count: times.count) }
    return Estimate(
      value: value, low: quantile(low / (n - 1), of: &times),
      high: quantile(high / (n - 1), of: &times), count: times.count)
  }
}
