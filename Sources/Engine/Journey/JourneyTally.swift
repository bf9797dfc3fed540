import Events
import Experience
import Statistics
import Stories

/// What one worker has counted of a journey's cases.
struct JourneyTally: @unchecked Sendable {
  let plan: JourneyPlan
  let tables: JourneyTables
  let channels: ChannelNames
  /// How many event names there are.
  let nameCount: Int

  var excluded = Excluded()
  var customers = 0
  /// The number of the latest case.
  var stamp = 0
  var variants = VariantTable()
  /// Of completed cases, one entry each.
  var completedVariants: [UInt32] = []
  var completedTimes: [Int64] = []
  /// Times from the step before: milliseconds · 64 + step.
  var stepTimes: [Int64] = []
  var values = ExactSum()
  var caseCosts = ExactSum()
  var scores: [ExactSum]
  /// Of the customer that is being visited: the interactions of counted cases that answers may be about.
  var spokenOf: [SpokenOf] = []
  var symbolValues: [ExactSum]
  var startValues: [ExactSum]
  var startCosts: [ExactSum]
  var channelSwitches = 0

  /// The counters that are touched most; each list has an entry for each of what its name says.
  let interactions: UnsafeMutableBufferPointer<Int>
  let startRepeats: UnsafeMutableBufferPointer<Int>
  let wrongChannels: UnsafeMutableBufferPointer<Int>
  let casesRepeating: UnsafeMutableBufferPointer<Int>
  let promised: UnsafeMutableBufferPointer<Int>
  let late: UnsafeMutableBufferPointer<Int>
  /// Closed cases that were late, and that used a wrong channel.
  let verdicts: UnsafeMutableBufferPointer<Int>
  let stepSwitches: UnsafeMutableBufferPointer<Int>
  /// By symbol, then channel.
  let channelCounts: UnsafeMutableBufferPointer<Int>
  let channelsPerCase: UnsafeMutableBufferPointer<Int>
  /// Cases that met each passage off the map: touchpoints by position, then event names by code.
  let passages: UnsafeMutableBufferPointer<Int>
  /// By step, then passage, then nothing: what cases that dropped off there met next.
  let next: UnsafeMutableBufferPointer<Int>

  /// The cases one by one, where they are asked for.
  var cases: JourneyCases?

  let scratch: CaseScratch
  private let memory: ColumnMemory

  /// The number of passages, without *nothing*.
  var passageCount: Int { plan.experience.touchpoints.count + nameCount }

  init(_ plan: JourneyPlan, channels: ChannelNames, nameCount: Int, cases: JourneyCases? = nil) {
    self.cases = cases
    self.plan = plan
    self.channels = channels
    self.nameCount = nameCount
    let memory = ColumnMemory()
    self.memory = memory
    func counters(_ count: Int) -> UnsafeMutableBufferPointer<Int> {
      let room = memory.room(for: count, of: Int.self)
      room.initialize(repeating: 0)
      return room
    }
    let symbols = plan.touchpoints.count
    let passageCount = plan.experience.touchpoints.count + nameCount
    interactions = counters(symbols)
    startRepeats = counters(plan.starts)
    wrongChannels = counters(symbols)
    casesRepeating = counters(plan.steps.count)
    promised = counters(plan.steps.count)
    late = counters(plan.steps.count)
    verdicts = counters(2)
    stepSwitches = counters(plan.steps.count)
    channelCounts = counters(symbols * channels.names.count)
    channelsPerCase = counters(channels.names.count + 1)
    passages = counters(passageCount)
    next = counters(plan.steps.count * (passageCount + 1))
    scores = Array(repeating: ExactSum(), count: symbols)
    symbolValues = Array(repeating: ExactSum(), count: symbols)
    startValues = Array(repeating: ExactSum(), count: plan.starts)
    startCosts = Array(repeating: ExactSum(), count: plan.starts)
    tables = JourneyTables(plan, channels, memory)
    scratch = CaseScratch(plan, passageCount: passageCount, memory: memory)
  }

  /// The cases since the last time, which are forgotten with all else that grows with each.
  mutating func takeCases() -> JourneyCases {
    guard let kept = cases else { return JourneyCases(.ways) }
    cases?.entries.removeAll()
    cases?.steps.removeAll()
    cases?.rows.removeAll()
    completedVariants.removeAll(keepingCapacity: true)
    completedTimes.removeAll(keepingCapacity: true)
    stepTimes.removeAll(keepingCapacity: true)
    spokenOf.removeAll(keepingCapacity: true)
    return kept
  }

  /// Adds another worker's counts.
  mutating func add(_ other: JourneyTally) {
    excluded.add(other.excluded)
    customers += other.customers
    let positions = variants.add(other.variants)
    if let found = other.cases { cases?.add(found, variants: positions) }
    completedVariants.append(contentsOf: other.completedVariants.lazy.map { positions[Int($0)] })
    completedTimes.append(contentsOf: other.completedTimes)
    stepTimes.append(contentsOf: other.stepTimes)
    values.add(other.values)
    caseCosts.add(other.caseCosts)
    for position in scores.indices { scores[position].add(other.scores[position]) }
    for position in symbolValues.indices {
      symbolValues[position].add(other.symbolValues[position])
    }
    for position in startValues.indices { startValues[position].add(other.startValues[position]) }
    for position in startCosts.indices { startCosts[position].add(other.startCosts[position]) }
    channelSwitches += other.channelSwitches
    for (mine, others) in [
      (interactions, other.interactions), (startRepeats, other.startRepeats),
      (wrongChannels, other.wrongChannels), (casesRepeating, other.casesRepeating),
      (promised, other.promised), (late, other.late),
      (verdicts, other.verdicts), (stepSwitches, other.stepSwitches),
      (channelCounts, other.channelCounts), (channelsPerCase, other.channelsPerCase),
      (passages, other.passages), (next, other.next),
    ] {
      for position in mine.indices { mine[position] += others[position] }
    }
  }
}

