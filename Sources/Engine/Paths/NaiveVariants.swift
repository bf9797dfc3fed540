import Events

/// The twin of `VariantsFold`, from the definition.
public enum NaiveVariants {
  /// A way's figures.
  public struct Variant: Sendable, Equatable {
    public var customers = 0
    public var durations: [Int64] = []
    public var goals = 0
    public var scores: [Double] = []
  }

  /// Counts ways by their names.
  ///
  /// - Parameters:
  ///   - name: what an event is called; nil where it counts as if it were not there.
  ///   - isGoal: whether an event counts as success.
  ///   - score: an event's number.
  public static func count(
    _ stories: [[Event]], repeats: PathRepeats, length: Int?, in range: Range<Instant>?,
    name: (Event) -> String?, isGoal: (Event) -> Bool = { _ in false },
    score: (Event) -> Double? = { _ in nil }
  ) -> [[String]: Variant] {
    var variants: [[String]: Variant] = [:]
    for story in stories {
      let events = story.filter { event in range.map { $0.contains(event.time) } ?? true }
      let named = events.filter { name($0) != nil }
      guard let first = named.first, let last = named.last else { continue }
      let stays = named.indices.filter {
        repeats == .kept || $0 == 0 || name(named[$0]) != name(named[$0 - 1])
      }
      let counted = stays.prefix(length ?? .max)
      let way = counted.compactMap { name(named[$0]) }
      var end = last.time
      if let length, counted.count == length { end = named[counted[length - 1]].time }
      var variant = variants[way] ?? Variant()
      variant.customers += 1
      variant.durations.append((end - first.time).milliseconds)
      variant.goals += events.contains(where: isGoal) ? 1 : 0
      variant.scores += events.compactMap(score)
      variants[way] = variant
    }
    return variants
  }
}
