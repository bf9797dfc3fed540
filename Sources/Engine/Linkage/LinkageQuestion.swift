import Events
import Experience
import Statistics

/// Asks whether teams whose employees are well serve customers well: employees' scores beside those of
/// the touchpoints that their team owns, by interval.
///
/// An employee counts once an interval, by the latest answer; of customers every answer counts. Only
/// intervals that are over and lie in the range whole count, so that nobody's answer is the difference
/// of two ranges.
/// - SeeAlso: J. L. Heskett et al., "Putting the Service-Profit Chain to Work", Harvard Business Review 72
///   (1994); J. W. Wiley, "Linking Survey Results to Customer Satisfaction and Business Performance",
///   in A. I. Kraut (ed.), "Organizational Surveys" (1996), who calls it linkage research.
public struct LinkageQuestion: Sendable, Equatable {
  /// When; everybody, by customer.
  public var scope = Scope()
  /// What employees answer.
  public var employees: Measure
  /// Where an employee's team stands: a property of the answer, `answers.` of that name, or a trait.
  public var team = LinkageQuestion.usualTeam
  /// What customers answer; an event is an answer to the first of these that it meets.
  public var customers: [Measure]
  public var interval = CalendarInterval.month

  /// Events that are answers, the number in them, and what is made of it.
  public struct Measure: Sendable, Equatable {
    public var events: EventSelector
    public var score: NumberSelector
    public var rule: ScoreRule

    /// Takes a number of events as answers on a scale.
    public init(_ events: EventSelector, score: NumberSelector, rule: ScoreRule) {
      self.events = events
      self.score = score
      self.rule = rule
    }
  }

  /// The name of the property.
  public static let usualTeam = "team"
  /// The anonymity threshold: of fewer employees there is no figure.
  public static let fewestEmployees = ScoreBase.fewestForFigure
  /// Below so many teams there is no coefficient: even a perfect order of four comes by chance once in
  /// twelve times, of five once in sixty.
  public static let fewestTeams = 5
  /// As many as a company's chart has; each has a place for every interval.
  public static let mostTeams = 500
  /// As many as people can tell apart.
  public static let mostMeasures = 64
  /// The most numbers that are counted: each has a place of its own, in memory that every core has once.
  public static let mostCells = 1_000_000

  /// Asks for employees beside customers, by month.
  public init(employees: Measure, customers: [Measure]) {
    self.employees = employees
    self.customers = customers
  }

  /// Checks what can be checked without stories.
  ///
  /// - Throws: `linkage.for`, `linkage.unit`, `linkage.interval`, `linkage.customers`, or what is wrong with
  ///   a scale.
  public func validate() throws(Refusal) {
    try scope.validate()
    if let population = scope.population {
      throw Refusal(
        "linkage.for",
        problem: "Of “\(population.name.cut)” there would be employees or customers, and not both.",
        remedy: "Leave `for` out: this question is about everybody who answered.")
    }
    guard scope.unit == .customer else {
      throw Refusal(
        "linkage.unit", problem: "A \(scope.unit) is neither an employee nor a customer.",
        remedy: "Leave `unit` out.")
    }
    guard interval != .hour, interval != .day else {
      throw Refusal(
        "linkage.interval", problem: "Nobody answers a survey every \(interval.rawValue).",
        remedy: "Take week, month, quarter or year.")
    }
    guard (1...Self.mostMeasures).contains(customers.count) else {
      throw Refusal(
        "linkage.customers", problem: "There are \(customers.count) scores of customers.",
        remedy: customers.isEmpty
          ? "Write a survey of customers, or a touchpoint's score, into the experience."
          : "Name at most \(Self.mostMeasures).")
    }
    for measure in [employees] + customers {
      var asked = ScoresQuestion(
        measure.rule.metric, of: [.init(measure.events, score: measure.score)])
      asked.rule = measure.rule
      try asked.validate()
    }
  }
}

extension LinkageQuestion.Measure {
  /// A survey's main question.
  init(_ survey: Survey) {
    self.init(survey.answers, score: NumberSelector(survey.scored), rule: survey.scoreRule)
  }

  /// A touchpoint's own score, 1 to 5; nil where it has none.
  init?(_ touchpoint: Touchpoint) {
    guard let rule = touchpoint.rule, let score = touchpoint.score else { return nil }
    self.init(
      EventSelector(touchpoint.name, rule: rule), score: NumberSelector(score),
      rule: ScoreRule(.mean))
  }

  /// A survey or a rated touchpoint of the experience.
  ///
  /// - Throws: `linkage.score`.
  init(named name: String, in context: QuestionContext) throws(Refusal) {
    let surveys = context.experience?.surveys.filter(\.kind.isScored) ?? []
    if let survey = surveys.first(where: { $0.name == name }) {
      self.init(survey)
      return
    }
    let touchpoints = context.experience?.touchpoints ?? []
    if let touchpoint = touchpoints.first(where: { $0.name == name }),
      let measure = Self(touchpoint)
    {
      self = measure
      return
    }
    let known = surveys.map(\.name) + touchpoints.filter { Self($0) != nil }.map(\.name)
    throw Refusal(
      "linkage.score",
      problem: "“\(name.cut)” is neither a survey that is answered by a number nor a touchpoint "
        + "with a score.",
      remedy: nearest(to: name, among: known).map { "Did you mean “\($0)”?" }
        ?? "Name one, or write {event: …, score: …, metric: …}.")
  }

  /// What an answer says on the scale on which touchpoints are felt: 1, the worst, to 5, the best.
  func feeling(_ answer: Int) -> Double {
    onFive(Double(answer), from: Double(rule.scale.lowerBound), to: Double(rule.scale.upperBound))
  }

  /// What a figure says on that scale.
  func feeling(ofFigure value: Double) -> Double {
    switch rule.metric {
    case .nps: 3 + value / 50
    case .csat, .topBox: 1 + 4 * value
    case .ces, .mean:
      onFive(value, from: Double(rule.scale.lowerBound), to: Double(rule.scale.upperBound))
    }
  }

  private func onFive(_ value: Double, from low: Double, to high: Double) -> Double {
    let part = (value - low) / (high - low)
    return 1 + 4 * (rule.direction == .higher ? part : 1 - part)
  }
}
