import Events
import Yams

extension ExperienceReader {
  private static let journeyKeys = [
    "title", "kind", "for", "starts", "steps", "goal", "ends", "window", "again", "case_key",
    "then", "targets", "owner",
  ]

  /// The journey; nil where it lacks what every journey needs.
  mutating func journey(_ entry: Entry) -> Journey? {
    let index = sketch.experience.journeys.count
    var journey = Journey(name: entry.name, starts: [], steps: [], goal: "", place: entry.place)
    guard let entries = map(entry.value, "The journey “\(entry.name)”") else { return nil }
    for field in known(entries, Self.journeyKeys, in: "a journey") {
      read(field, into: &journey, index)
    }
    for needed in ["starts", "goal"] where !entries.contains(where: { $0.name == needed }) {
      remarks.error(
        "journey.\(needed)", at: entry.place,
        "The journey “\(entry.name)” has no “\(needed)”.",
        needed == "goal"
          ? "Add “goal: …”, the touchpoint that completes it."
          : "Add “starts: […]”, one to three touchpoints by which customers enter it.")
    }
    return journey
  }

  private mutating func read(_ field: Entry, into journey: inout Journey, _ index: Int) {
    switch field.name {
    case "title": journey.title = text(field) ?? journey.title
    case "kind": journey.kind = text(field) ?? journey.kind
    case "for": readAudience(field, into: &journey, index)
    case "starts":
      journey.starts = mentions(field, as: .start(journey: index))
      checkStarts(field, journey)
    case "steps": journey.steps = steps(field, index)
    case "goal": journey.goal = mention(field, as: .goal(journey: index)) ?? ""
    case "ends": journey.ends = mentions(field, as: .end(journey: index))
    case "window":
      journey.window = span(field) ?? journey.window
      sketch.windows[journey.name] = source.place(field.value.mark)
    case "again": journey.again = again(field) ?? journey.again
    case "case_key": journey.caseKey = text(field)
    case "then": journey.next = mention(field, as: .next(journey: index))
    case "targets": journey.targets = targets(field)
    default: journey.owner = mention(field, as: .owner)
    }
  }

  private mutating func checkStarts(_ field: Entry, _ journey: Journey) {
    let count = journey.starts.count
    if case .sequence(let items) = field.value, items.isEmpty {
      remarks.error(
        "journey.starts", at: field.place, "The journey “\(journey.name)” has no starting point.",
        "Name one to three touchpoints by which customers enter it.")
    } else if count > Journey.mostMeasuredStarts {
      remarks.error(
        "journey.starts", at: field.place,
        "A journey has at most \(Journey.mostMeasuredStarts) starting points, and this one has "
          + "\(count).",
        "Keep the one to three that matter, or split the journey.")
    } else if count > Journey.mostStarts {
      remarks.warn(
        "journey.starts", at: field.place,
        "A designed journey has one to \(Journey.mostStarts) starting points, and this one has "
          + "\(count).",
        "Choose the ones that you can shape; the others are seen as off the map.")
    }
  }

  private mutating func readAudience(_ field: Entry, into journey: inout Journey, _ index: Int) {
    guard let written = text(field) else { return }
    journey.audienceName = written
    let isName = written.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    if isName {
      mention(written, as: .audience(journey: index), at: source.place(field.value.mark))
    } else {
      journey.audience = expression(field.value, .story, .boolean)
    }
  }

  private mutating func steps(_ field: Entry, _ index: Int) -> [Step] {
    guard case .sequence(let items) = field.value else {
      mistyped(field.value, "“steps”", "a list", "Write one touchpoint a line, each after “- ”.")
      return []
    }
    return items.compactMap { step($0, index) }
  }

