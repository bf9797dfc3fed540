import Events
import Experience
import Statistics
import Testing

@testable import Engine

/// Alignment by its definition: each run of a tree against each way to place a case on it.
private struct AllAlignments {
  let steps: [Step]

  /// The runs of a step, each loop taken at most that often.
  static func runs(_ step: Step, loops: Int) -> [[String]] {
    switch step {
    case .touchpoint(let name): return [[name]]
    case .any(let parts): return parts.flatMap { runs($0, loops: loops) }
    case .optional(let part): return [[]] + runs(part, loops: loops)
    case .sequence(let parts):
      return parts.reduce([[]]) { sofar, part in
        let next = runs(part, loops: loops)
        return sofar.flatMap { left in next.map { left + $0 } }
      }
    case .all(let parts):
      return parts.reduce([[]]) { sofar, part in
        let next = runs(part, loops: loops)
        return sofar.flatMap { left in next.flatMap { shuffles(left[...], $0[...]) } }
      }
    case .repeated(let part):
      let once = runs(part, loops: loops)
      var all = once
      var latest = once
      for _ in 1..<max(1, loops) {
        latest = latest.flatMap { left in once.map { left + $0 } }
        all += latest
      }
      return all
    }
  }

  private static func shuffles(_ left: ArraySlice<String>, _ right: ArraySlice<String>)
    -> [[String]]
  {
    guard let a = left.first, let b = right.first else { return [Array(left + right)] }
    return shuffles(left.dropFirst(), right).map { [a] + $0 }
      + shuffles(left, right.dropFirst()).map { [b] + $0 }
  }

  struct Best: Equatable {
    var cost: Int
    var matched: [Bool]
    var skipped: [Int]
  }

  func best(_ met: [String]) -> (best: Best, shortest: Int) {
    let runs = Self.runs(.sequence(steps), loops: met.count + 1)
    var best: Best?
    for run in Set(runs) {
      for picked in 0..<(1 << met.count) {
        let matched = met.indices.map { picked & (1 << $0) != 0 }
        guard let skipped = skips(run, zip(met, matched).filter(\.1).map(\.0)) else { continue }
        let cost = skipped.reduce(0, +) + matched.count { !$0 }
        let offer = Best(cost: cost, matched: matched, skipped: skipped)
        if best.map({ isBetter(offer, than: $0) }) ?? true { best = offer }
      }
    }
    return (
      best ?? Best(cost: -1, matched: [], skipped: []), runs.map(\.count).min() ?? 0
    )
  }

  private func isBetter(_ left: Best, than right: Best) -> Bool {
    guard left.cost == right.cost else { return left.cost < right.cost }
    for (mine, other) in zip(left.matched, right.matched) where mine != other { return mine }
    return false
  }

  /// How many of a run's interactions are skipped by step, if the placed ones stand in it in order.
  private func skips(_ run: [String], _ placed: [String]) -> [Int]? {
    var left = placed[...]
    var skipped = steps.map { _ in 0 }
    for name in run {
      if left.first == name {
        left = left.dropFirst()
      } else if let step = steps.firstIndex(where: { $0.touchpoints.contains(name) }) {
        skipped[step] += 1
      }
    }
    return left.isEmpty ? skipped : nil
  }
}

@Suite
struct `An alignment` {
  static let abc: [Step] = [.touchpoint("A"), .touchpoint("B"), .touchpoint("C")]

  static let oracles: [(steps: [Step], met: [String], cost: Int, fitness: Double)] = [
    (abc, ["A", "C"], 1, 0.8),
    (abc, ["A", "B", "C"], 0, 1),
    (abc, [], 3, 0),
    (abc, ["A", "C", "B"], 2, 0.6667),
    (abc, ["A", "A", "B", "C"], 1, 0.8571),
    ([.touchpoint("A"), .optional(.touchpoint("B")), .touchpoint("C")], ["A", "C"], 0, 1),
    ([.any([.touchpoint("A"), .touchpoint("B")]), .touchpoint("C")], ["B", "C"], 0, 1),
    ([.all([.touchpoint("A"), .touchpoint("B")]), .touchpoint("C")], ["B", "A", "C"], 0, 1),
    ([.all([.touchpoint("A"), .touchpoint("B")]), .touchpoint("C")], ["B", "C"], 1, 0.8),
    ([.repeated(.touchpoint("A")), .touchpoint("C")], ["A", "A", "A", "C"], 0, 1),
    ([.repeated(.touchpoint("A")), .touchpoint("C")], ["C"], 1, 0.6667),
  ]

