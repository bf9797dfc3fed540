/// A way to divide conversions that is learnt from all paths together.
public enum PathModel: Hashable, Sendable {
  /// In proportion to the removal effect of each channel in a Markov chain whose states are the last
  /// 1 to 4 channels.
  ///
  /// - SeeAlso: E. Anderl et al., "Mapping the customer journey: Lessons learned from graph-based
  ///   online attribution modeling", International Journal of Research in Marketing 33 (2016).
  case markov(order: Int)
  /// The Shapley value of the game in which a set of channels is worth the paths that need no other.
  ///
  /// - SeeAlso: K. Zhao, S. H. Mahboobi, S. R. Bagheri, "Shapley Value Methods for Attribution
  ///   Modeling in Online Advertising" (2018), section 3.
  case shapley

  /// The orders that a chain may have: four channels of 16 bits make a state of 64.
  public static let orders = 1...4
}

extension ConversionPaths {
  /// What each channel earned.
  ///
  /// - Parameters:
  ///   - figure: conversions, or what they were worth.
  ///   - model: how they are divided.
  /// - Returns: one number for each channel, and one for the paths without a touch. They sum to the
  ///   whole.
  public func credits(_ figure: Figure, by model: PathModel) -> [Double] {
    switch model {
    case .shapley: shapley(amounts(of: figure))
    case .markov(let order):
      divide(figure, amounts(of: figure), by: removalEffects(figure, order: order).effects)
    }
  }

  /// The Shapley value, exact for any number of channels.
  ///
  /// A set of channels S is worth `v(S)` = the conversions of the paths all of whose channels are in
  /// S. This game is a sum of unanimity games, one for each path, and the Shapley value of such a
  /// game gives its members equal parts; so nothing has to be tried out or sampled.
  func shapley(_ amounts: [Double]) -> [Double] {
    var credits = [Double](repeating: 0, count: channelCount + 1)
    /// The path that last counted each channel, plus 1.
    var seen = [Int](repeating: 0, count: channelCount)
    var members: [Int] = []
    for path in 0..<count where amounts[path] != 0 {
      members.removeAll(keepingCapacity: true)
      for touch in range(ofPath: path) {
        let channel = Int(touches[touch])
        guard seen[channel] != path + 1 else { continue }
        seen[channel] = path + 1
        members.append(channel)
      }
      if members.isEmpty { members.append(channelCount) }
      let part = amounts[path] / Double(members.count)
      for channel in members { credits[channel] += part }
    }
    return credits
  }

  /// Divides what paths with touches brought in proportion to effects; the rest has none to go to.
  func divide(_ figure: Figure, _ amounts: [Double], by effects: [Double]) -> [Double] {
    var touched = 0.0
    var untouched = 0.0
    for path in 0..<count {
      if range(ofPath: path).isEmpty {
        untouched += amounts[path]
      } else {
        touched += amounts[path]
      }
    }
    let whole = effects.reduce(0, +)
    return effects.map { whole > 0 ? touched * $0 / whole : 0 } + [untouched]
  }
}
