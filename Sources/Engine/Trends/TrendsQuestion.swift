import Events
import Experience

/// Asks how many and how much, over the intervals of the calendar.
///
/// Each series takes events and measures them in each interval: an event counts in the interval in
/// which it happened, a customer in every interval in which one of their events did. An interval
/// without events is 0, and the last one is open where the data end before it does.
public struct TrendsQuestion: Sendable, Equatable {
  /// Whom and when.
  public var scope = Scope()
  /// What is measured; formulas call them A, B, C …
  public var series: [Series]
  /// Intervals; nil: the whole range as one.
  public var interval: CalendarInterval? = .day
  /// The property by whose values events are divided.
  public var breakdown: Dimension?
  /// How many values are told apart; the others are counted together.
  public var values = standardValues
  /// What is worked out from the series.
  public var formulas: [Formula] = []
  /// What it is compared with.
  public var comparison = Comparison.none

  /// As many as there are letters.
  public static let mostSeries = 26
  /// As many as a legend can hold.
  public static let standardValues = 100
  /// The most intervals by values by series: each is counted at a place of its own, in memory that
  /// every core has once.
  public static let mostCells = 1_000_000

  /// Asks for series by day.
  public init(_ series: [Series]) { self.series = series }

  /// Events, and what is measured of them.
  public struct Series: Sendable, Equatable {
    public var name: String
    public var events: EventSelector
    public var measure: Measure

    /// Measures events; they are called as they are selected unless there is a name.
    public init(_ events: EventSelector, _ measure: Measure = .events, name: String? = nil) {
      self.name = name ?? Self.usualName(events, measure)
      self.events = events
      self.measure = measure
    }

    static func usualName(_ events: EventSelector, _ measure: Measure) -> String {
      measure == .events ? events.name : "\(events.name): \(measure)"
    }
  }

  /// What is measured. Of numbers, events without one are left out.
  public enum Measure: Sendable, Hashable {
    /// How many there are.
    case events
    /// How many customers they are of, each counted once.
    case customers
    /// Events for each customer of them.
    case perCustomer
    case sum(NumberSelector)
    case mean(NumberSelector)
    /// 0 to 100, by Hyndman and Fan's definition 7.
    case percentile(Double, NumberSelector)

    var number: NumberSelector? {
      switch self {
      case .events, .customers, .perCustomer: nil
      case .sum(let number), .mean(let number), .percentile(_, let number): number
      }
    }
  }

  /// Arithmetic over the values of series.
  public struct Formula: Sendable, Equatable {
    public var name: String
    public var arithmetic: Arithmetic

    /// Names a formula; without a name it is called as it is written.
    public init(_ arithmetic: Arithmetic, name: String? = nil) {
      self.name = name ?? "\(arithmetic)"
      self.arithmetic = arithmetic
    }
  }

  /// What is compared with.
  public enum Comparison: String, Sendable, Codable, CaseIterable {
    case none
    /// The range of the same length before: as many intervals, or days, as the range has.
    case previous
  }

  /// Checks what can be checked without stories.
  ///
  /// - Throws: `trends.series`, `trends.names`, `trends.formula`, `trends.values`, `trends.compare`.
  public func validate() throws(Refusal) {
    try scope.validate()
    guard (1...Self.mostSeries).contains(series.count), formulas.count <= Self.mostSeries else {
      throw Refusal(
        "trends.series",
        problem: "There are \(series.count) series and \(formulas.count) formulas.",
        remedy: "Ask for 1 to \(Self.mostSeries) series, and as many formulas at most.")
    }
    for formula in formulas {
      let wanted = formula.arithmetic.series
      if let stranger = wanted.first(where: { $0 >= series.count }) {
        throw Refusal(
          "trends.formula",
          problem: "“\(formula.name)” speaks of \(Arithmetic.letter(stranger)), and there are "
            + "\(series.count) series.",
          remedy: "A is the first series, \(Arithmetic.letter(series.count - 1)) the last.")
      }
      guard !wanted.isEmpty else {
        throw Refusal(
          "trends.formula", problem: "“\(formula.name)” speaks of no series.",
          remedy: "Name one by its letter, as in A / B.")
      }
    }
    var names: Set<String> = []
    for name in series.map(\.name) + formulas.map(\.name) where !names.insert(name).inserted {
      throw Refusal(
        "trends.names", problem: "Two series are called “\(name)”.",
        remedy: "Give one another name.")
    }
    guard (1...DimensionTable.most).contains(values) else {
      throw Refusal(
        "trends.values", problem: "\(values) values cannot be told apart.",
        remedy: "Tell 1 to \(DimensionTable.most) apart.")
    }
    for series in series {
      if case .percentile(let percent, _) = series.measure, !(0...100).contains(percent) {
        throw Refusal(
          "trends.measure", problem: "There is no percentile \(percent).",
          remedy: "Write median, or p0 to p100.")
      }
    }
    guard comparison == .none || scope.from != nil else {
      throw Refusal(
        "trends.compare", problem: "A range from the beginning has none before it.",
        remedy: "Say where the range begins, with `from`.")
    }
  }
}

extension TrendsQuestion.Measure: CustomStringConvertible {
  /// `events`, `mean total`.
  public var description: String {
    number.map { "\(word) \($0.rule)" } ?? word
  }

  /// How it is written: `per_customer`, `p90`.
  var word: String {
    switch self {
    case .events: "events"
    case .customers: "customers"
    case .perCustomer: "per_customer"
    case .sum: "sum"
    case .mean: "mean"
    case .percentile(50, _): "median"
    case .percentile(let percent, _): "p\(PropertyValue.number(percent).shown)"
    }
  }
}
