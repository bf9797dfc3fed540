import Events
import Experience
import Stories

/// A condition on one event, compiled for one segment.
///
/// For each event code it is known whether events of that name always, never or sometimes meet it;
/// properties are looked at for the last kind only.
public struct EventRule: @unchecked Sendable {
  /// What is known of an event from its name.
  @frozen public enum Verdict: UInt8, Sendable {
    case never, always, sometimes
  }

  private let segment: StorySegment
  private let memory: ColumnMemory
  /// By code: 0 never, 1 always, n + 2 where condition n decides.
  private let verdicts: UnsafeBufferPointer<UInt32>
  private let conditions: [EventCondition]

  /// Compiles a condition.
  ///
  /// - Throws: `rule.event` where it speaks of traits, counts, sums, since or age.
  public init(_ rule: Expression, of segment: StorySegment, names: EventNames) throws(Refusal) {
    try rule.check(.event)
    self.segment = segment
    memory = ColumnMemory()
    var conditions: [EventCondition] = []
    var known: [Expression: UInt32] = [:]
    let told = rule.eventNames
    var untold: UInt32?
    let room = memory.room(for: names.names.count, of: UInt32.self)
    for (code, name) in names.names.enumerated() {
      let mentioned = told?.contains(name) ?? true
      if !mentioned, let untold {
        room[code] = untold
        continue
      }
      let rest = rule.knowing(event: name)
      let verdict: UInt32
      if let value = rest.literal {
        verdict = value.holds ? 1 : 0
      } else if let same = known[rest] {
        verdict = same
      } else {
        verdict = UInt32(conditions.count + 2)
        known[rest] = verdict
        conditions.append(
          EventCondition(rest, of: segment, names: names, memory: memory))
      }
      room[code] = verdict
      if !mentioned { untold = verdict }
    }
    verdicts = UnsafeBufferPointer(room)
    self.conditions = conditions
  }

  /// What is known of events with a code without looking at them.
  public func verdict(code: UInt16) -> Verdict {
    Verdict(rawValue: UInt8(min(verdicts[Int(code)], 2))) ?? .never
  }

  /// Whether the event of a row meets the condition.
  public func matches(_ row: Int) -> Bool {
    let verdict = Int(verdicts[Int(segment.codes[row])])
    return verdict < 2 ? verdict == 1 : conditions[verdict - 2].holds(row, in: segment)
  }
}

/// What is left of a condition when the event's name is known: tests that must all hold.
private struct EventCondition: Sendable {
  private var tests: [PropertyTest] = []
  private var others: [RuleNode] = []

  init(
    _ expression: Expression, of segment: StorySegment, names: EventNames, memory: ColumnMemory
  ) {
    for part in expression.conjuncts {
      if let test = PropertyTest(part, of: segment, memory: memory) {
        tests.append(test)
      } else {
        others.append(RuleNode(part, of: segment, names: names, memory: memory))
      }
    }
  }

  func holds(_ row: Int, in segment: borrowing StorySegment) -> Bool {
    for test in tests where !test.holds(row) { return false }
    let moment = RuleMoment(story: row..<row, row: row, time: 0)
    for other in others where !other.value(at: moment, in: segment).holds { return false }
    return true
  }
}

/// A number taken from one event, compiled for one segment.
public struct NumberRule: @unchecked Sendable {
  private let segment: StorySegment
  private let memory: ColumnMemory
  private let constant: Double?
  private let column: ColumnView?
  private let node: RuleNode

  /// Compiles a number.
  ///
  /// - Throws: `rule.event` where it speaks of traits, counts, sums, since or age.
  public init(_ rule: Expression, of segment: StorySegment, names: EventNames) throws(Refusal) {
    try rule.check(.event)
    self.segment = segment
    let memory = ColumnMemory()
    self.memory = memory
    constant = if case .number(let number) = rule { number } else { nil }
    column =
      if case .property(let name) = rule {
        segment.property(name, .number).map { ColumnView($0, memory: memory) }
      } else { nil }
    node = RuleNode(rule, of: segment, names: names, memory: memory)
  }

  /// The number of the event of a row; nil where it has none.
  public func number(_ row: Int) -> Double? {
    if let constant { return constant }
    if let column {
      let number = column.number(row)
      return number.isNaN ? nil : number
    }
    guard
      case .number(let number) = node.value(
        at: RuleMoment(story: row..<row, row: row, time: 0), in: segment)
    else { return nil }
    return number
  }
}
