import Engine
import Events
import Experience
import Statistics

extension Chart {
  /// What a target measures, in words.
  func label(_ target: MeasuredTarget) -> String {
    switch target.metric {
    case "completion": "Completion"
    case "median_time": "Median time to goal"
    case "p90_time": "Time that nine of ten keep"
    case "fitness": "Fit with the design"
    case "feeling": "Feeling"
    case "value": "Value of a completed case"
    case "cost": "Cost of a case"
    default: target.metric.asTitle
    }
  }

  /// A figure in the unit of a target's metric.
  func show(_ value: Double?, metric: String) -> String {
    switch metric {
    case "completion": figures.share(value)
    case "median_time", "p90_time": figures.time(value)
    case "fitness": figures.fitness(value)
    case "feeling": figures.score(value)
    case "value", "cost": figures.money(value)
    default: value.map { Figures.fixed($0, 2) } ?? Figures.none
    }
  }

  /// The limit in words: `at least 12.0 %`.
  func limit(_ target: MeasuredTarget) -> String {
    let side = target.comparison == ">=" ? "at least" : "at most"
    return "\(side) \(show(target.limit, metric: target.metric))"
  }

  /// The rules by which the figures were made, in words.
  var rules: [String] {
    let starts = journey.starts.map { title(of: $0) }.joined(separator: ", ")
    let window = figures.time(Double(journey.window.milliseconds))
    var rules = [
      "A case begins at the earliest of: \(starts). It belongs to that starting point alone.",
      "It ends at the first of: \(title(of: journey.goal)) (completed)"
        + (journey.ends.isEmpty
          ? ""
          : ", \(journey.ends.map { title(of: $0) }.joined(separator: " or ")) (ended)")
        + ", or \(window) after its start (abandoned).",
      "A case whose \(window) are not over when the data end is open: it is counted apart, neither "
        + "as a success nor as a failure.",
      "Completion is completed cases among closed ones. Intervals hold the true figure 95 times in "
        + "100: Wilson’s for shares, Student’s for means, order statistics for medians.",
      "“Came this far” counts cases whose furthest step is this one or a later one. Drop-off is "
        + "closed, uncompleted cases that came no further.",
      "Fitness is 1 − cost ÷ (length of the case + length of the shortest designed way), where "
        + "each step left out and each one too many costs 1.",
    ]
    switch journey.again {
    case .once: rules.append("A customer walks this journey once.")
    case .afterEnd: rules.append("A customer may begin again when the case before has ended.")
    case .after(let span):
      rules.append("A customer may begin again \(span) after the last start, once it has ended.")
    }
    if let key = journey.caseKey {
      rules.append("One customer’s cases run side by side, one for each \(key.cleaned).")
    }
    return rules
  }

  /// The starting events that opened no case, with why.
  var exclusions: [(reason: String, count: Int)] {
    let excluded = measured.excluded
    return [
      ("outside the audience or population", excluded.outsideAudience),
      ("a repeat inside an open case", excluded.duringCase),
      ("the journey may not be walked again, or not yet", excluded.again),
      ("without the property that keys cases", excluded.withoutCaseKey),
      ("outside the range", excluded.outsideRange),
    ]
  }

  /// Closed cases by verdict.
  var verdicts: [(label: String, count: Int, place: JourneyPlace)] {
    let verdicts = measured.conformance.verdicts
    return [
      ("as planned", verdicts.asPlanned, .init(.asPlanned)),
      ("skipped a step", verdicts.skipped, .init(.skipped)),
      ("took an extra step", verdicts.extra, .init(.extra)),
      ("out of order", verdicts.outOfOrder, .init(.outOfOrder)),
      ("repeated a step", verdicts.repeated, .init(.repeated)),
      ("late", verdicts.late, .init(.late)),
      ("in a wrong channel", verdicts.wrongChannel, .init(.wrongChannel)),
    ]
  }
}

extension MeasuredTarget.Verdict {
  /// The verdict as a mark, for those who see it.
  var mark: String {
    switch self {
    case .met: "✓"
    case .missed: "✗"
    case .uncertain: "~"
    case .noData: "–"
    }
  }
}
