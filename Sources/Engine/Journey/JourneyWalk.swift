import Events
import Experience
import Statistics
import Stories

/// Events in order in which one case at a time may be open: a customer's story, or the part of it
/// that has one value of the journey's case key.
struct CaseStream {
  let codes: UnsafePointer<UInt16>
  let times: UnsafePointer<Int64>
  /// The row of each position; nil where positions are rows.
  let rows: UnsafePointer<UInt32>?
  let range: Range<Int>
  /// The rows of the whole story.
  let story: Range<Int>

  @inline(__always) func row(_ position: Int) -> Int {
    guard let rows else { return position }
    return Int(rows[position])
  }
}

/// The case that is open.
private struct OpenCase {
  /// The number of the case, by which scratch entries are stamped.
  var stamp: Int
  var start: Int64
  var deadline: Int64
  var startSymbol: Int
  /// The position of the starting event.
  var firstPosition: Int
  var length = 0
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  var last = UInt8.max
  /// The position of the last interaction with a step or a starting point.
  var lastWalked: Int
  /// Interactions with steps that are not in the sequence.
  var left = 0
  var metSteps: UInt64 = 0
  var checkedSteps: UInt64 = 0
  var marks = JourneyCases.StepMarks()
  var channels: UInt64 = 0
  var lastChannel = 0
  var wrongChannel = false
  /// The passages off the map that were met, as far as they have bits.
  var passages: UInt64 = 0
  var value: Int64 = 0
  var cost: Int64 = 0
  /// How many interactions answers could speak of before it.
  var firstSpokenOf = 0
}

extension JourneyTally {
  /// Finds the cases in a stream, and counts those that were asked for.
  mutating func walk(_ stream: CaseStream, _ rules: borrowing JourneyRules) {
    let starts = tables.starts
    // From then on a case may begin again.
    var free = Int64.min
    var position = stream.range.lowerBound
    let end = stream.range.upperBound
    let (codes, symbols) = (stream.codes, rules.symbols)
    while position < end {
      let plain = symbols[Int(codes[position])]
      if plain >= starts, plain != JourneyRules.ask {
        position += 1
        continue
      }
      let symbol = rules.symbol(codes[position], row: stream.row(position))
      guard symbol < starts else {
        position += 1
        continue
      }
      let time = stream.times[position]
      guard time >= free else {
        exclude(\.again, at: time, rules)
        position += 1
        continue
      }
      guard let (opening, startSymbol) = opening(at: &position, symbol, stream, rules) else {
        continue
      }
      let deadline = time.addingReportingOverflow(tables.window)
      var open = OpenCase(
        stamp: stamp + 1, start: time,
        deadline: deadline.overflow ? .max : deadline.partialValue, startSymbol: startSymbol,
        firstPosition: opening, lastWalked: opening, firstSpokenOf: spokenOf.count)
      if !rules.isInRange(time) {
        excluded.outsideRange += 1
        position = passCase(open, from: opening + 1, stream, rules)
      } else if let population = rules.population,
        !population.holds(story: stream.story, before: stream.row(opening), at: time)
      {
        excluded.outsideAudience += 1
        position = passCase(open, from: opening + 1, stream, rules)
      } else {
        stamp += 1
        position = walkCase(&open, from: opening, stream, rules)
      }
      switch tables.again {
      case .once: free = .max
      case .afterEnd: break
      case .after(let span):
        let next = time.addingReportingOverflow(span.milliseconds)
        free = next.overflow ? .max : next.partialValue
      }
    }
  }

  /// The position and symbol of the event that opens a case, which is the event at `position` but
  /// for ties; nil where none does, and then `position` is past those that might have.
  private mutating func opening(
    at position: inout Int, _ symbol: UInt8, _ stream: CaseStream, _ rules: borrowing JourneyRules
  ) -> (position: Int, symbol: Int)? {
    let time = stream.times[position]
    let first = position
    var after = first + 1
    guard after < stream.range.upperBound, stream.times[after] == time else {
      position = after
      if rules.isAudience(story: stream.story, before: stream.row(first), at: time) {
        return (first, Int(symbol))
      }
      exclude(\.outsideAudience, at: time, rules)
      return nil
    }
    var candidates: [(symbol: UInt8, position: Int)] = [(symbol, first)]
    while after < stream.range.upperBound, stream.times[after] == time {
      let other = rules.symbol(stream.codes[after], row: stream.row(after))
      if other < tables.starts { candidates.append((other, after)) }
      after += 1
    }
    candidates.sort { ($0.symbol, $0.position) < ($1.symbol, $1.position) }
    for (rank, candidate) in candidates.enumerated()
    where rules.isAudience(
      story: stream.story, before: stream.row(candidate.position), at: time)
    {
      // Those behind it are met again inside the case.
      for (other, loser) in candidates.enumerated() where loser.position < candidate.position {
        exclude(other < rank ? \.outsideAudience : \.duringCase, at: time, rules)
      }
      return (candidate.position, Int(candidate.symbol))
    }
    for _ in candidates { exclude(\.outsideAudience, at: time, rules) }
    position = after
    return nil
  }

