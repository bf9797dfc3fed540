import Events
import Experience
import Statistics

/// The twin of the measured journey: a straight recount from plain events, case by case.
///
/// It shares the types, the statistics and the closing remarks (targets, attention) with the fold;
/// everything that is counted is counted here in another way.
public struct NaiveJourney {
  let experience: Experience
  let question: JourneyQuestion
  let steps: [Step]
  var channelNames: [String] = []
  private var aligned: [[String]: NaiveAlignment.Result] = [:]

  init(_ question: JourneyQuestion, _ experience: Experience) {
    self.question = question
    self.experience = experience
    steps = question.journey.stepsToGoal
  }

  /// Measures a journey in stories, each the events of one customer in order.
  public static func measure(
    _ stories: [[Event]], experience: Experience, question: JourneyQuestion
  ) -> MeasuredJourney {
    var twin = NaiveJourney(question, experience)
    twin.channelNames = twin.knownChannels(stories)
    let now = question.now ?? stories.joined().map(\.time).max()
    var excluded = Excluded()
    let cases = twin.cases(of: stories, now: now, &excluded)
    return twin.report(
      cases.flatMap(\.self), customers: cases.count { !$0.isEmpty }, excluded, now: now)
  }

  /// The cases of each story, as plain events.
  static func cases(
    _ stories: [[Event]], experience: Experience, question: JourneyQuestion
  ) -> [[NaiveCase]] {
    var excluded = Excluded()
    return NaiveJourney(question, experience).cases(
      of: stories, now: question.now ?? stories.joined().map(\.time).max(), &excluded)
  }

  func cases(
    of stories: [[Event]], now: Instant?, _ excluded: inout Excluded
  ) -> [[NaiveCase]] {
    stories.map { story in
      cases(
        of: story.filter { event in now.map { event.time <= $0 } ?? true }, now: now, &excluded)
    }
  }

  // Cases

  private func inRange(_ time: Instant) -> Bool {
    if let from = question.from, time < from { return false }
    if let to = question.to, time >= to { return false }
    return true
  }

  private func cases(
    of story: [Event], now: Instant?, _ excluded: inout Excluded
  ) -> [NaiveCase] {
    let met = story.indices.map { position in
      NaiveRules(story, at: position).touchpoint(experience.touchpoints)
        .map { experience.touchpoints[$0] }
    }
    guard let property = question.journey.caseKey else {
      return hearing(
        cases(of: Array(story.indices), story, met, now: now, &excluded), story, met)
    }
    var keys: [PropertyValue] = []
    var parts: [PropertyValue: [Int]] = [:]
    for position in story.indices {
      switch story[position].properties[property] {
      case .some(let key) where key.kind != .boolean:
        if parts[key] == nil { keys.append(key) }
        parts[key, default: []].append(position)
      default:
        if let name = met[position]?.name, question.journey.starts.contains(name) {
          if inRange(story[position].time) {
            excluded.withoutCaseKey += 1
          } else {
            excluded.outsideRange += 1
          }
        }
      }
    }
    return hearing(
      keys.flatMap { cases(of: parts[$0] ?? [], story, met, now: now, &excluded) }, story, met)
  }

  /// The cases with what answers say of their interactions.
  private func hearing(
    _ cases: [NaiveCase], _ story: [Event], _ met: [Touchpoint?]
  ) -> [NaiveCase] {
    var cases = cases
    for event in story {
      guard let survey = survey(of: event), let about = survey.about,
        case .number(let score)? = event.properties[SurveyEvent.score],
        let feeling = survey.feeling(score),
        let place = place(of: event, to: survey, cases, story, met)
      else { continue }
      cases[place].answers.append((about, feeling))
    }
    return cases
  }

  /// The survey about a touchpoint of the journey that an event is an answer to.
  func survey(of event: Event) -> Survey? {
    guard event.name == SurveyEvent.answered,
      case .string(let name)? = event.properties[SurveyEvent.survey],
      let survey = experience.survey(name), let about = survey.about,
      isWalked(experience.touchpoint(about))
    else { return nil }
    return survey
  }

