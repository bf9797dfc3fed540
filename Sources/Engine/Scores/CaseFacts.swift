import Events
import Experience
import Statistics
import Stories

/// Facts of a journey's cases, ready for some stories.
///
/// An answer belongs to the case whose start it names; else to the latest one in which the moment lies
/// that it speaks of; else to the latest one that began before that moment (the answer's own where it
/// speaks of none), at most a window ago. The case is taken as it was before the answer.
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
  private let names: [Columns]

  /// By what an answer names its case, in one segment.
  private struct Columns: Sendable {
    let journey: PropertyColumns
    let start: PropertyColumns
    let occasion: PropertyColumns

    init(_ segment: StorySegment) {
      journey = PropertyColumns(SurveyEvent.journey, of: segment)
      start = PropertyColumns(SurveyEvent.caseStart, of: segment)
      occasion = PropertyColumns(SurveyEvent.occasion, of: segment)
    }
  }

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
    names = stories.segments.map { Columns($0) }
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
    guard let found = belonging(to: row, index, segment.times[row], cases.entries) else {
      return .outside
    }
    for (number, fact) in facts.enumerated() {
      guard let value = value(fact, found, cases, room.journey.tally.variants, &room.judges[number])
      else {
        return .incomplete
      }
      values[fact.place] = value
    }
    return .complete
  }

  private func belonging(
    to row: Int, _ index: Int, _ time: Int64, _ entries: [JourneyCases.Entry]
  ) -> JourneyCases.Entry? {
    func latest(_ belongs: (JourneyCases.Entry) -> Bool) -> JourneyCases.Entry? {
      entries.filter(belongs).max { ($0.start, $0.firstRow) < ($1.start, $1.firstRow) }
    }
    let named = names[index]
    if named.journey.value(at: row) == .string(journey.name),
      let start = named.start.moment(at: row)
    {
      return latest { $0.start == start }
    }
    let occasion = named.occasion.moment(at: row)
    if let occasion, let found = latest({ $0.start <= occasion && occasion <= $0.end }) {
      return found
    }
    let moment = occasion ?? time
    return latest {
      $0.start <= moment && moment <= $0.start.addingSaturating(journey.window.milliseconds)
    }
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

extension PropertyColumns {
  /// The moment that a row's text says, in milliseconds.
  fileprivate func moment(at row: Int) -> Int64? {
    guard case .string(let text)? = value(at: row) else { return nil }
    return Instant(iso8601: text)?.milliseconds
  }
}