  mutating func exclude(
    _ reason: WritableKeyPath<Excluded, Int>, at time: Int64, _ rules: borrowing JourneyRules
  ) {
    if rules.isInRange(time) {
      excluded[keyPath: reason] += 1
    } else {
      excluded.outsideRange += 1
    }
  }

  /// Finds the end of a case that is not counted.
  private mutating func passCase(
    _ open: OpenCase, from first: Int, _ stream: CaseStream, _ rules: borrowing JourneyRules
  ) -> Int {
    var position = first
    while position < stream.range.upperBound, stream.times[position] <= open.deadline {
      let symbol = rules.symbol(stream.codes[position], row: stream.row(position))
      defer { position += 1 }
      guard symbol < tables.walked else { continue }
      if symbol < tables.starts { exclude(\.duringCase, at: stream.times[position], rules) }
      if !tables.duties[Int(symbol)].isDisjoint(with: [.goal, .end]) { return position + 1 }
    }
    return position
  }

  /// Counts a case from its starting event to its end.
  private mutating func walkCase(
    _ open: inout OpenCase, from first: Int, _ stream: CaseStream, _ rules: borrowing JourneyRules
  ) -> Int {
    interact(&open, UInt8(open.startSymbol), at: first, stream, rules)
    let walked = tables.walked
    let starts = tables.starts
    let end = stream.range.upperBound
    var position = first + 1
    let (codes, times, deadline) = (stream.codes, stream.times, open.deadline)
    let (bits, symbols) = (rules.passageBits.baseAddress, rules.symbols)
    while position < end {
      if let bits {
        // Most events lie off the map: pass them without asking what they are.
        var passages: UInt64 = 0
        while position < end, symbols[Int(codes[position])] == JourneyRules.none,
          times[position] <= deadline
        {
          passages |= bits[Int(codes[position])]
          position += 1
        }
        open.passages |= passages
        guard position < end else { break }
      }
      let time = times[position]
      guard time <= deadline else { break }
      let code = codes[position]
      let symbol = rules.symbol(code, row: stream.row(position))
      guard symbol < walked else {
        passOffMap(&open, symbol, code, at: position, stream, rules)
        position += 1
        continue
      }
      if symbol < starts {
        startRepeats[Int(symbol)] += 1
        if rules.isInRange(time) {
          excluded.duringCase += 1
        } else {
          excluded.outsideRange += 1
        }
      }
      interact(&open, symbol, at: position, stream, rules)
      position += 1
      let duties = tables.duties[Int(symbol)]
      if duties.contains(.goal) {
        finish(&open, .completed, at: time, stream, end: position, rules)
        return position
      }
      if duties.contains(.end) {
        finish(&open, .ended, at: time, stream, end: position, rules)
        return position
      }
    }
    let outcome = rules.now > open.deadline ? Outcome.abandoned : .open
    finish(&open, outcome, at: min(open.deadline, rules.now), stream, end: position, rules)
    return position
  }

  @inline(__always) private mutating func passOffMap(
    _ open: inout OpenCase, _ symbol: UInt8, _ code: UInt16, at position: Int,
    _ stream: CaseStream, _ rules: borrowing JourneyRules
  ) {
    if symbol < JourneyRules.ask, tables.duties[Int(symbol)].contains(.reference) {
      scratch.referenceStamps[Int(symbol)] = open.stamp
      scratch.referenceTimes[Int(symbol)] = stream.times[position]
    }
    let passage = rules.passage(code, row: stream.row(position))
    if passage >= 0, scratch.passageStamps[passage] != open.stamp {
      scratch.passageStamps[passage] = open.stamp
      passages[passage] += 1
    }
  }

