import Testing

@testable import Accounts

@Suite struct `The key of surveys` {
  private let key = SurveyKey.random()

  @Test(arguments: [1, 255, 256, 1 << 40, Int64.max] as [Int64])
  func `makes a link of 32 letters that says which invitation it is of`(id: Int64) {
    let token = key.token(ofInvitation: id, to: "delivery")
    #expect(token.count == 32)
    #expect(SurveyKey.invitation(namedBy: token) == id)
    #expect(key.accepts(token, ofInvitation: id, to: "delivery"))
  }

  @Test func `accepts its own links only, each for its own survey`() {
    let token = key.token(ofInvitation: 7, to: "delivery")
    #expect(!key.accepts(token, ofInvitation: 8, to: "delivery"))
    #expect(!key.accepts(token, ofInvitation: 7, to: "shop"))
    #expect(!SurveyKey.random().accepts(token, ofInvitation: 7, to: "delivery"))
    #expect(!key.accepts(key.openToken(of: "delivery"), ofInvitation: 7, to: "delivery"))
  }

  @Test func `accepts no link in which a letter was changed`() {
    let token = Array(key.token(ofInvitation: 7, to: "delivery"))
    for place in token.indices {
      var changed = token
      changed[place] = token[place] == "A" ? "B" : "A"
      #expect(!key.accepts(String(changed), ofInvitation: 7, to: "delivery"))
    }
  }

  @Test(arguments: ["", "A", "not a token", "…", String(repeating: "A", count: 33)])
  func `sees what is no link`(text: String) {
    #expect(SurveyKey.invitation(namedBy: text) == nil)
    #expect(key.visitor(text, to: "delivery") == nil)
    #expect(!key.accepts(text, openTo: "delivery"))
  }

  @Test func `gives every visitor a name of their own, for one survey`() throws {
    let tokens = (0..<100).map { _ in key.newVisitor(to: "delivery") }
    let names = tokens.compactMap { key.visitor($0, to: "delivery") }
    #expect(Set(names).count == 100)
    #expect(tokens.allSatisfy { key.visitor($0, to: "shop") == nil })
    #expect(key.visitor(String(try #require(tokens.first).dropLast()), to: "delivery") == nil)
  }

  @Test func `says nothing of itself`() {
    #expect("\(key)" == "a key of surveys")
    #expect(String(reflecting: key) == "a key of surveys")
    #expect(SurveyKey(key.bytes)?.openToken(of: "a") == key.openToken(of: "a"))
    #expect(SurveyKey([1, 2, 3]) == nil)
  }
}
