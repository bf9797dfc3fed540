import Statistics
import Stories

/// One customer's story after the other, whose conversions are divided among the touches before them.
struct AttributionVisit {
  private let plan: AttributionPlan
  private let table: AttributionTable
  private let times: UnsafeBufferPointer<Int64>
  var story = 0..<0
  /// Its touches that matter, as positions in the tally's list.
  var touches = 0..<0
  /// The rows of all conversions of the story, whenever they were.
  var conversions = UnsafeBufferPointer<UInt32>(start: nil, count: 0)
  /// When they were.
  var converted = UnsafeBufferPointer<Int64>(start: nil, count: 0)
  /// What they are worth; not-a-number where they do not say.
  var worths = UnsafeBufferPointer<Double>(start: nil, count: 0)

  init(_ plan: AttributionPlan, _ table: AttributionTable, _ segment: StorySegment) {
    self.plan = plan
    self.table = table
    times = segment.times
  }

  /// Counts the conversions and, where they are asked for, costs and the path to none.
  mutating func run(_ tally: inout AttributionTally) {
    guard plan.readsEverybody || converted.contains(where: { plan.range.contains($0) })
    else { return }
    tally.begin(touches: touches.count)
    if !table.allTouch { chooseTouches(tally) }
    let touched = tally.times.elements
    var low = touches.lowerBound
    var high = low
    for conversion in conversions.indices {
      let row = Int(conversions[conversion])
      let time = converted[conversion]
      guard plan.range.contains(time) else { continue }
      guard table.population?.holds(story: story, before: row, at: time) ?? true else {
        tally.ofOthers += 1
        continue
      }
      while high < touches.upperBound, touched[high] < time { high += 1 }
      while low < high, touched[low] < time - plan.lookback { low += 1 }
      divide(
        worths[conversion], at: time,
        among: max(low, high - AttributionQuestion.mostTouches)..<high, &tally)
    }
    if !plan.costs.isEmpty { addCosts(tally) }
    if plan.needsNulls { addPathToNone(&tally) }
  }

  /// Keeps those touches for which rows must be asked, and writes their groups.
  private mutating func chooseTouches(_ tally: AttributionTally) {
    let (rows, times, groups) = (tally.rows.elements, tally.times.elements, tally.groups.elements)
    var kept = touches.lowerBound
    for touch in touches where table.touches(Int(rows[touch])) {
      rows[kept] = rows[touch]
      times[kept] = times[touch]
      groups[kept] = table.group(Int(rows[touch]))
      kept += 1
    }
    touches = touches.lowerBound..<kept
  }

  /// Divides one conversion by every model.
  private func divide(
    _ worth: Double, at time: Int64, among touches: Range<Int>, _ tally: inout AttributionTally
  ) {
    tally.conversions += 1
    tally.withoutValue += worth.isNaN ? 1 : 0
    let value = worth.isNaN ? 0 : worth
    let millionths = ExactSum.millionths(value)
    tally.value.add(millionths: millionths)
    if plan.needsPaths {
      addPath(touches, .init(conversions: 1, millionths: Int128(millionths)), &tally)
    }
    guard !touches.isEmpty else {
      tally.count(plan.untouched)
      for rule in plan.rules.indices {
        tally.credit(plan.untouched, 1, of: millionths, rule: rule)
      }
      return
    }
    let groups = UnsafeMutableBufferPointer(rebasing: tally.groups.elements[touches])
    for group in groups {
      tally.count(Int(group))
      tally.touches[Int(group)] &+= 1
    }
    if plan.needsAges {
      for touch in groups.indices {
        tally.ages.elements[touch] = Double(
          time - tally.times.elements[touches.lowerBound + touch])
      }
    }
    share(millionths, among: groups, tally)
  }

  /// Credits the groups of one conversion's touches by every fixed rule.
  private func share(
    _ millionths: Int64, among groups: UnsafeMutableBufferPointer<UInt16>, _ tally: AttributionTally
  ) {
    let lastIndirect =
      plan.isDirect.isEmpty ? nil : groups.lastIndex { !plan.isDirect[Int($0)] }
    let shares = tally.shares.elements
    for position in plan.rules.indices {
      let rule = plan.rules[position]
      if let touch = rule.onlyTouch(of: groups.count, lastIndirect: lastIndirect) {
        tally.credit(Int(groups[touch]), 1, of: millionths, rule: position)
        continue
      }
      rule.fill(
        shares, ages: UnsafeBufferPointer(rebasing: tally.ages.elements[..<groups.count]),
        lastIndirect: lastIndirect)
      for touch in groups.indices {
        tally.credit(Int(groups[touch]), shares[touch], of: millionths, rule: position)
      }
    }
  }

  /// Counts the path of touches, groups that repeat in a row taken once.
  private func addPath(
    _ touches: Range<Int>, _ count: PathTable.Tally, _ tally: inout AttributionTally
  ) {
    let path = tally.path.elements
    let groups = tally.groups.elements
    var length = 0
    for touch in touches where length == 0 || path[length - 1] != groups[touch] {
      path[length] = groups[touch]
      length += 1
    }
    tally.paths.add(UnsafeBufferPointer(rebasing: path[..<length]), count)
  }

  /// Adds what the touches of the range cost.
  private func addCosts(_ tally: AttributionTally) {
    for touch in touches {
      let row = Int(tally.rows.elements[touch])
      let time = times[row]
      guard plan.range.contains(time), let touchpoint = table.touchpoint(row),
        table.population?.holds(story: story, before: row, at: time) ?? true
      else { continue }
      tally.charge(Int(tally.groups.elements[touch]), plan.costs[touchpoint])
    }
  }

  /// Counts the customer's path to none, if the latest touch of the range led to no conversion.
  private func addPathToNone(_ tally: inout AttributionTally) {
    let touched = tally.times.elements
    var end = touches.upperBound
    while end > touches.lowerBound, touched[end - 1] >= plan.range.upperBound { end -= 1 }
    guard end > touches.lowerBound, touched[end - 1] >= plan.range.lowerBound else { return }
    let time = touched[end - 1]
    let row = Int(tally.rows.elements[end - 1])
    guard table.population?.holds(story: story, before: row, at: time) ?? true else { return }
    var from = time - plan.lookback
    for conversion in converted {
      if conversion > time {
        guard conversion - time > plan.lookback else { return }
        break
      }
      from = max(from, conversion)
    }
    var first = end - 1
    let earliest = max(touches.lowerBound, end - AttributionQuestion.mostTouches)
    while first > earliest, touched[first - 1] >= from { first -= 1 }
    addPath(first..<end, .init(nulls: 1), &tally)
  }
}
