import Events
import Testing

@testable import Wire

@Suite
struct `A request of PostHog's clients` {
  private func event(_ fields: String) throws -> Event {
    let request = try collect("/capture/", "{\(fields)}")
    #expect(request.refusals == [])
    return try #require(request.events.first)
  }

  @Test
  func `becomes events as its Python library sends them`() throws {
    let request = try collect(
      "/batch/",
      #"""
      {"historical_migration": false, "batch": [{"properties": {"$python_runtime": "CPython",
      "sum": 5, "$lib": "posthog-python", "$lib_version": "7.91.1", "$geoip_disable": true,
      "$groups": {"project": "p7", "company": "acme"}}, "timestamp": "2025-09-01T00:00:00+00:00",
      "distinct_id": "u1", "event": "Paid", "uuid": "6f1"},
      {"timestamp": "2025-09-01T00:00:00+00:00", "distinct_id": "u1", "$set": {"plan": "pro"},
      "event": "$set", "uuid": "6f2", "properties": {}}],
      "sent_at": "2025-09-01T00:00:05+00:00", "api_key": "phc_secret"}
      """#)
    #expect(request.key == "phc_secret")
    let time = Instant(milliseconds: 1_756_684_805_000)
    #expect(
      request.items == [
        .event(
          Event(
            "Paid", at: time, by: Identity("u1"), messageID: "6f1",
            properties: [
              "$python_runtime": .string("CPython"), "sum": .number(5),
              "groups.project": .string("p7"), "groups.company": .string("acme"),
              "account": .string("acme"),
            ])),
        .event(
          Event(
            "$identify", at: time, by: Identity("u1"), messageID: "6f2",
            properties: ["traits.plan": .string("pro")])),
      ])
    #expect(request.answerOfTaken.text == #"{"status":1}"#)
    #expect(request.answerOfTaken.status == 200)
  }

  @Test(arguments: ["/capture", "/capture/", "/batch", "/e/", "/i/v0/e/", "/i/v0/ai/batch/"])
  func `goes to any of its paths, as one event, an array or a batch`(path: String) throws {
    let one = #"{"event":"e","distinct_id":"u","api_key":"k"}"#
    for body in [one, "[\(one),\(one)]", #"{"api_key":"k","batch":[\#(one)]}"#] {
      let request = try collect(path, body)
      #expect(request.key == "k")
      #expect(request.refusals == [])
      #expect(request.events.allSatisfy { $0.name == "e" && $0.properties == [:] })
    }
  }

  @Test
  func `comes from a browser, with the token among the properties`() throws {
    let request = try collect(
      "/e/",
      #"""
      [{"uuid":"1","event":"$pageview","properties":{"token":"phc","distinct_id":"d1",
      "$device_id":"d1","$is_identified":false,"$current_url":"https://x/p","$pathname":"/p",
      "title":"T"},"offset":4000},
      {"uuid":"2","event":"$identify","properties":{"token":"phc","distinct_id":"u1",
      "$anon_distinct_id":"d1","$device_id":"d1"},"$set":{"plan":"pro"},
      "$set_once":{"seen":"first"},"offset":1000},
      {"uuid":"3","event":"e","properties":{"token":"stolen","distinct_id":"u1"}}]
      """#, contentType: "text/plain")
    #expect(request.key == "phc")
    #expect(
      request.events == [
        Event(
          "Page Viewed", at: Instant(milliseconds: received.milliseconds - 4000),
          by: Identity(.anonymous, "d1"), messageID: "1",
          properties: [
            "url": .string("https://x/p"), "path": .string("/p"), "title": .string("T"),
          ]),
        Event(
          "$identify", at: Instant(milliseconds: received.milliseconds - 1000),
          by: Identity("u1"), linked: Identity(.anonymous, "d1"), messageID: "2",
          properties: ["traits.plan": .string("pro"), "once.seen": .string("first")]),
      ])
    #expect(request.refusals == ["2 key.differs"])
    #expect(!request.answerOfTaken.text.contains("phc"))
  }

  @Test
  func `comes as a form with base64`() throws {
    // {"event":"e","distinct_id":"ü?","token":"k"}
    let request = try collect(
      "/e/",
      "data=eyJldmVudCI6ImUiLCJkaXN0aW5jdF9pZCI6IsO8PyIsInRva2VuIjoiayJ9&ip=1",
      contentType: "application/x-www-form-urlencoded")
    #expect(request.events.first?.identity == Identity("ü?"))
    #expect(request.key == "k")
  }

  @Test
  func `knows a device's events by what they say of themselves`() throws {
    let anonymous = Identity(.anonymous, "d")
    let start = #""event":"e","distinct_id":"d","properties":"#
    #expect(try event(start + #"{"$process_person_profile":false}"#).identity == anonymous)
    #expect(try event(start + #"{"$is_identified":false}"#).identity == anonymous)
    #expect(try event(start + #"{"$device_id":"d"}"#).identity == anonymous)
    #expect(try event(start + #"{"$device_id":"other"}"#).identity == Identity("d"))
    #expect(
      try event(start + #"{"$device_id":"d","$is_identified":true}"#).identity == Identity("d"))
  }

  @Test
  func `links an alias's older id as a device's`() throws {
    let alias = try event(
      #""event":"$create_alias","distinct_id":"old","properties":{"distinct_id":"old","alias":"new"}"#
    )
    #expect(alias.name == "$alias")
    #expect(alias.identity == Identity("new"))
    #expect(alias.linked == Identity(.anonymous, "old"))
    #expect(alias.properties == [:])
    let other = try event(#""event":"e","distinct_id":"u","properties":{"alias":"Bob"}"#)
    #expect(other.properties == ["alias": .string("Bob")])
  }

  @Test
  func `ties a customer to an account`() throws {
    let group = try event(
      #""event":"$groupidentify","distinct_id":"u","properties":{"$group_type":"company","#
        + #""$group_key":"acme","$group_set":{"seats":5}}"#)
    #expect(group.name == "$group")
    #expect(
      group.properties == [
        "account": .string("acme"), "group_type": .string("company"), "group.seats": .number(5),
      ])
  }

  @Test
  func `leaves the times of a migration as they are`() throws {
    for (flag, milliseconds) in [("true", 1_756_684_800_000), ("false", 1_756_684_805_000)] {
      let request = try collect(
        "/batch",
        #"{"historical_migration":\#(flag),"sent_at":"2025-09-01T00:00:05Z","batch":["#
          + #"{"event":"e","distinct_id":"u","timestamp":"2025-09-01T00:00:00Z"}]}"#)
      #expect(request.events.first?.time == Instant(milliseconds: Int64(milliseconds)))
    }
  }

  @Test
  func `is answered for each event where its client asks so`() throws {
    let request = try collect(
      "/i/v1/analytics/events",
      #"""
      {"created_at":"2025-09-01T00:00:05Z","batch":[
      {"event":"a","uuid":"1","distinct_id":"u","timestamp":"2025-09-01T00:00:00Z",
      "options":{"process_person_profile":false},"properties":{},"session_id":"s"},
      {"event":"b","uuid":"2","distinct_id":"","properties":{},"options":{}},
      {"event":"c","uuid":"3","distinct_id":"u","properties":{},"options":{}}]}
      """#, authorization: "Bearer phc_secret")
    #expect(request.key == "phc_secret")
    #expect(request.events.first?.identity == Identity(.anonymous, "u"))
    #expect(request.events.first?.properties == ["$session_id": .string("s")])
    let answer = CollectionAnswer(to: request, outcomes: [.repeated])
    let results = try #require(answer.json["results"] as? [String: [String: String]])
    #expect(
      results.mapValues { $0["result"] } == ["1": "ok", "2": "drop", "3": "retry"])
  }

  @Test
  func `is never answered with its key, not even as an event's id`() throws {
    let request = try collect(
      "/i/v1/analytics/events",
      #"{"batch":[{"event":"a","uuid":"phc_secret","distinct_id":"u"},"#
        + #"{"event":"b","uuid":"x-phc_secret","distinct_id":""}]}"#,
      authorization: "Bearer phc_secret")
    #expect(request.events.count == 1)
    #expect(!request.answerOfTaken.text.contains("phc_secret"))
  }

  @Test
  func `is told what failed where its library looks for it`() throws {
    let failed = CollectionFailure(
      status: 503, "server.busy", problem: "Too much.", remedy: "Wait.", retryAfter: 7)
    let answer = CollectionAnswer(to: failed, in: .posthog(.capture))
    #expect(try answer.json["detail"] as? String == "Too much. Wait.")
    #expect(answer.headers == ["Retry-After": "7"])
    #expect(try CollectionAnswer.noFlags.json["flags"] as? [String: String] == [:])
  }
}
