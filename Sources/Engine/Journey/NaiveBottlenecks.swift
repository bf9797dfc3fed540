import Events
import Experience
import Statistics

/// The twin of the bottlenecks: the passages of each case, listed from plain events.
enum NaiveBottlenecks {
  /// One passage of one case.
  struct Passage: Hashable {
    var from: String
    var to: String
    var time: Int64
    var outcome: Outcome
  }

  /// All passages of a journey's cases.
  static func passages(
    _ stories: [[Event]], experience: Experience, question: JourneyQuestion
  ) -> [Passage] {
    let steps = question.journey.stepsToGoal
    let titles = steps.map { step in
      step.touchpoints.map { experience.touchpoint($0)?.title ?? $0 }.joined(separator: " / ")
    }
    var passages: [Passage] = []
    for found in NaiveJourney.cases(stories, experience: experience, question: question).joined() {
      var met: [(step: Int, position: Int, time: Instant)] = []
      for (position, part) in found.events.enumerated() {
        guard let name = part.touchpoint?.name,
          let step = steps.firstIndex(where: { $0.touchpoints.contains(name) }),
          !met.contains(where: { $0.step == step })
        else { continue }
        met.append((step, position, part.event.time))
      }
      met.sort { left, right in
        if left.time != right.time { return left.time < right.time }
        if left.position == 0 || right.position == 0 { return left.position == 0 }
        return left.step < right.step
      }
      var (from, time) = ("start", found.time)
      for meeting in met {
        if meeting.position > 0 {
          passages.append(
            Passage(
              from: from, to: titles[meeting.step], time: (meeting.time - time).milliseconds,
              outcome: found.outcome))
        }
        (from, time) = (titles[meeting.step], meeting.time)
      }
    }
    return passages
  }
}
