import Events
import Experience
import Statistics

/// The twin of linkage: every answer looked at by itself, figures and ranks from their definitions.
public struct NaiveLinkage {
  let question: LinkageQuestion
  let experience: Experience

  /// A team in an interval.
  struct Key: Hashable {
    /// Nil: no team that owns a touchpoint.
    var team: String?
    var from: Instant
  }

  /// What was answered.
  struct Cell: Equatable {
    /// The latest answer of each employee.
    var employees: [Int] = []
    /// What customers answered, brought to 1 to 5.
    var feelings: [Double] = []
    var customers = 0
  }

  /// All answers in intervals that are over and lie in the range whole.
  func cells(_ stories: [[Event]], _ calendar: LocalCalendar) -> [Key: Cell] {
    let watermark = stories.joined().map(\.time).max() ?? Instant(milliseconds: 0)
    let owners = Set(experience.touchpoints.compactMap(\.owner))
    var cells: [Key: Cell] = [:]
    for story in stories {
      var latest: [Instant: (team: String?, answer: Int)] = [:]
      var heard: Set<Key> = []
      for (position, event) in story.enumerated() {
        guard let from = whole(event.time, calendar, until: watermark) else { continue }
        let rules = NaiveRules(event)
        if rules.holds(question.employees.events.rule) {
          guard let answer = answer(event, question.employees) else { continue }
          let team = team(story, position).flatMap { owners.contains($0) ? $0 : nil }
          latest[from] = (team, answer)
        } else if let measure = question.customers.first(where: { rules.holds($0.events.rule) }) {
          guard let answer = answer(event, measure), let team = touchpoint(event)?.owner else {
            continue
          }
          let key = Key(team: team, from: from)
          cells[key, default: Cell()].feelings.append(feeling(answer, measure.rule))
          if heard.insert(key).inserted { cells[key, default: Cell()].customers += 1 }
        }
      }
      for (from, own) in latest {
        cells[Key(team: own.team, from: from), default: Cell()].employees.append(own.answer)
      }
    }
    return cells
  }

  /// The first moment of the interval; nil where it is not over, or cut by the range.
  private func whole(
    _ time: Instant, _ calendar: LocalCalendar, until watermark: Instant
  ) -> Instant? {
    guard let start = calendar.start(of: question.interval, at: time),
      let end = calendar.starts(of: question.interval, from: time, through: time, limit: 2)?.last,
      end <= watermark
    else { return nil }
    if let from = question.scope.from, start < from { return nil }
    if let to = question.scope.to, end > to { return nil }
    return start
  }

  private func answer(_ event: Event, _ measure: LinkageQuestion.Measure) -> Int? {
    guard let number = NaiveRules(event).number(measure.score.rule) else { return nil }
    return measure.rule.scale.first { Double($0) == number }
  }

  /// What the answer says of the employee's team, else the question of that name, else the trait.
  private func team(_ story: [Event], _ position: Int) -> String? {
    let own = story[position].properties
    let told =
      own[question.team] ?? own["answers." + question.team]
      ?? story[...position].last { $0.properties["traits." + question.team] != nil }?
      .properties["traits." + question.team]
    guard case .string(let text)? = told else { return nil }
    return experience.teams.first { $0.name == text || $0.title == text }?.name ?? text
  }

  private func touchpoint(_ event: Event) -> Touchpoint? {
    if event.name == SurveyEvent.answered,
      case .string(let name)? = event.properties[SurveyEvent.touchpoint]
    {
      return experience.touchpoint(name)
    }
    return NaiveRules(event).touchpoint(experience.touchpoints).map { experience.touchpoints[$0] }
  }

  private func feeling(_ answer: Int, _ rule: ScoreRule) -> Double {
    let steps = Double(rule.scale.upperBound - rule.scale.lowerBound)
    let good =
      rule.direction == .higher ? answer - rule.scale.lowerBound : rule.scale.upperBound - answer
    return 1 + 4 * Double(good) / steps
  }

  /// The keys whose employees are shown: teams are hidden one by one, the smallest first, until what is
  /// hidden is nobody or enough people.
  func shown(_ cells: [Key: Cell]) -> Set<Key> {
    var shown: Set<Key> = []
    for (from, keys) in Dictionary(grouping: cells.keys, by: \.from) {
      let teams = experience.touchpoints.compactMap(\.owner)
      var order = keys.filter { $0.team != nil && !(cells[$0]?.employees.isEmpty ?? true) }
      func count(_ key: Key) -> Int { cells[key]?.employees.count ?? 0 }
      func place(_ key: Key) -> Int { teams.firstIndex { $0 == key.team } ?? 0 }
      order.sort { (count($0), place($0)) < (count($1), place($1)) }
      let homeless = cells[Key(team: nil, from: from)]?.employees.count ?? 0
      let hide = (0...order.count).first { number in
        let hidden = homeless + order.prefix(number).reduce(0) { $0 + count($1) }
        return (hidden == 0 || hidden >= 5) && order.dropFirst(number).allSatisfy { count($0) >= 5 }
      }
      shown.formUnion(order.dropFirst(hide ?? order.count))
    }
    return shown
  }

  /// Spearman's coefficient: Pearson's of ranks, each a count of what is smaller and half of what is equal.
  static func spearman(_ pairs: [(Double, Double)]) -> Double {
    func ranks(_ values: [Double]) -> [Double] {
      values.map { value in
        Double(values.count { $0 < value }) + Double(values.count { $0 == value } + 1) / 2
      }
    }
    let (left, right) = (ranks(pairs.map(\.0)), ranks(pairs.map(\.1)))
    let middle = Double(pairs.count + 1) / 2
    let products = zip(left, right).map { ($0 - middle) * ($1 - middle) }.reduce(0, +)
    func squares(_ ranks: [Double]) -> Double {
      ranks.map { ($0 - middle) * ($0 - middle) }.reduce(0, +)
    }
    return products / (squares(left) * squares(right)).squareRoot()
  }
}
