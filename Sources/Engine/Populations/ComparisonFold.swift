import Events
import Experience
import Statistics
import Stories

/// A comparison, with the touchpoints that may name events.
public struct ComparisonFold: Sendable {
  let question: ComparisonQuestion
  let touchpoints: [Touchpoint]
}

/// A comparison, compiled for all segments.
public struct ComparisonPlan: Sendable {
  let naming: NamingTable
  let sides: [ComparisonSides]
  var names: Int { naming.count }
}

/// What a section has counted of a comparison.
public struct ComparisonPartial: Sendable {
  /// Units of the two populations, by population.
  var units = [0, 0]
  /// Units that met a name, by population × names + name.
  var names: [Int32]
  /// Units that met a pair, by (population × names + name) × names + next name.
  var pairs: [Int32]
  var open = 0
  var inBoth = 0
  var inNeither = 0
  /// The last unit that met each name and pair, so that each unit counts once.
  var lastOfName: [Int32]
  var lastOfPair: [Int32]
  var unit: Int32 = 0
}

/// A number of a comparison: the units of one or both populations that met a name or a pair.
public struct ComparisonCell: Sendable {
  var populations: ClosedRange<Int>
  var name: Int
  var next: Int?
}

extension ComparisonFold: TraceableFold {
  /// Numbers the names and compiles the rules.
  public func plan(for stories: Stories) throws(Refusal) -> ComparisonPlan {
    try question.validate()
    let naming = try NamingTable(
      question.naming, only: question.only, of: stories, touchpoints: touchpoints,
      most: ComparisonQuestion.mostNames)
    // One more for the names beyond the most frequent ones.
    guard naming.count <= ComparisonQuestion.mostNames + 1 else {
      throw Refusal(
        "comparison.names",
        problem: "There are \(naming.count) names, and \(ComparisonQuestion.mostNames) are "
          + "compared.",
        remedy: "Name by event, or by a property with fewer values.")
    }
    let moment =
      question.scope.to?.milliseconds ?? stories.watermark.map { $0.milliseconds + 1 } ?? 0
    var sides: [ComparisonSides] = []
    for segment in stories.segments {
      sides.append(
        try ComparisonSides(
          question, of: segment, names: stories.names, judgedAt: moment,
          watermark: stories.watermark?.milliseconds ?? 0))
    }
    return ComparisonPlan(naming: naming, sides: sides)
  }

