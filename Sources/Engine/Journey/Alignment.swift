import Experience

/// A case laid on a process tree at the least cost: a skip costs 1, an extra interaction 1.
///
/// Among alignments of equal cost the one that places the earliest interactions wins: it places the
/// first interaction if any of them does, then the second, and so on.
///
/// - SeeAlso: A. Adriansyah, "Aligning Observed and Modeled Behavior" (2014).
public struct Alignment: Sendable, Equatable {
  /// What became of an interaction.
  public enum Placement: UInt8, Sendable, Codable {
    /// The design has a place for it, and here it is.
    case asPlanned
    /// The design has no place for it.
    case extra
    /// It stands in another order than designed: its step was skipped where it should have been.
    case outOfOrder
    /// Its touchpoint was met as planned elsewhere in the case, or just before.
    case repeated
  }

  /// Skips and extra interactions.
  public var cost = 0
  /// The length of the shortest run of the tree.
  public var shortest = 0
  /// What became of each interaction.
  public var placements: [Placement] = []
  /// For each step how many of its interactions are missing, those out of order not among them.
  public var missing: [Int] = []

  /// Makes an alignment of nothing.
  public init() {}

  /// 1 − cost ÷ (length of the case + length of the shortest run); nil where both are 0.
  public var fitness: Double? {
    let most = placements.count + shortest
    return most == 0 ? nil : 1 - Double(cost) / Double(most)
  }
}

extension ProcessTree {
  /// Aligns touchpoints that a case met, in order; those that are in no step are left out.
  public func align(_ met: [String]) -> Alignment {
    let symbols = met.compactMap { name in
      touchpoints.firstIndex(of: name).map { UInt8($0) }
    }
    var aligner = Aligner(self)
    var alignment = Alignment()
    symbols.withUnsafeBufferPointer { aligner.align($0, into: &alignment) }
    return alignment
  }
}

/// Aligns one case after the other with a tree, in memory that is used again.
struct Aligner {
  private let tree: ProcessTree
  private var costs: [Int32] = []
  private var nodes: [Node] = []
  private var frontier: [Int] = []
  private var skips: [Int]
  private var placed: [Bool]

  /// A place in the forward walk, with the way back.
  private struct Node {
    var state: Int32
    var cost: Int32
    var parent: Int32
    /// The symbol that was skipped to come here, or `none`.
    var skipped: UInt8
    static let none = UInt8.max
  }

  init(_ tree: ProcessTree) {
    self.tree = tree
    skips = Array(repeating: 0, count: (tree.stepOf.last ?? -1) + 1)
    placed = Array(repeating: false, count: tree.touchpoints.count)
  }

  /// Aligns symbols of the tree.
  mutating func align(_ symbols: UnsafeBufferPointer<UInt8>, into alignment: inout Alignment) {
    alignment.shortest = tree.shortest
    alignment.placements.removeAll(keepingCapacity: true)
    for step in skips.indices { skips[step] = 0 }
    for symbol in placed.indices { placed[symbol] = false }
    switch tree.form {
    case .chain(let optional): alignChain(symbols, optional, into: &alignment)
    case .automaton(let automaton): alignWays(symbols, automaton, into: &alignment)
    }
    alignment.cost = alignment.placements.count { $0 == .extra } + skips.reduce(0, +)
    for (position, symbol) in symbols.enumerated()
    where alignment.placements[position] == .asPlanned {
      placed[Int(symbol)] = true
    }
    for (position, symbol) in symbols.enumerated() where alignment.placements[position] == .extra {
      let step = tree.stepOf[Int(symbol)]
      if placed[Int(symbol)] || (position > 0 && symbols[position - 1] == symbol) {
        alignment.placements[position] = .repeated
      } else if skips[step] > 0 {
        skips[step] -= 1
        alignment.placements[position] = .outOfOrder
      }
    }
    alignment.missing.removeAll(keepingCapacity: true)
    alignment.missing.append(contentsOf: skips)
  }

  /// A chain meets each step at most once, in order: its alignment is a heaviest ascending
  /// sequence of steps, where placing an interaction saves an extra and, if mandatory, a skip.
  private mutating func alignChain(
    _ symbols: UnsafeBufferPointer<UInt8>, _ optional: [Bool], into alignment: inout Alignment
  ) {
    // costs[i · width + k]: the most saved from interaction i on with steps from k on.
    let width = optional.count + 1
    let size = (symbols.count + 1) * width
    if costs.count < size { costs = Array(repeating: 0, count: size) }
    for step in 0..<width { costs[symbols.count * width + step] = 0 }
    for position in stride(from: symbols.count - 1, through: 0, by: -1) {
      let here = position * width
      let step = tree.stepOf[Int(symbols[position])]
      let saved = (optional[step] ? 1 : 2) + costs[here + width + step + 1]
      for other in 0..<width {
        let without = costs[here + width + other]
        costs[here + other] = other <= step ? max(without, Int32(saved)) : without
      }
    }
    var next = 0
    for position in symbols.indices {
      let step = tree.stepOf[Int(symbols[position])]
      let after = (position + 1) * width
      if step >= next,
        costs[position * width + next] == (optional[step] ? 1 : 2) + costs[after + step + 1]
      {
        for left in next..<step where !optional[left] { skips[left] += 1 }
        next = step + 1
        alignment.placements.append(.asPlanned)
      } else {
        alignment.placements.append(.extra)
      }
    }
    for left in next..<optional.count where !optional[left] { skips[left] += 1 }
  }