  @Test(arguments: oracles)
  func `costs a skip or an extra interaction one`(
    steps: [Step], met: [String], cost: Int, fitness: Double
  ) throws {
    let alignment = try ProcessTree(steps).align(met)
    #expect(alignment.cost == cost)
    #expect(abs((alignment.fitness ?? -1) - fitness) < 1e-4)
  }

  @Test(arguments: [
    (["A", "C", "B"], "..o", [0, 0, 0]),
    (["C", "A", "B"], "o..", [0, 0, 0]),
    (["A", "B", "A", "C"], "..r.", [0, 0, 0]),
    (["B", "B", "C"], ".r.", [1, 0, 0]),
    (["A", "X", "C"], "..", [0, 1, 0]),
  ])
  func `says what became of each interaction`(
    met: [String], placements: String, missing: [Int]
  ) throws {
    let alignment = try ProcessTree(Self.abc).align(met)
    let letters: [Alignment.Placement: Character] = [
      .asPlanned: ".", .extra: "x", .outOfOrder: "o", .repeated: "r",
    ]
    #expect(String(alignment.placements.compactMap { letters[$0] }) == placements)
    #expect(alignment.missing == missing)
  }

  @Test(arguments: 0..<1000 as Range<UInt64>)
  func `is the best of all`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names = Array(["a", "b", "c", "d"].prefix(1 + random.below(4)))
    var steps = names.map(Step.touchpoint)
    for _ in 0..<random.below(3) { steps = JourneyWorld.wrapped(steps, &random) }
    let met = (0..<random.below(4)).map { _ in names[random.below(names.count)] }
    let tree = try ProcessTree(steps)
    let symbols = met.map { UInt8(tree.touchpoints.firstIndex(of: $0) ?? 0) }
    var aligner = Aligner(tree)
    var alignment = Alignment()
    symbols.withUnsafeBufferPointer { aligner.align($0, into: &alignment) }
    let (best, shortest) = AllAlignments(steps: steps).best(met)
    #expect(alignment.cost == best.cost, "\(steps) \(met)")
    #expect(tree.shortest == shortest, "\(steps)")
    let naive = NaiveAlignment(steps).align(met)
    #expect(naive.cost == best.cost && naive.matched == best.matched, "\(steps) \(met)")
    #expect(naive.shortest == shortest)
    #expect(steps.indices.map { naive.skipped[$0] ?? 0 } == best.skipped, "\(steps) \(met)")
    // What was placed is the twin's choice, and what is skipped is missing or out of order.
    let placed = alignment.placements.map { $0 == .asPlanned }
    #expect(placed == best.matched, "\(steps) \(met)")
    let moved = steps.indices.map { step in
      zip(symbols, alignment.placements).count {
        tree.stepOf[Int($0)] == step && $1 == .outOfOrder
      }
    }
    #expect(zip(alignment.missing, moved).map(+) == best.skipped, "\(steps) \(met)")
  }

  @Test func `refuses steps that allow too many states`() {
    let many = (0..<13).map { Step.touchpoint("t\($0)") }
    #expect { _ = try ProcessTree([.all(many)]) } throws: {
      ($0 as? Refusal)?.code == "journey.states"
    }
    #expect(throws: Never.self) { _ = try ProcessTree([.all(Array(many.prefix(12)))]) }
  }

  @Test(arguments: [[Step.any([])], [], [.touchpoint("a"), .touchpoint("a")]] as [[Step]])
  func `refuses steps that nobody can walk`(steps: [Step]) {
    #expect { _ = try ProcessTree(steps) } throws: { ($0 as? Refusal)?.code == "journey.steps" }
  }
}
