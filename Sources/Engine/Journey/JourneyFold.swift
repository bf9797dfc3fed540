import Events
import Experience
import Stories

/// The measured journey as a fold: everything about its cases from one visit to each story.
public struct JourneyFold: Fold {
  /// The journey's definition, ready for some stories.
  public struct Plan: Sendable {
    let journey: JourneyPlan
    let channels: ChannelNames
    let rules: [JourneyRules]
    let names: EventNames
    let now: Instant?
    /// Whether some events lie behind `now`, and are not read.
    let readsAll: Bool
    /// What single cases are kept as, if at all.
    let cases: JourneyCases?
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    var tally: JourneyTally
  }

  let question: JourneyQuestion
  let experience: Experience
  private let detail: JourneyCases.Detail?
  private let conditions: [Expression]
  private let hearing: JourneyPlan.Hearing

  /// Asks for a journey's cases; the experience says what its touchpoints are.
  public init(_ question: JourneyQuestion, of experience: Experience) {
    self.init(question, of: experience, keeping: nil)
  }

  /// Asks for cases of which single ones are kept; conditions judge their stories before the start.
  init(
    _ question: JourneyQuestion, of experience: Experience, keeping detail: JourneyCases.Detail?,
    conditions: [Expression] = [], hearing: JourneyPlan.Hearing = .surveys
  ) {
    self.hearing = hearing
    self.question = question
    self.experience = experience
    self.detail = detail
    self.conditions = conditions
  }

  /// Compiles the journey.
  ///
  /// - Throws: `journey.…` where its definition cannot be measured.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    let plan = try JourneyPlan(question, experience, hearing: hearing)
    let watermark = stories.watermark
    let now = question.now ?? watermark
    var found: Set<String> = []
    for segment in stories.segments {
      guard let column = segment.property("channel", .string) else { continue }
      for position in 0..<min(column.dictionary.count, Self.mostChannelsLookedAt) {
        found.insert(column.dictionary[position])
      }
    }
    let channels = ChannelNames(plan, found: found)
    var rules: [JourneyRules] = []
    for segment in stories.segments {
      rules.append(try JourneyRules(plan, channels, segment, stories.names, now: now))
    }
    var compiled: [[StoryRule]] = []
    for segment in stories.segments {
      var rules: [StoryRule] = []
      for condition in conditions {
        rules.append(try StoryRule(condition, of: segment, names: stories.names))
      }
      compiled.append(rules)
    }
    return Plan(
      journey: plan, channels: channels, rules: rules, names: stories.names, now: now,
      readsAll: now == nil || watermark.map { $0 <= (now ?? $0) } ?? true,
      cases: detail.map { JourneyCases($0, conditions: compiled) })
  }

  /// More are not told apart anyway, since texts ascend in a dictionary.
  private static let mostChannelsLookedAt = 1_000

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(
      tally: JourneyTally(
        plan.journey, channels: plan.channels, nameCount: plan.names.names.count,
        cases: plan.cases))
  }

  /// Counts the cases of customers.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    partial.tally.cases?.segment = index
    for customer in customers {
      var rows = segment.rows(of: customer)
      if !plan.readsAll, let now = plan.now?.milliseconds {
        let read = segment.times[rows]
        rows = rows.lowerBound..<(rows.lowerBound + read.prefixCount { $0 <= now })
      }
      let before = partial.tally.stamp
      partial.tally.cases?.customer = customer
      partial.tally.walk(rows, of: segment, plan.rules[index])
      if let answers = plan.rules[index].answers {
        partial.tally.countAnswers(rows, of: segment, plan.rules[index], answers)
      }
      if partial.tally.stamp > before { partial.tally.customers += 1 }
    }
  }

  /// Adds counts.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.tally.add(later.tally)
  }

  /// The measured journey.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> MeasuredJourney {
    MeasuredJourney(partial.tally, names: plan.names, now: plan.now)
  }
}

extension JourneyTally {
  /// Walks a story, or the beginning of one.
  mutating func walk(
    _ rows: Range<Int>, of segment: borrowing StorySegment, _ rules: borrowing JourneyRules
  ) {
    guard rules.caseKey == nil else { return walkKeyed(rows, of: segment, rules) }
    guard let codes = segment.codes.baseAddress, let times = segment.times.baseAddress else {
      return
    }
    walk(CaseStream(codes: codes, times: times, rows: nil, range: rows, story: rows), rules)
  }

  /// Walks a story whose cases run side by side, one for each value of the case key.
  ///
  /// Events without the key take no part.
  private mutating func walkKeyed(
    _ rows: Range<Int>, of segment: borrowing StorySegment, _ rules: borrowing JourneyRules
  ) {
    guard let caseKey = rules.caseKey else { return }
    var keyed: [(key: CaseKey, row: UInt32)] = []
    var anyStart = false
    for row in rows {
      let symbol = rules.symbol(segment.codes[row], row: row)
      guard let key = caseKey.key(of: row) else {
        if symbol < plan.starts { exclude(\.withoutCaseKey, at: segment.times[row], rules) }
        continue
      }
      if symbol < plan.starts { anyStart = true }
      keyed.append((key, UInt32(row)))
    }
    guard anyStart else { return }
    keyed.sort { ($0.key, $0.row) < ($1.key, $1.row) }
    let codes = keyed.map { segment.codes[Int($0.row)] }
    let times = keyed.map { segment.times[Int($0.row)] }
    let positions = keyed.map(\.row)
    codes.withUnsafeBufferPointer { codes in
      times.withUnsafeBufferPointer { times in
        positions.withUnsafeBufferPointer { positions in
          guard let code = codes.baseAddress, let time = times.baseAddress else { return }
          var first = 0
          for position in 1...keyed.count
          where position == keyed.count || keyed[position].key != keyed[first].key {
            walk(
              CaseStream(
                codes: code, times: time, rows: positions.baseAddress, range: first..<position,
                story: rows), rules)
            first = position
          }
        }
      }
    }
  }
}

/// The value of a case key, as it is in one segment.
struct CaseKey: Hashable, Comparable {
  var kind: PropertyKind
  /// The code of a text, or the bits of a number.
  var bits: UInt64

  static func < (left: CaseKey, right: CaseKey) -> Bool {
    (left.kind.rawValue, left.bits) < (right.kind.rawValue, right.bits)
  }
}

/// The columns of the property that keys cases.
struct CaseKeyColumns: Sendable {
  let texts: PropertyColumn?
  let numbers: PropertyColumn?

  init(_ name: String, _ segment: StorySegment) {
    texts = segment.property(name, .string)
    numbers = segment.property(name, .number)
  }

  func key(of row: Int) -> CaseKey? {
    if let code = texts?.code(at: row), code != 0 {
      return CaseKey(kind: .string, bits: UInt64(code))
    }
    guard let number = numbers?.number(at: row) else { return nil }
    // Zero has two signs and is one number.
    return CaseKey(kind: .number, bits: (number == 0 ? 0 : number).bitPattern)
  }
}

extension RandomAccessCollection {
  /// How many elements, from the first, meet a condition that, once not met, is not met again.
  func prefixCount(while met: (Element) -> Bool) -> Int {
    var low = startIndex
    var count = self.count
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if met(self[middle]) {
        low = index(after: middle)
        count -= half + 1
      } else {
        count = half
      }
    }
    return distance(from: startIndex, to: low)
  }
}
