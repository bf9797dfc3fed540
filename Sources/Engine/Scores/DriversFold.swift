import Events
import Experience
import Statistics
import Stories

/// Takes the observations of a question about drivers.
public struct DriversFold: TraceableFold {
  let question: DriversQuestion
  /// The journeys of which facts are asked.
  let journeys: [Journey]
  let experience: Experience

  /// The question, compiled for all segments.
  public struct Plan: Sendable {
    let segments: [DriversTable]
    let cases: [CaseFacts]
    /// Until when something may have followed; nil where there are no events.
    let watermark: Int64?
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    /// The observations of customers that are drawn as one, by the number of their group.
    var groups: [Int: ObservedProducts] = [:]
    /// By driver: the least and the largest number.
    var reach: [ClosedRange<Double>] = []
    /// Units with an observation.
    var counted = 0
    var open = 0
    var incomplete = 0
    /// Answers that belong to no case of a journey.
    var outside = 0
    var rooms: [CaseFacts.Room] = []
  }

  /// So many groups of customers are drawn for the intervals: enough to draw from, and few enough to add
  /// up hundreds of times.
  static let mostGroups = 512

  /// Finds the journeys.
  ///
  /// - Throws: what makes the question one without an answer.
  init(_ question: DriversQuestion, in context: QuestionContext) throws(Refusal) {
    try question.validate()
    self.question = question
    experience = context.experience ?? Experience()
    var journeys: [Journey] = []
    for fact in question.drivers.compactMap(\.journeyFact)
    where !journeys.contains(where: { $0.name == fact.journey }) {
      journeys.append(try context.journey(fact.journey).0)
    }
    self.journeys = journeys
  }

  /// Compiles the question.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    var segments: [DriversTable] = []
    for segment in stories.segments {
      segments.append(try DriversTable(question, of: segment, names: stories.names))
    }
    var cases: [CaseFacts] = []
    for journey in journeys {
      let facts = question.drivers.enumerated().compactMap { place, driver in
        driver.journeyFact.flatMap { fact in
          fact.journey == journey.name ? (place: place + 1, fact: fact) : nil
        }
      }
      cases.append(try CaseFacts(journey, facts, of: experience, in: stories))
    }
    return Plan(
      segments: segments, cases: cases, watermark: stories.watermark?.milliseconds)
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    var partial = Partial()
    partial.rooms = plan.cases.map { $0.room() }
    return partial
  }

  /// Takes the observations of customers.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let (segment, table, range) = (
      stories.segments[index], plan.segments[index], question.scope.milliseconds
    )
    var values = [Double](repeating: 0, count: question.drivers.count + 1)
    for customer in customers {
      let story = segment.rows(of: customer)
      // A key is a hash: its remainder falls anywhere.
      let group = Int(segment.customers[customer] % UInt64(Self.mostGroups))
      var isCounted = false
      for row in story {
        let time = segment.times[row]
        guard time < range.upperBound else { break }
        guard time >= range.lowerBound, table.observes(row) else { continue }
        var reading = table.read(
          row, of: story, segment, until: plan.watermark ?? time, into: &values)
        for (place, cases) in plan.cases.enumerated() where reading == .complete {
          reading = cases.read(
            row, of: story, ofSegment: index, in: stories, &partial.rooms[place], into: &values)
        }
        switch reading {
        case .open: partial.open += 1
        case .incomplete: partial.incomplete += 1
        case .outside: partial.outside += 1
        case .complete:
          isCounted = true
          partial.groups[group, default: ObservedProducts(width: values.count)].add(values)
          partial.widen(to: values.dropFirst())
        }
      }
      if isCounted { partial.counted += 1 }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for (group, products) in later.groups {
      partial.groups[group, default: ObservedProducts(width: products.width)].add(products)
    }
    partial.widen(to: later.reach.map(\.lowerBound)[...])
    partial.widen(to: later.reach.map(\.upperBound)[...])
    partial.counted += later.counted
    partial.open += later.open
    partial.incomplete += later.incomplete
    partial.outside += later.outside
  }

  /// Makes shares and intervals.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Drivers {
    Drivers(question, journeys, partial)
  }

  /// Every driver rests on the same customers.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) {
    let name = try row.value("driver", of: ["driver"])
    guard name == Drivers.everything || question.drivers.contains(where: { $0.name == name })
    else { throw AnswerRowKey.unknown("driver", name) }
  }

  /// The customers with an observation.
  public func count(at cell: Void, in partial: borrowing Partial) -> Int { partial.counted }
}

