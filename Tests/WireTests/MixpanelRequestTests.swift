import Events
import Testing

@testable import Wire

@Suite
struct `A request of Mixpanel's clients` {
  /// `{"event":"e","properties":{"token":"tok","distinct_id":"u","time":1756684800.25,"$insert_id":"i","mp_lib":"python","x":1}}`
  private let form =
    "data=%7B%22event%22%3A%22e%22%2C%22properties%22%3A%7B%22token%22%3A%22tok%22%2C%22distinct_id"
    + "%22%3A%22u%22%2C%22time%22%3A1756684800.25%2C%22%24insert_id%22%3A%22i%22%2C%22mp_lib%22%3A"
    + "%22python%22%2C%22x%22%3A1%7D%7D&verbose=1&ip=0"

  @Test(arguments: ["/track", "/track/", "/import"])
  func `becomes an event as its Python library sends it`(path: String) throws {
    let request = try collect(path, form, contentType: "application/x-www-form-urlencoded")
    #expect(request.key == "tok")
    #expect(
      request.items == [
        .event(
          Event(
            "e", at: Instant(milliseconds: 1_756_684_800_250), by: Identity("u"), messageID: "i",
            properties: ["x": .number(1)]))
      ])
    #expect(request.answerOfTaken.text == #"{"status":1,"error":null}"#)
  }

  @Test
  func `may come in the address alone, as base64`() throws {
    // {"event":"e","properties":{"distinct_id":"ü>","token":"t"}}
    let data = "eyJldmVudCI6ImUiLCJwcm9wZXJ0aWVzIjp7ImRpc3RpbmN0X2lkIjoiw7w+IiwidG9rZW4iOiJ0In19"
    for written in [data, data.replacing("+", with: " "), data.replacing("+", with: "-")] {
      let request = try collect("/track", "", query: ["data": written], contentType: nil)
      #expect(request.events.map(\.identity) == [Identity("ü>")])
      #expect(request.key == "t")
    }
  }

  @Test
  func `is answered by a digit where it asks for nothing else`() throws {
    let event = #"{"event":"e","properties":{"distinct_id":"u"}}"#
    #expect(try collect("/track", event).answerOfTaken.text == "1")
    let refused = try collect("/track", #"{"event":"e","properties":{"distinct_id":"null"}}"#)
    #expect(refused.answerOfTaken.text == "0")
    #expect(refused.answerOfTaken.status == 200)
    let told = try collect(
      "/track", #"{"event":"e","properties":{"distinct_id":"null"}}"#, query: ["verbose": "1"])
    #expect(try told.answerOfTaken.json["status"] as? Int == 0)
    #expect(try told.answerOfTaken.json["error"] is String)
  }

  private let imported = #"""
    [{"event":"a","properties":{"distinct_id":"u","time":1756684800,"$insert_id":"1"}},
    {"event":"b","properties":{"distinct_id":"u","time":"soon","$insert_id":"2"}},
    {"event":"c","properties":{"distinct_id":"u","$insert_id":"3"}}]
    """#

  @Test
  func `is told each refusal of a strict import`() throws {
    let strict = try collect("/import", imported, query: ["strict": "1", "project_id": "7"])
    #expect(strict.refusals == ["1 time.form", "2 time.missing"])
    let answer = strict.answerOfTaken
    #expect(answer.status == 400)
    let json = try answer.json
    #expect(json["code"] as? Int == 400)
    #expect(json["num_records_imported"] as? Int == 1)
    #expect(json["status"] as? String == "Bad Request")
    let failed = try #require(json["failed_records"] as? [[String: Any]])
    #expect(failed.map { $0["index"] as? Int } == [1, 2])
    #expect(failed.map { $0["insert_id"] as? String } == ["2", "3"])
    #expect(failed.map { $0["field"] as? String } == ["properties.time", "properties.time"])
    let tolerant = try collect("/import", imported).answerOfTaken
    #expect(tolerant.status == 200)
    #expect(try tolerant.json["num_records_imported"] as? Int == 1)
    #expect(try (tolerant.json["failed_records"] as? [[String: Any]])?.count == 2)
  }

  @Test
  func `may hold one event a line`() throws {
    let lines = imported.dropFirst().dropLast().replacing("},\n", with: "}\n")
    for type in ["application/x-ndjson", "application/json"] {
      let request = try collect("/import", String(lines), contentType: type)
      #expect(request.refusals == ["1 time.form", "2 time.missing"])
      #expect(request.events.map(\.name) == ["a"])
    }
    let whole = try collect(
      "/import", #"[{"event":"a","properties":{"distinct_id":"u","time":1756684800}}]"#,
      authorization: "Basic dG9rOg==")
    #expect(whole.key == "tok")
    #expect(
      whole.answerOfTaken.text == #"{"code":200,"num_records_imported":1,"status":"OK"}"#)
  }

  @Test
  func `says who did it in several ways`() throws {
    func identities(_ properties: String) throws -> [Identity?] {
      let request = try collect(
        "/track", #"{"event":"e","properties":{\#(properties)}}"#)
      return [request.events.first?.identity, request.events.first?.linked]
    }
    let device = Identity(.anonymous, "d")
    #expect(try identities(#""distinct_id":"u""#) == [Identity("u"), nil])
    #expect(try identities(#""distinct_id":"$device:d","$device_id":"d""#) == [device, nil])
    #expect(try identities(#""distinct_id":"d","$device_id":"d""#) == [device, nil])
    #expect(
      try identities(#""distinct_id":"u","$device_id":"d","$user_id":"u""#)
        == [Identity("u"), device])
    #expect(try identities(#""distinct_id":"u","$device_id":"d""#) == [Identity("u"), device])
    #expect(try identities(#""distinct_id":"","$device_id":"d""#) == [device, nil])
  }

  @Test
  func `joins ids by its own events`() throws {
    let request = try collect(
      "/track",
      #"""
      [{"event":"$create_alias","properties":{"distinct_id":"old","alias":"new","token":"t"}},
      {"event":"$identify","properties":{"$identified_id":"u","$anon_id":"d","token":"t"}},
      {"event":"$merge","properties":{"$distinct_ids":["a","b"],"token":"t"}},
      {"event":"$mp_web_page_view","properties":{"distinct_id":"u","current_url_path":"/p"}}]
      """#)
    #expect(request.refusals == [])
    #expect(request.events.map(\.name) == ["$alias", "$identify", "Page Viewed"])
    #expect(request.events.map(\.identity) == [Identity("new"), Identity("u"), Identity("u")])
    #expect(
      request.events.map(\.linked) == [
        Identity(.anonymous, "old"), Identity(.anonymous, "d"), nil,
      ])
    #expect(request.events.last?.properties == ["path": .string("/p")])
    let answer = CollectionAnswer(to: request, outcomes: [.taken, .taken, .taken])
    #expect(answer.text == "1")
  }

  @Test
  func `sets traits by changes of a profile`() throws {
    let request = try collect(
      "/engage",
      #"""
      [{"$token":"tok","$time":1756684800.5,"$distinct_id":"u","$set":{"$email":"e@x","n":{"m":1}}},
      {"$token":"tok","$distinct_id":"u","$set_once":{"first":"x"},"$add":{"visits":1}},
      {"$token":"tok","$distinct_id":"u","$add":{"visits":1}},
      {"$token":"tok","$distinct_id":"u","$delete":""},
      {"$token":"other","$distinct_id":"u","$set":{"a":1}}]
      """#, query: ["verbose": "1"])
    #expect(request.key == "tok")
    #expect(request.events.map(\.name) == ["$identify", "$identify"])
    #expect(
      request.events.map(\.properties) == [
        ["traits.$email": .string("e@x"), "traits.n.m": .number(1)],
        ["once.first": .string("x")],
      ])
    #expect(request.events[0].time == Instant(milliseconds: 1_756_684_800_500))
    #expect(request.refusals == ["4 key.differs"])
    #expect(request.leftOut.map(\.index) == [1])
    let answer = try request.answerOfTaken.json
    #expect(answer["status"] as? Int == 1)
    #expect(answer["nothing"] as? Int == 2)
    let groups = try collect("/groups", #"{"$token":"t","$group_key":"c","$group_id":"1"}"#)
    #expect(groups.events == [])
    #expect(groups.answerOfTaken.text == "1")
  }

  @Test
  func `is refused where its form holds no events`() throws {
    let type = "application/x-www-form-urlencoded"
    #expect(failure("/track", "verbose=1".utf8, contentType: type)?.code == "form.data")
    #expect(failure("/track", "data=%%%".utf8, contentType: type)?.code == "form.data")
    let failed = try #require(failure("/import", "[".utf8))
    #expect(try CollectionAnswer(to: failed, in: .mixpanel(.imported)).json["code"] as? Int == 400)
    #expect(try CollectionAnswer(to: failed, in: .mixpanel(.track)).json["status"] as? Int == 0)
  }
}
