import Events
import Experience
import Stories

/// Counts who comes back.
public struct RetentionFold: TraceableFold {
  let question: RetentionQuestion
  let calendar: LocalCalendar

  /// What a section has counted; the numbers of a row lie together.
  public struct Partial: Sendable {
    /// By row.
    var members: [Int]
    /// By row, then bracket: who has come back so far.
    var returned: [Int]
    /// Likewise, of those for whom the bracket has passed; by the rolling clock alone.
    var retained: [Int]
    /// By row, then how many brackets have passed; by the rolling clock alone.
    var elapsed: [Int]
    /// Units that never had a start event, or none in the range.
    var withoutStart = 0
    /// Units whose first start event ever lies outside the range.
    var outside = 0
    /// Units that were not of the population at their start.
    var strangers = 0
    fileprivate var entries: [Entry] = []
    fileprivate var comebacks: [Comeback] = []
  }

  /// A start event that makes a member.
  fileprivate struct Entry {
    let row: Int
    let time: Int64
    let cohort: Int
  }

  /// A return event.
  fileprivate struct Comeback {
    let row: Int
    let time: Int64
    /// Its interval; by the calendar alone.
    let interval: Int
  }

  /// Checks the question and compiles its rules.
  public func plan(for stories: Stories) throws(Refusal) -> RetentionPlan {
    try RetentionPlan(question, calendar: calendar, for: stories)
  }

  /// Counts of nothing.
  public func begin(_ plan: RetentionPlan) -> Partial {
    let (rows, brackets) = (plan.rows, plan.brackets.count)
    let isRolling = question.clock == .rolling
    return Partial(
      members: Array(repeating: 0, count: rows),
      returned: Array(repeating: 0, count: rows * brackets),
      retained: Array(repeating: 0, count: isRolling ? rows * brackets : 0),
      elapsed: Array(repeating: 0, count: isRolling ? rows * (brackets + 1) : 0))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: RetentionPlan,
    into partial: inout Partial
  ) {
    let rules = plan.segments[index]
    let segment = stories.segments[index]
    guard let intervals = plan.intervals else {
      partial.withoutStart += customers.count
      return
    }
    if question.isPlain, rules.start.isEvery, rules.comeback.isEvery {
      countPlainly(customers, of: segment, intervals, by: plan, into: &partial)
      return
    }
    for customer in customers {
      let story = segment.rows(of: customer)
      find(entriesOf: story, of: segment, rules, intervals, by: plan, into: &partial)
      guard let first = partial.entries.first, let last = partial.entries.last else { continue }
      partial.comebacks.removeAll(keepingCapacity: true)
      let horizon =
        question.isOpenEnded || question.clock == .rolling ? .max : plan.horizons[last.cohort]
      for row in first.row..<story.upperBound {
        let time = segment.times[row]
        guard time < horizon else { break }
        guard rules.comeback.contains(row) else { continue }
        let interval =
          question.clock == .rolling
          ? 0 : time > intervals.times.upperBound ? intervals.count : intervals.position(of: time)
        partial.comebacks.append(Comeback(row: row, time: time, interval: interval))
      }
      for entry in partial.entries {
        let value = rules.values?.position(entry.row)
        for row in [
          plan.row(value: -1, cohort: entry.cohort), plan.row(value: -1, cohort: plan.cohorts),
        ] {
          add(entry, to: row, by: plan, into: &partial)
        }
        guard let value else { continue }
        add(entry, to: plan.row(value: value, cohort: entry.cohort), by: plan, into: &partial)
        add(entry, to: plan.row(value: value, cohort: plan.cohorts), by: plan, into: &partial)
      }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for row in partial.members.indices { partial.members[row] += later.members[row] }
    for cell in partial.returned.indices { partial.returned[cell] += later.returned[cell] }
    for cell in partial.retained.indices { partial.retained[cell] += later.retained[cell] }
    for cell in partial.elapsed.indices { partial.elapsed[cell] += later.elapsed[cell] }
    partial.withoutStart += later.withoutStart
    partial.outside += later.outside
    partial.strangers += later.strangers
  }

  /// Who has come back so far in a bracket, of a cohort or of all.
  public func count(at cell: Int, in partial: borrowing Partial) -> Int { partial.returned[cell] }

  /// The starts that make the customer a member, into the partial's `entries`.
  private func find(
    entriesOf story: Range<Int>, of segment: StorySegment, _ rules: RetentionPlan.Segment,
    _ intervals: IntervalTable, by plan: RetentionPlan, into partial: inout Partial
  ) {
    partial.entries.removeAll(keepingCapacity: true)
    var isOutside = false
    var isStranger = false
    for row in story {
      let time = segment.times[row]
      if question.cohort != .firstEver {
        guard time < plan.range.upperBound else { break }
        guard time >= plan.range.lowerBound else { continue }
      }
      guard rules.start.contains(row) else { continue }
      guard plan.range.contains(time) else {
        isOutside = true
        break
      }
      let cohort = intervals.position(of: time)
      if let last = partial.entries.last, last.cohort == cohort { continue }
      guard rules.population?.holds(story: story, before: row, at: time) ?? true else {
        isStranger = true
        if question.cohort == .firstEver { break }
        continue
      }
      partial.entries.append(Entry(row: row, time: time, cohort: cohort))
      if question.cohort != .every { break }
    }
    guard partial.entries.isEmpty else { return }
    if isOutside {
      partial.outside += 1
    } else if isStranger {
      partial.strangers += 1
    } else {
      partial.withoutStart += 1
    }
  }

  /// Counts a member in one row of numbers.
  private func add(
    _ entry: Entry, to row: Int, by plan: RetentionPlan, into partial: inout Partial
  ) {
    let (brackets, length) = (plan.brackets.count, question.interval.rollingLength)
    let isRolling = question.clock == .rolling
    partial.members[row] += 1
    var passed = 0
    if isRolling {
      while passed < brackets,
        entry.time + Int64(plan.brackets[passed].periods.upperBound) * length <= plan.watermark
      { passed += 1 }
      partial.elapsed[row * (brackets + 1) + passed] += 1
    }
    // Returns ascend, and so do their brackets: each is counted at its first return.
    var counted = -1
    for comeback in partial.comebacks where comeback.row >= entry.row {
      let period =
        isRolling ? Int((comeback.time - entry.time) / length) : comeback.interval - entry.cohort
      let isBeyond = period >= plan.bracketOfPeriod.count
      guard !isBeyond || question.isOpenEnded else { break }
      let bracket = isBeyond ? brackets - 1 : plan.bracketOfPeriod[period]
      guard bracket > counted else { continue }
      for bracket in (question.isOpenEnded ? counted + 1 : bracket)...bracket {
        partial.returned[row * brackets + bracket] += 1
        if isRolling, bracket < passed { partial.retained[row * brackets + bracket] += 1 }
      }
      counted = bracket
    }
  }
}

extension RetentionQuestion {
  /// Whether a later return counts as well.
  fileprivate var isOpenEnded: Bool { if case .onOrAfter = returns { true } else { false } }

