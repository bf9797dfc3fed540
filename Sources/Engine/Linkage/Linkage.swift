import Events
import Experience
import Statistics

/// The answer to a `LinkageQuestion`.
public struct Linkage: CatalogueAnswer {
  /// A team in an interval.
  public struct Row: Codable, Sendable, Equatable {
    public var team: String
    public var interval: String
    public var from: Instant
    public var to: Instant
    /// Who answered about the team's touchpoints.
    public var customers: Int
    /// The mean of their answers, each brought to 1 to 5, the best; below five answers there is none.
    public var score: Estimate
    /// The score of the team's employees, by the metric of their survey; nil where fewer answered than
    /// the anonymity threshold, or where it could be told by subtraction.
    public var employeeScore: Estimate?
  }

  /// How far teams' employees and customers go together.
  public struct Correlation: Codable, Sendable, Equatable {
    /// How many intervals later customers' scores are taken.
    public var lag: Int
    /// Spearman's coefficient; its count is how many intervals of teams have both.
    public var coefficient: Estimate
    /// How many teams those are of.
    public var teams: Int
    /// Why there is no coefficient, or no interval.
    public var note: String?
  }

  public var interval: CalendarInterval
  /// What is made of employees' answers.
  public var metric: ScoreMetric
  /// By team, then interval.
  public var rows: [Row]
  /// In the same interval, and with customers an interval later.
  public var correlations: [Correlation]
  public var warnings: [String]
  public var tally: AnswerTally
  let employees: LinkageQuestion.Measure
  private let intervals: [String]

  private enum CodingKeys: String, CodingKey {
    case interval, metric, rows, correlations, warnings
  }

  /// The team of rows about all of them.
  static let everything = "(all)"

  init(_ question: LinkageQuestion, _ plan: LinkagePlan, _ tally: LinkageTally) {
    let whole = plan.isWhole.indices.filter { plan.isWhole[$0] }
    let figures = LinkageFigures(question, plan, tally)
    let shown = figures.shown(in: whole)
    rows = plan.teams.indices.flatMap { team -> [Row] in
      let rows = whole.map { span in
        Row(
          team: plan.teams[team], interval: plan.spans.names[span], from: plan.spans.starts[span],
          to: plan.spans.starts[span + 1], customers: tally.customers[span * plan.width + team],
          score: figures.score(span, team),
          employeeScore: shown.contains(span * plan.width + team)
            ? figures.employees(span, team) : nil)
      }
      return rows.contains { $0.customers > 0 || $0.employeeScore != nil } ? rows : []
    }
    interval = question.interval
    metric = question.employees.rule.metric
    employees = question.employees
    intervals = whole.map { plan.spans.names[$0] }
    correlations = []
    warnings = ["associated, not caused"]
    let teamless = whole.reduce(0) { $0 + figures.count($1, plan.teams.count) }
    self.tally = AnswerTally(
      counted: tally.counted,
      excluded: [
        .init(reason: "events without an answer on the scale", count: tally.offScale),
        .init(
          reason: "answers in intervals that are not over, or cut by the range",
          count: tally.inPart),
        .init(reason: "customers' answers about no team's touchpoint", count: tally.teamless),
        // As few as these could be told apart by it.
        .init(
          reason: "employees of no team that owns touchpoints",
          count: teamless < LinkageQuestion.fewestEmployees ? 0 : teamless),
      ])
    correlations = [0, 1].map { correlation(lag: $0) }
    let isHiding = whole.contains { span in
      plan.teams.indices.contains {
        figures.count(span, $0) > 0 && !shown.contains(span * plan.width + $0)
      }
    }
    if isHiding {
      warnings.append(
        "employees' scores of fewer than \(LinkageQuestion.fewestEmployees) are not shown, nor what "
          + "would give them away")
    }
  }

