import Events
import Stories
import Testing

@testable import Wire

@Suite
struct `A request of Segment's clients` {
  /// As `analytics-python` 2.4 sends it.
  private let batch = #"""
    {"batch": [{"integrations": {}, "anonymousId": "a1", "properties": {"sum": 12.5},
    "timestamp": "2025-09-01T00:00:00.000+00:00", "context": {"library": {"name": "analytics-python",
    "version": "2.4.0"}}, "userId": "u1", "type": "track", "event": "Paid", "messageId": "m1"},
    {"type": "identify", "userId": "u1", "traits": {"plan": "pro"}, "context": {},
    "timestamp": "2025-09-01T00:00:01.000+00:00", "messageId": "m2"}],
    "sentAt": "2025-09-01T00:00:05+00:00", "writeKey": "secret-key"}
    """#

  @Test
  func `becomes events, with the client's clock corrected`() throws {
    let request = try collect("/v1/batch", batch, authorization: "Basic c2VjcmV0LWtleTo=")
    #expect(request.key == "secret-key")
    #expect(request.dialect == .segment(.batch))
    #expect(
      request.items == [
        .event(
          Event(
            "Paid", at: Instant(milliseconds: 1_756_684_805_000), by: Identity("u1"),
            linked: Identity(.anonymous, "a1"), messageID: "m1",
            properties: ["sum": .number(12.5)])),
        .event(
          Event(
            "$identify", at: Instant(milliseconds: 1_756_684_806_000), by: Identity("u1"),
            messageID: "m2", properties: ["traits.plan": .string("pro")])),
      ])
    #expect(request.answerOfTaken.text == #"{"success":true}"#)
    #expect(request.answerOfTaken.status == 200)
  }

  @Test
  func `may carry its key in the body alone`() throws {
    #expect(try collect("/v1/batch", batch).key == "secret-key")
    let single = #"{"userId":"u","event":"e","writeKey":"k2"}"#
    let request = try collect("/v1/track", single)
    #expect(request.key == "k2")
    #expect(request.events.first?.properties == [:])
    #expect(try collect("/v1/track", single, authorization: "Bearer other").key == "other")
    #expect(try collect("/v1/track", #"{"userId":"u","event":"e"}"#).key == nil)
  }

  @Test(arguments: [
    ("/v1/track", "/v1/t", "e"), ("/v1/identify", "/v1/i", "$identify"),
    ("/v1/page", "/v1/p/", "Page Viewed"), ("/v1/screen", "/v1/s", "Screen Viewed"),
    ("/v1/group", "/v1/g", "$group"), ("/v1/alias", "/v1/a", "$alias"),
  ])
  func `names its call by the path, long or short`(long: String, short: String, event: String)
    throws
  {
    for path in [long, short] {
      let request = try collect(
        path, #"{"userId":"u","event":"e","groupId":"g","previousId":"p","timestamp":1}"#)
      #expect(request.refusals == [])
      #expect(request.events.map(\.name) == [event])
    }
    #expect(CollectionDialect(path: "/v1/import") == .segment(.batch))
    #expect(CollectionDialect(path: "/v1/b") == .segment(.batch))
    #expect(CollectionDialect(path: "/v1/x") == nil)
    #expect(CollectionDialect(path: "/v1/") == nil)
    #expect(CollectionDialect(path: "/") == nil)
  }

  @Test
  func `links an alias as a device's id`() throws {
    let request = try collect("/v1/alias", #"{"userId":"u2","previousId":"u1"}"#)
    #expect(request.events.first?.identity == Identity("u2"))
    #expect(request.events.first?.linked == Identity(.anonymous, "u1"))
    let both = try collect("/v1/alias", #"{"userId":"u2","previousId":"u1","anonymousId":"a"}"#)
    #expect(both.events.first?.linked == Identity(.anonymous, "u1"))
    #expect(both.leftOut.map(\.refusal.code) == ["identity.links"])
    #expect(try collect("/v1/alias", #"{"userId":"u2"}"#).refusals == ["0 identity.placeholder"])
  }

  @Test
  func `shares the batch's context, where an item has none of its own`() throws {
    let request = try collect(
      "/v1/batch",
      #"{"batch":[{"type":"track","userId":"u","event":"e"},"#
        + #"{"type":"track","userId":"u","event":"e","context":{"campaign":{"name":"own"}}}],"#
        + #""context":{"campaign":{"name":"all","source":"ad"},"ip":"1.2.3.4"}}"#)
    #expect(
      request.events.map(\.properties) == [
        ["context.campaign.name": .string("all"), "context.campaign.source": .string("ad")],
        ["context.campaign.name": .string("own"), "context.campaign.source": .string("ad")],
      ])
  }

  @Test
  func `is refused where its context would fill the memory through every item`() throws {
    let values = (0..<1500).map { #""k\#($0)":1"# }.joined(separator: ",")
    let item = #"{"type":"track","userId":"u","event":"e"}"#
    let start = #"{"batch":[\#(item),\#(item)],"context":"#
    let failed = try #require(failure("/v1/batch", #"\#(start){"campaign":{\#(values)}}}"#.utf8))
    #expect(failed.code == "batch.context")
    let other = try collect("/v1/batch", #"\#(start){"device":{\#(values)}}}"#)
    #expect(other.events.map(\.properties) == [[:], [:]])
    #expect(failure("/v1/batch", #"\#(start){"a":"\ud800"}}"#.utf8)?.code == "batch.context")
    let broken = Array(#"\#(start){"campaign":{"name":""#.utf8) + [0xFF] + Array(#""}}}"#.utf8)
    #expect(failure("/v1/batch", broken)?.code == "batch.context")
    let fine = Array(start.utf8) + Array(#"{"campaign":{"name":"c"}},"x":""#.utf8) + [0xFF]
    let answer = try CollectedRequest.read(
      CollectionRequest(path: "/v1/b", body: fine + Array(#""}"#.utf8), received: received))
    #expect(
      answer.events.map(\.properties)
        == Array(
          repeating: ["context.campaign.name": .string("c")], count: 2))
  }

  @Test(arguments: [
    "[1,]", "[,1]", "[1 2]", "{,}", #"{"a":1,}"#, #"{"a"}"#, #"{"a":}"#, "{1:2}", "[1}", "[tru]",
    "[01]", "[1.]", "[+1]", "['a']", #"["\x"#, "[\"\t\"]", "[NaN]", "[1]]", "nul", "[\u{0}]",
  ])
  func `is refused where it is no JSON`(body: String) throws {
    #expect(failure("/v1/batch", body.utf8)?.code == "json.syntax")
  }

  @Test
  func `loses only the items that are not UTF-8`() throws {
    let good = #"{"type":"track","userId":"u","event":"e"}"#
    let bad = Array(#"{"type":"track","userId":"u","event":""#.utf8) + [0xC3, 0x28, 0x22, 0x7D]
    let body =
      Array(#"{"batch":[\#(good),"#.utf8) + bad + Array(#",\#(good)]}"#.utf8)
    let request = try CollectedRequest.read(
      CollectionRequest(path: "/v1/batch", body: body, received: received))
    #expect(request.refusals == ["1 text.encoding"])
    #expect(request.events.count == 2)
  }

  @Test(arguments: [
    ("Basic c2VjcmV0LWtleTo=", "secret-key"), ("basic c2VjcmV0LWtleTpwYXNz", "secret-key"),
    ("Bearer abc", "abc"), ("Basic !", nil), ("Digest abc", nil), ("Basic", nil),
    ("Basic Og==", nil),
    ("Bearer " + String(repeating: "k", count: 300), nil),
  ])
  func `names its key in a header`(header: String, key: String?) throws {
    #expect(try collect("/v1/t", "{}", authorization: header).key == key)
  }

  @Test
  func `has the time of its arrival where it says none, and is then recognised by both`() throws {
    let body = #"{"userId":"u","event":"e"}"#
    let first = try collect("/v1/track", body)
    #expect(first.events.first?.time == received)
    let later = try CollectedRequest.read(
      CollectionRequest(
        path: "/v1/track", body: Array(body.utf8), received: Instant(milliseconds: 5)))
    #expect(first.events.first?.messageID != later.events.first?.messageID)
    let timed = #"{"userId":"u","event":"e","timestamp":"2025-09-01T00:00:00Z"}"#
    let one = try collect("/v1/track", timed)
    let two = try CollectedRequest.read(
      CollectionRequest(
        path: "/v1/track", body: Array(timed.utf8), received: Instant(milliseconds: 5)))
    #expect(one.events == two.events)
  }

  @Test
  func `loses no good item to a bad one`() throws {
    let body = #"""
      {"batch":[{"type":"track","userId":"u","event":"e"},5,{"type":"walk","userId":"u"},
      {"userId":"u"},{"type":"track","userId":"null","event":"e"},{"type":"track","userId":"u"},
      {"type":"track","userId":"u","event":"e","timestamp":"soon"},
      {"type":"track","userId":"u","event":"\ud800"},
      {"type":"track","userId":"u","event":"e","p":"\u0000"}]}
      """#
    let request = try collect("/v1/batch", body)
    #expect(request.events.count == 1)
    #expect(
      request.refusals == [
        "1 json.object", "2 segment.type", "3 segment.type", "4 identity.placeholder",
        "5 event.missing", "6 time.form", "7 json.syntax", "8 json.syntax",
      ])
    let answer = try request.answerOfTaken.json
    #expect(answer["success"] as? Bool == true)
    #expect(answer["taken"] as? Int == 1)
    #expect(answer["refused"] as? Int == 8)
    #expect((answer["items"] as? [[String: Any]])?.map { $0["index"] as? Int } == Array(1...8))
  }

  @Test
  func `is answered by 400 and 207 where the client is strict`() throws {
    let good = #"{"type":"track","userId":"u","event":"e"}"#
    let bad = #"{"type":"track","userId":"","event":"e"}"#
    for (items, status) in [(good, 200), (good + "," + bad, 207), (bad, 400)] {
      let strict = try collect("/v1/batch", #"{"batch":[\#(items)]}"#, query: ["strict": "1"])
      #expect(strict.answerOfTaken.status == status)
      #expect(try strict.answerOfTaken.json["success"] as? Bool == (status == 200))
      let asked = try collect("/v1/batch", #"{"batch":[\#(items)]}"#, mode: .strict)
      #expect(asked.answerOfTaken.status == status)
      let tolerant = try collect("/v1/batch", #"{"batch":[\#(items)]}"#)
      #expect(tolerant.answerOfTaken.status == 200)
    }
  }

  @Test
  func `is refused as a whole where it cannot be read`() throws {
    for (body, code) in [
      ("", "body.empty"), ("  ", "body.empty"), ("{", "json.syntax"), ("5", "body.items"),
      (#"{"batch":5}"#, "body.items"), (#"{"batch":[]} x"#, "json.syntax"),
      (String(repeating: "[", count: 100_000), "json.depth"),
    ] {
      let failed = try #require(failure("/v1/batch", body.utf8))
      #expect(failed.code == code)
      #expect(failed.status == 400)
      let answer = try CollectionAnswer(to: failed, in: .segment(.batch)).json
      #expect(answer["code"] as? String == code)
      #expect(answer["message"] is String)
    }
    #expect(failure("/nowhere", "{}".utf8)?.status == 404)
  }

  @Test
  func `is the same event as in a file`() throws {
    let line =
      #"{"type":"track","userId":"u","event":"e","originalTimestamp":"2030-01-01T00:00:00Z","#
      + #""sentAt":"2030-01-01T00:00:10Z","receivedAt":"2025-09-01T00:00:10Z"}"#
    let file = try reading(line + "\n", as: "calls.jsonl")
    let request = try collect("/v1/batch", #"{"batch":[\#(line)],"sentAt":"2025-09-01T00:00:10Z"}"#)
    #expect(request.events.map(\.anonymousForm) == file.events)
    #expect(request.events.map { Batch.messageHash(id: $0.messageID ?? "") } == file.messages)
    let seenByUs = line.replacing(#","receivedAt":"2025-09-01T00:00:10Z""#, with: "")
    let other = try collect("/v1/batch", #"{"batch":[\#(seenByUs)]}"#)
    #expect(other.events.map(\.time) == [Instant(milliseconds: 1_756_684_800_000)])
  }
}
