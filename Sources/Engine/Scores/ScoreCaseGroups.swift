import Events
import Experience
import Stories

/// The groups of answers by the cases of journeys that they belong to, ready for some stories.
struct ScoreCaseGroups: Sendable {
  /// What a customer's cases are, by journey.
  typealias Walked = [AnswerCases.Walked]

  /// What groups are called; after the last of them, of number `names.count`, come answers outside.
  let names: [String]
  private let division: ScoreDivision
  private let journeys: [AnswerCases]

  /// The answers that belong to no case.
  static let outside = "(outside)"
  /// The answers that belong to a case, and to none of its steps.
  static let noStep = "(no step)"

  /// Finds the journeys.
  ///
  /// - Parameter name: the journey that is meant; nil: every one of the experience.
  /// - Throws: `question.journey`, `scores.journey`, and what makes a journey one without a measure.
  init(
    _ division: ScoreDivision, of name: String?, in stories: Stories, _ context: QuestionContext
  ) throws(Refusal) {
    let (experience, meant): (Experience, [Journey])
    if let name {
      let found = try context.journey(name)
      (experience, meant) = (found.1, [found.0])
    } else {
      experience = context.experience ?? Experience()
      meant = experience.journeys
    }
    guard let first = meant.first else {
      throw Refusal(
        "scores.journey", problem: "There is no journey whose cases answers could belong to.",
        remedy: "Write one into the experience; `waymark infer` proposes one.")
    }
    self.division = division
    names =
      switch division {
      case .step:
        first.stepsToGoal.map { $0.touchpoints.joined(separator: " / ") } + [Self.noStep]
      case .start: first.starts
      default: meant.map(\.name)
      }
    var journeys: [AnswerCases] = []
    for journey in meant {
      journeys.append(try AnswerCases(journey, of: experience, in: stories))
    }
    self.journeys = journeys
  }

  /// The rooms that a worker walks in, one for each journey.
  func rooms() -> [JourneyFold.Partial] { journeys.map { $0.room() } }

  /// Finds a customer's cases.
  func walk(
    _ story: Range<Int>, of segment: StorySegment, at index: Int,
    _ rooms: inout [JourneyFold.Partial]
  ) -> Walked {
    journeys.indices.map { journeys[$0].walk(story, of: segment, at: index, &rooms[$0]) }
  }

  /// The numbers of the groups that the answer of a row is in: of journeys it may be several.
  func groups(
    of row: Int, in walked: Walked, of segment: StorySegment, at index: Int
  ) -> [Int] {
    var groups: [Int] = []
    for (place, journey) in journeys.enumerated() {
      guard let found = journey.place(of: row, in: walked[place], of: segment, at: index) else {
        continue
      }
      switch division {
      case .step: groups.append(found.step ?? names.count - 1)
      case .start: groups.append(found.start)
      default: groups.append(place)
      }
    }
    return groups.isEmpty ? [names.count] : groups
  }
}
