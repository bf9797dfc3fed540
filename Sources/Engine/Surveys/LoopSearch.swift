import Events
import Experience
import Stories

/// An event that somebody has to see to, as the experience says.
public struct LoopFinding: Sendable {
  /// What says so.
  public enum Rule: Sendable {
    case survey(Survey, Survey.Loop)
    case rule(LoopRule)
  }

  public var rule: Rule
  public var event: Event
  /// What the event is recognised by when it is sent again.
  public var message: UInt64
  /// The touchpoint that it is of.
  public var touchpoint: Touchpoint?
  public var score: Double?

  /// The name of the team that sees to it: that of the rule, or the touchpoint's owner.
  public var team: String? {
    switch rule {
    case .survey(_, let loop): loop.team ?? touchpoint?.owner
    case .rule(let rule): rule.team ?? touchpoint?.owner
    }
  }
}

/// Looks for answers and events that somebody has to see to: low scores, reviews, complaints.
///
/// An answer is judged by its survey's `loop`, other events by the experience's `loops`. An event is
/// found once, by the survey or else by the first rule that it meets.
public struct LoopSearch: Sendable {
  private let experience: Experience
  private let surveys: [String: (survey: Survey, loop: Survey.Loop)]

  /// Prepares to look for what an experience asks for.
  public init(_ experience: Experience) {
    self.experience = experience
    surveys = Dictionary(
      experience.surveys.compactMap { survey in
        survey.loop.map { (survey.name, (survey, $0)) }
      }
    ) { first, _ in first }
  }

  /// Whether there is nothing to look for.
  public var isEmpty: Bool { surveys.isEmpty && experience.loops.isEmpty }

  /// What is found among the events from a moment on, by customer and then by time.
  ///
  /// - Parameters:
  ///   - known: events that need no second look, by what they are recognised by; those that were
  ///     looked at are added.
  /// - Throws: `rule.event` where a rule speaks of a customer's story.
  /// - Complexity: O(*customers* + *events from then on*).
  public func findings(
    in stories: Stories, from start: Instant, except known: inout Set<UInt64>
  ) throws(Refusal) -> [LoopFinding] {
    var findings: [LoopFinding] = []
    for segment in stories.segments {
      let rules = try SegmentRules(experience, of: segment, names: stories.names)
      for position in segment.visible.joined() {
        let rows = segment.rows(of: position)
        // What is recent stands at the end of a story.
        for row in rows.reversed() {
          guard segment.times[row] >= start.milliseconds else { break }
          guard rules.isOfInterest(segment.codes[row]) else { continue }
          guard known.insert(segment.messages[row]).inserted else { continue }
          if let finding = try rules.finding(row, of: position, by: surveys) {
            findings.append(finding)
          }
        }
      }
    }
    return findings
  }
}

/// The rules of an experience, compiled for one segment.
private struct SegmentRules {
  private let experience: Experience
  private let segment: StorySegment
  private let names: EventNames
  private let loops: [(loop: LoopRule, rule: EventRule)]
  private let touchpoints: TouchpointTable
  /// By code, whether events of that name may have to be seen to.
  private let interest: [Bool]
  private let answered: UInt16

  init(
    _ experience: Experience, of segment: StorySegment, names: EventNames
  ) throws(Refusal) {
    self.experience = experience
    self.segment = segment
    self.names = names
    let answered = names.code(of: SurveyEvent.answered) ?? EventNames.none
    self.answered = answered
    var loops: [(loop: LoopRule, rule: EventRule)] = []
    for loop in experience.loops {
      loops.append((loop, try EventRule(loop.rule, of: segment, names: names)))
    }
    self.loops = loops
    touchpoints = try TouchpointTable(experience.touchpoints, of: segment, names: names)
    interest = names.names.indices.map { code in
      code == Int(answered)
        || loops.contains { $0.rule.verdict(code: UInt16(code)) != .never }
    }
  }

  func isOfInterest(_ code: UInt16) -> Bool { interest[Int(code)] }

  func finding(
    _ row: Int, of customer: Int, by surveys: [String: (survey: Survey, loop: Survey.Loop)]
  ) throws(Refusal) -> LoopFinding? {
    if segment.codes[row] == answered, !surveys.isEmpty {
      let event = segment.event(row: row, customer: customer, names: names)
      if let finding = finding(event, row, by: surveys) { return finding }
    }
    guard let loop = loops.first(where: { $0.rule.matches(row) })?.loop else { return nil }
    let touchpoint = loop.about.flatMap(experience.touchpoint) ?? touchpoint(at: row)
    return LoopFinding(
      rule: .rule(loop), event: segment.event(row: row, customer: customer, names: names),
      message: segment.messages[row], touchpoint: touchpoint,
      score: try score(row, at: touchpoint))
  }

  private func finding(
    _ event: Event, _ row: Int, by surveys: [String: (survey: Survey, loop: Survey.Loop)]
  ) -> LoopFinding? {
    guard case .string(let name)? = event.properties[SurveyEvent.survey],
      let (survey, loop) = surveys[name], survey.holds(loop.when, of: event.properties)
    else { return nil }
    let about = event.properties[SurveyEvent.touchpoint]?.shown
    return LoopFinding(
      rule: .survey(survey, loop), event: event, message: segment.messages[row],
      touchpoint: [about, survey.usualTouchpoint].lazy.compactMap(\.self)
        .compactMap(experience.touchpoint).first,
      score: event.properties[SurveyEvent.score]?.number)
  }

  private func touchpoint(at row: Int) -> Touchpoint? {
    let index = touchpoints.touchpoint(at: row)
    return index == TouchpointTable.none ? nil : experience.touchpoints[Int(index)]
  }

  /// The event's score: what the touchpoint takes for one, or else a property that is called so.
  private func score(_ row: Int, at touchpoint: Touchpoint?) throws(Refusal) -> Double? {
    if let rule = touchpoint?.score {
      return try NumberRule(rule, of: segment, names: names).number(row)
    }
    return segment.property(SurveyEvent.score, .number)?.number(at: row)
  }
}
