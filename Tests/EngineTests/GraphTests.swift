import Events
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `A log's overview` {
  /// Recounted from plain events, one figure after the other.
  @Test(arguments: UInt64(0)..<80)
  func `equals a plain recount`(seed: UInt64) async throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 20, each: 9))
    let runs: LogQuestion.Runs = world.pick([.kept, .collapsed])
    let overview = try await stories.answer(LogQuestion(runs: runs, variants: .max))
    let plain = stories.plain.map(\.events)
    var ways: [[String]: Int] = [:]
    var gaps: [[String]: [Int64]] = [:]
    var customers: [[String]: Set<Int>] = [:]
    for (customer, story) in plain.enumerated() {
      let events =
        runs == .kept
        ? story
        : story.indices.filter { $0 == 0 || story[$0].name != story[$0 - 1].name }.map {
          story[$0]
        }
      ways[events.map(\.name), default: 0] += 1
      for (a, b) in zip(events, events.dropFirst()) {
        gaps[[a.name, b.name], default: []].append((b.time - a.time).milliseconds)
        customers[[a.name, b.name], default: []].insert(customer)
      }
    }
    #expect(
      Dictionary(uniqueKeysWithValues: overview.variants.map { ($0.names, $0.customers) }) == ways)
    #expect(overview.variantCount == ways.count)
    #expect(overview.follows.count == gaps.count)
    for follow in overview.follows {
      let pair = [follow.from, follow.to]
      let sorted = try #require(gaps[pair]).sorted()
      #expect(follow.transitions == sorted.count)
      #expect(follow.customers == customers[pair]?.count)
      #expect(follow.medianGap == quantile(0.5, ofSorted: sorted))
      #expect(follow.p95Gap == quantile(0.95, ofSorted: sorted))
    }
    for (i, name) in overview.names.enumerated() {
      let events = plain.joined().filter { $0.name == name.name }
      #expect(name.events == events.count)
      #expect(name.first == events.map(\.time).min())
      #expect(name.last == events.map(\.time).max())
      let having = plain.filter { $0.contains { $0.name == name.name } }
      #expect(name.customers == having.count)
      let positions = plain.flatMap { story in
        story.indices.filter { story[$0].name == name.name }.map {
          story.count == 1 ? 0.5 : Double($0) / Double(story.count - 1)
        }
      }
      #expect(
        abs(name.meanPosition - positions.reduce(0, +) / Double(positions.count)) < 1e-9)
      for (j, other) in overview.names.enumerated() where i != j {
        let before = plain.filter { story in
          guard let a = story.firstIndex(where: { $0.name == name.name }),
            let b = story.firstIndex(where: { $0.name == other.name })
          else { return false }
          return a < b
        }
        #expect(overview.precedes[i][j] == before.count)
      }
    }
  }

  @Test func `looks at the names that were asked for`() async throws {
    let stories = try Stories(
      ["a", "x", "b", "x"].enumerated().map {
        Event($1, at: Instant(milliseconds: Int64($0)), by: Identity("c"))
      })
    let overview = try await stories.answer(LogQuestion(names: ["a", "b"]))
    #expect(overview.variants.map(\.names) == [["a", "b"]])
    #expect(overview.events == 2)
    #expect(overview.follows.map(\.medianGap) == [2])
  }

  @Test func `adds up the names beyond its limit`() async throws {
    let count = LogQuestion.mostNames + 10
    let stories = try Stories(
      (0..<count).map {
        Event("e\($0)", at: Instant(milliseconds: Int64($0)), by: Identity("c"))
      })
    let overview = try await stories.answer(LogQuestion())
    #expect(overview.names.count == LogQuestion.mostNames + 1)
    #expect(overview.names.last?.name == LogOverview.others)
    #expect(overview.names.last?.events == 10)
    #expect(overview.events == count)
  }
}
