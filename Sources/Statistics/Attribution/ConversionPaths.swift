/// Paths to conversions and to none, over numbered channels: what data-driven attribution learns from.
///
/// The order in which paths were counted changes nothing, not even the random draws.
public struct ConversionPaths: Sendable {
  /// What is divided among channels.
  public enum Figure: String, Hashable, Sendable, Codable, CaseIterable { case conversions, value }

  /// How many channels there are; they are numbered from 0.
  public let channelCount: Int
  /// The channels of all paths, one path after the other.
  let touches: [UInt16]
  /// Where each path ends in `touches`.
  let ends: [Int]
  /// How often each path ended with a conversion.
  let conversions: [Double]
  /// How often each path ended without one.
  let nulls: [Double]
  /// What each path's conversions were worth together.
  let value: [Double]

  /// Takes paths from a table, with the channels numbered anew.
  ///
  /// - Parameters:
  ///   - table: distinct paths.
  ///   - numbers: the number of each channel of the table; several may get the same.
  ///   - channelCount: how many numbers there are, `mostChannels` at most.
  public init(_ table: PathTable, numbers: [UInt16], channelCount: Int) {
    precondition(channelCount <= Self.mostChannels, "A state holds channels in 16 bits each.")
    var renamed = PathTable(mostTouches: .max)
    for position in 0..<table.count {
      renamed.add(
        table.channels(at: position).map { numbers[Int($0)] }, table.tally(at: position))
    }
    let hashes = (0..<renamed.count).map { PathTable.hash(renamed.channels(at: $0)) }
    let order = (0..<renamed.count).sorted { left, right in
      hashes[left] == hashes[right]
        ? renamed.channels(at: left).lexicographicallyPrecedes(renamed.channels(at: right))
        : hashes[left] < hashes[right]
    }
    let tallies = order.map { renamed.tally(at: $0) }
    self.channelCount = channelCount
    touches = order.flatMap { renamed.channels(at: $0) }
    var end = 0
    ends = order.map { path in
      end += renamed.channels(at: path).count
      return end
    }
    conversions = tallies.map { Double($0.conversions) }
    nulls = tallies.map { Double($0.nulls) }
    value = tallies.map { Double($0.millionths) / 1e6 }
  }

  /// How many channels may be told apart.
  public static let mostChannels = 65_534

  /// How many distinct paths there are.
  public var count: Int { ends.count }

  /// Where a path's channels lie in `touches`.
  func range(ofPath path: Int) -> Range<Int> { (path == 0 ? 0 : ends[path - 1])..<ends[path] }

  /// What each path brings in of a figure.
  func amounts(of figure: Figure) -> [Double] { figure == .conversions ? conversions : value }
}
