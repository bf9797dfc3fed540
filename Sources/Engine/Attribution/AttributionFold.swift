import Events
import Experience
import Statistics
import Stories

/// An attribution's question with the touchpoints that it may need.
public struct AttributionFold: TraceableFold {
  let question: AttributionQuestion
  let touchpoints: [Touchpoint]

  /// Compiles the question.
  public func plan(for stories: Stories) throws(Refusal) -> AttributionPlan {
    try AttributionPlan(question, touchpoints: touchpoints, for: stories)
  }

  /// Nothing counted.
  public func begin(_ plan: AttributionPlan) -> AttributionTally { AttributionTally(plan) }

  /// Divides the conversions of customers.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: AttributionPlan,
    into tally: inout AttributionTally
  ) {
    let segment = stories.segments[index]
    let table = plan.segments[index]
    let offsets = segment.offsets
    let rows = Int(offsets[customers.lowerBound])..<Int(offsets[customers.upperBound])
    let found = Self.list(rows, segment, table, &tally)
    let candidates = tally.candidates.elements
    let converted = tally.converted.elements
    let worths = tally.worths.elements
    let touchRows = tally.rows.elements
    var next = 0
    var nextTouch = 0
    var visit = AttributionVisit(plan, table, segment)
    for customer in customers {
      guard plan.readsEverybody || next < found.conversions else { break }
      let story = Int(offsets[customer])..<Int(offsets[customer + 1])
      let first = next
      while next < found.conversions, candidates[next] < story.upperBound { next += 1 }
      if plan.readsEverybody {
        let firstTouch = nextTouch
        while nextTouch < found.touches, touchRows[nextTouch] < story.upperBound { nextTouch += 1 }
        visit.touches = firstTouch..<nextTouch
      } else {
        guard first < next else { continue }
        // Those before the last conversion, from the story's begin on, which is looked for from the
        // first conversion back.
        var low = Int(tally.touchesBefore.elements[first])
        while low > 0, touchRows[low - 1] >= story.lowerBound { low -= 1 }
        visit.touches = low..<Int(tally.touchesBefore.elements[next - 1])
      }
      visit.story = story
      visit.conversions = UnsafeBufferPointer(rebasing: candidates[first..<next])
      visit.converted = UnsafeBufferPointer(rebasing: converted[first..<next])
      visit.worths = UnsafeBufferPointer(rebasing: worths[first..<next])
      visit.run(&tally)
    }
  }

  /// Lists conversions and touches, without a branch for each event.
  ///
  /// - Returns: how many there are; touches may be among them that are not meant, unless all of their
  ///   codes are.
  private static func list(
    _ rows: Range<Int>, _ segment: StorySegment, _ table: AttributionTable,
    _ tally: inout AttributionTally
  ) -> (conversions: Int, touches: Int) {
    tally.makeRoom(rows: rows.count)
    guard let found = tally.candidates.elements.baseAddress,
      let before = tally.touchesBefore.elements.baseAddress,
      let touchRows = tally.rows.elements.baseAddress,
      let touchTimes = tally.times.elements.baseAddress,
      let codes = segment.codes.baseAddress, let times = segment.times.baseAddress,
      let kinds = table.kinds.baseAddress
    else { return (0, 0) }
    var (count, touches) = (0, 0)
    for row in rows {
      let kind = Int(kinds[Int(codes[row])])
      found[count] = UInt32(truncatingIfNeeded: row)
      before[count] = UInt32(truncatingIfNeeded: touches)
      touchRows[touches] = UInt32(truncatingIfNeeded: row)
      // Read of all events, for in order they come sooner than those few would.
      touchTimes[touches] = times[row]
      count &+= kind & AttributionTable.converts
      touches &+= kind >> AttributionTable.touchShift
    }
    if !table.allConvert {
      var kept = 0
      for candidate in 0..<count where table.converts(Int(found[candidate])) {
        found[kept] = found[candidate]
        before[kept] = before[candidate]
        kept += 1
      }
      count = kept
    }
    // Read here, one right after the other, times, values and groups are waited for together.
    let converted = tally.converted.elements
    for conversion in 0..<count { converted[conversion] = times[Int(found[conversion])] }
    let worths = tally.worths.elements
    for conversion in 0..<count {
      worths[conversion] = table.value(Int(found[conversion])) ?? .nan
    }
    if table.allTouch { table.fill(tally.groups.elements, of: tally.rows.elements[..<touches]) }
    return (count, touches)
  }

  /// Adds what the next section has counted.
  public func merge(_ later: consuming AttributionTally, into tally: inout AttributionTally) {
    tally.add(later)
  }

  /// The answer.
  public func finish(_ tally: consuming AttributionTally, by plan: AttributionPlan) -> Attribution {
    Attribution(question, tally, by: plan)
  }

  /// The group of a row.
  public func cell(of row: AnswerRowKey, by plan: AttributionPlan) throws(Refusal) -> Int {
    let columns = ["model", "touch"]
    let model = try row.value("model", of: columns)
    guard question.models.contains(where: { $0.rawValue == model }) else {
      throw AnswerRowKey.unknown("model", model)
    }
    let touch = try row.value("touch", of: columns)
    if touch == AttributionQuestion.untouched { return plan.untouched }
    guard let group = plan.groups.names.firstIndex(of: touch) else {
      throw AnswerRowKey.unknown("touch", touch)
    }
    return group
  }

  /// The customers who converted after a touch of the group.
  public func count(at group: Int, in tally: borrowing AttributionTally) -> Int {
    tally.customers[group]
  }
}
