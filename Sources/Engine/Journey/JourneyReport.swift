import Events
import Experience
import Statistics
import Stories

/// What follows from the ways that cases took, by starting point and step.
struct WayCounts {
  var starts: [CaseCounts]
  /// By step, then start.
  var reached: [[Int]]
  var met: [[Int]]
  var droppedOff: [[Int]]
  var closedReached: [Int]
  var open: [Int]
  var missing: [Int]
  var extra: [Int]
  var outOfOrder: [Int]
  /// Cases by symbol.
  var symbolCases: [Int]
  var verdicts = Conformance.Verdicts()
  var cost = 0
  var most = 0
  var costCompleted = 0
  var mostCompleted = 0
  /// The fitness and length of each entry of the table, for its closed cases.
  var entryCosts: [(cost: Int, most: Int)] = []

  init(_ plan: JourneyPlan) {
    let none = Array(repeating: 0, count: plan.steps.count)
    let byStart = plan.steps.map { _ in Array(repeating: 0, count: plan.starts) }
    starts = Array(repeating: CaseCounts(), count: plan.starts)
    (reached, met, droppedOff) = (byStart, byStart, byStart)
    (closedReached, open, missing, extra, outOfOrder) = (none, none, none, none, none)
    symbolCases = Array(repeating: 0, count: plan.touchpoints.count)
  }
}

/// One way beside the design: what it met, and how that fits.
struct AlignedWay {
  /// The symbol of the starting point.
  let start: Int
  /// Each symbol that it met, once.
  let symbols: Set<UInt8>
  let metSteps: UInt64
  /// The symbols in the tree that it met, in order.
  let aligned: [UInt8]
  let alignment: Alignment
  /// The costs beyond which no case of this way could go: its length and the shortest run of the tree.
  let most: Int

  init(_ symbols: ArraySlice<UInt8>, _ plan: JourneyPlan, _ aligner: inout Aligner) {
    var metSteps: UInt64 = 0
    var aligned: [UInt8] = []
    for symbol in symbols {
      let step = plan.stepOf[Int(symbol)]
      guard step != JourneyPlan.none else { continue }
      metSteps |= 1 << UInt64(step)
      aligned.append(plan.treeSymbolOf[Int(symbol)])
    }
    start = Int(symbols[symbols.startIndex])
    self.symbols = Set(symbols)
    self.metSteps = metSteps
    var alignment = Alignment()
    aligned.withUnsafeBufferPointer { aligner.align($0, into: &alignment) }
    self.aligned = aligned
    self.alignment = alignment
    most = aligned.count + plan.tree.shortest
  }

  /// The furthest step that was met, or −1.
  var furthest: Int { metSteps == 0 ? -1 : 63 - metSteps.leadingZeroBitCount }
}

extension WayCounts {
  /// Adds one way and all cases that took it.
  mutating func add(_ entry: VariantTable.Entry, _ way: AlignedWay, _ plan: JourneyPlan) {
    let counts = CaseCounts(entry.counts)
    let start = way.start
    starts[start].add(counts)
    for symbol in way.symbols { symbolCases[Int(symbol)] += counts.total }
    let (metSteps, furthest, alignment) = (way.metSteps, way.furthest, way.alignment)
    for step in 0..<(furthest + 1) {
      reached[step][start] += counts.total
      closedReached[step] += counts.closed
      if metSteps & (1 << UInt64(step)) != 0 { met[step][start] += counts.total }
    }
    if furthest >= 0 {
      droppedOff[furthest][start] += counts.ended + counts.abandoned
      open[furthest] += counts.open
    }
    guard counts.closed > 0 else {
      entryCosts.append((0, 0))
      return
    }
    let length = way.most
    entryCosts.append(
      (alignment.cost * counts.closed + entry.left, length * counts.closed + entry.left))
    cost += alignment.cost * counts.closed + entry.left
    most += length * counts.closed + entry.left
    costCompleted += alignment.cost * counts.completed + entry.leftCompleted
    mostCompleted += length * counts.completed + entry.leftCompleted
    addVerdicts(entry, counts, way.aligned, furthest, plan, alignment)
  }

