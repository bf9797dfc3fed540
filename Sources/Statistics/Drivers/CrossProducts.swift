/// Means and products of deviations of several variables: what a regression needs of observations.
public struct CrossProducts: Sendable, Equatable {
  /// How many variables there are.
  public var width: Int { means.count }
  /// How many observations there are; with weights, their sum.
  public private(set) var count: Double
  public private(set) var means: [Double]
  /// The lower triangle by rows: Σ (x − mean)·(y − mean).
  private var products: [Double]

  /// Begins without observations.
  public init(width: Int) {
    self.init(
      count: 0, means: Array(repeating: 0, count: width),
      products: Array(repeating: 0, count: width * (width + 1) / 2))
  }

  init(count: Double, means: [Double], products: [Double]) {
    self.count = count
    self.means = means
    self.products = products
  }

  /// The same of some of the variables, in the order given.
  public func selecting(_ variables: [Int]) -> CrossProducts {
    CrossProducts(
      count: count, means: variables.map { means[$0] },
      products: variables.indices.flatMap { row in
        (0...row).map { self[variables[row], variables[$0]] }
      })
  }

  /// The sum of the products of the deviations of two variables.
  public subscript(row: Int, column: Int) -> Double {
    let (high, low) = (max(row, column), min(row, column))
    return products[high * (high + 1) / 2 + low]
  }

  /// Adds the observations of others, each as often as a weight says.
  ///
  /// - SeeAlso: T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for Computing the Sample
  ///   Variance", The American Statistician 37 (1983).
  public mutating func add(_ other: CrossProducts, times weight: Double = 1) {
    precondition(other.width == width, "Both speak of the same variables.")
    guard other.count > 0, weight > 0 else { return }
    let more = weight * other.count
    let total = count + more
    let share = count * more / total
    var place = 0
    for row in 0..<width {
      let distance = other.means[row] - means[row]
      for column in 0...row {
        products[place] +=
          weight * other.products[place]
          + share * distance * (other.means[column] - means[column])
        place += 1
      }
    }
    for row in 0..<width { means[row] += more / total * (other.means[row] - means[row]) }
    count = total
  }

  /// The standard deviation of a variable, of observations that are all there are.
  private func deviation(_ variable: Int) -> Double {
    count > 0 ? max(0, self[variable, variable] / count).squareRoot() : 0
  }

  /// Whether a variable has more than one value, as far as digits can tell.
  public func varies(_ variable: Int) -> Bool {
    deviation(variable) > 1e-9 * max(1e-9, abs(means[variable]))
  }

  /// The correlations of variables, row by row; 0 with one that does not vary.
  public func correlations(of variables: [Int]) -> [[Double]] {
    variables.map { row in
      variables.map { column in
        if row == column { return 1 }
        let scale = (self[row, row] * self[column, column]).squareRoot()
        guard scale > 0 else { return 0 }
        return max(-1, min(1, self[row, column] / scale))
      }
    }
  }
}
