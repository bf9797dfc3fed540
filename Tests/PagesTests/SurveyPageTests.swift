import Events
import Experience
import Foundation
import Testing

@testable import Pages

@Suite struct `The page of a survey` {
  private func survey(_ ask: String = "How was it?") -> Survey {
    Survey(
      name: "delivery", kind: .csat, ask: Wording(ask),
      ends: .init(low: Wording("Bad"), high: Wording("Good")), elements: [.init("speed")],
      questions: [
        .init(
          "why", ask: Wording("Why?"),
          form: .choice([.init("late"), .init("other")], several: false),
          when: [.init("score", .within(1...2))]),
        .init(
          "words", ask: Wording("Say more"), form: .text, when: [.init("why", .oneOf(["other"]))]),
      ])
  }

  private func page(
    _ survey: Survey, _ fields: [(String, String)] = [], language: String = "en"
  ) -> SurveyPage {
    SurveyPage(
      survey: survey, company: "Shop", language: language,
      answer: .taking(fields.map { (name: $0.0, value: $0.1) }, to: survey), action: "/s/abc",
      keeping: .kept)
  }

  private func count(_ part: String, in text: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  @Test func `has one heading, one form and every point of the scale`() {
    let text = page(survey()).render().text
    #expect(count("<h1>", in: text) == 1)
    #expect(count("<form", in: text) == 1)
    #expect(count("name=\"score\"", in: text) == 5)
    #expect(count("name=\"elements.speed\"", in: text) == 5)
    #expect(text.contains("noindex"))
  }

  @Test func `hides and switches off what is not asked yet`() {
    #expect(count("hidden disabled", in: page(survey()).render().text) == 2)
    #expect(count("hidden disabled", in: page(survey(), [("score", "1")]).render().text) == 1)
    let all = page(survey(), [("score", "1"), ("answers.why", "other")]).render().text
    #expect(count("hidden disabled", in: all) == 0)
    #expect(count(" checked", in: all) == 2)
  }

  @Test func `escapes whatever customers and companies write`() {
    let hostile = "</textarea><script>alert('x')</script>\" onfocus=\"x"
    var hard = survey(hostile)
    hard.questions[1].when = []
    let page = SurveyPage(
      survey: hard, company: hostile, language: "\"><b>",
      answer: .taking([(name: "answers.words", value: hostile)], to: hard),
      action: "/s/\"><b>", keeping: .lost, visitor: hostile)
    let text = page.render().text
    #expect(!text.contains("<script>alert"))
    #expect(!text.contains("<b>"))
    #expect(count("</textarea>", in: text) == 1)
    #expect(!text.contains("\" onfocus"))
  }

  @Test func `speaks the survey's language, and offers the others`() {
    var both = survey()
    both.ask =
      Wording([(language: "en", text: "How?"), (language: "de", text: "Wie?")]) ?? both.ask
    let german = page(both, language: "de").render().text
    #expect(german.contains("<html lang=\"de\""))
    #expect(german.contains("Wie?") && german.contains("Absenden"))
    #expect(german.contains("value=\"en\" lang=\"en\"") && !german.contains("value=\"de\" lang"))
    #expect(!page(survey()).render().text.contains("class=\"languages\""))
  }

  @Test func `is written from right to left where that is read so`() {
    #expect(page(survey(), language: "ar").render().text.contains("dir=\"rtl\""))
    #expect(page(survey(), language: "de").render().text.contains("dir=\"ltr\""))
  }

  @Test func `leads nowhere but to https`() {
    let phrases = SurveyPhrases.phrases(in: "de-AT")
    #expect(phrases.language == "de")
    for (link, leads) in [("https://example.com/a?b=c&d", true), ("javascript:alert(1)", false)] {
      let text = SurveyNoticePage.render(
        phrases.thanks, company: "Shop", in: "de", link: link
      ).text
      #expect(text.contains("href=\"https://example.com/a?b=c&amp;d\"") == leads)
      #expect(!text.contains("javascript:"))
    }
  }

  @Test func `has all phrases in every language`() {
    #expect(SurveyPhrases.all.map(\.language) == ["en", "de", "fr", "es", "it", "nl"])
    for phrases in SurveyPhrases.all {
      for child in Mirror(reflecting: phrases).children {
        #expect(
          (child.value as? String)?.isEmpty != true, "\(phrases.language) \(child.label ?? "")")
      }
    }
    #expect(SurveyPhrases.phrases(in: "xx").language == "en")
  }
}
