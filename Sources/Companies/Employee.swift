import Events
import Statistics

// What employees of the shop answer, planted like the rest: each team has a mood, which customers feel.
//
// - Teams are asked once a month whether they would recommend working here; about three in four answer.
// - An employee is pleased as likely as the team's mood, and three quarters of the pleased are
//   promoters. Who is in the web shop's team is ever less pleased, in the store always, in growth
//   ever more, in logistics mostly, in support rarely.
// - Customers score the newsletter, ordering and the store as the mood of its team is in that month.
//   What they score of parcels and calls comes of late deliveries; the moods there are chosen to fit.

extension Company {
  /// The teams whose employees are asked, and how many each has.
  var staff: [(team: String, count: Int)] {
    switch self {
    case .shop:
      [("growth", 40), ("web", 50), ("store", 70), ("logistics", 80), ("support", 60)]
    case .energy, .business:
      []
    }
  }

  /// How likely a team's employees are pleased in a month of the world, counted from 0.
  func mood(of team: String, month: Int) -> Double {
    let (first, change): (Double, Double) =
      switch team {
      case "growth": (0.4, 0.12)
      case "web": (0.85, -0.12)
      case "store": (0.9, 0)
      case "logistics": (0.7, 0)
      case "support": (0.3, 0)
      default: (0.6, 0)
      }
    return min(0.95, max(0.1, first + change * Double(month)))
  }
}

extension CompanyWorld {
  /// How long a month of moods is.
  static let month = 30 * day

  /// The month of a moment, counted from the world's beginning.
  func month(of moment: Int64) -> Int { Int((moment - start) / Self.month) }

  /// The events of all employees, one after the other.
  func staffStories(into ledger: inout Ledger) -> [MadeEvent] {
    var (events, number) = ([MadeEvent](), customers)
    for (team, count) in company.staff {
      for _ in 0..<count {
        var diary = Diary(world: self, employee: number)
        diary.liveAsEmployee(of: team, for: days)
        events += arriving(diary.finished(), into: &ledger)
        number += 1
      }
    }
    return events
  }
}

extension Diary {
  mutating func liveAsEmployee(of team: String, for days: Int) {
    signedIn = true
    let begin = now
    note(Event.identify, nil, channel: nil, [("traits.team", .string(team))])
    for month in 0...(days / 30) {
      now = begin + Int64(month) * CompanyWorld.month
      pass(4, to: 6, day)
      hear("Survey Sent", of: "workplace")
      guard chance.chance(0.75) else { continue }
      pass(0.1, to: 5, day)
      goToWakingHour()
      let isPleased = chance.chance(mood(of: team, at: now))
      let score: Double =
        isPleased ? choose([10: 35, 9: 40, 8: 25]) : choose([8: 10, 7: 25, 6: 25, 5: 25, 3: 15])
      hear("Survey Answered", of: "workplace", [("score", .number(score))])
    }
  }
}
