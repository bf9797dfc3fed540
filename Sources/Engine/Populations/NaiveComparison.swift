import Events
import Experience

/// The twin of the comparison, over plain events.
///
/// It knows no saved sets and no limits of names and pairs.
public struct NaiveComparison: Sendable {
  /// A name, or a name and the next one.
  public typealias Feature = [String]

  /// How many units each population has.
  public private(set) var units = [0, 0]
  /// By feature, how many units of each population met it.
  public private(set) var met: [Feature: [Int]] = [:]
  public private(set) var open = 0
  public private(set) var inBoth = 0
  public private(set) var inNeither = 0

  private let question: ComparisonQuestion
  private let touchpoints: [Touchpoint]

  /// Compares the stories of units.
  public init(
    _ question: ComparisonQuestion, _ stories: [[Event]], touchpoints: [Touchpoint] = []
  ) {
    self.question = question
    self.touchpoints = touchpoints
    let latest = stories.joined().map(\.time).max() ?? .earliest
    for story in stories {
      switch question.sides {
      case .outcome(let start, let goal, let window):
        addOutcome(story, start, goal, window, latest)
      case .populations(let a, let b): addMember(story, a, b, latest)
      }
    }
  }

  private func isInRange(_ event: Event) -> Bool {
    question.scope.from.map { event.time >= $0 } ?? true
      && question.scope.to.map { event.time < $0 } ?? true
  }

  private mutating func addOutcome(
    _ story: [Event], _ start: EventSelector, _ goal: EventSelector, _ window: TimeSpan?,
    _ latest: Instant
  ) {
    guard
      let first = story.firstIndex(where: { isInRange($0) && NaiveRules($0).holds(start.rule) })
    else { return }
    let rest = story[(first + 1)...].filter { event in
      window.map { event.time <= story[first].time + $0 } ?? true
    }
    if let end = rest.firstIndex(where: { NaiveRules($0).holds(goal.rule) }) {
      add(Array(rest[..<end]), to: 0)
    } else if let window, latest <= story[first].time + window {
      open += 1
    } else {
      add(rest, to: 1)
    }
  }

  private mutating func addMember(
    _ story: [Event], _ a: Population, _ b: Population, _ latest: Instant
  ) {
    let moment = question.scope.to ?? Instant(milliseconds: latest.milliseconds + 1)
    let before = story.prefix { $0.time < moment }.count
    let rules = NaiveRules(story, at: before, time: moment)
    let isIn = [a, b].map { population in population.rule.map { rules.holds($0) } ?? false }
    switch (isIn[0], isIn[1]) {
    case (true, true): inBoth += 1
    case (false, false): inNeither += 1
    default: add(story.filter(isInRange), to: isIn[0] ? 0 : 1)
    }
  }

  private func name(_ event: Event) -> String? {
    guard
      question.only.isEmpty
        || question.only.contains(where: { NaiveRules(event).holds($0.rule) })
    else { return nil }
    switch question.naming {
    case .event:
      // Names of the program's own begin with a dollar sign.
      return event.name.hasPrefix("$") ? nil : event.name
    case .touchpoint:
      return NaiveRules(event).touchpoint(touchpoints).map { touchpoints[$0].name }
    case .property(let property): return event.properties[property].map(\.shown)
    }
  }

  private mutating func add(_ events: [Event], to population: Int) {
    units[population] += 1
    let names = events.compactMap(name)
    var features = Set(names.map { [$0] })
    if question.orders == .compared {
      for (name, next) in zip(names, names.dropFirst()) { features.insert([name, next]) }
    }
    for feature in features { met[feature, default: [0, 0]][population] += 1 }
  }
}
