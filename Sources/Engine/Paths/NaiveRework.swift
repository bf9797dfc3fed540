import Events

/// The twin of `ReworkFold`, from the definition.
public enum NaiveRework {
  /// A name's figures.
  public struct Name: Sendable, Equatable {
    public var events = 0
    public var customers = 0
    public var again = 0
    public var selfLoops = 0
    public var repetitions = 0
    public var times: [Int64] = []
  }

  /// Counts by name, and loops by [name, name between]: how many, and of how many customers.
  ///
  /// - Parameters:
  ///   - name: what an event is called; nil where it counts as if it were not there.
  ///   - isOf: whether a story belongs to the population before the event of a position.
  public static func count(
    _ stories: [[Event]], in range: Range<Instant>?, name: (Event) -> String?,
    isOf: ([Event], Int) -> Bool = { _, _ in true }
  ) -> (names: [String: Name], loops: [[String]: (loops: Int, customers: Int)]) {
    var names: [String: Name] = [:]
    var loops: [[String]: (loops: Int, customers: Int)] = [:]
    for story in stories {
      let positions = story.indices.filter { position in
        name(story[position]) != nil && (range.map { $0.contains(story[position].time) } ?? true)
      }
      guard let first = positions.first, isOf(story, first) else { continue }
      let events = positions.compactMap { position in
        name(story[position]).map { (name: $0, time: story[position].time) }
      }
      var stays: [(name: String, events: Int)] = []
      for event in events {
        if stays.last?.name == event.name {
          stays[stays.count - 1].events += 1
        } else {
          stays.append((event.name, 1))
        }
      }
      for name in Set(events.map(\.name)) {
        let own = events.filter { $0.name == name }
        let ownStays = stays.filter { $0.name == name }
        names[name, default: Name()].events += own.count
        names[name, default: Name()].customers += 1
        names[name, default: Name()].selfLoops += ownStays.count { $0.events > 1 }
        names[name, default: Name()].repetitions += ownStays.count - 1
        guard own.count > 1, let first = own.first, let last = own.last else { continue }
        names[name, default: Name()].again += 1
        names[name, default: Name()].times.append((last.time - first.time).milliseconds)
      }
      let own = stays.indices.dropFirst(2).filter { stays[$0].name == stays[$0 - 2].name }
        .map { [stays[$0].name, stays[$0 - 1].name] }
      for loop in own { loops[loop, default: (0, 0)].loops += 1 }
      for loop in Set(own) { loops[loop, default: (0, 0)].customers += 1 }
    }
    return (names, loops)
  }
}
