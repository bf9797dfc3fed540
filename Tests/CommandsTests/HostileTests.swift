import Statistics
import Foundation
import Testing

/// The most memory that a hostile file may take.
private let mostMemory = 600_000_000

@Suite(.serialized)
struct `A hostile file` {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func `import`(_ name: String, _ more: String...) throws -> Run {
    let run = try Program.start(["import", name] + more, in: folder).wait()
    #expect(run.signal == nil && [0, 1, 64].contains(run.code), "\(run)")
    #expect(!run.said.contains("Fatal error") && run.said.utf8.count < 8000, "\(run)")
    #expect(run.memory < mostMemory, "\(name) took \(run.memory) bytes")
    return run
  }

  /// What the store holds afterwards: it is sound whatever was given to it.
  private func events() throws -> String {
    let doctor = try Program.run("doctor", in: folder)
    #expect(doctor.code == 0, "\(doctor)")
    return String(doctor.output.prefix { $0 != "\n" })
  }

  @Test(arguments: [
    ("empty.csv", "", "holds nothing"),
    ("blank.csv", "\n \r\n\t\n", "holds nothing"),
    ("numbers.csv", "1,2,3\n4,5,6\n", "the first line must be a header"),
    ("garbage.xes", "<html><body>Not found</body></html>", "is no XES log"),
    ("utf16.csv", "\u{FEFF}", "holds nothing"),
  ])
  func `that holds no events is refused with a remedy`(
    name: String, text: String, said: String
  ) throws {
    try folder.write(text, to: name)
    let run = try `import`(name)
    #expect(run.code == 64 && run.errors.contains(said), "\(run)")
    #expect(run.errors.split(separator: "\n").count == 2, "a problem and a remedy: \(run)")
  }

  @Test
  func `with nothing but a header adds nothing`() throws {
    try folder.write("customer,event,time\n", to: "header.csv")
    let run = try `import`("header.csv")
    #expect(run.code == 0 && run.output.contains("0 events added"), "\(run)")
  }

  @Test
  func `that is a folder, or is missing, is named`() throws {
    let missing = try `import`("missing.csv")
    #expect(missing.code == 1 && missing.errors.contains("missing.csv: "), "\(missing)")
    let itself = try `import`(folder.path)
    #expect(itself.code == 1 && itself.errors.contains("not a plain file"), "\(itself)")
  }

  @Test(.enabled(if: getuid() != 0, "root may read everything"))
  func `that may not be read is named`() throws {
    try folder.write("customer,event,time\n", to: "secret.csv")
    chmod(folder("secret.csv"), 0)
    let run = try `import`("secret.csv")
    #expect(run.code == 1 && run.errors.contains("secret.csv: "), "\(run)")
  }

  /// A record between a thousand good ones before it and after it.
  private func surround(_ record: [UInt8], as name: String) throws {
    func good(_ side: String) -> [UInt8] {
      Array((0..<1000).map { "\(side)\($0),Page Viewed,2026-01-02\n" }.joined().utf8)
    }
    try folder.write(
      Array("customer,event,time\n".utf8) + good("a") + record + good("b"), to: name)
  }