  private mutating func addVerdicts(
    _ entry: VariantTable.Entry, _ counts: CaseCounts, _ aligned: [UInt8], _ furthest: Int,
    _ plan: JourneyPlan, _ alignment: Alignment
  ) {
    var isSkipped = false
    var moved: UInt64 = 0
    var found: Set<Alignment.Placement> = []
    for (step, missing) in alignment.missing.enumerated() where missing > 0 {
      // What lies beyond the furthest step was not reached, unless the case is complete.
      let judged =
        step < furthest ? counts.closed : step == furthest ? counts.completed : 0
      self.missing[step] += judged
      if step < furthest { isSkipped = true }
    }
    for (position, placement) in alignment.placements.enumerated() {
      found.insert(placement)
      let step = plan.tree.stepOf[Int(aligned[position])]
      if placement == .extra { extra[step] += counts.closed }
      if placement == .outOfOrder { moved |= 1 << UInt64(step) }
    }
    for step in outOfOrder.indices where moved & (1 << UInt64(step)) != 0 {
      outOfOrder[step] += counts.closed
    }
    let isCut = furthest >= 0 && alignment.missing[furthest] > 0
    if isSkipped {
      verdicts.skipped += counts.closed
    } else if isCut {
      verdicts.skipped += counts.completed
    }
    if found.contains(.extra) { verdicts.extra += counts.closed }
    if found.contains(.outOfOrder) { verdicts.outOfOrder += counts.closed }
    let deviates = isSkipped || !found.isSubset(of: [.asPlanned])
    verdicts.repeated += found.contains(.repeated) ? counts.closed : Int(entry.repeating)
    if !deviates {
      verdicts.asPlanned += Int(entry.plain) - (isCut ? Int(entry.plainCompleted) : 0)
    }
  }
}

extension CaseCounts {
  /// Counts by `Outcome`.
  init(_ counts: SIMD4<UInt32>) {
    completed = Int(counts[Outcome.completed.rawValue])
    ended = Int(counts[Outcome.ended.rawValue])
    abandoned = Int(counts[Outcome.abandoned.rawValue])
    open = Int(counts[Outcome.open.rawValue])
    total = completed + ended + abandoned + open
  }

  /// Adds other counts.
  mutating func add(_ other: CaseCounts) {
    total += other.total
    completed += other.completed
    ended += other.ended
    abandoned += other.abandoned
    open += other.open
  }
}

extension Times {
  /// The distribution of times, which are partly sorted by it.
  init(of times: inout [Int64]) {
    self.init(median: .median(of: &times), p90: quantile(0.9, of: &times))
  }
}

extension MeasuredJourney {
  /// The answer from what was counted.
  init(_ tally: JourneyTally, names: EventNames, now: Instant?) {
    let plan = tally.plan
    let (journey, experience) = (plan.question.journey, plan.experience)
    var ways = WayCounts(plan)
    var aligner = Aligner(plan.tree)
    for entry in tally.variants.entries {
      ways.add(entry, AlignedWay(tally.variants.symbols(of: entry), plan, &aligner), plan)
    }
    var counts = CaseCounts()
    for start in ways.starts { counts.add(start) }
    var times = tally.completedTimes
    let passages = PassageNames(experience: experience, names: names)
    let time = Times(of: &times)
    let value =
      plan.hasValues
      ? Money(sum: tally.symbolValues.total, mean: tally.values.mean) : Money()
    let cost =
      plan.hasCosts ? Money(sum: tally.caseCosts.sum, mean: tally.caseCosts.mean) : Money()
    var scores = ExactSum()
    for score in tally.scores { scores.add(score) }
    let conformance = Conformance(tally, ways)
    let steps = Self.steps(tally, ways, passages)
    self.init(
      journey: journey.name, title: journey.title, from: plan.question.from,
      to: plan.question.to, population: plan.question.population?.name, watermark: now,
      definition: experience.definition(of: journey), cases: counts, customers: tally.customers,
      completion: .share(counts.completed, of: counts.closed), time: time, value: value,
      cost: cost, feeling: scores.mean, excluded: tally.excluded,
      starts: Self.starts(tally, ways), steps: steps, conformance: conformance,
      offMap: passages.most(tally.passages, of: nil),
      channelsPerCase: (1..<tally.channelsPerCase.count).compactMap { number in
        let cases = tally.channelsPerCase[number]
        return cases == 0 ? nil : ChannelCount(channel: String(number), count: cases)
      },
      channelSwitches: tally.channelSwitches, targets: [], attention: [])
    judgeTargets(journey.targets, times: &times)
    findAttention(steps: plan.steps, touchpoints: experience)
  }

