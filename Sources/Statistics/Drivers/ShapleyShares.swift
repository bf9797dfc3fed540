extension Regression {
  /// The most drivers whose shares are worked out exactly: a million sets of them.
  public static let mostDrivers = 20

  /// What each driver adds to the explained share, as the mean over all orders in which drivers may come.
  ///
  /// The Shapley value of the explained share, known as LMG. All are 0 or more; their sum is
  /// `explained`.
  ///
  /// - Complexity: O(*k*·2^*k*) for *k* drivers, and 8·2^*k* bytes; nothing grows with the observations.
  /// - SeeAlso: R. H. Lindeman, P. F. Merenda and R. Z. Gold, "Introduction to Bivariate and Multivariate
  ///   Analysis" (1980); U. Grömping, "Relative Importance for Linear Regression in R", Journal of
  ///   Statistical Software 17 (2006).
  public var shapleyShares: [Double] {
    let count = outcome.count
    precondition(count <= Self.mostDrivers, "So many sets of drivers do not fit into memory.")
    guard count > 0 else { return [] }
    let explained = explainedBySets()
    // A set of s drivers stands before a driver in s!·(k − 1 − s)! of the k! orders.
    var weights = [1 / Double(count)]
    for size in 1..<max(1, count) {
      weights.append(weights[size - 1] * Double(size) / Double(count - size))
    }
    var shares = [Double](repeating: 0, count: count)
    explained.withUnsafeBufferPointer { explained in
      for set in explained.indices {
        let weight =
          weights.indices.contains(set.nonzeroBitCount)
          ? weights[set.nonzeroBitCount] : 0
        for driver in 0..<count where set & (1 << driver) == 0 {
          shares[driver] += weight * (explained[set | 1 << driver] - explained[set])
        }
      }
    }
    // Rounding may leave a trace below nothing.
    return shares.map { max(0, $0) }
  }

  /// The explained share of every set of drivers, by the bits of the set.
  ///
  /// Driver after driver is left out or taken in, which takes its part out of what is left of those
  /// after it: most sets are the work of a very small matrix.
  private func explainedBySets() -> [Double] {
    let count = outcome.count
    let width = count + 1
    // One matrix for each depth: drivers in reverse, so that those still to come lie at the front; the
    // outcome is first of all.
    var levels = [Double](repeating: 0, count: (count + 1) * width * width)
    for row in 0..<width {
      for column in 0..<width {
        let value =
          switch (row, column) {
          case (0, 0): 1.0
          case (0, _): outcome[count - column]
          case (_, 0): outcome[count - row]
          default: drivers[count - row][count - column]
          }
        levels[row * width + column] = value
      }
    }
    var explained = [Double](repeating: 0, count: 1 << count)
    levels.withUnsafeMutableBufferPointer { levels in
      explained.withUnsafeMutableBufferPointer { explained in
        guard let matrix = levels.baseAddress else { return }
        Self.descend(
          matrix, room: matrix + width * width, width: width, left: count, of: count, set: 0,
          into: explained)
      }
    }
    return explained
  }

  /// Fills in the sets that agree with `set` in the drivers already decided.
  ///
  /// - Parameters:
  ///   - matrix: what is left of the drivers to come, in its lower triangle.
  ///   - room: for the matrices of those after them.
  private static func descend(
    _ matrix: UnsafeMutablePointer<Double>, room: UnsafeMutablePointer<Double>, width: Int,
    left: Int, of count: Int, set: Int, into explained: UnsafeMutableBufferPointer<Double>
  ) {
    guard left > 0 else {
      explained[set] = min(1, max(0, 1 - matrix[0]))
      return
    }
    descend(
      matrix, room: room, width: width, left: left - 1, of: count, set: set, into: explained)
    let told = matrix + left * width
    let factor = told[left] > leastVariance ? 1 / told[left] : 0
    for row in 0..<left {
      let share = told[row] * factor
      for column in 0...row {
        room[row * width + column] = matrix[row * width + column] - share * told[column]
      }
    }
    descend(
      room, room: room + width * width, width: width, left: left - 1, of: count,
      set: set | 1 << (count - left), into: explained)
  }
}
