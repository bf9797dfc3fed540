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

  init(_ measured: MeasuredJourney, of journey: Journey, in experience: Experience) {
    self.experience = experience
    self.journey = journey
    self.measured = measured
    figures = Figures(currency: experience.currency, timezone: experience.timezone)
    columns = measured.steps.map { step in
      Column(
        step: step,
        touchpoints: step.touchpoints.compactMap { experience.touchpoint($0.name) })
    }
  }

  var title: String { measured.title.asTitle }
  /// The designed starting points.
  var startTouchpoints: [Touchpoint] {
    measured.starts.compactMap { experience.touchpoint($0.touchpoint) }
  }
  var isEmpty: Bool { measured.cases.total == 0 }

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

  /// What went otherwise than designed at a step, with the share of the cases that it touches.
  func deviations(of column: Column) -> [(label: String, number: String, share: Double)] {
    let step = column.step
    let reached = Double(max(step.reached, 1))
    let counts: [(String, Int, Double)] = [
      ("skipped", step.skipped, reached),
      ("repeated", step.casesRepeating, Double(max(step.cases, 1))),
      ("out of order", step.outOfOrder, Double(max(step.cases, 1))),
      ("late", step.late, Double(max(step.promised, 1))),
      ("wrong channel", step.wrongChannel, Double(max(step.cases, 1))),
      ("unplanned", step.extra, Double(max(step.cases, 1))),
    ]
    return counts.compactMap { label, count, whole in
      guard count > 0 else { return nil }
      return (label, figures.count(count), min(1, Double(count) / whole))
    }
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

  /// What is missing where there are no cases, and what to do about it.
  var emptyAdvice: [String] {
    let names = journey.starts.map { title(of: $0) }.joined(separator: ", ")
    var advice: [String] = []
    if measured.watermark == nil {
      advice.append("There are no events yet. Import some: waymark import FILE.")
    } else {
      advice.append(
        "No case began in this range. A case begins at: \(names.isEmpty ? "no start" : names).")
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
        advice.append("See which events there are, and compare with the map: waymark check.")
      }
    }
    return advice
  }
}