  private static func starts(_ tally: JourneyTally, _ ways: WayCounts) -> [MeasuredStart] {
    let plan = tally.plan
    var times = [[Int64]](repeating: [], count: plan.starts)
    let startOf = tally.variants.entries.map { Int(tally.variants.symbols(of: $0).first ?? 0) }
    for (variant, time) in zip(tally.completedVariants, tally.completedTimes) {
      times[startOf[Int(variant)]].append(time)
    }
    return (0..<plan.starts).map { start in
      let touchpoint = plan.experience.touchpoints[plan.touchpoints[start]]
      let counts = ways.starts[start]
      return MeasuredStart(
        touchpoint: touchpoint.name, title: touchpoint.title, cases: counts,
        completion: .share(counts.completed, of: counts.closed), time: Times(of: &times[start]),
        repeats: tally.startRepeats[start], value: tally.startValues[start].sum,
        cost: tally.startCosts[start].sum)
    }
  }

  private static func steps(
    _ tally: JourneyTally, _ ways: WayCounts, _ passages: PassageNames
  ) -> [MeasuredStep] {
    let plan = tally.plan
    let cases = ways.starts.reduce(0) { $0 + $1.total }
    var times = [[Int64]](repeating: [], count: plan.steps.count)
    for time in tally.stepTimes { times[Int(time & 63)].append(time >> 6) }
    return plan.steps.indices.map { index in
      let step = plan.steps[index]
      let symbols = plan.touchpoints.indices.filter { plan.stepOf[$0] == index }
        .sorted { plan.treeSymbolOf[$0] < plan.treeSymbolOf[$1] }
      let touchpoints = symbols.map {
        touchpoint(tally, symbol: $0, cases: ways.symbolCases[$0])
      }
      let reached = ways.reached[index].reduce(0, +)
      let dropOff = ways.droppedOff[index].reduce(0, +)
      let stride = tally.passageCount + 1
      return MeasuredStep(
        index: index, title: touchpoints.map(\.title).joined(separator: " / "),
        touchpoints: touchpoints, optional: step.mayBeEmpty,
        goal: step.touchpoints.contains(plan.question.journey.goal), reached: reached,
        reachedByStart: ways.reached[index], cases: ways.met[index].reduce(0, +),
        casesByStart: ways.met[index], share: .share(reached, of: cases), dropOff: dropOff,
        dropOffByStart: ways.droppedOff[index],
        dropOffShare: .share(dropOff, of: ways.closedReached[index]), open: ways.open[index],
        wentNext: passages.most(
          .init(rebasing: tally.next[(index * stride)..<((index + 1) * stride - 1)]),
          of: tally.next[(index + 1) * stride - 1]),
        timeFromPrevious: Times(of: &times[index]),
        repeats: touchpoints.reduce(0) { $0 + $1.interactions - $1.cases },
        casesRepeating: tally.casesRepeating[index], skipped: ways.missing[index],
        extra: ways.extra[index], outOfOrder: ways.outOfOrder[index], late: tally.late[index],
        promised: tally.promised[index], channelSwitches: tally.stepSwitches[index],
        wrongChannel: symbols.reduce(0) { $0 + tally.wrongChannels[$1] })
    }
  }

  private static func touchpoint(
    _ tally: JourneyTally, symbol: Int, cases: Int
  ) -> MeasuredTouchpoint {
    let touchpoint = tally.plan.experience.touchpoints[tally.plan.touchpoints[symbol]]
    let width = tally.channels.names.count
    var counts = Array(tally.channelCounts[(symbol * width)..<((symbol + 1) * width)])
    // Where no event of a segment has a channel, interactions are not counted by it one by one.
    counts[0] += tally.interactions[symbol] - counts.reduce(0, +)
    let channels = counts.enumerated().filter { $0.element > 0 }
      .map { ChannelCount(channel: tally.channels.names[$0.offset], count: $0.element) }
      .sorted { ($1.count, $0.channel) < ($0.count, $1.channel) }
    return MeasuredTouchpoint(
      name: touchpoint.name, title: touchpoint.title, stage: touchpoint.stage,
      interactions: tally.interactions[symbol], cases: cases, channels: channels,
      designedFeeling: touchpoint.feeling, feeling: tally.scores[symbol].mean,
      value: tally.symbolValues[symbol].sum,
      cost: Double(tally.interactions[symbol]) * (touchpoint.cost ?? 0))
  }
}