  @Test(arguments: [
    ("a field of ten megabytes", "record.length"), ("a quote that never closes", "csv.quote"),
    ("a NUL", "text.nul"), ("broken UTF-8", "text.encoding"), ("the year 9999", "time.range"),
    ("the year 0", "time.form"), ("too few fields", "csv.fields"),
    ("nobody", "identity.placeholder"),
  ])
  func `loses the bad record and keeps the good ones`(kind: String, code: String) throws {
    let bad: [String: [UInt8]] = [
      "a field of ten megabytes": Array("x,\"".utf8) + [UInt8](repeating: 97, count: 10_000_000)
        + Array("\",2026-01-02\n".utf8),
      "a quote that never closes": Array("x,\"Page Viewed,2026-01-02\n".utf8),
      "a NUL": Array("x,Page\u{0}Viewed,2026-01-02\n".utf8),
      "broken UTF-8": Array("x,Page ".utf8) + [0xC3, 0x28, 0xFF] + Array(",2026-01-02\n".utf8),
      "the year 9999": Array("x,Page Viewed,9999-12-31T23:59:59Z\n".utf8),
      "the year 0": Array("x,Page Viewed,0000-01-01\n".utf8),
      "too few fields": Array("x,Page Viewed\n".utf8),
      "nobody": Array("null,Page Viewed,2026-01-02\n".utf8),
    ]
    try surround(try #require(bad[kind]), as: "bad.csv")
    let run = try `import`("bad.csv", "--encoding", "utf8")
    #expect(run.code == 0, "\(run)")
    #expect(run.output.contains("2,000 events added, 1 record rejected"), "\(run)")
    #expect(run.output.contains("1 × \(code), first at record 1,001"), "\(run)")
    let rejects = try folder.read(".waymark/rejects/1.jsonl")
    #expect(rejects.count < 20_000 && rejects.count { $0 == 10 } == 1)
    #expect(try events().contains("2,000 events of 2,000 customers"))
  }

  @Test(arguments: ["csv", "jsonl", "xes", "csv.gz", "xes.gz", "txt"], 0..<3)
  func `of random bytes is told from one with events`(ending: String, seed: Int) throws {
    var dice = SeededGenerator(seed)
    try folder.write((0..<200_000).map { _ in UInt8(dice.below(256)) }, to: "garbage.\(ending)")
    let run = try `import`("garbage.\(ending)")
    #expect(run.code == 64 || run.output.contains("0 events added"), "\(run)")
    #expect(run.said.contains("garbage.\(ending)") || run.code == 64, "\(run)")
    #expect(run.code == 64 || run.output.contains("rejected"), "\(run)")
    let text = Array(run.said.unicodeScalars)
    #expect(!text.contains { $0.value < 32 && $0 != "\n" }, "no control characters")
  }

  /// Packs a file as gzip does.
  private func pack(_ name: String) throws {
    let run = try RunningProgram(
      ["/bin/bash", "-c", "gzip \"$0\"", name], in: folder.path,
      environment: ["PATH": "/usr/bin:/bin"]
    ).wait()
    try #require(run.code == 0, "\(run)")
  }

  @Test(arguments: ["cut", "flipped"])
  func `of broken gzip says where, and gives way to the next`(damage: String) throws {
    let rows = CrashRows.csv(60_000, .unnamed, seed: 3)
    try folder.write(rows, to: "log.csv")
    try pack("log.csv")
    var packed = try folder.read("log.csv.gz")
    let half = packed.count / 2
    if damage == "cut" { packed.removeSubrange(half...) } else { packed[half] ^= 0xFF }
    if damage == "flipped" { for place in half..<half + 64 { packed[place] ^= 0x5A } }
    try folder.write(packed, to: "log.csv.gz")
    let run = try `import`("log.csv.gz", "--chunk-size", "65536")
    #expect(run.code == 1 && run.errors.contains("log.csv.gz: "), "\(run)")
    #expect(run.errors.contains(" at byte "), "\(run)")
    #expect(try events().contains("0 events"))
    // The file as it should be has other bytes, so that nothing may be gone on with.
    try folder.remove("log.csv.gz")
    try folder.write(rows, to: "log.csv.gz")
    let mended = try `import`("log.csv.gz", "--input", "csv")
    #expect(mended.code == 64 && mended.errors.contains("--discard log.csv.gz"), "\(mended)")
    let anew = try `import`("--discard", "log.csv.gz", "--input", "csv")
    #expect(anew.code == 0 && anew.output.contains("events added"), "\(anew)")
  }

  @Test
  func `whose import is given up needs no other file`() throws {
    try folder.write([0x1F, 0x8B], to: "log.csv.gz")
    #expect(try `import`("log.csv.gz").code == 1)
    let run = try `import`("--discard")
    #expect(run.code == 0, "\(run)")
    #expect(try Program.run("import", in: folder).code == 64)
  }

  @Test
  func `that unpacks to a gigabyte stays small in memory`() throws {
    let run = try RunningProgram(
      [
        "/bin/bash", "-c",
        "(printf 'customer,event,time\\na,'; head -c 1000000000 /dev/zero | tr '\\0' x) "
          + "| gzip -1 > bomb.csv.gz",
      ], in: folder.path, environment: ["PATH": "/usr/bin:/bin"]
    ).wait()
    try #require(run.code == 0, "\(run)")
    let bomb = try `import`("bomb.csv.gz")
    #expect(bomb.code == 0 && bomb.output.contains("record.length"), "\(bomb)")
  }

  @Test
  func `of two million event names meets a stated limit`() throws {
    let run = try RunningProgram(
      [
        "/bin/bash", "-c",
        "(echo customer,event,time; seq 2000000 | sed 's/.*/c&,Event &,2026-01-02/') > names.csv",
      ], in: folder.path, environment: ["PATH": "/usr/bin:/bin"]
    ).wait()
    try #require(run.code == 0, "\(run)")
    let names = try `import`("names.csv")
    #expect(names.code == 0, "\(names)")
    #expect(names.output.contains("65,535 events added, 1,934,465 records rejected"), "\(names)")
    #expect(names.output.contains("at most 65535 distinct event names"), "\(names)")
    #expect(try events().contains("65,535 events"))
  }

  @Test(arguments: [
    ("an entity bomb", "xes.entity"), ("an entity of a file", "xes.entity"),
    ("lists in lists", "xes.depth"), ("a tag that is not closed", "xes.syntax"),
    ("half a trace", "xes.truncated"),
  ])
  func `of XES loses the bad traces and tells of them`(kind: String, code: String) throws {
    let event = """
      <event><string key="concept:name" value="E"/>\
      <date key="time:timestamp" value="2026-01-02T00:00:00Z"/></event>
      """
    func trace(_ name: String) -> String {
      "<trace><string key=\"concept:name\" value=\"\(name)\"/>\(event)</trace>"
    }
    let lol = (1...9).map { level in
      "<!ENTITY l\(level) \"\(String(repeating: "&l\(level - 1);", count: 10))\">"
    }.joined()
    let texts = [
      "an entity bomb":
        "<!DOCTYPE l [<!ENTITY l0 \"lol\">\(lol)]><log>\(trace("&l9;"))</log>",
      "an entity of a file":
        "<!DOCTYPE l [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><log>\(trace("&e;"))</log>",
      "lists in lists": "<log><trace>" + String(repeating: "<list>", count: 200_000)
        + "</trace></log>",
      "a tag that is not closed": "<log><trace><event></trace></log>",
      "half a trace": "<log>\(trace("a"))" + trace("b").prefix(90),
    ]
    try folder.write(try #require(texts[kind]), to: "log.xes")
    let run = try `import`("log.xes")
    let good = kind == "half a trace" ? 1 : 0
    #expect(run.code == 0 && run.output.contains("\(good) event"), "\(run)")
    #expect(run.output.contains("1 × \(code)"), "\(run)")
    #expect(!run.said.contains("root:"))
  }

  @Test
  func `of JSON that nests without end loses the line`() throws {
    let deep = String(repeating: "{\"a\":", count: 100_000)
    try folder.write(
      "{\"user_id\":\"a\",\"event\":\"E\",\"time\":\"2026-01-02\",\"properties\":\(deep)\n"
        + "{\"user_id\":\"a\",\"event\":\"E\",\"time\":\"2026-01-02\"}\n", to: "deep.jsonl")
    let run = try `import`("deep.jsonl")
    #expect(run.code == 0 && run.output.contains("1 event added, 1 record rejected"), "\(run)")
    #expect(run.output.contains("json.depth, first at record 1"), "\(run)")
  }
}
