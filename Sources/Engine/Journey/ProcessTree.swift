import Events
import Experience

/// A journey's steps as the set of ways that they allow: the model that cases are aligned with.
///
/// Each touchpoint has a *symbol*, its position in `touchpoints`; a touchpoint stands in one place
/// only. A tree whose steps are single interactions, choices of single interactions, or such made
/// optional, is a *chain*, which is aligned without an automaton.
public struct ProcessTree: Sendable {
  /// The touchpoints of all steps, in the order of the text.
  public let touchpoints: [String]
  /// The step that each touchpoint belongs to, from 0.
  public let stepOf: [Int]
  /// The length of the shortest run.
  public let shortest: Int
  /// Whether one case may meet the touchpoint again by design.
  let loops: [Bool]
  let form: Form

  enum Form: Sendable {
    /// For each step, whether it may be left out.
    case chain(optional: [Bool])
    case automaton(StepAutomaton)
  }

  /// The most states that a journey's automaton may have: alignment costs states × interactions.
  public static let mostStates = 4_096
  /// The most touchpoints of a tree, which keeps a symbol in one byte.
  public static let mostTouchpoints = 250

  /// Makes the tree of a journey's steps.
  ///
  /// - Throws: `journey.steps` where there is no step, no run, or a touchpoint stands twice;
  ///   `journey.states` where parallel parts allow too many ways.
  public init(_ steps: [Step]) throws(Refusal) {
    let names = steps.flatMap(\.touchpoints)
    guard !names.isEmpty, names.count <= Self.mostTouchpoints else {
      throw Refusal(
        "journey.steps", problem: "The journey's steps name \(names.count) touchpoints.",
        remedy: "Name 1 to \(Self.mostTouchpoints).")
    }
    var symbols: [String: UInt8] = [:]
    for (position, name) in names.enumerated() {
      guard symbols.updateValue(UInt8(position), forKey: name) == nil else {
        throw Refusal(
          "journey.steps", problem: "The touchpoint “\(name)” stands in the steps twice.",
          remedy: "Name it once, and use `repeat:` where it may be met again.")
      }
    }
    touchpoints = names
    stepOf = steps.enumerated().flatMap { index, step in step.touchpoints.map { _ in index } }
    loops = steps.flatMap { Self.loops(in: $0, inside: false) }
    let optional = steps.map(Self.link)
    if optional.allSatisfy({ $0 != nil }) {
      form = .chain(optional: optional.map { $0 ?? false })
      shortest = optional.count { $0 == false }
    } else {
      let automaton = try StepAutomaton(.sequence(steps.map { Part($0, symbols) }))
      form = .automaton(automaton)
      shortest = Int(automaton.distance[0])
      guard shortest < StepAutomaton.unreachable else {
        throw Refusal(
          "journey.steps", problem: "No way leads through the journey's steps.",
          remedy: "Give each `any:` at least one part.")
      }
    }
  }

  /// Whether a step of a chain may be left out; nil where the step is no link of a chain.
  private static func link(_ step: Step) -> Bool? {
    switch step {
    case .touchpoint: false
    case .any(let parts): parts.isEmpty || parts.contains { link($0) != false } ? nil : false
    case .optional(let part): link(part).map { _ in true }
    case .sequence(let parts), .all(let parts): parts.count == 1 ? link(parts[0]) : nil
    case .repeated: nil
    }
  }

  private static func loops(in step: Step, inside: Bool) -> [Bool] {
    switch step {
    case .touchpoint: [inside]
    case .sequence(let parts), .any(let parts), .all(let parts):
      parts.flatMap { loops(in: $0, inside: inside) }
    case .optional(let part): loops(in: part, inside: inside)
    case .repeated(let part): loops(in: part, inside: true)
    }
  }
}

