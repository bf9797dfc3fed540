import Events
import Experience

extension TrendsQuestion: CatalogueQuestion {
  /// How many, how much, over time.
  public static var kind: QuestionKind { .trends }

  /// The fields of a trend.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "How many and how much, over time.",
      fields: [
        .init(
          "series", takes: "events, or {event: …, measure: …, of: …, name: …}",
          standard: "any event", meaning: "What is measured, up to 26 series.", input: .list(.event)
        ),
        .init(
          "events", takes: "events", standard: "none", meaning: "Series, written shorter.",
          input: .list(.event)),
        .init(
          "measure",
          takes: "events, customers, per_customer, sum, mean, median or p90 (p0 to p100)",
          standard: "events", meaning: "What is measured of series that don't say.", input: .text),
        .init(
          "of", takes: "a number property or expression", standard: "none",
          meaning: "The number of sum, mean and percentiles.", input: .property),
        .init(
          "interval", takes: "hour, day, week, month, quarter, year or none", standard: "day",
          meaning: "Intervals; none is one figure for the range.",
          input: .choice(["hour", "day", "week", "month", "quarter", "year", "none"])),
        .init(
          "breakdown", takes: "a property", standard: "none",
          meaning: "Divides by the value of the event.", input: .property),
        .init(
          "values", takes: "1 to 1000", standard: "100",
          meaning: "How many values are told apart.", input: .number),
        .init(
          "formula", takes: "A / B * 100, or {name: …, formula: …}", standard: "none",
          meaning: "Worked out from the series by their letters.", input: .list(.text)),
        .init(
          "ratio", takes: "two series, by letter or name", standard: "none",
          meaning: "The first divided by the second.", input: .list(.text)),
        .init(
          "compare", takes: "previous or none", standard: "none",
          meaning: "Compares with the range before.", input: .choice(["previous", "none"])),
      ],
      example: """
        question: trends
        series: [Product Viewed, {event: Order Completed, measure: customers}]
        interval: week
        formula: {name: orders a view, formula: B / A}
        """)
  }

  /// The conditions and numbers of the series.
  public var eventRules: [Expression] {
    series.map(\.events.rule) + series.compactMap(\.measure.number?.rule)
  }
  /// The property divided by.
  public var propertyNames: [String] { [breakdown?.name].compactMap(\.self) }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case series, events, measure, of, interval, breakdown, values, formula, ratio, compare
  }

  /// Reads a trend.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    do {
      let usual = (
        measure: try fields.value(.measure, String.self),
        number: try fields.value(.of, NumberSelector.self)
      )
      let written: [WrittenSeries] = try fields.list(.series) ?? []
      let short: [EventSelector] = try fields.list(.events) ?? []
      var series: [Series] = []
      for one in written + short.map({ WrittenSeries(event: $0) }) {
        series.append(try one.series(usual: usual.measure, of: usual.number))
      }
      if series.isEmpty {
        series = [try WrittenSeries(event: .any).series(usual: usual.measure, of: usual.number)]
      }
      self.init(series)
      scope = try Scope(from: decoder)
      interval = try fields.value(.interval, standard: WrittenInterval(interval)).interval
      breakdown = try fields.value(.breakdown)
      values = try fields.value(.values, standard: values)
      formulas = (try fields.list(.formula, WrittenFormula.self) ?? []).map(\.formula)
      if let ratio = try fields.list(.ratio, String.self) {
        formulas.append(try self.ratio(ratio))
      }
      comparison = try fields.value(.compare, standard: comparison)
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  private func ratio(_ parts: [String]) throws(Refusal) -> Formula {
    let places = parts.compactMap { part in
      series.firstIndex { $0.name == part }
        ?? series.indices.first { Arithmetic.letter($0) == part }
    }
    guard parts.count == 2, places.count == 2 else {
      throw Refusal(
        "trends.ratio", problem: "\(parts.joined(separator: ", ")) are not two of the series.",
        remedy: "Name two by letter or name, as in ratio: [A, B].")
    }
    return Formula(.binary(.divided, .series(places[0]), .series(places[1])))
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(series.map { WrittenSeries($0) }, forKey: .series)
    if interval != .day { try fields.encode(WrittenInterval(interval), forKey: .interval) }
    try fields.encodeIfPresent(breakdown, forKey: .breakdown)
    if values != Self.standardValues { try fields.encode(values, forKey: .values) }
    if !formulas.isEmpty {
      try fields.encode(formulas.map { WrittenFormula(formula: $0) }, forKey: .formula)
    }
    if comparison != .none { try fields.encode(comparison, forKey: .compare) }
  }
}

