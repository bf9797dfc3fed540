import Engine
import Statistics

/// Two measurements of one journey, of two ranges or two populations, and how they differ.
public struct MapComparison: Sendable {
  public var left: MeasuredJourney
  public var right: MeasuredJourney
  /// What the measurements are called: `before`, `frequent shoppers`.
  public var leftName: String
  public var rightName: String

  /// Makes a comparison; differences are right less left.
  public init(
    _ left: MeasuredJourney, named leftName: String, with right: MeasuredJourney,
    named rightName: String
  ) {
    self.left = left
    self.right = right
    self.leftName = leftName
    self.rightName = rightName
  }
}

/// One figure in two measurements.
struct ComparedFigure {
  /// What a figure is, which says how it is shown.
  enum Unit {
    case share, time, money, score, fitness
  }

  /// Which way is good.
  enum Better {
    case more, less
  }

  /// What the two figures let one say.
  enum Finding {
    case better, worse
    /// The interval of the difference holds zero.
    case noise
    /// One of them has no figure, or no interval.
    case unknown
  }

  let label: String
  let unit: Unit
  let better: Better
  let left: Estimate
  let right: Estimate

  /// Right less left, with an interval made of both intervals, as of independent measurements.
  ///
  /// - SeeAlso: `Estimate.difference`; the same construction serves means and medians (G. Y. Zou
  ///   and A. Donner, "Construction of confidence limits about effect measures", 2008).
  var change: Estimate { Estimate.difference(right, left) }

  var finding: Finding {
    guard let low = change.low, let high = change.high, low.isFinite, high.isFinite else {
      return .unknown
    }
    guard low > 0 || high < 0 else { return .noise }
    return (low > 0) == (better == .more) ? .better : .worse
  }

  func show(_ value: Double?, _ figures: Figures) -> String {
    switch unit {
    case .share: figures.share(value)
    case .time: figures.time(value)
    case .money: figures.money(value)
    case .score: figures.score(value)
    case .fitness: figures.fitness(value)
    }
  }

  /// A difference with its sign; a share's in percentage points.
  private func signed(_ value: Double?, _ figures: Figures) -> String {
    guard let value, value.isFinite else { return Figures.none }
    let sign = value > 0 ? "+" : value < 0 ? "−" : "±"
    guard unit == .share else { return sign + show(abs(value), figures) }
    return sign + Figures.fixed(abs(value) * 100, 1)
  }

  /// `+3.2 points (+1.1 to +5.3)`
  func changeText(_ figures: Figures) -> String {
    guard change.value != nil else { return Figures.none }
    let points = unit == .share ? " points" : ""
    return signed(change.value, figures) + points
      + " (\(signed(change.low, figures)) to \(signed(change.high, figures)))"
  }

  /// What the difference means, in words.
  var words: String {
    switch finding {
    case .better: "better"
    case .worse: "worse"
    case .noise: "no change beyond noise"
    case .unknown: "cannot tell"
    }
  }

  /// The same as a mark.
  var mark: String {
    switch finding {
    case .better: "✓"
    case .worse: "✗"
    case .noise: "="
    case .unknown: "?"
    }
  }
}

extension MapComparison {
  /// The figures of the whole journey.
  var figures: [ComparedFigure] {
    func figure(
      _ label: String, _ unit: ComparedFigure.Unit, _ better: ComparedFigure.Better,
      _ of: (MeasuredJourney) -> Estimate
    ) -> ComparedFigure {
      ComparedFigure(
        label: label, unit: unit, better: better, left: of(left), right: of(right))
    }
    return [
      figure("Completion", .share, .more) { $0.completion },
      figure("Median time to goal", .time, .less) { $0.time.median },
      figure("Value of a completion", .money, .more) { $0.value.mean },
      figure("Cost of a case", .money, .less) { $0.cost.mean },
      figure("Feeling", .score, .more) { $0.feeling },
      figure("Fit with the design", .fitness, .more) {
        Estimate(value: $0.conformance.fitness, count: $0.conformance.cases)
      },
    ]
  }

  /// Each step of either side with its figures; a step that one side lacks has none there.
  var steps: [(title: String, figures: [ComparedFigure])] {
    func key(_ step: MeasuredStep) -> [String] { step.touchpoints.map(\.name) }
    let others = right.steps.filter { step in !left.steps.contains { key($0) == key(step) } }
    return (left.steps + others).map { step in
      let before = left.steps.first { key($0) == key(step) }
      let after = right.steps.first { key($0) == key(step) }
      return (
        step.title.asTitle,
        [
          ComparedFigure(
            label: "came here", unit: .share, better: .more, left: before?.share ?? .none,
            right: after?.share ?? .none),
          ComparedFigure(
            label: "of these left", unit: .share, better: .less,
            left: before?.dropOffShare ?? .none, right: after?.dropOffShare ?? .none),
          ComparedFigure(
            label: "median time", unit: .time, better: .less,
            left: before?.timeFromPrevious.median ?? .none,
            right: after?.timeFromPrevious.median ?? .none),
        ]
      )
    }
  }

  /// The figures that changed for sure, in sentences.
  func findings(_ shown: Figures) -> [String] {
    let all =
      figures.map { ($0.label, $0) }
      + steps.flatMap { step in step.figures.map { ("\(step.title), \($0.label)", $0) } }
    return all.filter { $0.1.finding == .better || $0.1.finding == .worse }.map { label, figure in
      "\(label): \(figure.words), \(figure.changeText(shown))."
    }
  }
}
