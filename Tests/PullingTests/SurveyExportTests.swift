import Events
import Experience
import Testing
import Wire

@testable import Pulling

@Suite struct `An export of answers` {
  private static let survey: Survey = {
    var survey = Survey(
      name: "delivery", kind: .csat,
      ask: Wording([("en", "How was your delivery?"), ("de", "Wie war Ihre Lieferung?")])
        ?? Wording("?"), about: "parcel_received")
    survey.elements = [.init("speed", ask: Wording("How fast it came"))]
    survey.questions = [
      .init(
        "reason", ask: Wording("What made you say so?"), form: .text,
        when: [.init("score", .within(1...2))]),
      .init(
        "why", ask: Wording("What went wrong?"),
        form: .choice(
          [.init("late", say: Wording("It came late")), .init("broken"), .init("other")],
          several: true)),
    ]
    return survey
  }()

  private func read(
    _ text: String, _ names: [String: String] = [:], form: SurveyExport.Form? = nil,
    zone: String? = nil
  ) throws -> SurveyExport {
    try SurveyExport(
      CSVTable(Array(text.utf8)), of: Self.survey, form: form, names: names, zone: zone)
  }

  /// What became of the responses, a letter each: answered, partial, trial, rejected.
  private func letters(_ export: SurveyExport) -> String {
    String(
      export.outcomes.map { outcome in
        switch outcome {
        case .answered: "a"
        case .partial: "p"
        case .trial: "t"
        case .rejected: "r"
        }
      })
  }

  private func events(_ export: SurveyExport) -> [Event] {
    export.outcomes.compactMap { if case .answered(let event) = $0 { event } else { nil } }
  }

