import Events
import Experience
import Statistics
import Stories

/// Between which steps of a journey time is lost.
///
/// A passage leads from a case's start, or the first meeting of a step, to the first meeting of the step
/// that it met next in time; steps met at the same moment go by design. A start that is a step itself
/// is that step. Its *lost time* is what cases
/// needed beyond the median of that passage, in sum: waiting that half of the cases do without. Cases of
/// all outcomes count as far as they went.
public struct BottlenecksQuestion: CatalogueQuestion {
  /// Between which steps time is lost.
  public static let kind = QuestionKind.bottlenecks

  public var scope = Scope()
  /// The journey's name in the experience.
  public var journey: String

  /// Asks about a journey.
  public init(journey: String) { self.journey = journey }

  /// The fields.
  public static var form: QuestionForm {
    QuestionForm(
      asks:
        "Between which steps of a journey time is lost, and whether the slow complete less often.",
      fields: [
        .init(
          "journey", takes: "a journey", standard: nil, meaning: "The journey of the experience.",
          input: .journey)
      ],
      example: """
        question: bottlenecks
        journey: first_order
        """)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case journey }

  /// Reads the question.
  public init(from decoder: any Decoder) throws {
    self.init(journey: try QuestionFields<CodingKeys>(decoder).required(.journey))
    scope = try Scope(from: decoder)
  }

  /// Writes the fields.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(journey, forKey: .journey)
  }

  /// Finds the journey in the experience.
  public func fold(in context: QuestionContext) throws(Refusal) -> BottlenecksFold {
    try scope.refuseOtherUnits(for: "bottlenecks")
    let (journey, experience) = try context.journey(journey)
    return BottlenecksFold(
      cases: JourneyCaseFold(JourneyQuestion(journey, scope), of: experience, keeping: .steps))
  }
}

/// The answer to a `BottlenecksQuestion`.
public struct Bottlenecks: CatalogueAnswer {
  /// The way from one step to another that was met next.
  public struct Passage: Sendable, Codable, Equatable {
    /// The step's title, or *start*.
    public var from: String
    public var to: String
    public var cases: Int
    public var time: Times
    /// Milliseconds of all cases together.
    public var totalTime: Double
    /// Of the time between steps of all cases.
    public var share: Estimate
    /// Milliseconds beyond the median, of all cases together.
    public var lostTime: Double
    /// Completion of closed cases that took longer than the median, and of the others.
    public var slowCompletion: Estimate
    public var fastCompletion: Estimate
    /// Slow minus fast. It says *associated*, not *caused*.
    public var difference: Estimate
  }

  /// Most lost time first.
  public var passages: [Passage]
  public var cases: CaseCounts
  public var excluded: Excluded

  /// Cases, open ones apart.
  public var tally: AnswerTally {
    AnswerTally(counted: cases.closed, open: cases.open, excluded: excluded.reasons)
  }

  /// One row a passage.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("from", .key), .init("to", .key), .init("cases", .count), .init("median", .duration),
      .init("p90", .duration), .init("lost_time", .duration), .init("share_of_time", .share),
      .init("slow_completion", .share), .init("fast_completion", .share),
      .init("difference", .share), .init("low", .share), .init("high", .share),
    ])
    for passage in passages {
      table.add([
        .text(passage.from), .text(passage.to), .count(passage.cases),
        .optional(passage.time.median.value), .optional(passage.time.p90),
        .number(passage.lostTime), .optional(passage.share.value),
        .optional(passage.slowCompletion.value), .optional(passage.fastCompletion.value),
        .optional(passage.difference.value), .optional(passage.difference.low),
        .optional(passage.difference.high),
      ])
    }
    return table
  }

  /// Lost time in days.
  public var picture: AnswerPicture? {
    .bars(
      title: "Lost time in days", series: ["days"],
      bars: passages.prefix(12).map {
        .init("\($0.from) → \($0.to)", [$0.lostTime / 86_400_000])
      })
  }
}

/// Collects the passages of a journey's cases.
public struct BottlenecksFold: TraceableFold {
  let cases: JourneyCaseFold

  /// What the beginning of a case is called.
  static let start = "start"

  /// The cases found so far, and how many took each passage.
  public struct Partial: Sendable {
    var journey: JourneyFold.Partial
    /// By from × steps + to, *from* 0 being the start and n + 1 step n.
    var counts: [Int]
    var counted = 0
  }

  /// Compiles the journey.
  public func plan(for stories: Stories) throws(Refusal) -> JourneyFold.Plan {
    try cases.plan(for: stories)
  }

  /// Counts of nothing.
  public func begin(_ plan: JourneyFold.Plan) -> Partial {
    let steps = plan.journey.steps.count
    return Partial(
      journey: cases.begin(plan), counts: Array(repeating: 0, count: (steps + 1) * steps))
  }

