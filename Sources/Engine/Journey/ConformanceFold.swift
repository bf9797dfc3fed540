import Events
import Experience
import Statistics
import Stories

/// Counts conformance by interval and segment.
public struct ConformanceFold: TraceableFold {
  let question: ConformanceQuestion
  let calendar: LocalCalendar
  let cases: JourneyCaseFold

  /// What the cases of all segments are called.
  static let everybody = "(all)"

  /// The journey and the intervals.
  public struct Plan: Sendable {
    let journey: JourneyFold.Plan
    let intervals: IntervalTable
  }

  /// The cases found so far, and how many each cell has.
  public struct Partial: Sendable {
    var journey: JourneyFold.Partial
    /// By interval × (1 + segments) + segment: cases.
    var counts: [Int]
    var counted = 0
  }

  private var width: Int { 1 + question.segments.count }

  /// Compiles the journey and lays out the intervals.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    Plan(
      journey: try cases.plan(for: stories),
      intervals: try stories.intervals(question.interval, in: question.scope, calendar))
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(
      journey: cases.begin(plan.journey),
      counts: Array(repeating: 0, count: plan.intervals.count * width))
  }

  /// Finds the customers' cases.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    cases.visit(customers, ofSegment: index, in: stories, by: plan.journey, into: &partial.journey)
    let entries = partial.journey.tally.cases?.entries ?? []
    for entry in entries[partial.counted...] {
      let first = plan.intervals.position(of: entry.start) * width
      partial.counts[first] += 1
      for segment in 0..<question.segments.count where entry.groups >> UInt64(segment) & 1 != 0 {
        partial.counts[first + 1 + segment] += 1
      }
    }
    partial.counted = entries.count
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    for position in partial.counts.indices { partial.counts[position] += later.counts[position] }
    partial.counted += later.counted
    cases.merge(later.journey, into: &partial.journey)
  }

  /// Aligns each way once, and adds up the cases of each interval and segment.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> ConformanceTrend {
    let tally = partial.journey.tally
    let journey = plan.journey.journey
    var aligner = Aligner(journey.tree)
    let entries = tally.variants.entries
    let ways = entries.map { AlignedWay(tally.variants.symbols(of: $0), journey, &aligner) }
    var cells = [ConformanceCell](
      repeating: ConformanceCell(ways: WayCounts(journey)), count: plan.intervals.count * width)
    for entry in tally.cases?.entries ?? [] {
      let first = plan.intervals.position(of: entry.start) * width
      cells[first].add(entry, ways[entry.variant])
      for segment in 0..<question.segments.count where entry.groups >> UInt64(segment) & 1 != 0 {
        cells[first + 1 + segment].add(entry, ways[entry.variant])
      }
    }
    var rows: [ConformanceTrend.Row] = []
    for interval in 0..<plan.intervals.count {
      for segment in 0..<width {
        var cell = cells[interval * width + segment]
        rows.append(
          cell.row(
            interval: plan.intervals.names[interval], start: plan.intervals.starts[interval],
            segment: segment == 0 ? nil : question.segments[segment - 1].name, entries, ways,
            journey))
      }
    }
    return ConformanceTrend(rows: rows, excluded: tally.excluded)
  }

  /// The cases of an interval, and of a segment.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Int {
    let columns = ["interval", "segment"]
    let interval = try row.value("interval", of: columns)
    guard let position = plan.intervals.names.firstIndex(of: interval) else {
      throw AnswerRowKey.unknown("interval", interval)
    }
    let segment = row.values["segment"] ?? Self.everybody
    if segment == Self.everybody { return position * width }
    guard let place = question.segments.firstIndex(where: { $0.name == segment }) else {
      throw AnswerRowKey.unknown("segment", segment)
    }
    return position * width + 1 + place
  }

  /// How many there are.
  public func count(at cell: Int, in partial: borrowing Partial) -> Int { partial.counts[cell] }
}

/// The cases of one interval and segment.
private struct ConformanceCell {
  var ways: WayCounts
  /// By variant: what the table counts of it.
  private var entries: [Int: VariantTable.Entry] = [:]
  private var late = 0
  private var wrongChannel = 0
  /// Sums over closed cases, for the interval of the fitness.
  private var cost = 0.0
  private var most = 0.0
  private var costSquared = 0.0
  private var mostSquared = 0.0
  private var product = 0.0

  init(ways: WayCounts) { self.ways = ways }

  mutating func add(_ entry: JourneyCases.Entry, _ way: AlignedWay) {
    var counts =
      entries[entry.variant] ?? VariantTable.Entry(hash: 0, start: 0, length: 0)
    counts.count(entry.outcome, left: entry.left, plain: entry.isPlain)
    entries[entry.variant] = counts
    guard entry.outcome != .open else { return }
    if entry.isLate { late += 1 }
    if entry.usedWrongChannel { wrongChannel += 1 }
    let cost = Double(way.alignment.cost + entry.left)
    let most = Double(way.most + entry.left)
    self.cost += cost
    self.most += most
    costSquared += cost * cost
    mostSquared += most * most
    product += cost * most
  }

  mutating func row(
    interval: String, start: Instant, segment: String?, _ variants: [VariantTable.Entry],
    _ aligned: [AlignedWay], _ journey: JourneyPlan
  ) -> ConformanceTrend.Row {
    for (variant, entry) in entries { ways.add(entry, aligned[variant], journey) }
    var counts = CaseCounts()
    for start in ways.starts { counts.add(start) }
    var verdicts = ways.verdicts
    verdicts.late = late
    verdicts.wrongChannel = wrongChannel
    return ConformanceTrend.Row(
      interval: interval, start: start, segment: segment, cases: counts,
      completion: .share(counts.completed, of: counts.closed),
      fitness: fitness(counts.closed), asPlanned: .share(verdicts.asPlanned, of: counts.closed),
      verdicts: verdicts)
  }

  private func fitness(_ cases: Int) -> Estimate {
    guard most > 0 else { return .none }
    let ratio = cost / most
    guard cases > 1 else { return Estimate(value: 1 - ratio, count: cases) }
    let residual = max(0, costSquared - 2 * ratio * product + ratio * ratio * mostSquared)
    let error =
      1.959963984540054 * (residual * Double(cases) / Double(cases - 1)).squareRoot() / most
    return Estimate(
      value: 1 - ratio, low: max(0, 1 - ratio - error), high: min(1, 1 - ratio + error),
      count: cases)
  }
}
