import Events
import Experience
import Stories

/// Finds the customers behind a number of a measured journey: those at whose visit it rises.
///
/// Cases are found and judged by the measured journey's own code, customer by customer, so that the
/// parts add up to its number by construction.
public struct JourneyCustomersFold: Fold {
  /// The journey, ready for some stories, and where its number is counted.
  public struct Plan: Sendable {
    let journey: JourneyFold.Plan
    let number: JourneyNumber
  }

  /// The customers of a section.
  public struct Partial: Sendable {
    var journey: JourneyFold.Partial
    var judge: CaseJudge
    /// A counter of the tally, as it stood after the customer before.
    var counted = 0
    var keys: [UInt64] = []
    var number = 0
  }

  private let journey: JourneyFold
  private let place: JourneyPlace

  /// Asks for the customers behind a number of the journey's map.
  public init(_ question: JourneyQuestion, of experience: Experience, at place: JourneyPlace) {
    journey = JourneyFold(question, of: experience, keeping: .ways)
    self.place = place
  }

  /// Compiles the journey and finds the number.
  ///
  /// - Throws: `customers.row` where the journey has no such step or starting point.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    let plan = try journey.plan(for: stories)
    return Plan(
      journey: plan, number: try JourneyNumber(place, of: plan.journey, names: stories.names))
  }

  /// Nobody.
  public func begin(_ plan: Plan) -> Partial {
    Partial(journey: journey.begin(plan.journey), judge: CaseJudge(plan.journey.journey))
  }

  /// Adds the customers whose cases have a part in the number.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    for customer in customers {
      journey.visit(
        customer..<(customer + 1), ofSegment: index, in: stories, by: plan.journey,
        into: &partial.journey)
      var part = 0
      switch plan.number {
      case .counter(let counter):
        let count = counter.count(in: partial.journey.tally)
        part = count - partial.counted
        partial.counted = count
      case .judged(let figure):
        for entry in partial.journey.tally.cases?.entries ?? [] {
          part += partial.judge.part(of: entry, in: figure, partial.journey.tally.variants)
        }
      }
      partial.journey.tally.cases?.entries.removeAll(keepingCapacity: true)
      guard part > 0 else { continue }
      partial.keys.append(segment.customers[customer])
      partial.number += part
    }
  }

  /// Adds a later section's customers.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.keys += later.keys
    partial.number += later.number
  }

  /// The customers in order: each is visible in one segment only, and so is found once.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> JourneyCustomers {
    JourneyCustomers(customers: partial.keys.sorted(), number: partial.number)
  }
}

/// Where a number of a map is counted.
enum JourneyNumber: Sendable {
  /// While cases are walked.
  case counter(JourneyCounter)
  /// From the way that a case took, once it is aligned with the design.
  case judged(JudgedFigure)

  init(_ place: JourneyPlace, of plan: JourneyPlan, names: EventNames) throws(Refusal) {
    if let step = place.step, !plan.steps.indices.contains(step) {
      throw AnswerRowKey.unknown("step", "\(step + 1)")
    }
    var start: Int?
    if let name = place.start {
      start = plan.question.journey.starts.firstIndex(of: name)
      guard start != nil else { throw AnswerRowKey.unknown("start", name) }
    }
    if let counter = try JourneyCounter(place, of: plan, names: names) {
      self = .counter(counter)
    } else {
      self = .judged(JudgedFigure(figure: place.figure, step: place.step, start: start))
    }
  }
}

/// A counter of a journey's tally.
enum JourneyCounter: Sendable {
  case repeating(step: Int)
  case promised(step: Int)
  case late(step: Int)
  case switched(step: Int)
  /// The symbols of a step.
  case wrongChannel([Int])
  /// The position among closed cases' verdicts.
  case verdict(Int)
  case next(Int)
  case passage(Int)

  /// Nil where the figure is none of a counter's.
  init?(_ place: JourneyPlace, of plan: JourneyPlan, names: EventNames) throws(Refusal) {
    switch (place.figure, place.step) {
    case (.repeated, let step?): self = .repeating(step: step)
    case (.promised, let step?): self = .promised(step: step)
    case (.late, let step?): self = .late(step: step)
    case (.late, nil): self = .verdict(0)
    case (.switchedChannel, let step?): self = .switched(step: step)
    case (.wrongChannel, let step?):
      self = .wrongChannel(plan.stepOf.indices.filter { plan.stepOf[$0] == step })
    case (.wrongChannel, nil): self = .verdict(1)
    case (.next, let step?):
      let passage = try Self.passage(place.passage ?? "", plan, names)
      self = .next(step * (plan.experience.touchpoints.count + names.names.count + 1) + passage)
    case (.passage, _):
      let passage = try Self.passage(place.passage ?? "", plan, names)
      self = .passage(passage)
    default: return nil
    }
  }

