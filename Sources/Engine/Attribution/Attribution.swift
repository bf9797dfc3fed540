import Statistics

/// The answer to an `AttributionQuestion`.
public struct Attribution: CatalogueAnswer {
  /// What one model gives one group of touches.
  public struct Credit: Sendable, Codable, Equatable {
    public var model: AttributionQuestion.Model
    /// The group, `(none)` for touches without one, `(no touch)` for conversions without a touch.
    public var touch: String
    /// Customers who converted after such a touch; the same for every model.
    public var customers: Int
    public var conversions: Double
    /// nil where the question names no value.
    public var value: Double?
    /// Its share of the conversions, with a bootstrap interval where the model is data-driven.
    public var share: Estimate
    /// Touches in the lookbacks of conversions; one that is before two counts twice.
    public var touches: Int
    /// What all touches of the range cost; nil where no cost is known.
    public var cost: Double?
    /// The value for each unit of cost: 1 where it just pays for itself.
    public var returnOnCost: Double?
  }

  /// What a data-driven model rests on.
  public struct Basis: Sendable, Codable, Equatable {
    public var model: AttributionQuestion.Model
    /// Distinct paths.
    public var paths: Int
    /// Paths to none, each as often as it was walked.
    public var nulls: Int
    /// Resamples behind the intervals; 0 where there are none.
    public var resamples: Int
    /// How far the model's figures may be from their exact values, as a share.
    public var error: Double
  }

  /// By model as asked, and there the groups in the order of the first model's conversions.
  public var credits: [Credit]
  public var conversions: Int
  /// What they were worth; nil where the question names no value.
  public var value: Double?
  public var bases: [Basis]
  public var tally: AnswerTally

  /// All figures as rows.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("model", .key), .init("touch", .key), .init("customers", .count),
      .init("conversions", .number), .init("value", .money), .init("share", .share),
      .init("low", .share), .init("high", .share), .init("touches", .count),
      .init("cost", .money), .init("return", .number),
    ])
    for credit in credits {
      table.add([
        .text(credit.model.rawValue), .text(credit.touch), .count(credit.customers),
        .number(credit.conversions), .optional(credit.value), .optional(credit.share.value),
        .optional(credit.share.low), .optional(credit.share.high), .count(credit.touches),
        .optional(credit.cost), .optional(credit.returnOnCost),
      ])
    }
    return table
  }

  /// A bar for each group, with a value for each model.
  public var picture: AnswerPicture? {
    var models: [AttributionQuestion.Model] = []
    for credit in credits where models.last != credit.model { models.append(credit.model) }
    let touches = credits.prefix { $0.model == models.first }.map(\.touch)
    return .bars(
      title: "Conversions earned", series: models.map(\.rawValue),
      bars: touches.enumerated().map { position, touch in
        .init(
          touch,
          models.indices.map { credits[$0 * touches.count + position].conversions })
      })
  }
}

extension Attribution {
  /// Finishes the figures of all models.
  init(_ question: AttributionQuestion, _ tally: AttributionTally, by plan: AttributionPlan) {
    let learnt = PathFigures(tally.paths, groups: plan.groups.names.count)
    var columns: [ModelFigures] = []
    bases = []
    var rule = 0
    for model in question.models {
      if let pathModel = model.pathModel(order: question.order) {
        let figures = learnt.figures(pathModel, of: question)
        columns.append(figures)
        bases.append(learnt.basis(model, figures))
      } else {
        let (conversions, value) = tally.credits(rule: rule)
        columns.append(ModelFigures(conversions: conversions, value: value))
        rule += 1
      }
    }
    // Groups that nothing is known of are no rows. A chain may credit one that only paths to none met.
    let groups = (0..<plan.untouched).filter { group in
      tally.touches[group] > 0 || tally.cost(group) > 0
        || columns.contains { $0.conversions[group] != 0 }
    }
    let places =
      groups.sorted { left, right in
        let (a, b) = (columns[0].conversions[left], columns[0].conversions[right])
        return a == b ? plan.groups.names[left] < plan.groups.names[right] : a > b
      } + [plan.untouched]
    credits = []
    for (model, figures) in zip(question.models, columns) {
      for place in places {
        credits.append(
          Credit(model, figures, place: place, tally, by: plan, hasValue: question.value != nil))
      }
    }
    conversions = tally.conversions
    value = question.value == nil ? nil : tally.value.sum
    self.tally = AnswerTally(
      counted: tally.conversions,
      excluded: [
        .init(reason: "conversions of customers outside the population", count: tally.ofOthers),
        .init(
          reason: "conversions without a number, whose value counts as 0",
          count: question.value == nil ? 0 : tally.withoutValue),
        .init(
          reason: "paths beyond the memory of the data-driven models",
          count: tally.paths.left.conversions + tally.paths.left.nulls),
      ])
  }
}

