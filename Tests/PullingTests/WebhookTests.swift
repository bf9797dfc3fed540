import Events
import Experience
import Testing
import Wire

@testable import Pulling

private let received = Instant(milliseconds: 1_772_000_000_000)

private func source(
  _ mapping: EventMapping, each: String? = nil, only: [String] = [],
  properties: [String: String] = [:]
) -> EventSource {
  var mapping = mapping
  mapping.timezone = "Europe/Berlin"
  return EventSource(
    name: "hook",
    kind: .webhook(.init(signature: .github, each: each, only: only, properties: properties)),
    mapping: mapping)
}

private func read(
  _ source: EventSource, _ body: String, headers: [String: String] = [:]
) throws -> [WebhookReader.Item] {
  let reader = try #require(WebhookReader(source))
  return try reader.read(Array(body.utf8), received: received) { headers[$0] }
}

private func event(_ item: WebhookReader.Item?) throws -> Event {
  guard case .event(let event, _)? = item else {
    throw Refusal("test", problem: "No event, but \(String(describing: item)).", remedy: "")
  }
  return event
}

private func refusal(_ item: WebhookReader.Item?) -> ItemRefusal? {
  if case .refused(let refusal, _)? = item { refusal } else { nil }
}

@Suite struct `A webhook's body` {
  private let payment = EventMapping(
    event: "type", customer: "data.object.customer", time: "created", messageID: "id")

  @Test func `becomes an event by its paths`() throws {
    let items = try read(
      source(payment),
      """
      {"id": "evt_1", "type": "invoice.paid", "created": 1772000000, "livemode": true,
       "data": {"object": {"customer": "cus_9", "amount": 1250, "note": null, "tags": ["a", 1],
       "number": 12345678901234567890}}}
      """)
    let event = try event(items.first)
    #expect(event.name == "invoice.paid" && event.identity == Identity(.user, "cus_9"))
    #expect(event.time == received && event.messageID == "hook/evt_1")
    #expect(
      event.properties == [
        "livemode": .boolean(true), "data.object.amount": .number(1250),
        "data.object.tags": .string(#"["a",1]"#),
        "data.object.number": .string("12345678901234567890"),
      ])
  }

  @Test func `keeps the properties that are named, with their kinds`() throws {
    let named = source(
      payment, properties: ["amount": "data.object.amount", "first": "data.list.0.name"])
    let items = try read(
      named,
      """
      {"type": "paid", "created": "2026-03-01T10:00:00", "data": {"object": {"customer": 7,
       "amount": 12.5}, "list": [{"name": "x"}, {"name": "y"}]}, "other": 1}
      """)
    let event = try event(items.first)
    #expect(event.properties == ["amount": .number(12.5), "first": .string("x")])
    // A time without a zone is one of the experience's.
    #expect("\(event.time)" == "2026-03-01T09:00:00Z")
    #expect(event.identity == Identity(.user, "7"))
  }

  @Test func `may hold a list, each of whose items is an event or refused alone`() throws {
    let list = source(
      EventMapping(
        event: "header:X-Event", customer: "who", time: "$.at", messageID: "$.id"),
      each: "batch.items")
    let body = """
      {"id": "d1", "at": "2026-03-01T10:00:00Z", "batch": {"items": [
       {"who": "a"}, {"who": "null"}, {"what": 1}, {"who": "b"}, 5]}}
      """
    let items = try read(list, body, headers: ["X-Event": "Pushed"])
    #expect(items.count == 5)
    #expect(try event(items[0]).messageID == "hook/d1/0")
    #expect(try event(items[3]).messageID == "hook/d1/3")
    #expect(try event(items[3]).name == "Pushed")
    #expect(refusal(items[1])?.problem == "“null” names no customer.")
    #expect(refusal(items[2])?.problem == "There is no id in who.")
    #expect(refusal(items[4])?.field == "who")
    let nameless = try read(list, body)
    #expect(refusal(nameless[0])?.code == "event.missing")
    #expect(refusal(nameless[0])?.problem.contains("header:X-Event") == true)
  }

  @Test func `is recognised by its bytes where it has no id`() throws {
    let plain = source(EventMapping(eventName: "Called", customer: "who"))
    let first = try event(try read(plain, #"{"who": "a"}"#).first)
    let again = try event(try read(plain, #"{"who": "a"}"#).first)
    let other = try event(try read(plain, #"{"who": "a" }"#).first)
    #expect(first.messageID == again.messageID && first.messageID != other.messageID)
    #expect(first.time == received)
  }

  @Test func `is passed over where its name is not among those that are taken`() throws {
    let items = try read(
      source(payment, only: ["paid"]),
      #"{"type": "seen", "created": 1772000000, "data": {"object": {"customer": "c"}}}"#)
    guard case .nothing? = items.first else {
      Issue.record("\(items)")
      return
    }
  }

  @Test(arguments: [
    ("{", "json.syntax"), ("", "json.syntax"), ("[1]", "hook.body"), ("7", "hook.body"),
    ("{} {}", "json.syntax"), (#"{"a": "\ud800"}"#, "json.escape"),
    (String(repeating: "[", count: 100), "json.depth"),
  ])
  func `is refused as a whole where it can't be read`(body: String, code: String) throws {
    #expect { try read(source(payment), body) } throws: { error in
      let found = (error as? ItemRefusal)?.code
      // What the reader of JSON calls an end, a key or an escape is its own.
      return found == code || (code.hasPrefix("json.") && found?.hasPrefix("json.") == true)
    }
  }

  @Test func `without the list that is named is refused with its path`() throws {
    let list = source(EventMapping(eventName: "e", customer: "c"), each: "data.items")
    for body in ["{}", #"{"data": {"items": {}}}"#, "[]"] {
      #expect { try read(list, body) } throws: { error in
        (error as? ItemRefusal)?.problem == "There is no list at data.items."
      }
    }
    let root = source(EventMapping(eventName: "e", customer: "c"), each: "$")
    #expect(try read(root, #"[{"c": "1"}, {"c": "2"}]"#).count == 2)
  }

  @Test func `leaves out a text that is too long, and says so`() throws {
    let plain = source(EventMapping(eventName: "e", customer: "c"))
    let long = String(repeating: "x", count: ImportLimits.text + 1)
    let items = try read(plain, #"{"c": "1", "note": "\#(long)", "kept": 1}"#)
    guard case .event(let event, let leftOut)? = items.first else {
      Issue.record("\(items)")
      return
    }
    #expect(event.properties == ["kept": .number(1)])
    #expect(leftOut.map(\.field) == ["note"])
  }
}
