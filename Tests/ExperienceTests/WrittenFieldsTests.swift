import Events
import Experience
import Testing

@Suite struct `Written fields` {
  private func read(_ text: String) throws -> WrittenFields {
    try WrittenFields(reading: text, file: "question", largest: 10_000)
  }

  private func values(_ text: String) throws -> [String: WrittenFields.Value] {
    Dictionary(uniqueKeysWithValues: try read(text).fields.map { ($0.name, $0.value) })
  }

  @Test(arguments: [
    ("a: x", WrittenFields.Value.one("x")),
    ("a: 7d", .one("7d")),
    ("a: 'it''s'", .one("it's")),
    ("a: ''", .one(#""""#)),
    ("a:", .one("")),
    ("a: null", .one("")),
    ("a: 'null'", .one(#""null""#)),
    ("a: '[x]'", .one(#""[x]""#)),
    ("a: ' x '", .one(#"" x ""#)),
    ("a: |\n  two\n  lines", .one(#""two\nlines""#)),
    ("a: [x, 'y z', 3]", .list(["x", "y z", "3"])),
    (
      "a:\n  - x\n  - {name: n, who: 'count(\"a b\") > 0'}",
      .list(["x", #"{name: n, who: 'count("a b") > 0'}"#])
    ),
    ("a: {b: [1, 2], c: null}", .one("{b: [1, 2], c: null}")),
    ("a: []", .list([])),
    ("{\"a\": \"\u{1F6D2} \\u05d0\"}", .one("\u{1F6D2} \u{5D0}")),
  ])
  func `stand on lines`(text: String, value: WrittenFields.Value) throws {
    #expect(try values(text)["a"] == value)
    // Lines say the same as the text, in YAML and in JSON.
    let fields = try read(text)
    #expect(try values(fields.yaml) == values(text))
    let json = try WrittenFields.json(of: text, file: "question", largest: 10_000)
    #expect(try values(json) == values(text))
  }

  @Test func `know the line that each stands on`() throws {
    let fields = try read("# a funnel\nquestion: funnel\nsteps:\n  - a\n  - b\nwindow: 7d\n")
    #expect(fields.fields.map(\.line) == [2, 3, 6])
    #expect(fields.field(atLine: 5)?.name == "steps")
    #expect(fields.field(atLine: 6)?.name == "window")
    #expect(fields.field(atLine: 1) == nil)
  }

  @Test func `are written with a line for each item where a list is long`() {
    let names = (1...12).map { "Event number \($0)" }
    let fields = WrittenFields([.init("steps", .list(names)), .init("only", .list(["a"]))])
    #expect(fields.yaml.hasPrefix("steps:\n  - Event number 1\n"))
    #expect(fields.yaml.hasSuffix("only: [a]\n"))
  }

  @Test(arguments: [
    "{question: 'funnel', steps: [a, b], depth: 3, share: 0.5, on: true, off: 'true', x: 007}":
      #"{"question": "funnel", "steps": ["a", "b"], "depth": 3, "share": 0.5, "on": true, "off": "true", "x": "007"}"#,
    "a: [{b: 1}]": #"{"a": [{"b": 1}]}"#,
  ])
  func `become JSON as they are written`(text: String, json: String) throws {
    #expect(try WrittenFields.json(of: text, file: "question", largest: 10_000) == json)
  }

  @Test(arguments: [
    ("- a", "yaml.mapping"), ("", "yaml.mapping"), ("a: 1\n---\nb: 1", "yaml.syntax"),
    ("a: 1\na: 2", "yaml.twice"), ("a: [", "yaml.syntax"), ("a: *b", "yaml.alias"),
    (String(repeating: "a", count: 10_001), "file.size"),
  ])
  func `are refused where a text is none, or several`(text: String, code: String) {
    #expect {
      _ = try read(text)
    } throws: { ($0 as? Diagnostic)?.code == code }
  }

  @Test(arguments: [
    ("x", true), ("a > 3", true), ("{a: b}", true), ("[x", false), ("{a: b} c", false),
    ("\"x", false), ("'it''s'", true), ("[*a]", false),
  ])
  func `tell a line that can't be read`(line: String, isReadable: Bool) {
    #expect((WrittenFields.problem(of: line) == nil) == isReadable)
  }
}
