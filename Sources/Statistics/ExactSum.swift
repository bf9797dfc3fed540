/// A sum and a sum of squares that do not depend on the order of their values.
///
/// Values are taken to millionths and added as whole numbers, so that cores may add in any order and
/// a recount gives the very same figure. A value beyond ± 10¹² counts as that.
public struct ExactSum: Sendable, Hashable {
  /// How many values there are.
  public private(set) var count = 0
  private var millionths: Int128 = 0
  private var squares: UInt128 = 0
  private var carries = 0

  /// The largest value that is taken as it is, to keep a square in 128 bits.
  public static let largest = 1e12

  /// Makes a sum of nothing.
  public init() {}

  /// A value in millionths, rounded to the nearest.
  public static func millionths(_ value: Double) -> Int64 {
    guard !value.isNaN else { return 0 }
    return Int64((min(largest, max(-largest, value)) * 1e6).rounded())
  }

  /// Adds a value.
  public mutating func add(_ value: Double) { add(millionths: Self.millionths(value)) }

  /// Adds a value that is given in millionths.
  public mutating func add(millionths value: Int64) {
    count += 1
    millionths += Int128(value)
    addSquares(UInt128(value.magnitude) * UInt128(value.magnitude), carries: 0)
  }

  /// Adds another sum's values.
  public mutating func add(_ other: ExactSum) {
    count += other.count
    millionths += other.millionths
    addSquares(other.squares, carries: other.carries)
  }

  private mutating func addSquares(_ more: UInt128, carries moreCarries: Int) {
    let (sum, overflow) = squares.addingReportingOverflow(more)
    squares = sum
    carries += moreCarries + (overflow ? 1 : 0)
  }

  /// The sum.
  public var sum: Double { Double(millionths) / 1e6 }

  /// The mean with its 95 % Student interval.
  public var mean: Estimate {
    Estimate.mean(
      count: count, sum: sum, squares: (Double(squares) + Double(carries) * 0x1p128) / 1e12)
  }
}

extension Int64 {
  /// The sum, or the number nearest to it.
  public func addingSaturating(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }
}
