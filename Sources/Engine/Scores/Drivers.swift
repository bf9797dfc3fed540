import Events
import Experience
import Statistics

/// The answer to a `DriversQuestion`.
public struct Drivers: CatalogueAnswer {
  /// One driver.
  public struct Driver: Codable, Sendable, Equatable {
    public var name: String
    /// What kind of thing it is, where the survey says.
    public var aspect: String?
    /// Whether it is a fact of the story, and no rating.
    public var isFact: Bool
    public var mean: Double
    /// With the outcome, nothing else held constant: −1 to 1.
    public var correlation: Double
    /// By how many standard deviations the outcome is higher where the driver is higher by one, the
    /// others held constant.
    public var effect: Double
    /// How much of the outcome's variance it explains: its Shapley share, known as LMG.
    public var explains: Estimate
    /// The same as Johnson's relative weight.
    public var relativeWeight: Estimate
    /// Its part of what all drivers explain: 0 to 1.
    public var importance: Double
    /// Where the mean lies on the scale: 0 to 1; nil of facts and of numbers that leave the scale.
    public var performance: Double?
    public var corner: Corner?
    public var warnings: [String]
  }

  /// Where a driver lies between importance and performance, each cut at its mean.
  public enum Corner: String, Codable, Sendable, CaseIterable {
    case concentrate = "concentrate here"
    case keepUp = "keep up the good work"
    case lowPriority = "low priority"
    case overkill = "possible overkill"
  }

  /// In the order of importance.
  public var drivers: [Driver]
  /// How many answers it rests on.
  public var answers: Int
  /// R²: the share of the outcome's variance that the drivers explain together.
  public var explained: Estimate
  /// R² less what as many drivers without meaning would explain.
  public var adjusted: Double?
  /// What should be known of the whole.
  public var warnings: [String]
  public var tally: AnswerTally
  private let units: Int

  /// The row of all drivers together.
  static let everything = "(all)"

  /// So many answers are wanted for each driver, and so many beside.
  ///
  /// - SeeAlso: S. B. Green, "How Many Subjects Does It Take To Do A Regression Analysis?", Multivariate
  ///   Behavioral Research 26 (1991).
  static let wantedAnswers = (each: 8, beside: 50)
  /// A driver of which the others explain more is told by them: a variance inflation of 5.
  static let mostCollinearity = 0.8
  /// A fact that changes a rating's effect by more than this part of it confounds it.
  static let confounding = 0.1

  private enum CodingKeys: String, CodingKey {
    case drivers, answers, explained, adjusted, warnings
  }

  init(
    _ question: DriversQuestion, _ journeys: [Journey], _ partial: DriversFold.Partial
  ) {
    let all = partial.groups.sorted { $0.key < $1.key }.map(\.value.crossProducts)
    let references = Self.references(question.drivers, journeys, all)
    let asked = question.drivers.indices.filter { !references.contains($0) }
    let facts = asked.indices.filter { question.drivers[asked[$0]].isFact }
    let groups = all.map { $0.selecting([0] + asked.map { $0 + 1 }) }
    let found = KeyDrivers(
      groups.isEmpty ? [CrossProducts(width: asked.count + 1)] : groups, facts: Set(facts))
    let explained = found.explained.value ?? 0
    var drivers = zip(asked, found.drivers).map { place, driver in
      Driver(
        question.drivers[place], driver, explained: explained, scale: question.scale,
        reach: partial.reach.isEmpty ? nil : partial.reach[place])
    }
    let cut = Self.cut(drivers)
    for place in drivers.indices {
      guard let performance = drivers[place].performance, explained > 0 else { continue }
      drivers[place].corner =
        drivers[place].importance >= cut.importance
        ? (performance < cut.performance ? .concentrate : .keepUp)
        : (performance < cut.performance ? .lowPriority : .overkill)
    }
    self.drivers = drivers.sorted { ($1.importance, $0.name) < ($0.importance, $1.name) }
    answers = found.count
    self.explained = found.explained
    adjusted = found.adjusted
    units = partial.counted
    warnings =
      Self.warnings(found)
      + references.map {
        "“\(question.drivers[$0].name)” is what other starting points are told from"
      }
    tally = AnswerTally(
      counted: partial.counted, open: partial.open,
      excluded: [
        .init(reason: "answers without a number for each driver", count: partial.incomplete),
        .init(reason: "answers that belong to no case of the journey", count: partial.outside),
      ])
  }

  /// Of journeys all of whose starting points are drivers the most frequent one: it says nothing that the
  /// others don't.
  private static func references(
    _ drivers: [DriversQuestion.Driver], _ journeys: [Journey], _ groups: [CrossProducts]
  ) -> [Int] {
    var all = CrossProducts(width: drivers.count + 1)
    for group in groups { all.add(group) }
    return journeys.compactMap { journey in
      let places = drivers.indices.filter {
        drivers[$0].journeyFact?.journey == journey.name
          && drivers[$0].journeyFact?.verdict == .start
      }
      let named = Set(places.compactMap { drivers[$0].journeyFact?.touchpoint })
      guard places.count > 1, named == Set(journey.starts) else { return nil }
      return places.max { all.means[$0 + 1] < all.means[$1 + 1] }
    }
  }

