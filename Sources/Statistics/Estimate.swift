/// A figure with what it rests on: how many observations, and an interval that says how sure it is.
public struct Estimate: Hashable, Sendable, Codable {
  /// The figure; nil where there is nothing to estimate it from.
  public var value: Double?
  /// The lower end of the interval; nil where there are too few observations for one.
  public var low: Double?
  /// The upper end of the interval.
  public var high: Double?
  /// How many observations it rests on.
  public var count: Int

  /// Makes an estimate from its parts.
  public init(value: Double?, low: Double? = nil, high: Double? = nil, count: Int) {
    self.value = value
    self.low = low
    self.high = high
    self.count = count
  }

  /// The estimate of nothing.
  public static let none = Estimate(value: nil, count: 0)
}
