import Events
import Foundation
import Testing

@testable import Outbound

/// What the server at `/echo` says that it was sent.
private struct Echo: Decodable {
  var method: String
  var headers: [String: String]
  var body: String
}

@Suite struct `A call to elsewhere` {
  private func anywhere(_ change: (inout OutboundRules) -> Void = { _ in }) -> Outbound {
    var rules = OutboundRules()
    rules.transport = .any
    rules.reach = .everywhere
    change(&rules)
    return Outbound(rules)
  }

  private func expectFault(
    _ code: String, _ outbound: Outbound, _ address: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let fault = await #expect(throws: Fault.self, sourceLocation: sourceLocation) {
      _ = try await outbound.send(OutboundRequest(.get, address))
    }
    #expect(fault?.code == code, "\(address)", sourceLocation: sourceLocation)
  }

  @Test(arguments: OutboundRequest.Method.allCases)
  func `says what it is told and takes what is answered`(
    method: OutboundRequest.Method
  ) async throws {
    let server = try Elsewhere()
    let body = method == .get ? "" : "{\"a\": 1}\0é"
    let answer = try await anywhere().send(
      OutboundRequest(
        method, "http://127.0.0.1:\(server.port)/echo?q=1",
        headers: [("Content-Type", "application/json"), ("X-Empty", "")], body: Array(body.utf8)))
    #expect(answer.status == 200)
    #expect(answer.headers["x-kind"] == "echo")
    let echo = try JSONDecoder().decode(Echo.self, from: Data(answer.body))
    #expect(echo.method == method.rawValue)
    #expect(echo.body == body)
    #expect(echo.headers["content-type"] == "application/json")
    #expect(echo.headers["x-empty"] == "")
    #expect(echo.headers["expect"] == nil)
  }

  @Test(arguments: [204, 404, 500])
  func `takes an answer of any status`(status: Int) async throws {
    let server = try Elsewhere()
    let answer = try await anywhere().send(
      OutboundRequest(.get, "http://127.0.0.1:\(server.port)/status?\(status)"))
    #expect(answer.status == status && answer.body.isEmpty)
  }

  @Test func `goes to no private address unless it may, whatever name leads there`() async throws {
    let server = try Elsewhere()
    let outbound = anywhere { $0.reach = .publicAddresses }
    for host in [
      "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::1]",
      "[::ffff:127.0.0.1]",
    ] {
      await expectFault("outbound.private", outbound, "http://\(host):\(server.port)/echo")
    }
    let count = try await anywhere().send(
      OutboundRequest(.get, "http://127.0.0.1:\(server.port)/count"))
    #expect(String(decoding: count.body, as: UTF8.self) == "1")
  }

  @Test func `goes by https alone unless it may, also where it is sent on`() async throws {
    let (plain, secure) = (try Elsewhere(), try Elsewhere(.https))
    let outbound = anywhere {
      $0.transport = .secure
      $0.certificates = secure.certificate
      $0.mostRedirects = 3
    }
    await expectFault("outbound.scheme", outbound, "http://127.0.0.1:\(plain.port)/echo")
    let start = "https://localhost:\(secure.port)"
    await expectFault(
      "outbound.redirects", outbound, "\(start)/to?http://127.0.0.1:\(plain.port)/echo")
    await expectFault("outbound.redirects", outbound, "\(start)/to?file:///etc/passwd")
    let answer = try await outbound.send(OutboundRequest(.get, "\(start)/to?/status?201"))
    #expect(answer.status == 201)
  }

  @Test func `follows redirects only where and as often as it may`() async throws {
    let server = try Elsewhere()
    let start = "http://127.0.0.1:\(server.port)"
    let answer = try await anywhere().send(OutboundRequest(.get, "\(start)/to?/echo"))
    #expect(answer.status == 302 && answer.headers["location"] == "/echo")
    let once = anywhere { $0.mostRedirects = 1 }
    #expect(try await once.send(OutboundRequest(.get, "\(start)/to?/echo")).status == 200)
    await expectFault("outbound.redirects", once, "\(start)/to?/to?/to?/echo")
    // What was sent to one place isn't sent to another.
    let sent = try await once.send(
      OutboundRequest(.post, "\(start)/to?/echo", body: Array("secret".utf8)))
    #expect(sent.status == 302)
  }

  @Test func `believes a certificate only where it is known and for the name`() async throws {
    let server = try Elsewhere(.https)
    await expectFault("outbound.certificate", anywhere(), "https://localhost:\(server.port)/echo")
    let knowing = anywhere { $0.certificates = server.certificate }
    await expectFault("outbound.certificate", knowing, "https://127.0.0.1:\(server.port)/echo")
    let answer = try await knowing.send(
      OutboundRequest(.get, "https://localhost:\(server.port)/echo"))
    #expect(answer.status == 200)
  }

  @Test func `takes no more than its rules allow`() async throws {
    let server = try Elsewhere()
    let start = "http://127.0.0.1:\(server.port)"
    let outbound = anywhere { $0.largestAnswer = 1000 }
    #expect(try await outbound.send(OutboundRequest(.get, "\(start)/long?1000")).body.count == 1000)
    await expectFault("outbound.length", outbound, "\(start)/long?1001")
    await expectFault("outbound.length", outbound, "\(start)/endless")
    await expectFault("outbound.length", outbound, "\(start)/headers")
  }

  @Test func `ends after its time, or when nobody waits for it`() async throws {
    let server = try Elsewhere()
    let address = "http://127.0.0.1:\(server.port)/slow"
    await expectFault("outbound.slow", anywhere { $0.longest = .milliseconds(300) }, address)
    let outbound = anywhere()
    let task = Task { try await outbound.send(OutboundRequest(.get, address)) }
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    let fault = await #expect(throws: Fault.self) { _ = try await task.value }
    #expect(fault?.code == "outbound.cancelled")
  }

  @Test func `tells of servers that are not there, and nothing of what was asked`() async throws {
    let port = try Elsewhere().port
    await expectFault("outbound.connection", anywhere(), "http://127.0.0.1:\(port)/a?secret=1")
    await expectFault("outbound.name", anywhere(), "http://nobody.invalid/a")
    let fault = await #expect(throws: Fault.self) {
      _ = try await anywhere().send(
        OutboundRequest(.get, "http://127.0.0.1:\(port)/hidden?secret=1"))
    }
    #expect(fault?.subject == "http://127.0.0.1:\(port)")
    #expect(fault.map { !"\($0)".contains("hidden") && !"\($0)".contains("secret") } == true)
  }

  @Test(arguments: [
    "", "example.org", "/path", "ftp://example.org/", "file:///etc/passwd", "https://",
    "https:///a",
    "https://user@example.org/", "https://a:b@example.org/", "https://example.org/a b",
    "https://example.org/\u{e9}", "https://example.org/\r\nHost: x",
  ])
  func `is refused where the address is none`(address: String) {
    let refusal = #expect(throws: Refusal.self) { try OutboundRequest(.get, address) }
    #expect(refusal?.code == "outbound.address")
  }

  @Test(arguments: [("", "a"), ("a b", "c"), ("a:", "b"), ("a", "b\r\nc: d"), ("a", "\0")])
  func `is refused where a header would not be one`(name: String, value: String) {
    let refusal = #expect(throws: Refusal.self) {
      try OutboundRequest(.get, "https://example.org/", headers: [(name, value)])
    }
    #expect(refusal?.code == "outbound.header")
  }
}

