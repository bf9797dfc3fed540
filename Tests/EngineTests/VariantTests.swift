import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `Variants` {
  @Test(arguments: UInt64(0)..<150)
  func `count what their naive twin counts`(seed: UInt64) async throws {
    var world = try PathWorld(seed: seed, customers: 30, each: seed % 2 == 0 ? 12 : 4)
    var question = VariantsQuestion(
      by: world.naming(), only: world.only(), repeats: world.world.pick(PathRepeats.allCases),
      length: world.world.pick([nil, 1, 2, 5, 16, 40]), limit: world.world.pick([3, 10, 1000]),
      goal: world.world.pick([nil, world.selector()]),
      score: world.world.pick([nil, NumberSelector(.property("number"))]),
      times: world.world.pick(PathTimes.allCases))
    question.scope = world.scope()
    let answer = try await world.ask(.variants(question))
    guard case .variants(let found) = answer else { return }
    let naive = NaiveVariants.count(
      world.plain, repeats: question.repeats, length: question.length,
      in: question.scope.instants, name: world.name(question.naming, question.only),
      isGoal: { event in question.goal.map { NaiveRules(event).holds($0.rule) } ?? false },
      score: { NaiveRules($0).number(.property("number")) })
    let ranked = naive.sorted { left, right in
      left.value.customers == right.value.customers
        ? Self.precedes(left.key, right.key) : left.value.customers > right.value.customers
    }
    #expect(found.variantCount == naive.count)
    // Two texts may differ in their bytes only; which of them stands for both is not told.
    if !naive.keys.contains(where: { $0.contains("é") }) {
      #expect(found.variants.map(\.names) == ranked.prefix(question.limit).map(\.key))
    }
    #expect(
      found.variants.map(\.customers) == ranked.prefix(question.limit).map(\.value.customers))
    let total = naive.values.reduce(0) { $0 + $1.customers }
    #expect(found.tally.counted == total)
    #expect(found.others + found.variants.reduce(0) { $0 + $1.customers } == total)
    #expect(total + found.tally.excluded.reduce(0) { $0 + $1.count } == world.plain.count)
    for variant in found.variants {
      var plain = try #require(naive[variant.names])
      #expect(variant.customers == plain.customers)
      #expect(variant.share == Double(plain.customers) / Double(total))
      #expect(
        variant.duration == (question.times == .measured ? .median(of: &plain.durations) : nil))
      #expect(
        variant.goal == question.goal.map { _ in .share(plain.goals, of: plain.customers) })
      guard question.score != nil else { continue }
      let mean =
        plain.scores.isEmpty ? nil : plain.scores.reduce(0, +) / Double(plain.scores.count)
      #expect(abs((variant.score?.value ?? 0) - (mean ?? 0)) < 1e-9)
      #expect(variant.score?.count == plain.scores.count)
    }
    try await world.check(.variants(question), answer)
  }

  /// Whether a way comes before another by the bytes of its names.
  private static func precedes(_ left: [String], _ right: [String]) -> Bool {
    for (a, b) in zip(left, right) where a != b {
      return Array(a.utf8).lexicographicallyPrecedes(Array(b.utf8))
    }
    return left.count < right.count
  }

  /// Each length is counted on its own: the ways of a shorter one are the beginnings of a longer one's.
  @Test(arguments: UInt64(0)..<40)
  func `of a length add up to those that are shorter`(seed: UInt64) async throws {
    let world = try PathWorld(seed: seed, customers: 60)
    var shorter: [[String]: Int]?
    for length in [1, 2, 4, 7, 30] {
      let question = VariantsQuestion(length: length, limit: 1000)
      guard case .variants(let found) = try await world.ask(.variants(question)) else { return }
      var sums: [[String]: Int] = [:]
      if let shorter {
        for variant in found.variants {
          guard
            let start = shorter.keys.filter({ variant.names.starts(with: $0) }).max(
              by: { $0.count < $1.count })
          else { continue }
          sums[start, default: 0] += variant.customers
        }
        #expect(sums == shorter)
      }
      shorter = Dictionary(
        uniqueKeysWithValues: found.variants.map { ($0.names, $0.customers) })
    }
  }

  /// Tables are added up in parts, and grow; ways are hashed where they are long, and listed where
  /// they are short and nothing else is asked of them.
  @Test(arguments: [nil, 3, 12], PathTimes.allCases)
  func `of many sections are added up`(length: Int?, times: PathTimes) async throws {
    var random = SeededGenerator(seed: 5)
    let names = (0..<20).map { "n\($0)" }
    var events: [Event] = []
    for customer in 0..<40_000 {
      for position in 0..<5 {
        events.append(
          Event(
            names[min(random.below(20), random.below(20))],
            at: Instant(milliseconds: Int64(position)), by: Identity(.user, "c\(customer)")))
      }
    }
    let stories = try Stories(events)
    #expect(stories.sections().count > 1)
    let found = try await stories.answer(
      VariantsQuestion(length: length, limit: 50, times: times).fold(in: QuestionContext()))
    let naive = NaiveVariants.count(
      stories.plain.map(\.events), repeats: .collapsed, length: length, in: nil,
      name: \.name)
    #expect(found.variantCount == naive.count)
    let ranked = naive.sorted { left, right in
      left.value.customers == right.value.customers
        ? Self.precedes(left.key, right.key) : left.value.customers > right.value.customers
    }
    #expect(found.variants.map(\.names) == ranked.prefix(50).map(\.key))
    #expect(found.variants.map(\.customers) == ranked.prefix(50).map(\.value.customers))
    #expect(found.tally.counted == 40_000)
  }

  @Test(arguments: [
    ("variants.length", 0, 10), ("variants.length", 1001, 10), ("variants.limit", 5, 0),
  ])
  func `refuse what has no answer`(code: String, length: Int, limit: Int) throws {
    let question = VariantsQuestion(length: length, limit: limit)
    let refusal = #expect(throws: Refusal.self) { try question.validate() }
    #expect(refusal?.code == code)
  }

  @Test func `find ways whose names hold the separator`() throws {
    let stories = try Stories(
      ["a > b", "c", "a"].enumerated().map {
        Event($1, at: Instant(milliseconds: Int64($0)), by: Identity("x"))
      })
    let names = PathNames(try NamingTable(.event, of: stories), of: stories)
    let way = try names.way(of: "c > a > b > a", column: "path")
    #expect(way.map { names.names[Int($0)] } == ["c", "a > b", "a"])
    #expect(throws: Refusal.self) { try names.way(of: "c > d", column: "path") }
  }
}