/// An interval of the calendar as it is written, or `none`.
struct WrittenInterval: Codable {
  var interval: CalendarInterval?

  init(_ interval: CalendarInterval?) { self.interval = interval }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if try container.decode(String.self) == "none" { return }
    interval = try container.decode(CalendarInterval.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(interval?.rawValue ?? "none")
  }
}

/// A series as it is written: an event alone, or with what is measured of it.
private struct WrittenSeries: Codable {
  var name: String?
  var event: EventSelector
  var measure: String?
  var of: NumberSelector?

  enum CodingKeys: String, CodingKey, CaseIterable { case name, event, measure, of }

  init(event: EventSelector) { self.event = event }

  init(_ series: TrendsQuestion.Series) {
    event = series.events
    if series.name != TrendsQuestion.Series.usualName(series.events, series.measure) {
      name = series.name
    }
    if series.measure != .events { measure = series.measure.word }
    of = series.measure.number
  }

  init(from decoder: any Decoder) throws {
    guard (try? decoder.singleValueContainer().decode(String.self)) == nil else {
      event = try EventSelector(from: decoder)
      return
    }
    let fields = try QuestionFields<CodingKeys>(decoder, .part)
    name = try fields.value(.name)
    event = try fields.value(.event, standard: .any)
    measure = try fields.value(.measure)
    of = try fields.value(.of)
  }

  func series(
    usual: String?, of usualNumber: NumberSelector?
  ) throws(Refusal) -> TrendsQuestion.Series {
    let word = measure ?? usual ?? "events"
    let isCounted = ["events", "customers", "per_customer"].contains(word)
    let number = of ?? (isCounted && measure != nil ? nil : usualNumber)
    return .init(event, try Self.measure(word, of: number), name: name)
  }

  private static func measure(
    _ word: String, of number: NumberSelector?
  ) throws(Refusal) -> TrendsQuestion.Measure {
    let counted: TrendsQuestion.Measure? =
      switch word {
      case "events": .events
      case "customers": .customers
      case "per_customer": .perCustomer
      default: nil
      }
    if let counted {
      guard number == nil else {
        throw Refusal(
          "trends.of", problem: "“\(word)” counts, and takes no number.",
          remedy: "Leave `of` out, or measure sum, mean, median or p90.")
      }
      return counted
    }
    let percent = word == "median" ? 50 : word.hasPrefix("p") ? Double(word.dropFirst()) : nil
    guard word == "sum" || word == "mean" || percent != nil else {
      throw Refusal(
        "trends.measure", problem: "“\(word)” is nothing that can be measured.",
        remedy: "Write events, customers, per_customer, sum, mean, median or p90.")
    }
    guard let number else {
      throw Refusal(
        "trends.of", problem: "It is not said of what the \(word) is wanted.",
        remedy: "Write a number property, as in of: properties.total.")
    }
    return percent.map { .percentile($0, number) } ?? (word == "sum" ? .sum(number) : .mean(number))
  }
}

/// A formula as it is written.
private struct WrittenFormula: Codable {
  var formula: TrendsQuestion.Formula

  enum CodingKeys: String, CodingKey, CaseIterable { case name, formula }

  init(formula: TrendsQuestion.Formula) { self.formula = formula }

  init(from decoder: any Decoder) throws {
    do {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        formula = .init(try Arithmetic(reading: text))
        return
      }
      let fields = try QuestionFields<CodingKeys>(decoder, .part)
      formula = .init(
        try Arithmetic(reading: fields.required(.formula)), name: try fields.value(.name))
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    let usual = TrendsQuestion.Formula(formula.arithmetic)
    if formula.name != usual.name { try fields.encode(formula.name, forKey: .name) }
    try fields.encode("\(formula.arithmetic)", forKey: .formula)
  }
}