  @Test func `of Formbricks is known by its headings`() throws {
    let export = try read(
      """
      "No.","Response ID","Timestamp","Finished","Survey ID","User ID","Tags","1. How was your delivery?","2. How fast it came","3. What made you say so?","4. What went wrong?","plan"
      "1","r1","2026-03-01 10:00:00","Yes","s","c17","","2","1","Too late, by far","It came late; broken","pro"
      "2","r2","2026-03-01 11:00:00","No","s","","","5","","","",""
      "3","r3","2026-03-01 12:00:00","Yes","s","","","5","","","",""
      """)
    #expect(export.form == .formbricks && letters(export) == "apa")
    let events = events(export)
    #expect(
      events[0]
        == Event(
          SurveyEvent.answered, at: try #require(Instant(iso8601: "2026-03-01T10:00:00Z")),
          by: Identity(.user, "c17"), messageID: "survey/delivery/formbricks:r1/answered",
          properties: [
            "survey": .string("delivery"), "score": .number(2), "elements.speed": .number(1),
            "answers.reason": .string("Too late, by far"),
            "comment": .string("Too late, by far"), "answers.why": .string("late, broken"),
            "asked_by": .string("import"), "touchpoint": .string("parcel_received"),
          ]))
    #expect(events[1].identity == Identity(.anonymous, "survey/delivery/formbricks:r3"))
    #expect(export.columns.leftOut == ["No.", "Survey ID", "Tags", "plan"])
  }

  @Test func `of Typeform is known by its headings`() throws {
    let export = try read(
      """
      #,Wie war Ihre Lieferung?,What made you say so?,user_id,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags,Ending
      abc,4,Gut,c1,completed,2026-03-01 09:58:00,,2026-03-01 10:00:00,n1,,
      abd,1,,c2,partial,2026-03-01 09:58:00,2026-03-01 09:59:00,,n2,,
      """)
    #expect(export.form == .typeform && letters(export) == "ap")
    #expect(events(export)[0].messageID == "survey/delivery/typeform:abc/answered")
    #expect(events(export)[0].identity == Identity(.user, "c1"))
    #expect(events(export)[0].properties["score"] == .number(4))
  }

  @Test func `of Qualtrics has three lines of headings, and trials`() throws {
    let export = try read(
      """
      StartDate,EndDate,Status,Finished,RecordedDate,ResponseId,ExternalReference,UserLanguage,Q1,Q2_1,Q3
      Start Date,End Date,Response Type,Finished,Recorded Date,Response ID,External Data Reference,User Language,How was your delivery?,"How fast it came",What made you say so?
      "{""ImportId"":""startDate"",""timeZone"":""America/Denver""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}",x,x,x,x,x,"{""ImportId"":""QID1""}",x,x
      2026-03-01 03:00:00,2026-03-01 03:01:00,IP Address,True,2026-03-01 03:01:02,R_1,c1,DE,5 - Very good,4,"A
      second line"
      2026-03-01 03:00:00,2026-03-01 03:01:00,Survey Preview,True,2026-03-01 03:01:02,R_2,,EN,5,4,
      2026-03-01 03:00:00,2026-03-01 03:01:00,IP Address,False,2026-03-01 03:01:02,R_3,,EN,5,4,
      """)
    #expect(export.form == .qualtrics && letters(export) == "atp")
    let event = events(export)[0]
    #expect(event.time == Instant(iso8601: "2026-03-01T10:01:02Z"))
    #expect(event.properties["score"] == .number(5))
    #expect(event.properties["elements.speed"] == .number(4))
    #expect(event.properties["comment"] == .string("A\nsecond line"))
    #expect(event.properties["language"] == .string("de"))
  }

  @Test func `of any program is read where it is said what its columns are`() throws {
    let text = "Nr;Wann;Note;Tempo;Kunde\n7;01.03.2026 11:00;3;2;c9\n"
    let names = [
      "id": "nr", "time": "Wann", "score": "Note", "speed": "Tempo", "customer": "Kunde",
    ]
    let export = try read(text, names, zone: "Europe/Berlin")
    #expect(export.form == .plain && letters(export) == "a")
    let event = events(export)[0]
    #expect(event.time == Instant(iso8601: "2026-03-01T10:00:00Z"))
    #expect(event.identity == Identity(.user, "c9"))
    #expect(event.properties["elements.speed"] == .number(2))
    #expect(event.messageID == "survey/delivery/plain:7/answered")
  }

  @Test(arguments: [
    ("1,2026-03-01,6,,", "survey.number"), ("1,2026-03-01,0,,", "survey.number"),
    ("1,2026-03-01,good,,", "survey.number"), ("1,2026-03-01,4.5,,", "survey.number"),
    ("1,2026-03-01,,,", "survey.missing"), (",2026-03-01,5,,", "export.id"),
    ("1,,5,,", "time.missing"), ("1,yesterday,5,,", "time.form"),
    ("1,2026-03-01,5,lost,", "survey.option"),
    ("1,2026-03-01,5,,null", "identity.placeholder"),
  ])
  func `is rejected by the line, with the reason`(line: String, code: String) throws {
    let export = try read("id,time,score,why,customer\n2,2026-03-01,5,late,c1\n\(line)\n")
    #expect(letters(export) == "ar")
    guard case .rejected(let rejection) = try #require(export.outcomes.last) else { return }
    #expect(rejection.code == code && rejection.record == 2)
    #expect(rejection.raw.hasPrefix("line 3: "))
  }

  @Test(arguments: [
    ("", [:], "export.empty", "CSV"),
    ("id,time\n", [:], "export.column", "--columns \"score=…\""),
    ("id,score\n", [:], "export.column", "--columns \"time=…\""),
    ("time,score\n", [:], "export.column", "--columns \"id=…\""),
    ("id,time,score\n", ["speed": "Scoer"], "export.column", "Did you mean “score”?"),
    ("id,time,score\n", ["sped": "id"], "export.name", "Did you mean speed?"),
  ])
  func `is refused as a whole where it can't be read`(
    text: String, names: [String: String], code: String, remedy: String
  ) {
    #expect { try read(text, names) } throws: { error in
      let refusal = error as? Refusal
      return refusal?.code == code && refusal?.remedy.contains(remedy) == true
    }
  }
}
