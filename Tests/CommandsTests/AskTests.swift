import Engine
import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `A question on the command line` {
  /// Three customers: all fill a cart, two pay, one of them a day later.
  private static let events = """
    {"user_id":"c1","event":"cart","time":"2026-03-01T10:00:00Z","city":"Ulm"}
    {"user_id":"c1","event":"paid","time":"2026-03-01T11:00:00Z"}
    {"user_id":"c2","event":"cart","time":"2026-03-02T10:00:00Z","city":"Bonn"}
    {"user_id":"c2","event":"paid","time":"2026-03-03T10:00:00Z"}
    {"user_id":"c3","event":"cart","time":"2026-03-05T10:00:00Z","city":"Ulm"}
    {"user_id":"c3","event":"seen","time":"2026-03-05T11:00:00Z"}

    """

  private static let question = """
    question: funnel
    steps: [cart, paid]
    window: 7d

    """

  private func shop<Answer>(_ body: (Workplace) async throws -> Answer) async throws -> Answer {
    try await Workplace.with { here in
      try here.write(Self.events, to: "events.jsonl")
      try here.write(Self.question, to: "funnel.yaml")
      try await here.expect("import", "events.jsonl")
      return try await body(here)
    }
  }

  private func answer(_ here: Workplace, _ arguments: String...) async throws -> [Figures] {
    let ending = try await here.run(["ask"] + arguments + ["--format", "json"])
    #expect(ending.code == 0, "\(ending.notes)")
    let document = try Figures(ending.output)
    #expect(document["format"].text == "waymark.answers" && document["version"].count == 1)
    return document["answers"].list
  }

  private func counts(_ answered: Figures) -> [Int] {
    answered["answer.steps"].list.map { $0["count"].count }
  }

  @Test func `is the same in a file and as arguments`() async throws {
    try await shop { here in
      let written = try await answer(here, "funnel.yaml")
      let said = try await answer(here, "funnel", "steps=[cart, paid]", "window=7d")
      #expect(written.map(counts) == [[3, 2]] && said.map(counts) == [[3, 2]])
      let definitions = (written + said).map { $0["receipt.definition"].text }
      #expect(Set(definitions).count == 1 && definitions[0]?.count == 16)
      #expect(written[0]["receipt.watermark"].text?.hasPrefix("2026-03-05T11:00:00") == true)
    }
  }

  @Test func `is asked in the scope that options say, whatever the text says`() async throws {
    try await shop { here in
      #expect(counts(try await answer(here, "funnel.yaml", "--from", "2026-03-02")[0]) == [2, 1])
      let within = ["funnel", "steps=[cart, paid]", "to=2026-03-02"]
      let plain = try await here.run(["ask"] + within + ["--format", "json"])
      #expect(counts(try Figures(plain.output)["answers"].list[0]) == [1, 1])
      let wider = try await here.run(["ask"] + within + ["--to", "2026-03-04", "--format", "json"])
      #expect(counts(try Figures(wider.output)["answers"].list[0]) == [2, 2])
      let some = try await answer(here, "funnel.yaml", "--for", "count(\"seen\") > 0")
      #expect(counts(some[0]) == [0, 0])
    }
  }

  @Test func `goes with others into one document, or into files with numbers`() async throws {
    try await shop { here in
      try here.write(
        Self.question + "---\n" + Self.question.replacing("7d", with: "2h"), to: "b.yaml")
      let all = try await answer(here, "funnel.yaml", "b.yaml")
      #expect(all.map(counts) == [[3, 2], [3, 2], [3, 1]])
      let refused = try await here.run(["ask", "funnel.yaml", "b.yaml", "--format", "csv"])
      #expect(refused.code == 64 && refused.notes.contains("--output"))
      let files = try await here.run(
        ["ask", "funnel.yaml", "b.yaml", "--format", "csv", "--output", "out.csv"])
      #expect(files.code == 0 && files.output.isEmpty, "\(files.notes)")
      #expect(try here.read("out-1.csv") == here.read("out-2.csv"))
      #expect(try here.read("out-2.csv") != here.read("out-3.csv"))
    }
  }

  @Test func `is answered as text in 80 columns, with what it rests on`() async throws {
    try await shop { here in
      let text = try await here.expect("ask", "funnel.yaml")
      #expect(text.lines[0] == "Funnel")
      #expect(text.output.contains("3 counted"))
      #expect(text.output.contains("definition "))
      for line in text.lines { #expect(line.count <= 80, "\(line)") }
      let whole = try await here.expect("ask", "funnel.yaml", "--receipt")
      #expect(
        whole.output.contains("Events read   6")
          && whole.output.contains("{\"question\":\"funnel\""))
    }
  }

  @Test func `tells the customers behind a number, and keeps them as a set`() async throws {
    try await shop { here in
      let behind = ["ask", "funnel.yaml", "--customers", "step=paid"]
      let listed = try await here.run(behind + ["--format", "csv", "--save", "buyers"])
      #expect(listed.code == 0, "\(listed.notes)")
      #expect(listed.notes.hasPrefix("2 customers\n"))
      let names = listed.lines.dropFirst().compactMap { $0.split(separator: ",").first }
      #expect(Set(names) == ["user:c1", "user:c2"])
      let some = try await here.run(behind + ["--limit", "1", "--format", "json"])
      #expect(try Figures(some.output).list.count == 1)
      #expect(some.notes.contains("2 customers, of whom 1 are listed"))

      let sets = Figures(try await here.json("segments", "--format", "json")).list
      #expect(sets.map { $0["name"].text } == ["buyers"])
      #expect(sets.map { $0["customers"].count } == [2])
      #expect(sets.map { $0["row"].text } == ["step=paid"])
      #expect(counts(try await answer(here, "funnel.yaml", "--for", "buyers")[0]) == [2, 2])
      try await here.expect("erase", "c1", "--yes")
      #expect(counts(try await answer(here, "funnel.yaml", "--for", "buyers")[0]) == [1, 1])
      try await here.expect("segments", "--delete", "buyers")
      let gone = try await here.run(["ask", "funnel.yaml", "--for", "buyers"])
      #expect(gone.code == 64)
      let again = try await here.run(["segments", "--delete", "buyers"])
      #expect(again.code == 64 && again.notes.contains("waymark segments"))
    }
  }

  /// A device that signed in after its cart was filled.
  @Test func `finds a saved set under the identities of another time`() async throws {
    try await Workplace.with { here in
      try here.write(
        """
        {"anonymous_id":"d1","event":"cart","time":"2026-03-01T10:00:00Z"}
        {"anonymous_id":"d1","user_id":"c1","event":"in","time":"2026-03-03T10:00:00Z"}
        {"user_id":"c1","event":"paid","time":"2026-03-04T10:00:00Z"}
        """, to: "events.jsonl")
      try here.write(Self.question, to: "funnel.yaml")
      try await here.expect("import", "events.jsonl")
      let early = ["--identity-as-of", "2026-03-02"]
      let saved = try await here.run(
        ["ask", "funnel.yaml", "--customers", "step=cart", "--save", "carts"] + early)
      #expect(saved.code == 0 && saved.output.contains("anonymous:d1"), "\(saved.notes)")
      #expect(counts(try await answer(here, "funnel.yaml", "--for", "carts")[0]) == [1, 1])
      let then = try await here.run(
        ["ask", "funnel.yaml", "--for", "carts", "--format", "json"] + early)
      #expect(try Figures(then.output)["answers"].list.map(counts) == [[1, 0]])
    }
  }

  @Test func `cannot be saved under the name of a segment`() async throws {
    try await shop { here in
      try here.write(
        "experience: Shop\ntouchpoints: {cart: {stage: purchase, on: cart}}\n"
          + "segments: {buyers: 'count(\"paid\") > 0'}\n", to: "experience.yaml")
      let saved = try await here.run(
        ["ask", "funnel.yaml", "--customers", "step=cart", "--save", "buyers"])
      #expect(saved.code == 64 && saved.notes.contains("segment or persona “buyers”"))
    }
  }

  @Test(arguments: [
    (["nothing.yaml"], 1, "waymark questions"),
    (["funel"], 1, "Did you mean `waymark ask funnel`?"),
    (["."], 1, "Name a file of questions"),
    (["bad.yaml"], 64, "bad.yaml:3:9: error: There is no field “windw” here."),
    (["funnel", "steps=[cart]"], 64, "2 to 32 steps"),
    (["funnel", "steps=[cart, paid]", "windw=7d"], 64, "Did you mean “window”?"),
    (["funnel", "steps=[cart, paid]", "window=soon"], 64, "window: "),
    (["funnel", "steps=[cart, paid]", "window=7d", "window=8d"], 64, "given twice"),
    (["funnel", "steps=[cart, paid]", "window"], 64, "Write key=value"),
    (["funnel", "steps=[cart, paid]\nfor=x"], 64, "Write key=value"),
    (["funnel", "steps=[cart, piad]"], 64, "Did you mean “paid”?"),
    (["funnel.yaml", "--unit", "planet"], 64, "session 30m"),
    (["funnel.yaml", "--from", "soon"], 64, "soon"),
    (["funnel.yaml", "--for", "nobodies"], 64, "nobodies"),
    (["funnel.yaml", "--save", "x"], 64, "--save needs --customers"),
    (["funnel.yaml", "--customers", "cart"], 64, "step=cart"),
    (["funnel.yaml", "--customers", "stp=cart"], 64, "step"),
    (["funnel.yaml", "funnel.yaml", "--customers", "step=cart"], 64, "alone"),
    (["latin.yaml"], 64, "UTF-8"),
  ])
  func `is refused with its place and a remedy where it makes no sense`(
    arguments: [String], code: Int32, said: String
  ) async throws {
    try await shop { here in
      try here.write("question: funnel\nsteps: [cart, paid]\nwindw:  7d\n", to: "bad.yaml")
      try Data([0x71, 0xE9, 0xFF]).write(to: here.folder.appending(path: "latin.yaml"))
      let ending = try await here.run(["ask"] + arguments)
      #expect(ending.code == code, "\(ending.notes)")
      #expect(ending.output.isEmpty)
      #expect(ending.notes.contains(said), "\(ending.notes)")
    }
  }

  @Test func `is listed with all kinds, and each with its fields`() async throws {
    try await Workplace.with { here in
      let list = try await here.expect("questions")
      #expect(list.output.contains("  funnel "))
      let sheet = try await here.expect("questions", "funnel")
      #expect(sheet.output.contains("window") && sheet.output.contains("question: funnel"))
      let kinds = Figures(try await here.json("questions", "--format", "json")).list
      #expect(kinds.count == QuestionKind.allCases.count)
      let wrong = try await here.run(["questions", "funel"])
      #expect(wrong.code == 64 && wrong.notes.contains("Did you mean “funnel”?"))
    }
  }
}
