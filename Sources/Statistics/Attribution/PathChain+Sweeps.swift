extension PathChain {
  /// The distance to the exact solution, as a share of it, at which sweeps end.
  static let tolerance = 1e-12
  /// Chains of real paths take tens of sweeps to some hundreds; those whose paths go round in
  /// circles for thousands of touches end here, with the error that is left.
  static let mostSweeps = 20_000
  /// How many channels are taken away at once: a state's figures then lie in eight cache lines.
  static let channelsAtOnce = 62

  /// Solves the chain by Gauss–Seidel sweeps, for many removals at once.
  ///
  /// The figures rise from 0 towards what the states bring. Beside them falls, from 1, the part of
  /// a state's outcome that the sweeps have not yet accounted for: the error of a figure obeys the
  /// same equations without rewards, begins at no more than 1 (what states bring is scaled to that)
  /// and so never exceeds it. Loops from a state to itself are solved for, not swept.
  func sweep(_ weights: TransitionWeights) -> ChainOutcome {
    var outcome = ChainOutcome(base: 0, without: [], error: 0)
    for first in stride(from: 0, to: max(1, channelCount), by: Self.channelsAtOnce) {
      let removed = first..<min(channelCount, first + Self.channelsAtOnce)
      let figures = sweep(weights, without: removed)
      outcome.error = max(outcome.error, figures[0])
      outcome.base = figures[1]
      outcome.without += figures[2...]
    }
    return outcome
  }

  /// The start's figures: the error, what the chain brings, and what it brings without each channel.
  private func sweep(_ weights: TransitionWeights, without removed: Range<Int>) -> [Double] {
    let width = removed.count + 2
    var figures = [Double](repeating: 0, count: stateCount * width)
    for state in 0..<stateCount { figures[state * width] = 1 }
    let result = start * width
    figures.withUnsafeMutableBufferPointer { figures in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
        for _ in 0..<Self.mostSweeps {
          for state in 0..<stateCount {
            sweep(state, weights, removed, figures, sums)
          }
          if figures[result] <= Self.tolerance * figures[result + 1] { break }
        }
      }
    }
    return Array(figures[result..<(result + width)])
  }

  @inline(__always)
  private func sweep(
    _ state: Int, _ weights: TransitionWeights, _ removed: Range<Int>,
    _ figures: UnsafeMutableBufferPointer<Double>, _ sums: UnsafeMutableBufferPointer<Double>
  ) {
    let width = sums.count
    let reward = weights.rewards[state]
    sums.update(repeating: reward)
    sums[0] = 0
    var loop = 0.0
    for transition in firstTransitions[state]..<firstTransitions[state + 1] {
      let probability = weights.probabilities[transition]
      let target = targets[transition]
      guard target != state else {
        loop = probability
        continue
      }
      let place = target * width
      for figure in 0..<width { sums[figure] += probability * figures[place + figure] }
    }
    let factor = 1 / (1 - loop)
    let place = state * width
    for figure in 0..<width { figures[place + figure] = sums[figure] * factor }
    if removed.contains(channels[state]) {
      figures[place + 2 + channels[state] - removed.lowerBound] = 0
    }
  }
}