  @inline(__always) private mutating func interact(
    _ open: inout OpenCase, _ symbolByte: UInt8, at position: Int, _ stream: CaseStream,
    _ rules: borrowing JourneyRules
  ) {
    let symbol = Int(symbolByte)
    let step = tables.stepOf[symbol]
    let isNew = scratch.symbolStamps[symbol] != open.stamp
    interactions[symbol] += 1
    if (symbolByte == open.last && tables.collapses[symbol])
      || (open.length >= JourneyPlan.longest && !isNew)
    {
      if step != JourneyPlan.none { open.left += 1 }
    } else {
      scratch.sequence[open.length] = symbolByte
      open.length += 1
      open.hash = (open.hash ^ UInt64(symbolByte)) &* 0x0000_0100_0000_01B3
      open.last = symbolByte
    }
    scratch.symbolStamps[symbol] = open.stamp
    var channel = 0
    if rules.countsChannels {
      channel = countChannel(&open, symbol, row: stream.row(position), rules)
    }
    if step != JourneyPlan.none {
      open.lastWalked = position
      let bit = UInt64(1) << UInt64(step)
      if !isNew { open.marks.repeated |= bit }
      if open.metSteps & bit == 0 {
        open.metSteps |= bit
        scratch.firstTimes[Int(step)] = stream.times[position]
        scratch.firstPositions[Int(step)] = position
        scratch.firstChannels[Int(step)] = channel
      }
    } else if symbolByte < tables.starts {
      open.lastWalked = position
    }
    if rules.hasDuties { attend(&open, symbol, at: position, stream, rules) }
  }

  /// Value, cost, score and promises of an interaction.
  private mutating func attend(
    _ open: inout OpenCase, _ symbol: Int, at position: Int, _ stream: CaseStream,
    _ rules: borrowing JourneyRules
  ) {
    open.cost = open.cost.addingSaturating(tables.costs[symbol])
    let duties = tables.duties[symbol]
    if duties.contains(.value), let value = rules.value(symbol, row: stream.row(position)) {
      let millionths = ExactSum.millionths(value)
      symbolValues[symbol].add(millionths: millionths)
      open.value = open.value.addingSaturating(millionths)
    }
    if duties.contains(.score), let score = rules.score(symbol, row: stream.row(position)),
      score >= 1, score <= 5
    {
      scores[symbol].add(score)
    }
    if duties.contains(.spokenOf), rules.hears {
      spokenOf.append(
        SpokenOf(row: stream.row(position), symbol: symbol, start: open.startSymbol))
    }
    let time = stream.times[position]
    if duties.contains(.promise), scratch.promiseStamps[symbol] != open.stamp {
      for promise in plan.promises where promise.symbol == symbol {
        guard let reference = reference(of: promise, open) else { continue }
        scratch.promiseStamps[symbol] = open.stamp
        check(&open, symbol, late: time - reference > promise.within)
      }
    }
    if duties.contains(.reference) {
      scratch.referenceStamps[symbol] = open.stamp
      scratch.referenceTimes[symbol] = time
    }
  }

  /// When a promise began to count; nil where it has not.
  private func reference(of promise: JourneyPlan.Promise, _ open: OpenCase) -> Int64? {
    guard let symbol = promise.of else { return open.start }
    return scratch.referenceStamps[symbol] == open.stamp ? scratch.referenceTimes[symbol] : nil
  }

  private func check(_ open: inout OpenCase, _ symbol: Int, late: Bool) {
    let bit = UInt64(1) << UInt64(tables.stepOf[symbol])
    open.checkedSteps |= bit
    if late { open.marks.late |= bit }
  }

  @inline(__always) private mutating func countChannel(
    _ open: inout OpenCase, _ symbol: Int, row: Int, _ rules: borrowing JourneyRules
  ) -> Int {
    let given = rules.channel(row: row)
    let channel = given == 0 ? Int(tables.designedChannel[symbol]) : given
    let allowed = tables.allowedChannels[symbol]
    if given != 0, allowed != 0, allowed & (1 << UInt64(given)) == 0 {
      wrongChannels[symbol] += 1
      open.wrongChannel = true
      let step = tables.stepOf[symbol]
      if step != JourneyPlan.none { open.marks.wrongChannel |= 1 << UInt64(step) }
    }
    channelCounts[symbol * tables.channels + channel] += 1
    guard channel != 0 else { return 0 }
    open.channels |= 1 << UInt64(channel)
    if open.lastChannel != 0, open.lastChannel != channel { channelSwitches += 1 }
    open.lastChannel = channel
    return channel
  }