  /// Counts of nothing.
  public func begin(_ plan: ComparisonPlan) -> ComparisonPartial {
    let pairs = question.orders == .compared ? plan.names * plan.names : 0
    return ComparisonPartial(
      names: Array(repeating: 0, count: 2 * plan.names),
      pairs: Array(repeating: 0, count: 2 * pairs),
      lastOfName: Array(repeating: 0, count: plan.names),
      lastOfPair: Array(repeating: 0, count: pairs))
  }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: ComparisonPlan,
    into partial: inout ComparisonPartial
  ) {
    let segment = stories.segments[index]
    let sides = plan.sides[index]
    let naming = plan.naming[index]
    for customer in customers {
      switch sides.side(of: customer, in: segment) {
      case .none: break
      case .open: partial.open += 1
      case .both: partial.inBoth += 1
      case .neither: partial.inNeither += 1
      case .first(let rows): partial.add(rows, population: 0, naming, names: plan.names)
      case .second(let rows): partial.add(rows, population: 1, naming, names: plan.names)
      }
    }
  }

  /// Adds up.
  public func merge(
    _ later: consuming ComparisonPartial, into partial: inout ComparisonPartial
  ) {
    for population in 0...1 { partial.units[population] += later.units[population] }
    for place in partial.names.indices { partial.names[place] += later.names[place] }
    for place in partial.pairs.indices { partial.pairs[place] += later.pairs[place] }
    partial.open += later.open
    partial.inBoth += later.inBoth
    partial.inNeither += later.inNeither
  }

  /// Compares the shares.
  public func finish(
    _ partial: consuming ComparisonPartial, by plan: ComparisonPlan
  ) -> Comparison {
    let partial = partial
    let count = plan.names
    func counts(_ place: Int, of counts: [Int32]) -> (first: Int, second: Int) {
      (Int(counts[place]), Int(counts[counts.count / 2 + place]))
    }
    var findings: [Comparison.Finding] = []
    func add(_ name: Int, _ next: Int?, _ met: (first: Int, second: Int)) {
      findings.append(
        Comparison.Finding(
          name: plan.naming.names[name], next: next.map { plan.naming.names[$0] },
          met: met, of: (partial.units[0], partial.units[1])))
    }
    for name in 0..<count {
      let met = counts(name, of: partial.names)
      if met.first + met.second > 0 { add(name, nil, met) }
    }
    let pairs = partial.pairs.indices.prefix(partial.pairs.count / 2)
      .map { (place: $0, met: counts($0, of: partial.pairs)) }
      .filter { $0.met.first + $0.met.second > 0 }
      .sorted {
        ($1.met.first + $1.met.second, $0.place) < ($0.met.first + $0.met.second, $1.place)
      }
    for pair in pairs.prefix(ComparisonQuestion.mostPairs) {
      add(pair.place / count, pair.place % count, pair.met)
    }
    let names = question.sideNames
    return Comparison(
      first: .init(name: names.first, count: partial.units[0]),
      second: .init(name: names.second, count: partial.units[1]), open: partial.open,
      inBoth: partial.inBoth, inNeither: partial.inNeither, correction: question.correction,
      pairsLeftOut: max(0, pairs.count - ComparisonQuestion.mostPairs), findings: findings)
  }

  /// The units that met a row's name, or pair of names, of both populations.
  ///
  /// Beside the table's keys a row may name a `population`, by its name.
  public func cell(
    of row: AnswerRowKey, by plan: ComparisonPlan
  ) throws(Refusal) -> ComparisonCell {
    let columns = ["name", "next", "population"]
    let name = try plan.naming.number(of: row.value("name", of: columns), column: "name")
    var next: Int?
    if let text = row.values["next"], !text.isEmpty {
      guard question.orders == .compared else { throw AnswerRowKey.unknown("next", text) }
      next = try plan.naming.number(of: text, column: "next")
    }
    let sides = question.sideNames
    switch row.values["population"] {
    case nil: return ComparisonCell(populations: 0...1, name: name, next: next)
    case sides.first?: return ComparisonCell(populations: 0...0, name: name, next: next)
    case sides.second?: return ComparisonCell(populations: 1...1, name: name, next: next)
    case let other?: throw AnswerRowKey.unknown("population", other)
    }
  }

  /// How many there are.
  public func count(at cell: ComparisonCell, in partial: borrowing ComparisonPartial) -> Int {
    let names = partial.lastOfName.count
    return cell.populations.reduce(0) { sum, population in
      let place = population * names + cell.name
      return sum
        + Int(cell.next.map { partial.pairs[place * names + $0] } ?? partial.names[place])
    }
  }
}

extension ComparisonPartial {
  /// Adds a unit of a population: the names and pairs of some of its rows, each once.
  fileprivate mutating func add(
    _ rows: Range<Int>, population: Int, _ naming: NamingColumns, names count: Int
  ) {
    units[population] += 1
    unit += 1
    let unit = unit
    let (base, pairBase) = (population * count, population * count * count)
    let hasPairs = !lastOfPair.isEmpty
    names.withUnsafeMutableBufferPointer { names in
      pairs.withUnsafeMutableBufferPointer { pairs in
        lastOfName.withUnsafeMutableBufferPointer { lastOfName in
          lastOfPair.withUnsafeMutableBufferPointer { lastOfPair in
            var previous = -1
            for row in rows {
              let number = naming.number(row)
              guard number != NamingTable.skipped else { continue }
              let name = Int(number)
              names[base &+ name] &+= lastOfName[name] == unit ? 0 : 1
              lastOfName[name] = unit
              if hasPairs, previous >= 0 {
                let pair = previous &* count &+ name
                pairs[pairBase &+ pair] &+= lastOfPair[pair] == unit ? 0 : 1
                lastOfPair[pair] = unit
              }
              previous = name
            }
          }
        }
      }
    }
  }
}
