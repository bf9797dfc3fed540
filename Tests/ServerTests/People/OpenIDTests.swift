import Accounts
import Events
import Testing

@testable import Server

@Suite struct `The settings of an OpenID provider` {
  private let whole = [
    "WAYMARK_OPENID_ISSUER": "https://id.example.org", "WAYMARK_OPENID_CLIENT_ID": "waymark",
    "WAYMARK_OPENID_CLIENT_SECRET": "hidden",
  ]

  @Test func `are read from the environment`() throws {
    let settings = try #require(
      try OpenIDSettings(
        environment: whole.merging(["WAYMARK_OPENID_DOMAINS": " Example.org,b.example  "]) { $1 }))
    #expect(settings.issuer == "https://id.example.org" && settings.clientIdentifier == "waymark")
    #expect(settings.clientSecret == "hidden" && settings.name == "id.example.org")
    #expect(settings.domains == ["example.org", "b.example"])
    #expect(try OpenIDSettings(environment: whole)?.domains == [])
  }

  @Test(arguments: [[:], ["PATH": "/bin"], ["WAYMARK_OPENID_ISSUER": " "]])
  func `are none where nothing is set`(environment: [String: String]) throws {
    #expect(try OpenIDSettings(environment: environment) == nil)
  }

  @Test(arguments: [
    ("WAYMARK_OPENID_ISSUER", "", "openid.settings"),
    ("WAYMARK_OPENID_CLIENT_ID", " ", "openid.settings"),
    ("WAYMARK_OPENID_CLIENT_SECRET", "", "openid.settings"),
    ("WAYMARK_OPENID_ISSUER", "http://id.example.org", "openid.address"),
    ("WAYMARK_OPENID_ISSUER", "id.example.org", "openid.address"),
    ("WAYMARK_OPENID_DOMAINS", "ann@example.org", "openid.settings"),
    ("WAYMARK_OPENID_DOMAINS", "*.example.org", "openid.settings"),
    ("WAYMARK_OPENID_DOMAINS", "example.org, org", "openid.settings"),
    ("WAYMARK_OPENID_DOMAINS", ".example.org", "openid.settings"),
  ])
  func `are refused where they can't be meant`(name: String, value: String, code: String) {
    let refusal = #expect(throws: Refusal.self) {
      _ = try OpenIDSettings(environment: whole.merging([name: value]) { $1 })
    }
    #expect(refusal?.code == code)
    #expect(refusal?.description.contains("hidden") == false)
  }

  @Test func `never show their secret`() throws {
    let settings = try #require(try OpenIDSettings(environment: whole))
    var text = "\(settings) \(String(reflecting: settings))"
    dump(settings, to: &text)
    var configuration = ServerConfiguration(folder: "a", experience: "b")
    configuration.openID = settings
    dump(configuration, to: &text)
    #expect(!text.contains("hidden") && text.contains("id.example.org"))
  }
}

@Suite struct `A sign-in under way` {
  @Test(arguments: ["/", "/journeys/a?range=7&for=x%20y", "/" + String(repeating: "é", count: 999)])
  func `comes back from its cookie as it went`(next: String) throws {
    let pending = PendingSignIn(.random(), next: next)
    #expect(pending.next == next)
    #expect(PendingSignIn(cookie: pending.text) == pending)
    #expect(pending.text.utf8.count < 4000)
    #expect(pending.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3B && $0 != 0x2C })
  }

  @Test func `goes to the start where the way back is too long or leads elsewhere`() {
    let attempt = OpenIDAttempt.random()
    let long = PendingSignIn(attempt, next: "/" + String(repeating: "x", count: 2000))
    #expect(long.next == "/journeys")
    let text = PendingSignIn(attempt, next: "").text + Base64URL.text(of: Array("//evil".utf8))
    #expect(PendingSignIn(cookie: text)?.next == "/journeys")
  }

  @Test(arguments: [
    "", "...", "a.b.c.d", String(repeating: "x", count: 43) + "...", "\(43)",
  ])
  func `is none where the cookie is another`(text: String) {
    #expect(PendingSignIn(cookie: text) == nil)
  }
}
