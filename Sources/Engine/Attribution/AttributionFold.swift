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
    let count = Self.findConversions(
      Int(offsets[customers.lowerBound])..<Int(offsets[customers.upperBound]), segment, table,
      &tally)
    let candidates = tally.candidates.elements
    let converted = tally.converted.elements
    let worths = tally.worths.elements
    var next = 0
    var visit = AttributionVisit(plan, table, segment)
    for customer in customers {
      guard plan.readsEverybody || next < count else { break }
      let story = Int(offsets[customer])..<Int(offsets[customer + 1])
      let first = next
      while next < count, candidates[next] < story.upperBound { next += 1 }
      guard plan.readsEverybody || first < next else { continue }
      visit.story = story
      visit.conversions = UnsafeBufferPointer(rebasing: candidates[first..<next])
      visit.converted = UnsafeBufferPointer(rebasing: converted[first..<next])
      visit.worths = UnsafeBufferPointer(rebasing: worths[first..<next])
      visit.run(&tally)
    }
  }

  /// Lists the rows, times and values of conversions, without a branch for each event.
  private static func findConversions(
    _ rows: Range<Int>, _ segment: StorySegment, _ table: AttributionTable,
    _ tally: inout AttributionTally
  ) -> Int {
    tally.makeRoom(candidates: rows.count)
    guard let found = tally.candidates.elements.baseAddress,
      let codes = segment.codes.baseAddress, let converts = table.conversionCodes.baseAddress
    else { return 0 }
    var count = 0
    for row in rows {
      found[count] = UInt32(truncatingIfNeeded: row)
      count &+= Int(converts[Int(codes[row])])
    }
    if !table.allConvert {
      var kept = 0
      for candidate in 0..<count where table.converts(Int(found[candidate])) {
        found[kept] = found[candidate]
        kept += 1
      }
      count = kept
    }
    // Read here, one right after the other, their times and values are waited for together.
    let converted = tally.converted.elements
    for conversion in 0..<count { converted[conversion] = segment.times[Int(found[conversion])] }
    let worths = tally.worths.elements
    for conversion in 0..<count {
      worths[conversion] = table.value(Int(found[conversion])) ?? .nan
    }
    return count
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
