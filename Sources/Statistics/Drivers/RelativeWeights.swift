extension Regression {
  /// Johnson's relative weights: how much of the explained share each driver has.
  ///
  /// The drivers are replaced by the uncorrelated variables nearest to them, whose shares are plain, and
  /// these are given back in proportion. All are 0 or more; their sum is `explained`.
  ///
  /// - SeeAlso: J. W. Johnson, "A Heuristic Method for Estimating the Relative Weight of Predictor
  ///   Variables in Multiple Regression", Multivariate Behavioral Research 35 (2000).
  public var relativeWeights: [Double] {
    let count = outcome.count
    let (values, vectors) = eigenvectors(of: drivers)
    let roots = values.map { $0 > Self.leastVariance ? $0.squareRoot() : 0 }
    // The square root of the correlations leads from the new variables to the drivers.
    let root = (0..<count).map { row in
      (0..<count).map { column in
        (0..<count).reduce(0) { $0 + vectors[row][$1] * roots[$1] * vectors[column][$1] }
      }
    }
    let loads = (0..<count).map { vector in
      (0..<count).reduce(0) { $0 + vectors[$1][vector] * outcome[$1] }
    }
    let shares = (0..<count).map { row -> Double in
      let weight = (0..<count).reduce(0.0) { sum, vector in
        roots[vector] > 0 ? sum + vectors[row][vector] / roots[vector] * loads[vector] : sum
      }
      return weight * weight
    }
    return (0..<count).map { row in
      (0..<count).reduce(0) { $0 + root[row][$1] * root[row][$1] * shares[$1] }
    }
  }
}

/// The eigenvalues of a symmetric matrix, and its eigenvectors as columns.
///
/// Jacobi's rotations, sweep by sweep, until nothing is left beside the diagonal.
func eigenvectors(of matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
  let count = matrix.count
  var a = matrix
  var vectors = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
  for _ in 0..<60 {
    var beside = 0.0
    for row in 0..<count { for column in 0..<row { beside += a[row][column] * a[row][column] } }
    if beside < 1e-26 { break }
    for p in 0..<count {
      for q in (p + 1)..<max(p + 1, count) where abs(a[p][q]) > 1e-300 {
        let angle = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let tangent = (angle < 0 ? -1 : 1) / (abs(angle) + (angle * angle + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for k in 0..<count {
          (a[k][p], a[k][q]) = (
            cosine * a[k][p] - sine * a[k][q], sine * a[k][p] + cosine * a[k][q]
          )
        }
        for k in 0..<count {
          (a[p][k], a[q][k]) = (
            cosine * a[p][k] - sine * a[q][k], sine * a[p][k] + cosine * a[q][k]
          )
          (vectors[k][p], vectors[k][q]) = (
            cosine * vectors[k][p] - sine * vectors[k][q],
            sine * vectors[k][p] + cosine * vectors[k][q]
          )
        }
      }
    }
  }
  return ((0..<count).map { a[$0][$0] }, vectors)
}
