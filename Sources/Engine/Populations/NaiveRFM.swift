import Events
import Experience

/// The twin of the RFM question: values sorted, cut points interpolated between their neighbours.
public struct NaiveRFM: Sendable {
  let question: RFMQuestion

  /// The three scores of each unit with a purchase, and what it spent, in the order of the stories.
  public func scores(_ stories: [[Event]]) -> [(scores: [Int], money: Double)] {
    let purchases = stories.map { story in
      story.filter {
        question.scope.milliseconds.contains($0.time.milliseconds)
          && NaiveRules($0).holds(question.event.rule)
      }
    }.filter { !$0.isEmpty }
    let values = purchases.map { events in
      [
        Double(events.map(\.time.milliseconds).max() ?? 0), Double(events.count),
        events.reduce(0) { $0 + (NaiveRules($1).number(question.money.rule) ?? 0) },
      ]
    }
    return values.map { own in
      let scores = own.indices.map { kind in
        let sorted = values.map { $0[kind] }.sorted()
        var score = 1
        for cut in 1..<question.scores {
          let place = Double(cut) * Double(sorted.count - 1) / Double(question.scores)
          let low = sorted[Int(place)]
          let high = sorted[min(Int(place) + 1, sorted.count - 1)]
          if own[kind] > low + (high - low) * (place - place.rounded(.down)) { score += 1 }
        }
        return score
      }
      return (scores, own[2])
    }
  }
}
