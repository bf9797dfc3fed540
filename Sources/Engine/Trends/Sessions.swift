import Events
import Experience
import Statistics

/// The answer to a `SessionsQuestion`.
public struct Sessions: CatalogueAnswer {
  /// nil where the whole range is one figure.
  public var interval: CalendarInterval?
  /// The property by which it is divided.
  public var breakdown: String?
  /// By interval, then value; without either, one.
  public var groups: [Group]
  /// Customers with a session.
  public var customers: Int
  /// Whether it is listed what sessions begin and end with.
  public var hasEnds: Bool

  /// The sessions that begin in one interval with one value.
  public struct Group: Sendable, Codable, Equatable {
    public var interval: String?
    /// The value at the first event.
    public var breakdown: String?
    /// Whether the data end before the interval does.
    public var isOpen: Bool
    public var customers: Int
    public var sessions: Int
    /// Sessions of these that may go on, for the data end within a gap after them.
    public var open: Int
    public var events: Int
    public var meanEvents: Estimate
    public var medianEvents: Estimate
    /// In milliseconds, from the first event to the last: 0 for a single one.
    public var meanDuration: Estimate
    public var medianDuration: Estimate
    public var p90Duration: Double?
    /// The share of sessions of a single event.
    public var bounce: Estimate
    public var sessionsPerCustomer: Double?
    /// The share of sessions that reach the goal; nil without one.
    public var goal: Estimate?
    /// What they begin with, and what they end with, most frequent first.
    public var entries: [End]
    public var exits: [End]

    init(
      interval: String?, breakdown: String?, isOpen: Bool, _ counts: SessionCounts,
      durations: RankedValues<UInt64>, lengths: RankedValues<UInt32>, hasGoal: Bool,
      entries: [End], exits: [End]
    ) {
      self.interval = interval
      self.breakdown = breakdown
      self.isOpen = isOpen
      customers = counts.customers
      sessions = counts.sessions
      open = counts.open
      events = counts.events
      meanEvents = counts.meanEvents
      medianEvents = lengths.median { Double($0) }
      meanDuration = counts.meanDuration
      medianDuration = durations.median { Double($0) }
      p90Duration = durations.quantile(0.9) { Double($0) }
      bounce = .share(counts.bounces, of: counts.sessions)
      sessionsPerCustomer =
        counts.customers == 0 ? nil : Double(counts.sessions) / Double(counts.customers)
      goal = hasGoal ? .share(counts.reached, of: counts.sessions) : nil
      self.entries = entries
      self.exits = exits
    }
  }

  /// What sessions begin or end with.
  public struct End: Sendable, Codable, Equatable {
    public var event: String
    public var customers: Int
    public var sessions: Int
  }

  /// The sessions counted; those that may go on are among them.
  public var tally: AnswerTally {
    AnswerTally(
      counted: groups.reduce(0) { $0 + $1.sessions }, open: groups.reduce(0) { $0 + $1.open })
  }

  /// A row for each group (part `all`), and where asked for, its beginnings (`entry`) and ends
  /// (`exit`) after it.
  public var table: AnswerTable {
    var columns: [AnswerTable.Column] = []
    if interval != nil { columns.append(.init("interval", .key)) }
    if breakdown != nil { columns.append(.init("breakdown", .key)) }
    columns.append(.init("part", .key))
    if hasEnds { columns.append(.init("event", .key)) }
    columns += [
      .init("customers", .count), .init("sessions", .count), .init("per_customer", .number),
      .init("events", .count), .init("mean_events", .number), .init("median_events", .number),
      .init("mean_duration", .duration), .init("median_duration", .duration),
      .init("p90_duration", .duration), .init("bounce", .share), .init("goal", .share),
      .init("open", .count),
    ]
    var table = AnswerTable(columns)
    for group in groups {
      let keys = [group.interval, group.breakdown].compactMap { $0.map(AnswerTable.Cell.text) }
      table.add(
        keys + [.text("all")] + (hasEnds ? [.text("")] : []) + [
          .count(group.customers), .count(group.sessions), .optional(group.sessionsPerCustomer),
          .count(group.events), .optional(group.meanEvents.value),
          .optional(group.medianEvents.value), .optional(group.meanDuration.value),
          .optional(group.medianDuration.value), .optional(group.p90Duration),
          .optional(group.bounce.value), .optional(group.goal?.value), .count(group.open),
        ])
      for (part, ends) in [("entry", group.entries), ("exit", group.exits)] {
        for end in ends {
          table.add(
            keys + [.text(part), .text(end.event), .count(end.customers), .count(end.sessions)]
              + Array(repeating: .none, count: 10))
        }
      }
    }
    return table
  }

  /// The number of sessions over the intervals; without them, by value.
  public var picture: AnswerPicture? {
    guard interval != nil else {
      return breakdown == nil
        ? nil
        : .bars(
          title: "Sessions", series: ["sessions"],
          bars: groups.map { .init($0.breakdown ?? "", [Double($0.sessions)]) })
    }
    var axis: [String] = []
    var counts: [String: [String: Double]] = [:]
    var names: [String] = []
    for group in groups {
      let (interval, name) = (group.interval ?? "", group.breakdown ?? "sessions")
      if axis.last != interval { axis.append(interval) }
      if counts[name] == nil { names.append(name) }
      counts[name, default: [:]][interval] = Double(group.sessions)
    }
    return .lines(
      title: "Sessions", axis: axis,
      lines: names.prefix(Trends.mostLines).map { name in
        .init(name, axis.map { counts[name]?[$0] ?? 0 })
      })
  }
}
