import Events

/// Keeps the truths of a world while it is made: walks each story by the rules of cases.
///
/// It knows what each event was meant to be, so it shares nothing with the rules of an experience, the
/// linking of identities, or an engine that measures.
struct Ledger {
  private let company: Company
  private let plans: [PlannedJourney]
  private var journeys: [PlantedTruths.Journey]
  /// Cases whose outcome depends on how far the data reach.
  private var undecided: [(journey: Int, walked: WalkedCase)] = []
  private var events = 0
  private var late = 0
  private var watermark: Int64?
  var resent = 0

  init(company: Company) {
    self.company = company
    plans = company.planned
    journeys = plans.map(PlantedTruths.Journey.init(of:))
  }

  /// Enters one customer's events, ordered by time.
  mutating func enter(_ story: [MadeEvent]) {
    events += story.count
    late += story.count { $0.receivedAt.milliseconds - $0.event.time.milliseconds > minute }
    if let last = story.last { watermark = max(watermark ?? .min, last.event.time.milliseconds) }
    let story = heard(story)
    for journey in plans.indices { walk(story, journey) }
  }

  /// The story with what surveys heard of each of its events.
  private func heard(_ story: [MadeEvent]) -> [MadeEvent] {
    var story = story
    for made in story {
      guard let ordinal = made.speaksOf, case .number(let score)? = made.event.properties["score"],
        let place = story.firstIndex(where: { $0.ordinal == ordinal })
      else { continue }
      story[place].answers.append(score)
    }
    return story
  }

  private mutating func walk(_ story: [MadeEvent], _ journey: Int) {
    let plan = plans[journey]
    let touchpoints = plan.touchpoints
    var open: [String: WalkedCase] = [:]
    var walked: Set<String> = []
    var met: Set<String> = []
    for made in story {
      guard let touchpoint = made.touchpoint else { continue }
      defer { met.insert(touchpoint) }
      let key = plan.keyed ? made.key : ""
      guard let key else { continue }
      let time = made.event.time.milliseconds
      if let old = open[key], time > old.until {
        close(old, as: \.abandoned, journey)
        open[key] = nil
      }
      if var current = open[key] {
        guard touchpoints.contains(touchpoint) else { continue }
        current.meet(made, touchpoint, plan)
        open[key] = current
        guard touchpoint == plan.goal || plan.ends.contains(touchpoint) else { continue }
        close(current, as: touchpoint == plan.goal ? \.completed : \.ended, journey)
        open[key] = nil
      } else if let start = plan.starts.firstIndex(of: touchpoint), plan.admits(met),
        plan.again == .afterEnd || !walked.contains(key)
      {
        walked.insert(key)
        var new = WalkedCase(start: start, at: time, plan)
        new.meet(made, touchpoint, plan)
        open[key] = new
      }
    }
    for left in open.values { undecided.append((journey, left)) }
  }

  private mutating func close(
    _ walked: WalkedCase, as outcome: WritableKeyPath<PlantedTruths.Outcomes, Int>, _ journey: Int
  ) {
    journeys[journey].cases.total += 1
    journeys[journey].cases[keyPath: outcome] += 1
    journeys[journey].starts[walked.start].cases.total += 1
    journeys[journey].starts[walked.start].cases[keyPath: outcome] += 1
    add(walked, journey, isOpen: outcome == \.open)
  }

  private mutating func add(_ walked: WalkedCase, _ journey: Int, isOpen: Bool) {
    journeys[journey].cents += walked.cents
    journeys[journey].scores += walked.steps.reduce(walked.otherScores) { $0 + $1.scores }
    journeys[journey].scoreSum += walked.steps.reduce(walked.otherScoreSum) { $0 + $1.scoreSum }
    journeys[journey].repeatedStarts += walked.repeatedStarts
    let furthest = walked.steps.lastIndex { $0.interactions > 0 } ?? -1
    for (index, step) in walked.steps.enumerated() {
      let isMet = step.interactions > 0
      journeys[journey].steps[index].cases += isMet ? 1 : 0
      journeys[journey].steps[index].casesByStart[walked.start] += isMet ? 1 : 0
      journeys[journey].steps[index].reached += index <= furthest ? 1 : 0
      // An open case may meet it yet.
      let isSkipped =
        !isMet && index < furthest && !isOpen && !journeys[journey].steps[index].optional
      journeys[journey].steps[index].skipped += isSkipped ? 1 : 0
      journeys[journey].steps[index].interactions += step.interactions
      journeys[journey].steps[index].offChannel += step.offChannel
      journeys[journey].steps[index].casesRepeating += step.repeats ? 1 : 0
      journeys[journey].steps[index].scores += step.scores
      journeys[journey].steps[index].scoreSum += step.scoreSum
      if step.late { journeys[journey].steps[index].late? += 1 }
    }
  }

