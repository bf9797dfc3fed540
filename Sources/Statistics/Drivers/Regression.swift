import Foundation

/// The linear regression of an outcome on drivers, all of them standardised: from correlations alone.
///
/// A driver that the others already tell adds nothing: its pivot is passed over.
public struct Regression: Sendable {
  /// The drivers' correlations with each other.
  public let drivers: [[Double]]
  /// Their correlations with the outcome.
  public let outcome: [Double]

  /// What is left of a driver's variance when others are known; below this they tell it.
  static let leastVariance = 1e-9

  /// Takes correlations: those of the drivers, and of each with the outcome.
  public init(drivers: [[Double]], outcome: [Double]) {
    precondition(
      drivers.count == outcome.count && drivers.allSatisfy { $0.count == drivers.count },
      "The correlations of the drivers are a square.")
    self.drivers = drivers
    self.outcome = outcome
  }

  /// Takes the first variable of cross products as the outcome, and some others as its drivers.
  public init(_ products: CrossProducts, drivers: [Int]) {
    let all = products.correlations(of: [0] + drivers)
    self.init(
      drivers: all.dropFirst().map { Array($0.dropFirst()) }, outcome: Array(all[0].dropFirst()))
  }

  /// The share of the outcome's variance that the drivers explain together.
  public var explained: Double { swept.explained }

  /// The standardised coefficients; 0 of drivers that those before them tell.
  public var coefficients: [Double] { swept.coefficients }

  /// The share of each driver's variance that the others explain; near 1 where they tell it.
  public var collinearity: [Double] {
    drivers.indices.map { own in
      let others = drivers.indices.filter { $0 != own }
      return Regression(
        drivers: others.map { row in others.map { drivers[row][$0] } },
        outcome: others.map { drivers[own][$0] }
      ).explained
    }
  }

  /// Gauss–Jordan elimination, one driver after the other.
  private var swept: (explained: Double, coefficients: [Double]) {
    let count = outcome.count
    var matrix = drivers.indices.map { drivers[$0] + [outcome[$0]] }
    var (taken, explained) = ([Int](), 0.0)
    for pivot in 0..<count where matrix[pivot][pivot] > Self.leastVariance {
      taken.append(pivot)
      explained += matrix[pivot][count] * matrix[pivot][count] / matrix[pivot][pivot]
      let row = matrix[pivot].map { $0 / matrix[pivot][pivot] }
      for other in 0..<count where other != pivot {
        let factor = matrix[other][pivot]
        guard factor != 0 else { continue }
        for column in 0...count { matrix[other][column] -= factor * row[column] }
      }
      matrix[pivot] = row
    }
    var coefficients = [Double](repeating: 0, count: count)
    for pivot in taken { coefficients[pivot] = matrix[pivot][count] }
    return (min(1, max(0, explained)), coefficients)
  }
}
