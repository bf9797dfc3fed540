import Events

/// What one part of an experience says about another, checked when all of it has been read.
extension ExperienceReader {
  /// The most touchpoints of one experience: the engine numbers them in a byte, with room to spare.
  static let mostTouchpoints = 250

  /// Adds remarks on everything that is understood but cannot be right.
  mutating func lint() {
    resolveMentions()
    resolveAudiences()
    let shadowed = sketch.experience.shadowedTouchpoints
    lintTouchpoints(shadowed)
    let unmet = sketch.experience.touchpoints.filter {
      $0.rule == nil && sketch.rules[$0.name] == nil
    }
    let dead = Set(unmet.map(\.name) + shadowed.map(\.later))
    let touchpoints = Dictionary(
      sketch.experience.touchpoints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var mentions: [Int: [Sketch.Mention]] = [:]
    for mention in sketch.mentions {
      guard let journey = mention.role.journey else { continue }
      mentions[journey, default: []].append(mention)
    }
    for (index, journey) in sketch.experience.journeys.enumerated() {
      lintMentions(of: journey, index, mentions[index] ?? [])
      lintWindow(journey, touchpoints)
      lintGoal(journey, mentions[index] ?? [], dead)
    }
    lintChains()
    lintSurveys()
    noteUnused()
  }

  private mutating func resolveMentions() {
    let experience = sketch.experience
    let touchpoints = Set(experience.touchpoints.map(\.name))
    let journeys = Set(experience.journeys.map(\.name))
    let stages = Set(experience.stages)
    let channels = Set(experience.channels)
    let teams = Set(experience.teams.map(\.name))
    let partners = Set(experience.partners.map(\.name))
    let audiences = Set(experience.segments.map(\.name) + experience.personas.map(\.name))
    for mention in sketch.mentions {
      switch mention.role {
      case .stage: resolve(mention, "stage", "stages", among: stages)
      case .channel:
        guard !experience.channels.isEmpty else { continue }
        resolve(mention, "channel", "channels", among: channels)
      case .owner: resolve(mention, "owner", "teams", among: teams)
      case .partner: resolve(mention, "partner", "partners", among: partners)
      case .expectation, .start, .step, .goal, .end, .spokenOf:
        resolve(mention, "touchpoint", "touchpoints", among: touchpoints)
      case .next, .walked: resolve(mention, "journey", "journeys", among: journeys)
      case .audience, .asked: resolve(mention, "audience", "segments", among: audiences)
      }
    }
  }

  private mutating func resolve(
    _ mention: Sketch.Mention, _ kind: String, _ section: String, among names: Set<String>
  ) {
    guard !names.contains(mention.name) else { return }
    let what =
      switch kind {
      case "owner": "team"
      case "audience": "segment or persona"
      default: kind
      }
    let near = remarks.isFull ? nil : nearest(to: mention.name, among: names.sorted())
    remarks.error(
      "reference.\(kind)", at: mention.place,
      "There is no \(what) called “\(mention.name.prefix(80))”.",
      near.map { "Did you mean \($0)?" } ?? "Add it to “\(section)”, or name another.")
  }

  /// Gives journeys and surveys the condition of the segment or persona that they name.
  private mutating func resolveAudiences() {
    let segments = Set(sketch.experience.segments.map(\.name))
    for persona in sketch.experience.personas where segments.contains(persona.name) {
      remarks.error(
        "name.twice", at: persona.place, "There is a segment called “\(persona.name)”, too.",
        "Give one of them another name, so that “for” is clear.")
    }
    for mention in sketch.mentions {
      let audience = sketch.experience.condition(mention.name)
      let kind: String
      switch mention.role {
      case .audience(let index) where sketch.experience.journeys.indices.contains(index):
        sketch.experience.journeys[index].audience = audience
        kind = "journey"
      case .asked(let name):
        for index in sketch.experience.surveys.indices
        where sketch.experience.surveys[index].name == name {
          sketch.experience.surveys[index].audience = audience
        }
        kind = "survey"
      default: continue
      }
      if audience == nil, sketch.experience.personas.contains(where: { $0.name == mention.name }) {
        remarks.error(
          "\(kind).audience", at: mention.place,
          "The persona “\(mention.name)” does not say who belongs to it.",
          "Add “who: …” to the persona, or take “for” out.")
      }
    }
  }

  private mutating func lintTouchpoints(_ shadowed: [(later: String, earlier: String)]) {
    let touchpoints = sketch.experience.touchpoints
    if touchpoints.count > Self.mostTouchpoints {
      remarks.error(
        "experience.touchpoints", at: touchpoints[Self.mostTouchpoints].place,
        "There are \(touchpoints.count) touchpoints, more than \(Self.mostTouchpoints).",
        "Bring events that customers feel as one contact together in one touchpoint.")
    }
    for touchpoint in touchpoints where touchpoint.rule == nil {
      // A rule that could not be read has its own remark.
      guard sketch.rules[touchpoint.name] == nil else { continue }
      remarks.warn(
        "touchpoint.unbound", at: touchpoint.place,
        "Nothing says which events are “\(touchpoint.name)”, so it cannot be measured.",
        "Add “on: …” with an event's name, or leave it as a drawing.")
    }
    for (later, earlier) in shadowed {
      let place = sketch.rules[later] ?? Place()
      remarks.warn(
        "touchpoint.shadowed", at: place,
        "Every event that “\(later)” asks for is taken by “\(earlier)” above it.",
        "Move “\(later)” up, or let the rules differ.")
    }
  }

  private mutating func lintMentions(
    of journey: Journey, _ index: Int, _ mentions: [Sketch.Mention]
  ) {
    var seen: Set<String> = []
    var starts: Set<String> = []
    for mention in mentions {
      switch mention.role {
      case .step(index) where !seen.insert(mention.name).inserted:
        remarks.error(
          "journey.steps.twice", at: mention.place,
          "“\(mention.name)” stands in two steps of “\(journey.name)”.",
          "Keep it once; write {repeat: \(mention.name)} where customers come back to it.")
      case .start(index) where !starts.insert(mention.name).inserted:
        remarks.error(
          "journey.starts.twice", at: mention.place,
          "“\(mention.name)” is a starting point of “\(journey.name)” twice.", "Keep it once.")
      case .start(index) where mention.name == journey.goal:
        remarks.error(
          "journey.goal", at: mention.place,
          "“\(mention.name)” is the goal of “\(journey.name)” and one of its starting points.",
          "Begin with what comes before it.")
      case .end(index) where mention.name == journey.goal:
        remarks.error(
          "journey.ends", at: mention.place,
          "“\(mention.name)” is the goal of “\(journey.name)” and one of its ends.",
          "Ends are what customers do instead of the goal; take it out of one of the two.")
      default: continue
      }
    }
    if !journey.goal.isEmpty, journey.stepsToGoal.count > Journey.mostSteps {
      remarks.error(
        "journey.steps", at: journey.place,
        "“\(journey.name)” has \(journey.stepsToGoal.count) steps with its goal, more than "
          + "\(Journey.mostSteps).",
        "Split it into journeys that follow each other with “then”.")
    }
  }

  private mutating func lintWindow(_ journey: Journey, _ touchpoints: [String: Touchpoint]) {
    let names = journey.stepsToGoal.flatMap(\.touchpoints)
    let longest = names.compactMap { touchpoints[$0] }
      .compactMap { touchpoint in touchpoint.expects.map { (touchpoint.name, $0.within) } }
      .max { $0.1 < $1.1 }
    guard let longest, longest.1 > journey.window else { return }
    remarks.warn(
      "journey.window", at: sketch.windows[journey.name] ?? journey.place,
      "“\(longest.0)” is promised within \(longest.1), and the window of “\(journey.name)” closes "
        + "after \(journey.window).",
      "Widen the window to \(longest.1) or more.")
  }

  private mutating func lintGoal(
    _ journey: Journey, _ mentions: [Sketch.Mention], _ dead: Set<String>
  ) {
    let goal = journey.goal
    guard let place = mentions.first(where: { $0.name == goal })?.place else { return }
    if dead.contains(goal) {
      remarks.warn(
        "journey.goal.unreachable", at: place,
        "No event can be “\(goal)”, so nobody completes “\(journey.name)”.",
        "Give “\(goal)” a rule that events can meet.")
      return
    }
    let before = journey.stepsToGoal.prefix { !$0.touchpoints.contains(goal) }
    guard let barrier = before.first(where: { $0.isBarred(by: dead) }),
      let name = barrier.touchpoints.first(where: dead.contains)
    else { return }
    remarks.warn(
      "journey.goal.unreachable", at: place,
      "Nobody reaches “\(goal)” as planned: no event can be “\(name)”, a step before it.",
      "Give “\(name)” a rule that events can meet, or make the step optional.")
  }

  private mutating func lintChains() {
    let journeys = sketch.experience.journeys
    var settled: Set<String> = []
    for journey in journeys where !settled.contains(journey.name) {
      var chain: [String] = []
      var current: Journey? = journey
      while let here = current, !settled.contains(here.name) {
        if let start = chain.firstIndex(of: here.name) {
          warn(ofCycle: Array(chain[start...]))
          break
        }
        chain.append(here.name)
        current = here.next.flatMap { sketch.experience.journey($0) }
      }
      settled.formUnion(chain)
    }
  }

  private mutating func warn(ofCycle names: [String]) {
    guard let last = names.last,
      let index = sketch.experience.journeys.firstIndex(where: { $0.name == last }),
      let mention = sketch.mentions.first(where: { $0.role == .next(journey: index) })
    else { return }
    remarks.warn(
      "journey.cycle", at: mention.place,
      "The journeys \((names + [names[0]]).joined(separator: " → ")) follow each other in a circle.",
      "Let the last one end the chain, and use “again” for customers who come back.")
  }

  private mutating func noteUnused() {
    let experience = sketch.experience
    var used: [String: Set<String>] = [:]
    for mention in sketch.mentions {
      switch mention.role {
      case .audience, .asked: used["audience", default: []].insert(mention.name)
      case .owner: used["team", default: []].insert(mention.name)
      case .start, .step, .goal, .end: used["touchpoint", default: []].insert(mention.name)
      default: continue
      }
    }
    let declared: [(kind: String, of: String, names: [(String, Place)])] = [
      ("segment", "audience", experience.segments.map { ($0.name, $0.place) }),
      ("persona", "audience", experience.personas.map { ($0.name, $0.place) }),
      ("team", "team", experience.teams.map { ($0.name, $0.place) }),
      ("touchpoint", "touchpoint", experience.touchpoints.map { ($0.name, $0.place) }),
    ]
    for (kind, role, names) in declared {
      for (name, place) in names where used[role]?.contains(name) != true {
        let (problem, remedy) = Self.unused(kind, name)
        remarks.note("\(kind).unused", at: place, problem, remedy)
      }
    }
  }

  private static func unused(_ kind: String, _ name: String) -> (String, String) {
    switch kind {
    case "touchpoint":
      (
        "The touchpoint “\(name)” is in no journey.",
        "Add it to a journey, or leave it: it is counted as off the map."
      )
    case "team": ("The team “\(name)” owns nothing.", "Make it the owner of a touchpoint.")
    default:
      (
        "The \(kind) “\(name)” is the audience of no journey and no survey.",
        "Name it in the “for” of one, or ask for it when you measure."
      )
    }
  }
}

extension Step {
  /// Whether the step cannot be done when those touchpoints never happen.
  fileprivate func isBarred(by dead: Set<String>) -> Bool {
    switch self {
    case .touchpoint(let name): dead.contains(name)
    case .sequence(let parts), .all(let parts): parts.contains { $0.isBarred(by: dead) }
    case .any(let parts): parts.allSatisfy { $0.isBarred(by: dead) }
    case .optional: false
    case .repeated(let part): part.isBarred(by: dead)
    }
  }
}

extension Experience {
  /// Touchpoints that no event can reach, for earlier ones take all that they ask for.
  ///
  /// An earlier touchpoint takes all events of the names it asks for where it asks for nothing else,
  /// and all that a later one asks for where the rules are equal.
  var shadowedTouchpoints: [(later: String, earlier: String)] {
    var found: [(later: String, earlier: String)] = []
    var owners: [String: String] = [:]
    var rules: [Expression: String] = [:]
    for touchpoint in touchpoints {
      guard let rule = touchpoint.rule else { continue }
      let names = rule.eventNames
      if let earlier = rules[rule] {
        found.append((touchpoint.name, earlier))
      } else if let names, let first = names.sorted().first, let earlier = owners[first],
        names.allSatisfy({ owners[$0] != nil })
      {
        found.append((touchpoint.name, earlier))
      } else {
        rules[rule] = touchpoint.name
        guard let names, rule.asksOnlyForTheName else { continue }
        for name in names where owners[name] == nil { owners[name] = touchpoint.name }
      }
    }
    return found
  }
}
