import Events
import Experience
import Statistics

/// Asks what earned the conversions.
///
/// A *conversion* is an event of the range that meets a condition, by a customer of the population
/// (judged by the story before it). Its *touches* are the customer's touches in the lookback before
/// it: conversion − lookback ≤ touch < conversion. Each model divides the conversion, and its value,
/// among the groups of its touches; conversions without a touch go to `(no touch)`. So every model's
/// credits sum to the conversions, and to their value.
///
/// Data-driven models learn from *paths*: the groups of a conversion's touches in order, those that
/// repeat in a row taken once. A Markov chain also learns from paths to *none*: a customer has one
/// where no conversion followed the latest touch of the range within the lookback; it holds that
/// touch and the touches in the lookback before it, back to the latest conversion.
public struct AttributionQuestion: Sendable, Equatable {
  /// A way to divide a conversion.
  public enum Model: String, Sendable, Codable, CaseIterable {
    case first, last, lastNonDirect, linear
    /// 40 % to the first touch, 40 % to the last, 20 % to those between.
    case position
    /// Half as much for each half-life that the touch lies before the conversion.
    case timeDecay
    /// By removal effects in a Markov chain.
    case markov
    case shapley
  }

  public var scope = Scope()
  /// Which events are conversions.
  public var conversion: EventSelector
  /// What a conversion is worth; one without the number counts as 0. nil: only conversions are
  /// divided.
  public var value: NumberSelector?
  /// Which events are touches. Empty: every event that is no conversion and has a name by `by`.
  public var touches: [EventSelector] = []
  /// What touches are grouped by; those that have no name there are `(none)`.
  public var by: Naming = .property("channel")
  /// The models, in the order of the answer.
  public var models: [Model] = [.first, .last, .linear, .markov]
  /// How long before a conversion a touch may be; nil: any time.
  public var lookback: TimeSpan? = .days(30)
  /// The half-life of `timeDecay`.
  public var halfLife: TimeSpan = .days(7)
  /// The groups that `lastNonDirect` passes over.
  public var direct = ["direct"]
  /// How many of the last groups make a state of the Markov chain.
  public var order = 1
  /// How often paths are resampled for the intervals of data-driven models.
  public var resamples = ConversionPaths.usualResamples

  /// Asks for the conversions of a condition.
  public init(conversion: EventSelector) { self.conversion = conversion }

  /// What conversions without a touch are credited to.
  public static let untouched = "(no touch)"
  /// The most touches that share one conversion: of more, which only machines have, the latest count.
  public static let mostTouches = 4096
  /// The most conditions on touches: each is tried on every event for which names do not tell.
  public static let mostSelectors = 100
  /// More resamples would take long and tell nothing more.
  public static let mostResamples = 10_000

  /// Refuses what has no answer.
  func validate() throws(Refusal) {
    if let repeated = models.first(where: { model in models.count { $0 == model } > 1 }) {
      throw Refusal(
        "attribution.models", problem: "The model “\(repeated.rawValue)” is asked for twice.",
        remedy: "Name each model once.")
    }
    guard !models.isEmpty else {
      throw Refusal(
        "attribution.models", problem: "No model is named.",
        remedy: "Name one of \(Model.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard touches.count <= Self.mostSelectors else {
      throw Refusal(
        "attribution.touches", problem: "There are \(touches.count) conditions on touches.",
        remedy: "Keep at most \(Self.mostSelectors) of them.")
    }
    for (name, span) in [("lookback", lookback), ("half_life", halfLife)] {
      guard let span, span.milliseconds <= 0 else { continue }
      throw Refusal(
        "attribution.\(name)", problem: "The \(name) is \(span).",
        remedy: "Write a span above 0, such as 30d.")
    }
    guard PathModel.orders.contains(order) else {
      throw Refusal(
        "attribution.order", problem: "The chain has the order \(order).",
        remedy: "Write an order from 1 to \(PathModel.orders.upperBound).")
    }
    let most = ConversionPaths.fewestResamples...Self.mostResamples
    guard resamples == 0 || most.contains(resamples) else {
      throw Refusal(
        "attribution.resamples", problem: "There are to be \(resamples) resamples.",
        remedy: "Write \(most.lowerBound) to \(most.upperBound), or 0 for no intervals.")
    }
  }
}

extension AttributionQuestion.Model {
  /// The fixed rule; nil where the model learns from paths.
  func rule(halfLife: TimeSpan) -> TouchRule? {
    switch self {
    case .first: .first
    case .last: .last
    case .lastNonDirect: .lastNonDirect
    case .linear: .linear
    case .position: .positionBased
    case .timeDecay: .timeDecay(halfLife: Double(halfLife.milliseconds))
    case .markov, .shapley: nil
    }
  }

  /// What learns from paths; nil where a fixed rule divides.
  func pathModel(order: Int) -> PathModel? {
    switch self {
    case .markov: .markov(order: order)
    case .shapley: .shapley
    case .first, .last, .lastNonDirect, .linear, .position, .timeDecay: nil
    }
  }
}