extension Attribution.Credit {
  fileprivate init(
    _ model: AttributionQuestion.Model, _ figures: ModelFigures, place: Int,
    _ tally: AttributionTally, by plan: AttributionPlan, hasValue: Bool
  ) {
    self.model = model
    let isTouch = place < plan.untouched
    touch = isTouch ? plan.groups.names[place] : AttributionQuestion.untouched
    customers = tally.customers[place]
    conversions = figures.conversions[place]
    value = hasValue ? figures.value[place] : nil
    let all = figures.conversions.reduce(0, +)
    share =
      all > 0
      ? Estimate(
        value: conversions / all, low: figures.low?[place], high: figures.high?[place],
        count: tally.conversions) : .none
    touches = tally.touches[place]
    cost = plan.costs.isEmpty || !isTouch ? nil : tally.cost(place)
    returnOnCost = cost.flatMap { cost in
      cost > 0 ? value.map { $0 / cost } : nil
    }
  }
}

/// What one model gives, by place: the groups, then the conversions without a touch.
private struct ModelFigures {
  var conversions: [Double]
  var value: [Double]
  var low: [Double]?
  var high: [Double]?
  var resamples = 0
  var error = 0.0

  init(conversions: [Double], value: [Double]) {
    self.conversions = conversions
    self.value = value
  }
}

/// Paths with their groups numbered without gaps, so that models only know those that occur.
private struct PathFigures {
  private let paths: ConversionPaths
  private let nulls: Int
  /// By place: its number in the paths; nil where no path has it.
  private let numbers: [Int?]
  /// Intervals are the same whenever the same is asked of the same stories.
  private static let seed: UInt64 = 20_250_901

  init(_ table: PathTable, groups: Int) {
    var occurs = [Bool](repeating: false, count: groups)
    var nulls = 0
    for position in 0..<table.count {
      nulls += table.tally(at: position).nulls
      for group in table.channels(at: position) { occurs[Int(group)] = true }
    }
    self.nulls = nulls
    var count = 0
    var numbers: [Int?] = []
    for occurs in occurs {
      numbers.append(occurs ? count : nil)
      count += occurs ? 1 : 0
    }
    paths = ConversionPaths(
      table, numbers: numbers.map { UInt16($0 ?? 0) }, channelCount: count)
    self.numbers = numbers + [count]
  }

  func figures(_ model: PathModel, of question: AttributionQuestion) -> ModelFigures {
    var figures = ModelFigures(conversions: [], value: [])
    if case .markov(let order) = model {
      let removal = paths.removalEffects(.conversions, order: order)
      figures.conversions = spread(paths.credits(.conversions, by: removal))
      figures.error = removal.error
    } else {
      figures.conversions = spread(paths.credits(.conversions, by: model))
    }
    figures.value =
      question.value != nil
      ? spread(paths.credits(.value, by: model)) : figures.conversions.map { _ in 0 }
    if question.resamples > 0,
      let intervals = paths.intervals(
        .conversions, by: model, resamples: question.resamples, seed: Self.seed)
    {
      figures.low = spread(intervals.low)
      figures.high = spread(intervals.high)
      figures.resamples = intervals.resamples
    }
    return figures
  }

  func basis(_ model: AttributionQuestion.Model, _ figures: ModelFigures) -> Attribution.Basis {
    .init(
      model: model, paths: paths.count, nulls: nulls, resamples: figures.resamples,
      error: figures.error)
  }

  private func spread(_ figures: [Double]) -> [Double] {
    numbers.map { number in number.map { figures[$0] } ?? 0 }
  }
}
