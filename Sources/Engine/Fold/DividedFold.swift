import Events
import Stories

/// A question asked for each value of a breakdown, in the one pass in which it is asked at all.
///
/// Each value has a partial answer of its own, into which its units are visited; what is worked out once
/// serves all values. Memory: that of the question for each value, and 2 bytes a customer.
struct DividedFold<Asked: TraceableFold>: TraceableFold {
  let asked: Asked
  let breakdown: StoryBreakdown
  let scope: Scope

  /// The values, and how each is counted.
  struct Plan: Sendable {
    let groups: StoryGroups
    /// By value.
    let plans: [Asked.Plan]
  }

  /// What a section has counted, of the values that it has met.
  struct Partial: Sendable {
    var parts: [Asked.Partial] = []
    /// By value: its place in `parts`, or `missing`.
    var places: [Int]

    static var missing: Int { -1 }
  }

  /// A number of one value's answer.
  struct Cell: Sendable {
    let value: Int
    let cell: Asked.Cell
  }

  /// The answer for one value.
  struct Part: Sendable {
    let value: StoryGroups.Value
    let answer: Asked.Answer
  }

  /// The key column that names the value.
  static var column: String { "breakdown" }

  func plan(for stories: Stories) throws(Refusal) -> Plan {
    let first = try asked.plan(for: stories)
    let groups = try StoryGroups(breakdown, in: scope, of: stories)
    return Plan(groups: groups, plans: groups.values.map { _ in asked.plan(beside: first) })
  }

  func begin(_ plan: Plan) -> Partial {
    Partial(places: Array(repeating: Partial.missing, count: plan.groups.values.count))
  }

  func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let groups = plan.groups.segments[index]
    var start = customers.lowerBound
    while start < customers.upperBound {
      let group = groups[start]
      var end = start + 1
      while end < customers.upperBound, groups[end] == group { end += 1 }
      let value = Int(group)
      if partial.places[value] == Partial.missing {
        partial.places[value] = partial.parts.count
        partial.parts.append(asked.begin(plan.plans[value]))
      }
      asked.visit(
        start..<end, ofSegment: index, in: stories, by: plan.plans[value],
        into: &partial.parts[partial.places[value]])
      start = end
    }
  }

  func merge(_ later: consuming Partial, into partial: inout Partial) {
    for value in later.places.indices where later.places[value] != Partial.missing {
      let part = later.parts[later.places[value]]
      if partial.places[value] == Partial.missing {
        partial.places[value] = partial.parts.count
        partial.parts.append(part)
      } else {
        asked.merge(part, into: &partial.parts[partial.places[value]])
      }
    }
  }

  func finish(_ partial: consuming Partial, by plan: Plan) -> [Part] {
    let partial = partial
    return plan.groups.values.indices.map { value in
      let place = partial.places[value]
      let part = place == Partial.missing ? asked.begin(plan.plans[value]) : partial.parts[place]
      return Part(
        value: plan.groups.values[value], answer: asked.finish(part, by: plan.plans[value]))
    }
  }

  func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell {
    guard let name = row.values[Self.column] else {
      throw Refusal(
        "customers.row", problem: "The row's \(Self.column) is missing.",
        remedy: "Name a row by \(Self.column) and the other key columns of the answer.")
    }
    guard let value = plan.groups.values.firstIndex(where: { $0.name == name }) else {
      throw AnswerRowKey.unknown(Self.column, name)
    }
    return Cell(
      value: value,
      cell: try asked.cell(of: row.without(Self.column), by: plan.plans[value]))
  }

  func count(at cell: Cell, in partial: borrowing Partial) -> Int {
    let place = partial.places[cell.value]
    return place == Partial.missing ? 0 : asked.count(at: cell.cell, in: partial.parts[place])
  }
}
