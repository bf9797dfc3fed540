import Events
import Experience

/// The twin of trends: every event looked at for every series, over plain events.
public struct NaiveTrends: Sendable {
  /// What a figure is about.
  public struct Key: Hashable, Sendable {
    /// The first moment of the interval; nil for the whole range.
    public var from: Instant?
    public var series: String
    public var breakdown: String?
  }

  /// A figure of which there is at least one event.
  public struct Figure: Sendable, Equatable {
    public var customers: Int
    public var value: Double
  }

  /// The figures of all series; of the range itself, without formulas and with all values apart.
  public static func figures(
    _ question: TrendsQuestion, _ stories: [[Event]], _ calendar: LocalCalendar
  ) -> [Key: Figure] {
    var found: [Key: [[Double]]] = [:]
    for series in question.series {
      for story in stories {
        var own: [Key: [Double]] = [:]
        for event in story {
          if let from = question.scope.from, event.time < from { continue }
          if let to = question.scope.to, event.time >= to { continue }
          let rules = NaiveRules(event)
          guard rules.holds(series.events.rule) else { continue }
          var number = 0.0
          if let wanted = series.measure.number {
            guard let own = rules.number(wanted.rule) else { continue }
            number = own
          }
          let key = Key(
            from: question.interval.flatMap { calendar.start(of: $0, at: event.time) },
            series: series.name,
            breakdown: question.breakdown.map { event.properties[$0.name]?.shown ?? "(none)" })
          own[key, default: []].append(number)
        }
        for (key, numbers) in own { found[key, default: []].append(numbers) }
      }
    }
    var figures: [Key: Figure] = [:]
    for (key, customers) in found {
      guard let series = question.series.first(where: { $0.name == key.series }) else { continue }
      figures[key] = Figure(
        customers: customers.count, value: value(series.measure, customers))
    }
    return figures
  }

  private static func value(_ measure: TrendsQuestion.Measure, _ customers: [[Double]]) -> Double {
    let numbers = customers.flatMap(\.self).sorted()
    let count = Double(numbers.count)
    switch measure {
    case .events: return count
    case .customers: return Double(customers.count)
    case .perCustomer: return count / Double(customers.count)
    case .sum: return numbers.reduce(0, +)
    case .mean: return numbers.reduce(0, +) / count
    case .percentile(let percent, _):
      let place = percent / 100 * (count - 1)
      let below = numbers[Int(place)]
      let above = numbers[min(numbers.count - 1, Int(place) + 1)]
      return below + (above - below) * (place - place.rounded(.down))
    }
  }
}
