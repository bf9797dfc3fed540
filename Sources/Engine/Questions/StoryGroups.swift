import Events
import Experience
import Stories

/// Which value of a breakdown each unit has.
struct StoryGroups: Sendable {
  /// A value as answers show it.
  enum Value: Sendable, Equatable {
    case value(String)
    /// The values beyond those that are told apart.
    case others
    /// Units without a value.
    case none

    /// What rows of a table call it.
    var name: String {
      switch self {
      case .value(let name): name
      case .others: DimensionTable.others
      case .none: DimensionTable.none
      }
    }
  }

  /// Most units first, populations as they were named; then the others, and those without one. Each has
  /// a unit.
  let values: [Value]
  /// By segment, then customer: the position of the value. Hidden customers have any.
  let segments: [[UInt16]]

  /// Looks at the stories once.
  ///
  /// - Complexity: O(*events*) where a property is rare, else about O(*customers*); 2 bytes a customer.
  /// - Throws: `question.breakdown`.
  init(_ breakdown: StoryBreakdown, in scope: Scope, of stories: Stories) throws(Refusal) {
    let names: [String]
    var segments: [[UInt16]]
    switch breakdown.subject {
    case .property(let property, let place):
      (names, segments) = try Self.positions(property, at: place, in: scope, of: stories)
    case .populations(let populations):
      guard scope.unit == .customer else {
        throw Refusal(
          "question.breakdown", problem: "Segments are of customers, and not of \(scope.unit).",
          remedy: "Divide by a property, or leave `unit` out.")
      }
      names = [""] + populations.map(\.name)
      segments = try Self.positions(populations, at: scope.to, of: stories)
    }
    var units = [Int](repeating: 0, count: names.count)
    for (segment, positions) in zip(stories.segments, segments) {
      for customer in segment.visible.joined() { units[Int(positions[customer])] += 1 }
    }
    var known = (1..<names.count).filter { units[$0] > 0 }
    if case .property = breakdown.subject {
      known.sort { (units[$1], names[$0]) < (units[$0], names[$1]) }
    }
    let shown = if case .property = breakdown.subject { breakdown.values } else { known.count }
    var values = known.prefix(shown).map { Value.value(names[$0]) }
    var groups = [UInt16](repeating: UInt16(values.count), count: names.count)
    for (group, position) in known.prefix(shown).enumerated() { groups[position] = UInt16(group) }
    if known.count > shown { values.append(.others) }
    if units[0] > 0 {
      groups[0] = UInt16(values.count)
      values.append(.none)
    }
    self.values = values
    for segment in segments.indices {
      for customer in segments[segment].indices {
        segments[segment][customer] = groups[Int(segments[segment][customer])]
      }
    }
    self.segments = segments
  }

  /// The values of a property that stories have at a place; position 0 is none.
  private static func positions(
    _ property: String, at place: StoryBreakdown.Place, in scope: Scope, of stories: Stories
  ) throws(Refusal) -> (names: [String], segments: [[UInt16]]) {
    let most = StoryBreakdown.mostLookedAt
    let table = try DimensionTable(Dimension(property), of: stories, most: most)
    guard table.count <= most + 1 else {
      throw Refusal(
        "question.breakdown", problem: "“\(property)” has more than \(most) values.",
        remedy: "Divide by a property with fewer values.")
    }
    var range = scope.bounds
    if place == .last { range = range.map { (.min / 4)..<$0.upperBound } }
    let segments = stories.segments.enumerated().map { index, segment in
      var positions = [UInt16](repeating: 0, count: segment.customers.count)
      let columns = table[index]
      for customer in segment.visible.joined() {
        let rows = segment.rows(of: customer, in: range)
        let (from, to, step) =
          place == .first
          ? (rows.lowerBound, rows.upperBound, 1) : (rows.upperBound - 1, rows.lowerBound - 1, -1)
        for row in stride(from: from, to: to, by: step) {
          let position = columns.position(row)
          guard position != 0 else { continue }
          positions[customer] = UInt16(position)
          break
        }
      }
      return positions
    }
    return (table.names, segments)
  }

  /// The first population of each customer, from 1; position 0 is none.
  private static func positions(
    _ populations: [Population], at end: Instant?, of stories: Stories
  ) throws(Refusal) -> [[UInt16]] {
    var segments: [[UInt16]] = []
    for segment in stories.segments {
      var positions = [UInt16](repeating: 0, count: segment.customers.count)
      let judges = try populations.map { population throws(Refusal) in
        try PopulationJudge(population, at: end, of: segment, in: stories)
      }
      for customer in segment.visible.joined() {
        if let first = judges.firstIndex(where: { $0.admits(customer) }) {
          positions[customer] = UInt16(first + 1)
        }
      }
      segments.append(positions)
    }
    return segments
  }
}