/// What a walk asks of its plan at every interaction, as bare numbers: by symbol, where not said.
struct JourneyTables {
  let window: Int64
  let again: Journey.Again
  let starts: UInt8
  let walked: UInt8
  let duties: UnsafePointer<JourneyPlan.Duties>
  let stepOf: UnsafePointer<UInt8>
  let collapses: UnsafePointer<Bool>
  let costs: UnsafePointer<Int64>
  /// How many channels there are, and as `ChannelNames` says for each symbol.
  let channels: Int
  let designedChannel: UnsafePointer<UInt8>
  let allowedChannels: UnsafePointer<UInt64>

  init(_ plan: JourneyPlan, _ channels: ChannelNames, _ memory: ColumnMemory) {
    window = plan.question.journey.window.milliseconds
    again = plan.question.journey.again
    starts = UInt8(plan.starts)
    walked = UInt8(plan.walked)
    func table<Entry: BitwiseCopyable>(_ entries: [Entry]) -> UnsafePointer<Entry> {
      let room = memory.room(for: entries.count, of: Entry.self)
      _ = room.initialize(from: entries)
      return UnsafePointer(room.baseAddress.unsafelyUnwrapped)
    }
    duties = table(plan.duties)
    stepOf = table(plan.stepOf)
    collapses = table(plan.collapses)
    costs = table(plan.costs)
    self.channels = channels.names.count
    designedChannel = table(channels.designed.map(UInt8.init))
    allowedChannels = table(channels.allowed)
  }
}

/// What is remembered of the case that is being walked; used again by the next.
///
/// A *stamp* is the number of the case that set an entry, which saves clearing them.
struct CaseScratch {
  /// The symbols met, in order.
  let sequence: UnsafeMutableBufferPointer<UInt8>
  let symbolStamps: UnsafeMutableBufferPointer<Int>
  let passageStamps: UnsafeMutableBufferPointer<Int>
  /// By symbol: when a promise's reference was met last, and the case.
  let referenceStamps: UnsafeMutableBufferPointer<Int>
  let referenceTimes: UnsafeMutableBufferPointer<Int64>
  /// By symbol: the case in which its promise was checked.
  let promiseStamps: UnsafeMutableBufferPointer<Int>
  /// By step: the first meeting's time, position in the story and channel.
  let firstTimes: UnsafeMutableBufferPointer<Int64>
  let firstPositions: UnsafeMutableBufferPointer<Int>
  let firstChannels: UnsafeMutableBufferPointer<Int>

  init(_ plan: JourneyPlan, passageCount: Int, memory: ColumnMemory) {
    let symbols = plan.touchpoints.count
    func room<Number: FixedWidthInteger & BitwiseCopyable>(
      _ count: Int, _ type: Number.Type
    ) -> UnsafeMutableBufferPointer<Number> {
      let room = memory.room(for: count, of: type)
      room.initialize(repeating: 0)
      return room
    }
    sequence = room(JourneyPlan.longest + ProcessTree.mostTouchpoints + 1, UInt8.self)
    symbolStamps = room(symbols, Int.self)
    passageStamps = room(passageCount, Int.self)
    referenceStamps = room(symbols, Int.self)
    referenceTimes = room(symbols, Int64.self)
    promiseStamps = room(symbols, Int.self)
    firstTimes = room(plan.steps.count, Int64.self)
    firstPositions = room(plan.steps.count, Int.self)
    firstChannels = room(plan.steps.count, Int.self)
  }
}

/// The channels by which a journey's interactions are counted; 0 is *unknown*.
struct ChannelNames: Sendable {
  private(set) var names = [unknown]
  private var positions: [String: Int] = [:]
  /// The channel that each symbol was designed for, if exactly one; else 0.
  private(set) var designed: [Int] = []
  /// The channels that each symbol was designed for, as bits; 0: any.
  private(set) var allowed: [UInt64] = []

  static let unknown = "unknown"
  static let other = "other"
  /// The most channels that are told apart, so that a set of them is one word; the others, in byte
  /// order behind those of the experience, count as *other*.
  static let most = 62

  init(_ plan: JourneyPlan, found: Set<String>) {
    let touchpoints = plan.touchpoints.map { plan.experience.touchpoints[$0] }
    for name in plan.experience.channels + touchpoints.flatMap(\.channels) { add(name) }
    for name in found.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { add(name) }
    designed = touchpoints.map { touchpoint in
      touchpoint.channels.count == 1 ? position(of: touchpoint.channels[0]) : 0
    }
    allowed = touchpoints.map { touchpoint in
      touchpoint.channels.reduce(0) { $0 | 1 << UInt64(position(of: $1)) }
    }
  }

  private mutating func add(_ name: String) {
    guard positions[name] == nil, name != Self.unknown else { return }
    if names.count == Self.most + 1 { names.append(Self.other) }
    guard names.count <= Self.most else { return }
    positions[name] = names.count
    names.append(name)
  }

  /// The position of a channel, that of *other* where there are too many.
  func position(of name: String) -> Int {
    name == Self.unknown ? 0 : positions[name] ?? names.count - 1
  }
}

extension Excluded {
  /// Adds other counts.
  mutating func add(_ other: Excluded) {
    outsideAudience += other.outsideAudience
    duringCase += other.duringCase
    again += other.again
    withoutCaseKey += other.withoutCaseKey
    outsideRange += other.outsideRange
  }
}
