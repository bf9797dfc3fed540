extension PathChain {
  /// Solves the chain by one inversion.
  ///
  /// With N = (I − Q)⁻¹ the chain brings x = N·r. Without the states S of a channel it brings
  /// x(start) − h·x(S), where h is the probability of meeting S first in each of its states:
  /// h·N(S, S) = N(start, S), a system as small as S.
  func eliminate(_ weights: TransitionWeights) -> ChainOutcome {
    let count = stateCount
    var matrix = SquareMatrix(identityOf: count)
    for state in 0..<count {
      for transition in firstTransitions[state]..<firstTransitions[state + 1] {
        matrix[state, targets[transition]] -= weights.probabilities[transition]
      }
    }
    matrix.invert()
    let brings = (0..<count).map { state in
      (0..<count).reduce(0) { $0 + matrix[state, $1] * weights.rewards[$1] }
    }
    var members = [[Int]](repeating: [], count: channelCount)
    for state in 0..<start { members[channels[state]].append(state) }
    let without = members.map { states in
      var system = SquareMatrix(identityOf: states.count)
      for (row, to) in states.enumerated() {
        for (column, from) in states.enumerated() { system[row, column] = matrix[from, to] }
      }
      let met = system.solve(states.map { matrix[start, $0] })
      return zip(met, states).reduce(brings[start]) { $0 - $1.0 * brings[$1.1] }
    }
    return ChainOutcome(base: brings[start], without: without, error: 0)
  }
}

/// A square matrix, row by row.
struct SquareMatrix {
  let count: Int
  private var elements: [Double]

  init(identityOf count: Int) {
    self.count = count
    elements = [Double](repeating: 0, count: count * count)
    for i in 0..<count { elements[i * count + i] = 1 }
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * count + column] }
    set { elements[row * count + column] = newValue }
  }

  /// Replaces the matrix, which must be regular, with its inverse.
  ///
  /// Gauss–Jordan elimination in place, with partial pivoting.
  mutating func invert() {
    let count = count
    var swaps: [(Int, Int)] = []
    for column in 0..<count {
      let pivot = bringUpPivot(of: column)
      if pivot != column { swaps.append((column, pivot)) }
      let factor = 1 / self[column, column]
      self[column, column] = 1
      elements.withUnsafeMutableBufferPointer { elements in
        for j in 0..<count { elements[column * count + j] *= factor }
        for row in 0..<count where row != column {
          let multiple = elements[row * count + column]
          guard multiple != 0 else { continue }
          elements[row * count + column] = 0
          for j in 0..<count {
            elements[row * count + j] -= multiple * elements[column * count + j]
          }
        }
      }
    }
    for (left, right) in swaps.reversed() {
      for row in 0..<count { elements.swapAt(row * count + left, row * count + right) }
    }
  }

  /// Solves the system for its right side, by Gaussian elimination with partial pivoting.
  consuming func solve(_ right: [Double]) -> [Double] {
    let count = count
    var right = right
    for column in 0..<count {
      let pivot = bringUpPivot(of: column)
      if pivot != column { right.swapAt(column, pivot) }
      for row in (column + 1)..<max(count, column + 1) {
        let multiple = self[row, column] / self[column, column]
        guard multiple != 0 else { continue }
        for j in column..<count { self[row, j] -= multiple * self[column, j] }
        right[row] -= multiple * right[column]
      }
    }
    for row in (0..<count).reversed() {
      for j in (row + 1)..<max(count, row + 1) { right[row] -= self[row, j] * right[j] }
      right[row] /= self[row, row]
    }
    return right
  }

  /// Swaps the row with a column's largest element below the diagonal up to it.
  ///
  /// - Returns: where that row was.
  private mutating func bringUpPivot(of column: Int) -> Int {
    var pivot = column
    for row in column..<count where abs(self[row, column]) > abs(self[pivot, column]) {
      pivot = row
    }
    if pivot != column {
      for j in 0..<count { elements.swapAt(pivot * count + j, column * count + j) }
    }
    return pivot
  }
}
