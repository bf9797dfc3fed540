import Events
import Experience
import Statistics
import Stories

extension FunnelQuestion: Fold {
  /// Checks the question and compiles its rules.
  public func plan(for stories: Stories) throws(Refusal) -> FunnelPlan {
    try FunnelPlan(self, for: stories)
  }

  /// Counts of nothing.
  public func begin(_ plan: FunnelPlan) -> FunnelPartial {
    FunnelPartial(whole: FunnelTally(steps: steps.count))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: FunnelPlan,
    into partial: inout FunnelPartial
  ) {
    let segment = stories.segments[index]
    let table = plan.segments[index]
    if let plain = table.plain {
      countPlainly(customers, of: segment, plain, by: plan, into: &partial.whole)
      return
    }
    var chains = FunnelChains(self, watermark: plan.watermark)
    var hits: [FunnelHit] = []
    for customer in customers {
      hits.removeAll(keepingCapacity: true)
      collect(segment.rows(of: customer), of: segment, table, by: plan, into: &hits)
      guard hits.contains(where: \.enters) else { continue }
      var units: [FunnelUnit] = []
      var dropped = 0
      for hits in divided(hits, by: table) {
        if order == .any {
          units += anyOrder(hits, watermark: plan.watermark)
        } else {
          chains.follow(hits)
          units += chains.units
          dropped += chains.dropped
        }
      }
      if entry == .first {
        // Of several held values, the one with the earliest entry.
        units =
          units.min { ($0.entry ?? 0, $1.level) < ($1.entry ?? 0, $0.level) }.map { [$0] } ?? []
      } else if entry == .best {
        units = units.max { $0.level < $1.level }.map { [$0] } ?? []
      }
      partial.whole.dropped += dropped
      for unit in units { add(unit, of: segment, table, to: &partial) }
    }
  }

  /// Adds up.
  public func merge(_ later: consuming FunnelPartial, into partial: inout FunnelPartial) {
    partial.whole.add(later.whole)
    for (value, tally) in later.groups {
      partial.groups[value, default: FunnelTally(steps: steps.count)].add(tally)
    }
  }

  /// Makes shares and quantiles.
  public func finish(_ partial: consuming FunnelPartial, by plan: FunnelPlan) -> Funnel {
    let ranked = partial.groups.sorted { left, right in
      (right.value.reached[0], Self.text(left.key) ?? "")
        < (left.value.reached[0], Self.text(right.key) ?? "")
    }
    var groups = ranked.prefix(Funnel.mostGroups).map { value, tally in
      group(Self.text(value), tally, isRest: false)
    }
    if ranked.count > Funnel.mostGroups {
      var rest = FunnelTally(steps: steps.count)
      for (_, tally) in ranked.dropFirst(Funnel.mostGroups) { rest.add(tally) }
      groups.append(group(nil, rest, isRest: true))
    }
    var whole = partial.whole
    return Funnel(
      steps: whole.measured(self), timeToConvert: .of(&whole.toConvert), dropped: whole.dropped,
      groups: groups,
      watermark: plan.watermark == .min / 4 ? nil : Instant(milliseconds: plan.watermark))
  }

  private func group(_ value: String?, _ tally: FunnelTally, isRest: Bool) -> Funnel.Group {
    var tally = tally
    return Funnel.Group(
      value: value, steps: tally.measured(self), timeToConvert: .of(&tally.toConvert),
      isRest: isRest)
  }

  private static func text(_ value: PropertyValue?) -> String? {
    switch value {
    case .string(let text): text
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15
        ? "\(Int64(number))" : "\(number)"
    case .boolean(let boolean): "\(boolean)"
    case nil: nil
    }
  }

