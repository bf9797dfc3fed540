import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Scores on the command line` {
  /// Forty answers of ten customers each week: promoters in the second, detractors in the first.
  private static var events: String {
    (0..<40).map { number in
      let isLater = number >= 20
      let score = isLater ? 10 : number % 2 == 0 ? 2 : 8
      let fields = [
        #""user_id":"c\#(number)","event":"survey","time":"2026-03-\#(isLater ? 11 : 4)T10:00:00Z""#,
        #""recommend":\#(score),"design":\#(1 + number % 5),"delivery":\#(isLater ? 5 : 2)"#,
      ]
      return "{\(fields.joined(separator: ","))}\n"
    }.joined()
  }

  private func survey<Answer>(_ body: (Workplace) async throws -> Answer) async throws -> Answer {
    try await Workplace.with { here in
      try here.write(Self.events, to: "events.jsonl")
      try await here.expect("import", "events.jsonl")
      return try await body(here)
    }
  }

  @Test func `are the same as those of a question`() async throws {
    try await survey { here in
      let said = try await here.run([
        "score", "survey", "--score", "recommend", "--interval", "week", "--format", "json",
      ])
      let asked = try await here.run([
        "ask", "scores", "event=survey", "score=recommend", "interval=week", "--format", "json",
      ])
      #expect(said.code == 0 && said.output == asked.output, "\(said.notes)")
      let answer = try #require(try Figures(said.output)["answers"].list.first)
      #expect(answer["answer.figures"].list.map { $0["customers"].count } == [20, 20])
    }
  }

  @Test func `lead to the customers behind them, and fit a terminal`() async throws {
    try await survey { here in
      let listed = try await here.run([
        "score", "survey", "--score", "recommend", "--customers", "answer=detractors", "--format",
        "csv",
      ])
      #expect(listed.output.split(separator: "\n").count == 11, "\(listed.notes)")
      for arguments in [
        ["score", "survey", "--score", "recommend", "--from", "2026-03-09", "--compare"],
        ["drivers", "survey", "--outcome", "recommend", "design", "delivery"],
      ] {
        let shown = try await here.run(arguments)
        #expect(shown.code == 0, "\(shown.notes)")
        #expect(shown.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let drawn = try await here.run(arguments + ["--format", "svg"])
        #expect(drawn.output.hasPrefix("<svg") && drawn.code == 0)
      }
    }
  }

  @Test func `are refused where they have no meaning`() async throws {
    try await survey { here in
      for arguments in [
        ["score", "survey", "--scale", "five"], ["score", "survey", "--scale", "1-5"],
        ["score", "surveys"], ["drivers", "survey", "design"],
        ["drivers", "survey", "--outcome", "recommend", "--fact", "late"],
      ] {
        let ending = try await here.run(arguments)
        #expect(ending.code == 64, "\(arguments)")
      }
    }
  }
}
