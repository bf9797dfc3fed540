import Events
import Experience
import Stories

/// The cases of a journey one by one, for questions that ask more of them than counts.
struct JourneyCases: Sendable {
  /// What is kept besides the cases themselves.
  enum Detail: Sendable { case ways, steps, rows }

  /// One case.
  struct Entry: Sendable {
    var segment: Int
    /// The position of the customer in the segment.
    var customer: Int
    /// The row of the starting event.
    var firstRow: Int
    var start: Int64
    /// When its last event or its window closed it, or how far it could be seen.
    var end: Int64
    var outcome: Outcome
    /// The symbol of the starting point.
    var startSymbol: Int
    /// The position of its way in the table of variants.
    var variant: Int
    /// Interactions with steps that are not in the way.
    var left: Int
    /// What is said of its steps, each with a bit.
    var marks: StepMarks
    var usedWrongChannel: Bool
    /// The conditions that the story met just before the case, as bits.
    var groups: UInt64
    /// Where its steps lie in `steps`.
    var steps: Range<Int>
    /// Where its rows lie in `rows`; of cases without a key, as many follow `firstRow`.
    var rows: Range<Int>

    /// Whether nothing but its way says whether it went as planned.
    var isPlain: Bool { left == 0 && !isLate && !usedWrongChannel }
    /// Whether a promise was broken.
    var isLate: Bool { marks.late != 0 }
  }

  /// Steps of a case as bits.
  struct StepMarks: Sendable {
    /// A touchpoint of the step was met again.
    var repeated: UInt64 = 0
    var late: UInt64 = 0
    var wrongChannel: UInt64 = 0
    /// It was first met in another channel than the step met before.
    var switched: UInt64 = 0
  }

  /// The first meeting of a step.
  struct Meeting: Sendable {
    var step: Int
    var time: Int64
    /// Whether it is the starting event itself.
    var isStart: Bool
  }

  let detail: Detail
  /// By segment: the conditions by which cases are grouped.
  let conditions: [[StoryRule]]
  var entries: [Entry] = []
  /// In the order of time.
  var steps: [Meeting] = []
  var rows: [UInt32] = []

  // Where the case that is being walked lies
  var segment = 0
  var customer = 0

  init(_ detail: Detail, conditions: [[StoryRule]] = []) {
    self.detail = detail
    self.conditions = conditions
  }

  /// Appends the cases of another section, whose variants have other positions here.
  mutating func add(_ other: JourneyCases, variants: [UInt32]) {
    let (firstStep, firstRow) = (steps.count, rows.count)
    for var entry in other.entries {
      entry.variant = Int(variants[entry.variant])
      entry.steps = (entry.steps.lowerBound + firstStep)..<(entry.steps.upperBound + firstStep)
      entry.rows = (entry.rows.lowerBound + firstRow)..<(entry.rows.upperBound + firstRow)
      entries.append(entry)
    }
    steps += other.steps
    rows += other.rows
  }
}

/// Finds the cases of a journey.
struct JourneyCaseFold: Fold {
  let journey: JourneyFold

  /// Asks for cases, found as the measured journey finds them.
  init(
    _ question: JourneyQuestion, of experience: Experience, keeping detail: JourneyCases.Detail,
    conditions: [Expression] = []
  ) {
    journey = JourneyFold(question, of: experience, keeping: detail, conditions: conditions)
  }

  func plan(for stories: Stories) throws(Refusal) -> JourneyFold.Plan {
    try journey.plan(for: stories)
  }

  func begin(_ plan: JourneyFold.Plan) -> JourneyFold.Partial { journey.begin(plan) }

  func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: JourneyFold.Plan,
    into partial: inout JourneyFold.Partial
  ) {
    journey.visit(customers, ofSegment: index, in: stories, by: plan, into: &partial)
  }

  func merge(
    _ later: consuming JourneyFold.Partial, into partial: inout JourneyFold.Partial
  ) {
    journey.merge(later, into: &partial)
  }

  func finish(
    _ partial: consuming JourneyFold.Partial, by plan: JourneyFold.Plan
  ) -> JourneyCases {
    partial.tally.cases ?? JourneyCases(.ways)
  }
}
