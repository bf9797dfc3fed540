import Events
import Experience
import Statistics

/// The answer to a `TrendsQuestion`.
public struct Trends: CatalogueAnswer {
  /// nil where the whole range is one figure.
  public var interval: CalendarInterval?
  /// The property by which it is divided.
  public var breakdown: String?
  /// Whether it is compared with the range before.
  public var isCompared: Bool
  /// The series and formulas, those of the most frequent value first.
  public var series: [Series]
  /// Customers with an event of any series in the range.
  public var counted: Int

  /// A series or formula, of one value of the breakdown.
  public struct Series: Sendable, Codable, Equatable {
    public var name: String
    /// `events`, `customers`, `per_customer`, `sum`, `mean`, `median`, `p90`, `formula`.
    public var measure: String
    /// The value of the breakdown; nil without one.
    public var breakdown: String?
    /// One for each interval, those without events among them.
    public var points: [Point]
  }

  /// A series in one interval.
  public struct Point: Sendable, Codable, Equatable {
    public var interval: String
    public var from: Instant
    /// The first moment after it.
    public var to: Instant
    /// The customers whose events count.
    public var customers: Int
    /// What was measured, over how many events or customers.
    public var value: Estimate
    /// Whether the data end before it does.
    public var isOpen: Bool
    /// What was measured in the range before.
    public var previous: Estimate?
    /// The figure less the previous one; nil while the interval is open.
    public var change: Estimate?

    /// The change as a share of the previous figure.
    public var changeShare: Double? {
      guard let change = change?.value, let before = previous?.value, before != 0 else {
        return nil
      }
      return change / before
    }

    init(
      interval: String, from: Instant, to: Instant, customers: Int, value: Estimate, isOpen: Bool
    ) {
      self.interval = interval
      self.from = from
      self.to = to
      self.customers = customers
      self.value = value
      self.isOpen = isOpen
    }
  }

  /// The customers counted.
  public var tally: AnswerTally { AnswerTally(counted: counted) }

  /// A row for each interval, value and series, in this order.
  public var table: AnswerTable {
    var columns: [AnswerTable.Column] = []
    if interval != nil { columns.append(.init("interval", .key)) }
    columns.append(.init("series", .key))
    if breakdown != nil { columns.append(.init("breakdown", .key)) }
    columns += [
      .init("customers", .count), .init("value", .number), .init("low", .number),
      .init("high", .number),
    ]
    if isCompared {
      columns += [
        .init("previous", .number), .init("change", .number), .init("change_low", .number),
        .init("change_high", .number), .init("change_share", .share),
      ]
    }
    columns.append(.init("state", .note))
    var table = AnswerTable(columns)
    for position in (series.first?.points ?? []).indices {
      for one in series {
        let point = one.points[position]
        var cells: [AnswerTable.Cell] = []
        if interval != nil { cells.append(.text(point.interval)) }
        cells.append(.text(one.name))
        if breakdown != nil { cells.append(.text(one.breakdown ?? "")) }
        cells += [
          .count(point.customers), .optional(point.value.value), .optional(point.value.low),
          .optional(point.value.high),
        ]
        if isCompared {
          cells += [
            .optional(point.previous?.value), .optional(point.change?.value),
            .optional(point.change?.low), .optional(point.change?.high),
            .optional(point.changeShare),
          ]
        }
        cells.append(point.isOpen ? .text("open") : .none)
        table.add(cells)
      }
    }
    return table
  }

  /// More lines than this cannot be told apart.
  public static let mostLines = 12

  /// Lines over the intervals; bars where there are none.
  public var picture: AnswerPicture? {
    guard !series.isEmpty else { return nil }
    let shown = series.prefix(Self.mostLines)
    func name(_ series: Series) -> String {
      [series.name, series.breakdown].compactMap(\.self).joined(separator: ", ")
    }
    guard interval != nil else {
      return .bars(
        title: "Trends", series: isCompared ? ["now", "before"] : ["value"],
        bars: shown.map { one in
          let point = one.points.first
          return .init(
            name(one),
            [point?.value.value ?? 0] + (isCompared ? [point?.previous?.value ?? 0] : []))
        })
    }
    return .lines(
      title: "Trends", axis: series[0].points.map(\.interval),
      // What is not over would look like a fall.
      lines: shown.map { one in
        .init(name(one), one.points.map { $0.isOpen ? nil : $0.value.value })
      })
  }
}
