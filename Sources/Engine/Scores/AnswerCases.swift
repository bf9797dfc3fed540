import Events
import Experience
import Stories

/// The cases of one journey that answers belong to, ready for some stories.
///
/// A rating that an interaction carries belongs to the case and the step of that interaction, and the
/// answer of a survey about a touchpoint to those of the interaction that it speaks of, as on the map. An
/// answer that names its case, or that speaks of no touchpoint at all, belongs to a case as `CaseNames`
/// says, and to no step.
struct AnswerCases: Sendable {
  /// Where an answer belongs.
  struct Place: Equatable {
    /// The position of the starting point of its case.
    var start: Int
    /// The position of the step; nil: it is of the case, or of a touchpoint of it that is no step.
    var step: Int?
  }

  /// What a customer's cases are.
  struct Walked {
    fileprivate let heard: HeardStory
    fileprivate let cases: [JourneyCases.Entry]
  }

  let journey: Journey
  private let fold: JourneyFold
  private let plan: JourneyFold.Plan
  private let names: [CaseNames]
  private let spoken: [SpokenOfColumns]
  private let surveys: [PropertyColumns]
  /// The surveys that are about a touchpoint.
  private let surveysAbout: Set<String>

  /// Compiles a journey.
  ///
  /// - Throws: what makes the journey one without a measure.
  init(_ journey: Journey, of experience: Experience, in stories: Stories) throws(Refusal) {
    self.journey = journey
    fold = JourneyFold(
      JourneyQuestion(journey), of: experience, keeping: .ways, hearing: .everything)
    plan = try fold.plan(for: stories)
    names = stories.segments.map { CaseNames($0) }
    var spoken: [SpokenOfColumns] = []
    for segment in stories.segments {
      spoken.append(
        try SpokenOfColumns(experience.touchpoints, of: segment, names: stories.names))
    }
    self.spoken = spoken
    surveys = stories.segments.map { PropertyColumns(SurveyEvent.survey, of: $0) }
    surveysAbout = Set(experience.surveys.filter { $0.about != nil }.map(\.name))
  }

  /// The room that a worker walks in.
  func room() -> JourneyFold.Partial { fold.begin(plan) }

  /// Finds a customer's cases.
  ///
  /// - Complexity: O(events of the story)
  func walk(
    _ story: Range<Int>, of segment: StorySegment, at index: Int,
    _ room: inout JourneyFold.Partial
  ) -> Walked {
    room.tally.walk(story, of: segment, plan.rules[index])
    let heard = room.tally.takeHeard(story, of: segment, plan.rules[index])
    return Walked(heard: heard, cases: room.tally.takeCases().entries)
  }

  /// Where the answer of a row belongs; nil where it is in no case of the journey.
  func place(of row: Int, in walked: Walked, of segment: StorySegment, at index: Int) -> Place? {
    let time = segment.times[row]
    if let found = interaction(of: row, in: walked, of: segment, at: index) {
      let step = plan.journey.stepOf[found.symbol]
      return Place(start: found.start, step: step == JourneyPlan.none ? nil : Int(step))
    }
    let named = names[index].named(row)
    guard named?.journey == journey.name || (named == nil && !speaks(row, at: index)) else {
      return nil
    }
    return names[index].belonging(of: row, at: time, to: journey, among: walked.cases)
      .map { Place(start: $0.startSymbol, step: nil) }
  }

  /// Whether an answer speaks of some touchpoint.
  private func speaks(_ row: Int, at index: Int) -> Bool {
    if case .string(let survey)? = surveys[index].value(at: row), surveysAbout.contains(survey) {
      return true
    }
    return spoken[index].speaks(row)
  }

  /// The interaction that an answer speaks of, or is.
  private func interaction(
    of row: Int, in walked: Walked, of segment: StorySegment, at index: Int
  ) -> SpokenOf? {
    if let answers = plan.rules[index].answers, segment.codes[row] == answers.code,
      let answer = answers.answer(row: row, at: segment.times[row])
    {
      return walked.heard.interaction(of: answer, row, in: segment)
    }
    return walked.heard.interaction(at: row)
  }
}
