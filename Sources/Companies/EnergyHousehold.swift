import Events
import Statistics

// What shapes the energy programme's world; the exact counts are in the planted truths.
//
// - 1 in 12 customers is a trade ally, the others are households.
// - An advisor's visit convinces 2 of 3 who had an estimate, a brochure 1 in 3.
// - 1 in 5 installations comes later than four weeks after the order; late ones score low.
// - 1 in 7 households compares solutions without a shortlist.

extension Diary {
  mutating func liveAsHouseholdOrAlly() {
    if chance.chance(1.0 / 12) { return liveAsAlly() }
    guard decide() else { return }
    pass(2, to: 12, day)
    guard plan() else { return }
    pass(2, to: 10, day)
    carryOut()
  }

  private mutating func decide() -> Bool {
    let start = choose(["campaign": 55, "event": 20, "neighbour": 25])
    switch start {
    case "campaign": note("Letter Answered", "campaign", channel: "mail", late: 2 * day)
    case "event": note("Event Attended", "advisor_event", channel: "event", late: 3 * day)
    default:
      note(
        "Enquiry Made", "neighbour", channel: chance.chance(0.7) ? "web" : "phone",
        properties("heard_from", "neighbour"))
    }
    pass(3, to: 90, hour)
    goToWakingHour()
    guard chance.chance(start == "neighbour" ? 0.85 : 0.65) else { return false }
    for _ in 0..<(1 + chance.below(3)) {
      note(
        "Page Viewed", "programme_page", channel: "web",
        properties(
          "path", choose(["/programme": 5, "/programme/heat-pumps": 3, "/programme/roof": 2])))
      pass(1, to: 6, minute)
    }
    if chance.chance(0.3) { note("Calculator Opened", nil, channel: "web") }
    guard chance.chance(0.7) else { return false }
    pass(4, to: 20, minute)
    signIn(traits: [
      ("kind", .string("household")),
      ("built", .number(Double(1920 + chance.below(95)))),
      ("household", .number(Double(1 + chance.below(5)))),
    ])
    pass(1, to: 3, minute)
    note("Home Check Completed", "home_check", channel: "web")
    if chance.chance(0.25) { note("Bill Viewed", nil, channel: "web") }
    let chances = inform()
    guard chance.chance(0.8) else { return false }
    pass(5, to: 20, day)
    note("Savings Estimated", "savings_estimate", channel: chance.chance(0.7) ? "email" : "mail")
    pass(1, to: 18, day)
    goToWakingHour()
    if chance.chance(0.06) {
      note("Application Refused", "application_refused", channel: "mail")
      return false
    }
    guard chance.chance(chances) else { return false }
    note("Programme Joined", "decision", channel: choose(["web": 5, "phone": 3, "mail": 2]))
    return true
  }

  /// How the household learns more, and how likely it is to join after that.
  private mutating func inform() -> Double {
    pass(1, to: 9, day)
    switch choose(["brochure": 35, "call": 35, "visit": 30]) {
    case "brochure":
      note("Brochure Requested", "brochure", channel: chance.chance(0.6) ? "mail" : "email")
      return 0.33
    case "call":
      note(
        chance.chance(0.75) ? "Advice Call Held" : "Advice Call Returned", "advice_call",
        channel: "phone", [("rating", score(good: chance.chance(0.8)))], late: 12 * hour)
      return 0.45
    default:
      pass(3, to: 12, day)
      note(
        "Advisor Visited", "advisor_visit", channel: "visit",
        [("rating", score(good: chance.chance(0.93)))], late: 30 * hour)
      return 0.66
    }
  }

  private mutating func plan() -> Bool {
    if !chance.chance(1.0 / 7) {
      note("Shortlist Made", "shortlist", channel: chance.chance(0.7) ? "web" : "email")
    }
    for _ in 0..<(1 + chance.below(3)) {
      pass(4, to: 90, hour)
      note("Solutions Compared", "solution_comparison", channel: "web")
    }
    let quoteIsFirst = chance.chance(0.6)
    pass(2, to: 11, day)
    if quoteIsFirst { quote() } else { checkRebate() }
    pass(1, to: 10, day)
    if quoteIsFirst { checkRebate() } else { quote() }
    pass(2, to: 15, day)
    if chance.chance(0.18) {
      if chance.chance(0.6) { note("Household Withdrew", "withdrawal", channel: "phone") }
      return false
    }
    note(
      "Plan Agreed", "plan", channel: chance.chance(0.5) ? "email" : "visit",
      [("revenue", .number(Double(cents(around: 780_000)) / 100))])
    return true
  }

  private mutating func quote() {
    note("Quote Received", "quote", channel: chance.chance(0.6) ? "email" : "visit", late: day)
  }

  private mutating func checkRebate() {
    note("Rebate Checked", "subsidy_check", channel: chance.chance(0.8) ? "web" : "phone")
  }

  private mutating func carryOut() {
    note("Equipment Ordered", "equipment_ordered", channel: chance.chance(0.8) ? "email" : "phone")
    if chance.chance(0.4) {
      pass(4, to: 9, day)
      note("Permit Granted", "permit", channel: "mail", late: 2 * day)
    }
    if chance.chance(0.04) {
      pass(3, to: 12, day)
      note("Household Withdrew", "withdrawal", channel: "phone")
      return
    }
    let isLate = chance.chance(0.2)
    pass(isLate ? 29 : 6, to: isLate ? 55 : 18, day)
    note(
      "Installation Finished", "installation", channel: "visit",
      [("rating", score(good: chance.chance(isLate ? 0.3 : 0.92)))], late: 40 * hour)
    if chance.chance(isLate ? 0.35 : 0.12) {
      pass(1, to: 6, day)
      note(
        "Help Call Answered", "help_call", channel: "phone",
        [("rating", score(good: chance.chance(0.75)))])
    }
    pass(7, to: 20, day)
    guard chance.chance(0.9) else { return }
    note(
      "Savings Validated", "validation", channel: chance.chance(0.7) ? "visit" : "web",
      [("rating", score(good: chance.chance(isLate ? 0.6 : 0.95)))])
  }

  /// An installer's own way, from the invitation to the first rating of the programme.
  private mutating func liveAsAlly() {
    signIn(traits: [
      ("kind", .string("trade_ally")), ("crew", .number(Double(1 + chance.below(12)))),
    ])
    pass(1, to: 8, day)
    if chance.chance(0.6) {
      note("Ally Invited", "ally_invitation", channel: chance.chance(0.5) ? "mail" : "email")
    } else {
      note("Fair Visited", "ally_fair", channel: "event", late: 2 * day)
    }
    guard chance.chance(0.7) else { return }
    pass(1, to: 12, day)
    note("Ally Applied", "ally_application", channel: "web")
    for _ in 0..<(1 + chance.below(3)) {
      pass(3, to: 8, day)
      note(
        "Training Attended", "ally_training", channel: chance.chance(0.5) ? "web" : "event",
        [("rating", score(good: chance.chance(0.8)))], late: day)
    }
    guard chance.chance(0.85) else { return }
    pass(1, to: 6, day)
    note("Ally Certified", "ally_certificate", channel: chance.chance(0.8) ? "web" : "mail")
    pass(6, to: 25, day)
    if chance.chance(0.1) { return note("Ally Left", "ally_departure", channel: "phone") }
    note("First Job Finished", "ally_first_job", channel: "visit", late: 2 * day)
    guard chance.chance(0.8) else { return }
    pass(2, to: 10, day)
    note(
      "Ally Rated Programme", "ally_rating", channel: "web",
      [("rating", score(good: chance.chance(0.7)))])
  }
}