  /// Finds the customers' cases.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: JourneyFold.Plan,
    into partial: inout Partial
  ) {
    cases.visit(customers, ofSegment: index, in: stories, by: plan, into: &partial.journey)
    guard let found = partial.journey.tally.cases else { return }
    for entry in found.entries[partial.counted...] {
      found.forEachPassage(of: entry, steps: plan.journey.steps.count) { passage, _ in
        partial.counts[passage] += 1
      }
    }
    partial.counted = found.entries.count
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for position in partial.counts.indices { partial.counts[position] += later.counts[position] }
    partial.counted += later.counted
    cases.merge(later.journey, into: &partial.journey)
  }

  /// Works out what each passage took.
  public func finish(_ partial: consuming Partial, by plan: JourneyFold.Plan) -> Bottlenecks {
    let tally = partial.journey.tally
    let steps = plan.journey.steps.count
    let found = tally.cases ?? JourneyCases(.steps)
    var times = [[Int64]](repeating: [], count: partial.counts.count)
    var outcomes = [[Outcome]](repeating: [], count: partial.counts.count)
    var counts = CaseCounts()
    for entry in found.entries {
      counts.add(CaseCounts(entry.outcome))
      found.forEachPassage(of: entry, steps: steps) { passage, time in
        times[passage].append(time)
        outcomes[passage].append(entry.outcome)
      }
    }
    let all = times.reduce(0.0) { $1.reduce($0) { $0 + Double($1) } }
    let titles = Self.titles(plan)
    var passages: [Bottlenecks.Passage] = []
    for passage in times.indices where !times[passage].isEmpty {
      passages.append(
        Bottlenecks.Passage(
          from: passage < steps ? Self.start : titles[passage / steps - 1],
          to: titles[passage % steps], times[passage], outcomes[passage], ofAll: all))
    }
    passages.sort {
      ($1.lostTime, $1.cases, $0.from, $0.to) < ($0.lostTime, $0.cases, $1.from, $1.to)
    }
    return Bottlenecks(passages: passages, cases: counts, excluded: tally.excluded)
  }

  /// The titles of steps, as on the map.
  private static func titles(_ plan: JourneyFold.Plan) -> [String] {
    plan.journey.steps.map { step in
      step.touchpoints.map { name in
        plan.journey.experience.touchpoint(name)?.title ?? name
      }.joined(separator: " / ")
    }
  }

  /// A passage.
  public func cell(of row: AnswerRowKey, by plan: JourneyFold.Plan) throws(Refusal) -> Int {
    let titles = Self.titles(plan)
    let (from, to) = (
      try row.value("from", of: ["from", "to"]), try row.value("to", of: ["from", "to"])
    )
    guard let step = titles.firstIndex(of: to) else { throw AnswerRowKey.unknown("to", to) }
    if from == Self.start { return step }
    guard let previous = titles.firstIndex(of: from) else {
      throw AnswerRowKey.unknown("from", from)
    }
    return (previous + 1) * titles.count + step
  }

  /// The cases that took it.
  public func count(at cell: Int, in partial: borrowing Partial) -> Int { partial.counts[cell] }
}

extension JourneyCases {
  /// Visits the passages of a case: from × steps + to, *from* 0 being the start, and how long it took.
  func forEachPassage(of entry: Entry, steps: Int, _ body: (Int, Int64) -> Void) {
    var from = 0
    var time = entry.start
    for meeting in self.steps[entry.steps] {
      if !meeting.isStart { body(from * steps + meeting.step, meeting.time - time) }
      from = meeting.step + 1
      time = meeting.time
    }
  }
}

extension CaseCounts {
  /// One case.
  init(_ outcome: Outcome) {
    total = 1
    switch outcome {
    case .completed: completed = 1
    case .ended: ended = 1
    case .abandoned: abandoned = 1
    case .open: open = 1
    }
  }
}

extension Bottlenecks.Passage {
  fileprivate init(
    from: String, to: String, _ times: [Int64], _ outcomes: [Outcome], ofAll all: Double
  ) {
    var sorted = times
    let time = Times(of: &sorted)
    let median = time.median.value ?? 0
    var (slow, fast) = (CaseCounts(), CaseCounts())
    var (total, lost) = (0.0, 0.0)
    for (time, outcome) in zip(times, outcomes) {
      total += Double(time)
      lost += max(0, Double(time) - median)
      if Double(time) > median {
        slow.add(CaseCounts(outcome))
      } else {
        fast.add(CaseCounts(outcome))
      }
    }
    let slowCompletion = Estimate.share(slow.completed, of: slow.closed)
    let fastCompletion = Estimate.share(fast.completed, of: fast.closed)
    self.init(
      from: from, to: to, cases: times.count, time: time, totalTime: total,
      share: Estimate(value: all > 0 ? total / all : nil, count: times.count), lostTime: lost,
      slowCompletion: slowCompletion, fastCompletion: fastCompletion,
      difference: .difference(slowCompletion, fastCompletion))
  }
}
