import Events
import Experience

/// The twin of sessions: stories cut event by event, over plain events.
public struct NaiveSessions: Sendable {
  /// One visit.
  public struct Session: Sendable, Equatable {
    /// The position of the customer's story.
    public var customer: Int
    public var events: [Event]
    /// The first moment of the interval in which it begins; nil where there is none.
    public var interval: Instant?
    /// The value at its first event; nil without a breakdown.
    public var breakdown: String?
    public var reachesGoal: Bool

    /// From the first event to the last, in milliseconds.
    public var duration: Int64 {
      (events[events.count - 1].time - events[0].time).milliseconds
    }
  }

  /// The sessions that begin in the range.
  public static func sessions(
    _ question: SessionsQuestion, _ stories: [[Event]], _ calendar: LocalCalendar
  ) -> [Session] {
    var sessions: [Session] = []
    for (customer, story) in stories.enumerated() {
      var parts: [[Event]] = []
      for event in story {
        if let last = parts.last?.last, event.time - last.time <= question.gap {
          parts[parts.count - 1].append(event)
        } else {
          parts.append([event])
        }
      }
      for part in parts {
        if let from = question.scope.from, part[0].time < from { continue }
        if let to = question.scope.to, part[0].time >= to { continue }
        sessions.append(
          Session(
            customer: customer, events: part,
            interval: question.interval.flatMap { calendar.start(of: $0, at: part[0].time) },
            breakdown: question.breakdown.map { part[0].properties[$0.name]?.shown ?? "(none)" },
            reachesGoal: question.goal.map { goal in
              part.contains { NaiveRules($0).holds(goal.rule) }
            } ?? false))
      }
    }
    return sessions
  }
}
