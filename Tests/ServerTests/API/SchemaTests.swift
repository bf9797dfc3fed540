import Events
import Testing

@testable import Server

@Suite struct `A form` {
  private struct Nested: Taken {
    init(_ body: JSONValue) {}

    static let meaning = "A part."
    static let fields: [Schema.Field] = [.init("name", .text("", 1...3, example: "a"))]
  }

  private let schema = Schema(
    .object(
      [
        .init("count", .integer("", 1...10, example: 1)),
        .optional("word", .word("", ["a", "b"])),
        .optional("parts", .list("", .of(Nested.self), 1...2)),
        .optional("at", .moment("")),
        .optional("yes", .boolean("")),
        .optional("names", .map("", .text("", 0...2, example: "x"))),
      ], .refused, count: 1...3))

  @Test(arguments: [
    #"{"count":1}"#, #"{"count":10.0}"#, #"{"count":1e1}"#, #"{"count":2,"word":"b"}"#,
    #"{"count":2,"parts":[{"name":"äöü"}]}"#, #"{"count":2,"at":"2026-03-01T09:30:00Z"}"#,
    #"{"count":2,"yes":false}"#, #"{"count":2,"names":{"x":"","y":"ab"}}"#,
  ])
  func `takes what it describes`(text: String) throws {
    try schema.check(try JSONValue(Array(text.utf8)), at: "")
  }

  @Test(arguments: [
    ("[]", "The body"), ("null", "The body"), ("{}", "count"), (#"{"count":"1"}"#, "/count"),
    (#"{"count":0}"#, "/count"), (#"{"count":11}"#, "/count"), (#"{"count":1.5}"#, "/count"),
    (#"{"count":1e300}"#, "/count"), (#"{"count":99999999999999999999}"#, "/count"),
    (#"{"count":null}"#, "/count"), (#"{"count":1,"word":"c"}"#, "/word"),
    (#"{"count":1,"word":1}"#, "/word"), (#"{"count":1,"wort":"a"}"#, "wort"),
    (#"{"count":1,"parts":[]}"#, "/parts"), (#"{"count":1,"parts":{}}"#, "/parts"),
    (#"{"count":1,"parts":[{"name":"a"},{"name":"abcd"}]}"#, "/parts/1/name"),
    (#"{"count":1,"parts":[{"name":"a","x":1}]}"#, "x"),
    (#"{"count":1,"parts":[{"name":"a\u0000"}]}"#, "NUL"),
    (#"{"count":1,"at":"yesterday"}"#, "/at"), (#"{"count":1,"at":"2026-02-30T00:00:00Z"}"#, "/at"),
    (#"{"count":1,"yes":"true"}"#, "/yes"), (#"{"count":1,"yes":1}"#, "/yes"),
    (#"{"count":1,"names":{"x":"abc"}}"#, "/names/x"), (#"{"count":1,"names":[]}"#, "/names"),
    (#"{"count":1,"yes":true,"names":{},"word":"a"}"#, "The body"),
  ])
  func `refuses anything else, and names its place`(text: String, place: String) throws {
    let value = try JSONValue(Array(text.utf8))
    let refusal = #expect(throws: Refusal.self) { try schema.check(value, at: "") }
    #expect(refusal?.code == "request.value")
    #expect(refusal?.problem.contains(place) == true, "\(refusal?.problem ?? "")")
  }

  @Test(arguments: [
    "", " 1", "+1", "01", "1.0", "0x1", "11", "-1", "１", "1e0", "99999999999999999999",
  ])
  func `of a number in an address is a plain whole number`(text: String) {
    #expect(throws: Refusal.self) {
      try Schema.integer("", 1...10).check(parameter: text, "limit")
    }
  }
}

@Suite struct `A cursor` {
  @Test(arguments: ["1", "user:c1\n2", "", "ffff", "日本"])
  func `leads back to its place in its list`(place: String) throws {
    let cursor = Paging.cursor(place, in: "/api/v1/members")
    #expect(cursor.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    #expect(try Paging.place(cursor, in: "/api/v1/members") == place)
  }

  @Test func `that was mangled, made up, or is of another list is refused`() {
    let cursor = Paging.cursor("17", in: "/api/v1/members")
    let last = cursor.last == "A" ? "B" : "A"
    let wrong = [
      "", "17", "…", String(cursor.dropLast()), String(cursor.dropFirst()),
      String(cursor.dropLast(2)) + last + last, cursor + "A", cursor + "=", cursor.uppercased(),
    ]
    for text in wrong {
      let refusal = #expect(throws: Refusal.self) {
        try Paging.place(text, in: "/api/v1/members")
      }
      #expect(refusal?.code == "cursor.unknown")
    }
    #expect(throws: Refusal.self) { try Paging.place(cursor, in: "/api/v1/keys") }
  }
}