  /// Adds a case that has come to its end, or to the end of the data.
  private mutating func finish(
    _ open: inout OpenCase, _ outcome: Outcome, at end: Int64, _ stream: CaseStream,
    end endPosition: Int, _ rules: borrowing JourneyRules
  ) {
    let position = variants.position(
      of: UnsafeBufferPointer(rebasing: scratch.sequence[..<open.length]), hash: open.hash)
    variants.count(
      position, outcome, left: open.left,
      plain: open.left == 0 && open.marks.late == 0 && !open.wrongChannel)
    if outcome == .completed {
      completedVariants.append(UInt32(position))
      completedTimes.append(end - open.start)
    }
    countSteps(&open)
    if cases != nil {
      keep(open, outcome, at: end, variant: position, stream, end: endPosition)
    }
    while open.passages != 0 {
      let passage = rules.passageOfBit[open.passages.trailingZeroBitCount]
      open.passages &= open.passages - 1
      // A touchpoint that some codes tell only by their properties may be counted already.
      if scratch.passageStamps[passage] != open.stamp { passages[passage] += 1 }
    }
    if outcome != .open {
      if open.marks.late != 0 { verdicts[0] += 1 }
      if open.wrongChannel { verdicts[1] += 1 }
    }
    if outcome == .ended || outcome == .abandoned {
      countNext(open, stream, end: endPosition, rules)
    }
    if rules.countsChannels, open.channels != 0 {
      channelsPerCase[open.channels.nonzeroBitCount] += 1
    }
    guard rules.hasDuties else { return }
    if outcome != .open {
      for place in open.firstSpokenOf..<spokenOf.count { spokenOf[place].caseEnd = end }
    }
    if outcome == .completed { values.add(millionths: open.value) }
    caseCosts.add(millionths: open.cost)
    startValues[open.startSymbol].add(millionths: open.value)
    startCosts[open.startSymbol].add(millionths: open.cost)
  }

  /// Keeps a case by itself.
  private mutating func keep(
    _ open: OpenCase, _ outcome: Outcome, at time: Int64, variant: Int, _ stream: CaseStream,
    end: Int
  ) {
    guard var kept = cases.take() else { return }
    let (firstStep, firstRow) = (kept.steps.count, kept.rows.count)
    if kept.detail == .steps {
      var left = open.metSteps
      while left != 0 {
        let step = left.trailingZeroBitCount
        left &= left - 1
        kept.steps.append(
          .init(
            step: step, time: scratch.firstTimes[step],
            isStart: scratch.firstPositions[step] == open.firstPosition))
      }
      kept.steps[firstStep...].sort {
        ($0.time, $0.isStart ? 0 : 1, $0.step) < ($1.time, $1.isStart ? 0 : 1, $1.step)
      }
    }
    if kept.detail == .rows {
      for position in open.firstPosition..<end {
        kept.rows.append(UInt32(stream.row(position)))
      }
    }
    var groups: UInt64 = 0
    if !kept.conditions.isEmpty {
      let row = stream.row(open.firstPosition)
      for (position, rule) in kept.conditions[kept.segment].enumerated()
      where rule.holds(story: stream.story, before: row, at: open.start) {
        groups |= 1 << UInt64(position)
      }
    }
    kept.entries.append(
      .init(
        segment: kept.segment, customer: kept.customer, firstRow: stream.row(open.firstPosition),
        start: open.start, end: time, outcome: outcome, startSymbol: open.startSymbol,
        variant: variant,
        left: open.left, marks: open.marks, usedWrongChannel: open.wrongChannel,
        groups: groups, steps: firstStep..<kept.steps.count, rows: firstRow..<kept.rows.count))
    cases = kept
  }

  private mutating func countSteps(_ open: inout OpenCase) {
    var left = open.metSteps
    var previous = -1
    while left != 0 {
      let step = left.trailingZeroBitCount
      left &= left - 1
      let time = scratch.firstTimes[step]
      if previous < 0 {
        // The starting event itself has no time from the start.
        if scratch.firstPositions[step] != open.firstPosition {
          stepTimes.append((time - open.start) << 6 | Int64(step))
        }
      } else if scratch.firstPositions[step] > scratch.firstPositions[previous] {
        stepTimes.append((time - scratch.firstTimes[previous]) << 6 | Int64(step))
        let (here, there) = (scratch.firstChannels[step], scratch.firstChannels[previous])
        if here != 0, there != 0, here != there {
          stepSwitches[step] += 1
          open.marks.switched |= 1 << UInt64(step)
        }
      }
      previous = step
    }
    add(open.marks.repeated, to: casesRepeating)
    add(open.checkedSteps, to: promised)
    add(open.marks.late, to: late)
  }

  @inline(__always) private func add(_ steps: UInt64, to counts: UnsafeMutableBufferPointer<Int>) {
    var left = steps
    while left != 0 {
      counts[left.trailingZeroBitCount] += 1
      left &= left - 1
    }
  }

  /// Counts what a case that did not complete met after its last interaction.
  private mutating func countNext(
    _ open: OpenCase, _ stream: CaseStream, end: Int, _ rules: borrowing JourneyRules
  ) {
    guard open.metSteps != 0 else { return }
    let furthest = 63 - open.metSteps.leadingZeroBitCount
    var passage = passageCount
    var position = open.lastWalked + 1
    while position < end {
      let found = rules.passage(stream.codes[position], row: stream.row(position))
      if found >= 0 {
        passage = found
        break
      }
      position += 1
    }
    next[furthest * (passageCount + 1) + passage] += 1
  }
}