  /// The case of whose interaction an answer speaks.
  func place(
    of event: Event, to survey: Survey, _ cases: [NaiveCase], _ story: [Event],
    _ met: [Touchpoint?]
  ) -> Int? {
    var moment = event.time
    if case .string(let text)? = event.properties[SurveyEvent.occasion],
      let occasion = Instant(iso8601: text)
    {
      moment = min(moment, occasion)
    }
    let spokenOf = story.indices.last {
      met[$0]?.name == survey.about && story[$0].time <= moment
    }
    guard let spokenOf, let place = cases.firstIndex(where: { $0.positions.contains(spokenOf) })
    else { return nil }
    let found = cases[place]
    if found.outcome != .open, event.time > found.end + survey.wait + survey.expires { return nil }
    return place
  }

  /// The cases in one stream of positions of a story, those asked for.
  private func cases(
    of stream: [Int], _ story: [Event], _ met: [Touchpoint?], now: Instant?,
    _ excluded: inout Excluded
  ) -> [NaiveCase] {
    let journey = question.journey
    func start(_ position: Int) -> Int? {
      met[position].flatMap { journey.starts.firstIndex(of: $0.name) }
    }
    var cases: [NaiveCase] = []
    var starting: Set<Int> = []
    var inside: Set<Int> = []
    var refused: Set<Int> = []
    var rest = stream[...]
    var latest: Instant?
    while let head = rest.first {
      let time = story[head].time
      let mayBegin =
        switch journey.again {
        case .once: latest == nil
        case .afterEnd: true
        case .after(let span): latest.map { time >= $0 + span } ?? true
        }
      let tied = rest.filter { story[$0].time == time && start($0) != nil }
      let candidates = tied.sorted {
        (start($0) ?? 0, $0) < (start($1) ?? 0, $1)
      }
      let isAudience = { (position: Int) in
        journey.audience.map { NaiveRules(story, at: position, time: time).holds($0) } ?? true
      }
      guard mayBegin, let first = candidates.first(where: isAudience) else {
        if mayBegin { refused.formUnion(candidates) }
        // Nothing begins at this moment.
        rest = rest.drop { story[$0].time == time }
        continue
      }
      if mayBegin {
        refused.formUnion(candidates.prefix { $0 != first }.filter { $0 < first })
        inside.formUnion(candidates.filter { $0 < first && !refused.contains($0) })
      }
      starting.insert(first)
      latest = time
      let limit = time + journey.window
      var body: [Int] = []
      var outcome = (now ?? time) > limit ? Outcome.abandoned : .open
      for position in rest where position > first && story[position].time <= limit {
        body.append(position)
        if start(position) != nil { inside.insert(position) }
        if met[position]?.name == journey.goal { outcome = .completed }
        if outcome != .completed, let name = met[position]?.name, journey.ends.contains(name) {
          outcome = .ended
        }
        if outcome == .completed || outcome == .ended { break }
      }
      rest = rest.filter { $0 > (body.last ?? first) }[...]
      guard inRange(time) else { continue }
      if let rule = question.population?.rule,
        !NaiveRules(story, at: first, time: time).holds(rule)
      {
        refused.insert(first)
        continue
      }
      cases.append(
        NaiveCase(
          start: start(first) ?? 0, time: time, limit: limit, outcome: outcome,
          end: outcome == .completed || outcome == .ended
            ? story[body.last ?? first].time : min(limit, now ?? limit),
          events: ([first] + body).map { (story[$0], met[$0]) }, positions: [first] + body))
    }
    for position in stream where start(position) != nil {
      if !inRange(story[position].time) {
        excluded.outsideRange += 1
      } else if inside.contains(position) {
        excluded.duringCase += 1
      } else if refused.contains(position) {
        excluded.outsideAudience += 1
      } else if !starting.contains(position) {
        excluded.again += 1
      }
    }
    return cases
  }

  // Figures

  private func index(ofStep touchpoint: Touchpoint?) -> Int? {
    guard let touchpoint else { return nil }
    return steps.firstIndex { $0.touchpoints.contains(touchpoint.name) }
  }

