import Events
import Experience
import Stories
import Testing

@testable import Engine

@Suite
struct `A receipt's notes` {
  private func notes(_ text: String) async throws -> [String] {
    let world = try BreakdownWorld(seed: 1)
    return try await world.ask(try world.question(text)).receipt.notes
  }

  @Test(
    arguments: [
      "graph, for: {name: late, who: 'count(\"nope\") > 0'}",
      "segments, segments: [{name: late, who: 'count(\"nope\") > 0'}]",
      "conformance, journey: buying, segments: [{name: late, who: 'count(\"nope\") > 0'}]",
      "comparison, a: buyers, b: {name: late, who: 'since(\"nope\") < 1d'}",
      "frequency, breakdown: {who: [{name: late, who: 'count(\"nope\") > 0'}]}",
      "frequency, event: {name: two, on: 'event == \"a\" || event == \"nope\"'}",
    ])
  func `name events that no condition can meet`(text: String) async throws {
    #expect(try await notes(text) == ["no event named “nope” in the data"])
  }

  @Test(arguments: ["graph", "graph, for: buyers", "segments"])
  func `are none where all names are known`(text: String) async throws {
    #expect(try await notes(text) == [])
  }

  @Test func `do not stand for a refusal`() async throws {
    let world = try BreakdownWorld(seed: 1)
    let question = try world.question("frequency, event: nope")
    let refusal = await #expect(throws: Refusal.self) { try await world.ask(question) }
    #expect(refusal?.code == "question.event")
  }

  @Test func `are not needed for a name as long as a text, which is refused shortly`() async throws
  {
    let world = try BreakdownWorld(seed: 1)
    var question = FrequencyQuestion()
    question.event = EventSelector(String(repeating: "nope ", count: 10_000))
    let refusal = await #expect(throws: Refusal.self) {
      try await world.ask(.frequency(question))
    }
    #expect(try #require(refusal).problem.count < 200)
  }
}
