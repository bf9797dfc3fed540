/// The distinct paths that led to conversions or to none, each with how often it was walked.
///
/// A path is the channels of the touches in their order. Paths are compared whole; their hash only
/// finds them faster.
public struct PathTable: Sendable {
  /// What is known of one path.
  public struct Tally: Hashable, Sendable {
    /// How often the path ended with a conversion.
    public var conversions: Int
    /// How often it ended without one.
    public var nulls: Int
    /// What those conversions were worth, in millionths.
    public var millionths: Int128

    /// Makes a tally.
    public init(conversions: Int = 0, nulls: Int = 0, millionths: Int128 = 0) {
      self.conversions = conversions
      self.nulls = nulls
      self.millionths = millionths
    }

    static func += (left: inout Tally, right: Tally) {
      left.conversions += right.conversions
      left.nulls += right.nulls
      left.millionths += right.millionths
    }
  }

  /// How many touches the distinct paths may hold together: 128 MB of them.
  public static let mostTouches = 1 << 26

  /// Paths that found no room, all together.
  public private(set) var left = Tally()
  private var touches: [UInt16] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  private var tallies: [Tally] = []
  /// Positions of paths plus 1, by hash; 0 is free. Its size is a power of two.
  private var slots: [UInt32] = [UInt32](repeating: 0, count: 64)
  private let most: Int

  /// Makes a table without paths.
  ///
  /// - Parameter mostTouches: how many touches its paths may hold together.
  public init(mostTouches: Int = PathTable.mostTouches) { most = mostTouches }

  /// How many distinct paths there are.
  public var count: Int { tallies.count }

  /// What is known of the path at a position.
  public func tally(at position: Int) -> Tally { tallies[position] }

  /// The channels of the path at a position.
  public func channels(at position: Int) -> ArraySlice<UInt16> {
    touches[(position == 0 ? 0 : ends[position - 1])..<ends[position]]
  }

  /// Counts a path.
  public mutating func add(_ path: UnsafeBufferPointer<UInt16>, _ tally: Tally) {
    add(path, hash: Self.hash(path), tally)
  }

  /// Counts a path.
  public mutating func add(_ path: [UInt16], _ tally: Tally) {
    path.withUnsafeBufferPointer { add($0, tally) }
  }

  /// Counts another table's paths too.
  public mutating func add(_ other: PathTable) {
    other.touches.withUnsafeBufferPointer { touches in
      var start = 0
      for position in other.ends.indices {
        let end = other.ends[position]
        add(
          UnsafeBufferPointer(rebasing: touches[start..<end]), hash: other.hashes[position],
          other.tallies[position])
        start = end
      }
    }
    left += other.left
  }

  private mutating func add(_ path: UnsafeBufferPointer<UInt16>, hash: UInt64, _ tally: Tally) {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let position = Int(slots[slot]) - 1
      if hashes[position] == hash && equals(path, at: position) {
        tallies[position] += tally
        return
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard touches.count + path.count <= most, count < Int(UInt32.max) - 1 else {
      left += tally
      return
    }
    touches.append(contentsOf: path)
    ends.append(touches.count)
    hashes.append(hash)
    tallies.append(tally)
    slots[slot] = UInt32(count)
    if 2 * count > slots.count { grow() }
  }

  private func equals(_ path: UnsafeBufferPointer<UInt16>, at position: Int) -> Bool {
    let start = position == 0 ? 0 : ends[position - 1]
    guard ends[position] - start == path.count else { return false }
    for touch in path.indices where touches[start + touch] != path[touch] { return false }
    return true
  }

  private mutating func grow() {
    let mask = 2 * slots.count - 1
    slots = [UInt32](repeating: 0, count: mask + 1)
    for (position, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(position + 1)
    }
  }

  /// Mixes each touch as `SeededGenerator` mixes its states.
  static func hash(_ path: some Collection<UInt16>) -> UInt64 {
    var hash = UInt64(path.count) &* 0x9E37_79B9_7F4A_7C15
    for channel in path {
      hash = (hash ^ UInt64(channel)) &* 0xBF58_476D_1CE4_E5B9
      hash ^= hash >> 29
    }
    hash = hash &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }
}
