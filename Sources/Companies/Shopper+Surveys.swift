import Events
import Statistics

// What the shop's surveys hear, planted like the rest: who waited too long says so.

extension Diary {
  /// Asks how a parcel came, a day after it was received, and may get an answer.
  ///
  /// - Parameter isLate: whether its notice came later than promised.
  mutating func beAskedAboutParcel(_ isLate: Bool) {
    let (parcel, moment) = (latest, now)
    apart { diary in
      guard diary.chance.chance(0.3) else { return }
      diary.now += day
      diary.hear("Survey Sent", of: "delivery", touchpoint: "parcel_received", at: moment)
      guard diary.chance.chance(isLate ? 0.45 : 0.35) else { return }
      diary.pass(0.2, to: 58, hour)
      let isPleased = diary.chance.chance(isLate ? 0.2 : 0.92)
      var ratings: [(name: String, value: PropertyValue)] = [
        ("score", diary.score(good: isPleased)),
        ("elements.speed", diary.score(good: !isLate && diary.chance.chance(0.95))),
        ("elements.packaging", diary.score(good: diary.chance.chance(0.88))),
        ("elements.courier", diary.score(good: diary.chance.chance(isPleased ? 0.93 : 0.6))),
      ]
      if diary.chance.chance(0.5) {
        let language = diary.chance.chance(0.8) ? "de" : "en"
        let mood: Mood = isPleased ? .pleased : isLate ? .waiting : .displeased
        ratings.append(("language", .string(language)))
        ratings.append(("comment", .string(diary.sentence(mood, in: language))))
      }
      diary.hear(
        "Survey Answered", of: "delivery", touchpoint: "parcel_received", at: moment, ratings)
      diary.answers(parcel)
    }
  }

  /// Asks whether they would recommend the shop.
  mutating func beAskedForAdvice(pleased isPleased: Bool) {
    apart { diary in
      guard diary.chance.chance(0.12) else { return }
      diary.pass(5, to: 9, day)
      diary.hear("Survey Sent", of: "recommendation")
      guard diary.chance.chance(0.4) else { return }
      diary.pass(0.2, to: 70, hour)
      let score: Double =
        isPleased
        ? diary.choose([10: 34, 9: 30, 8: 20, 7: 9, 6: 4, 5: 3])
        : diary.choose([9: 5, 8: 12, 7: 16, 6: 20, 5: 18, 4: 10, 3: 9, 2: 5, 0: 5])
      diary.hear("Survey Answered", of: "recommendation", [("score", .number(score))])
    }
  }

  /// Asks how the latest thing was, which customers feel as its team does, and may get an answer.
  mutating func beAsked(_ survey: String, about touchpoint: String, of team: String, share: Double)
  {
    let (latest, moment) = (latest, now)
    apart(by: \.murmur) { diary in
      guard diary.chance.chance(share) else { return }
      diary.pass(0.5, to: 20, hour)
      diary.hear("Survey Sent", of: survey, touchpoint: touchpoint, at: moment)
      guard diary.chance.chance(0.4) else { return }
      diary.pass(0.2, to: 40, hour)
      let score = diary.score(good: diary.chance.chance(diary.mood(of: team, at: moment)))
      diary.hear(
        "Survey Answered", of: survey, touchpoint: touchpoint, at: moment, [("score", score)])
      diary.answers(latest)
    }
  }

  mutating func hear(
    _ event: String, of survey: String, touchpoint: String? = nil, at moment: Int64? = nil,
    _ others: [(name: String, value: PropertyValue)] = []
  ) {
    var properties = [(name: "survey", value: PropertyValue.string(survey))]
    if let touchpoint { properties.append(("touchpoint", .string(touchpoint))) }
    if let moment {
      // A second later, since no two events of a story have the same moment.
      properties.append(("occasion", .string("\(Instant(milliseconds: moment + 1000))")))
    }
    properties.append(("asked_by", .string("mail")))
    let key = subject.isEmpty ? nil : (name: "order_id", value: subject)
    note(event, nil, channel: "email", key: key, properties + others)
  }

  /// What people who write something are like.
  private enum Mood { case pleased, waiting, displeased }

  private mutating func sentence(_ mood: Mood, in language: String) -> String {
    switch (mood, language) {
    case (.pleased, "de"):
      choose([
        "Alles bestens, sehr schnell geliefert.": 4, "Super verpackt, gerne wieder!": 3,
        "Der Zusteller war sehr freundlich.": 2, "Tolle Jacke, passt perfekt.": 3,
        "Gute Qualität zu einem fairen Preis.": 2,
      ])
    case (.pleased, _):
      choose([
        "Great service, it arrived the next day.": 4,
        "Well packed and easy to return. Thank you!": 2,
        "Lovely boots, fit perfectly.": 3, "The courier was friendly and on time.": 2,
      ])
    case (.waiting, "de"):
      choose([
        "Das Paket kam viel zu spät.": 4, "Drei Tage gewartet und keine Nachricht bekommen.": 3,
        "Ich musste zweimal anrufen, um zu erfahren, wo das Paket ist.": 2,
        "Die Lieferung hat zu lange gedauert, der Urlaub war schon vorbei.": 2,
      ])
    case (.waiting, _):
      choose([
        "The parcel came far too late.": 4, "I waited for days and nobody told me anything.": 3,
        "I had to call twice to find out where my parcel was.": 2,
      ])
    case (.displeased, "de"):
      choose([
        "Der Karton war kaputt und eine Schnalle gebrochen.": 3,
        "Viel zu teuer für diese Qualität.": 2,
        "Der Zusteller hat das Paket einfach in den Regen gestellt.": 2,
      ])
    case (.displeased, _):
      choose([
        "The box was broken and a buckle was missing.": 3, "Too expensive for what it is.": 2,
        "The courier left the parcel in the rain.": 2,
      ])
    }
  }
}
