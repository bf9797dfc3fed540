import Foundation
import Testing

/// The commands as the program describes itself.
enum Manual {
  struct Command: Sendable, CustomTestStringConvertible {
    var name: String
    var abstract: String
    var discussion: String
    var options: [String]

    var testDescription: String { name }
  }

  static let commands: [Command] = {
    let program = Process()
    program.executableURL = Workplace.program
    program.arguments = ["--experimental-dump-help"]
    let pipe = Pipe()
    program.standardOutput = pipe
    do {
      try program.run()
      let text = String(
        decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      program.waitUntilExit()
      return try Figures(text)["command.subcommands"].list.map { command in
        Command(
          name: command["commandName"].text ?? "", abstract: command["abstract"].text ?? "",
          discussion: command["discussion"].text ?? "",
          options: command["arguments"].list.filter {
            $0["shouldDisplay"].value as? Bool == true
          }.flatMap { argument in
            argument["names"].list.compactMap { $0["name"].text }
          })
      }.filter { $0.name != "help" }
    } catch {
      return []
    }
  }()
}

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `The command line` {
  @Test func `has its commands`() {
    #expect(
      Set(Manual.commands.map(\.name))
        .isSuperset(of: ["init", "check", "infer", "import", "map", "funnel", "verify", "demo"]))
  }

