import Events
import Experience
import Testing

/// An experience to which surveys are added, from line 24 on.
private let company = """
  experience: Test
  teams: [{support: {title: Support, mail: support@example.com}}, shop]
  partners: [post]
  touchpoints:
    order: {on: Order, owner: shop}
    parcel: {on: Parcel, owner: shop, expects: 3d}
    notice: {on: Notice}
    review: {on: Review}
  personas:
    planner: {title: Planner}
  segments:
    frequent: 'count("Order") > 3'
  journeys:
    buy:
      for: frequent
      starts: [order]
      steps: [notice]
      goal: parcel
    praise:
      for: planner
      starts: [parcel]
      goal: review
  surveys:

  """.replacing("    for: planner\n", with: "")

private func load(_ surveys: String) -> ExperienceLoader.Loaded {
  ExperienceLoader.load(text: company + surveys, file: "e.yaml")
}

/// The remarks as `line:column code`, the line counted from the first survey's; errors unmarked,
/// warnings with `w`; notes are left out.
private func remarks(_ surveys: String) -> [String] {
  let lines = company.count { $0.isNewline }
  return load(surveys).diagnostics.filter { $0.severity != .note }.map {
    ($0.severity == .warning ? "w " : "") + "\($0.line - lines):\($0.column) \($0.code)"
  }
}

