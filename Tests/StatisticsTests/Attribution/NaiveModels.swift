/// The Markov chain and the Shapley value written down from their definitions.
enum NaiveModels {
  /// What a path brings on average, with all states that end with a channel leading to none.
  ///
  /// Mass moves from state to state until less than 1e-14 of it is left.
  static func brings(
    _ paths: [PlainPath], order: Int, without removed: Int? = nil,
    figure: (PlainPath) -> Double
  ) -> Double {
    var moves: [[Int]: [[Int]: Double]] = [:]
    var leaving: [[Int]: Double] = [:]
    var brought: [[Int]: Double] = [:]
    for path in paths where !path.channels.isEmpty {
      let weight = Double(path.conversions + path.nulls)
      var state: [Int] = []
      for channel in path.channels {
        let next = Array((state + [channel]).suffix(order))
        moves[state, default: [:]][next, default: 0] += weight
        state = next
      }
      leaving[state, default: 0] += weight
      brought[state, default: 0] += figure(path)
    }
    var mass: [[Int]: Double] = [[]: 1]
    var result = 0.0
    while mass.values.reduce(0, +) > 1e-14 {
      var next: [[Int]: Double] = [:]
      for (state, amount) in mass where state.last != removed || state.isEmpty {
        let all = (leaving[state] ?? 0) + (moves[state] ?? [:]).values.reduce(0, +)
        guard all > 0 else { continue }
        result += amount * (brought[state] ?? 0) / all
        for (target, weight) in moves[state] ?? [:] {
          next[target, default: 0] += amount * weight / all
        }
      }
      mass = next
    }
    return result
  }

  /// What a set of channels is worth: all that paths within it brought.
  static func worth(
    _ coalition: Set<Int>, _ paths: [PlainPath], figure: (PlainPath) -> Double
  ) -> Double {
    paths.filter { !$0.channels.isEmpty && coalition.isSuperset(of: $0.channels) }
      .map(figure).reduce(0, +)
  }

  /// The mean of what each channel adds, over all orders in which channels may join.
  static func shapley(
    _ paths: [PlainPath], channels: Int, figure: (PlainPath) -> Double
  ) -> [Double] {
    var credits = [Double](repeating: 0, count: channels)
    var orders = 0.0
    func join(_ joined: [Int]) {
      guard joined.count < channels else {
        orders += 1
        var worth = 0.0
        for (place, channel) in joined.enumerated() {
          let now = Self.worth(Set(joined[...place]), paths, figure: figure)
          credits[channel] += now - worth
          worth = now
        }
        return
      }
      for channel in 0..<channels where !joined.contains(channel) { join(joined + [channel]) }
    }
    join([])
    return credits.map { $0 / orders }
  }

  /// The Shapley value by its sum over all sets of other channels, weighed by their size.
  static func shapleyBySets(_ paths: [PlainPath], channels: Int) -> [Double] {
    let members = paths.map { path in
      path.channels.reduce(0) { $0 | 1 << $1 }
    }
    var worth = [Double](repeating: 0, count: 1 << channels)
    for coalition in worth.indices {
      for (path, members) in zip(paths, members) where members & ~coalition == 0 && members != 0 {
        worth[coalition] += Double(path.conversions)
      }
    }
    func factorial(_ n: Int) -> Double { n < 2 ? 1 : (2...n).reduce(1) { $0 * Double($1) } }
    return (0..<channels).map { channel in
      worth.indices.filter { $0 & 1 << channel == 0 }.reduce(0) { sum, coalition in
        let size = coalition.nonzeroBitCount
        let weight = factorial(size) * factorial(channels - size - 1) / factorial(channels)
        return sum + weight * (worth[coalition | 1 << channel] - worth[coalition])
      }
    }
  }
}
