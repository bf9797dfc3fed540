import Events

/// The journey that a log suggests: where stories begin, what they reach, and the way between.
///
/// Plain shares decide, not a model: a person reads the proposal and mends it.
struct JourneyProposal {
  /// Below this share of customers an event does not begin a journey.
  static let leastStart = 0.05
  /// From this share of those who reach the goal, a step belongs to the way for all.
  static let leastMandatory = 0.6
  /// From this share of those who reach the goal, a step is shown at all.
  static let leastOptional = 0.15
  /// The most customers, as a share of the rarer event's, that alternatives may have in common.
  static let mostShared = 0.4
  /// The most steps that are proposed; a longer way is no longer read.
  static let mostSteps = 15

  /// Events that belong together: one, or several that the same customers have.
  struct Block {
    var events: [Int]
    /// The share of those who reach the goal that pass it before.
    var share: Double
  }

  /// A place of the way: one block, or several of which customers take one.
  struct Slot {
    var blocks: [Block]
    var share: Double
  }

  private let log: LogSummary
  /// The indexes of events that are looked at, by their number of customers.
  let candidates: [Int]
  private let words: [EventWords]
  private(set) var goal: Int?
  private(set) var starts: [Int] = []
  private(set) var ends: [Int] = []
  private(set) var slots: [Slot] = []

  init(_ log: LogSummary) {
    self.log = log
    words = log.events.map { EventWords($0.name) }
    candidates = log.events.indices.filter { index in
      let event = log.events[index]
      return !event.name.hasPrefix("$") && !event.name.isEmpty && event.name.utf8.count <= 512
        && event.customers > 0
    }.sorted { (log.events[$0].customers, $1) > (log.events[$1].customers, $0) }
      .prefix(LogSummary.mostEvents).map(\.self)
    goal = chosenGoal()
    guard let goal else { return }
    ends = chosenEnds(goal)
    starts = chosenStarts(goal)
    slots = chosenSlots(goal)
  }

  /// How many customers' first `a` came before their first `b`.
  private func before(_ a: Int, _ b: Int) -> Int {
    a < log.precedes.count && b < log.precedes[a].count ? log.precedes[a][b] : 0
  }

  private func together(_ a: Int, _ b: Int) -> Int { before(a, b) + before(b, a) }

  private func share(_ count: Int) -> Double { Double(count) / Double(max(1, log.customers)) }

  private func chosenGoal() -> Int? {
    func score(_ index: Int) -> Double {
      let event = log.events[index]
      let word = words[index].completes ? 1.0 : words[index].mayComplete ? 0.3 : 0
      return event.meanPosition * (event.meanPosition * share(event.customers) + word)
        + share(event.lastOf)
    }
    return candidates.filter { index in
      let event = log.events[index]
      return !words[index].isNoGoal && event.firstOf * 2 < event.customers
        && share(event.customers) >= 0.01
    }.max { (score($0), $1) < (score($1), $0) }
  }

  /// Events that tell of a loss, and those after which stories stop without the goal.
  private func chosenEnds(_ goal: Int) -> [Int] {
    candidates.filter { index in
      guard index != goal else { return false }
      let event = log.events[index]
      if words[index].loses { return event.firstOf * 2 < event.customers }
      return share(event.customers) >= 0.05
        && Double(event.lastOf) >= 0.8 * Double(event.customers)
        && Double(before(index, goal)) <= 0.05 * Double(event.customers)
        && Double(before(goal, index)) <= 0.2 * Double(event.customers)
    }.prefix(5).map(\.self)
  }

  private func chosenStarts(_ goal: Int) -> [Int] {
    let ranked = candidates.filter {
      $0 != goal && !ends.contains($0) && log.events[$0].firstOf > 0
    }.sorted { (log.events[$0].firstOf, $1) > (log.events[$1].firstOf, $0) }
    let common = ranked.filter { share(log.events[$0].firstOf) >= Self.leastStart }
    return Array((common.isEmpty ? ranked.prefix(1) : common.prefix(Journey.mostStarts)))
  }

  private func chosenSlots(_ goal: Int) -> [Slot] {
    let reached = Double(max(1, log.events[goal].customers))
    let onTheWay = candidates.filter { index in
      index != goal && !starts.contains(index) && !ends.contains(index)
        && !words[index].loses
        && Double(before(index, goal)) >= 0.05 * reached
        && before(index, goal) >= before(goal, index)
    }
    let ordered = inOrder(onTheWay)
    let backbone = ordered.filter { Double(before($0, goal)) >= 0.9 * reached }
    var slots: [Slot] = []
    for block in blocks(ordered, backbone, goal, reached) {
      let fitting = slots.firstIndex { slot in
        slot.blocks.allSatisfy { areAlternatives($0, block, backbone) }
      }
      if let fitting {
        slots[fitting].blocks.append(block)
        slots[fitting].share += block.share
      } else {
        slots.append(Slot(blocks: [block], share: block.share))
      }
    }
    for index in slots.indices { slots[index].blocks.sort { $0.share > $1.share } }
    let kept = slots.filter { $0.share >= Self.leastOptional }
      .sorted { $0.share > $1.share }.prefix(Self.mostSteps)
    let ranks = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, $0) })
    return kept.sorted { rank($0, ranks) < rank($1, ranks) }
  }

  private func rank(_ slot: Slot, _ ranks: [Int: Int]) -> Int {
    slot.blocks.flatMap(\.events).compactMap { ranks[$0] }.min() ?? 0
  }

  /// The events by how many others mostly come before them, then by their mean position.
  private func inOrder(_ events: [Int]) -> [Int] {
    let earlier = events.map { event in
      events.count { $0 != event && before($0, event) > before(event, $0) }
    }
    let keyed = zip(events, earlier).map { ($0, $1, log.events[$0].meanPosition) }
    return keyed.sorted { ($0.1, $0.2, $0.0) < ($1.1, $1.2, $1.0) }.map(\.0)
  }

  /// Joins events that the same customers have, at the same place of the way.
  private func blocks(
    _ ordered: [Int], _ backbone: [Int], _ goal: Int, _ reached: Double
  ) -> [Block] {
    var blocks: [Block] = []
    for event in ordered {
      let share = Double(before(event, goal)) / reached
      let fitting = blocks.firstIndex { block in
        block.share < 0.9 && share < 0.9
          && block.events.allSatisfy { other in
            let most = max(log.events[event].customers, log.events[other].customers)
            return Double(together(event, other)) >= 0.9 * Double(most)
              && place(event, backbone) == place(other, backbone)
          }
      }
      if let fitting {
        blocks[fitting].events.append(event)
        blocks[fitting].share = max(blocks[fitting].share, share)
      } else {
        blocks.append(Block(events: [event], share: share))
      }
    }
    return blocks
  }

  /// How many steps of the backbone mostly come before the event.
  private func place(_ event: Int, _ backbone: [Int]) -> Int {
    backbone.count { $0 != event && before($0, event) > before(event, $0) }
  }

  private func areAlternatives(_ left: Block, _ right: Block, _ backbone: [Int]) -> Bool {
    guard left.share < 0.9, right.share < 0.9, left.share + right.share <= 1.25 else {
      return false
    }
    return left.events.allSatisfy { a in
      right.events.allSatisfy { b in
        let least = min(log.events[a].customers, log.events[b].customers)
        let gap = abs(log.events[a].meanPosition - log.events[b].meanPosition)
        return place(a, backbone) == place(b, backbone) && gap <= 0.2
          && Double(together(a, b)) <= Self.mostShared * Double(least)
      }
    }
  }
}
