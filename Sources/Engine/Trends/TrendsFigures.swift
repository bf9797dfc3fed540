import Events
import Statistics
import Stories

/// Makes the figures of a trend from its counts.
struct TrendsFigures {
  private let question: TrendsQuestion
  private let plan: TrendsPlan
  private let partial: TrendsPartial
  /// By series, then cell.
  private let values: [[Estimate]]

  init(_ question: TrendsQuestion, _ plan: TrendsPlan, _ partial: TrendsPartial) {
    self.question = question
    self.plan = plan
    self.partial = partial
    values = question.series.indices.map { series in
      let measure = question.series[series].measure
      let ranked: [RankedValues<UInt64>] =
        if case .percentile = measure {
          partial.numbers[series].byCell(max(1, plan.cells))
        } else { [] }
      return (0..<plan.cells).map { cell in
        let place = partial.place(series, cell)
        let (customers, events) = (partial.customers[place], partial.events[place])
        switch measure {
        case .events: return Estimate(value: Double(events), count: events)
        case .customers: return Estimate(value: Double(customers), count: customers)
        case .perCustomer:
          return Estimate(
            value: customers == 0 ? nil : Double(events) / Double(customers), count: customers)
        case .sum: return Estimate(value: partial.sums[series][cell].sum, count: events)
        case .mean: return partial.sums[series][cell].mean
        case .percentile(50, _): return ranked[cell].median { Double(rankKey: $0) }
        case .percentile(let percent, _):
          return Estimate(
            value: ranked[cell].quantile(percent / 100) { Double(rankKey: $0) },
            count: ranked[cell].count)
        }
      }
    }
  }

  func answer() -> Trends {
    // A value of which no series has an event has no rows.
    let shown = (0..<plan.width).filter { value in
      plan.values == nil
        || question.series.indices.contains { series in
          (0..<plan.spans.count).contains {
            partial.customers[partial.place(series, cell($0, value))] > 0
          }
        }
    }
    var series: [Trends.Series] = []
    for value in shown {
      for (position, one) in question.series.enumerated() {
        series.append(
          Trends.Series(
            name: one.name, measure: one.measure.word, breakdown: plan.values?.names[value],
            points: points(customersOf: position, value, one.measure) {
              values[position][cell($0, value)]
            }))
      }
      for formula in question.formulas {
        series.append(
          Trends.Series(
            name: formula.name, measure: "formula", breakdown: plan.values?.names[value],
            points: points(customersOf: formula.arithmetic.series[0], value, nil) { span in
              Estimate(
                value: formula.arithmetic.value { values[$0][cell(span, value)].value },
                count: values[formula.arithmetic.series[0]][cell(span, value)].count)
            }))
      }
    }
    return Trends(
      interval: question.interval, breakdown: question.breakdown?.name,
      isCompared: question.comparison == .previous, series: series, counted: partial.counted)
  }

  private func cell(_ span: Int, _ value: Int) -> Int { span * plan.width + value }

  private func points(
    customersOf series: Int, _ value: Int, _ measure: TrendsQuestion.Measure?,
    _ estimate: (Int) -> Estimate
  ) -> [Trends.Point] {
    let spans = plan.spans
    return (spans.before..<spans.count).map { span in
      var point = Trends.Point(
        interval: spans.names[span], from: spans.starts[span], to: spans.starts[span + 1],
        customers: partial.customers[partial.place(series, cell(span, value))],
        value: estimate(span), isOpen: spans.isOpen(span, watermark: plan.watermark))
      if question.comparison == .previous {
        let earlier = estimate(span - spans.before)
        point.previous = earlier
        // An interval that isn't over cannot be compared with a whole one.
        if !point.isOpen { point.change = Self.change(measure, point.value, from: earlier) }
      }
      return point
    }
  }

  /// The difference of two figures, with an interval where there is one.
  ///
  /// Counts are taken as Poisson's, whose variance is their mean; customers who do much at once make
  /// the true interval of events wider. Means are compared by Welch's t interval.
  private static func change(
    _ measure: TrendsQuestion.Measure?, _ later: Estimate, from earlier: Estimate
  ) -> Estimate? {
    guard let value = later.value, let before = earlier.value else { return nil }
    let difference = value - before
    let count = later.count + earlier.count
    let half: Double? =
      switch measure {
      case .events, .customers: count > 0 ? z95 * (value + before).squareRoot() : nil
      case .mean: welchHalf(later, earlier)
      default: nil
      }
    return Estimate(
      value: difference, low: half.map { difference - $0 }, high: half.map { difference + $0 },
      count: count)
  }

  /// Half of the interval of a difference of two means.
  ///
  /// - SeeAlso: B. L. Welch, "The generalization of ‘Student's’ problem when several different
  ///   population variances are involved", Biometrika 34 (1947).
  private static func welchHalf(_ left: Estimate, _ right: Estimate) -> Double? {
    let parts = [left, right].compactMap { mean -> (variance: Double, degrees: Double)? in
      guard let value = mean.value, let high = mean.high else { return nil }
      let degrees = Double(mean.count - 1)
      let error = (high - value) / studentQuantile(0.975, degrees: degrees)
      return (error * error, degrees)
    }
    guard parts.count == 2 else { return nil }
    let variance = parts[0].variance + parts[1].variance
    guard variance > 0 else { return 0 }
    let weight = parts.reduce(0) { $0 + $1.variance * $1.variance / $1.degrees }
    return studentQuantile(0.975, degrees: variance * variance / weight) * variance.squareRoot()
  }
}
