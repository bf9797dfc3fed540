import Events
import Experience
import Statistics
import Stories

/// A score's question, compiled for all segments.
///
/// A *figure* is an interval and a group of answers: the first group is all of them, the others are the
/// values by which they are divided.
struct ScoresPlan: Sendable {
  let spans: TrendSpans
  /// What groups are called, from the second on; empty where answers are not divided.
  let groups: [String]
  /// The groups by cases of journeys; nil where nothing, or something else, divides the answers.
  let cases: ScoreCaseGroups?
  /// Whether groups stand in the order of a journey, and not by how many answers they have.
  let isInOrder: Bool
  /// The groups that are touchpoints outside the company's control.
  let external: Set<String>
  let strata: StoryGroups?
  let segments: [ScoresTable]
  let watermark: Instant?

  /// How many groups there are, all answers being one.
  var width: Int { groups.count + 1 }
  /// How many figures there are.
  var figures: Int { spans.count * width }
  /// How many strata there are; 1 where nothing is weighted.
  var strataCount: Int { max(1, strata?.values.count ?? 1) }

  init(
    _ question: ScoresQuestion, for stories: Stories, _ context: QuestionContext
  ) throws(Refusal) {
    try question.validate()
    watermark = stories.watermark
    spans = try TrendSpans(
      question.interval, of: question.scope, comparison: question.comparison, over: stories,
      context.calendar)
    strata = try question.strata.map { strata throws(Refusal) in
      try StoryGroups(strata, in: question.scope, of: stories)
    }
    let touchpoints = context.experience?.touchpoints ?? []
    var (cases, division): (ScoreCaseGroups?, ScoreGroups?)
    if let asked = question.division, asked.isOfCases {
      try question.scope.refuseOtherUnits(for: "scores by \(asked.name)")
      cases = try ScoreCaseGroups(asked, of: question.journey, in: stories, context)
    } else if let asked = question.division {
      division = try ScoreGroups(asked, of: question, in: stories, touchpoints: touchpoints)
    }
    self.cases = cases
    groups =
      cases.map { $0.names + [ScoreCaseGroups.outside] }
      ?? division.map { $0.names + [DimensionTable.none] } ?? []
    isInOrder = question.division == .step
    external =
      question.division == .touchpoint
      ? Set(touchpoints.filter { $0.control == .external }.map(\.name)) : []
    var segments: [ScoresTable] = []
    for (index, segment) in stories.segments.enumerated() {
      segments.append(
        try ScoresTable(
          question, of: segment, names: stories.names, groups: division?[index],
          strata: strata?.segments[index]))
    }
    self.segments = segments
    let cells = figures * strataCount * question.rule.scale.count
    guard cells <= ScoresQuestion.mostCells else {
      throw Refusal(
        "scores.cells",
        problem: "\(spans.count) intervals by \(width) groups, \(strataCount) strata and "
          + "\(question.rule.scale.count) answers are more than \(ScoresQuestion.mostCells) numbers.",
        remedy: "Take a longer interval, a shorter range, or divide by less.")
    }
  }

  /// The position of a group by its name; nil is all answers.
  ///
  /// - Throws: `customers.row`.
  func group(of name: String, column: String) throws(Refusal) -> Int {
    if name == Scores.everything { return 0 }
    guard let group = groups.firstIndex(of: name) else {
      throw AnswerRowKey.unknown(column, name)
    }
    return group + 1
  }
}

/// A score's question, compiled for one segment.
struct ScoresTable: @unchecked Sendable {
  private let sources: [(rule: EventRule, score: NumberRule)]
  private let asked: EventRule?
  /// By code: whether an event of that name may be an answer or ask for one.
  private let isMeant: [Bool]
  private let codes: UnsafeBufferPointer<UInt16>
  private let groups: ScoreGroupColumns?
  let strata: [UInt16]?

  init(
    _ question: ScoresQuestion, of segment: StorySegment, names: EventNames,
    groups: ScoreGroupColumns?, strata: [UInt16]?
  ) throws(Refusal) {
    var sources: [(rule: EventRule, score: NumberRule)] = []
    for source in question.sources {
      sources.append(
        (
          try EventRule(source.events.rule, of: segment, names: names),
          try NumberRule(source.score.rule, of: segment, names: names)
        ))
    }
    let asked = try question.asked.map { asked throws(Refusal) in
      try EventRule(asked.rule, of: segment, names: names)
    }
    isMeant = names.names.indices.map { code in
      (sources.map(\.rule) + [asked].compactMap(\.self)).contains {
        $0.verdict(code: UInt16(code)) != .never
      }
    }
    self.sources = sources
    self.asked = asked
    codes = segment.codes
    self.groups = groups
    self.strata = strata
  }

  /// Whether a row's event may matter.
  @inline(__always) func means(_ row: Int) -> Bool { isMeant[Int(codes[row])] }

  /// Whether a row's event asks.
  func asks(_ row: Int) -> Bool { asked?.matches(row) ?? false }

  /// The first source, from a place on, that a row's event is an answer to; nil where there is none.
  func source(_ row: Int, from first: Int) -> Int? {
    sources.indices.dropFirst(first).first { sources[$0].rule.matches(row) }
  }

  /// The place on the scale of what a row's event answers to a source; nil where it is no number of the
  /// scale.
  func place(_ row: Int, of source: Int, on scale: ClosedRange<Int>) -> Int? {
    guard let number = sources[source].score.number(row), number == number.rounded(),
      Double(scale.lowerBound) <= number, number <= Double(scale.upperBound)
    else { return nil }
    return Int(number) - scale.lowerBound
  }

  /// The group of a row's event beside that of all; nil where answers are not divided.
  func group(_ row: Int, source: Int, of width: Int) -> Int? {
    groups.map { columns in columns.group(row, source: source).map { $0 + 1 } ?? width - 1 }
  }
}