  /// The mean importance, and the mean performance of what has one.
  private static func cut(_ drivers: [Driver]) -> (importance: Double, performance: Double) {
    let performances = drivers.compactMap(\.performance)
    return (
      drivers.reduce(0) { $0 + $1.importance } / Double(max(1, drivers.count)),
      performances.reduce(0, +) / Double(max(1, performances.count))
    )
  }

  private static func warnings(_ found: KeyDrivers) -> [String] {
    var warnings: [String] = []
    let wanted = wantedAnswers.beside + wantedAnswers.each * found.drivers.count
    if found.count < wanted {
      warnings.append("few answers: \(wanted) are wanted for so many drivers")
    }
    if !found.outcomeVaries, found.count > 0 { warnings.append("the outcome is always the same") }
    if found.drivers.count > KeyDrivers.mostDriversWithShapleyIntervals {
      warnings.append("so many drivers have intervals of relative weights alone")
    }
    return warnings
  }
}

extension Drivers.Driver {
  fileprivate init(
    _ asked: DriversQuestion.Driver, _ found: KeyDrivers.Driver, explained: Double,
    scale: ClosedRange<Int>, reach: ClosedRange<Double>?
  ) {
    let (low, high) = (Double(scale.lowerBound), Double(scale.upperBound))
    let isOnScale = reach.map { low <= $0.lowerBound && $0.upperBound <= high } ?? false
    name = asked.name
    aspect = asked.aspect
    isFact = asked.isFact
    mean = found.mean
    correlation = found.correlation
    effect = found.coefficient
    explains = found.shapley
    relativeWeight = found.relativeWeight
    importance = explained > 0 ? (found.shapley.value ?? 0) / explained : 0
    performance = !asked.isFact && isOnScale ? (found.mean - low) / (high - low) : nil
    var warnings: [String] = []
    if reach != nil {
      if !found.varies { warnings.append("always the same") }
      if !asked.isFact, !isOnScale {
        warnings.append("leaves the scale of \(scale.lowerBound) to \(scale.upperBound)")
      }
    }
    if found.collinearity > Drivers.mostCollinearity { warnings.append("told by the others") }
    if let without = found.coefficientWithoutFacts,
      abs(without - found.coefficient) > max(0.02, Drivers.confounding * abs(without))
    {
      warnings.append(
        "effect \((without * 100).rounded() / 100) without the facts: they confound it")
    }
    self.warnings = warnings
  }
}

extension Drivers {
  /// A row for all drivers together, and one for each.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("driver", .key), .init("customers", .count), .init("importance", .share),
      .init("explains", .share), .init("low", .share), .init("high", .share),
      .init("relative_weight", .share), .init("weight_low", .share), .init("weight_high", .share),
      .init("mean", .number), .init("performance", .share), .init("correlation", .number),
      .init("effect", .number), .init("corner", .note), .init("aspect", .note),
      .init("note", .note),
    ])
    func note(_ words: [String]) -> AnswerTable.Cell {
      words.isEmpty ? .none : .text(words.joined(separator: "; "))
    }
    func cells(_ estimate: Estimate) -> [AnswerTable.Cell] {
      [.optional(estimate.value), .optional(estimate.low), .optional(estimate.high)]
    }
    guard answers > 0 else { return table }
    table.add(
      [.text(Self.everything), .count(units), .number(1)] + cells(explained)
        + cells(explained)
        + [.none, .none, .none, .none, .none, .none, note(warnings)])
    for driver in drivers {
      table.add(
        [.text(driver.name), .count(units), .number(driver.importance)]
          + cells(driver.explains) + cells(driver.relativeWeight) + [
            .number(driver.mean), .optional(driver.performance), .number(driver.correlation),
            .number(driver.effect), driver.corner.map { .text($0.rawValue) } ?? .none,
            driver.aspect.map { .text($0) } ?? .none,
            note(driver.warnings),
          ])
    }
    return table
  }

  /// How much each driver explains, and importance against performance where ratings can be compared.
  public var picture: AnswerPicture? {
    guard answers > 0 else { return nil }
    let title = "What drives the outcome"
    let ranges = AnswerPicture.ranges(
      title: title,
      ranges: drivers.map {
        let shown = $0.explains.low == nil ? $0.relativeWeight : $0.explains
        return .init($0.name, shown.value, low: shown.low, high: shown.high)
      })
    let rated = drivers.filter { $0.corner != nil }
    guard rated.count > 1 else { return ranges }
    let cut = Self.cut(drivers)
    let matrix = AnswerPicture.Matrix(
      across: "performance", up: "importance", cutAcross: cut.performance, cutUp: cut.importance,
      corners: [Corner.concentrate, .keepUp, .lowPriority, .overkill].map(\.rawValue),
      points: rated.map { .init($0.name, across: $0.performance ?? 0, up: $0.importance) })
    return .several(
      title: title,
      parts: [
        .init(name: "Share of the outcome that each explains", picture: ranges),
        .init(
          name: "Importance against performance",
          picture: .matrix(title: "Importance against performance", matrix)),
      ])
  }
}