extension Conformance {
  /// The most variants that are listed.
  static let mostVariants = 10
  /// The most touchpoints of a variant that are told; longer ones that begin alike are one.
  static let longestVariant = 64

  fileprivate init(_ tally: JourneyTally, _ ways: WayCounts) {
    let plan = tally.plan
    var verdicts = ways.verdicts
    verdicts.late = tally.verdicts[0]
    verdicts.wrongChannel = tally.verdicts[1]
    let (variants, count) = Self.variants(tally, ways, plan)
    self.init(
      fitness: ways.most == 0 ? nil : 1 - Double(ways.cost) / Double(ways.most),
      fitnessCompleted: ways.mostCompleted == 0
        ? nil : 1 - Double(ways.costCompleted) / Double(ways.mostCompleted),
      cases: ways.starts.reduce(0) { $0 + $1.closed }, verdicts: verdicts, variants: variants,
      variantCount: count)
  }

  private struct Way {
    var cases = 0
    var completed = 0
    var cost = 0
    var most = 0
    var entries: [Int] = []
  }

  private static func variants(
    _ tally: JourneyTally, _ ways: WayCounts, _ plan: JourneyPlan
  ) -> ([Variant], Int) {
    var found: [[UInt8]: Way] = [:]
    for (position, entry) in tally.variants.entries.enumerated() where entry.closed > 0 {
      var told: [UInt8] = []
      for symbol in tally.variants.symbols(of: entry)
      where told.last != symbol && told.count < longestVariant {
        told.append(symbol)
      }
      var way = found[told] ?? Way()
      way.cases += entry.closed
      way.completed += Int(entry.counts[Outcome.completed.rawValue])
      way.cost += ways.entryCosts[position].cost
      way.most += ways.entryCosts[position].most
      way.entries.append(position)
      found[told] = way
    }
    let top = found.sorted { left, right in
      left.value.cases != right.value.cases
        ? left.value.cases > right.value.cases
        : left.key.lexicographicallyPrecedes(right.key)
    }.prefix(mostVariants)
    var rankOf = [Int](repeating: -1, count: tally.variants.entries.count)
    for (rank, way) in top.enumerated() {
      for entry in way.value.entries { rankOf[entry] = rank }
    }
    var times = [[Int64]](repeating: [], count: top.count)
    for (variant, time) in zip(tally.completedVariants, tally.completedTimes)
    where rankOf[Int(variant)] >= 0 {
      times[rankOf[Int(variant)]].append(time)
    }
    let variants = top.enumerated().map { rank, way in
      Variant(
        touchpoints: way.key.map {
          plan.experience.touchpoints[plan.touchpoints[Int($0)]].name
        },
        cases: way.value.cases, completed: way.value.completed,
        medianTime: quantile(0.5, of: &times[rank]),
        fitness: way.value.most == 0
          ? nil : 1 - Double(way.value.cost) / Double(way.value.most))
    }
    return (variants, found.count)
  }
}

/// Names what cases met off the map.
struct PassageNames {
  let experience: Experience
  let names: EventNames

  /// The most passages that are listed.
  static let most = 12

  /// The passages with the most cases; `nothing` is the number of cases that met nothing, if asked.
  func most(_ counts: UnsafeMutableBufferPointer<Int>, of nothing: Int?) -> [Passage] {
    var found: [Passage] = []
    for (position, cases) in counts.enumerated() where cases > 0 {
      if position < experience.touchpoints.count {
        let touchpoint = experience.touchpoints[position]
        found.append(Passage(name: touchpoint.name, title: touchpoint.title, cases: cases))
      } else {
        let name = names.names[position - experience.touchpoints.count]
        found.append(Passage(name: name, title: name, cases: cases))
      }
    }
    if let nothing, nothing > 0 {
      found.append(Passage(name: Passage.nothing, title: Passage.nothing, cases: nothing))
    }
    return Array(found.sorted(by: Passage.isListedBefore).prefix(Self.most))
  }
}

extension Passage {
  /// Most cases first; equals by name, then title.
  static func isListedBefore(_ left: Passage, _ right: Passage) -> Bool {
    (right.cases, left.name, left.title) < (left.cases, right.name, right.title)
  }
}

extension [ExactSum] {
  /// The sum of all.
  var total: Double {
    var sum = ExactSum()
    for part in self { sum.add(part) }
    return sum.sum
  }
}