extension DriversFold.Partial {
  /// Takes a number of each driver into its reach.
  mutating func widen(to values: ArraySlice<Double>) {
    guard !values.isEmpty else { return }
    if reach.isEmpty { reach = values.map { $0...$0 } }
    for (place, value) in values.enumerated() where !reach[place].contains(value) {
      reach[place] = min(reach[place].lowerBound, value)...max(reach[place].upperBound, value)
    }
  }
}

/// A question about drivers, compiled for one segment.
struct DriversTable: Sendable {
  /// What became of an observation.
  enum Reading {
    case complete
    /// Outcome or a driver has no number.
    case incomplete
    /// It belongs to no case of a journey.
    case outside
    /// The outcome may still follow.
    case open
  }

  /// Where a number comes from.
  private enum Source: Sendable {
    case number(NumberRule)
    case story(RuleNode)
    /// Read elsewhere.
    case journey
  }

  private let memory = ColumnMemory()
  private let event: ActivityRule
  private let drivers: [Source]
  private let outcome: NumberRule?
  private let following: (events: ActivityRule, number: NumberRule?, within: Int64)?

  init(
    _ question: DriversQuestion, of segment: StorySegment, names: EventNames
  ) throws(Refusal) {
    event = try ActivityRule(question.event, of: segment, names: names)
    var drivers: [Source] = []
    for driver in question.drivers {
      switch driver.source {
      case .rating(let number):
        drivers.append(.number(try NumberRule(number.rule, of: segment, names: names)))
      case .fact(let rule):
        try rule.check(.story)
        drivers.append(.story(RuleNode(rule, of: segment, names: names, memory: memory)))
      case .journey: drivers.append(.journey)
      }
    }
    self.drivers = drivers
    outcome =
      if case .number(let number) = question.outcome {
        try NumberRule(number.rule, of: segment, names: names)
      } else { nil }
    if let asked = question.following {
      following = (
        try ActivityRule(asked.events, of: segment, names: names),
        try asked.number.map { number throws(Refusal) in
          try NumberRule(number.rule, of: segment, names: names)
        }, asked.within.milliseconds
      )
    } else {
      following = nil
    }
  }

  /// Whether a row's event is an answer.
  func observes(_ row: Int) -> Bool { event.contains(row) }

  /// Reads the outcome and the drivers of an answer.
  func read(
    _ row: Int, of story: Range<Int>, _ segment: StorySegment, until watermark: Int64,
    into values: inout [Double]
  ) -> Reading {
    if let following {
      let end = segment.times[row] + following.within
      guard end <= watermark else { return .open }
      values[0] = followed(by: following, row, story, segment, until: end)
    } else {
      guard let number = outcome?.number(row) else { return .incomplete }
      values[0] = number
    }
    for (place, driver) in drivers.enumerated() {
      guard let number = number(driver, row, story, segment) else { return .incomplete }
      values[place + 1] = number
    }
    return .complete
  }

  private func followed(
    by following: (events: ActivityRule, number: NumberRule?, within: Int64), _ row: Int,
    _ story: Range<Int>, _ segment: StorySegment, until end: Int64
  ) -> Double {
    var sum = 0.0
    for later in (row + 1)..<max(row + 1, story.upperBound) {
      guard segment.times[later] <= end else { break }
      guard following.events.contains(later) else { continue }
      guard let number = following.number else { return 1 }
      sum += number.number(later) ?? 0
    }
    return sum
  }

  private func number(
    _ source: Source, _ row: Int, _ story: Range<Int>, _ segment: StorySegment
  ) -> Double? {
    switch source {
    case .journey: return 0
    case .number(let rule): return rule.number(row)
    case .story(let node):
      let moment = RuleMoment(story: story, row: row, time: segment.times[row])
      switch node.value(at: moment, in: segment) {
      case .number(let number): return number
      case .boolean(let holds): return holds ? 1 : 0
      case .span(let span): return span / 86_400_000
      case .missing, .text: return nil
      }
    }
  }
}
