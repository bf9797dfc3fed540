import Events
import Statistics
import Stories
import Testing

@testable import Wire

@Suite
struct `Calls that are written as lines of JSON` {
  /// A record of random parts; most are good, some are broken in one way.
  private static func record(_ dice: inout SeededGenerator) -> String {
    func pick(_ texts: [String]) -> String { texts.randomElement(using: &dice) ?? "" }
    var members: [String] = []
    let type = pick(["track", "identify", "group", "page", "screen", "alias", "other", ""])
    if !type.isEmpty { members.append(#""type":"\#(type)""#) }
    members.append(
      pick([
        #""userId":"u1""#, #""userId":17"#, #""user_id":"ü 🎉""#, #""customer":"c1""#,
        #""userId":null"#, #""userId":"undefined""#, #""userId":"\u00fc2""#, #""userId":"""#,
      ]))
    // Of an alias that names a device's id too, only the previous id is linked.
    if type != "alias", Int.random(in: 0..<3, using: &dice) > 0 {
      members.append(pick([#""anonymousId":"a1""#, #""device_id":"a2""#, #""anonymousId":null"#]))
    }
    members.append(
      pick([#""event":"Paid""#, #""event":"a\/b""#, #""name":"N","action":"A""#, #""name":"N""#]))
    members.append(
      pick([
        #""timestamp":"2025-09-01T00:00:00Z""#, #""time":1756684800123"#, #""ts":"2025-09-01""#,
        #""originalTimestamp":"2030-01-01T00:00:00Z","sentAt":"2030-01-01T00:00:10.5Z","#
          + #""receivedAt":"2025-09-01T00:00:10Z""#,
        #""timestamp":"soon""#, #""time":"01/02/2025""#, #""ts":1,"timestamp":2"#,
        #""originalTimestamp":"2025-09-01T00:00:00Z","timestamp":"2025-09-02T00:00:00Z""#,
      ]))
    for _ in 0..<Int.random(in: 0...6, using: &dice) {
      members.append(
        pick([
          #""p":1"#, #""p":"text""#, #""p":[1, {"a":"]"}]"#, #""q":true"#, #""q":null"#,
          #""properties":{"p":2.5,"deep":{"er":{"est":"x"}},"n":null}"#, #""groupId":"g1""#,
          #""traits":{"plan":"pro","address":{"city":"K\u00f6ln"}}"#, #""previousId":"u0""#,
          #""context":{"page":{"path":"/p","title":"T"},"campaign":{"name":"c"},"ip":"1"}"#,
          #""integrations":{"All":false}"#,
          #""messageId":"m\#(Int.random(in: 0..<3, using: &dice))""#,
          #""long":0.12345678901234567"#, #""id":12345678901234567"#, #""huge":1e999"#,
          #""k\u0041":"\"""#, #""writeKey":"w""#, #""version":2"#, #""sentAt":"2025-09-01""#,
          #""a.b":1,"a":{"b":2}"#, #""properties":{}"#, #""e":[]"#, #""channel":"web""#,
          #""t":"\#(String(repeating: "y", count: 8193))""#, #""half":"\ud83c""#, #""x":tru"#,
          #""x":{"y":01}"#, "\"tab\":\"\t\"", #""zero":"\u0000""#,
          "\"properties\":{\"\u{301}x\":1}",
        ]))
    }
    members.shuffle(using: &dice)
    return "{" + members.joined(separator: pick([",", ", ", " , "])) + "}"
  }

  @Test(arguments: 0..<150)
  func `are the same events in a request as in a file`(seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    let records = (0..<Int.random(in: 1...20, using: &dice)).map { _ in Self.record(&dice) }
    let file = try reading(records.joined(separator: "\n") + "\n", as: "calls.jsonl")
    let request = try collect(
      "/v1/events", records.joined(separator: "\n"), contentType: "application/x-ndjson")
    expectSame(file, request)

    // The same in one array, where a record that is no JSON would spoil the others.
    let whole = records.enumerated().filter { index, _ in
      !request.refusals.contains("\(index) json.syntax")
    }.map(\.element)
    let array = try collect("/v1/events", "[" + whole.joined(separator: ",\n") + "]")
    #expect(array.events == request.events)
  }

  private func expectSame(_ file: Reading, _ request: CollectedRequest) {
    #expect(request.events.map(\.anonymousForm) == file.events)
    #expect(request.events.map { Batch.messageHash(id: $0.messageID ?? "") } == file.messages)
    // Of an alias a file says both links; two users are joined by a person's word only.
    let linked = Set(
      request.events.compactMap { event in
        event.linked.map { IdentityPair(event.identity, $0, time: event.time.milliseconds) }
      })
    #expect(linked == Set(file.links.filter { $0.second.namespace == .anonymous }))
    let refusals = request.items.enumerated().compactMap { index, item -> String? in
      if case .refused(let refusal) = item { "\(index + 1) \(refusal.code)" } else { nil }
    }
    let kept = file.rejections.kept
    #expect(
      refusals == kept.filter { $0.code != Rejection.tooLongText }.map { "\($0.record) \($0.code)" }
    )
    #expect(
      request.leftOut.map { "\($0.index + 1) \($0.refusal.field ?? "")" }
        == kept.filter { $0.code == Rejection.tooLongText }.map { "\($0.record) \($0.field ?? "")" }
    )
  }
}

@Suite
struct `Requests of hostile clients` {
  private static let bodies: [(path: String, type: String?, body: String)] = [
    (
      "/v1/batch", nil,
      #"{"batch":[{"type":"track","userId":"u\u00fc","event":"e","properties":{"a":[1,{"b":2}]},"#
        + #""timestamp":"2025-09-01T00:00:00Z"}],"sentAt":"2025-09-01T00:00:00Z","context":{"x":1}}"#
    ),
    (
      "/batch/", nil,
      #"{"api_key":"k","batch":[{"event":"$create_alias","distinct_id":"d","properties":{"alias":"#
        + #""ä","$groups":{"company":"x"}},"offset":5}],"sent_at":1756684800000}"#
    ),
    (
      "/import", nil,
      #"[{"event":"e","properties":{"distinct_id":"$device:x","time":1.5e3,"$insert_id":"1"}}]"#
    ),
    ("/engage", nil, #"{"$token":"t","$distinct_id":"u","$set":{"a":{"b":-0.1e-7}}}"#),
    (
      "/track", "application/x-www-form-urlencoded",
      "data=%5B%7B%22event%22%3A%22e%22%7D%5D&verbose=1&ip=%3"
    ),
    ("/v1/events", nil, "{\"user\":\"u\",\"event\":\"e\"}\r\n\n{\"user\":\"\\ud83c\\udf89\"}\n"),
  ]

  /// Reads and answers; the answer has to be JSON, or a digit.
  private func survive(_ path: String, _ type: String?, _ body: some Sequence<UInt8>) throws {
    let request = CollectionRequest(
      path: path, query: ["verbose": "1", "verdicts": "all"], contentType: type,
      body: Array(body), received: received, mode: .strict)
    let answer: CollectionAnswer
    do throws(CollectionFailure) {
      let collected = try CollectedRequest.read(request)
      for event in collected.events {
        #expect(!Identity.placeholders.contains(event.identity.id))
        #expect(event.time >= .earliest && event.time < .tooLate)
      }
      answer = collected.answerOfTaken
    } catch {
      #expect((400..<500).contains(error.status))
      answer = CollectionAnswer(to: error, in: CollectionDialect(path: path))
    }
    _ = try answer.json
  }

  @Test
  func `may break off anywhere`() throws {
    for (path, type, body) in Self.bodies {
      let bytes = Array(body.utf8)
      for end in 0...bytes.count { try survive(path, type, bytes[..<end]) }
    }
  }

  @Test(arguments: 0..<200)
  func `may be damaged anywhere`(seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    let letters = Array("{}[]\",:\\u0e-.\n\r\t\u{0}\u{7F}é%=&".utf8) + [0xFF, 0xC3, 0xED, 0xA0]
    for (path, type, body) in Self.bodies {
      var bytes = Array(body.utf8)
      for _ in 0..<Int.random(in: 1...8, using: &dice) {
        let place = Int.random(in: 0..<bytes.count, using: &dice)
        let letter = letters.randomElement(using: &dice) ?? 0
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: bytes.insert(letter, at: place)
        case 1: bytes[place] = letter
        case 2: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      try survive(path, type, bytes)
    }
  }

  @Test
  func `may nest deeply, write long numbers and repeat keys`() throws {
    let path = "/v1/events"
    for opening in ["[", #"{"a":"#, #"[{"a":"#] {
      try survive(path, nil, String(repeating: opening, count: 200_000).utf8)
    }
    let number = String(repeating: "9", count: 100_000)
    try survive(
      path, nil, #"{"user":\#(number),"event":"e","time":\#(number),"p":-\#(number)}"#.utf8)
    try survive(path, nil, #"{"user":"u","event":"e","time":-9e99999,"offset":1e308}"#.utf8)
    try survive("/e", nil, #"{"event":"e","distinct_id":"u","offset":-99999999999999999999}"#.utf8)
    try survive("/e", nil, #"{"event":"e","distinct_id":"u","offset":9999999999999}"#.utf8)
    let keys = (0..<3000).map { #""k\#($0)":1"# }.joined(separator: ",")
    let many = try collect(path, #"[{"user":"u","event":"e",\#(keys)},{"user":"u","event":"e"}]"#)
    #expect(many.refusals == ["0 property.names"])
    let others = (0..<800).map { #""o\#($0)":1"# }.joined(separator: ",")
    let half = keys.prefix(8000).split(separator: ",").dropLast().joined(separator: ",")
    let two = try collect(
      path, #"[{"user":"u","event":"e",\#(half)},{"user":"u","event":"e",\#(others)}]"#)
    #expect(two.refusals == [])
    #expect(two.events.last?.properties.count == 800)
    let fresh = (0..<40).map { item in
      #"{"user":"u","event":"e",\#((0..<900).map { #""n\#(item)_\#($0)":1"# }.joined(separator: ","))}"#
    }
    let strange = try collect(path, "[" + fresh.joined(separator: ",") + "]")
    #expect(strange.events.count == 17)
    #expect(strange.refusals.allSatisfy { $0.hasSuffix("property.names") })
    let again = String(repeating: #""p":1,"#, count: 10_000)
    let repeated = try collect(path, #"{\#(again)"user":"u","event":"e","time":1}"#)
    #expect(repeated.events.first?.properties == ["p": .number(1)])
  }
}
