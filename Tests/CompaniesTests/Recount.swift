import Events
import Experience

@testable import Companies

/// A plain recount of journeys from events alone: links, rules and cases, nothing shared with the ledger.
struct Recount {
  private typealias Interaction = (touchpoint: String, time: Int64, event: Event)

  /// Each customer's interactions by time.
  private var stories: [[Interaction]] = []
  private var watermark: Int64 = .min

  init(_ events: [Event], _ experience: Experience) {
    var known: Set<String> = []
    let once = events.filter { known.insert($0.messageID ?? "").inserted }
    var customerOf: [Identity: Identity] = [:]
    for event in once {
      if let linked = event.linked { customerOf[linked] = event.identity }
      watermark = max(watermark, event.time.milliseconds)
    }
    let customers = Dictionary(grouping: once) { customerOf[$0.identity] ?? $0.identity }
    stories = customers.values.map { story in
      story.sorted { $0.time < $1.time }.compactMap { event in
        let touchpoint = experience.touchpoints.first { $0.rule.map { event.meets($0) } ?? false }
        return touchpoint.map { ($0.name, event.time.milliseconds, event) }
      }
    }
  }

  struct Found {
    var outcomes: [PlantedTruths.Outcomes]
    var met: [Int]
    var interactions: [Int]
  }

  func measure(_ journey: Journey) -> Found {
    let steps = journey.stepsToGoal.map(\.touchpoints)
    var found = Found(
      outcomes: Array(repeating: .init(), count: journey.starts.count),
      met: Array(repeating: 0, count: steps.count),
      interactions: Array(repeating: 0, count: steps.count))
    for story in stories {
      let parts: [[Interaction]] =
        if let key = journey.caseKey {
          Dictionary(grouping: story) { $0.event.properties[key] }
            .compactMap { $0.key == nil ? nil : $0.value }
        } else {
          [story]
        }
      for part in parts { recount(part, journey, steps, into: &found) }
    }
    return found
  }

  private func recount(
    _ story: [Interaction], _ journey: Journey, _ steps: [[String]], into found: inout Found
  ) {
    var next = 0
    var isFirst = true
    while next < story.count {
      let begin = next
      next += 1
      guard let start = journey.starts.firstIndex(of: story[begin].touchpoint),
        isFirst || journey.again != .once, admits(journey, before: story[..<begin])
      else { continue }
      isFirst = false
      let until = story[begin].time + journey.window.milliseconds
      var inside = [story[begin].touchpoint]
      var outcome: WritableKeyPath<PlantedTruths.Outcomes, Int> =
        watermark > until ? \.abandoned : \.open
      while next < story.count, story[next].time <= until {
        let touchpoint = story[next].touchpoint
        inside.append(touchpoint)
        next += 1
        guard touchpoint == journey.goal || journey.ends.contains(touchpoint) else { continue }
        outcome = touchpoint == journey.goal ? \.completed : \.ended
        break
      }
      found.outcomes[start].total += 1
      found.outcomes[start][keyPath: outcome] += 1
      for (index, step) in steps.enumerated() {
        let count = inside.count { step.contains($0) }
        found.met[index] += count > 0 ? 1 : 0
        found.interactions[index] += count
      }
    }
  }

  private func admits(_ journey: Journey, before: ArraySlice<Interaction>) -> Bool {
    let orders = before.count { $0.event.name == "Order Completed" }
    return switch journey.audienceName {
    case "new_shoppers": orders == 0
    case "returning_shoppers": orders >= 1
    default: true
    }
  }
}