  func isWalked(_ touchpoint: Touchpoint?) -> Bool {
    guard let name = touchpoint?.name else { return false }
    let journey = question.journey
    return journey.starts.contains(name) || journey.ends.contains(name)
      || steps.contains { $0.touchpoints.contains(name) }
  }

  func knownChannels(_ stories: [[Event]]) -> [String] {
    var names = experience.channels
    let journey = question.journey
    let walked =
      journey.starts + steps.flatMap(\.touchpoints) + journey.ends
    names += walked.flatMap { experience.touchpoint($0)?.channels ?? [] }
    let references = walked.compactMap { experience.touchpoint($0)?.expects?.of }
    names += references.flatMap { experience.touchpoint($0)?.channels ?? [] }
    var seen: Set<String> = []
    for case .string(let text)? in stories.joined().map({ $0.properties["channel"] }) {
      seen.insert(text)
    }
    names += seen.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var unique: [String] = []
    for name in names where name != "unknown" && !unique.contains(name) { unique.append(name) }
    return Array(unique.prefix(62))
  }

  /// The channel that an event names, and the one that it counts under.
  private func channel(of event: Event, at touchpoint: Touchpoint) -> (
    given: String?, used: String?
  ) {
    func known(_ name: String) -> String? {
      name == "unknown" ? nil : channelNames.contains(name) ? name : "other"
    }
    if case .string(let text)? = event.properties["channel"], let given = known(text) {
      return (given, given)
    }
    return (nil, touchpoint.channels.count == 1 ? known(touchpoint.channels[0]) : nil)
  }

  private mutating func align(_ touchpoints: [String]) -> NaiveAlignment.Result {
    if let known = aligned[touchpoints] { return known }
    let result = NaiveAlignment(steps).align(touchpoints)
    aligned[touchpoints] = result
    return result
  }

  private mutating func report(
    _ cases: [NaiveCase], customers: Int, _ excluded: Excluded, now: Instant?
  ) -> MeasuredJourney {
    let journey = question.journey
    let facts = cases.map { self.facts(of: $0) }
    var counts = CaseCounts()
    for found in cases { counts.note(found.outcome) }
    let closed = facts.filter { $0.outcome != .open }
    let completed = facts.filter { $0.outcome == .completed }
    var times = completed.map(\.duration)
    let walked = experience.touchpoints.filter { isWalked($0) }
    let hasValues = walked.contains { $0.value != nil }
    let hasCosts = walked.contains { $0.cost.map { ExactSum.millionths($0) != 0 } ?? false }
    let value =
      hasValues
      ? Money(sum: sum(facts.flatMap(\.values)), mean: mean(completed.map(\.value))) : Money()
    let cost =
      hasCosts ? Money(sum: sum(facts.map(\.cost)), mean: mean(facts.map(\.cost))) : Money()
    var measured = MeasuredJourney(
      journey: journey.name, title: journey.title, from: question.from, to: question.to,
      population: question.population?.name, watermark: now,
      definition: experience.definition(of: journey), cases: counts, customers: customers,
      completion: .share(counts.completed, of: counts.closed), time: Times(of: &times),
      value: value, cost: cost, feeling: scoreMean(facts.flatMap { $0.scores.map(\.score) }),
      excluded: excluded,
      starts: journey.starts.indices.map { start(at: $0, facts) },
      steps: steps.indices.map { step(at: $0, facts, closed) }, conformance: conformance(closed),
      offMap: passages(facts.flatMap { Array($0.offMap) }),
      channelsPerCase: (1...64).compactMap { number in
        let used = facts.count { $0.channels.count == number }
        return used == 0 ? nil : ChannelCount(channel: String(number), count: used)
      },
      channelSwitches: facts.reduce(0) { $0 + $1.switches }, targets: [], attention: [])
    measured.judgeTargets(journey.targets, times: &times)
    measured.findAttention(steps: steps, touchpoints: experience)
    return measured
  }

  private func sum(_ millionths: [Int64]) -> Double {
    var sum = ExactSum()
    for value in millionths { sum.add(millionths: value) }
    return sum.sum
  }