  /// Whether the fast path may answer it, as far as the options tell.
  fileprivate var isPlain: Bool {
    guard case .on(let periods) = returns else { return false }
    return periods <= UInt64.bitWidth && clock == .calendar && cohort == .firstEver
      && breakdown == nil && scope.population?.rule == nil
  }
}

extension RetentionFold {
  /// Counts who comes back where every event is both a start and a return.
  ///
  /// The intervals of a customer's events are bits of a word, set without a branch per event.
  private func countPlainly(
    _ customers: Range<Int>, of segment: StorySegment, _ intervals: IntervalTable,
    by plan: RetentionPlan, into partial: inout Partial
  ) {
    guard let times = segment.times.baseAddress, let offsets = segment.offsets.baseAddress
    else { return }
    let (brackets, cohorts) = (plan.brackets.count, plan.cohorts)
    let (range, total) = (plan.range, plan.cohorts * plan.brackets.count)
    var (without, outside) = (0, 0)
    plan.horizons.withUnsafeBufferPointer { horizons in
      partial.members.withUnsafeMutableBufferPointer { members in
        partial.returned.withUnsafeMutableBufferPointer { returned in
          for customer in customers {
            let (first, end) = (Int(offsets[customer]), Int(offsets[customer &+ 1]))
            guard first < end else {
              without &+= 1
              continue
            }
            let start = times[first]
            guard range.contains(start) else {
              outside &+= 1
              continue
            }
            let cohort = intervals.position(of: start)
            let horizon = horizons[cohort]
            var last = end
            if times[end &- 1] >= horizon {
              let story = UnsafeBufferPointer(start: times + first, count: end &- first)
              last = first &+ story.firstPosition { $0 >= horizon }
            }
            var seen: UInt64 = 0
            for row in first..<last {
              seen |= 1 &<< UInt64(truncatingIfNeeded: intervals.position(of: times[row]) &- cohort)
            }
            members[cohort] &+= 1
            let base = cohort &* brackets
            for bracket in 0..<brackets {
              returned[base &+ bracket] &+= Int(truncatingIfNeeded: seen & 1)
              seen &>>= 1
            }
          }
          // Each member is of one cohort, so all of them are the sum.
          members[cohorts] = members[..<cohorts].reduce(0, &+)
          for bracket in 0..<brackets {
            returned[total &+ bracket] = stride(from: bracket, to: total, by: brackets)
              .reduce(0) { $0 &+ returned[$1] }
          }
        }
      }
    }
    partial.withoutStart += without
    partial.outside += outside
  }
}
