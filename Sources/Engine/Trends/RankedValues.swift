import Statistics

/// Values in any order, in one list or many, of which single ranks are wanted.
///
/// The values are counted in buckets that ascend with them, and only those of a bucket in which a
/// wanted rank lies are looked at again: no branch and no swap a value.
struct RankedValues<Value: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  private(set) var parts: [[Value]] = []
  private(set) var count = 0
  private let scale: RankScale

  init(_ scale: RankScale) { self.scale = scale }

  mutating func append(_ part: [Value]) {
    count += part.count
    parts.append(part)
  }

  /// Appends to the last list.
  mutating func extend(_ more: ArraySlice<Value>) {
    if parts.isEmpty { parts.append([]) }
    count += more.count
    parts[parts.count - 1] += more
  }

  mutating func append(_ other: RankedValues) {
    count += other.count
    parts += other.parts
  }

  /// The values at ranks from 0, which are those of the values in ascending order.
  func values(at ranks: [Int]) -> [Value] {
    let (counts, low) = bucketCounts()
    // The rank of the first value of each bucket that holds a wanted one, and the bucket.
    var places: [(bucket: Int, before: Int)] = []
    for rank in ranks {
      var (bucket, before) = (0, 0)
      while before + counts[bucket] <= rank {
        before += counts[bucket]
        bucket += 1
      }
      places.append((bucket, before))
    }
    var wanted = [UInt8](repeating: 0, count: counts.count)
    for place in places { wanted[place.bucket] = 1 }
    let size = wanted.indices.reduce(0) { $0 + (wanted[$1] == 1 ? counts[$1] : 0) }
    var found = [Value](repeating: 0, count: size + 1)
    var next = 0
    found.withUnsafeMutableBufferPointer { found in
      for part in parts {
        for value in part {
          found[next] = value
          next &+= Int(wanted[scale.bucket(UInt64(value)) &- low])
        }
      }
    }
    found.removeLast()
    found.sort()
    return zip(ranks, places).map { rank, place in
      let before = wanted[..<place.bucket].indices.reduce(0) {
        $0 + (wanted[$1] == 1 ? counts[$1] : 0)
      }
      return found[before + rank - place.before]
    }
  }

  /// How many values lie in each bucket from a first one on.
  private func bucketCounts() -> (counts: [Int], first: Int) {
    var (least, most) = (Value.max, Value.min)
    for part in parts {
      for value in part {
        least = min(least, value)
        most = max(most, value)
      }
    }
    let first = scale.bucket(UInt64(least))
    var counts = [Int](repeating: 0, count: scale.bucket(UInt64(most)) - first + 1)
    counts.withUnsafeMutableBufferPointer { counts in
      for part in parts {
        for value in part { counts[scale.bucket(UInt64(value)) &- first] &+= 1 }
      }
    }
    return (counts, first)
  }

  /// The quantile by Hyndman and Fan's definition 7; nil of no values.
  func quantile(_ share: Double, as number: (Value) -> Double) -> Double? {
    guard count > 0 else { return nil }
    let place = share * Double(count - 1)
    let below = Int(place.rounded(.down))
    let ends = values(at: [below, min(below + 1, count - 1)]).map(number)
    return ends[0] + (ends[1] - ends[0]) * (place - Double(below))
  }

  /// The median with its distribution-free 95 % interval, which has no ends below six values.
  func median(as number: (Value) -> Double) -> Estimate {
    guard count > 0 else { return .none }
    let rank = medianIntervalRank(count)
    let ranks = [(count - 1) / 2, count / 2, rank ?? 0, count - 1 - (rank ?? 0)]
    let ends = values(at: ranks).map(number)
    return Estimate(
      value: ends[0] + (ends[1] - ends[0]) * 0.5, low: rank.map { _ in ends[2] },
      high: rank.map { _ in ends[3] }, count: count)
  }

  /// The values apart, by the numbers of their groups, which lie in lists of the same form.
  func divided(by groups: [[UInt32]], count groupCount: Int) -> [RankedValues] {
    guard groupCount > 1 else { return [self] }
    var lists = [[Value]](repeating: [], count: groupCount)
    var counts = [Int](repeating: 0, count: groupCount)
    for part in groups { for group in part { counts[Int(group)] += 1 } }
    for group in lists.indices { lists[group].reserveCapacity(counts[group]) }
    for (part, groups) in zip(parts, groups) {
      for (value, group) in zip(part, groups) { lists[Int(group)].append(value) }
    }
    return lists.map { list in
      var values = RankedValues(scale)
      values.append(list)
      return values
    }
  }
}

/// How values are put into buckets.
enum RankScale: Sendable {
  /// For lengths and durations: buckets are a 1024th of a value wide, below 2048 one.
  case wholeNumbers
  /// For the keys of numbers with a fraction: their sign, exponent and first bits.
  case keys

  @inline(__always) func bucket(_ value: UInt64) -> Int {
    switch self {
    case .wholeNumbers:
      let shift = max(0, 53 &- value.leadingZeroBitCount)
      return (shift &<< 10) &+ Int(value &>> UInt64(shift))
    case .keys: return Int(value >> 48)
    }
  }
}

extension Double {
  /// A whole number that ascends as numbers do.
  var rankKey: UInt64 {
    let bits = (self + 0).bitPattern
    return bits >> 63 == 0 ? bits | (1 << 63) : ~bits
  }

  init(rankKey key: UInt64) {
    self.init(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }
}
