import Events
import Foundation
import Testing

@testable import Outbound

@Suite struct `The settings of a model` {
  private func settings(
    _ address: String, _ change: (inout ChatSettings) -> Void = { _ in }
  ) -> ChatSettings {
    var settings = ChatSettings()
    settings.place = ChatSettings.Place(address)
    settings.model = "small"
    change(&settings)
    return settings
  }

  @Test(arguments: [
    ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1", "127.0.0.1:11434"),
    ("https://api.example.com/v1//", "https://api.example.com/v1", "api.example.com"),
    ("HTTPS://api.example.com", "HTTPS://api.example.com", "api.example.com"),
    ("http://[::1]:8000/a/b", "http://[::1]:8000/a/b", "[::1]:8000"),
  ])
  func `read an address`(text: String, address: String, host: String) throws {
    let place = try #require(ChatSettings.Place(text))
    #expect(place.address == address && place.host == host)
    #expect(place.completions == address + "/chat/completions")
  }

  @Test(arguments: [
    "", "api.example.com", "ftp://api.example.com", "https://", "https://a:b@api.example.com",
    "https://a@api.example.com", "https://a/v1?key=b", "https://a/v1#b", "https://a:0",
    "https://a b", "https://é.example", "https://a/" + String(repeating: "b", count: 2000),
  ])
  func `refuse what is no address of a server`(text: String) {
    #expect(ChatSettings.Place(text) == nil)
  }

  @Test(arguments: [
    ("https://api.example.com/v1", Encryption.elsewhere, "a key"),
    ("http://localhost:11434/v1", .elsewhere, "a key"),
    ("http://127.0.0.1:11434/v1", .never, "a key"), ("http://10.0.0.7:11434/v1", .never, ""),
  ])
  func `are taken where nobody can read what is sent, or that is meant`(
    address: String, encryption: Encryption, key: String
  ) throws {
    try settings(address) {
      ($0.encryption, $0.key) = (encryption, key.isEmpty ? nil : key)
    }.check()
  }

  @Test(arguments: [
    ("http://10.0.0.7:11434/v1", Encryption.elsewhere, "", "customers wrote"),
    ("http://127.evil.example/v1", .elsewhere, "", "customers wrote"),
    ("http://localhost:11434/v1", .always, "", "customers wrote"),
    ("http://10.0.0.7:11434/v1", .never, "a key", "summaries.key would"),
    ("", .elsewhere, "", "only one"),
  ])
  func `are refused where what is sent could be read on the way`(
    address: String, encryption: Encryption, key: String, problem: String
  ) {
    let settings = settings(address) {
      ($0.encryption, $0.key) = (encryption, key.isEmpty ? nil : key)
    }
    #expect { try settings.check() } throws: {
      ($0 as? Refusal)?.code == "model.settings"
        && ($0 as? Refusal)?.problem.contains(problem) == true
    }
  }

  @Test func `show no key, and allow nothing where nothing is set`() {
    let settings = settings("https://api.example.com/v1") { $0.key = "sk-hunter2-hunter2" }
    for text in ["\(settings)", String(reflecting: settings), "\(Mirror(reflecting: settings))"] {
      #expect(!text.contains("hunter2"))
    }
    #expect { try ChatServer(ChatSettings()) } throws: { ($0 as? Refusal)?.code == "model.off" }
    var alone = ChatSettings()
    alone.key = "sk-1"
    #expect(throws: Refusal.self) { try alone.check() }
  }
}

@Suite struct `A question to a model` {
  @Test func `is the model, the instructions and the text as JSON, and nothing else`() throws {
    let text = "{\"text\":\"a \\\"b\\\" /é 👍\"}\n{}"
    let request = ChatRequest(model: "m/1", instructions: "Sum up.", text: text)
    let body = try #require(
      try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
    #expect(Set(body.keys) == ["model", "messages", "stream"])
    #expect(body["model"] as? String == "m/1" && body["stream"] as? Bool == false)
    let messages = try #require(body["messages"] as? [[String: String]])
    #expect(
      messages == [
        ["role": "system", "content": "Sum up."], ["role": "user", "content": text],
      ])
    #expect(ChatRequest(model: "m/1", instructions: "Sum up.", text: text) == request)
  }
}

@Suite struct `The answer of a model` {
  private static let key = "sk-hunter2-hunter2"

  private func reply(_ body: String, _ status: Int = 200) throws(Fault) -> ChatReply {
    var settings = ChatSettings()
    settings.place = ChatSettings.Place("https://api.example.com/v1")
    settings.model = "small"
    settings.key = Self.key
    return try ChatReply(
      OutboundAnswer(status: status, headers: [:], body: Array(body.utf8)), from: settings)
  }