  /// The position of what is off the map: touchpoints, then events by code, then nothing.
  private static func passage(
    _ name: String, _ plan: JourneyPlan, _ names: EventNames
  ) throws(Refusal) -> Int {
    let touchpoints = plan.experience.touchpoints
    if let position = touchpoints.firstIndex(where: { $0.name == name }) { return position }
    if let code = names.code(of: name) { return touchpoints.count + Int(code) }
    guard name == Passage.nothing else { throw AnswerRowKey.unknown("passage", name) }
    return touchpoints.count + names.names.count
  }

  func count(in tally: borrowing JourneyTally) -> Int {
    switch self {
    case .repeating(let step): return tally.casesRepeating[step]
    case .promised(let step): return tally.promised[step]
    case .late(let step): return tally.late[step]
    case .switched(let step): return tally.stepSwitches[step]
    case .wrongChannel(let symbols):
      var sum = 0
      for symbol in symbols { sum += tally.wrongChannels[symbol] }
      return sum
    case .verdict(let position): return tally.verdicts[position]
    case .next(let position): return tally.next[position]
    case .passage(let position):
      // Nobody counts how many met nothing off the map.
      return position < tally.passages.count ? tally.passages[position] : 0
    }
  }
}

/// A figure that follows from the ways of cases.
struct JudgedFigure: Sendable {
  var figure: JourneyPlace.Figure
  var step: Int?
  /// The position of the starting point.
  var start: Int?

  /// The figure of some cases.
  func count(in ways: WayCounts) -> Int {
    func sum(_ counts: [Int]) -> Int { start.map { counts[$0] } ?? counts.reduce(0, +) }
    func cases(_ count: KeyPath<CaseCounts, Int>) -> Int {
      sum(ways.starts.map { $0[keyPath: count] })
    }
    let verdicts = ways.verdicts
    return switch figure {
    case .cases: cases(\.total)
    case .completed: cases(\.completed)
    case .ended: cases(\.ended)
    case .abandoned: cases(\.abandoned)
    case .open: step.map { ways.open[$0] } ?? cases(\.open)
    case .reached: step.map { sum(ways.reached[$0]) } ?? 0
    case .met: step.map { sum(ways.met[$0]) } ?? 0
    case .droppedOff: step.map { sum(ways.droppedOff[$0]) } ?? 0
    case .skipped: step.map { ways.missing[$0] } ?? verdicts.skipped
    case .extra: step.map { ways.extra[$0] } ?? verdicts.extra
    case .outOfOrder: step.map { ways.outOfOrder[$0] } ?? verdicts.outOfOrder
    case .repeated: verdicts.repeated
    case .asPlanned: verdicts.asPlanned
    case .late, .promised, .wrongChannel, .switchedChannel, .next, .passage: 0
    }
  }
}

/// What single cases count for, remembered by way: cases of one way differ in little.
struct CaseJudge: Sendable {
  private let plan: JourneyPlan
  private var aligner: Aligner
  private var ways: [Int: AlignedWay] = [:]
  /// By variant, outcome, and whether there was more than the way.
  private var parts: [Int: Int] = [:]

  init(_ plan: JourneyPlan) {
    self.plan = plan
    aligner = Aligner(plan.tree)
  }

  /// How much a case adds to a figure; all are asked about the same one.
  mutating func part(
    of entry: JourneyCases.Entry, in figure: JudgedFigure, _ variants: borrowing VariantTable
  ) -> Int {
    let flags = (entry.left > 0 ? 2 : 0) + (entry.isPlain ? 1 : 0)
    let key = (entry.variant * Outcome.allCases.count + entry.outcome.rawValue) * 4 + flags
    if let known = parts[key] { return known }
    let symbols = variants.symbols(of: variants.entries[entry.variant])
    let way = ways[entry.variant] ?? AlignedWay(symbols, plan, &aligner)
    ways[entry.variant] = way
    var one = VariantTable.Entry(hash: 0, start: 0, length: 0)
    one.count(entry.outcome, left: entry.left, plain: entry.isPlain)
    var counts = WayCounts(plan)
    counts.add(one, way, plan)
    let part = figure.count(in: counts)
    parts[key] = part
    return part
  }
}