@Suite struct `An address` {
  @Test func `is read from a socket's whole, whatever its kind`() {
    var six = sockaddr_in6()
    six.sin6_family = sa_family_t(AF_INET6)
    _ = withUnsafeMutableBytes(of: &six.sin6_addr) {
      inet_pton(AF_INET6, "2606::1:2", $0.baseAddress)
    }
    let whole = NetworkAddress(&six, length: MemoryLayout<sockaddr_in6>.size)
    #expect(whole?.bytes == [0x26, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2])
    #expect(NetworkAddress(&six, length: MemoryLayout<sockaddr>.size) == nil)
    var four = sockaddr_in()
    four.sin_family = sa_family_t(AF_INET)
    four.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    #expect(NetworkAddress(&four, length: 16)?.bytes == [127, 0, 0, 1])
    four.sin_family = sa_family_t(AF_UNIX)
    #expect(NetworkAddress(&four, length: 16) == nil)
    #expect(NetworkAddress(&four, length: 0) == nil)
  }

  private func isPublic(_ text: String) throws -> Bool {
    var bytes = [UInt8](repeating: 0, count: text.contains(":") ? 16 : 4)
    try #require(inet_pton(text.contains(":") ? AF_INET6 : AF_INET, text, &bytes) == 1)
    return try #require(NetworkAddress(bytes)).isPublic
  }

  @Test(arguments: [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
    "2002:a00:1::1", "2001::1", "2001:db8::1", "3fff::1", "100::1", "::127.0.0.1",
  ])
  func `of a machine, a private network or a manual is not public`(text: String) throws {
    #expect(try !isPublic(text))
  }

  @Test(arguments: [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "128.0.0.0",
    "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255",
    "2606:4700::1111", "2a00:1450::1", "2001:200::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
    "2002:808:808::1", "3fff:1000::1",
  ])
  func `of the internet is public`(text: String) throws {
    #expect(try isPublic(text))
  }
}
