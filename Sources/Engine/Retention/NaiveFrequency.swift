import Events
import Experience

/// The twin of the questions of frequency and recency: each story's events, filtered.
public struct NaiveFrequency: Sendable {
  let event: EventSelector
  let scope: Scope

  /// The events of a story that count.
  private func events(_ story: [Event]) -> [Event] {
    story.filter {
      scope.milliseconds.contains($0.time.milliseconds) && NaiveRules($0).holds(event.rule)
    }
  }

  /// How many events the units have that count, in the order of the stories.
  public func counts(_ stories: [[Event]], zero: FrequencyQuestion.Zero) -> [Int] {
    stories.compactMap { story in
      guard story.contains(where: { $0.time.milliseconds < scope.milliseconds.upperBound }) else {
        return nil
      }
      let count = events(story).count
      return count == 0 && zero == .omitted ? nil : count
    }
  }

  /// The times since units' last events, and those between two of them, in milliseconds.
  public func spans(_ stories: [[Event]]) -> (recencies: [Int64], gaps: [Int64]) {
    let latest = stories.joined().map(\.time.milliseconds).max() ?? 0
    let moment = min(latest, scope.milliseconds.upperBound)
    var (recencies, gaps): ([Int64], [Int64]) = ([], [])
    for story in stories {
      let times = events(story).map(\.time.milliseconds)
      if let last = times.last { recencies.append(moment - last) }
      gaps += zip(times, times.dropFirst()).map { $1 - $0 }
    }
    return (recencies, gaps)
  }
}
