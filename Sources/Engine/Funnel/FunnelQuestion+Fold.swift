import Events
import Experience
import Statistics
import Stories

/// What a section has counted of a funnel.
public struct FunnelPartial: Sendable {
  var tally: FunnelTally
  /// Room of the fast path.
  var hits = FunnelHits()
  var reaches = Scratch<PlainReach>()
}

extension FunnelQuestion: Fold {
  /// Checks the question and compiles its rules.
  public func plan(for stories: Stories) throws(Refusal) -> FunnelPlan {
    try FunnelPlan(self, for: stories)
  }

  /// Counts of nothing.
  public func begin(_ plan: FunnelPlan) -> FunnelPartial {
    FunnelPartial(
      tally: FunnelTally(
        steps: steps.count, groups: plan.groups, kept: figures == .counts ? .none : .all))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: FunnelPlan,
    into partial: inout FunnelPartial
  ) {
    let segment = stories.segments[index]
    let table = plan.segments[index]
    if let moves = table.moves {
      countPlainly(
        customers, ofSegment: index, in: stories, moves, by: plan, into: &partial)
      return
    }
    let values = plan.breakdown?[index]
    var walk = FunnelWalk(self, watermark: plan.watermark)
    var hits: [FunnelHit] = []
    for customer in customers {
      table.collect(segment.rows(of: customer), of: segment, self, by: plan, into: &hits)
      guard !hits.isEmpty else { continue }
      walk.begin()
      if table.held.isEmpty {
        walk.follow(hits[...])
      } else {
        for part in table.divided(hits) { walk.follow(part[...]) }
        walk.choose()
      }
      add(walk, of: segment, values, to: &partial.tally) { _ in 0 }
    }
  }

  /// Adds the units that a walk found, each in the group of its value, counted from a first one.
  func add(
    _ walk: borrowing FunnelWalk, of segment: StorySegment, _ values: DimensionColumns?,
    to tally: inout FunnelTally, from firstGroup: (FunnelUnit) -> Int
  ) {
    tally.dropped += walk.dropped
    walk.rows.withUnsafeBufferPointer { rows in
      for unit in walk.units {
        let rows = UnsafeBufferPointer(rebasing: rows[unit.place..<(unit.place + unit.level)])
        tally.add(
          level: unit.level, isOpen: unit.isOpen, rows: rows, times: segment.times,
          group: firstGroup(unit) + group(of: rows, level: unit.level, values), order: order)
      }
    }
  }

  /// The position of the breakdown's value, taken at its place of a unit.
  func group(
    of rows: UnsafeBufferPointer<Int>, level: Int, _ values: DimensionColumns?
  ) -> Int {
    guard let values, let breakdown else { return 0 }
    let row =
      switch breakdown.place {
      case .first: rows[0]
      case .last: rows[level - 1]
      case .step(let step): step < level ? rows[step] : -1
      }
    return row < 0 ? 0 : values.position(row)
  }

  /// Adds up.
  public func merge(_ later: consuming FunnelPartial, into partial: inout FunnelPartial) {
    partial.tally.add(later.tally)
  }

  /// Makes shares and quantiles.
  public func finish(_ partial: consuming FunnelPartial, by plan: FunnelPlan) -> Funnel {
    let tally = partial.tally
    var whole = plan.breakdown == nil ? tally : tally.united(0..<tally.groups)
    var groups: [Funnel.Group] = []
    if let breakdown = plan.breakdown {
      for position in 0..<breakdown.count where tally.reached(0, group: position) > 0 {
        var part = tally.united(CollectionOfOne(position))
        groups.append(
          Funnel.Group(
            value: position == 0 || position == plan.others ? nil : breakdown.names[position],
            steps: part.measured(stepNames), timeToConvert: part.timeToConvert(),
            isRest: position == plan.others))
      }
      groups.sort { left, right in
        left.isRest != right.isRest
          ? right.isRest
          : (right.steps[0].count, left.value ?? "") < (left.steps[0].count, right.value ?? "")
      }
    }
    return Funnel(
      steps: whole.measured(stepNames), timeToConvert: whole.timeToConvert(),
      dropped: tally.dropped, groups: groups, watermark: plan.latest)
  }
}

extension FunnelQuestion: TraceableFold {
  /// The units that came to a row's step.
  ///
  /// Beside the table's keys a row may name an `outcome`: `dropped` are the units that came to the
  /// step and no further, `open` those of whom that is not yet certain.
  public func cell(of row: AnswerRowKey, by plan: FunnelPlan) throws(Refusal) -> FunnelCell {
    try FunnelCell(
      row, in: self, plan, columns: plan.breakdown == nil ? [] : ["breakdown"],
      standardStep: nil)
  }

  /// How many there are.
  public func count(at cell: FunnelCell, in partial: borrowing FunnelPartial) -> Int {
    cell.count(in: partial.tally)
  }
}
