import Events
import Experience
import Statistics
import Stories

/// A question about employees and customers, compiled for all segments.
///
/// A *cell* is an interval and a team; employees of no team that owns touchpoints have one, too.
struct LinkagePlan: Sendable {
  let spans: TrendSpans
  /// By interval: whether it is over and lies in the range whole.
  let isWhole: [Bool]
  let teams: [String]
  let segments: [LinkageTable]
  /// How many answers employees may give.
  let employeePoints: Int
  /// By measure of customers: where its answers begin among those of a cell.
  let firstPoints: [Int]
  /// How many answers customers may give, of all measures.
  let customerPoints: Int

  /// How many cells there are.
  var cells: Int { spans.count * width }
  /// How many cells an interval has.
  var width: Int { teams.count + 1 }

  init(
    _ question: LinkageQuestion, teams: [String], for stories: Stories, _ context: QuestionContext
  ) throws(Refusal) {
    self.teams = teams
    let scope = question.scope
    let spans = try TrendSpans(
      question.interval, of: scope, comparison: .none, over: stories, context.calendar)
    self.spans = spans
    isWhole = (0..<spans.count).map { span in
      let (start, end) = (spans.starts[span], spans.starts[span + 1])
      return (scope.from.map { $0 <= start } ?? true) && (scope.to.map { $0 >= end } ?? true)
        && stories.watermark.map { $0 >= end } ?? false
    }
    employeePoints = question.employees.rule.scale.count
    var (firsts, points) = ([Int](), 0)
    for measure in question.customers {
      firsts.append(points)
      points += measure.rule.scale.count
    }
    (firstPoints, customerPoints) = (firsts, points)
    var segments: [LinkageTable] = []
    for segment in stories.segments {
      segments.append(
        try LinkageTable(
          question, teams, context.experience, of: segment, names: stories.names))
    }
    self.segments = segments
    guard cells * (employeePoints + customerPoints) <= LinkageQuestion.mostCells else {
      throw Refusal(
        "linkage.cells",
        problem: "\(spans.count) intervals by \(teams.count) teams and "
          + "\(employeePoints + customerPoints) answers are more than "
          + "\(LinkageQuestion.mostCells) numbers.",
        remedy: "Take a longer interval or a shorter range.")
    }
  }
}

/// A question about employees and customers, compiled for one segment.
struct LinkageTable: @unchecked Sendable {
  private let employees: (rule: EventRule, score: NumberRule)
  private let customers: [(rule: EventRule, score: NumberRule)]
  /// By code: whether an event of that name may be an answer.
  private let isMeant: [Bool]
  private let codes: UnsafeBufferPointer<UInt16>
  /// Where the team of an employee may stand in the answer, and among traits.
  private let ownTeams: [PropertyColumns]
  private let trait: PropertyColumns
  private let positions: [PropertyValue: Int]
  private let spokenOf: SpokenOfColumns
  /// The team that owns each touchpoint; nil where none of the teams does.
  private let owners: [Int?]
  private let employeeScale: ClosedRange<Int>
  private let customerScales: [ClosedRange<Int>]

  /// An answer: whose, and its place on the scale; nil where it is no number of the scale.
  enum Answer {
    case employee(place: Int?)
    case customer(measure: Int, place: Int?)
  }

  init(
    _ question: LinkageQuestion, _ teams: [String], _ experience: Experience?,
    of segment: StorySegment, names: EventNames
  ) throws(Refusal) {
    func compile(
      _ measure: LinkageQuestion.Measure
    ) throws(Refusal) -> (rule: EventRule, score: NumberRule) {
      (
        try EventRule(measure.events.rule, of: segment, names: names),
        try NumberRule(measure.score.rule, of: segment, names: names)
      )
    }
    let employees = try compile(question.employees)
    var customers: [(rule: EventRule, score: NumberRule)] = []
    for measure in question.customers { customers.append(try compile(measure)) }
    isMeant = names.names.indices.map { code in
      ([employees] + customers).contains { $0.rule.verdict(code: UInt16(code)) != .never }
    }
    (self.employees, self.customers) = (employees, customers)
    codes = segment.codes
    ownTeams = [question.team, SurveyEvent.answer(question.team)].map {
      PropertyColumns($0, of: segment)
    }
    trait = PropertyColumns("traits.\(question.team)", of: segment)
    positions = LinkageFold.positions(of: teams, in: experience)
    let touchpoints = experience?.touchpoints ?? []
    spokenOf = try SpokenOfColumns(touchpoints, of: segment, names: names)
    owners = touchpoints.map { $0.owner.flatMap { teams.firstIndex(of: $0) } }
    employeeScale = question.employees.rule.scale
    customerScales = question.customers.map(\.rule.scale)
  }

  /// What a row's event answers; nil where it is no answer.
  func answer(_ row: Int) -> Answer? {
    guard isMeant[Int(codes[row])] else { return nil }
    if employees.rule.matches(row) {
      return .employee(place: employeeScale.place(of: employees.score.number(row)))
    }
    guard let measure = customers.firstIndex(where: { $0.rule.matches(row) }) else { return nil }
    return .customer(
      measure: measure,
      place: customerScales[measure].place(of: customers[measure].score.number(row)))
  }

  /// The team of an employee who answers; nil where none that owns touchpoints is told.
  func team(ofEmployee row: Int, in story: Range<Int>) -> Int? {
    let own = ownTeams.lazy.compactMap { $0.value(at: row) }.first
    return (own ?? trait.latest(in: story.lowerBound..<(row + 1))).flatMap { positions[$0] }
  }

  /// The team that owns the touchpoint of which a customer's answer speaks.
  func team(ofCustomer row: Int) -> Int? { spokenOf.touchpoint(row).flatMap { owners[$0] } }
}

extension ClosedRange<Int> {
  /// The place of a number on a scale from its lowest; nil where it is none of its whole numbers.
  fileprivate func place(of number: Double?) -> Int? {
    guard let number, let whole = Int(exactly: number), contains(whole) else { return nil }
    return whole - lowerBound
  }
}