/// What is left to do of a process tree: a state of its automaton.
indirect enum Part: Hashable, Sendable {
  case symbol(UInt8)
  case sequence([Part])
  case any([Part])
  case all([Part])
  case optional(Part)
  case repeated(Part)

  init(_ step: Step, _ symbols: [String: UInt8]) {
    switch step {
    case .touchpoint(let name): self = .symbol(symbols[name] ?? .max)
    case .sequence(let parts): self = .sequence(parts.map { Part($0, symbols) })
    case .any(let parts): self = .any(parts.map { Part($0, symbols) })
    case .all(let parts): self = .all(parts.map { Part($0, symbols) })
    case .optional(let part): self = .optional(Part(part, symbols))
    case .repeated(let part): self = .repeated(Part(part, symbols))
    }
  }

  static let nothing = Part.sequence([])

  var mayBeEmpty: Bool {
    switch self {
    case .symbol: false
    case .sequence(let parts), .all(let parts): parts.allSatisfy(\.mayBeEmpty)
    case .any(let parts): parts.contains(where: \.mayBeEmpty)
    case .optional: true
    case .repeated(let part): part.mayBeEmpty
    }
  }

  /// Each symbol that may come next, with what is left to do after it.
  ///
  /// - SeeAlso: V. Antimirov, "Partial derivatives of regular expressions" (1996).
  var next: [(symbol: UInt8, rest: Part)] {
    switch self {
    case .symbol(let symbol): return [(symbol, .nothing)]
    case .any(let parts): return parts.flatMap(\.next)
    case .optional(let part): return part.next
    case .repeated(let part):
      return part.next.map { ($0.symbol, .joined([$0.rest, .optional(self)])) }
    case .sequence(let parts):
      var found: [(symbol: UInt8, rest: Part)] = []
      for (position, part) in parts.enumerated() {
        for (symbol, rest) in part.next {
          found.append((symbol, .joined([rest] + parts[(position + 1)...])))
        }
        guard part.mayBeEmpty else { break }
      }
      return found
    case .all(let parts):
      var found: [(symbol: UInt8, rest: Part)] = []
      for (position, part) in parts.enumerated() {
        for (symbol, rest) in part.next {
          var others = parts
          others[position] = rest
          others.removeAll { $0 == .nothing }
          found.append(
            (symbol, others.count == 1 ? others[0] : others.isEmpty ? .nothing : .all(others)))
        }
      }
      return found
    }
  }

  /// The parts one after the other, without nesting and without what is nothing.
  private static func joined(_ parts: [Part]) -> Part {
    var flat: [Part] = []
    for part in parts {
      if case .sequence(let inner) = part { flat += inner } else { flat.append(part) }
    }
    return flat.count == 1 ? flat[0] : .sequence(flat)
  }
}

/// The ways through a process tree as states and edges; state 0 is the beginning.
///
/// States are numbered so that, but for loops, edges lead to lower numbers in `order`.
struct StepAutomaton: Sendable {
  struct Edge: Sendable {
    var symbol: UInt8
    var target: Int32
  }

  /// The edges of all states, one state after the other.
  let edges: [Edge]
  /// Where each state's edges begin; one more entry than there are states.
  let firstEdge: [Int32]
  /// The fewest interactions from each state to an end; 0: the way may end here.
  let distance: [Int32]
  /// The states, each after those that its edges lead to, except where there are loops.
  let order: [Int32]

  static let unreachable = 1 << 24

  var count: Int { distance.count }

  init(_ tree: Part) throws(Refusal) {
    var parts = [tree]
    var known: [Part: Int32] = [tree: 0]
    var edges: [Edge] = []
    var firstEdge: [Int32] = [0]
    var state = 0
    while state < parts.count {
      for (symbol, rest) in parts[state].next {
        let target = known[rest] ?? Int32(parts.count)
        if target == parts.count {
          known[rest] = target
          parts.append(rest)
        }
        edges.append(Edge(symbol: symbol, target: target))
      }
      firstEdge.append(Int32(edges.count))
      state += 1
      guard parts.count <= ProcessTree.mostStates else {
        throw Refusal(
          "journey.states",
          problem: "The journey's steps allow more than \(ProcessTree.mostStates) states.",
          remedy: "Put fewer parts into `all:`; twelve are the most, and parts multiply.")
      }
    }
    self.edges = edges
    self.firstEdge = firstEdge
    order = Self.order(edges, firstEdge)
    distance = Self.distance(parts.map(\.mayBeEmpty), edges, firstEdge, order)
  }

  /// The states in the order in which a walk from the beginning leaves them for good.
  private static func order(_ edges: [Edge], _ firstEdge: [Int32]) -> [Int32] {
    var order: [Int32] = []
    var seen = [Bool](repeating: false, count: firstEdge.count - 1)
    var path: [(state: Int32, edge: Int32)] = [(0, firstEdge[0])]
    seen[0] = true
    while let (state, edge) = path.last {
      guard edge < firstEdge[Int(state) + 1] else {
        order.append(state)
        path.removeLast()
        continue
      }
      path[path.count - 1].edge += 1
      let target = edges[Int(edge)].target
      guard !seen[Int(target)] else { continue }
      seen[Int(target)] = true
      path.append((target, firstEdge[Int(target)]))
    }
    return order
  }

  private static func distance(
    _ ends: [Bool], _ edges: [Edge], _ firstEdge: [Int32], _ order: [Int32]
  ) -> [Int32] {
    var distance = ends.map { $0 ? 0 : Int32(unreachable) }
    var changed = true
    while changed {
      changed = false
      for state in order.map(Int.init) {
        for edge in edges[Int(firstEdge[state])..<Int(firstEdge[state + 1])]
        where distance[Int(edge.target)] + 1 < distance[state] {
          distance[state] = distance[Int(edge.target)] + 1
          changed = true
        }
      }
    }
    return distance
  }
}
