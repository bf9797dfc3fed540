import Events
import Experience
import Statistics

/// How closely a journey is walked as designed, over time and by segment.
///
/// Cases are found in the whole story and counted in the interval in which they began, as in the
/// measured map: the figures of an interval are those of a map of that range.
public struct ConformanceQuestion: CatalogueQuestion {
  /// How closely a journey is walked.
  public static let kind = QuestionKind.conformance

  public var scope = Scope()
  /// The journey's name in the experience.
  public var journey: String
  public var interval: CalendarInterval
  /// Segments whose cases are shown beside those of all, judged by the story before the case.
  public var segments: [Population]

  /// The most segments beside each other.
  public static let mostSegments = 16

  /// Asks about a journey.
  public init(journey: String, interval: CalendarInterval = .month, segments: [Population] = []) {
    self.journey = journey
    self.interval = interval
    self.segments = segments
  }

  /// The fields.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "How closely a journey is walked as it was designed, over time and by segment.",
      fields: [
        .init(
          "journey", takes: "a journey", standard: nil, meaning: "The journey of the experience.",
          input: .journey),
        .init(
          "interval", takes: "hour, day, week, month, quarter or year", standard: "month",
          meaning: "The intervals in which cases began.", input: .interval),
        .init(
          "segments", takes: "segments or conditions on a story", standard: "none",
          meaning: "Shown beside all cases; at most \(mostSegments).", input: .list(.population)),
      ],
      example: """
        question: conformance
        journey: first_order
        interval: month
        """)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case journey, interval, segments }

  /// Reads the question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(
      journey: try fields.required(.journey),
      interval: try fields.value(.interval, standard: .month),
      segments: try fields.list(.segments) ?? [])
    scope = try Scope(from: decoder)
    guard segments.count <= Self.mostSegments, segments.allSatisfy({ $0.rule != nil }) else {
      throw decoder.refused(
        Refusal(
          "conformance.segments",
          problem: "There are more than \(Self.mostSegments) segments, or one is a saved set.",
          remedy: "Name segments or conditions; use `for:` for a saved set."))
    }
  }

  /// Writes the fields.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(journey, forKey: .journey)
    try fields.encode(interval, forKey: .interval)
    if !segments.isEmpty { try fields.encode(segments, forKey: .segments) }
  }

  /// The segments beside all cases.
  public var populations: [Population] { segments }

  /// Finds the journey in the experience.
  public func fold(in context: QuestionContext) throws(Refusal) -> ConformanceFold {
    try scope.refuseOtherUnits(for: "conformance")
    let (journey, experience) = try context.journey(journey)
    return ConformanceFold(
      question: self, calendar: context.calendar,
      cases: JourneyCaseFold(
        JourneyQuestion(journey, scope), of: experience, keeping: .ways,
        conditions: segments.compactMap(\.rule)))
  }
}

extension JourneyQuestion {
  /// A journey's cases that began in a range, of a population.
  init(_ journey: Journey, _ scope: Scope) {
    self.init(journey, from: scope.from, to: scope.to, population: scope.population)
  }
}

extension Scope {
  /// Refuses a unit with questions that count cases by themselves.
  func refuseOtherUnits(for question: String) throws(Refusal) {
    guard unit != .customer else { return }
    throw Refusal(
      "question.unit", problem: "\(question) counts a journey's cases, and not by \(unit).",
      remedy: "Leave `unit` out.")
  }
}

/// The answer to a `ConformanceQuestion`.
public struct ConformanceTrend: CatalogueAnswer {
  /// The cases of an interval, or of one segment in it.
  public struct Row: Sendable, Codable, Equatable {
    /// The interval's name and first moment.
    public var interval: String
    public var start: Instant
    /// nil: all cases.
    public var segment: String?
    public var cases: CaseCounts
    public var completion: Estimate
    /// 1 − Σ cost ÷ Σ (length + shortest run) of closed cases; its interval is that of a ratio of sums
    /// (Cochran, Sampling Techniques, 6.19).
    public var fitness: Estimate
    /// The share of closed cases without any deviation.
    public var asPlanned: Estimate
    public var verdicts: Conformance.Verdicts
  }

  public var rows: [Row]
  /// Starting events that opened no case.
  public var excluded: Excluded

  /// Closed cases.
  public var tally: AnswerTally {
    let all = rows.filter { $0.segment == nil }
    return AnswerTally(
      counted: all.reduce(0) { $0 + $1.cases.closed }, open: all.reduce(0) { $0 + $1.cases.open },
      excluded: excluded.reasons)
  }

  /// One row an interval and segment.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("interval", .key), .init("segment", .key), .init("cases", .count),
      .init("open", .count), .init("completion", .share), .init("fitness", .share),
      .init("low", .share), .init("high", .share), .init("as_planned", .share),
      .init("skipped", .count), .init("extra", .count), .init("out_of_order", .count),
      .init("repeated", .count), .init("late", .count), .init("wrong_channel", .count),
      .init("note", .note),
    ])
    for row in rows {
      table.add([
        .text(row.interval), .text(row.segment ?? ConformanceFold.everybody),
        .count(row.cases.total), .count(row.cases.open), .optional(row.completion.value),
        .optional(row.fitness.value), .optional(row.fitness.low), .optional(row.fitness.high),
        .optional(row.asPlanned.value), .count(row.verdicts.skipped),
        .count(row.verdicts.extra), .count(row.verdicts.outOfOrder),
        .count(row.verdicts.repeated), .count(row.verdicts.late),
        .count(row.verdicts.wrongChannel),
        // What closed so soon is not like the rest.
        row.cases.open > row.cases.closed ? .text("mostly open") : .none,
      ])
    }
    return table
  }

  /// Fitness over time, a line for each segment.
  public var picture: AnswerPicture? {
    let all = rows.filter { $0.segment == nil }
    let segments = rows.prefix(1).map(\.start).flatMap { start in
      rows.filter { $0.start == start }.map(\.segment)
    }
    return .lines(
      title: "Fitness", axis: all.map(\.interval),
      lines: segments.map { segment in
        .init(
          segment ?? ConformanceFold.everybody,
          rows.filter { $0.segment == segment }.map(\.fitness.value))
      })
  }
}

extension Excluded {
  /// The counts with their reasons.
  var reasons: [AnswerTally.Exclusion] {
    [
      .init(reason: "starts of customers outside the audience", count: outsideAudience),
      .init(reason: "starts during an open case", count: duringCase),
      .init(reason: "starts after which no case may begin again yet", count: again),
      .init(reason: "starts without the case key", count: withoutCaseKey),
      .init(reason: "starts outside the range", count: outsideRange),
    ]
  }
}
