import Accounts
import Events
import Experience
import Store
import Testing

@testable import Server

@Suite
struct `The ways to a team` {
  private let secret = "a secret that both know"

  @Test
  func `are those that the experience and the environment name`() {
    let ways = TeamWays([
      "WAYMARK_TEAM_CUSTOMER_CARE_WEBHOOK": "https://chat.example.com/x",
      "WAYMARK_TEAM_QUIET_WEBHOOK": "",
    ])
    let teams = [
      Team(name: "customer-care", mail: "care@example.com"), Team(name: "quiet"),
      Team(name: "post", mail: "post@example.com"),
    ]
    #expect(
      ways.ways(of: teams, sendingMail: true)
        == ["customer-care": [.mail, .webhook], "quiet": [], "post": [.mail]])
    #expect(ways.ways(of: teams, sendingMail: false)["post"] == [])
  }

  @Test(arguments: [
    ("https://chat.example.com/x", nil), ("http://127.0.0.1:9/x", nil),
    ("http://localhost/x", nil), ("http://chat.example.com/x", "team.webhook"),
    ("http://127.0.0.1.example.com/", "team.webhook"), ("ftp://127.0.0.1/", "team.webhook"),
    ("", "team.webhook"),
  ])
  func `lead to https, or to this machine`(address: String, code: String?) {
    let ways = TeamWays([
      "WAYMARK_TEAM_SUPPORT_WEBHOOK": address, "WAYMARK_TEAM_SUPPORT_SECRET": secret,
    ])
    do throws(Refusal) {
      #expect(try ways.webhook(of: "support") == .init(address: address, secret: secret))
      #expect(code == nil)
    } catch {
      #expect(error.code == code)
      #expect(!error.problem.contains(secret))
    }
  }

  @Test
  func `are signed with a secret that can't be guessed, or not gone at all`() {
    for secret in [nil, "", "short"] {
      var variables = ["WAYMARK_TEAM_SUPPORT_WEBHOOK": "https://chat.example.com/x"]
      variables["WAYMARK_TEAM_SUPPORT_SECRET"] = secret
      let refusal = #expect(throws: Refusal.self) {
        try TeamWays(variables).webhook(of: "support")
      }
      #expect(refusal?.code == "team.secret")
    }
  }
}
