import Events
import Experience
import Statistics
import Stories

/// Finds the cases of a journey customer by customer, as the measured journey finds them.
///
/// Every case has an outcome: where nothing closes it, its window does.
struct CaseFinder: Sendable {
  let journey: Journey
  let plan: JourneyFold.Plan
  private let fold: JourneyFold

  /// A case by its rows.
  struct Case: Sendable {
    var start: Int64
    /// When its last event or the end of its window closed it.
    var end: Int64
    /// The last moment of its window.
    var deadline: Int64
    var outcome: Outcome
    /// The rows of its events, ascending; never empty.
    var rows: [Int]

    /// Whether the event of a row is one of its own.
    func contains(_ row: Int) -> Bool { rows.contains(sorted: row) }
  }

  /// What finding needs, and one worker has.
  typealias Room = JourneyFold.Partial

  /// Compiles a journey.
  ///
  /// - Throws: `journey.…` where its definition cannot be measured.
  init(_ journey: Journey, of experience: Experience, in stories: Stories) throws(Refusal) {
    self.journey = journey
    // So late that every window has passed.
    let question = JourneyQuestion(journey, now: Instant(milliseconds: .max))
    fold = JourneyFold(question, of: experience, keeping: .rows)
    plan = try fold.plan(for: stories)
  }

  func room() -> Room { fold.begin(plan) }

  /// The cases of the customer at a position of a segment, in the order of their first events.
  func cases(
    of customer: Int, ofSegment index: Int, in stories: Stories, _ room: inout Room
  ) -> [Case] {
    fold.visit(
      customer..<(customer + 1), ofSegment: index, in: stories, by: plan, into: &room)
    let found = room.tally.takeCases()
    return found.entries.map { entry in
      Case(
        start: entry.start, end: entry.end,
        deadline: entry.start.addingSaturating(journey.window.milliseconds),
        outcome: entry.outcome, rows: found.rows[entry.rows].map(Int.init))
    }
    .sorted { $0.rows[0] < $1.rows[0] }
  }

  /// The symbol of the touchpoint that the event of a row is an interaction with.
  func symbol(_ row: Int, ofSegment index: Int, in stories: Stories) -> Int {
    Int(plan.rules[index].symbol(stories.segments[index].codes[row], row: row))
  }
}
