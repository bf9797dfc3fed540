import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `A directly-follows graph` {
  @Test(arguments: UInt64(0)..<120)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = try PathWorld(seed: seed)
    var question = GraphQuestion(
      by: world.naming(), only: world.only(), repeats: world.world.pick(PathRepeats.allCases))
    question.scope = world.scope()
    let answer = try await world.ask(.graph(question))
    guard case .graph(let graph) = answer else { return }
    let (edges, nodes) = NaiveGraph.count(
      world.plain, repeats: question.repeats, in: question.scope.instants,
      name: world.name(question.naming, question.only))
    #expect(graph.edges.count == edges.count)
    for edge in graph.edges {
      let naive = try #require(edges[[edge.from, edge.to]], "\(edge.from), \(edge.to)")
      var gaps = naive.gaps
      #expect(edge.transitions == naive.transitions)
      #expect(edge.customers == naive.customers)
      #expect(edge.medianGap == .median(of: &gaps))
      #expect(edge.p95Gap == quantile(0.95, ofSorted: gaps.sorted()))
    }
    #expect(graph.nodes.count == nodes.count)
    for node in graph.nodes {
      let naive = try #require(nodes[node.name])
      #expect(
        naive
          == .init(
            events: node.events, customers: node.customers, starts: node.starts, ends: node.ends))
    }
    try await world.check(.graph(question), answer)
  }

  /// Ranges that adjoin share out what the whole has.
  @Test(arguments: UInt64(0)..<60)
  func `keeps its laws`(seed: UInt64) async throws {
    let world = try PathWorld(seed: seed)
    let question = GraphQuestion()
    func ask(_ scope: Scope) async throws -> Graph? {
      var part = question
      part.scope = scope
      guard case .graph(let graph) = try await world.ask(.graph(part)) else { return nil }
      return graph
    }
    let whole = try #require(try await ask(Scope()))
    let transitions = whole.edges.reduce(0) { $0 + $1.transitions }
    #expect(transitions == world.plain.joined().count - world.plain.count)
    #expect(whole.nodes.reduce(0) { $0 + $1.starts } == world.plain.count)
    #expect(whole.nodes.reduce(0) { $0 + $1.ends } == world.plain.count)
    let cut = Instant(milliseconds: 200)
    let parts = [try await ask(Scope(to: cut)), try await ask(Scope(from: cut))].compactMap(\.self)
    for edge in whole.edges {
      let found = parts.flatMap(\.edges).filter { ($0.from, $0.to) == (edge.from, edge.to) }
      #expect(found.reduce(0) { $0 + $1.transitions } == edge.transitions)
    }
    for node in whole.nodes {
      let found = parts.flatMap(\.nodes).filter { $0.name == node.name }
      #expect(found.reduce(0) { $0 + $1.events } == node.events)
      #expect(found.reduce(0) { $0 + $1.starts } == node.starts)
      #expect(found.reduce(0) { $0 + $1.ends } == node.ends)
    }
  }

  /// Many times of few pairs, over many scales, so that quantiles lie in bins that hold other times.
  @Test(arguments: UInt64(0)..<8)
  func `has exact quantiles of many times`(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var events: [Event] = []
    var gaps: [Int64] = []
    for customer in 0..<30 {
      var time = Int64(random.below(1000))
      for position in 0..<300 {
        events.append(
          Event("a", at: Instant(milliseconds: time), by: Identity(.user, "c\(customer)")))
        guard position < 299 else { continue }
        gaps.append(Int64(random.below(1 << (1 + random.below(30)))))
        time += gaps[gaps.count - 1]
      }
    }
    let stories = try Stories(events)
    let graph = try await stories.answer(GraphQuestion().fold(in: QuestionContext()))
    let edge = try #require(graph.edges.first)
    #expect(edge.transitions == gaps.count)
    var values = gaps
    #expect(edge.medianGap == .median(of: &values))
    #expect(edge.p95Gap == quantile(0.95, ofSorted: gaps.sorted()))
  }

  @Test func `puts every time into the bin that begins at or below it`() {
    for shift in 0..<62 {
      for offset in -3...3 {
        let gap = max(0, (Int64(1) << Int64(shift)) + Int64(offset))
        let bin = GapBin.of(gap)
        #expect(GapBin.low(bin) <= gap && gap < GapBin.low(bin + 1))
      }
    }
    #expect(GapBin.of(.max) < GapBin.count)
  }

  @Test func `refuses more names than pairs can be counted of`() async throws {
    let touchpoints = (0..<300).map { Touchpoint(name: "t\($0)", rule: .isEvent("e\($0)")) }
    let context = try QuestionContext(Experience(touchpoints: touchpoints))
    let stories = try Stories([
      Event("e1", at: Instant(milliseconds: 0), by: Identity("x"))
    ])
    let refusal = await #expect(throws: Refusal.self) {
      _ = try await stories.answer(GraphQuestion(by: .touchpoint).fold(in: context))
    }
    #expect(refusal?.code == "paths.names")
  }
}
