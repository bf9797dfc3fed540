import Events
import Stories
import Testing

@testable import Wire

@Suite
struct `A plain request` {
  private let good = #"{"customer":"c","event":"Paid","time":"2025-09-01T00:00:00Z","sum":5}"#

  @Test
  func `holds an object, an array or a line for each event`() throws {
    let event = Event(
      "Paid", at: Instant(milliseconds: 1_756_684_800_000), by: Identity("c"),
      properties: ["sum": .number(5)])
    for (body, count) in [
      (good, 1), ("[\(good), \(good)]", 2), ("\(good)\n\(good)\n", 2),
      ("\n\(good)\r\n\n\(good)", 2), ("[]", 0),
    ] {
      let request = try collect("/v1/events/", body, authorization: "Bearer key-1")
      #expect(request.key == "key-1")
      #expect(request.refusals == [])
      #expect(request.events.map(\.anonymousForm) == Array(repeating: event, count: count))
      #expect(Set(request.events.map(\.messageID)).count <= 1)
    }
  }

  @Test
  func `is answered item by item`() throws {
    let request = try collect(
      "/v1/events", #"[\#(good),\#(good),\#(good),{"event":"x","time":"never","user":"u"}]"#)
    let outcomes: [ItemOutcome] = [.taken, .repeated, .refused(.tooManyNames)]
    let answer = try CollectionAnswer(to: request, outcomes: outcomes).json
    #expect(answer["taken"] as? Int == 1)
    #expect(answer["repeated"] as? Int == 1)
    #expect(answer["refused"] as? Int == 2)
    let items = try #require(answer["items"] as? [[String: Any]])
    #expect(items.map { $0["index"] as? Int } == [1, 2, 3])
    #expect(
      items.map { $0["outcome"] as? String } == ["repeated", "refused", "refused"])
    #expect(items.map { $0["code"] as? String } == [nil, "events.names", "time.form"])
    #expect(items[2]["field"] as? String == "time")
    #expect(items[2]["problem"] as? String == "“never” is no time.")
    #expect(items[2]["remedy"] is String)
    let all = try collect("/v1/events", good, query: ["verdicts": "all"]).answerOfTaken.json
    #expect((all["items"] as? [[String: Any]])?.count == 1)
  }

  @Test
  func `never claims an event of which nobody said that it is stored`() throws {
    let request = try collect("/v1/events", "[\(good),\(good)]", mode: .strict)
    let answer = CollectionAnswer(to: request, outcomes: [.taken])
    #expect(answer.status == 207)
    #expect(try answer.json["refused"] as? Int == 1)
  }

  @Test
  func `says which values were left out of what was taken`() throws {
    let long = String(repeating: "x", count: ImportLimits.text + 1)
    let request = try collect(
      "/v1/events", #"{"user":"u","event":"e","time":1,"p":"\#(long)","q":"y"}"#)
    #expect(request.events.first?.properties == ["q": .string("y")])
    let answer = try request.answerOfTaken.json
    let leftOut = try #require(answer["leftOut"] as? [[String: Any]])
    #expect(leftOut.map { $0["code"] as? String } == ["property.length"])
    #expect(leftOut.map { $0["field"] as? String } == ["p"])
  }

  @Test
  func `says nothing of values left out of what is refused`() throws {
    let long = String(repeating: "x", count: ImportLimits.text + 1)
    let names = (0..<1001).map { #""k\#($0)":1"# }.joined(separator: ",")
    let request = try collect(
      "/v1/events", #"[{"user":"u","event":"e","p":"\#(long)",\#(names)},\#(good)]"#)
    #expect(request.refusals == ["0 property.names"])
    #expect(request.leftOut == [])
  }

  @Test
  func `keeps a long message id as its hash`() throws {
    let id = String(repeating: "m", count: 5000)
    let request = try collect("/v1/events", #"{"user":"u","event":"e","message_id":"\#(id)"}"#)
    let kept = try #require(request.events.first?.messageID)
    #expect(kept.utf8.count < 100)
    #expect(Batch.messageHash(id: kept) == Batch.messageHash(id: id))
  }

  @Test
  func `is refused in the form of RFC 9457 where it cannot be read`() throws {
    let failed = try #require(failure("/v1/events", "[1,".utf8))
    let answer = CollectionAnswer(to: failed, in: .plain)
    #expect(answer.contentType == "application/problem+json")
    #expect(try answer.json["status"] as? Int == 400)
    #expect(try answer.json["code"] as? String == "json.syntax")
  }

  @Test
  func `is never answered with its key, nor with characters that turn the writing`() throws {
    let request = try collect(
      "/v1/events",
      "{\"user\":\"u\",\"event\":\"e\",\"time\":\"secret-1 \u{202E}\u{7}\"}"
        .replacing("\u{7}", with: #"\u0007"#), authorization: "Bearer secret-1")
    #expect(request.refusals == ["0 time.form"])
    let answer = request.answerOfTaken
    #expect(!answer.text.contains("secret-1"))
    #expect(!answer.text.contains("\u{202E}"))
    #expect(answer.text.contains(#"\u202e"#))
    #expect(answer.body.allSatisfy { $0 >= 32 })
  }

  @Test
  func `has no more items, values or bytes than are taken`() throws {
    let items = "[" + String(repeating: "{},", count: CollectionLimits.items) + "{}]"
    #expect(failure("/v1/events", items.utf8)?.code == "body.count")
    let lines = String(repeating: "{}\n", count: CollectionLimits.items + 1)
    #expect(failure("/v1/events", lines.utf8)?.code == "body.count")
    let million = "[" + String(repeating: "1,", count: CollectionLimits.values) + "1]"
    let failed = try #require(failure("/v1/events", million.utf8))
    #expect(failed.code == "body.values")
    #expect(failed.status == 413)
    let long = [UInt8](repeating: 32, count: CollectionLimits.body + 1)
    #expect(failure("/v1/events", long)?.status == 413)
  }

  @Test
  func `lists no more refusals than an answer has room for`() throws {
    let request = try collect(
      "/v1/events", "[" + String(repeating: "1,", count: 1500) + "1]")
    let answer = try request.answerOfTaken.json
    #expect(answer["refused"] as? Int == 1501)
    #expect((answer["items"] as? [Any])?.count == CollectionLimits.listed)
    #expect(answer["unlisted"] as? Int == 501)
  }

  @Test
  func `bounds depth, lengths and names of each item alone`() throws {
    let deep = String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17)
    let name = String(repeating: "k", count: 600)
    let id = String(repeating: "i", count: 600)
    let big = String(repeating: #""x","#, count: 300_000)
    let request = try collect(
      "/v1/events",
      #"[{"user":"u","event":"e","a":\#(deep)},{"user":"u","event":"e","\#(name)":1},"#
        + #"{"user":"\#(id)","event":"e"},{"user":"u","event":"\#(id)"},"#
        + #"{"user":"u","event":"e","a":[\#(big)1]},\#(good)]"#)
    #expect(
      request.refusals == [
        "0 json.depth", "1 property.name", "2 identity.length", "3 event.length", "4 record.length",
      ])
    #expect(request.events.count == 1)
  }

  @Test(arguments: [("userId", "anonymousId"), ("anonymousId", "userId")])
  func `refuses an item of whose two ids one is too long`(long: String, short: String) throws {
    let id = String(repeating: "i", count: 600)
    let request = try collect(
      "/v1/events", #"[{"\#(short)":"u","\#(long)":"\#(id)","event":"e"},\#(good)]"#)
    #expect(request.refusals == ["0 identity.length"])
    #expect(request.events.count == 1)
  }
}