  private func mean(_ millionths: [Int64]) -> Estimate {
    var sum = ExactSum()
    for value in millionths { sum.add(millionths: value) }
    return sum.mean
  }

  private func scoreMean(_ scores: [Double]) -> Estimate {
    var sum = ExactSum()
    for score in scores { sum.add(score) }
    return sum.mean
  }

  private func passages(_ met: [NaivePassage]) -> [Passage] {
    var counts: [NaivePassage: Int] = [:]
    for passage in met { counts[passage, default: 0] += 1 }
    return counts.map { passage, cases in
      Passage(
        name: passage.name,
        title: passage.isTouchpoint
          ? experience.touchpoint(passage.name)?.title ?? "" : passage.name, cases: cases)
    }
    .sorted { ($1.cases, $0.name, $0.title) < ($0.cases, $1.name, $1.title) }.prefix(12)
    .map(\.self)
  }

  // What follows from one case

  mutating func facts(of found: NaiveCase) -> NaiveFacts {
    var facts = NaiveFacts(found)
    var lastWalked = 0
    var lastChannel: String?
    for (position, (event, touchpoint)) in found.events.enumerated() {
      guard let touchpoint, isWalked(touchpoint) else {
        if let passage = NaivePassage(event, touchpoint) { facts.offMap.insert(passage) }
        continue
      }
      facts.walked.append((position, event, touchpoint))
      if index(ofStep: touchpoint) != nil
        || question.journey.starts.contains(touchpoint.name)
      {
        lastWalked = position
      }
      let (given, used) = channel(of: event, at: touchpoint)
      facts.uses.append((touchpoint.name, used))
      if let given, !touchpoint.channels.isEmpty {
        let allowed = touchpoint.channels.map { channelNames.contains($0) ? $0 : "other" }
        if !allowed.contains(given) { facts.wrong.append(touchpoint.name) }
      }
      if let used {
        facts.channels.insert(used)
        if let last = lastChannel, last != used { facts.switches += 1 }
        lastChannel = used
      }
      if let rule = touchpoint.value, let value = NaiveRules(event).number(rule) {
        facts.valueBy.append((touchpoint.name, ExactSum.millionths(value)))
      }
      if let rule = touchpoint.score, let score = NaiveRules(event).number(rule),
        (1...5).contains(score)
      {
        facts.scores.append((touchpoint.name, score))
      }
      facts.cost = facts.cost.addingSaturating(ExactSum.millionths(touchpoint.cost ?? 0))
    }
    for (touchpoint, feeling) in found.answers { facts.scores.append((touchpoint, feeling)) }
    facts.next =
      found.events[(lastWalked + 1)...].lazy
      .compactMap { NaivePassage($0.event, $0.touchpoint) }.first
    noteSteps(&facts)
    notePromises(&facts, found)
    if facts.outcome != .open { noteAlignment(&facts) }
    return facts
  }

  private func noteSteps(_ facts: inout NaiveFacts) {
    for (position, event, touchpoint) in facts.walked {
      guard let step = index(ofStep: touchpoint), facts.first[step] == nil else { continue }
      facts.first[step] = (position, event.time, channel(of: event, at: touchpoint).used)
    }
    facts.furthest = facts.first.keys.max() ?? -1
    for (step, first) in facts.first {
      let earlier = facts.first.keys.filter { $0 < step }.max()
      guard let earlier, let before = facts.first[earlier] else {
        if first.position > 0 { facts.stepTimes[step] = first.time - facts.time }
        continue
      }
      guard first.position > before.position else { continue }
      facts.stepTimes[step] = first.time - before.time
      if let here = first.channel, let there = before.channel, here != there {
        facts.switchedSteps.insert(step)
      }
    }
  }

  private func notePromises(_ facts: inout NaiveFacts, _ found: NaiveCase) {
    for (step, part) in steps.enumerated() {
      for name in part.touchpoints {
        guard let promise = experience.touchpoint(name)?.expects else { continue }
        var reference = promise.of == nil ? found.time : nil
        var isLate: Bool?
        for (event, touchpoint) in found.events {
          if touchpoint?.name == name, isLate == nil, let reference {
            isLate = event.time - reference > promise.within
          }
          if let of = promise.of, touchpoint?.name == of { reference = event.time }
        }
        guard let isLate else { continue }
        facts.promised.insert(step)
        if isLate { facts.late.insert(step) }
      }
    }
  }

