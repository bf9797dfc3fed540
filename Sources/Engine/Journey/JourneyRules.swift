import Events
import Experience
import Stories

/// A journey's rules compiled for one segment: what there is to ask of a row while walking.
final class JourneyRules: @unchecked Sendable {
  /// No symbol of the journey.
  static let none = UInt8.max
  /// The code alone does not tell.
  static let ask = UInt8.max - 1

  /// By event code: the symbol, `none` or `ask`.
  let symbols: UnsafeBufferPointer<UInt8>
  /// By event code: the bit of its passage off the map; 0 where it has none or the code alone does
  /// not tell. Empty where there are more passages than bits.
  let passageBits: UnsafeBufferPointer<UInt64>
  /// The passage of each bit.
  let passageOfBit: [Int]
  /// By event code: the passage off the map, or −1 for Waymark's own events.
  private let passages: UnsafeBufferPointer<Int32>
  private let table: TouchpointTable
  private let plan: JourneyPlan
  private let from: Int64
  private let to: Int64
  /// The moment of the question, in milliseconds.
  let now: Int64
  let population: StoryRule?
  private let audience: StoryRule?
  let caseKey: CaseKeyColumns?
  /// What answers say of the journey; nil where none does.
  let answers: JourneyAnswers?
  /// Whether interactions are kept of which answers may speak.
  let hears: Bool
  private let values: [NumberRule?]
  private let scores: [NumberRule?]
  /// Whether interactions have values, costs, scores or promises, or answers speak of them.
  let hasDuties: Bool
  /// Whether interactions in this segment have channels.
  let countsChannels: Bool
  private let channelColumn: PropertyColumn?
  /// The codes of the channel column where it is dense and narrow, as it nearly always is.
  private let channelCodes: UnsafePointer<UInt8>?
  /// By code of the channel column.
  private let channelOf: UnsafePointer<UInt8>
  private let memory: ColumnMemory

  init(
    _ plan: JourneyPlan, _ channels: ChannelNames, _ segment: StorySegment, _ names: EventNames,
    now: Instant?
  ) throws(Refusal) {
    self.plan = plan
    let question = plan.question
    from = question.from?.milliseconds ?? .min
    to = question.to?.milliseconds ?? .max
    self.now = now?.milliseconds ?? .min
    table = try TouchpointTable(plan.experience.touchpoints, of: segment, names: names)
    memory = ColumnMemory()
    let symbols = memory.room(for: names.names.count, of: UInt8.self)
    let passages = memory.room(for: names.names.count, of: Int32.self)
    for (code, name) in names.names.enumerated() {
      let touchpoint = table.byCode[code]
      passages[code] =
        name.hasPrefix("$") ? -1 : Int32(plan.experience.touchpoints.count + code)
      switch touchpoint {
      case TouchpointTable.none: symbols[code] = Self.none
      case TouchpointTable.ask: symbols[code] = Self.ask
      default:
        symbols[code] = plan.symbolOf[Int(touchpoint)]
        passages[code] = Int32(touchpoint)
      }
    }
    self.symbols = UnsafeBufferPointer(symbols)
    self.passages = UnsafeBufferPointer(passages)
    (passageBits, passageOfBit) = Self.bits(self.symbols, self.passages, plan, memory)
    func compiled(_ rule: Expression?) throws(Refusal) -> StoryRule? {
      guard let rule else { return nil }
      return try StoryRule(rule, of: segment, names: names)
    }
    audience = try compiled(question.journey.audience)
    population = try compiled(question.population?.rule)
    caseKey = question.journey.caseKey.map { CaseKeyColumns($0, segment) }
    answers = try JourneyAnswers(plan, of: segment, names: names)
    hears = answers != nil || plan.hearing == .everything
    var values: [NumberRule?] = []
    var scores: [NumberRule?] = []
    for (symbol, touchpoint) in plan.touchpoints.enumerated() {
      let touchpoint = plan.experience.touchpoints[touchpoint]
      let isWalked = symbol < plan.walked
      if isWalked, let value = touchpoint.value {
        values.append(try NumberRule(value, of: segment, names: names))
      } else {
        values.append(nil)
      }
      if isWalked, let score = touchpoint.score {
        scores.append(try NumberRule(score, of: segment, names: names))
      } else {
        scores.append(nil)
      }
    }
    self.values = values
    self.scores = scores
    hasDuties =
      plan.hasCosts
      || plan.duties.contains {
        !$0.isDisjoint(with: [.value, .score, .promise, .reference, .spokenOf])
      }
    let column = segment.property("channel", .string)
    channelColumn = column
    countsChannels = column != nil || channels.designed.contains { $0 != 0 }
    var channelOf: [UInt8] = [0]
    if let dictionary = column?.dictionary {
      for position in 0..<dictionary.count {
        channelOf.append(UInt8(channels.position(of: dictionary[position])))
      }
    }
    let room = memory.room(for: channelOf.count, of: UInt8.self)
    _ = room.initialize(from: channelOf)
    self.channelOf = UnsafePointer(room.baseAddress.unsafelyUnwrapped)
    if let column, column.rows == nil, case .codes8(let codes) = column.values {
      channelCodes = codes.baseAddress
    } else {
      channelCodes = nil
    }
  }