  private mutating func alignWays(
    _ symbols: UnsafeBufferPointer<UInt8>, _ automaton: StepAutomaton,
    into alignment: inout Alignment
  ) {
    findCosts(symbols, automaton)
    // Walks forward over all best ways at once, and at each interaction keeps those that place it.
    let width = automaton.count
    nodes.removeAll(keepingCapacity: true)
    nodes.append(Node(state: 0, cost: 0, parent: -1, skipped: Node.none))
    frontier = [0]
    let best = costs[0]
    for position in symbols.indices {
      skipAhead(automaton, costsAt: position * width, best: best)
      var placing: [Int] = []
      for node in frontier {
        let (state, cost) = (Int(nodes[node].state), nodes[node].cost)
        for edge in automaton.edges[automaton.edges(of: state)]
        where edge.symbol == symbols[position]
          && cost + costs[(position + 1) * width + Int(edge.target)] == best
          && !placing.contains(where: { nodes[$0].state == edge.target })
        {
          placing.append(nodes.count)
          nodes.append(
            Node(state: edge.target, cost: cost, parent: Int32(node), skipped: Node.none))
        }
      }
      alignment.placements.append(placing.isEmpty ? .extra : .asPlanned)
      guard placing.isEmpty else {
        frontier = placing
        continue
      }
      let staying = frontier.filter {
        nodes[$0].cost + 1 + costs[(position + 1) * width + Int(nodes[$0].state)] == best
      }
      frontier = staying.map { node in
        nodes.append(
          Node(
            state: nodes[node].state, cost: nodes[node].cost + 1, parent: Int32(node),
            skipped: Node.none))
        return nodes.count - 1
      }
    }
    skipAhead(automaton, costsAt: symbols.count * width, best: best)
    var node = frontier.first {
      nodes[$0].cost == best && automaton.distance[Int(nodes[$0].state)] == 0
    }
    while let here = node, nodes[here].parent >= 0 {
      if nodes[here].skipped != Node.none { skips[tree.stepOf[Int(nodes[here].skipped)]] += 1 }
      node = Int(nodes[here].parent)
    }
  }

  /// Adds to the frontier the states that best ways reach by skipping.
  private mutating func skipAhead(_ automaton: StepAutomaton, costsAt row: Int, best: Int32) {
    var visited = 0
    while visited < frontier.count {
      let node = frontier[visited]
      visited += 1
      let (state, cost) = (Int(nodes[node].state), nodes[node].cost)
      for edge in automaton.edges[automaton.edges(of: state)]
      where cost + 1 + costs[row + Int(edge.target)] == best
        && !frontier.contains(where: { nodes[$0].state == edge.target })
      {
        frontier.append(nodes.count)
        nodes.append(
          Node(state: edge.target, cost: cost + 1, parent: Int32(node), skipped: edge.symbol))
      }
    }
  }

  /// costs[i · states + q]: the least cost from interaction i and state q to an end.
  private mutating func findCosts(
    _ symbols: UnsafeBufferPointer<UInt8>, _ automaton: StepAutomaton
  ) {
    let width = automaton.count
    let size = (symbols.count + 1) * width
    if costs.count < size { costs = Array(repeating: 0, count: size) }
    for state in 0..<width { costs[symbols.count * width + state] = automaton.distance[state] }
    for position in stride(from: symbols.count - 1, through: 0, by: -1) {
      let here = position * width
      let after = here + width
      let symbol = symbols[position]
      for state in 0..<width { costs[here + state] = costs[after + state] + 1 }
      var changed = true
      while changed {
        changed = false
        for state in automaton.order {
          var least = costs[here + Int(state)]
          for edge in automaton.edges[automaton.edges(of: Int(state))] {
            least = min(least, costs[here + Int(edge.target)] + 1)
            if edge.symbol == symbol { least = min(least, costs[after + Int(edge.target)]) }
          }
          if least < costs[here + Int(state)] {
            costs[here + Int(state)] = least
            changed = true
          }
        }
      }
    }
  }
}

extension StepAutomaton {
  /// The positions of a state's edges.
  func edges(of state: Int) -> Range<Int> { Int(firstEdge[state])..<Int(firstEdge[state + 1]) }
}
