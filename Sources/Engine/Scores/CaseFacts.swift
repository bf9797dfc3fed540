import Events
import Experience
import Statistics
import Stories

/// Facts of a journey's cases, ready for some stories.
///
/// `CaseNames` says to which case an answer belongs. It is taken as it was before the answer.
struct CaseFacts: Sendable {
  /// A fact and where among the observation's numbers it goes.
  private struct Fact: Sendable {
    let place: Int
    let verdict: JourneyFact.Verdict
    let position: Int?
  }

  /// What reading needs, and one worker has.
  struct Room: Sendable {
    fileprivate var journey: JourneyFold.Partial
    /// By fact: verdicts of ways, remembered.
    fileprivate var judges: [CaseJudge]
  }

  private let journey: Journey
  private let facts: [Fact]
  private let plan: JourneyFold.Plan
  private let fold: JourneyFold
  private let names: [CaseNames]

  /// Compiles facts of one journey.
  ///
  /// - Parameter asked: facts with the places of their numbers.
  /// - Throws: `drivers.step`, and what makes the journey one without a measure.
  init(
    _ journey: Journey, _ asked: [(place: Int, fact: JourneyFact)], of experience: Experience,
    in stories: Stories
  ) throws(Refusal) {
    self.journey = journey
    // So late that every case has an outcome: what lies behind the answer is not walked.
    let question = JourneyQuestion(journey, now: Instant(milliseconds: .max))
    fold = JourneyFold(question, of: experience, keeping: .steps)
    plan = try fold.plan(for: stories)
    var facts: [Fact] = []
    for (place, fact) in asked {
      facts.append(
        Fact(place: place, verdict: fact.verdict, position: try fact.position(in: journey)))
    }
    self.facts = facts
    names = stories.segments.map { CaseNames($0) }
  }

  func room() -> Room {
    Room(journey: fold.begin(plan), judges: facts.map { _ in CaseJudge(plan.journey) })
  }

  /// Reads the facts of the case that the answer of a row belongs to.
  ///
  /// - Complexity: O(events of the story before the answer)
  func read(
    _ row: Int, of story: Range<Int>, ofSegment index: Int, in stories: Stories, _ room: inout Room,
    into values: inout [Double]
  ) -> DriversTable.Reading {
    let segment = stories.segments[index]
    room.journey.tally.walk(story.lowerBound..<row, of: segment, plan.rules[index])
    let cases = room.journey.tally.takeCases()
    guard
      let found = names[index].belonging(
        of: row, at: segment.times[row], to: journey, among: cases.entries)
    else { return .outside }
    for (number, fact) in facts.enumerated() {
      guard let value = value(fact, found, cases, room.journey.tally.variants, &room.judges[number])
      else {
        return .incomplete
      }
      values[fact.place] = value
    }
    return .complete
  }

  private func value(
    _ fact: Fact, _ entry: JourneyCases.Entry, _ cases: JourneyCases,
    _ variants: VariantTable, _ judge: inout CaseJudge
  ) -> Double? {
    func truth(_ holds: Bool) -> Double { holds ? 1 : 0 }
    func marked(_ steps: UInt64) -> Bool {
      fact.position.map { steps & (1 << UInt64($0)) != 0 } ?? (steps != 0)
    }
    func judged(_ figure: JourneyPlace.Figure) -> Double {
      truth(
        judge.part(
          of: entry, in: JudgedFigure(figure: figure, step: fact.position, start: nil),
          variants) > 0)
    }
    switch fact.verdict {
    case .skipped: return judged(.skipped)
    case .extra: return judged(.extra)
    case .outOfOrder: return judged(.outOfOrder)
    case .repeated:
      return fact.position == nil ? judged(.repeated) : truth(marked(entry.marks.repeated))
    case .late: return truth(marked(entry.marks.late))
    case .wrongChannel:
      return truth(fact.position == nil ? entry.usedWrongChannel : marked(entry.marks.wrongChannel))
    case .switchedChannel: return truth(marked(entry.marks.switched))
    case .start: return truth(entry.startSymbol == fact.position)
    case .waited:
      let met = cases.steps[entry.steps]
      let step = fact.position.map { place in met.first { $0.step == place } } ?? met.last
      if step == nil, fact.position != nil { return nil }
      return Double((step?.time ?? entry.start) - entry.start) / 86_400_000
    }
  }
}