  /// Gives each passage that a code alone tells a bit, if 64 are enough.
  private static func bits(
    _ symbols: UnsafeBufferPointer<UInt8>, _ passages: UnsafeBufferPointer<Int32>,
    _ plan: JourneyPlan, _ memory: ColumnMemory
  ) -> (UnsafeBufferPointer<UInt64>, [Int]) {
    var passageOfBit: [Int] = []
    var bits = [UInt64](repeating: 0, count: symbols.count)
    for code in symbols.indices
    where symbols[code] != ask && symbols[code] >= plan.walked && passages[code] >= 0 {
      let passage = Int(passages[code])
      let bit = passageOfBit.firstIndex(of: passage) ?? passageOfBit.count
      guard bit < UInt64.bitWidth else { return (.init(start: nil, count: 0), []) }
      if bit == passageOfBit.count { passageOfBit.append(passage) }
      bits[code] = 1 << UInt64(bit)
    }
    return (memory.copy(bits), passageOfBit)
  }

  /// The symbol of an event's touchpoint.
  @inline(__always) func symbol(_ code: UInt16, row: Int) -> UInt8 {
    let symbol = symbols[Int(code)]
    return symbol == Self.ask ? askedSymbol(row) : symbol
  }

  @inline(never) private func askedSymbol(_ row: Int) -> UInt8 {
    let touchpoint = table.touchpoint(at: row)
    return touchpoint == TouchpointTable.none ? Self.none : plan.symbolOf[Int(touchpoint)]
  }

  /// What an event is off the map: the position of its touchpoint, or of its name behind all
  /// touchpoints; −1 where it is one of Waymark's own.
  @inline(__always) func passage(_ code: UInt16, row: Int) -> Int {
    if symbols[Int(code)] == Self.ask {
      let touchpoint = table.touchpoint(at: row)
      if touchpoint != TouchpointTable.none { return Int(touchpoint) }
    }
    return Int(passages[Int(code)])
  }

  func isInRange(_ time: Int64) -> Bool { time >= from && time < to }

  /// Whether the customer is of the audience just before a row.
  func isAudience(story: Range<Int>, before row: Int, at time: Int64) -> Bool {
    audience?.holds(story: story, before: row, at: time) ?? true
  }

  func value(_ symbol: Int, row: Int) -> Double? { values[symbol]?.number(row) }

  func score(_ symbol: Int, row: Int) -> Double? { scores[symbol]?.number(row) }

  /// The channel that an event names; 0 where it names none.
  @inline(__always) func channel(row: Int) -> Int {
    if let channelCodes { return Int(channelOf[Int(channelCodes[row])]) }
    guard let channelColumn else { return 0 }
    return Int(channelOf[channelColumn.code(at: row)])
  }
}
