import Engine
import Events
import Experience
import Statistics

/// A measured journey with its design beside it: what every view of a map is drawn from.
struct Chart {
  /// One step with the touchpoints that were designed for it.
  struct Column {
    var step: MeasuredStep
    var touchpoints: [Touchpoint]
    /// Whether it may be met again by design.
    var mayRepeat: Bool

    var title: String { step.title.asTitle }
    /// The phase of the lifecycle in which the step lies.
    var stage: String? {
      step.touchpoints.lazy.compactMap(\.stage).first
        ?? touchpoints.lazy.compactMap(\.stage).first
    }
    var momentOfTruth: Bool { touchpoints.contains(where: \.momentOfTruth) }
    var pains: [String] { touchpoints.compactMap(\.pain).map(\.cleaned) }
    var expectations: [Touchpoint.Expectation] { touchpoints.compactMap(\.expects) }
    var value: Double { step.touchpoints.reduce(0) { $0 + $1.value } }
    var cost: Double { step.touchpoints.reduce(0) { $0 + $1.cost } }
    var backstage: [String] { touchpoints.flatMap(\.backstage).map(\.asTitle) }
    var support: [String] { touchpoints.flatMap(\.support).map(\.asTitle) }
  }

  let experience: Experience
  let journey: Journey
  let measured: MeasuredJourney
  let figures: Figures
  let columns: [Column]
  /// Where numbers and steps lead; nil where the map stands alone.
  let links: MapLinks?
  /// The tickets that wait at touchpoints.
  let tickets: WaitingTickets

  init(
    _ measured: MeasuredJourney, of journey: Journey, in experience: Experience,
    links: MapLinks? = nil, tickets: WaitingTickets = WaitingTickets()
  ) {
    self.links = links
    self.tickets = tickets
    self.experience = experience
    self.journey = journey
    self.measured = measured
    figures = Figures(currency: experience.currency, timezone: experience.timezone)
    let designed = journey.stepsToGoal
    columns = measured.steps.map { step in
      Column(
        step: step,
        touchpoints: step.touchpoints.compactMap { experience.touchpoint($0.name) },
        mayRepeat: designed.indices.contains(step.index) && designed[step.index].mayRepeat)
    }
  }

  var title: String { measured.title.asTitle }
  /// The designed starting points.
  var startTouchpoints: [Touchpoint] {
    measured.starts.compactMap { experience.touchpoint($0.touchpoint) }
  }
  var isEmpty: Bool { measured.cases.total == 0 }

  /// Every touchpoint that cases may meet on the map.
  private var allTouchpoints: [Touchpoint] {
    startTouchpoints + columns.flatMap(\.touchpoints)
      + journey.ends.compactMap { experience.touchpoint($0) }
  }
  /// Whether any of it is worth money by design; if not, no value is shown.
  var hasValues: Bool {
    measured.value.sum != 0 || allTouchpoints.contains { $0.value != nil }
  }
  /// Whether any of it costs money by design; if not, no cost is shown.
  var hasCosts: Bool {
    measured.cost.sum != 0 || allTouchpoints.contains { $0.cost != nil }
  }

  /// The days that the cases began in.
  var range: String {
    switch (measured.from, measured.to) {
    case (let from?, let to?): "\(figures.moment(from)) to \(figures.moment(to))"
    case (let from?, nil): "Since \(figures.moment(from))"
    case (nil, let to?): "Until \(figures.moment(to))"
    case (nil, nil): "All time"
    }
  }

  var dataUntil: String {
    measured.watermark.map { "data until \(figures.moment($0))" } ?? "no data yet"
  }

  /// The customers that the map speaks of.
  var population: String {
    guard let name = (measured.population ?? journey.audienceName)?.cleaned else {
      return "all customers"
    }
    let isName = name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    return isName ? name.replacing("_", with: " ") : name
  }

  /// The title of a touchpoint, or its name where the experience has none of that name.
  func title(of touchpoint: String) -> String {
    (experience.touchpoint(touchpoint)?.title ?? touchpoint.replacing("_", with: " ")).asTitle
  }

  /// The teams, partners and outsiders that hold a step, each once.
  func owners(of touchpoints: [Touchpoint]) -> [(name: String, control: Touchpoint.Control)] {
    var result: [(name: String, control: Touchpoint.Control)] = []
    for touchpoint in touchpoints {
      let owner = touchpoint.owner.map { name in
        experience.teams.first { $0.name == name }?.title ?? name
      }
      let partner = touchpoint.partner.map { name in
        experience.partners.first { $0.name == name }?.title ?? name
      }
      let shown: String? =
        switch touchpoint.control {
        case .owned: owner
        case .partner: partner ?? owner
        case .external: owner ?? "External"
        }
      guard let shown = shown?.asTitle, !shown.isEmpty else { continue }
      if !result.contains(where: { $0.name == shown && $0.control == touchpoint.control }) {
        result.append((shown, touchpoint.control))
      }
    }
    return result
  }

