import Events
import Experience
import Statistics

/// The answer to a `RetentionQuestion`.
public struct Retention: CatalogueAnswer {
  /// Who came back in a period, or a span of periods.
  public struct Cell: Codable, Sendable, Equatable {
    /// `3`, `3+` (or later) or `3-6` (the last one counted).
    public var period: String
    /// Members who have come back so far, whether the period has wholly passed for them or not.
    public var returned: Int
    /// Members for whom it has wholly passed.
    public var elapsed: Int
    /// Those of them who came back.
    public var retained: Int
    /// `retained` of `elapsed`, with Wilson's interval.
    public var share: Estimate
  }

  /// Those who started in one interval of the calendar.
  public struct Cohort: Codable, Sendable, Equatable {
    /// The interval's name, or `(all)`.
    public var name: String
    /// The interval's first moment; nil of all cohorts together.
    public var start: Instant?
    public var members: Int
    /// The periods that have begun.
    public var cells: [Cell]
  }

  /// The cohorts of those whose start event has one value.
  public struct Group: Codable, Sendable, Equatable {
    public var value: String
    public var cohorts: [Cohort]
    public var total: Cohort
  }

  public var interval: CalendarInterval
  public var clock: RetentionQuestion.Clock
  /// Those with members, in the order of time.
  public var cohorts: [Cohort]
  /// All cohorts together; each share rests on the members whose period has passed.
  public var total: Cohort
  /// By value of the breakdown, where there is one, those with members.
  public var groups: [Group]
  /// How far the data reach.
  public var watermark: Instant?
  /// Members; open are those for whom some period is still to pass.
  public var tally: AnswerTally

  /// What all cohorts, or all values, together are called.
  public static let all = "(all)"
}

extension RetentionFold {
  /// Makes shares.
  public func finish(_ partial: consuming Partial, by plan: RetentionPlan) -> Retention {
    let partial = partial
    func cohorts(_ value: Int) -> [Retention.Cohort] {
      (0..<plan.cohorts).filter { partial.members[plan.row(value: value, cohort: $0)] > 0 }
        .map { cohort(value, $0, of: partial, by: plan) }
    }
    let total = cohort(-1, plan.cohorts, of: partial, by: plan)
    return Retention(
      interval: question.interval, clock: question.clock, cohorts: cohorts(-1), total: total,
      groups: plan.values.indices.compactMap { value in
        let whole = cohort(value, plan.cohorts, of: partial, by: plan)
        return whole.members == 0
          ? nil : .init(value: plan.values[value], cohorts: cohorts(value), total: whole)
      },
      watermark: plan.watermark == .min / 4 ? nil : Instant(milliseconds: plan.watermark),
      tally: AnswerTally(
        counted: total.members,
        open: total.members
          - elapsed(row: plan.row(value: -1, cohort: plan.cohorts), of: partial, by: plan)[
            plan.brackets.count - 1],
        excluded: [
          .init(reason: "no start event", count: partial.withoutStart),
          .init(reason: "first start event outside the range", count: partial.outside),
          .init(reason: "not of the population at the start", count: partial.strangers),
        ]))
  }

  private func cohort(
    _ value: Int, _ cohort: Int, of partial: borrowing Partial, by plan: RetentionPlan
  ) -> Retention.Cohort {
    let brackets = plan.brackets.count
    let isTotal = cohort == plan.cohorts
    let row = plan.row(value: value, cohort: cohort)
    let elapsed = elapsed(row: row, of: partial, by: plan)
    var cells: [Retention.Cell] = []
    for bracket in 0..<(isTotal ? plan.begun.max() ?? 0 : plan.begun[cohort]) {
      var retained = 0
      if question.clock == .rolling {
        retained = partial.retained[row * brackets + bracket]
      } else {
        for one in isTotal ? 0..<plan.cohorts : cohort..<(cohort + 1)
        where bracket < plan.elapsed[one] {
          retained += partial.returned[plan.row(value: value, cohort: one) * brackets + bracket]
        }
      }
      cells.append(
        .init(
          period: plan.brackets[bracket].name, returned: partial.returned[row * brackets + bracket],
          elapsed: elapsed[bracket], retained: retained,
          share: .share(retained, of: elapsed[bracket])))
    }
    return Retention.Cohort(
      name: isTotal ? Retention.all : plan.intervals?.names[cohort] ?? "",
      start: isTotal ? nil : plan.intervals?.starts[cohort], members: partial.members[row],
      cells: cells)
  }

