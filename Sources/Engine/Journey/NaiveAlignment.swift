import Experience

/// The twin of alignment: after each interaction, the best way to have come to each thing that may
/// be left to do.
struct NaiveAlignment {
  struct Result {
    var cost: Int
    var shortest: Int
    var matched: [Bool]
    /// Skipped interactions by step.
    var skipped: [Int: Int]
  }

  private struct Way {
    var cost = 0
    var matched: [Bool] = []
    var skipped: [Int: Int] = [:]

    func isBetter(than other: Way?) -> Bool {
      guard let other else { return true }
      guard cost == other.cost else { return cost < other.cost }
      for (mine, others) in zip(matched, other.matched) where mine != others { return mine }
      return false
    }
  }

  private let steps: [Step]

  init(_ steps: [Step]) { self.steps = steps }

  func align(_ met: [String]) -> Result {
    let best = best(met)
    return Result(
      cost: best.cost, shortest: self.best([]).cost, matched: best.matched, skipped: best.skipped)
  }

  private func best(_ met: [String]) -> Way {
    var ways = [Step.sequence(steps): Way()]
    skip(&ways)
    for name in met {
      var next: [Step: Way] = [:]
      for (rest, way) in ways {
        var extra = way
        extra.cost += 1
        extra.matched.append(false)
        if extra.isBetter(than: next[rest]) { next[rest] = extra }
        for (first, after) in rest.firsts where first == name {
          var placed = way
          placed.matched.append(true)
          if placed.isBetter(than: next[after]) { next[after] = placed }
        }
      }
      ways = next
      skip(&ways)
    }
    var best: Way?
    for (rest, way) in ways where rest.mayBeEmpty && way.isBetter(than: best) { best = way }
    return best ?? Way()
  }

  /// Adds what can be reached by skipping, until nothing gets better.
  private func skip(_ ways: inout [Step: Way]) {
    var open = Array(ways.keys)
    while let rest = open.popLast() {
      guard let way = ways[rest] else { continue }
      for (name, after) in rest.firsts {
        var skipping = way
        skipping.cost += 1
        let step = steps.firstIndex { $0.touchpoints.contains(name) } ?? 0
        skipping.skipped[step, default: 0] += 1
        guard skipping.isBetter(than: ways[after]) else { continue }
        ways[after] = skipping
        open.append(after)
      }
    }
  }
}

extension Step {
  /// The touchpoints that may come first, each with what is left after it.
  fileprivate var firsts: [(String, Step)] {
    switch self {
    case .touchpoint(let name): return [(name, .sequence([]))]
    case .any(let parts): return parts.flatMap(\.firsts)
    case .optional(let part): return part.firsts
    case .repeated(let part): return part.firsts.map { ($0, .flat([$1, .optional(self)])) }
    case .all(let parts):
      return parts.indices.flatMap { index in
        parts[index].firsts.map { name, rest in
          let others = parts[..<index] + parts[(index + 1)...]
          return (name, rest == .sequence([]) ? .all(Array(others)) : .all(others + [rest]))
        }
      }
    case .sequence(let parts):
      guard let head = parts.first else { return [] }
      let tail = Array(parts.dropFirst())
      let here = head.firsts.map { ($0, Step.flat([$1] + tail)) }
      return head.mayBeEmpty ? here + Step.flat(tail).firsts : here
    }
  }

  /// A sequence without sequences in it, which keeps the number of different ones small.
  private static func flat(_ parts: [Step]) -> Step {
    .sequence(
      parts.flatMap { part in
        if case .sequence(let inner) = part { inner } else { [part] }
      })
  }
}
