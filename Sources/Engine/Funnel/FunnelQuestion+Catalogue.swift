import Events
import Experience

extension FunnelQuestion: CatalogueQuestion {
  /// How many came how far.
  public static var kind: QuestionKind { .funnel }

  /// The fields of a funnel.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "How many took the steps, in order and in time, and how long it took them.",
      fields: [
        .init(
          "steps", takes: "2 to 32 events or touchpoints; with ? at its end one may be left out",
          standard: nil, meaning: "The steps, in order.", input: .list(.event)),
        .init(
          "window", takes: "7d, or none", standard: "30d", meaning: "First step to last.",
          input: .span),
        .init(
          "pair_window", takes: "2h", standard: "none", meaning: "One step to the next.",
          input: .span),
        .init(
          "order", takes: "ordered, strict or any", standard: "ordered",
          meaning: "How they follow.", input: .choice(["ordered", "strict", "any"])),
        .init(
          "ties", takes: "allowed or strictlyLater", standard: "allowed",
          meaning: "Whether a step may share the time of the one before.",
          input: .choice(["allowed", "strictlyLater"])),
        .init(
          "entry", takes: "best, first or every", standard: "best", meaning: "Which entries count.",
          input: .choice(["best", "first", "every"])),
        .init(
          "repeats", takes: "pass or end", standard: "pass",
          meaning: "What a step does that comes again.", input: .choice(["pass", "end"])),
        .init(
          "exclude", takes: "an event, or {event: …, after: step, effect: stop or drop}",
          standard: "none", meaning: "What must not come between steps.", input: .list(.event)),
        .init(
          "hold", takes: "properties", standard: "none",
          meaning: "What must be the same in all steps.", input: .list(.property)),
        .init(
          "breakdown", takes: "a property, or {property: …, at: first, last or a step}",
          standard: "none",
          meaning: "Divides the answer by values; a step is named, or numbered as in step 2.",
          input: .property),
        .init(
          "times", takes: "measured or omitted", standard: "measured",
          meaning: "Counts alone take less time.", input: .choice(["measured", "omitted"])),
      ],
      example: """
        question: funnel
        steps: [Product Viewed, Product Added, Order Completed]
        window: 7d
        """)
  }

  /// The conditions of steps and exclusions.
  public var eventRules: [Expression] { steps.map(\.rule) + exclusions.map(\.rule) }
  /// The properties held constant and divided by.
  public var propertyNames: [String] { heldConstant + [breakdown?.property].compactMap(\.self) }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case steps, window, pairWindow = "pair_window", order, ties, entry, repeats
    case exclude, hold, breakdown, times
  }

  /// Reads a funnel.
  public init(from decoder: any Decoder) throws { try self.init(from: decoder, beside: []) }

  /// Reads a funnel from among other fields.
  init(from decoder: any Decoder, beside others: [String]) throws {
    let fields = try QuestionFields<CodingKeys>(decoder, beside: others)
    let steps: [Step] = try fields.list(.steps) ?? fields.required(.steps)
    let window = try fields.value(.window, String.self)
    self.init(
      steps: steps, window: window == "none" ? nil : try fields.value(.window, standard: .days(30)))
    scope = try Scope(from: decoder)
    pairWindow = try fields.value(.pairWindow)
    order = try fields.value(.order, standard: order)
    ties = try fields.value(.ties, standard: ties)
    entry = try fields.value(.entry, standard: entry)
    repeats = try fields.value(.repeats, standard: repeats)
    let written: [WrittenExclusion] = try fields.list(.exclude) ?? []
    heldConstant = (try fields.list(.hold, PropertySelector.self) ?? []).map(\.name)
    let divided: WrittenBreakdown? = try fields.value(.breakdown)
    figures = try fields.value(.times, WrittenTimes.self) == .omitted ? .counts : .countsAndTimes
    do {
      exclusions = try written.flatMap { exclusion throws(Refusal) in
        try exclusion.exclusions(of: stepNames)
      }
      breakdown = try divided.map { part throws(Refusal) in
        try part.breakdown(of: stepNames)
      }
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(steps, forKey: .steps)
    try fields.encode(window?.description ?? "none", forKey: .window)
    try fields.encodeIfPresent(pairWindow, forKey: .pairWindow)
    if order != .ordered { try fields.encode(order, forKey: .order) }
    if ties != .allowed { try fields.encode(ties, forKey: .ties) }
    if entry != .best { try fields.encode(entry, forKey: .entry) }
    if repeats != .pass { try fields.encode(repeats, forKey: .repeats) }
    if !exclusions.isEmpty {
      try fields.encode(exclusions.map { WrittenExclusion($0, of: stepNames) }, forKey: .exclude)
    }
    if !heldConstant.isEmpty { try fields.encode(heldConstant, forKey: .hold) }
    try fields.encodeIfPresent(
      breakdown.map { WrittenBreakdown($0, of: stepNames) }, forKey: .breakdown)
    if figures == .counts { try fields.encode(WrittenTimes.omitted, forKey: .times) }
  }
}