  /// The truths, once every customer is entered.
  func truths(of world: CompanyWorld) -> PlantedTruths {
    var copy = self
    for left in undecided {
      let isOver = left.walked.until < (watermark ?? .min)
      copy.close(left.walked, as: isOver ? \.abandoned : \.open, left.journey)
    }
    return PlantedTruths(
      company: company, seed: world.seed, customers: world.customers,
      from: world.from.description,
      to: CivilDate(daysSinceEpoch: world.from.daysSinceEpoch + world.days).description,
      events: events, resent: resent, late: late,
      watermark: watermark.map(Instant.init(milliseconds:)), journeys: copy.journeys,
      notice: "\(company.title) and its customers are made up.")
  }
}

/// One case as the ledger sees it.
struct WalkedCase {
  struct Step {
    var interactions = 0
    var offChannel = 0
    var scores = 0
    var scoreSum = 0.0
    var repeats = false
    var late = false
    var met: Set<String> = []
  }

  var start: Int
  /// The last moment of its window.
  var until: Int64
  var steps: [Step]
  var cents = 0
  var otherScores = 0
  var otherScoreSum = 0.0
  var repeatedStarts = 0
  private var latest: [String: Int64] = [:]

  init(start: Int, at time: Int64, _ plan: PlannedJourney) {
    self.start = start
    until = time + plan.windowDays * day
    steps = Array(repeating: Step(), count: plan.steps.count)
  }

  /// Takes in an event of the case, its starting event first.
  mutating func meet(_ made: MadeEvent, _ touchpoint: String, _ plan: PlannedJourney) {
    let time = made.event.time.milliseconds
    defer { latest[touchpoint] = time }
    if plan.starts.contains(touchpoint), !latest.isEmpty { repeatedStarts += 1 }
    cents += made.cents
    let step = plan.steps.firstIndex { $0.touchpoints.contains(touchpoint) }
    guard let step else {
      otherScores += made.scores.count
      otherScoreSum += made.scores.reduce(0, +)
      return
    }
    let isNew = steps[step].met.insert(touchpoint).inserted
    steps[step].interactions += 1
    steps[step].offChannel += made.offChannel ? 1 : 0
    steps[step].repeats = steps[step].repeats || !isNew
    steps[step].scores += made.scores.count
    steps[step].scoreSum += made.scores.reduce(0, +)
    if let promise = plan.steps[step].promise, promise.touchpoint == touchpoint,
      let from = latest[promise.of], time > from + promise.within
    {
      steps[step].late = true
    }
  }
}

extension MadeEvent {
  /// What it is worth, in cents.
  var cents: Int {
    guard case .number(let money) = event.properties["revenue"] else { return 0 }
    return Int((money * 100).rounded())
  }

  /// How the customer scored it, 1 to 5.
  var score: Double? {
    guard case .number(let score) = event.properties["rating"] else { return nil }
    return score
  }

  /// How it was scored, in all ways.
  var scores: [Double] { [score].compactMap(\.self) + answers }
}

extension PlantedTruths.Journey {
  /// A journey of which nothing is counted yet.
  init(of plan: PlannedJourney) {
    self.init(
      name: plan.name, cases: .init(),
      starts: plan.starts.map { PlantedTruths.Start(touchpoint: $0) },
      steps: plan.steps.map { step in
        PlantedTruths.Step(
          touchpoints: step.touchpoints, optional: step.optional,
          casesByStart: Array(repeating: 0, count: plan.starts.count),
          late: step.promise == nil ? nil : 0)
      }, cents: 0, scores: 0, scoreSum: 0, repeatedStarts: 0)
  }
}
