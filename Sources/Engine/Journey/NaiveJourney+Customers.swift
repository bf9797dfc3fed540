import Events
import Experience

extension NaiveJourney {
  /// The part that each story has in a number of the journey's map.
  static func parts(
    of place: JourneyPlace, in stories: [[Event]], experience: Experience,
    question: JourneyQuestion
  ) -> [Int] {
    var twin = NaiveJourney(question, experience)
    twin.channelNames = twin.knownChannels(stories)
    let now = question.now ?? stories.joined().map(\.time).max()
    var excluded = Excluded()
    return twin.cases(of: stories, now: now, &excluded).map { cases in
      cases.reduce(0) { $0 + twin.part(of: twin.facts(of: $1), at: place) }
    }
  }

  /// What one case adds to the number.
  func part(of found: NaiveFacts, at place: JourneyPlace) -> Int {
    if let start = place.start, question.journey.starts[found.start] != start { return 0 }
    guard let step = place.step else { return wholePart(of: found, at: place) }
    let isClosed = found.outcome != .open
    let names = steps[step].touchpoints
    let isDropped =
      found.furthest == step && (found.outcome == .ended || found.outcome == .abandoned)
    switch place.figure {
    case .open: return !isClosed && found.furthest == step ? 1 : 0
    case .reached: return found.furthest >= step ? 1 : 0
    case .met: return found.first[step] != nil ? 1 : 0
    case .droppedOff: return isDropped ? 1 : 0
    case .skipped: return isClosed && found.skippedSteps.contains(step) ? 1 : 0
    case .extra: return isClosed ? found.extraSteps.count { $0 == step } : 0
    case .outOfOrder: return isClosed && found.movedSteps.contains(step) ? 1 : 0
    case .repeated:
      return names.contains { name in found.walked.count { $0.touchpoint.name == name } > 1 }
        ? 1 : 0
    case .late: return found.late.contains(step) ? 1 : 0
    case .promised: return found.promised.contains(step) ? 1 : 0
    case .wrongChannel: return found.wrong.count { names.contains($0) }
    case .switchedChannel: return found.switchedSteps.contains(step) ? 1 : 0
    case .next:
      return isDropped && isNamed(found.next ?? .nothing, place.passage ?? "") ? 1 : 0
    default: return 0
    }
  }

  /// The same for numbers of the whole journey.
  private func wholePart(of found: NaiveFacts, at place: JourneyPlace) -> Int {
    let isClosed = found.outcome != .open
    let holds =
      switch place.figure {
      case .cases: true
      case .completed: found.outcome == .completed
      case .ended: found.outcome == .ended
      case .abandoned: found.outcome == .abandoned
      case .open: !isClosed
      case .skipped: isClosed && !found.skippedSteps.isEmpty
      case .extra: isClosed && found.verdicts.contains(.extra)
      case .outOfOrder: isClosed && found.verdicts.contains(.outOfOrder)
      case .repeated: isClosed && found.verdicts.contains(.repeated)
      case .late: isClosed && !found.late.isEmpty
      case .wrongChannel: isClosed && !found.wrong.isEmpty
      case .asPlanned:
        isClosed && found.skippedSteps.isEmpty && found.verdicts.isEmpty && found.late.isEmpty
          && found.wrong.isEmpty
      case .passage: found.offMap.contains { isNamed($0, place.passage ?? "") }
      default: false
      }
    return holds ? 1 : 0
  }

  /// Whether something off the map is what a name stands for: a touchpoint, if there is one.
  private func isNamed(_ passage: NaivePassage, _ name: String) -> Bool {
    passage.name == name && passage.isTouchpoint == (experience.touchpoint(name) != nil)
  }
}
