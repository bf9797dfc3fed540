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

  /// Appends to the last list, or to a new one where that is full.
  mutating func extend(_ more: UnsafeBufferPointer<Value>) {
    count += more.count
    parts.extend(more)
  }

  mutating func append(_ other: RankedValues) {
    count += other.count
    parts += other.parts
  }

  /// Fewer values than this are sorted: buckets would take longer to clear.
  static var fewToSort: Int { 8192 }

  /// The values at ranks from 0, which are those of the values in ascending order.
  func values(at ranks: [Int]) -> [Value] {
    guard count > Self.fewToSort else {
      let sorted = parts.joined().sorted()
      return ranks.map { sorted[$0] }
    }
    let counts = bucketCounts()
    // The bucket of each rank, and how many values lie in those before it.
    var places: [(bucket: Int, before: Int)] = []
    for rank in ranks {
      var (bucket, before) = (0, 0)
      while before + Int(counts[bucket]) <= rank {
        before += Int(counts[bucket])
        bucket += 1
      }
      places.append((bucket, before))
    }
    var wanted = [UInt8](repeating: 0, count: counts.count)
    let buckets = Set(places.map(\.bucket)).filter { scale.value(ofBucket: $0) == nil }.sorted()
    for bucket in buckets { wanted[bucket] = 1 }
    let found = values(in: wanted, count: buckets.reduce(0) { $0 + Int(counts[$1]) })
    return zip(ranks, places).map { rank, place in
      if let value = scale.value(ofBucket: place.bucket) { return Value(value) }
      let before = buckets.prefix { $0 < place.bucket }.reduce(0) { $0 + Int(counts[$1]) }
      return found[before + rank - place.before]
    }
  }

  /// The values of those buckets, ascending.
  private func values(in wanted: [UInt8], count: Int) -> [Value] {
    guard count > 0 else { return [] }
    var found = [Value](repeating: 0, count: count + 1)
    found.withUnsafeMutableBufferPointer { found in
      var next = 0
      wanted.withUnsafeBufferPointer { wanted in
        for part in parts {
          for value in part {
            found[next] = value
            next &+= Int(wanted[scale.bucket(UInt64(value))])
          }
        }
      }
    }
    found.removeLast()
    found.sort()
    return found
  }

  private func bucketCounts() -> [UInt32] {
    // Values beyond what this can count would not fit into memory.
    var counts = [UInt32](repeating: 0, count: RankScale.buckets)
    counts.withUnsafeMutableBufferPointer { counts in
      for part in parts {
        for value in part { counts[scale.bucket(UInt64(value))] &+= 1 }
      }
    }
    return counts
  }

  /// The median with its distribution-free 95 % interval, which has no ends below six values, and the
  /// quantile of a share, both by Hyndman and Fan's definition 7.
  func median(and share: Double, as number: (Value) -> Double) -> (Estimate, Double?) {
    guard count > 0 else { return (.none, nil) }
    let place = share * Double(count - 1)
    let below = Int(place.rounded(.down))
    let rank = medianIntervalRank(count)
    let ends = values(at: [
      (count - 1) / 2, count / 2, rank ?? 0, count - 1 - (rank ?? 0), below,
      min(below + 1, count - 1),
    ]).map(number)
    let median = Estimate(
      value: ends[0] + (ends[1] - ends[0]) * 0.5, low: rank.map { _ in ends[2] },
      high: rank.map { _ in ends[3] }, count: count)
    return (median, ends[4] + (ends[5] - ends[4]) * (place - Double(below)))
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

extension Array {
  /// Appends to the last list, or to a new one where that is full: to grow, it would be copied.
  mutating func extend<Value>(_ more: UnsafeBufferPointer<Value>) where Element == [Value] {
    let room = 8192
    if self.last.map({ $0.count + more.count > room }) ?? true {
      append([])
      self[count - 1].reserveCapacity(Swift.max(room, more.count))
    }
    self[count - 1].append(contentsOf: more)
  }
}

/// How values are put into buckets.
enum RankScale: Sendable {
  /// For lengths and durations: buckets are a 1024th of a value wide, below 2048 one.
  case wholeNumbers
  /// For the keys of numbers with a fraction: their sign, exponent and first bits.
  case keys

  /// More than any value's bucket.
  static let buckets = 1 << 16

  @inline(__always) func bucket(_ value: UInt64) -> Int {
    switch self {
    case .wholeNumbers:
      let shift = max(0, 53 &- value.leadingZeroBitCount)
      return (shift &<< 10) &+ Int(value &>> UInt64(shift))
    case .keys: return Int(value >> 48)
    }
  }

  /// The only value that a bucket holds; nil where it may hold several.
  func value(ofBucket bucket: Int) -> UInt64? {
    switch self {
    case .wholeNumbers: bucket < 2048 ? UInt64(bucket) : nil
    case .keys: nil
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