  /// What employees' scores say of customers' scores some intervals later.
  private func correlation(lag: Int) -> Correlation {
    var pairs: [(group: Int, left: Double, right: Double)] = []
    var teams: [String] = []
    for (place, row) in rows.enumerated() {
      // A team's rows follow each other, one for each interval.
      guard place % intervals.count + lag < intervals.count,
        let left = row.employeeScore?.value, let right = rows[place + lag].score.value
      else { continue }
      if teams.last != row.team { teams.append(row.team) }
      pairs.append(
        (teams.count - 1, employees.feeling(ofFigure: left).withoutNoise, right.withoutNoise))
    }
    guard teams.count >= LinkageQuestion.fewestTeams else {
      return Correlation(
        lag: lag, coefficient: Estimate(value: nil, count: pairs.count), teams: teams.count,
        note:
          "\(teams.count) of the \(LinkageQuestion.fewestTeams) teams that a coefficient needs: "
          + "the order of fewer proves nothing")
    }
    let found = Estimate.rankCorrelation(of: pairs)
    let note =
      found.value == nil
      ? "one side is always the same" : found.low == nil ? "too much alike for an interval" : nil
    return Correlation(lag: lag, coefficient: found, teams: teams.count, note: note)
  }
}

extension Double {
  /// The number to nine digits: figures that are equal but for rounding share a rank.
  var withoutNoise: Double { (self * 1e9).rounded() / 1e9 }
}

/// Makes figures of counts.
struct LinkageFigures {
  private let question: LinkageQuestion
  private let plan: LinkagePlan
  private let tally: LinkageTally
  /// What customers may have answered, ascending, and where each place on a scale belongs among them.
  private let points: [Double]
  private let pointOf: [Int]

  init(_ question: LinkageQuestion, _ plan: LinkagePlan, _ tally: LinkageTally) {
    (self.question, self.plan, self.tally) = (question, plan, tally)
    let feelings = question.customers.flatMap { measure in
      measure.rule.scale.map { measure.feeling($0) }
    }
    let points = Set(feelings).sorted()
    self.points = points
    pointOf = feelings.map { points.firstIndex(of: $0) ?? 0 }
  }

  /// Customers' mean feeling.
  func score(_ span: Int, _ team: Int) -> Estimate {
    let first = (span * plan.width + team) * plan.customerPoints
    var counts = [Double](repeating: 0, count: points.count)
    for place in 0..<plan.customerPoints {
      counts[pointOf[place]] += Double(tally.answers[first + place])
    }
    let count = Int(counts.reduce(0, +))
    guard ScoreBase(count) != .tooFew else { return Estimate(value: nil, count: count) }
    return .score(of: points, counts: counts, count: count)
  }

  /// Employees' score.
  func employees(_ span: Int, _ team: Int) -> Estimate {
    ScoreSample(question.employees.rule, counts: Array(counts(span, team))).figure
  }

  /// How many employees answered.
  func count(_ span: Int, _ team: Int) -> Int { counts(span, team).reduce(0, +) }

  private func counts(_ span: Int, _ team: Int) -> ArraySlice<Int> {
    let first = (span * plan.width + team) * plan.employeePoints
    return tally.employees[first..<(first + plan.employeePoints)]
  }

  /// The cells in which employees' scores may be shown.
  ///
  /// Those of enough answers, but for the smallest where the others of the interval would be told by
  /// taking what is shown from the whole company's score: what is hidden is of enough people together,
  /// or of none. Employees of no team are never shown.
  /// - SeeAlso: A. Hundepool et al., "Statistical Disclosure Control" (2012), on secondary suppression.
  func shown(in spans: [Int]) -> Set<Int> {
    let fewest = LinkageQuestion.fewestEmployees
    var cells: Set<Int> = []
    for span in spans {
      let counts = (0..<plan.width).map { count(span, $0) }
      var hidden = counts[plan.teams.count]
      for count in counts.dropLast() where count < fewest { hidden += count }
      let enough = plan.teams.indices.filter { counts[$0] >= fewest }
        .sorted { (counts[$0], $0) < (counts[$1], $1) }
      for team in enough {
        if (1..<fewest).contains(hidden) {
          hidden += counts[team]
        } else {
          cells.insert(span * plan.width + team)
        }
      }
    }
    return cells
  }
}
