import Events
import Testing

@testable import Experience

private func load(_ sources: String) -> ExperienceLoader.Loaded {
  ExperienceLoader.load(
    text: "experience: Shop\nsources:\n"
      + sources.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "  " + $0 }.joined(separator: "\n"), file: "e.yaml")
}

@Suite struct `The sources of an experience` {
  @Test func `say what they are and what their fields mean`() throws {
    let (experience, diagnostics) = load(
      """
      shop-orders:
        title: Orders of the shop
        kind: postgresql
        query: |
          SELECT id, buyer, placed, total FROM orders
          WHERE id > $1
        cursor: id
        from: 0
        every: 5m
        timeout: 30s
        event_name: Order Placed
        customer: buyer
        time: placed
        times: day-first
        timezone: Europe/Berlin
      drops: {kind: folder, customer: buyer}
      payments:
        kind: webhook
        signature: stripe
        only: [invoice.paid]
        properties: {amount: data.object.amount}
        event: type
        customer: data.object.customer
      chat:
        kind: webhook
        signature: {header: X-Slack-Signature, prefix: "v0=", timestamp: X-Slack-Request-Timestamp,
          signed: "v0:{timestamp}:{body}", tolerance: 1m}
        each: events
        event_name: Said
        anonymous: user
      """)
    #expect(diagnostics.filter { $0.severity == .error } == [])
    #expect(experience.sources.map(\.name) == ["shop-orders", "drops", "payments", "chat"])
    let orders = try #require(experience.sources.first)
    #expect(orders.variable == "WAYMARK_SOURCE_SHOP_ORDERS")
    #expect(orders.every == TimeSpan("5m") && orders.title == "Orders of the shop")
    guard case .postgresql(let query) = orders.kind else {
      Issue.record("\(orders.kind)")
      return
    }
    #expect(query.start == "0" && query.cursor == "id" && query.timeout == TimeSpan("30s"))
    #expect(orders.mapping.times == .dayFirst && orders.mapping.timezone == "Europe/Berlin")
    #expect(
      experience.sources[2].kind
        == .webhook(
          .init(
            signature: .stripe, only: ["invoice.paid"],
            properties: ["amount": "data.object.amount"])))
  }

  private static let right = [
    "kind: postgresql", "query: SELECT * FROM t WHERE id > $1", "cursor: id", "from: 0",
    "event_name: e", "customer: c", "time: t",
  ]

  @Test(arguments: [
    ("query", "query: SELECT * FROM t", "source.query.cursor", "e.yaml:5:12"),
    ("query", "query: SELECT '$10' FROM t", "source.query.cursor", "e.yaml:5:12"),
    ("query", "query: DELETE FROM t WHERE id > $1", "source.query", "e.yaml:5:12"),
    (
      "query", "query: SELECT 1 WHERE 1 > $1 AND 2 > $2", "source.query.cursor", "e.yaml:5:42"
    ),
    ("query", "query: SELECT $1; DROP TABLE t", "source.query", "e.yaml:5:21"),
    ("query", "querry: SELECT $1", "yaml.key", "e.yaml:5:5"),
    ("cursor", "", "source.cursor", "e.yaml:3:3"),
    ("from", "", "source.from", "e.yaml:3:3"),
    ("customer", "", "source.customer", "e.yaml:3:3"),
    ("time", "", "source.time", "e.yaml:3:3"),
    ("event_name", "", "source.event", "e.yaml:3:3"),
    ("kind", "kind: postgres", "yaml.choice", "e.yaml:4:11"),
    ("kind", "", "source.kind", "e.yaml:3:3"),
    ("cursor", "cursor: id\nevery: 10ms", "source.every", "e.yaml:3:3"),
    ("cursor", "cursor: id\ntimeout: 2h", "source.timeout", "e.yaml:7:14"),
    ("cursor", "cursor: id\npassword: hunter2", "yaml.key", "e.yaml:7:5"),
  ])
  func `are refused where something is missing or wrong, with the place`(
    key: String, line: String, code: String, place: String
  ) {
    let lines = Self.right.flatMap { each in
      each.hasPrefix(key + ":") ? line.split(separator: "\n").map(String.init) : [each]
    }
    let (experience, diagnostics) = load(
      "orders:\n" + lines.map { "  " + $0 }.joined(separator: "\n"))
    let found = diagnostics.filter { $0.severity == .error }
    #expect(
      found.contains { $0.code == code && "\($0.file):\($0.line):\($0.column)" == place },
      "\(found)")
    #expect(experience.sources.isEmpty)
  }

  @Test(arguments: [
    "signature: hmac", "title: x", "signature: {prefix: a}", "signature: {header: H, signed: x}",
    "signature: {header: H, timestamp: T, signed: '{body}'}", "signature: {header: H, encoding: b}",
  ])
  func `need a signature that can be checked`(line: String) {
    let (experience, diagnostics) = load(
      "hook:\n  kind: webhook\n  event_name: e\n  customer: c\n  " + line)
    #expect(diagnostics.contains { $0.severity == .error })
    #expect(experience.sources.isEmpty)
  }

  @Test func `have names that make variables of their own`() {
    let folder = "{kind: folder}"
    let (experience, diagnostics) = load("a-b: \(folder)\na_b: \(folder)\nä: \(folder)")
    #expect(experience.sources.map(\.name) == ["a-b"])
    #expect(diagnostics.filter { $0.code == "source.name" }.map(\.line) == [4, 5])
  }

  @Test func `take times in the zone of the experience, and never in one that was not meant`() {
    let own = "timezone: Asia/Tokyo, "
    func zones(_ files: [String]) -> [String?] {
      ExperienceLoader.load(texts: files.enumerated().map { ("\($0).yaml", $1) })
        .experience.sources.map(\.mapping.timezone)
    }
    let sources = "sources: {a: {kind: folder}, b: {\(own)kind: folder}}\n"
    #expect(zones([sources]) == ["UTC", "Asia/Tokyo"])
    #expect(zones([sources, "timezone: Europe/Berlin"]) == ["Europe/Berlin", "Asia/Tokyo"])
    #expect(zones([sources, "timezone: Europe/Berln"]) == ["Asia/Tokyo"])
    #expect(zones([sources, "timezone: [Europe/Berlin"]) == ["Asia/Tokyo"])
  }

  @Test func `say the same wherever they stand`() throws {
    let folder = "kind: folder"
    let first = try #require(load("a: {\(folder)}").experience.sources.first)
    let moved = try #require(load("# comment\na: {\(folder)}").experience.sources.first)
    let other = try #require(load("a: {\(folder), every: 9m}").experience.sources.first)
    #expect(first != moved && first.says(theSameAs: moved))
    #expect(!first.says(theSameAs: other))
  }
}