  /// By bracket: for how many members of a row it has passed.
  private func elapsed(
    row: Int, of partial: borrowing Partial, by plan: RetentionPlan
  ) -> [Int] {
    let brackets = plan.brackets.count
    let (value, cohort) = ((row / (plan.cohorts + 1)) - 1, row % (plan.cohorts + 1))
    var elapsed = [Int](repeating: 0, count: brackets)
    if question.clock == .rolling {
      for passed in 1...brackets {
        let members = partial.elapsed[row * (brackets + 1) + passed]
        for bracket in 0..<passed { elapsed[bracket] += members }
      }
    } else {
      for one in cohort == plan.cohorts ? 0..<plan.cohorts : cohort..<(cohort + 1) {
        let members = partial.members[plan.row(value: value, cohort: one)]
        for bracket in 0..<plan.elapsed[one] { elapsed[bracket] += members }
      }
    }
    return elapsed
  }

  /// Finds a cohort's period, or that of all cohorts.
  public func cell(of row: AnswerRowKey, by plan: RetentionPlan) throws(Refusal) -> Int {
    let columns = (question.breakdown == nil ? [] : ["value"]) + ["cohort", "period"]
    let period = try row.value("period", of: columns)
    guard let bracket = plan.brackets.firstIndex(where: { $0.name == period }) else {
      throw AnswerRowKey.unknown("period", period)
    }
    let name = try row.value("cohort", of: columns)
    let found = name == Retention.all ? plan.cohorts : plan.intervals?.names.firstIndex(of: name)
    guard let cohort = found, cohort <= plan.cohorts, plan.intervals != nil else {
      throw AnswerRowKey.unknown("cohort", name)
    }
    var value = -1
    if question.breakdown != nil {
      let name = try row.value("value", of: columns)
      let position = name == Retention.all ? -1 : plan.values.firstIndex(of: name)
      guard let position else { throw AnswerRowKey.unknown("value", name) }
      value = position
    }
    return plan.row(value: value, cohort: cohort) * plan.brackets.count + bracket
  }
}

extension Retention {
  /// One row a cohort and period; the last rows are those of all cohorts together.
  public var table: AnswerTable {
    let isDivided = !groups.isEmpty
    var table = AnswerTable(
      (isDivided ? [.init("value", .key)] : []) + [
        .init("cohort", .key), .init("period", .key), .init("customers", .count),
        .init("members", .count), .init("elapsed", .count), .init("retained", .count),
        .init("share", .share), .init("low", .share), .init("high", .share),
      ])
    let parts =
      [Group(value: Self.all, cohorts: cohorts, total: total)] + groups
    for part in parts {
      for cohort in part.cohorts + [part.total] {
        for cell in cohort.cells {
          table.add(
            (isDivided ? [.text(part.value)] : []) + [
              .text(cohort.name), .text(cell.period), .count(cell.returned),
              .count(cohort.members), .count(cell.elapsed), .count(cell.retained),
              .optional(cell.share.value), .optional(cell.share.low), .optional(cell.share.high),
            ])
        }
      }
    }
    return table
  }

  /// Shares by cohort, or by value, and period; nothing where no member's period has passed.
  public var picture: AnswerPicture? {
    var rows = [total]
    var names = [Self.all]
    if groups.isEmpty {
      rows = cohorts + rows
      names = cohorts.map(\.name) + names
    } else {
      rows = groups.map(\.total) + rows
      names = groups.map(\.value) + names
    }
    let columns = total.cells.map(\.period)
    return .grid(
      title: "Retention by \(interval.rawValue)", rows: names, columns: columns,
      shares: rows.map { row in
        columns.indices.map { $0 < row.cells.count ? row.cells[$0].share.value : nil }
      })
  }
}