  private func chat(_ content: String, _ reason: String = "stop") -> String {
    #"{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":\#(content)},"#
      + #""finish_reason":"\#(reason)"}],"usage":{"total_tokens":7}}"#
  }

  @Test func `is the text of its first choice`() throws {
    let reply = try reply(chat(#""  Most praise it.\n\nSome don't. ""#))
    #expect(reply.text == "Most praise it.\n\nSome don't." && !reply.isCut)
    #expect(try self.reply(chat("\"Most\"", "length")).isCut)
    #expect(
      try self.reply(#"{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}"#)
        .text == "a")
  }

  @Test func `is cut at a length, and never holds the key`() throws {
    let long = try reply(chat("\"" + String(repeating: "é", count: 20_000) + "\""))
    #expect(long.text.count == ChatReply.longest && long.isCut)
    let told = try reply(chat("\"Your key is \(Self.key).\""))
    #expect(told.text == "Your key is ***.")
  }

  @Test(arguments: [
    ("", "model.reply"), ("<html>", "model.reply"), ("[]", "model.reply"), ("{}", "model.reply"),
    (#"{"choices":7}"#, "model.reply"), (#"{"choices":[{}]}"#, "model.reply"),
    (#"{"choices":[{"message":{"content":[1]}}]}"#, "model.reply"),
    (#"{"choices":[]}"#, "model.empty"),
    (#"{"choices":[{"message":{"content":null}}]}"#, "model.empty"),
    (#"{"choices":[{"message":{"content":" \n "}}]}"#, "model.empty"),
    (String(repeating: "[", count: 100_000), "model.reply"), ("\u{0}", "model.reply"),
  ])
  func `that is none is told apart`(body: String, code: String) {
    #expect { try reply(body) } throws: { ($0 as? Fault)?.code == code }
  }

  @Test(arguments: [
    (301, "", "model.redirect", "sends the request on"),
    (400, #"{"error":{"code":"context_length_exceeded"}}"#, "model.refused", "(context_length_"),
    (401, #"{"error":{"message":"Incorrect key sk-hunter2-hunter2"}}"#, "model.key", "the key"),
    (403, "", "model.key", "the key"),
    (404, #"{"error":{"type":"not_found_error","code":null}}"#, "model.refused", "(not_found_"),
    (404, #"{"error":"model 'x' not found"}"#, "model.refused", "address or model"),
    (429, #"{"error":{"code":"insufficient_quota"}}"#, "model.limit", "(insufficient_quota)"),
    (500, "", "model.failed", "answered 500"), (204, "", "model.failed", "answered 204"),
  ])
  func `that is a refusal says what to do`(
    status: Int, body: String, code: String, problem: String
  ) {
    #expect { try reply(body, status) } throws: { error in
      guard let fault = error as? Fault else { return false }
      return fault.code == code && fault.problem.contains(problem) && !fault.remedy.isEmpty
        && !fault.description.contains("hunter2")
    }
  }

  @Test(arguments: [
    #"{"error":{"code":"sk-hunter2-hunter2"}}"#, #"{"error":{"code":"<script>"}}"#,
    #"{"error":{"code":"He wrote: it is late"}}"#,
    #"{"error":{"code":"\#(String(repeating: "a", count: 61))"}}"#,
  ])
  func `names no word of a refusal that isn't one`(body: String) {
    #expect { try reply(body, 400) } throws: {
      ($0 as? Fault)?.problem == "api.example.com answered 400: it doesn't take the request."
    }
  }
}

@Suite struct `A server of models` {
  private func server(
    _ address: String, _ change: (inout ChatSettings) -> Void = { _ in }
  ) throws -> ChatServer {
    var settings = ChatSettings()
    settings.place = ChatSettings.Place(address)
    settings.model = "small"
    change(&settings)
    return try ChatServer(settings)
  }

  private func fault(_ server: ChatServer) async -> Fault? {
    await #expect(throws: Fault.self) {
      _ = try await server.answer(server.request(instructions: "Sum up.", text: "{}"))
    }
  }

  @Test func `that isn't there is told with what to look at`() async throws {
    let gone = try await fault(server("http://127.0.0.1:1/v1"))
    #expect(gone?.code == "model.connection")
    #expect(gone?.remedy.contains("summaries.url") == true)
    let unknown = try await fault(server("https://nowhere.invalid/v1"))
    #expect(unknown?.code == "model.connection")
  }

  @Test func `has to be the one that its certificate names`() async throws {
    let elsewhere = try Elsewhere(.https)
    let address = "https://localhost:\(elsewhere.port)"
    #expect(try await fault(server(address))?.code == "outbound.certificate")
    let trusting = try server(address) { $0.certificates = elsewhere.certificate }
    #expect(await fault(trusting)?.code == "model.refused")
  }
}
