import Events
import Experience
import Statistics

extension SummaryQuestion {
  /// The summary, names with the most customers first.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> LogSummary {
    let order = plan.names.indices.sorted { left, right in
      (partial.customers[right], partial.events[right], plan.names[left])
        < (partial.customers[left], partial.events[left], plan.names[right])
    }
    let count = plan.names.count
    var summary = LogSummary(customers: partial.stories)
    if partial.stories > 0 {
      summary.firstTime = Instant(milliseconds: partial.first)
      summary.lastTime = Instant(milliseconds: partial.last)
    }
    summary.events = order.map { name in
      var times = partial.fromStart[name]
      return LogSummary.EventSummary(
        name: plan.names[name], count: partial.events[name], customers: partial.customers[name],
        meanPosition: partial.positions[name] / Double(max(1, partial.events[name])),
        firstOf: partial.firstOf[name], lastOf: partial.lastOf[name],
        channels: Self.ranked(plan.channels[name]),
        numberProperties: Self.ranked(plan.numbers[name]).map(\.name),
        p90FromStart: quantile(0.9, of: &times).map {
          TimeSpan(milliseconds: Int64($0.rounded(.up)))
        })
    }
    summary.precedes = order.map { before in
      order.map { partial.precedes[before * count + $0] }
    }
    summary.properties = plan.properties
    summary.lifecycle = Self.lifecycle(plan, events: partial.events.reduce(0, +))
    summary.matches = Dictionary(
      zip(plan.touchpoints, partial.matches), uniquingKeysWith: { first, _ in first })
    return summary
  }

  /// The property by which every event is a start, a completion or the like; each activity must
  /// have been completed at least as often as it was begun.
  private static func lifecycle(
    _ plan: Plan, events: Int
  ) -> (property: String, completed: String)? {
    for (property, values) in plan.lifecycles.sorted(by: { $0.key < $1.key }) {
      guard values.values.reduce(0, { $0 + $1.reduce(0, +) }) >= events,
        let started = values.first(where: { $0.key.lowercased() == "start" }),
        let completed = values.first(where: { $0.key.lowercased() == "complete" }),
        zip(completed.value, started.value).allSatisfy({ $0 > 0 && $0 >= $1 })
      else { continue }
      return (property, completed.key)
    }
    return nil
  }

  private static func ranked(_ counts: [String: Int]) -> [(name: String, count: Int)] {
    counts.map { (name: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }
}
