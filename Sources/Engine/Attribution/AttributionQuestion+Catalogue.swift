import Events
import Experience
import Statistics

extension AttributionQuestion: CatalogueQuestion {
  /// What earned the conversions.
  public static var kind: QuestionKind { .attribution }

  /// The fields of an attribution.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "What earned the conversions, and what it cost.",
      fields: [
        .init(
          "conversion", takes: "event, touchpoint or condition", standard: nil,
          meaning: "What is earned.", input: .event),
        .init(
          "value", takes: "a property or a number", standard: "none",
          meaning: "What a conversion is worth.", input: .property),
        .init(
          "touches", takes: "events, touchpoints or conditions",
          standard: "all that have a name, without conversions", meaning: "What may earn it.",
          input: .list(.event)),
        .init(
          "by", takes: "touchpoint, event or a property", standard: "channel",
          meaning: "What touches are grouped by.", input: .naming),
        .init(
          "models", takes: Model.allCases.map(\.rawValue).joined(separator: ", "),
          standard: "first, last, linear, markov", meaning: "How conversions are divided.",
          input: .list(.choice(Model.allCases.map(\.rawValue)))),
        .init(
          "lookback", takes: "30d, or none", standard: "30d",
          meaning: "How long before it a touch counts.", input: .span),
        .init(
          "half_life", takes: "7d", standard: "7d",
          meaning: "After which a touch counts half, in timeDecay.", input: .span),
        .init(
          "direct", takes: "groups", standard: "direct",
          meaning: "What lastNonDirect passes over.", input: .list(.text)),
        .init(
          "order", takes: "1 to 4", standard: "1",
          meaning: "How many groups markov remembers.", input: .number),
        .init(
          "resamples", takes: "\(ConversionPaths.fewestResamples) to \(mostResamples), or 0",
          standard: "\(ConversionPaths.usualResamples)",
          meaning: "What intervals of markov and shapley rest on.", input: .number),
      ],
      example: """
        question: attribution
        conversion: Order Completed
        value: revenue
        touches: [Ad Clicked, Email Opened, Page Viewed]
        by: channel
        models: [first, last, linear, markov]
        """)
  }

  /// The conditions of the conversion and the touches, and the value.
  public var eventRules: [Expression] {
    [conversion.rule] + touches.map(\.rule) + [value?.rule].compactMap(\.self)
  }
  /// The properties that touches are grouped by and conversions are worth.
  public var propertyNames: [String] {
    var names: [String] = []
    if case .property(let name) = by { names.append(name) }
    if case .property(let name)? = value?.rule { names.append(name) }
    return names
  }

  /// Counts with the experience's touchpoints.
  public func fold(in context: QuestionContext) throws(Refusal) -> AttributionFold {
    try validate()
    return AttributionFold(question: self, touchpoints: context.experience?.touchpoints ?? [])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case conversion, value, touches, by, models, lookback, halfLife = "half_life", direct, order
    case resamples
  }

  /// Reads an attribution.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(conversion: try fields.required(.conversion))
    scope = try Scope(from: decoder)
    value = try fields.value(.value)
    touches = try fields.list(.touches) ?? touches
    by = try fields.value(.by, standard: by)
    models = try fields.list(.models) ?? models
    let written = try fields.value(.lookback, String.self)
    lookback = written == "none" ? nil : try fields.value(.lookback) ?? lookback
    halfLife = try fields.value(.halfLife, standard: halfLife)
    direct = try fields.list(.direct) ?? direct
    order = try fields.value(.order, standard: order)
    resamples = try fields.value(.resamples, standard: resamples)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    let usual = Self(conversion: conversion)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(conversion, forKey: .conversion)
    try fields.encodeIfPresent(value, forKey: .value)
    if touches != usual.touches { try fields.encode(touches, forKey: .touches) }
    if by != usual.by { try fields.encode(by, forKey: .by) }
    if models != usual.models { try fields.encode(models, forKey: .models) }
    if lookback != usual.lookback {
      try fields.encode(lookback?.description ?? "none", forKey: .lookback)
    }
    if halfLife != usual.halfLife { try fields.encode(halfLife, forKey: .halfLife) }
    if direct != usual.direct { try fields.encode(direct, forKey: .direct) }
    if order != usual.order { try fields.encode(order, forKey: .order) }
    if resamples != usual.resamples { try fields.encode(resamples, forKey: .resamples) }
  }
}
