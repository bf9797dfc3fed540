/// What would be lost, as a share of the whole, if all who meet a channel were lost there.
public struct RemovalEffects: Hashable, Sendable {
  /// What a path with touches brings on average: the probability that it converts, or the value.
  public var base: Double
  /// By channel, 0 to 1; 0 for a channel that no path meets.
  public var effects: [Double]
  /// No figure of the chain is further from its exact value than this share of the base; beside it
  /// only rounding (about 1e-14) is left. 0 where it was solved by elimination.
  public var error: Double
}

extension ConversionPaths {
  /// The removal effect of each channel, solved exactly.
  ///
  /// The chain starts before the first touch and is absorbed by a conversion or by none; its
  /// transition probabilities are the shares observed. For the value, reaching a conversion from a
  /// state brings the mean value of the conversions from there. The effect of a channel is 1 −
  /// (what the chain brings when every state that ends with the channel leads to none) ÷ (what it
  /// brings as it is). Paths without touches are no part of it.
  ///
  /// Small chains are solved by Gaussian elimination, others by sweeps over their transitions until
  /// a bound of the error proves them exact.
  ///
  /// - Parameters:
  ///   - figure: what is lost. Where some path has a value below 0, or none is worth anything, the
  ///     effects on conversions stand for those on value.
  ///   - order: how many of the last channels make a state, 1 to 4.
  public func removalEffects(_ figure: Figure = .conversions, order: Int = 1) -> RemovalEffects {
    RemovalModel(self, order: order).effects(
      of: chainAmounts(of: figure), conversions: conversions, nulls: nulls)
  }

  /// What paths bring to the chain: the value, unless it is of no use as a weight.
  func chainAmounts(of figure: Figure) -> [Double] {
    let amounts = amounts(of: figure)
    return amounts.contains { $0 < 0 } || !amounts.contains { $0 > 0 } ? conversions : amounts
  }
}

/// A chain and how it is solved, kept for weighing it more than once.
struct RemovalModel {
  enum Method { case elimination, sweeps }

  private let paths: ConversionPaths
  private let chain: PathChain
  private let method: Method

  /// How many elements elimination has to change, or sweeps have to add up.
  let work: Int

  /// A chain of so many states is inverted in memory that a core's cache holds.
  private static let fewStates = 256
  /// Its matrix takes 32 MB.
  private static let mostStates = 2048
  /// Chains of real paths take about so many sweeps.
  private static let usualSweeps = 50

  init(_ paths: ConversionPaths, order: Int, method: Method? = nil) {
    self.paths = paths
    chain = PathChain(paths, order: order)
    let states = chain.stateCount
    let elimination = states > Self.mostStates ? Int.max : states * states * states
    let sweeps = chain.targets.count * (chain.channelCount + 2) * Self.usualSweeps
    self.method =
      method ?? (states <= Self.fewStates || elimination < sweeps ? .elimination : .sweeps)
    work = self.method == .elimination ? elimination : sweeps
  }

  /// The removal effects where paths bring these amounts, end with so many conversions and nulls.
  func effects(of amounts: [Double], conversions: [Double], nulls: [Double]) -> RemovalEffects {
    let weights = TransitionWeights(
      chain, paths, amounts: amounts, conversions: conversions, nulls: nulls)
    let outcome =
      switch method {
      case .elimination: chain.eliminate(weights)
      case .sweeps: chain.sweep(weights)
      }
    let effects = outcome.without.map { rest in
      outcome.base > 0 ? min(1, max(0, 1 - rest / outcome.base)) : 0
    }
    return RemovalEffects(
      base: outcome.base * weights.scale, effects: effects,
      error: outcome.base > 0 ? outcome.error / outcome.base : 0)
  }
}

/// The probabilities of a chain's transitions, and what its states bring at once.
struct TransitionWeights {
  /// By transition.
  var probabilities: [Double]
  /// By state: what leaving the chain from there brings, times its probability, over `scale`.
  var rewards: [Double]
  /// What the best conversion brings: divided by it, nothing that a state can bring exceeds 1.
  var scale: Double

  init(
    _ chain: PathChain, _ paths: ConversionPaths, amounts: [Double], conversions: [Double],
    nulls: [Double]
  ) {
    var leaving = [Double](repeating: 0, count: chain.stateCount)
    var converting = leaving
    rewards = leaving
    probabilities = [Double](repeating: 0, count: chain.targets.count)
    for path in 0..<paths.count {
      let weight = conversions[path] + nulls[path]
      let range = paths.range(ofPath: path)
      guard weight > 0, !range.isEmpty else { continue }
      for touch in range { probabilities[chain.steps[touch]] += weight }
      let last = chain.lastStates[path]
      leaving[last] += weight
      converting[last] += conversions[path]
      rewards[last] += amounts[path]
    }
    scale = 1
    for state in rewards.indices where converting[state] > 0 {
      scale = max(scale, rewards[state] / converting[state])
    }
    for state in rewards.indices {
      let transitions = chain.firstTransitions[state]..<chain.firstTransitions[state + 1]
      let all = transitions.reduce(leaving[state]) { $0 + probabilities[$1] }
      guard all > 0 else { continue }
      for transition in transitions { probabilities[transition] /= all }
      rewards[state] /= all * scale
    }
  }
}

/// What a chain brings from its start: as it is, and without each channel.
struct ChainOutcome {
  var base: Double
  var without: [Double]
  /// How far any of them may be too low.
  var error: Double
}
