import Engine
import Events
import Experience
import Stories
import Testing

@Suite
struct `The summary of a log` {
  /// Each case: what the events of one customer say of their activity's life, in order.
  @Test(arguments: [
    (["start", "complete", "start", "complete"], "complete"),
    (["START", "suspend", "resume", "COMPLETE"], "COMPLETE"),
    (["complete", "complete"], nil),
    (["start", "start", "complete"], nil),
    (["start", "complete", "elsewhere"], nil),
    (["start", "complete", nil], nil),
  ])
  func `tells a property that parts a start from its completion`(
    phases: [String?], completed: String?
  ) async throws {
    let events = phases.enumerated().map { index, phase in
      Event(
        "Triage", at: Instant(milliseconds: Int64(index)), by: Identity(.user, "c1"),
        properties: phase.map { ["phase": .string($0)] } ?? [:])
    }
    let summary = try await Stories(events).answer(SummaryQuestion())
    #expect(summary.lifecycle?.completed == completed)
    #expect(summary.lifecycle?.property == completed.map { _ in "phase" })
  }

  @Test func `tells no such property where an activity is only begun`() async throws {
    let events = [("Triage", "start"), ("Triage", "complete"), ("X-Ray", "start")].enumerated()
      .map { index, made in
        Event(
          made.0, at: Instant(milliseconds: Int64(index)), by: Identity(.user, "c1"),
          properties: ["phase": .string(made.1)])
      }
    let summary = try await Stories(events).answer(SummaryQuestion())
    #expect(summary.lifecycle == nil)
  }
}
