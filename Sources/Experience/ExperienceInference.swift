import Events

/// Proposes an experience for a log: YAML with comments that passes the linter without warnings.
///
/// Touchpoints are the events that most customers have; stages come from well-known words, or from
/// the order of events where the trade's words are unknown; the journey is the commonest way to the
/// event that most looks like a goal.
/// - Parameters:
///   - log: what the log looks like.
///   - title: what the experience is called.
public func inferExperience(from log: LogSummary, title: String) -> String {
  let proposal = JourneyProposal(log)
  var writer = ProposalWriter(log, proposal)
  return writer.text(title: title)
}

private struct ProposalWriter {
  private let log: LogSummary
  private let proposal: JourneyProposal
  /// The touchpoints' names, by the event's index.
  private var names: [Int: String] = [:]
  private var stages: [Int: String] = [:]
  private var stageNames: [String]

  init(_ log: LogSummary, _ proposal: JourneyProposal) {
    self.log = log
    self.proposal = proposal
    stageNames = Experience.defaultStages
    var taken: Set<String> = []
    for index in proposal.candidates {
      let stem = Self.slug(log.events[index].name)
      var name = stem
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(stem)_\(number)"
        number += 1
      }
      names[index] = name
    }
    assignStages()
  }

  /// The name in small letters, digits and underscores.
  static func slug(_ name: String) -> String {
    var slug = ""
    for character in name.lowercased().prefix(200) {
      if character.isASCII, character.isLetter || character.isNumber {
        slug.append(character)
      } else if !slug.isEmpty, slug.last != "_" {
        slug.append("_")
      }
    }
    slug = String(slug.prefix(48))
    while slug.last == "_" { slug.removeLast() }
    if slug.isEmpty { return "event" }
    // A bare “null” is no text in YAML.
    return slug.first?.isLetter == true && slug != "null" ? slug : "event_\(slug)"
  }

  private mutating func assignStages() {
    let known = proposal.candidates.compactMap { index in
      EventWords(log.events[index].name).stage.map { (index, $0) }
    }
    guard known.count * 3 >= proposal.candidates.count else {
      stageNames = ["opening", "middle", "closing"]
      for index in proposal.candidates {
        let position = log.events[index].meanPosition
        let isLast = index == proposal.goal || proposal.ends.contains(index) || position > 0.75
        let isFirst = proposal.starts.contains(index) || position < 0.2
        stages[index] = isLast ? stageNames[2] : isFirst ? stageNames[0] : stageNames[1]
      }
      return
    }
    stages = Dictionary(uniqueKeysWithValues: known)
    for index in proposal.candidates where stages[index] == nil {
      let position = log.events[index].meanPosition
      let nearest = known.min {
        abs(log.events[$0.0].meanPosition - position)
          < abs(log.events[$1.0].meanPosition - position)
      }
      stages[index] = nearest?.1
    }
  }

  mutating func text(title: String) -> String {
    var lines = [
      "# A first proposal, made from counts alone: read it, rename what your company calls otherwise,",
      "# and check it with `waymark check`. Nothing in it was decided by a person yet.",
      "experience: \(Self.yaml(title.isEmpty ? "Untitled experience" : title))",
      "timezone: UTC  # days and local times are taken in this zone: set your own",
      "currency: EUR  # the currency of costs and values: set your own",
      "",
    ]
    if let first = log.firstTime, let last = log.lastTime {
      lines.insert(
        "# \(log.customers) customers, \(first) to \(last).", at: 2)
    }
    if log.lifecycle != nil {
      lines.insert("# A contact counts when it is completed; the log has its start as well.", at: 3)
    }
    lines.append("stages: [\(stageNames.joined(separator: ", "))]")
    let channels = channelNames
    if !channels.isEmpty {
      lines.append("channels: [\(channels.map(Self.yaml).joined(separator: ", "))]")
    }
    lines += ["", "# What customers meet, in the order in which they mostly meet it."]
    lines += touchpointLines(channels)
    lines += [""] + journeyLines
    return lines.joined(separator: "\n") + "\n"
  }

  /// All channels seen, the most common first; none where there are too many to be channels.
  private var channelNames: [String] {
    var counts: [String: Int] = [:]
    for index in proposal.candidates {
      for (name, count) in log.events[index].channels where !name.isEmpty {
        counts[name, default: 0] += count
      }
    }
    guard counts.count <= 20 else { return [] }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  private func touchpointLines(_ channels: [String]) -> [String] {
    guard !proposal.candidates.isEmpty else {
      return ["# The log holds no events of customers yet.", "touchpoints: {}"]
    }
    let order = proposal.candidates.sorted { left, right in
      let ranks = [left, right].map { stageNames.firstIndex(of: stages[$0] ?? "") ?? 0 }
      return (ranks[0], log.events[left].meanPosition, left)
        < (ranks[1], log.events[right].meanPosition, right)
    }
    return ["touchpoints:"] + order.flatMap { touchpoint($0, channels) }
  }

  private func touchpoint(_ index: Int, _ channels: [String]) -> [String] {
    let event = log.events[index]
    let name = names[index] ?? "event"
    let percent = 100 * event.customers / max(1, log.customers)
    let share = percent == 0 ? "under 1 %" : "\(percent) %"
    var lines = ["  \(name):  # \(event.customers) customers, \(share)"]
    if name.replacing("_", with: " ") != event.name, name != event.name {
      lines.append("    title: \(Self.yaml(event.name))")
    }
    if let stage = stages[index] { lines.append("    stage: \(stage)") }
    let own = event.channels.filter { $0.count * 20 >= event.count && channels.contains($0.name) }
    if !own.isEmpty, own.count <= 6 {
      lines.append("    channel: [\(own.map { Self.yaml($0.name) }.joined(separator: ", "))]")
    }
    lines.append("    on: \(rule(event.name))")
    if index == proposal.goal, let value = valueProperty(event) {
      lines.append("    value: \(Self.yaml(Expression.property(value).description))")
    }
    return lines
  }

  private func rule(_ name: String) -> String {
    if let lifecycle = log.lifecycle {
      let isCompleted = Expression.binary(
        .equal, .property(lifecycle.property), .string(lifecycle.completed))
      return Self.yaml(Expression.binary(.and, .isEvent(name), isCompleted).description)
    }
    // A name in a list is never taken for an expression.
    return ExperienceReader.isExpression(name) ? "[\(Self.yaml(name))]" : Self.yaml(name)
  }

  private func valueProperty(_ event: LogSummary.EventSummary) -> String? {
    let words = ["revenue", "amount", "total", "value", "price"]
    return words.lazy.compactMap { word in
      event.numberProperties.first { $0.lowercased().contains(word) }
    }.first
  }

  private var journeyLines: [String] {
    guard let goal = proposal.goal, !proposal.starts.isEmpty, let name = names[goal] else {
      return ["# No event stands out as a goal: choose one, and write a journey that leads to it."]
    }
    let title = "From the first contact to \(log.events[goal].name.replacing("_", with: " "))"
    var lines = [
      "# The way to the goal that most customers take. Steps under “optional” are taken by some.",
      "journeys:",
      "  to_\(name):",
      "    title: \(Self.yaml(title))",
      "    kind: decision",
      "    starts: [\(list(proposal.starts))]",
    ]
    if proposal.slots.isEmpty {
      lines.append("    steps: []  # customers reach the goal without common steps before it")
    } else {
      lines.append("    steps:")
      lines += proposal.slots.map { slot in
        let percent = min(100, Int((slot.share * 100).rounded()))
        return "      - \(step(slot))  # \(percent) % of those who reach the goal"
      }
    }
    lines.append("    goal: \(name)")
    if !proposal.ends.isEmpty { lines.append("    ends: [\(list(proposal.ends))]") }
    lines.append(
      "    window: \(Self.window(log.events[goal].p90FromStart))"
        + "  # nine of ten who reach the goal are faster")
    return lines
  }

  private func list(_ events: [Int]) -> String {
    events.compactMap { names[$0] }.joined(separator: ", ")
  }

  private func step(_ slot: JourneyProposal.Slot) -> String {
    let isMandatory = slot.share >= JourneyProposal.leastMandatory
    let parts = slot.blocks.map { block in
      block.events.count == 1 ? list(block.events) : "[\(list(block.events))]"
    }
    if parts.count > 1 {
      let choice = "any: [\(parts.joined(separator: ", "))]"
      return isMandatory ? choice : "optional: {\(choice)}"
    }
    return isMandatory ? parts[0] : "optional: \(parts[0])"
  }

  /// The least friendly span that is not below the given one.
  private static func window(_ span: TimeSpan?) -> TimeSpan {
    guard let span, span.milliseconds > 0 else { return Journey.defaultWindow }
    let hour: Int64 = 3_600_000
    let hours: [Int64] = [
      1, 6, 12, 24, 48, 72, 168, 336, 720, 1440, 2160, 4320, 8760, 17520, 26280, 43800, 87600,
    ]
    let friendly = hours.first { $0 * hour >= span.milliseconds } ?? 876_000
    return TimeSpan(milliseconds: friendly * hour)
  }

  /// The text as one YAML value, quoted unless it is a plain word or several.
  static func yaml(_ text: String) -> String {
    let isPlain =
      text.first?.isLetter == true && text.last != " "
      && text.utf8.allSatisfy { byte in
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
          || byte == 0x20 || byte == 0x5F || byte == 0x2D
      }
      && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    guard !isPlain else { return text }
    var written = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: written += "\\\(scalar)"
      case 0x20...0x7E, 0xA1...0x1FFF: written.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        written += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return written + "\""
  }
}