@Suite struct `The surveys of an experience` {
  @Test func `are read with every field`() throws {
    let (experience, diagnostics) = load(
      """
        delivery:
          kind: csat
          title: How the parcel came
          ask: {en: How was your delivery?, de: Wie war die Lieferung?}
          scale: [1, 7]
          ends: [{en: Very bad, de: Sehr schlecht}, {en: Very good, de: Sehr gut}]
          after: parcel
          wait: 1d
          for: frequent
          share: 50%
          channels: [mail, page]
          expires: 7d
          elements:
            - speed: {ask: {en: Speed, de: Tempo}, aspect: delivery}
            - carrier: {ask: {en: The carrier, de: Der Zusteller}, partner: post}
          questions:
            reason: {kind: text, ask: {en: Why?, de: Warum?}, when: {score: 1..3}}
            why: {kind: choices, ask: {en: What?, de: Was?}, when: {speed: 2},
                  options: [late: {en: Late, de: Zu spät}, broken: {en: Broken, de: Kaputt}]}
            again: {kind: rating, ask: {en: Again?, de: Wieder?}, scale: [0, 10],
                    when: {why: [late, broken], score: 1..2}}
          thanks:
            - {when: {score: 6..7}, say: {en: Thanks!, de: Danke!}, link: "https://example.com/r"}
            - {en: We read all., de: Wir lesen alles.}
          loop: {when: {score: 1..2}, to: support, due: 1d}
        recommend: {kind: nps, ask: Would you?, every: 90d}
        effort: {kind: ces, ask: How easy?, direction: lower, after: {journey: buy, late: parcel}}
        ended: {kind: choice, ask: Which?, options: [one, two], of: employees, share: 0.25,
                after: {journey: buy, outcome: completed}, for: age() > 30d, about: notice}
        free: {kind: text, ask: Anything?, thanks: Thank you.}
      asking: {at_most: 2 per 60d, quiet: "20:30-07:00", address: mail, language: lang}
      themes:
        price: [expensive, price*, too much]
        speed: {title: How fast, words: slow}
      loops:
        bad_review: {on: 'event == "Review" && properties.stars <= 2', about: review, to: support}
        returns: {title: Came back, on: Parcel, due: 3d}
      """)
    #expect(diagnostics.filter { $0.severity != .note } == [])
    let delivery = try #require(experience.survey("delivery"))
    #expect(delivery.kind == .csat && delivery.title == "How the parcel came")
    #expect(delivery.ask.text(in: "de-AT") == "Wie war die Lieferung?")
    #expect(delivery.scale == 1...7 && delivery.ends?.high.text(in: "de") == "Sehr gut")
    #expect(delivery.occasion == .touchpoint("parcel") && delivery.about == "parcel")
    #expect(delivery.wait == .days(1) && delivery.expires == .days(7) && delivery.share == 0.5)
    #expect(delivery.audienceName == "frequent" && delivery.audience != nil)
    #expect(delivery.channels == [.mail, .page])
    #expect(delivery.elements.map(\.name) == ["speed", "carrier"])
    #expect(delivery.elements.map(\.aspect) == [.delivery, .partner])
    #expect(delivery.elements.map(\.partner) == [nil, "post"])
    #expect(delivery.questions.map(\.name) == ["reason", "why", "again"])
    #expect(delivery.questions[0].when == [Survey.Condition("score", .within(1...3))])
    #expect(delivery.questions[1].when == [Survey.Condition("speed", .within(2...2))])
    guard case .choice(let options, several: true) = delivery.questions[1].form else {
      Issue.record("\(delivery.questions[1].form)")
      return
    }
    #expect(options.map(\.name) == ["late", "broken"])
    #expect(options.map { $0.say.text(in: "de") } == ["Zu spät", "Kaputt"])
    #expect(delivery.questions[2].form == .rating(0...10))
    #expect(
      Set(delivery.questions[2].when) == [
        Survey.Condition("why", .oneOf(["late", "broken"])),
        Survey.Condition("score", .within(1...2)),
      ])
    #expect(delivery.thanks.map(\.link) == ["https://example.com/r", nil])
    #expect(delivery.thanks.map { $0.say.text(in: nil) } == ["Thanks!", "We read all."])
    #expect(
      delivery.loop
        == Survey.Loop(
          when: [Survey.Condition("score", .within(1...2))], team: "support", due: .days(1)))
    let recommend = try #require(experience.survey("recommend"))
    #expect(recommend.scale == 0...10 && recommend.occasion == .every(.days(90)))
    #expect(recommend.about == nil && recommend.channels == [.mail] && recommend.share == 1)
    let effort = try #require(experience.survey("effort"))
    #expect(effort.scale == 1...7 && effort.direction == .lower && effort.about == "parcel")
    #expect(effort.occasion == .late(journey: "buy", touchpoint: "parcel"))
    let ended = try #require(experience.survey("ended"))
    #expect(ended.occasion == .outcome(journey: "buy", .completed) && ended.about == "notice")
    #expect(ended.respondents == .employees && ended.options.count == 2 && ended.share == 0.25)
    #expect(experience.survey("free")?.thanks == [Survey.Thanks(Wording("Thank you."))])
    #expect(
      experience.asking
        == Asking(
          atMost: 2, per: .days(60), quiet: .init(from: 1230, to: 420), address: "mail",
          language: "lang"))
    #expect(experience.themes.map(\.words) == [["expensive", "price*", "too much"], ["slow"]])
    #expect(experience.themes.map(\.title) == ["Price", "How fast"])
    #expect(experience.loops.map(\.team) == ["support", nil])
    #expect(experience.loops.map(\.due) == [.days(2), .days(3)])
    #expect(experience.loops.map(\.about) == ["review", nil])
    #expect(experience.teams.map(\.mail) == ["support@example.com", nil])
  }

  @Test(arguments: [
    ("kind: csat", ["1:3 survey.ask"]),
    ("ask: x", ["1:3 survey.kind"]),
    ("kind: cast, ask: x", ["1:13 yaml.choice"]),
    ("kind: csat, ask: x, when: y", ["1:27 yaml.key"]),
    ("kind: csat, ask: ''", ["1:24 yaml.type"]),
    ("kind: csat, ask: {}", ["1:24 yaml.type"]),
    ("kind: csat, ask: {english: x}", ["1:25 survey.language"]),
    ("kind: csat, ask: {en: x, EN: y}", ["1:32 survey.language"]),
    ("kind: csat, ask: x, scale: 5", ["1:34 yaml.type"]),
    ("kind: csat, ask: x, scale: [5, 1]", ["1:34 yaml.type"]),
    ("kind: csat, ask: x, scale: [1, 2.5]", ["1:34 yaml.type"]),
    ("kind: csat, ask: x, scale: [1, 100]", ["1:34 survey.scale"]),
    ("kind: csat, ask: x, scale: [-9223372036854775808, 9223372036854775807]", ["1:34 yaml.type"]),
    ("kind: nps, ask: x, scale: [0, 10]", []),
    ("kind: nps, ask: x, scale: [1, 10]", ["1:33 survey.scale"]),
    ("kind: nps, ask: x, direction: lower", ["1:37 survey.direction"]),
    ("kind: ces, ask: x", ["1:3 survey.direction"]),
    ("kind: text, ask: x, scale: [1, 5]", ["1:27 survey.scale"]),
    ("kind: csat, ask: x, ends: [a]", ["1:33 yaml.type"]),
    ("kind: csat, ask: x, about: parcl", ["1:34 reference.touchpoint"]),
    ("kind: csat, ask: x, after: parcl", ["1:34 reference.touchpoint"]),
    ("kind: csat, ask: x, after: {journey: by, outcome: completed}", ["1:44 reference.journey"]),
    ("kind: csat, ask: x, after: {journey: buy}", ["1:27 survey.after"]),
    (
      "kind: csat, ask: x, after: {journey: buy, outcome: completed, late: parcel}",
      ["1:27 survey.after"]
    ),
    ("kind: csat, ask: x, after: {journey: buy, outcome: done}", ["1:58 yaml.choice"]),
    ("kind: csat, ask: x, after: {journey: buy, outcome: ended}", ["w 1:34 survey.after"]),
    ("kind: csat, ask: x, after: {journey: buy, late: notice}", ["1:34 survey.late"]),
    ("kind: csat, ask: x, after: {journey: buy, late: review}", ["1:34 survey.late"]),
    ("kind: csat, ask: x, every: 12h", ["1:34 survey.every"]),
    ("kind: csat, ask: x, every: 7d", ["w 1:34 survey.every"]),
    ("kind: csat, ask: x, after: parcel, every: 90d", ["1:42 survey.every"]),
    ("kind: csat, ask: x, after: parcel, wait: 15d", ["w 1:48 survey.wait"]),
    ("kind: csat, ask: x, channels: [mail]", ["w 1:27 survey.occasion"]),
    ("kind: csat, ask: x, after: parcel, for: frequnt", ["1:47 reference.audience"]),
    ("kind: csat, ask: x, after: parcel, for: planner", ["1:47 survey.audience"]),
    ("kind: csat, ask: x, after: parcel, for: 'event == 1'", ["1:48 expression.subject"]),
    ("kind: csat, ask: x, after: parcel, share: 0%", ["1:49 survey.share"]),
    ("kind: csat, ask: x, after: parcel, share: 101%", ["1:49 survey.share"]),
    ("kind: csat, ask: x, after: parcel, share: 50", ["1:49 survey.share"]),
    ("kind: csat, ask: x, after: parcel, share: nan", ["1:49 survey.share"]),
    ("kind: csat, ask: x, after: parcel, channels: [fax]", ["1:53 yaml.choice"]),
    ("kind: csat, ask: x, of: robots", ["1:31 yaml.choice"]),
  ])
  func `are placed where something is wrong with them`(fields: String, expected: [String]) {
    #expect(remarks("  a: {\(fields)}\n") == expected)
  }

  @Test(arguments: [
    ("elements: [speed, speed]", ["1:45 name.twice"]),
    ("elements: [how fast]", ["1:38 name.letters"]),
    ("elements: speed", ["1:37 yaml.type"]),
    ("elements: [{a: {aspect: partner}}]", ["1:39 survey.aspect"]),
    ("elements: [{a: {aspect: design, partner: post}}]", ["1:39 survey.aspect"]),
    ("elements: [{a: {partner: pots}}]", ["1:52 reference.partner"]),
    ("elements: [{a: {aspect: dsign}}]", ["1:51 yaml.choice"]),
    ("options: [a, b]", ["1:27 survey.options"]),
    ("questions: {q: {ask: x}}", ["1:39 survey.kind"]),
    ("questions: {q: {kind: choice, ask: x, options: [a]}}", ["1:65 survey.options"]),
    ("questions: {q: {kind: choice, ask: x}}", ["1:39 survey.options"]),
    ("questions: {q: {kind: text, options: [a, b]}}", ["1:55 survey.options"]),
    ("questions: {q: {kind: text, scale: [1, 5]}}", ["1:55 survey.scale"]),
    ("questions: {score: {kind: text}}", ["1:39 name.twice"]),
    ("elements: [a], questions: {a: {kind: text}}", ["1:54 name.twice"]),
    ("questions: {q: {kind: text, when: {score: 1..7}}}", ["1:69 survey.when"]),
    ("questions: {q: {kind: text, when: {score: 3..1}}}", ["1:69 survey.when"]),
    ("questions: {q: {kind: text, when: {score: low}}}", ["1:69 yaml.type"]),
    ("questions: {q: {kind: text, when: {scroe: 1}}}", ["1:62 survey.when"]),
    ("questions: {q: {kind: text, when: {q: 1}}}", ["1:62 survey.when"]),
    ("questions: {q: {kind: text, when: {}}}", ["1:61 yaml.type"]),
    ("questions: {q: {kind: text, when: {r: 1}}, r: {kind: rating}}", ["1:62 survey.when"]),
    ("questions: {r: {kind: rating}, q: {kind: text, when: {r: 1}}}", []),
    ("questions: {r: {kind: text}, q: {kind: text, when: {r: 1}}}", ["1:79 survey.when"]),
    (
      "questions: {r: {kind: choice, options: [a, b]}, q: {kind: text, when: {r: [a, bb]}}}",
      ["1:105 survey.when"]
    ),
    (
      "questions: {r: {kind: choice, options: [a, b]}, q: {kind: text, when: {r: []}}}",
      ["1:101 yaml.type"]
    ),
    ("thanks: [Thanks, {say: More}]", ["w 1:44 survey.thanks"]),
    ("thanks: {link: \"https://example.com\"}", ["1:35 survey.thanks"]),
    ("thanks: {say: a, link: \"http://example.com\"}", ["1:50 survey.link"]),
    ("thanks: {say: a, link: \"https:///path\"}", ["1:50 survey.link"]),
    ("thanks: {say: a, link: \"https://me@example.com\"}", ["1:50 survey.link"]),
    ("thanks: {say: a, link: \"javascript:alert(1)\"}", ["1:50 survey.link"]),
    ("thanks: {say: a, link: \"https://example.com/\\u0001\"}", ["1:50 survey.link"]),
    ("thanks: {when: {score: 9}, say: a}", ["1:50 survey.when"]),
    ("about: parcel, loop: {due: 2d}", ["1:42 survey.loop"]),
    ("loop: {when: {score: 1}}", ["1:33 survey.loop.team"]),
    ("about: notice, loop: {when: {score: 1}}", ["1:48 survey.loop.team"]),
    ("about: parcel, loop: {when: {score: 1}}", []),
    ("loop: {when: {score: 1}, to: suport}", ["1:56 reference.owner"]),
  ])
  func `are placed where a part is wrong`(fields: String, expected: [String]) {
    #expect(remarks("  a: {kind: csat, ask: x, \(fields)}\n") == expected)
  }

  @Test(arguments: [
    ("  parcel: {kind: nps, ask: x}", ["1:3 name.twice"]),
    ("  a: {kind: choice, ask: x, options: [b]}", ["1:29 survey.options"]),
    ("  a: {kind: choice, ask: x}", ["1:3 survey.options"]),
    (
      "  a: {kind: choice, ask: x, options: ['b,c', d]}",
      ["1:39 name.letters", "1:29 survey.options"]
    ),
    ("  a: {kind: csat, ask: {en: x, de: y}, elements: [b]}", ["w 1:51 survey.language"]),
    ("  a: {kind: csat, ask: {en: x}, elements: [b]}", []),
    ("asking: {at_most: 1 each 30d}", ["1:19 asking.at_most"]),
    ("asking: {at_most: 0 per 30d}", ["1:19 asking.at_most"]),
    ("asking: {at_most: 1 per 0d}", ["1:19 asking.at_most"]),
    ("asking: {at_most: 3 per 1d}", ["w 1:19 asking.at_most"]),
    ("asking: {quiet: none}", []),
    ("asking: {quiet: \"21:00\"}", ["1:17 asking.quiet"]),
    ("asking: {quiet: \"21:00-25:00\"}", ["1:17 asking.quiet"]),
    ("asking: {quiet: \"08:00-08:00\"}", ["1:17 asking.quiet"]),
    ("asking: {quiet: \"09:00-08:30\"}", ["w 1:17 asking.quiet"]),
    ("themes: {a: []}", ["1:13 yaml.type"]),
    ("themes: {a: ['*']}", ["1:14 theme.words"]),
    ("themes: {a: ['a*b']}", ["1:14 theme.words"]),
    ("themes: {a: [b, B]}", ["w 1:17 theme.twice"]),
    ("themes: {a: {title: b}}", ["1:10 theme.words"]),
    ("loops: {a: {about: review}}", ["1:9 loop.on"]),
    ("loops: {a: {on: Review, about: review}}", ["1:9 loop.team"]),
    ("loops: {a: {on: Nothing}}", ["1:9 loop.team"]),
    ("loops: {a: {on: Order}}", []),
    ("loops: {a: {on: Order, to: nobody}}", ["1:28 reference.owner"]),
    ("loops: {a: {on: 'event == \"Order\" && traits.x == 1'}}", ["1:38 expression.subject"]),
  ])
  func `fit the rest of the experience`(text: String, expected: [String]) {
    #expect(Set(remarks(text + "\n")) == Set(expected))
  }

  @Test(arguments: [
    "support@example", "a@b@example.com", "a b@example.com",
    "a@example.com\\r\\nBcc: b@example.com",
    "<a@example.com>", "@example.com",
  ])
  func `need a team's address that is one`(mail: String) {
    let text = "teams: [{support: {mail: \"\(mail)\"}}]\n"
    let codes = ExperienceLoader.load(text: text, file: "e").diagnostics.map(\.code)
    #expect(codes.contains("team.mail") == (mail != "support@example"))
  }

  @Test func `have at most so many parts`() {
    func survey(_ count: Int) -> String {
      "  a: {kind: csat, ask: x, elements: ["
        + (1...count).map { "e\($0)" }.joined(separator: ", ") + "]}\n"
    }
    #expect(remarks(survey(20)) == [])
    #expect(remarks(survey(21)).map { $0.suffix(11) } == ["survey.many"])
    let long = String(repeating: "x", count: 2001)
    #expect(remarks("  a: {kind: csat, ask: \(long)}\n") == ["1:24 survey.long"])
  }

  @Test func `are left out where they are wrong`() {
    let (experience, _) = load("  a: {kind: csat, ask: x, scale: 3}\n  b: {kind: csat, ask: y}\n")
    #expect(experience.surveys.map(\.name) == ["b"])
  }
}
