import Events
import Experience

/// The twin of the funnel: every chain tried, over plain events.
///
/// It takes time that grows fast with the length of stories; it is there to be compared with.
public struct NaiveFunnel: Sendable {
  let question: FunnelQuestion
  let story: [Event]
  /// Whether the customer is of the population just before each event.
  let admitted: [Bool]

  init(_ question: FunnelQuestion, _ story: [Event]) {
    self.init(
      question, story,
      admitted: story.indices.map { position in
        question.population.map { NaiveRules(story, at: position).holds($0) } ?? true
      })
  }

  private init(_ question: FunnelQuestion, _ story: [Event], admitted: [Bool]) {
    self.question = question
    self.story = story
    self.admitted = admitted
  }

  /// How many units came how far at least, by step.
  public static func counts(_ question: FunnelQuestion, _ stories: [[Event]]) -> [Int] {
    var counts = [Int](repeating: 0, count: question.steps.count)
    for story in stories {
      for level in NaiveFunnel(question, story).levels() {
        for step in 0..<level { counts[step] += 1 }
      }
    }
    return counts
  }

  /// For each interval of entry, how many units came how far at least, by step.
  public static func counts(
    _ question: FunnelQuestion, _ stories: [[Event]], within intervals: [Range<Instant>]
  ) -> [[Int]] {
    intervals.map { interval in
      guard question.entry == .best else {
        let levels = stories.flatMap { story in
          NaiveFunnel(question, story).units().filter { interval.contains($0.entry) }
            .map(\.level)
        }
        return question.steps.indices.map { step in levels.count { $0 > step } }
      }
      var part = question
      part.from = max(interval.lowerBound, question.from ?? interval.lowerBound)
      part.to = min(interval.upperBound, question.to ?? interval.upperBound)
      return counts(part, stories)
    }
  }

  /// The level of each unit of the customer.
  func levels() -> [Int] { units().map(\.level) }

  /// The units of the customer; with entry `best`, from the first entry of all.
  private func units() -> [(entry: Instant, level: Int)] {
    if !question.heldConstant.isEmpty { return heldUnits() }
    let entries = story.indices.filter(isEntry)
    switch question.entry {
    case .first:
      return entries.prefix(1).compactMap { entry in
        walk(from: entry).map { (story[entry].time, $0.level) }
      }
    case .best:
      let level =
        question.order == .any ? anyOrder() : entries.compactMap { walk(from: $0)?.level }.max()
      return level.map { [(story[entries.first ?? 0].time, $0)] } ?? []
    case .every:
      var units: [(entry: Instant, level: Int)] = []
      var free = 0
      for entry in entries where entry >= free {
        guard let way = walk(from: entry) else {
          free = firstDrop(from: entry) + 1
          continue
        }
        units.append((story[entry].time, way.level))
        free = way.end ?? story.indices.first { !inWindow(entry, $0) } ?? story.count
      }
      return units
    }
  }

  private func heldUnits() -> [(entry: Instant, level: Int)] {
    var plain = question
    plain.heldConstant = []
    var keys: [[PropertyValue]] = []
    var parts: [[PropertyValue]: [(event: Event, admitted: Bool)]] = [:]
    for (event, admitted) in zip(story, admitted) {
      let key = question.heldConstant.compactMap { event.properties[$0] }
      guard key.count == question.heldConstant.count else { continue }
      if parts[key] == nil { keys.append(key) }
      parts[key, default: []].append((event, admitted))
    }
    let units = keys.flatMap { key in
      parts[key].map { NaiveFunnel(plain, $0.map(\.event), admitted: $0.map(\.admitted)).units() }
        ?? []
    }
    switch question.entry {
    case .every: return units
    case .best: return units.max { $0.level < $1.level }.map { [$0] } ?? []
    case .first:
      return units.min { ($0.entry, -$0.level) < ($1.entry, -$1.level) }.map { [$0] } ?? []
    }
  }

  private func fills(_ position: Int, _ step: Int) -> Bool {
    NaiveRules(story[position]).holds(question.steps[step].rule)
  }

  private func isEntry(_ position: Int) -> Bool {
    fills(position, 0) && enters(position)
  }

  private func inWindow(_ entry: Int, _ position: Int) -> Bool {
    guard let window = question.window else { return true }
    return story[position].time <= story[entry].time + window
  }

  /// The first event after an entry that an exclusion drops it for.
  private func firstDrop(from entry: Int) -> Int {
    story.indices.first { position in
      position > entry
        && question.exclusions.contains {
          $0.effect == .drop && NaiveRules(story[position]).holds($0.rule)
            && furthest([entry], before: position).level == $0.after + 1
        }
    } ?? story.count
  }

  /// How far an entry comes, and the position after the event that completed or ended it; nil where
  /// it is dropped.
  private func walk(from entry: Int) -> (level: Int, end: Int?)? {
    var limit = story.count
    if question.repeats == .end || question.order == .strict {
      limit = story.indices.first { $0 > entry && stops($0, entry) } ?? limit
    }
    let way = furthest([entry], before: limit)
    let complete = way.level == question.steps.count
    let ended = complete ? way.end + 1 : limit < story.count ? limit + 1 : nil
    let drop = firstDrop(from: entry)
    if drop < story.count, inWindow(entry, drop), drop < (ended ?? .max) { return nil }
    return (way.level, ended)
  }

  /// Whether an event ends an entry's way by coming again, or by coming between.
  private func stops(_ position: Int, _ entry: Int) -> Bool {
    guard inWindow(entry, position) else { return false }
    let reached = furthest([entry], before: position).level
    if question.repeats == .end, (1..<max(1, reached)).contains(where: { fills(position, $0) }),
      furthest([entry], before: position + 1).level == reached
    {
      return true
    }
    return question.order == .strict
      && !(0...reached).contains {
        $0 < question.steps.count && fills(position, $0)
      }
  }

  /// The furthest level of any chain that goes on from one, and the earliest event that reached it.
  private func furthest(_ chain: [Int], step: Int = 0, before limit: Int) -> (level: Int, end: Int)
  {
    guard let entry = chain.first, let last = chain.last else { return (0, 0) }
    var best = (level: step + 1, end: last)
    for position in story.indices where position > last && position < limit {
      if question.exclusions.contains(where: {
        $0.effect == .stop && $0.after == step && NaiveRules(story[position]).holds($0.rule)
      }) {
        break
      }
      guard inWindow(entry, position) else { break }
      let gap = story[position].time - story[last].time
      guard question.pairWindow.map({ gap <= $0 }) ?? true,
        question.ties == .allowed || gap.milliseconds > 0
      else { continue }
      for next in (step + 1)..<max(step + 1, question.steps.count) {
        if fills(position, next) {
          let way = furthest(chain + [position], step: next, before: limit)
          if (way.level, -way.end) > (best.level, -best.end) { best = way }
        }
        if question.steps[next].presence == .required { break }
      }
    }
    return best
  }

  private func anyOrder() -> Int? {
    let step = story.indices.map { position in
      question.steps.indices.first { fills(position, $0) }
    }
    let levels = story.indices.map { start in
      guard step[start] != nil, enters(start) else { return 0 }
      let met = Set(
        story.indices.filter { $0 >= start && inWindow(start, $0) }.compactMap { step[$0] })
      return question.steps.indices.first { !met.contains($0) } ?? question.steps.count
    }
    return levels.max().flatMap { $0 > 0 ? $0 : nil }
  }

  private func enters(_ position: Int) -> Bool {
    let time = story[position].time
    return admitted[position] && question.from.map { time >= $0 } ?? true
      && question.to.map { time < $0 } ?? true
  }
}
