import Events
import Yams

extension ExperienceReader {
  private static let touchpointKeys = [
    "title", "stage", "channel", "on", "owner", "control", "partner", "cost", "value", "score",
    "expects", "feeling", "moment_of_truth", "pain", "backstage", "support",
  ]

  mutating func touchpoint(_ entry: Entry) -> Touchpoint {
    var touchpoint = Touchpoint(name: entry.name, place: entry.place)
    guard !isNull(entry.value) else { return touchpoint }
    let entries = map(entry.value, "The touchpoint “\(entry.name)”") ?? []
    for field in known(entries, Self.touchpointKeys, in: "a touchpoint") {
      switch field.name {
      case "title": touchpoint.title = text(field) ?? touchpoint.title
      case "stage": touchpoint.stage = mention(field, as: .stage)
      case "channel": touchpoint.channels = mentions(field, as: .channel)
      case "on":
        touchpoint.rule = rule(field.value)
        sketch.rules[entry.name] = source.place(field.value.mark)
      case "owner": touchpoint.owner = mention(field, as: .owner)
      case "control":
        touchpoint.control = choice(field, of: Touchpoint.Control.self) ?? .owned
      case "partner": touchpoint.partner = mention(field, as: .partner)
      case "cost": touchpoint.cost = amount(field)
      case "value": touchpoint.value = expression(field.value, .event, .number)
      case "score": touchpoint.score = expression(field.value, .event, .number)
      case "expects": touchpoint.expects = expectation(field)
      case "feeling": touchpoint.feeling = feeling(field)
      case "moment_of_truth": touchpoint.momentOfTruth = flag(field) ?? false
      case "pain": touchpoint.pain = pain(field)
      case "backstage": touchpoint.backstage = list(field)
      default: touchpoint.support = list(field)
      }
    }
    checkPartner(of: touchpoint, entries)
    return touchpoint
  }

  private mutating func checkPartner(of touchpoint: Touchpoint, _ entries: [Entry]) {
    if touchpoint.control == .partner, touchpoint.partner == nil,
      let field = entries.first(where: { $0.name == "control" })
    {
      remarks.error(
        "touchpoint.partner", at: field.place,
        "“\(touchpoint.name)” is held by a partner, and none is named.",
        "Add “partner: …”, or take “control: partner” out.")
    } else if touchpoint.control != .partner,
      let field = entries.first(where: { $0.name == "partner" })
    {
      remarks.warn(
        "touchpoint.partner", at: field.place,
        "“\(touchpoint.name)” names a partner, and its control is \(touchpoint.control.rawValue).",
        "Add “control: partner”, or take the partner out.")
    }
  }

  /// An event's name, a list of names, or an expression.
  mutating func rule(_ node: Node) -> Expression? {
    if case .sequence(let items) = node {
      let names = items.compactMap { text($0, "on") }
      guard !names.isEmpty else {
        if items.isEmpty {
          mistyped(node, "“on”", "an event's name or several", "Name an event.")
        }
        return nil
      }
      return names.count == 1 ? .isEvent(names[0]) : .isOneOf(.event, names.map { .string($0) })
    }
    guard let name = text(node, "on") else { return nil }
    return Self.isExpression(name) ? expression(node, .event, .boolean) : .isEvent(name)
  }

  /// Whether a rule is written as an expression rather than as an event's name.
  static func isExpression(_ text: String) -> Bool {
    let marks = [
      "==", "!=", "&&", "||", " in [", "properties.", "properties[", ".startsWith(", ".endsWith(",
      ".contains(",
    ]
    return marks.contains { text.contains($0) }
  }

  private mutating func amount(_ field: Entry) -> Double? {
    guard let value = number(field) else { return nil }
    guard value >= 0 else {
      remarks.error(
        "touchpoint.cost", at: source.place(field.value.mark), "A cost cannot be below zero.",
        "Write what one interaction costs, such as 0.40.")
      return nil
    }
    return value
  }

  private mutating func feeling(_ field: Entry) -> Double? {
    guard let value = number(field) else { return nil }
    guard (1...5).contains(value) else {
      remarks.error(
        "touchpoint.feeling", at: source.place(field.value.mark),
        "A feeling goes from 1 (bad) to 5 (delightful), and this is "
          + "\(Expression.written(value)).",
        "Write a number from 1 to 5.")
      return nil
    }
    return value
  }

  private mutating func pain(_ field: Entry) -> String? {
    guard let pain = text(field) else { return nil }
    guard case .scalar(let scalar) = field.value, scalar.style == .plain else { return pain }
    return pain == "true" ? "Known to hurt" : pain == "false" ? nil : pain
  }

  private mutating func expectation(_ field: Entry) -> Touchpoint.Expectation? {
    guard case .mapping = field.value else {
      return span(field).map { Touchpoint.Expectation(within: $0) }
    }
    var within: TimeSpan?
    var start: String?
    let entries = known(map(field.value, "“expects”") ?? [], ["within", "of"], in: "“expects”")
    for entry in entries {
      if entry.name == "within" {
        within = span(entry)
      } else {
        start = mention(entry, as: .expectation)
      }
    }
    if !entries.contains(where: { $0.name == "within" }) {
      remarks.error(
        "touchpoint.expects", at: field.place, "“expects” does not say within which time.",
        "Add “within: 2d”.")
    }
    return within.map { Touchpoint.Expectation(within: $0, of: start) }
  }

  mutating func persona(_ entry: Entry) -> Persona {
    var persona = Persona(name: entry.name, place: entry.place)
    guard !isNull(entry.value) else { return persona }
    let keys = ["title", "goal", "needs", "pains", "channels", "who"]
    let entries = map(entry.value, "The persona “\(entry.name)”") ?? []
    for field in known(entries, keys, in: "a persona") {
      switch field.name {
      case "title": persona.title = text(field) ?? persona.title
      case "goal": persona.goal = text(field)
      case "needs": persona.needs = list(field)
      case "pains": persona.pains = list(field)
      case "channels": persona.channels = mentions(field, as: .channel)
      default: persona.rule = expression(field.value, .story, .boolean)
      }
    }
    return persona
  }
}
