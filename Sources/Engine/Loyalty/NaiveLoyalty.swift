import Events
import Experience
import Statistics

/// The twin of loyalty: customers in lists, each asked by itself.
public struct NaiveLoyalty {
  let question: LoyaltyQuestion
  let touchpoints: [Touchpoint]

  /// What one customer adds.
  struct Customer: Equatable {
    /// The name of the group; nil where the score is none of the scale.
    var group: String?
    /// Whether the span has passed.
    var isPassed: Bool
    /// The outcomes that happened.
    var did: Set<String>
  }

  /// The customers who have such an event in the range.
  func customers(_ stories: [[Event]]) -> [Customer?] {
    let watermark = stories.joined().map(\.time).max() ?? Instant(milliseconds: 0)
    return stories.map { customer($0, until: watermark) }
  }

  private func customer(_ story: [Event], until watermark: Instant) -> Customer? {
    let events = story.indices.filter { position in
      (question.scope.from.map { story[position].time >= $0 } ?? true)
        && (question.scope.to.map { story[position].time < $0 } ?? true)
        && NaiveRules(story[position]).holds(question.event.rule)
    }
    guard !events.isEmpty else { return nil }
    guard let first = events.first(where: { group(story, $0) != nil }) else {
      return Customer(group: nil, isPassed: false, did: [])
    }
    let end = story[first].time + question.within
    guard end <= watermark else {
      return Customer(group: group(story, first), isPassed: false, did: [])
    }
    let did = question.outcomes.filter { outcome in
      let all = story.indices.filter { NaiveRules(story[$0]).holds(outcome.events.rule) }
      let known = Set(all.filter { $0 <= first }.compactMap { value(outcome.new, story[$0]) })
      return all.contains { position in
        guard position > first, story[position].time <= end else { return false }
        guard outcome.new != nil else { return true }
        return value(outcome.new, story[position]).map { !known.contains($0) } ?? false
      }
    }
    return Customer(group: group(story, first), isPassed: true, did: Set(did.map(\.name)))
  }

  private func value(_ new: LoyaltyQuestion.Novelty?, _ event: Event) -> PropertyValue? {
    let touchpoint = NaiveRules(event).touchpoint(touchpoints).map { touchpoints[$0] }
    return switch new {
    case nil: nil
    case .property(let name): event.properties[name]
    case .touchpoint: touchpoint.map { .string($0.name) }
    case .stage: touchpoint?.stage.map { .string($0) }
    }
  }

  private func group(_ story: [Event], _ position: Int) -> String? {
    switch question.split {
    case .score(let score, let rule):
      guard let number = NaiveRules(story[position]).number(score.rule),
        let answer = rule.scale.first(where: { Double($0) == number })
      else { return nil }
      switch rule.band(of: answer) {
      case .top: return question.groups[0]
      case .middle: return question.groups[1]
      case .bottom: return question.groups[2]
      }
    case .met(let events, let before):
      let met = story[..<position].contains { event in
        NaiveRules(event).holds(events.rule)
          && (before.map { story[position].time - event.time <= $0 } ?? true)
      }
      return question.groups[met ? 0 : 1]
    }
  }
}