  /// The designed feeling of a step: the mean of its touchpoints'.
  func designedFeeling(of column: Column) -> Double? {
    let values = column.step.touchpoints.compactMap(\.designedFeeling)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The measured feeling of a step: its touchpoints' means weighted by their scores.
  ///
  /// The touchpoints' intervals are taken as independent.
  func feeling(of column: Column) -> Estimate {
    let parts = column.step.touchpoints.map(\.feeling).filter { $0.value != nil && $0.count > 0 }
    guard parts.count > 1 else { return parts.first ?? .none }
    let count = parts.reduce(0) { $0 + $1.count }
    var value = 0.0
    var down = 0.0
    var up = 0.0
    for part in parts {
      let weight = Double(part.count) / Double(count)
      let middle = part.value ?? 0
      value += weight * middle
      down += weight * weight * (middle - (part.low ?? 1)) * (middle - (part.low ?? 1))
      up += weight * weight * ((part.high ?? 5) - middle) * ((part.high ?? 5) - middle)
    }
    return Estimate(
      value: value, low: value - down.squareRoot(), high: value + up.squareRoot(), count: count)
  }

  /// The interactions of a step by channel, most first.
  func channels(of column: Column) -> [ChannelCount] {
    var sums: [String: Int] = [:]
    for use in column.step.touchpoints.flatMap(\.channels) where use.count > 0 {
      sums[use.channel, default: 0] += use.count
    }
    return sums.map { ChannelCount(channel: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.channel) < ($0.count, $1.channel) }
  }

  /// A promise in words: `within 2d of Order`.
  func promise(_ expectation: Touchpoint.Expectation) -> String {
    let of = expectation.of.map { title(of: $0) } ?? "the start"
    return "within \(figures.time(Double(expectation.within.milliseconds))) of \(of)"
  }

  /// The longest time promised from the step before, where a promise counts from there.
  func promisedFromPrevious(_ index: Int) -> Double? {
    let before =
      index == 0 ? Set(journey.starts) : Set(columns[index - 1].step.touchpoints.map(\.name))
    return columns[index].expectations.lazy
      .filter { expectation in
        expectation.of.map(before.contains) ?? (index == 0)
      }
      .map { Double($0.within.milliseconds) }.max()
  }

  /// The stage of each column, the starting points' first.
  var stages: [String?] {
    [startTouchpoints.lazy.compactMap(\.stage).first] + columns.map(\.stage)
  }

  /// The number at a place, or 0 where a list is shorter than the starting points.
  static func at(_ index: Int, _ list: [Int]) -> Int {
    list.indices.contains(index) ? list[index] : 0
  }

  /// Cases that began but came to no step.
  var lostAtStart: Int {
    max(0, measured.cases.total - (measured.steps.first?.reached ?? measured.cases.total))
  }

  /// What may be won at a step that needs attention: `about 310 more completions`.
  func gain(_ attention: Attention) -> String? {
    attention.completions.map {
      "about \(figures.count($0, "more completion", "more completions"))"
    }
  }

  /// What that gain means.
  static let gainRule =
    "Completions to win if a step lost no more than the others do in the median."

  /// A sentence from the engine, with percents that stay on one line.
  func sentence(_ text: String) -> String { text.replacing(" %", with: Figures.space + "%") }

  /// What is missing where there are no cases, and what to do about it.
  var emptyAdvice: [String] {
    let names = journey.starts.map { title(of: $0) }.joined(separator: ", ")
    var advice: [String] = []
    if measured.watermark == nil {
      advice.append("There are no events yet. Import some: waymark import FILE.")
    } else {
      let range = measured.from == nil && measured.to == nil ? "" : " in this range"
      advice.append(
        "No case began\(range). A case begins at: \(names.isEmpty ? "no start" : names).")
      let unbound = journey.starts.filter { experience.touchpoint($0)?.rule == nil }
      if !unbound.isEmpty {
        advice.append(
          "Nothing is bound to \(unbound.map { title(of: $0) }.joined(separator: ", ")): "
            + "give each an `on:` with its event's name.")
      }
      if measured.excluded.outsideAudience > 0 {
        advice.append(
          figures.count(measured.excluded.outsideAudience, "starting event", "starting events")
            + " came from customers outside \(population): widen `for:` or the population.")
      }
      if measured.excluded.outsideRange > 0 {
        advice.append(
          figures.count(
            measured.excluded.outsideRange, "starting event lies", "starting events lie")
            + " outside the range: ask for a longer one.")
      }
      if advice.count == 1 {
        let events = Set(startTouchpoints.flatMap { $0.rule?.namedEvents ?? [] }).sorted()
        if !events.isEmpty {
          advice.append(
            "The map waits for "
              + events.prefix(6).map { "“\($0.cleaned.shortened(to: 40))”" }
              .joined(separator: ", ") + ", and no event that fits has come.")
        }
        advice.append("See which events there are, and compare with the map: waymark check.")
      }
    }
    let way = columns.map(\.title).joined(separator: " → ")
    if !way.isEmpty { advice.append("The designed way: \(way).") }
    return advice
  }
}

extension Attention {
  /// The completions to be won at the step, as a whole number; nil where it comes to none.
  var completions: Int? {
    guard weight.isFinite, weight >= 0.5, weight < 1e15 else { return nil }
    return Int(weight.rounded())
  }
}

extension Step {
  /// Whether any part of it may be met again by design.
  fileprivate var mayRepeat: Bool {
    switch self {
    case .touchpoint: false
    case .sequence(let parts), .any(let parts), .all(let parts): parts.contains(where: \.mayRepeat)
    case .optional(let part): part.mayRepeat
    case .repeated: true
    }
  }
}