  private mutating func noteAlignment(_ facts: inout NaiveFacts) {
    let met = facts.walked.filter { index(ofStep: $0.touchpoint) != nil }.map(\.touchpoint.name)
    let result = align(met)
    facts.alignedLength = met.count + result.shortest
    facts.alignmentCost = result.cost
    let placed = Set(zip(met, result.matched).filter(\.1).map(\.0))
    var missing = result.skipped
    for (position, name) in met.enumerated() where !result.matched[position] {
      guard let step = steps.firstIndex(where: { $0.touchpoints.contains(name) }) else { continue }
      if placed.contains(name) || (position > 0 && met[position - 1] == name) {
        facts.verdicts.insert(.repeated)
      } else if missing[step, default: 0] > 0 {
        missing[step, default: 0] -= 1
        facts.verdicts.insert(.outOfOrder)
        facts.movedSteps.insert(step)
      } else {
        facts.verdicts.insert(.extra)
        facts.extraSteps.append(step)
      }
    }
    for (step, count) in missing where count > 0 {
      guard
        step < facts.furthest || (step == facts.furthest && facts.outcome == .completed)
      else { continue }
      facts.skippedSteps.insert(step)
    }
  }

  // Sums over cases

  private func start(at index: Int, _ facts: [NaiveFacts]) -> MeasuredStart {
    let mine = facts.filter { $0.start == index }
    let name = question.journey.starts[index]
    var counts = CaseCounts()
    for found in mine { counts.note(found.outcome) }
    var times = mine.filter { $0.outcome == .completed }.map(\.duration)
    return MeasuredStart(
      touchpoint: name, title: experience.touchpoint(name)?.title ?? "", cases: counts,
      completion: .share(counts.completed, of: counts.closed), time: Times(of: &times),
      repeats: facts.reduce(0) { sum, found in
        sum + found.walked.count { $0.position > 0 && $0.touchpoint.name == name }
      }, value: sum(mine.map(\.value)), cost: sum(mine.map(\.cost)))
  }

  private func step(
    at index: Int, _ facts: [NaiveFacts], _ closed: [NaiveFacts]
  ) -> MeasuredStep {
    let step = steps[index]
    let starts = question.journey.starts.indices
    func byStart(_ condition: (NaiveFacts) -> Bool) -> [Int] {
      starts.map { start in facts.count { $0.start == start && condition($0) } }
    }
    func isDropped(_ found: NaiveFacts) -> Bool {
      found.furthest == index && (found.outcome == .ended || found.outcome == .abandoned)
    }
    let reached = byStart { $0.furthest >= index }
    let met = byStart { $0.first[index] != nil }
    let dropped = byStart(isDropped)
    var times = facts.compactMap { $0.stepTimes[index]?.milliseconds }
    let touchpoints = step.touchpoints.compactMap { experience.touchpoint($0) }
    let repeats = facts.map { found in
      step.touchpoints.reduce(0) { sum, name in
        sum + max(0, found.walked.count { $0.touchpoint.name == name } - 1)
      }
    }
    return MeasuredStep(
      index: index, title: touchpoints.map(\.title).joined(separator: " / "),
      touchpoints: touchpoints.map { measure($0, facts) }, optional: step.mayBeEmpty,
      goal: step.touchpoints.contains(question.journey.goal), reached: reached.reduce(0, +),
      reachedByStart: reached, cases: met.reduce(0, +), casesByStart: met,
      share: .share(reached.reduce(0, +), of: facts.count), dropOff: dropped.reduce(0, +),
      dropOffByStart: dropped,
      dropOffShare: .share(dropped.reduce(0, +), of: closed.count { $0.furthest >= index }),
      open: facts.count { $0.outcome == .open && $0.furthest == index },
      wentNext: passages(facts.filter(isDropped).map { $0.next ?? .nothing }),
      timeFromPrevious: Times(of: &times), repeats: repeats.reduce(0, +),
      casesRepeating: repeats.count { $0 > 0 },
      skipped: closed.count { $0.skippedSteps.contains(index) },
      extra: closed.reduce(0) { $0 + $1.extraSteps.count { $0 == index } },
      outOfOrder: closed.count { $0.movedSteps.contains(index) },
      late: facts.count { $0.late.contains(index) },
      promised: facts.count { $0.promised.contains(index) },
      channelSwitches: facts.count { $0.switchedSteps.contains(index) },
      wrongChannel: facts.reduce(0) { $0 + $1.wrong.count { step.touchpoints.contains($0) } })
  }

