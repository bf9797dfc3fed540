import Events
import Statistics

// What shapes the business service's world; the exact counts are in the planted truths.
//
// - An account that saw its trial device report signs twice as often as one that did not.
// - Large accounts (250 employees or more) ask for a security review, which takes weeks.
// - 1 in 6 kickoffs comes later than a week after the signature.
// - 1 in 12 devices never connects and is sent back.

extension Diary {
  mutating func liveAsAccount() {
    let isLarge = chance.chance(0.35)
    let employees = isLarge ? 250 + chance.below(4000) : 8 + chance.below(240)
    if chance.chance(0.7) {
      // Somebody reads before anybody is known.
      note("Documentation Viewed", nil, channel: "web", properties("path", "/docs/devices"))
      pass(2, to: 30, minute)
    }
    let role = choose(["champion": 45, "user": 40, "buyer": 15])
    signIn(traits: [("role", .string(role)), ("employees", .number(Double(employees)))])
    pass(1, to: 4, minute)
    guard reachContract(isLarge, role) else { return }
    onboard()
  }

  private mutating func reachContract(_ isLarge: Bool, _ role: String) -> Bool {
    switch choose(["trial": 50, "demo": 30, "call": 20]) {
    case "trial": note("Trial Started", "trial_signup", channel: "web", properties("role", role))
    case "demo": note("Demo Requested", "demo_request", channel: "web", properties("role", role))
    default:
      note(
        "Sales Call Held", "sales_call", channel: "phone", properties("role", role), late: day)
    }
    guard chance.chance(0.8) else { return false }
    pass(1, to: 9, day)
    note(
      chance.chance(0.7) ? "Demo Held" : "Demo Watched", "demo",
      channel: chance.chance(0.6) ? "meeting" : "web",
      [("role", .string(role)), ("rating", score(good: chance.chance(0.8)))])
    let reports = chance.chance(0.6)
    if reports {
      pass(2, to: 9, day)
      let device = "dev_" + hexadecimalID(digits: 8)
      note(
        "Report Received", "first_report", channel: "device",
        [("trial", .boolean(true)), ("device_id", .string(device))], late: 6 * hour)
    }
    guard chance.chance(0.85) else { return lose() }
    pass(2, to: 8, day)
    note("Quote Sent", "quote", channel: "email", properties("role", "buyer"))
    if isLarge {
      pass(8, to: 26, day)
      note(
        "Security Review Finished", "security_review",
        channel: chance.chance(0.7) ? "email" : "meeting", properties("role", "finance"))
    }
    if chance.chance(0.4) {
      pass(1, to: 6, day)
      note(
        "Meeting Held", "champion_meeting", channel: chance.chance(0.6) ? "meeting" : "phone",
        properties("role", "champion"))
    }
    guard chance.chance(reports ? 0.7 : 0.35) else { return lose() }
    pass(1, to: 10, day)
    note(
      "Contract Signed", "signature", channel: chance.chance(0.7) ? "web" : "meeting",
      [
        ("role", .string("finance")),
        ("revenue", .number(Double(cents(around: isLarge ? 4_800_000 : 900_000)) / 100)),
      ])
    return true
  }

  /// Says so, or falls silent; either way there is no contract.
  private mutating func lose() -> Bool {
    pass(2, to: 15, day)
    if chance.chance(0.5) {
      note(
        "Deal Lost", "deal_lost", channel: "email",
        properties("reason", choose(["price": 4, "timing": 3, "security": 2])))
    }
    return false
  }

  private mutating func onboard() {
    let isLate = chance.chance(1.0 / 6)
    pass(isLate ? 7.5 : 1, to: isLate ? 14 : 6, day)
    note("Kickoff Held", "kickoff", channel: "meeting", properties("role", "champion"))
    pass(1, to: 4, day)
    let shipped = now
    let devices = (0..<(1 + chance.below(6))).map { _ in "dev_" + hexadecimalID(digits: 8) }
    for device in devices {
      now = shipped
      rollOut(device)
    }
    now = shipped
    pass(6, to: 13, day)
    for _ in 0..<(1 + chance.below(4)) {
      pass(1, to: 20, hour)
      note("User Invited", "user_invited", channel: "product", properties("role", "champion"))
    }
    if chance.chance(0.25) {
      pass(4, to: 30, hour)
      note(
        chance.chance(0.8) ? "Ticket Solved" : "Ticket Closed", "support_ticket",
        channel: chance.chance(0.6) ? "email" : "phone",
        [("role", .string("user")), ("rating", score(good: chance.chance(0.75)))])
    }
    let reads = chance.chance(0.85)
    for _ in 0..<20 {
      pass(5, to: 9, day)
      goToWakingHour()
      guard now < end else { return }
      note("Dashboard Viewed", nil, channel: "product", properties("role", "user"))
      guard reads else { continue }
      pass(1, to: 9, hour)
      note(
        "Weekly Report Read", "weekly_report", channel: chance.chance(0.7) ? "email" : "product",
        properties("role", "user"))
      if chance.chance(0.06) { return renew() }
    }
  }

  private mutating func rollOut(_ device: String) {
    pass(1, to: 90, minute)
    subject = device
    about("Device Shipped", "device_shipped", channel: "email")
    guard !chance.chance(1.0 / 12) else {
      pass(9, to: 20, day)
      about("Device Returned", "device_returned", channel: "phone")
      return
    }
    let takesLong = chance.chance(0.1)
    pass(takesLong ? 10.5 : 2, to: takesLong ? 16 : 9, day)
    about("Device Connected", "device_connected", channel: "device", late: 10 * hour)
    guard chance.chance(0.93) else { return }
    pass(7, to: 8, day)
    about("Device Healthy", "device_healthy", channel: "device", late: 6 * hour)
  }

  private mutating func about(
    _ name: String, _ touchpoint: String, channel: String, late: Int64 = 0
  ) {
    note(name, touchpoint, channel: channel, key: ("device_id", subject), late: late)
  }

  private mutating func renew() {
    pass(1, to: 5, day)
    note("Renewal Announced", "renewal_notice", channel: "email")
    if chance.chance(0.75) {
      pass(4, to: 20, day)
      note(
        "Business Review Held", "business_review", channel: "meeting",
        [("role", .string("champion")), ("rating", score(good: chance.chance(0.85)))])
    }
    if chance.chance(0.3) {
      pass(1, to: 5, day)
      note("Quote Sent", "quote", channel: "email", properties("role", "buyer"))
    }
    pass(2, to: 12, day)
    if chance.chance(0.12) { return note("Contract Ended", "contract_ended", channel: "email") }
    guard chance.chance(0.9) else { return }
    note(
      "Contract Renewed", "renewal_signature", channel: chance.chance(0.7) ? "web" : "meeting",
      [
        ("role", .string("finance")),
        ("revenue", .number(Double(cents(around: 1_400_000)) / 100)),
      ])
  }
}