  /// The events of a story that the funnel has a use for.
  private func collect(
    _ story: Range<Int>, of segment: StorySegment, _ table: FunnelTable, by plan: FunnelPlan,
    into hits: inout [FunnelHit]
  ) {
    for row in story {
      let time = segment.times[row]
      guard time >= plan.from else { continue }
      guard time <= plan.end else { return }
      let bits = table.bits(row, code: Int(segment.codes[row]), steps: steps.count)
      guard bits != 0 || order == .strict else { continue }
      var fills = UInt32(truncatingIfNeeded: bits)
      if order == .any { fills &= 0 &- fills }
      let mayEnter = order == .any ? fills != 0 : fills & 1 != 0
      hits.append(
        FunnelHit(
          row: row, time: time, steps: fills, exclusions: UInt32(truncatingIfNeeded: bits >> 32),
          enters: mayEnter && time < plan.to
            && table.population?.holds(story: story, before: row, at: time) ?? true))
    }
  }

  /// Hits apart by the values that are held constant, in the order in which those first occur.
  private func divided(_ hits: [FunnelHit], by table: FunnelTable) -> [[FunnelHit]] {
    guard !table.held.isEmpty else { return [hits] }
    var places: [[PropertyValue]: Int] = [:]
    var parts: [[FunnelHit]] = []
    for hit in hits {
      let values = table.held.compactMap { $0.value(at: hit.row) }
      guard values.count == table.held.count else { continue }
      let place = places[values] ?? parts.count
      if place == parts.count {
        places[values] = place
        parts.append([])
      }
      parts[place].append(hit)
    }
    return parts
  }

  private func add(
    _ unit: FunnelUnit, of segment: StorySegment, _ table: FunnelTable,
    to partial: inout FunnelPartial
  ) {
    let times = figures == .countsAndTimes ? segment.times : nil
    partial.whole.add(unit, times: times, order: order)
    guard let breakdown, let columns = table.breakdown else { return }
    let row: Int? =
      switch breakdown.place {
      case .first: unit.rows.first
      case .last: unit.rows.last
      case .step(let step): step < unit.rows.count && unit.rows[step] >= 0 ? unit.rows[step] : nil
      }
    let value = row.flatMap { columns.value(at: $0) }
    partial.groups[value, default: FunnelTally(steps: steps.count)]
      .add(unit, times: times, order: order)
  }

  /// The furthest step of which it and all before it were met within one window, in any order.
  private func anyOrder(_ hits: [FunnelHit], watermark: Int64) -> [FunnelUnit] {
    let window = self.window?.milliseconds ?? FunnelPlan.unbounded
    var counts = [Int](repeating: 0, count: steps.count)
    var best = FunnelUnit()
    var bestStart = 0
    var end = 0
    for (start, anchor) in hits.enumerated() {
      while end < hits.count, hits[end].time - anchor.time <= window {
        counts[hits[end].steps.trailingZeroBitCount] += 1
        end += 1
      }
      let level = counts.firstIndex(of: 0) ?? counts.count
      if anchor.enters, level > best.level {
        best.level = level
        bestStart = start
      }
      counts[anchor.steps.trailingZeroBitCount] -= 1
    }
    guard best.level > 0 else { return [] }
    best.rows = (0..<best.level).map { step in
      hits[bestStart...].first { $0.steps.trailingZeroBitCount == step }?.row ?? -1
    }
    best.isOpen =
      self.window != nil && best.level < steps.count
      && hits.contains { $0.enters && watermark - $0.time <= window }
    return [best]
  }
}

extension FunnelQuestion: TraceableFold {
  /// The step of a row; with a breakdown, in the group of its value.
  public func cell(of row: AnswerRowKey, by plan: FunnelPlan) throws(Refusal) -> FunnelCell {
    throw AnswerRowKey.unknown("step", "")
  }

  /// How many came that far.
  public func count(at cell: FunnelCell, in partial: borrowing FunnelPartial) -> Int { 0 }
}

/// A step of a funnel, or of one group of it.
public struct FunnelCell: Sendable {}

extension Funnel: CatalogueAnswer {
  /// Those who entered.
  public var tally: AnswerTally { AnswerTally(counted: steps.first?.count ?? 0) }
  /// One row a step.
  public var table: AnswerTable { AnswerTable([]) }
}