  @Test(arguments: Manual.commands)
  func `explains every command with an example, 80 columns wide`(
    command: Manual.Command
  ) async throws {
    try await Workplace.with { here in
      #expect(command.abstract.hasSuffix("."))
      let examples = command.discussion.split(separator: "\n")
        .filter { $0.hasPrefix("  waymark \(command.name)") }
      #expect(!examples.isEmpty || command.name == "version", "\(command.name) has no example")
      let help = try await here.expect(command.name, "--help")
      for example in examples {
        #expect(help.lines.contains(example), "“\(example)” is broken")
      }
      for line in help.lines { #expect(line.count <= 80, "\(line)") }
      let same = try await here.expect("help", command.name)
      #expect(same.output == help.output)
    }
  }

  /// `make docs` writes the page.
  @Test func `has a manual page of every command and option`() throws {
    var package = URL(filePath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    let page = try String(contentsOf: package.appending(path: "docs/waymark.1"), encoding: .utf8)
    let sections = page.split(separator: "\n.It Em ").dropFirst()
    for command in Manual.commands {
      let section = try #require(
        sections.first { $0.hasPrefix(command.name + "\n") }, "\(command.name) is not in it")
      #expect(section.hasPrefix("\(command.name)\n\(command.abstract)\n"), "\(command.name)")
      for option in command.options {
        let known =
          section.contains(option.count == 1 ? "Fl \(option) " : "Fl -\(option)")
          || section.contains(", -\(option)")
        #expect(known, "\(command.name) --\(option) is not in it")
      }
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `completes itself in a shell`(shell: String) async throws {
    try await Workplace.with { here in
      let script = try await here.expect("--generate-completion-script", shell).output
      for command in Manual.commands { #expect(script.contains(command.name)) }
    }
  }

  @Test func `says its version in every way`() async throws {
    try await Workplace.with { here in
      let plain = try await here.expect("--version").lines[0]
      #expect(plain.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
      #expect(try await here.expect("version").output == "waymark \(plain)\n")
      #expect(try await here.object("version", "--format", "json")["version"].text == "\(plain)")
    }
  }

  @Test(arguments: [
    (["mpa"], "Did you mean `waymark map`?"),
    (["help", "funel"], "Did you mean `waymark funnel`?"),
    (["xyzzy"], "`waymark --help` lists the commands."),
    (["map", "--formt", "json"], "Did you mean '--format'?"),
    (["map", "--format", "jsn"], "jsn"),
    (["map", "first_ordr"], "first_order"),
    (["map", "--from", "yesterday"], "yesterday"),
    (["map", "--from", "2026-05-01", "--to", "2026-04-01"], "Let it end after it begins."),
    (["map", "--segment", "frequent_shopers"], "frequent_shoppers"),
    (["map", "--compare-segment", "frequent_shopers"], "frequent_shoppers"),
    (["map", "--compare-segment", "new_shoppers", "--format", "svg"], "text or html"),
    (["funnel", "ordr", "product_page"], "Did you mean “order”?"),
    (["funnel", "order"], "2 to 32 steps"),
    (["funnel", "cart", "order", "--window", "soon"], "soon"),
    (["customers", "nobody"], "Nobody is known as user:nobody."),
    (["customers", "--limit", "none"], "none"),
    (["unlink", "c1", "c2"], "No link ties user:c1 directly to user:c2."),
    (["link", "null", "c2"], "null"),
    (["erase", "c1"], "--yes"),
    (["verify", "--customers", "-1"], "--customers"),
    (["init"], "--force"),
    (["infer"], "--force"),
    (["demo", "--customers", "0", "--folder", "other"], "1 to 5000000"),
    (["import"], "<files>"),
    (["export", "--format", "xml"], "xml"),
  ])
  func `refuses what was asked wrongly with a remedy, and exit code 64`(
    arguments: [String], remedy: String
  ) async throws {
    let ending = try await Self.shop.get().run(arguments)
    #expect(ending.code == 64, "\(ending.notes)")
    #expect(ending.output.isEmpty)
    #expect(ending.notes.contains(remedy), "\(ending.notes)")
  }

  @Test func `ends with 1 where the world is not as it should be`() async throws {
    try await Workplace.with { here in
      for command in ["map", "infer", "customers", "doctor", "export", "verify", "funnel a b"] {
        let ending = try await here.run(command.split(separator: " ").map(String.init))
        #expect([1, 64].contains(ending.code) && ending.output.isEmpty, "\(command)")
        #expect(ending.notes.contains("waymark i") || ending.notes.contains("experience"))
      }
      #expect(try await here.run(["import", "missing.csv"]).code == 1)
      try here.write("experience: X\njourneys: {a: {starts: [b], goal: c}}\n", to: "x.yaml")
      let check = try await here.run(["check", "x.yaml"])
      #expect(check.code == 1)
      #expect(check.output.contains("x.yaml:2:"))
    }
  }

  @Test(arguments: [
    ["map"], ["map", "after_purchase"], ["map", "repeat_order"],
    ["map", "first_order", "--compare-from", "2026-04-01", "--compare-to", "2026-05-01"],
    ["map", "repeat_order", "--compare-segment", "count(\"Newsletter Opened\") > 1"],
    ["funnel", "product_page", "checkout", "order", "--breakdown", "channel"],
    ["funnel", "delivery_notice", "parcel_received", "review_request", "review"],
    ["customers"], ["doctor"], ["verify"], ["version"], ["questions"], ["segments"],
    ["ask", "funnel", "steps=[product_page, checkout, order]", "breakdown=channel"],
  ])
  func `fits 80 columns, without colours on a pipe`(arguments: [String]) async throws {
    let here = try await Self.shop.get()
    let plain = try await here.run(arguments)
    #expect(plain.code == 0, "\(plain.notes)")
    #expect(!plain.output.contains("\u{1B}"))
    // A path is never broken.
    for line in plain.lines where !line.contains(here.folder.path()) {
      #expect(line.count <= 80, "\(line)")
    }
    guard arguments[0] == "map" else { return }
    let coloured = try await here.run(arguments + ["--color", "always"])
    #expect(coloured.output.contains("\u{1B}["))
    let colours = /\u{1B}\[[0-9;]*m/
    #expect(coloured.output.replacing(colours, with: "") == plain.output)
  }

  @Test func `shows each story in 80 columns`() async throws {
    let here = try await Self.shop.get()
    let listed = Figures(try await here.json("customers", "--limit", "6", "--format", "json"))
    #expect(listed.list.count == 6)
    for customer in listed.list {
      let story = try await here.run(["customers", customer["identity"].text ?? ""])
      #expect(story.code == 0)
      for line in story.lines { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test(arguments: [
    ["check"], ["customers"], ["doctor"], ["verify"], ["map"], ["version"], ["questions"],
    ["segments"], ["ask", "funnel", "steps=[cart, order]"], ["funnel", "cart", "order"],
    ["import", "events.jsonl"],
  ])
  func `answers as JSON where asked to`(arguments: [String]) async throws {
    let ending = try await Self.shop.get().run(arguments + ["--format", "json"])
    #expect(ending.code == 0, "\(ending.notes)")
    let whole = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    #expect(whole is [Any] || whole is [String: Any])
  }

  @Test func `has a JSON form for every command that can be tried as JSON`() {
    let forms = Manual.commands.filter { $0.options.contains("format") }.map(\.name)
    #expect(
      Set(forms) == [
        "check", "import", "map", "funnel", "score", "drivers", "words", "ask", "questions",
        "segments",
        "customers", "inbox", "erase", "retain", "pull", "verify", "doctor", "export", "version",
      ])
  }

  @Test func `begins with an experience that has no faults`() async throws {
    try await Workplace.with { here in
      try await here.expect("init")
      let check = try await here.expect("check", "--strict").output
      #expect(check.contains("0 errors, 0 warnings"))
    }
  }

  @Test func `compares two segments as text and as a page`() async throws {
    let here = try await Self.shop.get()
    let arguments = [
      "map", "repeat_order", "--segment", "count(\"Newsletter Opened\") > 0", "--compare-segment",
      "count(\"Newsletter Opened\") == 0",
    ]
    let text = try await here.run(arguments).output
    #expect(text.contains("What changed"))
    #expect(text.contains("repeat_order-compared.html"))
    let page = try await here.run(arguments + ["--format", "html"])
    #expect(page.code == 0)
    #expect(page.output.hasPrefix("<!doctype html>") && page.output.contains("</html>"))
    Self.expectSelfContained(page.output)
  }

  @Test(arguments: ["first_order", "after_purchase", "repeat_order"])
  func `draws pages that ask nobody for anything`(journey: String) async throws {
    let here = try await Self.shop.get()
    let page = try await here.run(["map", journey, "--format", "html"]).output
    Self.expectSelfContained(page)
    #expect(page.utf8.count < 400_000)
    let picture = try await here.run(["map", journey, "--format", "svg"]).output
    #expect(!picture.contains("<script") && !picture.contains("href=\"http"))
  }

  private static func expectSelfContained(_ page: String) {
    #expect(page.contains("Content-Security-Policy\" content=\"default-src 'none'"))
    for request in [
      "<script", "<link", "<iframe", "<img src", "@import", "url(", "src=\"http", "href=\"http",
      "src='http", "fetch(", "//cdn",
    ] {
      #expect(!page.contains(request), "The page holds \(request)")
    }
  }

  @Test func `joins two histories by a link, and parts them again`() async throws {
    try await Workplace.with { here in
      try await here.expect("demo", "--customers", "200", "--folder", ".")
      func map() async throws -> String {
        try await here.expect("map", "first_order", "--format", "json").output
      }
      func people() async throws -> [String] {
        let all = try await here.json("customers", "--limit", "1000", "--format", "json")
        return Figures(all).list.compactMap { $0["identity"].text }
      }
      let before = try await (map(), people())
      let user = try #require(before.1.first { $0.hasPrefix("user:") })
      let device = try #require(before.1.first { $0.hasPrefix("anonymous:") })
      let linked = try await here.expect("link", device, user)
      #expect(linked.notes.isEmpty)
      #expect(try await map() != before.0)
      #expect(try await people().count == before.1.count - 1)
      let story = try await here.expect("customers", user).lines[0]
      #expect(story.contains(user) && story.contains(device))
      try await here.expect("unlink", device, user)
      let after = try await (map(), people())
      #expect(after == before)
      let stranger = try await here.expect("link", user, "anonymous:unheard-of")
      #expect(stranger.notes.contains("Nobody is known as anonymous:unheard-of"))
    }
  }

  /// One customer looked as nobody, and signed in on the third of March.
  @Test func `knows who was who at a time`() async throws {
    try await Workplace.with { here in
      try here.write(
        """
        {"anonymous_id":"d1","event":"Seen","time":"2026-03-01T10:00:00Z"}
        {"anonymous_id":"d1","user_id":"c1","event":"Signed In","time":"2026-03-03T10:00:00Z"}
        {"user_id":"c1","event":"Bought","time":"2026-03-04T10:00:00Z"}
        """, to: "events.jsonl")
      try await here.expect("import", "events.jsonl")
      func bought(_ options: String...) async throws -> [Int] {
        let run = try await here.run(["funnel", "Seen", "Bought", "--format", "json"] + options)
        return try Figures(run.output)["steps"].list.map { $0["count"].count }
      }
      #expect(try await bought() == [1, 1])
      #expect(try await bought("--identity-as-of", "2026-03-02") == [1, 0])
      #expect(try await bought("--identity-as-of", "2026-03-04") == [1, 1])
    }
  }

  /// A shop of which many tests ask and that none changes.
  private static let shop = Shop()

  private actor Shop {
    private static let folder = FileManager.default.temporaryDirectory
      .appending(path: "waymark-speaking-\(ProcessInfo.processInfo.processIdentifier)")
    private var made: Task<Workplace, any Error>?

    func get() async throws -> Workplace {
      if let made { return try await made.value }
      let making = Task {
        try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: Shop.folder) }
        let here = Workplace(folder: Self.folder)
        try await here.expect("demo", "--customers", "600", "--folder", ".")
        return here
      }
      made = making
      return try await making.value
    }
  }
}