  private mutating func step(_ node: Node, _ index: Int) -> Step? {
    switch node {
    case .scalar:
      guard let name = text(node, "steps") else { return nil }
      mention(name, as: .step(journey: index), at: source.place(node.mark))
      return .touchpoint(name)
    case .sequence: return operands(node, "A list of steps", index).map { .sequence($0) }
    case .mapping:
      let entries = map(node, "A step") ?? []
      let found = known(entries, ["any", "all", "optional", "repeat"], in: "a step")
      guard found.count == 1, entries.count == 1, let entry = found.first else {
        if found.count == entries.count {
          mistyped(
            node, "A step", "a touchpoint or one of any, all, optional and repeat",
            "Give each step a line of its own.")
        }
        return nil
      }
      return step(entry, index)
    case .alias: return nil
    }
  }

  private mutating func step(_ entry: Entry, _ index: Int) -> Step? {
    switch entry.name {
    case "any", "all":
      guard let parts = operands(entry.value, "“\(entry.name)”", index) else { return nil }
      return entry.name == "any" ? .any(parts) : .all(parts)
    case "optional": return step(entry.value, index).map { .optional($0) }
    default: return step(entry.value, index).map { .repeated($0) }
    }
  }

  /// The steps of a list that is not empty.
  private mutating func operands(_ node: Node, _ what: String, _ index: Int) -> [Step]? {
    guard case .sequence(let items) = node, !items.isEmpty else {
      mistyped(node, what, "a list of steps", "Write [first, second].")
      return nil
    }
    let parts = items.compactMap { step($0, index) }
    return parts.isEmpty ? nil : parts
  }

  private mutating func again(_ field: Entry) -> Journey.Again? {
    if case .mapping = field.value {
      let entries = known(map(field.value, "“again”") ?? [], ["after"], in: "“again”")
      return entries.first.flatMap { span($0) }.map { .after($0) }
    }
    guard let word = text(field) else { return nil }
    switch word {
    case "once": return .once
    case "afterEnd": return .afterEnd
    default:
      remarks.error(
        "journey.again", at: source.place(field.value.mark), "“again” cannot be “\(word)”.",
        nearest(to: word, among: ["once", "afterEnd"]).map { "Did you mean \($0)?" }
          ?? "Write once, afterEnd or {after: 30d}.")
      return nil
    }
  }

  private mutating func targets(_ field: Entry) -> [Target] {
    let names = Target.Metric.allCases.map(\.rawValue)
    let entries = known(map(field.value, "“targets”") ?? [], names, in: "“targets”")
    return entries.compactMap { entry in
      guard let metric = Target.Metric(rawValue: entry.name), let written = text(entry) else {
        return nil
      }
      let trimmed = written.drop { $0 == " " }
      let comparison = Target.Comparison(rawValue: String(trimmed.prefix(2)))
      let limit = trimmed.dropFirst(2).drop { $0 == " " }
      guard let comparison, let value = metric.limit(String(limit)) else {
        remarks.error(
          "journey.target", at: source.place(entry.value.mark),
          "“\(written)” is not a target for \(entry.name).",
          "Write >= or <= and \(metric.form).")
        return nil
      }
      return Target(metric, comparison, value, place: entry.place)
    }
  }
}

extension Target.Metric {
  /// How a limit of the metric is written.
  var form: String {
    switch self {
    case .completion, .fitness: "a share, such as \">= 80%\" or \">= 0.8\""
    case .medianTime, .p90Time: "a span of time, such as \"<= 5d\""
    case .feeling: "a number from 1 to 5, such as \">= 4\""
    case .value, .cost: "an amount, such as \">= 50\""
    }
  }

  /// The limit in the metric's unit; nil where the text is none.
  func limit(_ text: String) -> Double? {
    switch self {
    case .medianTime, .p90Time:
      return TimeSpan(text).map { Double($0.milliseconds) }
    case .completion, .fitness:
      let isPercentage = text.hasSuffix("%")
      let digits = isPercentage ? String(text.dropLast()) : text
      guard let number = Self.number(digits) else { return nil }
      let share = isPercentage ? number / 100 : number
      return (0...1).contains(share) ? share : nil
    case .feeling: return Self.number(text).flatMap { (1...5).contains($0) ? $0 : nil }
    case .value, .cost: return Self.number(text)
    }
  }

  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 || $0 == 45 }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }
}
