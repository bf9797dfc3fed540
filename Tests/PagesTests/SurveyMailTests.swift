import Experience
import Foundation
import Testing

@testable import Pages

@Suite struct `The mail of a survey` {
  private let link = "https://example.com/s/AbC_-123"

  private func mail(
    _ kind: Survey.Kind, ask: String = "How was it?", language: String? = "en",
    company: String = "Example Shop", _ change: (inout Survey) -> Void = { _ in }
  ) -> SurveyMail {
    var survey = Survey(name: "delivery", kind: kind, ask: Wording(ask))
    change(&survey)
    return SurveyMail(survey, in: language, link: link, from: company)
  }

  /// The addresses of all links.
  private func links(_ html: String) -> [String] {
    html.matches(of: /href="([^"]*)"/).map { String($0.1).replacing("&amp;", with: "&") }
  }

  @Test(arguments: [
    (Survey.Kind.nps, 0...10), (.csat, 1...5), (.ces, 1...7), (.rating, 1...5),
  ])
  func `has a link for each point of the scale, and one for not now`(
    kind: Survey.Kind, scale: ClosedRange<Int>
  ) {
    let mail = mail(kind)
    let expected = scale.map { "\(link)?score=\($0)" } + [link]
    #expect(links(mail.html) == expected)
    for address in expected { #expect(mail.text.contains(address + "\n")) }
    #expect(mail.subject == "How was it?")
  }

  @Test func `has a link for each option, and one alone for words`() {
    let choice = mail(.choice) {
      $0.options = [.init("too late"), .init("ä&b", say: Wording("Broken <b>"))]
    }
    #expect(links(choice.html) == ["\(link)?choice=too%20late", "\(link)?choice=%C3%A4%26b", link])
    #expect(choice.html.contains("Broken &lt;b&gt;"))
    #expect(links(mail(.text).html) == [link, link])
  }

  @Test func `adds to a link that asks something already`() {
    let survey = Survey(name: "a", kind: .csat, ask: Wording("?"))
    let mail = SurveyMail(survey, in: nil, link: "https://a.b/survey/a?t=x", from: "C")
    #expect(links(mail.html)[0] == "https://a.b/survey/a?t=x&score=1")
  }

  @Test(arguments: [
    ("de-AT", "Wie war es?", "lang=\"de\"", "Jetzt nicht"),
    ("DE", "Wie war es?", "lang=\"de\"", "Jetzt nicht"),
    ("fr", "How was it?", "lang=\"en\"", "Not now"),
    (nil, "How was it?", "lang=\"en\"", "Not now"),
  ])
  func `is in one language throughout, of those that the question has`(
    language: String?, question: String, marked: String, notNow: String
  ) throws {
    let wording = try #require(Wording([("en", "How was it?"), ("de", "Wie war es?")]))
    let mail = mail(.csat, language: language) { $0.ask = wording }
    #expect(mail.subject == question)
    for word in [question, marked, notNow] { #expect(mail.html.contains(word)) }
    #expect(mail.text.contains(notNow))
  }

  @Test func `says what stands at the ends, where something does`() {
    let mail = mail(.nps) { $0.ends = .init(low: Wording("Never"), high: Wording("Surely")) }
    for text in [mail.html, mail.text] {
      #expect(text.contains("0: Never") && text.contains("10: Surely"))
    }
    #expect(!self.mail(.nps).text.contains("0: "))
  }

  @Test func `can't be turned into markup, nor into further headers`() {
    let bad = "\"><script>alert(1)</script>\r\nBcc: eve@example.com\u{202E}"
    let mail = mail(.choice, ask: bad, company: bad) { $0.options = [.init(bad)] }
    #expect(!mail.html.contains("<script") && !mail.html.contains("\u{202E}"))
    #expect(!mail.subject.contains("\n") && !mail.subject.contains("\r"))
    #expect(self.mail(.csat, ask: String(repeating: "long ", count: 100)).subject.count == 120)
  }

  @Test(arguments: Survey.Kind.allCases)
  func `loads nothing and has no script`(kind: Survey.Kind) {
    let html = mail(kind) { $0.options = [.init("a")] }.html
    for word in ["src=", "url(", "<img", "<script", "@import", "<link"] {
      #expect(!html.contains(word))
    }
  }

  @Test func `has every phrase in every language`() {
    let phrases = SurveyMailPhrases.all
    #expect(Set(phrases.map(\.language)) == ["en", "de", "fr", "es", "it", "nl"])
    for words in phrases {
      #expect(words.why("Käse & Co").contains("Käse & Co"))
      #expect([words.answer, words.notNow, words.counts].allSatisfy { !$0.isEmpty })
    }
  }
}
