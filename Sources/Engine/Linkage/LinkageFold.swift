import Events
import Experience
import Stories

/// Counts employees' and customers' answers by interval and team.
public struct LinkageFold: TraceableFold {
  let question: LinkageQuestion
  let context: QuestionContext
  /// Those that own a touchpoint, as the experience has them.
  let teams: [String]

  /// The question, compiled.
  public struct Plan: Sendable { let plan: LinkagePlan }
  /// What a section has counted.
  public struct Partial: Sendable { var tally: LinkageTally }

  /// A number that counts customers.
  public enum Cell: Sendable {
    /// Those with an answer in a cell.
    case answered(Int)
    /// Those with an answer that counts.
    case all
  }

  /// Takes teams from the experience.
  ///
  /// - Throws: `linkage.teams`.
  init(_ question: LinkageQuestion, _ context: QuestionContext) throws(Refusal) {
    let owners = Set(context.experience?.touchpoints.compactMap(\.owner) ?? [])
    let teams = (context.experience?.teams.map(\.name) ?? []).filter(owners.contains)
    guard (1...LinkageQuestion.mostTeams).contains(teams.count) else {
      throw Refusal(
        "linkage.teams", problem: "The experience has \(teams.count) teams that own touchpoints.",
        remedy: teams.isEmpty
          ? "Give touchpoints an `owner:`, a team of the experience."
          : "Let at most \(LinkageQuestion.mostTeams) own some.")
    }
    (self.question, self.context, self.teams) = (question, context, teams)
  }

  /// The teams by what employees' answers may call them: their name or title.
  static func positions(
    of teams: [String], in experience: Experience?
  ) -> [PropertyValue: Int] {
    var positions: [PropertyValue: Int] = [:]
    for (position, name) in teams.enumerated() {
      if let team = experience?.teams.first(where: { $0.name == name }) {
        positions[.string(team.title)] = position
      }
    }
    // A name is never another team's title.
    for (position, name) in teams.enumerated() { positions[.string(name)] = position }
    return positions
  }

  /// Compiles the question.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    Plan(plan: try LinkagePlan(question, teams: teams, for: stories, context))
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial { Partial(tally: LinkageTally(plan.plan)) }

  /// Counts the answers of customers and employees.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    guard plan.plan.cells > 0 else { return }
    for customer in customers {
      partial.tally.count(
        customer, of: stories.segments[index], plan.plan.segments[index], plan.plan)
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.tally.merge(later.tally)
  }

  /// Makes figures of counts, and hides those by which single people could be told.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Linkage {
    Linkage(question, plan.plan, partial.tally)
  }

  /// Finds the customers of a row. Employees are behind no number.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    let columns = ["team", "interval"]
    let name = try row.value("team", of: columns)
    let interval = try row.value("interval", of: columns)
    if name == Linkage.everything { return .all }
    guard let team = teams.firstIndex(of: name) else { throw AnswerRowKey.unknown("team", name) }
    return .answered(try plan.plan.spans.position(of: interval) * plan.plan.width + team)
  }

  /// The number there.
  public func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    switch cell {
    case .answered(let cell): partial.tally.customers[cell]
    case .all: partial.tally.counted
    }
  }
}

/// Answers of employees and customers, counted by cell and place on the scale.
struct LinkageTally: Sendable {
  /// By cell × points + place: employees whose latest answer in the interval it is.
  private(set) var employees: [Int]
  /// By cell × points + place: answers of customers.
  private(set) var answers: [Int]
  /// By cell: customers with an answer.
  private(set) var customers: [Int]
  /// Customers with an answer that counts.
  private(set) var counted = 0
  /// Events without an answer on the scale.
  private(set) var offScale = 0
  /// Answers in intervals that are not over, or cut by the range.
  private(set) var inPart = 0
  /// Customers' answers about touchpoints that no team owns.
  private(set) var teamless = 0

  /// By cell: the last visit that counted there.
  private var visits: [Int]
  private var visit = 0

  init(_ plan: LinkagePlan) {
    employees = Array(repeating: 0, count: plan.cells * plan.employeePoints)
    answers = Array(repeating: 0, count: plan.cells * plan.customerPoints)
    customers = Array(repeating: 0, count: plan.cells)
    visits = customers
  }

  /// Counts the answers of one story.
  mutating func count(
    _ customer: Int, of segment: StorySegment, _ table: LinkageTable, _ plan: LinkagePlan
  ) {
    visit += 1
    var isCounted = false
    // The interval of the employee's latest answer, and where it is counted.
    var latest: (span: Int, place: Int)?
    let story = segment.rows(of: customer)
    for row in story {
      let time = segment.times[row]
      guard time < plan.spans.times.upperBound else { break }
      guard time >= plan.spans.times.lowerBound, let answer = table.answer(row) else { continue }
      let span = plan.spans.position(of: time, isCut: false)
      guard plan.isWhole[span] else {
        inPart += 1
        continue
      }
      switch answer {
      case .employee(nil), .customer(_, nil): offScale += 1
      case .employee(let place?):
        let team = table.team(ofEmployee: row, in: story) ?? plan.teams.count
        let own = (span * plan.width + team) * plan.employeePoints + place
        if let latest, latest.span == span { employees[latest.place] -= 1 }
        employees[own] += 1
        latest = (span, own)
      case .customer(let measure, let place?):
        guard let team = table.team(ofCustomer: row) else {
          teamless += 1
          continue
        }
        let cell = span * plan.width + team
        answers[cell * plan.customerPoints + plan.firstPoints[measure] + place] += 1
        if visits[cell] != visit {
          visits[cell] = visit
          customers[cell] += 1
        }
        isCounted = true
      }
    }
    if isCounted { counted += 1 }
  }

  /// Adds what another section has counted.
  mutating func merge(_ other: LinkageTally) {
    for place in employees.indices { employees[place] += other.employees[place] }
    for place in answers.indices { answers[place] += other.answers[place] }
    for cell in customers.indices { customers[cell] += other.customers[cell] }
    counted += other.counted
    offScale += other.offScale
    inPart += other.inPart
    teamless += other.teamless
  }
}
