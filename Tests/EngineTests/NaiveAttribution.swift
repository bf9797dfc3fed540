import Events
import Experience
import Foundation
import Statistics

@testable import Engine

/// Attribution written from its definition, over plain events.
struct NaiveAttribution {
  struct Row: Equatable {
    var conversions = 0.0
    var value = 0.0
  }

  var rows: [AttributionQuestion.Model: [String: Row]] = [:]
  var customers: [String: Set<Int>] = [:]
  var touches: [String: Int] = [:]
  var costs: [String: Double] = [:]
  var conversions = 0
  var value = 0.0
  private var paths: [[String]: (conversions: Int, nulls: Int, value: Double)] = [:]
  private let question: AttributionQuestion
  private let touchpoints: [Touchpoint]

  init(_ question: AttributionQuestion, touchpoints: [Touchpoint], _ stories: [[Event]]) {
    self.question = question
    self.touchpoints = touchpoints
    for (customer, story) in stories.enumerated() { add(story, customer) }
    for model in question.models {
      if let learnt = model.pathModel(order: question.order) { rows[model] = learn(learnt) }
    }
  }

  private func converts(_ event: Event) -> Bool {
    NaiveRules(event).holds(question.conversion.rule)
  }

  private func group(_ event: Event) -> String? {
    switch question.by {
    case .event: event.name.hasPrefix("$") ? nil : event.name
    case .touchpoint:
      touchpoints.first { $0.rule.map { NaiveRules(event).holds($0) } ?? false }?.name
    case .property(let name):
      switch event.properties[name] {
      case .string(let text): text
      case .number(let number): "\(Int(number))"
      case .boolean(let boolean): "\(boolean)"
      case nil: nil
      }
    }
  }

  private func isTouch(_ event: Event) -> Bool {
    question.touches.isEmpty
      ? group(event) != nil && !converts(event) && !event.name.hasPrefix("$")
      : question.touches.contains { NaiveRules(event).holds($0.rule) }
  }

  private func counts(_ position: Int, of story: [Event]) -> Bool {
    let time = story[position].time
    if let from = question.scope.from, time < from { return false }
    if let to = question.scope.to, time >= to { return false }
    guard let population = question.scope.population?.rule else { return true }
    return NaiveRules(story, at: position).holds(population)
  }

  private func isWithinLookback(_ touch: Instant, of time: Instant) -> Bool {
    guard let lookback = question.lookback else { return true }
    return time.milliseconds - touch.milliseconds <= lookback.milliseconds
  }

  private mutating func add(_ story: [Event], _ customer: Int) {
    for position in story.indices where converts(story[position]) {
      guard counts(position, of: story) else { continue }
      let time = story[position].time
      let before = story.filter {
        isTouch($0) && $0.time < time && isWithinLookback($0.time, of: time)
      }
      convert(story[position], before, customer)
    }
    for position in story.indices where isTouch(story[position]) && counts(position, of: story) {
      let touchpoint = touchpoints.first {
        $0.rule.map { NaiveRules(story[position]).holds($0) } ?? false
      }
      costs[group(story[position]) ?? "(none)", default: 0] += touchpoint?.cost ?? 0
    }
    addPathToNone(story)
  }

  private mutating func convert(_ conversion: Event, _ touches: [Event], _ customer: Int) {
    let worth =
      question.value.flatMap { NaiveRules(conversion).number($0.rule) } ?? 0
    conversions += 1
    value += worth
    let groups = touches.map { group($0) ?? "(none)" }
    paths[collapsed(groups), default: (0, 0, 0)].conversions += 1
    paths[collapsed(groups), default: (0, 0, 0)].value += worth
    for name in groups {
      self.touches[name, default: 0] += 1
      customers[name, default: []].insert(customer)
    }
    if groups.isEmpty { customers["(no touch)", default: []].insert(customer) }
    for model in question.models where model.pathModel(order: 1) == nil {
      let shares = shares(model, groups, touches.map { conversion.time - $0.time })
      for (name, share) in groups.isEmpty ? [("(no touch)", 1)] : Array(zip(groups, shares)) {
        rows[model, default: [:]][name, default: Row()].conversions += share
        rows[model, default: [:]][name, default: Row()].value += share * worth
      }
    }
  }

  private func shares(
    _ model: AttributionQuestion.Model, _ groups: [String], _ ages: [TimeSpan]
  ) -> [Double] {
    let last = groups.count - 1
    let indirect = groups.lastIndex { !question.direct.contains($0) } ?? last
    return groups.indices.map { touch in
      switch model {
      case .first: touch == 0 ? 1 : 0
      case .last: touch == last ? 1 : 0
      case .lastNonDirect: touch == indirect ? 1 : 0
      case .linear: 1 / Double(groups.count)
      case .position:
        switch groups.count {
        case 1: 1
        case 2: 0.5
        default: touch == 0 || touch == last ? 0.4 : 0.2 / Double(groups.count - 2)
        }
      case .timeDecay: weight(ages[touch]) / ages.map(weight).reduce(0, +)
      case .markov, .shapley: .nan
      }
    }
  }

  private func weight(_ age: TimeSpan) -> Double {
    pow(2, -Double(age.milliseconds) / Double(question.halfLife.milliseconds))
  }

  private func collapsed(_ groups: [String]) -> [String] {
    var path: [String] = []
    for name in groups where path.last != name { path.append(name) }
    return path
  }

  private mutating func addPathToNone(_ story: [Event]) {
    let inRange = story.indices.last { position in
      isTouch(story[position])
        && story[position].time.milliseconds >= question.scope.milliseconds.lowerBound
        && story[position].time.milliseconds < question.scope.milliseconds.upperBound
    }
    guard let inRange, counts(inRange, of: story) else { return }
    let time = story[inRange].time
    let conversions = story.filter { converts($0) }.map(\.time)
    guard !conversions.contains(where: { $0 > time && isWithinLookback(time, of: $0) }) else {
      return
    }
    let latest = conversions.last { $0 <= time }
    let path = story[...inRange].filter { event in
      isTouch(event) && isWithinLookback(event.time, of: time)
        && latest.map { event.time >= $0 } ?? true
    }
    paths[collapsed(path.map { group($0) ?? "(none)" }), default: (0, 0, 0)].nulls += 1
  }

  private func learn(_ model: PathModel) -> [String: Row] {
    let names = Set(paths.keys.joined()).sorted()
    var table = PathTable()
    for (path, tally) in paths {
      table.add(
        path.map { UInt16(names.firstIndex(of: $0) ?? 0) },
        .init(
          conversions: tally.conversions, nulls: tally.nulls,
          millionths: Int128((tally.value * 1e6).rounded())))
    }
    let learnt = ConversionPaths(
      table, numbers: names.indices.map { UInt16($0) }, channelCount: names.count)
    let credits = zip(
      learnt.credits(.conversions, by: model), learnt.credits(.value, by: model))
    return Dictionary(
      uniqueKeysWithValues: zip(
        names + ["(no touch)"], credits.map { Row(conversions: $0, value: $1) }))
  }
}