/// Whether times are worked out.
private enum WrittenTimes: String, Codable { case measured, omitted }

extension FunnelQuestion.Step: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case name, on, presence }

  /// Reads an event or touchpoint, with `?` at its end where the step is optional, or name and condition.
  public init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      let optional = text.hasSuffix("?")
      do {
        let events = try EventSelector(
          optional ? String(text.dropLast()) : text, in: decoder.questionContext())
        self.init(events.name, rule: events.rule, presence: optional ? .optional : .required)
      } catch let refusal as Refusal { throw decoder.refused(refusal) }
      return
    }
    let fields = try QuestionFields<CodingKeys>(decoder, .part)
    let name: String = try fields.required(.name)
    let on: EventSelector = try fields.required(.on)
    self.init(name, rule: on.rule, presence: try fields.value(.presence, standard: .required))
  }

  /// Writes name and condition.
  public func encode(to encoder: any Encoder) throws {
    if rule == .isEvent(name), !name.hasSuffix("?"), name.isReadAsEvent {
      var container = encoder.singleValueContainer()
      try container.encode(presence == .optional ? name + "?" : name)
      return
    }
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(name, forKey: .name)
    try fields.encode(rule == .boolean(true) ? "any" : rule.description, forKey: .on)
    if presence == .optional { try fields.encode(presence, forKey: .presence) }
  }
}

extension String {
  /// Whether a selector that is this text selects the events of that name.
  fileprivate var isReadAsEvent: Bool {
    self != "any" && !["==", "properties.", "event "].contains(where: contains)
  }
}

/// An exclusion as it is written: its step by name.
private struct WrittenExclusion: Codable {
  var event: EventSelector
  var after: String?
  var effect: FunnelQuestion.Exclusion.Effect

  enum CodingKeys: String, CodingKey, CaseIterable { case event, after, effect }

  init(_ exclusion: FunnelQuestion.Exclusion, of steps: [String]) {
    event = EventSelector(
      exclusion.rule == .boolean(true) ? "any" : exclusion.rule.description, rule: exclusion.rule)
    after = steps.indices.contains(exclusion.after) ? steps[exclusion.after] : nil
    effect = exclusion.effect
  }

  init(from decoder: any Decoder) throws {
    guard (try? decoder.singleValueContainer().decode(String.self)) == nil else {
      event = try EventSelector(from: decoder)
      effect = .stop
      return
    }
    let fields = try QuestionFields<CodingKeys>(decoder, .part)
    event = try fields.required(.event)
    after = try fields.value(.after)
    effect = try fields.value(.effect, standard: .stop)
  }

  /// Writes the condition, which is its own name.
  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(event.name, forKey: .event)
    try fields.encodeIfPresent(after, forKey: .after)
    if effect != .stop { try fields.encode(effect, forKey: .effect) }
  }

  /// One after the step that is named, or after each but the last.
  func exclusions(of steps: [String]) throws(Refusal) -> [FunnelQuestion.Exclusion] {
    guard let after else {
      return steps.indices.dropLast().map { .init(event.rule, after: $0, effect: effect) }
    }
    return [.init(event.rule, after: try position(of: after, in: steps), effect: effect)]
  }
}

/// A breakdown as it is written: its step by name.
private struct WrittenBreakdown: Codable {
  var property: PropertySelector
  var at: String

  enum CodingKeys: String, CodingKey, CaseIterable { case property, at }

  init(_ breakdown: FunnelQuestion.Breakdown, of steps: [String]) {
    property = PropertySelector(breakdown.property)
    at =
      switch breakdown.place {
      case .first: "first"
      case .last: "last"
      case .step(let step): Self.name(of: step, in: steps)
      }
  }

  /// A step's name, or its number where the name would say something else.
  private static func name(of step: Int, in steps: [String]) -> String {
    guard steps.indices.contains(step), !["first", "last"].contains(steps[step]) else {
      return "step \(step + 1)"
    }
    return steps[step]
  }

  init(from decoder: any Decoder) throws {
    guard (try? decoder.singleValueContainer().decode(String.self)) == nil else {
      property = try PropertySelector(from: decoder)
      at = "first"
      return
    }
    let fields = try QuestionFields<CodingKeys>(decoder, .part)
    property = try fields.required(.property)
    at = try fields.value(.at, standard: "first")
  }

  func breakdown(of steps: [String]) throws(Refusal) -> FunnelQuestion.Breakdown {
    switch at {
    case "first": return .init(property.name, at: .first)
    case "last": return .init(property.name, at: .last)
    default:
      if !steps.contains(at),
        let number = steps.indices.first(where: { at == "step \($0 + 1)" })
      {
        return .init(property.name, at: .step(number))
      }
      return .init(property.name, at: .step(try position(of: at, in: steps)))
    }
  }
}

/// The position of the step of a name.
private func position(of name: String, in steps: [String]) throws(Refusal) -> Int {
  if let position = steps.firstIndex(of: name) { return position }
  throw Refusal(
    "funnel.step", problem: "The funnel has no step “\(name)”.",
    remedy: "Name one of \(steps.joined(separator: ", ")).")
}
