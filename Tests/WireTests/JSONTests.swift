import Events
import Stories
import Testing

@testable import Wire

@Suite
struct `A file of JSON lines` {
  private func events(_ lines: String..., options: ImportOptions = .init()) throws -> Reading {
    try reading(lines.joined(separator: "\n") + "\n", as: "events.jsonl", options)
  }

  @Test
  func `becomes events of our own form`() throws {
    let read = try events(
      #"{"customer":"c1","event":"Paid","time":"2025-09-01T00:00:00Z","message_id":"m1","#
        + #""properties":{"sum":12.5,"vip":true,"to":{"city":"Köln"}},"plan":"pro","none":null}"#,
      #" { "user_id" : 17 , "event" : "Paid" , "ts" : 1756684800000, "tags":[1, {"a":"]"}] } "#)
    #expect(read.verdicts.isEmpty)
    let time = Instant(milliseconds: 1_756_684_800_000)
    #expect(
      read.events == [
        Event(
          "Paid", at: time, by: Identity("c1"),
          properties: [
            "sum": .number(12.5), "vip": .boolean(true), "to.city": .string("Köln"),
            "plan": .string("pro"),
          ]),
        Event(
          "Paid", at: time, by: Identity("17"),
          properties: ["tags": .string(#"[1, {"a":"]"}]"#)]),
      ])
    #expect(read.messages[0] == Batch.messageHash(id: "m1"))
    #expect(read.messages[1] & Batch.explicitMessage == 0)
  }

  @Test
  func `takes Segment's calls`() throws {
    let tail = #""timestamp":"2025-09-01T00:00:00Z","messageId":"m"}"#
    let read = try events(
      #"{"type":"track","userId":"u1","anonymousId":"a1","event":"Paid","properties":{"revenue":9},"#
        + #""context":{"ip":"1.2.3.4","page":{"path":"/p","title":"T"},"campaign":{"source":"ad"}},"#
        + #""integrations":{"All":true},"# + tail,
      #"{"type":"page","anonymousId":"a1","name":"Home","properties":{"path":"/"},"# + tail,
      #"{"type":"screen","userId":"u1","properties":{},"# + tail,
      #"{"type":"identify","userId":"u1","traits":{"plan":"pro","address":{"city":"X"}},"# + tail,
      #"{"type":"group","userId":"u1","groupId":"g1","traits":{"seats":5},"# + tail,
      #"{"type":"alias","userId":"u2","previousId":"u1","# + tail)
    #expect(read.verdicts.isEmpty)
    #expect(
      read.events.map(\.name) == [
        "Paid", "Page Viewed", "Screen Viewed", "$identify", "$group", "$alias",
      ])
    #expect(
      read.events.map(\.properties) == [
        [
          "revenue": .number(9), "context.page.path": .string("/p"),
          "context.campaign.source": .string("ad"),
        ], ["name": .string("Home"), "path": .string("/")], [:],
        ["traits.plan": .string("pro"), "traits.address.city": .string("X")],
        ["account": .string("g1"), "group.seats": .number(5)], [:],
      ])
    #expect(read.events[1].identity == Identity(.anonymous, "a1"))
    #expect(
      Set(read.links) == [
        IdentityPair(Identity("u1"), Identity(.anonymous, "a1"), time: 0),
        IdentityPair(Identity("u2"), Identity("u1"), time: 0),
        IdentityPair(Identity("u2"), Identity(.anonymous, "u1"), time: 0),
      ])
  }

  @Test
  func `corrects the client's clock by what the server saw`() throws {
    let read = try events(
      #"{"type":"track","userId":"u","event":"e","originalTimestamp":"2030-01-01T00:00:00Z","#
        + #""sentAt":"2030-01-01T00:00:10Z","receivedAt":"2025-09-01T00:00:10Z"}"#)
    #expect(read.events.map(\.time.description) == ["2025-09-01T00:00:00Z"])
  }

  @Test(arguments: [
    (#""a\"b\\\/\b\f\n\r\t""#, "a\"b\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\ud83c\udf89""#, "é🎉"),
    (#""long enough to pass eight \u0041 and more""#, "long enough to pass eight A and more"),
  ])
  func `reads escapes`(json: String, text: String) throws {
    let read = try events(#"{"user":"u","event":"e","ts":1,"p":\#(json)}"#)
    #expect(read.events.first?.properties == ["p": .string(text)])
  }

  @Test
  func `escapes ids, names and keys too`() throws {
    let read = try events(#"{"user":"\u00fc1","event":"a\/b","ts":1,"k\u0041":1}"#)
    #expect(
      read.events == [
        Event(
          "a/b", at: Instant(milliseconds: 1000), by: Identity("ü1"),
          properties: ["kA": .number(1)])
      ])
  }

  @Test(arguments: [
    ("1", PropertyValue.number(1)), ("-0.5e1", .number(-5)), ("1e3", .number(1000)),
    ("0.12345678901234567", .number(0.12345678901234567)),
    ("1234567890123456789", .string("1234567890123456789")), ("1e999", .string("1e999")),
    ("true", .boolean(true)), (#""""#, .string("")), (#""12""#, .string("12")),
  ])
  func `types values as JSON does`(json: String, value: PropertyValue) throws {
    let read = try events(#"{"user":"u","event":"e","ts":1,"p":\#(json)}"#)
    #expect(read.events.first?.properties == ["p": value])
  }

  @Test(arguments: [
    ("[1]", "json.object"), ("{", "json.syntax"), (#"{"a"}"#, "json.syntax"),
    (#"{"a":1,}"#, "json.syntax"), (#"{"a":01}"#, "json.syntax"), (#"{"a":1.}"#, "json.syntax"),
    (#"{"a":+1}"#, "json.syntax"), (#"{"a":tru}"#, "json.syntax"), (#"{"a":"x}"#, "json.syntax"),
    (#"{"a":"\x"}"#, "json.syntax"), (#"{"a":"\ud800"}"#, "json.syntax"),
    (#"{"a":[1,]}"#, "json.syntax"), (#"{"a":1} x"#, "json.syntax"),
    ("{\"a\":\"\t\"}", "json.syntax"),
    (#"{"a":"\u12"}"#, "json.syntax"), (#"{"a":nan}"#, "json.syntax"), ("{'a':1}", "json.syntax"),
    (#"{"event":"e","ts":1}"#, "identity.placeholder"), (#"{"user":"u","ts":1}"#, "event.missing"),
    (#"{"user":"undefined","event":"e","ts":1}"#, "identity.placeholder"),
    (#"{"user":"u","event":"e"}"#, "time.missing"),
    (#"{"user":"u","event":"e","ts":1e9}"#, "time.form"),
    ("{\"user\":\"u\",\"event\":\"e\",\"ts\":1,\"p\":\"\u{0}\"}", "text.nul"),
  ])
  func `loses no good line to a bad one`(line: String, code: String) throws {
    let good = #"{"user":"u","event":"e","ts":1,"p":"x"}"#
    let read = try events(good, line, "", good)
    #expect(read.verdicts.map { $0.split(separator: " ").last.map(String.init) } == [code])
    #expect(read.rejections.kept.first?.record == 2)
    #expect(read.events.count == 2)
    #expect(read.events[0] == read.events[1])
    #expect(read.records == 4)
  }

  @Test
  func `bounds depth, names and lengths`() throws {
    let deep = String(repeating: #"{"a":"#, count: 100_000)
    let array = String(repeating: "[", count: 100_000)
    let good = #"{"user":"u","event":"e","ts":1}"#
    let read = try events(#"{"a":\#(deep)"#, #"{"a":\#(array)"#, good)
    #expect(read.rejections.counts == ["json.depth": 2])
    #expect(read.events.count == 1)
    var names = ""
    for number in 0..<3000 {
      names += "{\"user\":\"u\",\"event\":\"e\",\"ts\":1,\"p\(number)\":1}\n"
    }
    let many = try reading(names, as: "many.jsonl")
    #expect(many.events.count == ImportLimits.properties)
    #expect(many.rejections.counts == ["property.names": 2000])
    let key = String(repeating: "k", count: 600)
    #expect(try events(#"{"\#(key)":1}"#).rejections.counts == ["property.name": 1])
    let long = String(repeating: "x", count: 3 << 20)
    let dropped = try reading("{\"a\":\"\(long)\"}\n\(good)\n", as: "x.jsonl", chunkSize: 1 << 16)
    #expect(dropped.verdicts == ["1 - record.length"])
    #expect(dropped.events.count == 1)
  }

  @Test
  func `takes the first of a key that comes twice`() throws {
    let read = try events(
      #"{"user":"u","event":"e","ts":1,"p":1,"p":2,"properties":{"p":3,"q":4}}"#)
    #expect(read.events.first?.properties == ["p": .number(1), "q": .number(4)])
  }

  @Test
  func `takes the keys that flags name, nested ones too`() throws {
    var options = ImportOptions()
    options.customer = "who.id"
    options.event = "what"
    options.time = "when"
    let read = try events(
      #"{"what":"e","when":5,"who":{"id":"u1","age":7},"event":"other"}"#, options: options)
    #expect(
      read.events == [
        Event(
          "e", at: Instant(milliseconds: 5000), by: Identity("u1"),
          properties: ["who.age": .number(7), "event": .string("other")])
      ])
  }
}
