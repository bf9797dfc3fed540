import Events
import Store
import Testing

@testable import Server

@Suite struct `The language of a survey` {
  @Test(
    arguments: [
      (["en", "de"], ["de"], "de"), (["en", "de"], ["de-AT", "en"], "de"),
      (["en", "de"], ["fr"], "en"),
      (["en", "pt-br"], ["pt"], "pt-br"), (["en", "de"], ["fr", "DE"], "de"), ([], ["de"], "en"),
      (["en", "de"], [], "en"), (["en", "de"], ["", "\u{0}", "de"], "de"),
    ] as [([String], [String], String)])
  func `is the first wish that it has`(offered: [String], wishes: [String], chosen: String) {
    #expect(SurveyLanguage.choose(among: offered, wishes) == chosen)
  }

  @Test(
    arguments: [
      (nil, []), ("", []), ("de", ["de"]), ("de, en;q=0.8", ["de", "en"]),
      ("en;q=0.5, de;q=0.9, fr", ["fr", "de", "en"]), ("*, de;q=0", []), ("de;q=x, en", ["en"]),
      ("fr, de, en", ["fr", "de", "en"]),
    ] as [(String?, [String])])
  func `is read from what a browser says`(header: String?, languages: [String]) {
    #expect(SurveyLanguage.accepted(header) == languages)
  }
}

@Suite struct `Answers to open links` {
  @Test func `come from one address so often in a span, and from others all the same`() {
    var pace = AnswerPace()
    let start = Instant(milliseconds: 1_000_000)
    let admitted = (0...AnswerPace.most).map { _ in pace.admits("10.0.0.1", at: start) }
    #expect(admitted.filter { $0 }.count == AnswerPace.most && admitted.last == false)
    let other = pace.admits("10.0.0.2", at: start)
    let early = pace.admits("10.0.0.1", at: start + TimeSpan(milliseconds: 599_999))
    let late = pace.admits("10.0.0.1", at: start + AnswerPace.span)
    #expect([other, early, late] == [true, false, true])
  }
}

@Suite struct `The events of an invitation` {
  private let subject = Invitation.Subject(
    survey: "delivery", identity: Identity("ada"), moment: Instant(milliseconds: 0),
    due: Instant(milliseconds: 5), touchpoint: "parcel", journey: "first_order",
    caseStart: Instant(milliseconds: 0), address: "ada@example.org", language: "de",
    openFor: .days(1))

  @Test func `say what is spoken of, and nowhere the address`() {
    let event = Invitation.sending(subject, at: Instant(milliseconds: 9), consent: ConsentRule())
    #expect(event.name == "Survey Sent" && event.identity == Identity("ada"))
    #expect(
      event.properties == [
        "survey": .string("delivery"), "touchpoint": .string("parcel"),
        "journey": .string("first_order"), "case_start": .string("1970-01-01T00:00:00Z"),
        "occasion": .string("1970-01-01T00:00:00Z"), "language": .string("de"),
        "asked_by": .string("link"), "channel": .string("web"),
      ])
  }

  @Test func `come with consent where that is required of every event`() {
    let event = Invitation.sending(
      subject, at: Instant(milliseconds: 9), consent: ConsentRule(required: .yes))
    #expect(event.properties["consent"] == .boolean(true))
  }
}
