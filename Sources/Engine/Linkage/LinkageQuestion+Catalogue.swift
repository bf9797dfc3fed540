import Events
import Experience
import Statistics

extension LinkageQuestion: CatalogueQuestion {
  /// Employees beside customers.
  public static let kind = QuestionKind.linkage

  /// The fields of a question about employees and customers.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "Employees' scores by team, beside customers' scores of the touchpoints that it owns.",
      fields: [
        .init(
          "employees",
          takes: "a survey, or {event: …, score: …, metric: …, scale: …, direction: …, top: …}",
          standard: "the only survey of employees",
          meaning: "What employees answer: each counts once an interval, by the latest answer.",
          input: .survey),
        .init(
          "team", takes: "a property's name", standard: usualTeam,
          meaning:
            "Where an employee's team stands, by its name or title: a property of the answer, "
            + "the answer to a question of that name, or the employee's trait.", input: .text),
        .init(
          "customers",
          takes: "surveys, touchpoints with a score, or the same as employees; up to "
            + "\(mostMeasures)",
          standard: "all surveys of customers, and touchpoints' own scores",
          meaning: "What customers answer about the team's touchpoints, brought to 1 to 5.",
          input: .list(.survey)),
        .init(
          "interval", takes: "week, month, quarter or year", standard: "month",
          meaning: "Intervals; only those that are over and lie in the range whole count.",
          input: .choice(["week", "month", "quarter", "year"])),
      ],
      example: """
        question: linkage
        employees: {event: Survey Answered, score: properties.work, metric: nps}
        team: team
        customers: {event: Survey Answered, score: properties.score, metric: mean, scale: [1, 5]}
        interval: month
        """)
  }

  /// The conditions and numbers over events. Of what customers score some may still wait for its first
  /// answer.
  public var eventRules: [Expression] {
    let scored = customers.dropFirst().reduce(customers.first?.events.rule) { rules, measure in
      rules.map { .binary(.or, $0, measure.events.rule) }
    }
    return [employees.events.rule, employees.score.rule] + [scored].compactMap(\.self)
      + customers.map(\.score.rule)
  }
  /// The properties of scores; one among several may be as new as its events.
  public var propertyNames: [String] {
    var names = employees.score.rule.properties
    if customers.count == 1 { names.formUnion(customers[0].score.rule.properties) }
    return names.sorted()
  }

  /// Takes teams and their touchpoints from the experience.
  public func fold(in context: QuestionContext) throws(Refusal) -> LinkageFold {
    try validate()
    return try LinkageFold(self, context)
  }
}

extension LinkageQuestion: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case employees, team, customers, interval
  }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    do {
      let context = try decoder.questionContext()
      self.init(
        employees: try fields.value(.employees) ?? Self.onlyEmployees(in: context),
        customers: try fields.list(.customers) ?? Self.allCustomers(in: context))
      scope = try Scope(from: decoder)
      team = try fields.value(.team).map { propertyName($0) } ?? team
      interval = try fields.value(.interval, standard: interval)
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// The survey of employees where there is one.
  private static func onlyEmployees(in context: QuestionContext) throws(Refusal) -> Measure {
    let surveys =
      context.experience?.surveys.filter { $0.respondents == .employees && $0.kind.isScored } ?? []
    guard let survey = surveys.first, surveys.count == 1 else {
      throw Refusal(
        "linkage.employees",
        problem: "The experience has \(surveys.count) surveys of employees that are answered by a "
          + "number.",
        remedy: surveys.isEmpty
          ? "Write one with `of: employees`, or say what employees answer, with `employees`."
          : "Say which, as in employees: \(surveys[0].name).")
    }
    return Measure(survey)
  }

  /// All that customers score.
  private static func allCustomers(in context: QuestionContext) -> [Measure] {
    guard let experience = context.experience else { return [] }
    let surveys = experience.surveys.filter { $0.respondents == .customers && $0.kind.isScored }
    return surveys.map { Measure($0) } + experience.touchpoints.compactMap { Measure($0) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(employees, forKey: .employees)
    if team != Self.usualTeam { try fields.encode(team, forKey: .team) }
    try fields.encode(customers, forKey: .customers)
    if interval != .month { try fields.encode(interval, forKey: .interval) }
  }
}

extension LinkageQuestion.Measure: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case event, score, metric, scale, direction, top
  }

  /// Reads the name of a survey or touchpoint, or what answers are.
  public init(from decoder: any Decoder) throws {
    do {
      if let name = try? decoder.singleValueContainer().decode(String.self) {
        try self.init(named: name, in: try decoder.questionContext())
        return
      }
      let fields = try QuestionFields<CodingKeys>(decoder, .part)
      var rule = ScoreRule(try fields.value(.metric, standard: .mean))
      if let ends = try fields.list(.scale, Int.self) {
        rule.scale = try ScoresQuestion.scale(ends)
      }
      rule.direction = try fields.value(.direction, standard: rule.direction)
      rule.boxes = try fields.value(.top, standard: rule.boxes)
      self.init(
        try fields.required(.event),
        score: try fields.value(
          .score, standard: NumberSelector(.property(SurveyEvent.score))), rule: rule)
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// Writes what answers are.
  public func encode(to encoder: any Encoder) throws {
    let usual = ScoreRule(rule.metric)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(events, forKey: .event)
    try fields.encode(score, forKey: .score)
    if rule.metric != .mean { try fields.encode(rule.metric, forKey: .metric) }
    if rule.scale != usual.scale {
      try fields.encode([rule.scale.lowerBound, rule.scale.upperBound], forKey: .scale)
    }
    if rule.direction != usual.direction { try fields.encode(rule.direction, forKey: .direction) }
    if rule.boxes != usual.boxes { try fields.encode(rule.boxes, forKey: .top) }
  }
}
