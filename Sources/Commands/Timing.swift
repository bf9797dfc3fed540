import Foundation
import Stories

/// How long a question takes: passes over the stories are timed one by one.
struct Timing {
  private var walls: [Double] = []
  private var cpus: [Double] = []

  /// Answers a question as often as asked for, once at least.
  static func measure<Answer>(
    _ passes: Int, over stories: Stories, _ ask: () async throws -> Answer
  ) async throws -> Answer {
    var timing = Timing()
    var answer = try await timing.pass(ask)
    for _ in 1..<max(1, passes) { answer = try await timing.pass(ask) }
    if passes > 0 { timing.tell(events: stories.eventCount) }
    return answer
  }

  private mutating func pass<Answer>(_ ask: () async throws -> Answer) async rethrows -> Answer {
    let (cpu, wall) = (Self.processor(), ContinuousClock.now)
    let answer = try await ask()
    walls.append((ContinuousClock.now - wall) / .milliseconds(1))
    cpus.append((Self.processor() - cpu) * 1000)
    return answer
  }

  private func tell(events: Int) {
    let wall = walls.sorted()[walls.count / 2]
    let cpu = cpus.sorted()[cpus.count / 2]
    let each = cpu * 1e6 / Double(max(1, events))
    Terminal.note(
      String(
        format: "timing: median of %d passes: %.2f ms wall, %.2f ms CPU, %.2f ns CPU an event",
        walls.count, wall, cpu, each))
  }

  /// The seconds of processor time that this process has used.
  private static func processor() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
