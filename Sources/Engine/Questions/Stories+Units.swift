import Events
import Experience
import Stories

/// Stories of other units than customers.
struct UnitStories: Sendable {
  var stories: Stories
  /// The customers of each account by its key; empty for units that are parts of one customer, whose
  /// key is the customer's.
  var members: [UInt64: [UInt64]] = [:]
  /// What belongs to no unit.
  var excluded: [AnswerTally.Exclusion] = []

  /// The customers that units belong to, ascending.
  func customers(of units: [UInt64]) -> [UInt64] {
    members.isEmpty ? units : Set(units.flatMap { members[$0] ?? [] }).sorted()
  }
}

extension Stories {
  /// The stories cut, or put together, into those of a unit.
  ///
  /// Questions know nothing of units: each has a story of its own, with its own first event.
  /// - Throws: `question.journey`, `question.property`, `stories.size`.
  func regrouped(by unit: Unit, in context: QuestionContext) async throws -> UnitStories {
    switch unit {
    case .customer: UnitStories(stories: self)
    case .session(let gap): UnitStories(stories: sessions(gap: gap.milliseconds))
    case .account(let property): try accounts(by: property)
    case .journeyCase(let name): try await cases(of: context.journey(name))
    }
  }

  /// A story for each stretch of a customer's story without a gap of more than some milliseconds.
  private func sessions(gap: Int64) -> Stories {
    let cut = segments.map { segment in
      var starts: [UInt32] = []
      var keys: [UInt64] = []
      var visible = PositionRanges()
      let shown = segment.visible.joined()
      var next = shown.makeIterator()
      var wanted = next.next()
      for customer in segment.customers.indices {
        let rows = segment.rows(of: customer)
        let isVisible = wanted == customer
        if isVisible { wanted = next.next() }
        for row in rows
        where row == rows.lowerBound
          || (isVisible && segment.times[row] - segment.times[row - 1] > gap)
        {
          if isVisible { visible.append(starts.count) }
          starts.append(UInt32(row))
          keys.append(segment.customers[customer])
        }
      }
      return segment.recut(starts: starts, keys: keys, visible: visible.ranges)
    }
    return Stories(names: names, segments: cut, watermark: watermark)
  }

  /// A story for all customers whose latest value of a property is the same.
  private func accounts(by property: String) throws(Refusal) -> UnitStories {
    guard propertyNames.contains(property) else {
      throw Refusal(
        "question.property", problem: "No event has a property “\(property)” to tell accounts by.",
        remedy: nearest(to: property, among: propertyNames).map { "Did you mean “\($0)”?" }
          ?? "`waymark customers <id>` shows what properties events have.")
    }
    var units: [PropertyValue: Int] = [:]
    var members: [UInt64: [UInt64]] = [:]
    var runs: [StoryRun] = []
    var without = 0
    for (index, segment) in segments.enumerated() {
      let columns = PropertyColumns(property, of: segment)
      for customer in segment.visible.joined() {
        let rows = segment.rows(of: customer)
        guard let value = columns.latest(in: rows) else {
          without += 1
          continue
        }
        let unit = units[value] ?? units.count
        units[value] = unit
        members[UInt64(unit), default: []].append(segment.customers[customer])
        runs.append(StoryRun(segment: index, customer: customer, rows: rows, unit: unit))
      }
    }
    let woven = try StorySegment.weaving(
      segments, runs: runs, keys: (0..<units.count).map { UInt64($0) })
    return UnitStories(
      stories: Stories(names: names, segments: [woven], watermark: watermark), members: members,
      excluded: [.init(reason: "customers without \(property)", count: without)])
  }

  /// A story for each case of a journey: what its customer did from its start to its end; where the
  /// journey keys its cases, what has the case's key.
  private func cases(of journey: (Journey, Experience)) async throws -> UnitStories {
    let fold = JourneyCaseFold(JourneyQuestion(journey.0), of: journey.1, keeping: .rows)
    let cases = try await answer(fold)
    let found = journey.0.caseKey == nil ? recut(cases) : try woven(cases)
    return UnitStories(stories: found)
  }

  /// Cases that are stretches of their customers' stories.
  private func recut(_ cases: JourneyCases) -> Stories {
    var byPlace: [Int: [JourneyCases.Entry]] = [:]
    for entry in cases.entries { byPlace[entry.segment, default: []].append(entry) }
    let cut = segments.enumerated().map { index, segment in
      var starts: [UInt32] = []
      var keys: [UInt64] = []
      var visible = PositionRanges()
      var end = 0
      for entry in (byPlace[index] ?? []).sorted(by: { $0.firstRow < $1.firstRow }) {
        if entry.firstRow > end {
          starts.append(UInt32(end))
          keys.append(segment.customers[entry.customer])
        }
        visible.append(starts.count)
        starts.append(UInt32(entry.firstRow))
        keys.append(segment.customers[entry.customer])
        end = entry.firstRow + entry.rows.count
      }
      if end < segment.count {
        starts.append(UInt32(end))
        keys.append(segment.customers.last ?? 0)
      }
      return segment.recut(starts: starts, keys: keys, visible: visible.ranges)
    }
    return Stories(names: names, segments: cut, watermark: watermark)
  }

  /// Cases that lie between each other.
  private func woven(_ cases: JourneyCases) throws(Refusal) -> Stories {
    var runs: [StoryRun] = []
    for (unit, entry) in cases.entries.enumerated() {
      for row in cases.rows[entry.rows] {
        runs.append(
          StoryRun(
            segment: entry.segment, customer: entry.customer, rows: Int(row)..<(Int(row) + 1),
            unit: unit))
      }
    }
    runs.sort { ($0.segment, $0.rows.lowerBound) < ($1.segment, $1.rows.lowerBound) }
    let woven = try StorySegment.weaving(
      segments, runs: runs,
      keys: cases.entries.map { segments[$0.segment].customers[$0.customer] })
    return Stories(names: names, segments: [woven], watermark: watermark)
  }
}
