import Events
import Experience
import Statistics
import Stories

/// Counts the ways that customers take.
///
/// Each section counts its own ways in a table. At the end the tables are added up part by part, and
/// only for the ways that are shown the details are looked up. Short ways of which nothing else is
/// asked are listed first, and counted at the end only. Memory: 8 bytes for each customer of such;
/// otherwise 16 bytes for each different way of a section and twice as much room, and 12 for each
/// customer where times are measured.
public struct VariantsFold: TraceableFold {
  let question: VariantsQuestion
  let touchpoints: [Touchpoint]

  /// What is worked out once.
  public struct Plan: Sendable {
    let names: PathNames
    let keys: WayKeys
    let counting: WayCounting
    /// By segment.
    let goals: [EventRule]
    let scores: [NumberRule]
  }

  /// What sections have counted.
  public struct Partial: Sendable {
    var sections: [VariantsSection]
  }

  /// A way: its key and its names.
  public struct Cell: Sendable {
    let key: UInt64
    let way: [UInt16]
  }

  /// Numbers the names and compiles goal and score.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    try question.validate()
    let names = try PathNames(
      question.naming, only: question.only, of: stories, touchpoints: touchpoints)
    var goals: [EventRule] = []
    var scores: [NumberRule] = []
    for segment in stories.segments {
      if let goal = question.goal {
        goals.append(try EventRule(goal.rule, of: segment, names: stories.names))
      }
      if let score = question.score {
        scores.append(try NumberRule(score.rule, of: segment, names: stories.names))
      }
    }
    let keys = WayKeys(names: names.names.count, length: question.length)
    let isAlone = question.times == .omitted && goals.isEmpty && scores.isEmpty
    return Plan(
      names: names, keys: keys, counting: isAlone && keys.arePacked ? .atEnd : .atOnce,
      goals: goals, scores: scores)
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial {
    Partial(sections: [VariantsSection(plan.keys, plan.counting)])
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    let visit = VariantsVisit(
      segment: segment, customers: customers, range: question.scope.bounds,
      repeats: question.repeats, length: question.length ?? .max, times: question.times,
      goal: plan.goals.isEmpty ? nil : plan.goals[index],
      score: plan.scores.isEmpty ? nil : plan.scores[index], counting: plan.counting)
    let last = partial.sections.count - 1
    plan.names.read(
      index, of: segment, byCode: { visit.run($0, into: &partial.sections[last]) },
      byRow: { visit.run($0, into: &partial.sections[last]) })
  }

  /// Puts the sections beside each other.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.sections += later.sections
  }

  /// Adds up the tables, ranks, and looks up the details of the ways that are shown.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Variants {
    let sections = partial.sections
    let (limit, keys) = (question.limit, plan.keys)
    let ways = sections.reduce(0) { $0 + $1.table.count + $1.list.count }
    let share = WayTable.parts / Self.shares
    let parts = onAllCores(Self.shares) { number in
      var table = WayTable(keys, holding: .onePart(ofWays: ways))
      var (count, top): (Int, [WayRank]) = (0, [])
      for part in (number * share)..<((number + 1) * share) {
        for section in sections {
          section.list.forEach(ofPart: part) { table.add($0) }
          table.add(part: part, of: section.table)
        }
        count += table.count
        top += WayRank.top(limit, of: table)
        table.clear()
      }
      return (ways: count, top: top.sorted().prefix(limit))
    }
    let top = parts.flatMap(\.top).sorted().prefix(limit).map { rank in
      (customers: rank.customers, way: keys.arePacked ? keys.way(of: rank.key) : rank.way)
    }
    let customers = sections.reduce(0) { $0 + $1.customers }
    var details = VariantDetails(ways: top.count)
    for part in onAllCores(
      sections.count, { sections[$0].details(of: top.map(\.way), by: plan.keys) })
    {
      details.add(part)
    }
    return Variants(
      tally: AnswerTally(
        counted: customers,
        excluded: [
          .init(
            reason: "no such event in the range",
            count: sections.reduce(0) { $0 + $1.withoutWay })
        ]),
      variants: top.enumerated().map { rank, way in
        Variants.Variant(
          names: way.way.map { plan.names.names[Int($0)] }, customers: way.customers,
          share: Double(way.customers) / Double(customers),
          duration: question.times == .measured ? .median(of: &details.durations[rank]) : nil,
          goal: question.goal.map { _ in .share(details.goals[rank], of: way.customers) },
          score: question.score.map { _ in details.scores[rank].mean })
      },
      variantCount: parts.reduce(0) { $0 + $1.ways },
      others: customers - top.reduce(0) { $0 + $1.customers })
  }

  /// The way of a path.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    let text = try row.value("path", of: ["path"])
    let way = try plan.names.way(of: text, column: "path")
    guard way.count <= question.length ?? .max else { throw AnswerRowKey.unknown("path", text) }
    return Cell(key: plan.keys.key(of: way), way: way)
  }

  /// The customers who took it.
  public func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    partial.sections.reduce(0) {
      $0 + Int($1.table.slot(key: cell.key, way: cell.way)?.count ?? 0)
        + $1.list.count(of: cell.key)
    }
  }

  /// In how many pieces of work the parts of tables are added up: enough to keep some cores busy,
  /// few enough for their tables to be used again.
  private static let shares = 8
}

/// A way in the order of an answer: most customers first, then by the bytes of the names, as packed
/// keys are ordered.
private struct WayRank: Comparable, Sendable {
  var customers: Int
  var key: UInt64
  /// Its names, unless the key is packed.
  var way: [UInt16]

  static func < (left: Self, right: Self) -> Bool {
    guard left.customers == right.customers else { return left.customers > right.customers }
    guard left.way == right.way else { return left.way.lexicographicallyPrecedes(right.way) }
    return left.key < right.key
  }

  /// The first ways of a table.
  static func top(_ limit: Int, of table: WayTable) -> [WayRank] {
    // Most ways are taken by few: with those of one customer alone only if there are too few others.
    var slots = table.slots(ofAtLeast: 2)
    if slots.count < limit { slots = table.slots(ofAtLeast: 1) }
    // How many ways have each count, to look only at those that may be among the first.
    var ways = [Int](repeating: 0, count: 4096)
    for slot in slots { ways[min(Int(slot.count), ways.count - 1)] += 1 }
    var least = ways.count - 1
    var found = ways[least]
    while found < limit, least > 1 {
      least -= 1
      found += ways[least]
    }
    return Array(
      slots.lazy.filter { $0.count >= least }
        .map { slot in
          WayRank(
            customers: Int(slot.count), key: slot.key,
            way: table.keys.arePacked ? [] : table.way(of: slot))
        }
        .sorted().prefix(limit))
  }
}
