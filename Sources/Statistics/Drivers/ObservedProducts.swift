/// Sums and products of observations of several variables, the same whatever the order they come in.
///
/// Values are taken to millionths and added as whole numbers, so that cores may add in any order and a
/// recount gives the very same figure. A value beyond ± 10⁹ counts as that.
public struct ObservedProducts: Sendable, Equatable {
  /// How many variables there are.
  public let width: Int
  /// How many observations there are.
  public private(set) var count = 0
  private var sums: [Int128]
  /// The lower triangle by rows.
  private var products: [Int128]

  /// The largest value that is taken as it is, so that a hundred million products fit into 128 bits.
  public static let largest = 1e9

  /// Begins without observations.
  public init(width: Int) {
    self.width = width
    sums = Array(repeating: 0, count: width)
    products = Array(repeating: 0, count: width * (width + 1) / 2)
  }

  /// Adds an observation with a value for each variable.
  public mutating func add(_ values: [Double]) {
    precondition(values.count == width, "Each variable has a value.")
    count += 1
    let values = values.map(Self.millionths)
    var place = 0
    for row in 0..<width {
      sums[row] += Int128(values[row])
      for column in 0...row {
        products[place] += Int128(values[row]) * Int128(values[column])
        place += 1
      }
    }
  }

  private static func millionths(_ value: Double) -> Int64 {
    ExactSum.millionths(min(largest, max(-largest, value)))
  }

  /// Adds the observations of others.
  public mutating func add(_ other: ObservedProducts) {
    precondition(other.width == width, "Both speak of the same variables.")
    count += other.count
    for place in sums.indices { sums[place] += other.sums[place] }
    for place in products.indices { products[place] += other.products[place] }
  }

  /// Means and products of deviations.
  public var crossProducts: CrossProducts {
    guard count > 0 else { return CrossProducts(width: width) }
    let n = Double(count)
    var deviations: [Double] = []
    deviations.reserveCapacity(products.count)
    for row in 0..<width {
      for column in 0...row {
        deviations.append(
          Self.deviations(
            products[row * (row + 1) / 2 + column], sums[row], sums[column], count))
      }
    }
    return CrossProducts(count: n, means: sums.map { Double($0) / 1e6 / n }, products: deviations)
  }

  /// Σxy − Σx·Σy/n: in whole numbers as long as they fit, for the difference of large ones is small.
  private static func deviations(
    _ product: Int128, _ left: Int128, _ right: Int128, _ count: Int
  ) -> Double {
    let (scaled, isTooLarge) = product.multipliedReportingOverflow(by: Int128(count))
    let (means, areTooLarge) = left.multipliedReportingOverflow(by: right)
    let (difference, overflow) = scaled.subtractingReportingOverflow(means)
    guard isTooLarge || areTooLarge || overflow else {
      return Double(difference) / Double(count) / 1e12
    }
    return (Double(product) - Double(left) / Double(count) * Double(right)) / 1e12
  }
}