  private func measure(_ touchpoint: Touchpoint, _ facts: [NaiveFacts]) -> MeasuredTouchpoint {
    let uses = facts.flatMap(\.uses).filter { $0.touchpoint == touchpoint.name }
    var channels: [String: Int] = [:]
    for use in uses { channels[use.channel ?? "unknown", default: 0] += 1 }
    return MeasuredTouchpoint(
      name: touchpoint.name, title: touchpoint.title, stage: touchpoint.stage,
      interactions: uses.count,
      cases: facts.count { $0.walked.contains { $0.touchpoint.name == touchpoint.name } },
      channels: channels.map { ChannelCount(channel: $0, count: $1) }
        .sorted { ($1.count, $0.channel) < ($0.count, $1.channel) },
      designedFeeling: touchpoint.feeling,
      feeling: scoreMean(
        facts.flatMap(\.scores).filter { $0.touchpoint == touchpoint.name }.map(\.score)),
      value: sum(
        facts.flatMap(\.valueBy).filter { $0.touchpoint == touchpoint.name }.map(\.value)),
      cost: Double(uses.count) * (touchpoint.cost ?? 0))
  }

  private func conformance(_ closed: [NaiveFacts]) -> Conformance {
    func fitness(_ facts: [NaiveFacts]) -> Double? {
      let most = facts.reduce(0) { $0 + $1.alignedLength }
      let cost = facts.reduce(0) { $0 + $1.alignmentCost }
      return most == 0 ? nil : 1 - Double(cost) / Double(most)
    }
    var verdicts = Conformance.Verdicts()
    for found in closed {
      if !found.skippedSteps.isEmpty { verdicts.skipped += 1 }
      if found.verdicts.contains(.extra) { verdicts.extra += 1 }
      if found.verdicts.contains(.outOfOrder) { verdicts.outOfOrder += 1 }
      if found.verdicts.contains(.repeated) { verdicts.repeated += 1 }
      if !found.late.isEmpty { verdicts.late += 1 }
      if !found.wrong.isEmpty { verdicts.wrongChannel += 1 }
      if found.skippedSteps.isEmpty, found.verdicts.isEmpty, found.late.isEmpty,
        found.wrong.isEmpty
      {
        verdicts.asPlanned += 1
      }
    }
    var ways: [[String]: [NaiveFacts]] = [:]
    for found in closed { ways[found.way, default: []].append(found) }
    let rank = rankOfTouchpoints
    let top = ways.sorted { left, right in
      left.value.count != right.value.count
        ? left.value.count > right.value.count
        : left.key.map { rank[$0] ?? 0 }.lexicographicallyPrecedes(right.key.map { rank[$0] ?? 0 })
    }.prefix(10)
    return Conformance(
      fitness: fitness(closed),
      fitnessCompleted: fitness(closed.filter { $0.outcome == .completed }),
      cases: closed.count, verdicts: verdicts,
      variants: top.map { way, facts in
        var times = facts.filter { $0.outcome == .completed }.map(\.duration)
        return Conformance.Variant(
          touchpoints: way, cases: facts.count, completed: times.count,
          medianTime: quantile(0.5, of: &times), fitness: fitness(facts))
      }, variantCount: ways.count)
  }

  /// Variants with equally many cases are listed by their touchpoints in this order.
  private var rankOfTouchpoints: [String: Int] {
    let names = question.journey.starts + steps.flatMap(\.touchpoints) + question.journey.ends
    return Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
  }
}
