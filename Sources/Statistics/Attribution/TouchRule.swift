import Foundation

/// A fixed rule that shares one conversion among the touches before it.
///
///     TouchRule.timeDecay(halfLife: 7).shares(ofAges: [9, 6, 0, 0])
///     // 0.138, 0.186, 0.338, 0.338
public enum TouchRule: Hashable, Sendable {
  /// The whole to the earliest touch.
  case first
  /// The whole to the latest touch.
  case last
  /// The whole to the latest touch that was not direct; where all were, to the latest.
  case lastNonDirect
  /// The same to each.
  case linear
  /// A part to the first, a part to the last, and the rest to those between in equal parts.
  ///
  /// Where there are no others, the two share the whole in proportion; one touch has all of it.
  case position(first: Double, last: Double)
  /// Half as much for each half-life that a touch lies before the conversion, in the unit of the
  /// ages.
  case timeDecay(halfLife: Double)

  /// 40 % to the first, 40 % to the last, 20 % to those between.
  public static let positionBased = TouchRule.position(first: 0.4, last: 0.4)

  /// The share of each touch; they sum to 1.
  ///
  /// - Parameters:
  ///   - ages: how long before the conversion each touch was, the earliest first.
  ///   - lastIndirect: the position of the latest touch that was not direct, if there was one.
  /// - Returns: one share for each touch, in their order; nothing for no touch.
  public func shares(ofAges ages: [Double], lastIndirect: Int? = nil) -> [Double] {
    [Double](unsafeUninitializedCapacity: ages.count) { shares, count in
      ages.withUnsafeBufferPointer { fill(shares, ages: $0, lastIndirect: lastIndirect) }
      count = ages.count
    }
  }

  /// The touch that has the whole; nil where the rule shares it.
  ///
  /// - Parameter count: how many touches there are, 1 or more.
  public func onlyTouch(of count: Int, lastIndirect: Int?) -> Int? {
    switch self {
    case .first: 0
    case .last: count - 1
    case .lastNonDirect: lastIndirect ?? count - 1
    case .linear, .position, .timeDecay: count == 1 ? 0 : nil
    }
  }

  /// Writes the share of each touch over what a buffer holds; see `shares(ofAges:lastIndirect:)`.
  ///
  /// - Parameter shares: room for as many as there are ages.
  public func fill(
    _ shares: UnsafeMutableBufferPointer<Double>, ages: UnsafeBufferPointer<Double>,
    lastIndirect: Int?
  ) {
    let count = ages.count
    guard count > 0 else { return }
    let shares = UnsafeMutableBufferPointer(rebasing: shares[..<count])
    if let touch = onlyTouch(of: count, lastIndirect: lastIndirect) {
      return shares.give(to: touch)
    }
    switch self {
    case .first, .last, .lastNonDirect, .linear: shares.update(repeating: 1 / Double(count))
    case .position(let first, let last): shares.give(first: first, last: last)
    case .timeDecay(let halfLife): shares.decay(ages, halfLife: halfLife)
    }
  }
}

extension UnsafeMutableBufferPointer<Double> {
  /// One touch has all of it.
  fileprivate func give(to position: Int) {
    update(repeating: 0)
    self[position] = 1
  }

  fileprivate func give(first: Double, last: Double) {
    guard count > 2 else {
      let both = first + last
      self[0] = both > 0 ? first / both : 0.5
      self[1] = 1 - self[0]
      return
    }
    update(repeating: (1 - first - last) / Double(count - 2))
    self[0] = first
    self[count - 1] = last
  }

  fileprivate func decay(_ ages: UnsafeBufferPointer<Double>, halfLife: Double) {
    // From the latest touch on, so that however old they are one of them weighs 1.
    let latest = ages.min() ?? 0
    var sum = 0.0
    for touch in indices {
      self[touch] = exp2((latest - ages[touch]) / halfLife)
      sum += self[touch]
    }
    for touch in indices { self[touch] /= sum }
  }
}
