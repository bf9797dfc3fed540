import Events
import Experience
import Foundation
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `A measured journey` {
  @Test(arguments: 0..<1000 as Range<UInt64>)
  func `equals the naive recount`(seed: UInt64) async throws {
    let world = JourneyWorld(seed: seed)
    let stories = try world.stories(segments: 1 + Int(seed % 3))
    let measured = try await stories.answer(JourneyFold(world.question, of: world.experience))
    let recount = NaiveJourney.measure(
      JourneyWorld.plain(stories), experience: world.experience, question: world.question)
    let differences = try lines(of: measured, unlike: recount)
    #expect(differences == [], "\(world.question.journey.steps)")
  }

  /// The lines in which two answers differ, as JSON.
  private func lines(
    of left: MeasuredJourney, unlike right: MeasuredJourney
  ) throws -> [String] {
    guard left != right else { return [] }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let texts = try [left, right].map {
      String(decoding: try encoder.encode($0), as: UTF8.self).split(separator: "\n")
    }
    let differences = zip(texts[0], texts[1]).enumerated().filter { $0.element.0 != $0.element.1 }
      .prefix(12).map { "\($0.offset): \($0.element.0) | \($0.element.1)" }
    return differences + ["\(texts[0].count) | \(texts[1].count) lines"]
  }
}
