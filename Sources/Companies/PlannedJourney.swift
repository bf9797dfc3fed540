/// What the ledger must know of a journey; the examples' texts say the same, and tests compare them.
struct PlannedJourney {
  struct Step {
    var touchpoints: [String]
    var optional = false
    /// By when one of them is due after another touchpoint, where late cases are counted.
    var promise: (touchpoint: String, of: String, within: Int64)?
  }

  enum Again { case once, afterEnd }

  /// Who walks it: only customers who have, or have not, met a touchpoint before.
  enum Audience {
    case everybody
    case met(String)
    case notMet(String)
  }

  var name: String
  var audience = Audience.everybody
  var starts: [String]
  var steps: [Step]
  var ends: [String] = []
  var windowDays: Int64 = 30
  var again = Again.afterEnd
  var keyed = false

  var goal: String { steps.last?.touchpoints.first ?? "" }

  /// The touchpoints whose values and scores belong to its cases.
  var touchpoints: Set<String> { Set(starts + steps.flatMap(\.touchpoints) + ends) }

  /// Whether a customer who has met these touchpoints before is of the audience.
  func admits(_ met: Set<String>) -> Bool {
    switch audience {
    case .everybody: true
    case .met(let touchpoint): met.contains(touchpoint)
    case .notMet(let touchpoint): !met.contains(touchpoint)
    }
  }
}

extension PlannedJourney.Step: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  init(stringLiteral name: String) { self.init(touchpoints: [name]) }
  init(arrayLiteral names: String...) { self.init(touchpoints: names) }

  static func optional(_ name: String) -> Self { Self(touchpoints: [name], optional: true) }
  /// A step whose last touchpoint is promised.
  static func promised(_ names: String..., of other: String, days: Int64) -> Self {
    Self(touchpoints: names, promise: (names.last ?? "", other, days * day))
  }
}

extension Company {
  /// The journeys whose truths are kept.
  var planned: [PlannedJourney] {
    switch self {
    case .shop:
      [
        PlannedJourney(
          name: "first_order", audience: .notMet("order"), starts: ["ad", "search", "referral"],
          steps: [
            "product_page", ["cart", "wishlist"], "checkout", "payment", "order",
            .promised("delivery_notice", of: "order", days: 2), .optional("support_call"),
            "parcel_received",
          ], ends: ["order_cancelled"], again: .once),
        PlannedJourney(
          name: "after_purchase", starts: ["order"],
          steps: [
            .promised("invoice", "delivery_notice", of: "order", days: 2), .optional("tracking"),
            "parcel_received", .optional("delivery_survey"), "review_request", "review",
          ], ends: ["order_cancelled", "parcel_return"], windowDays: 45, keyed: true),
        PlannedJourney(
          name: "repeat_order", audience: .met("order"),
          starts: ["newsletter", "direct_visit", "store_visit"],
          steps: ["product_page", ["cart", "wishlist"], "checkout", "payment", "order"],
          windowDays: 14),
      ]
    case .energy:
      [
        PlannedJourney(
          name: "making_the_decision", starts: ["campaign", "advisor_event", "neighbour"],
          steps: [
            "programme_page", "home_check", ["brochure", "advice_call", "advisor_visit"],
            "savings_estimate", "decision",
          ], ends: ["application_refused"], windowDays: 90, again: .once),
        PlannedJourney(
          name: "implementing_the_decision", starts: ["decision"],
          steps: [
            "shortlist", "solution_comparison", ["quote", "subsidy_check"], "plan",
          ], ends: ["withdrawal"], windowDays: 90, again: .once),
        PlannedJourney(
          name: "managing_the_implementation", starts: ["plan"],
          steps: [
            "equipment_ordered", .optional("permit"),
            .promised("installation", of: "equipment_ordered", days: 28),
            .optional("help_call"), "validation",
          ], ends: ["withdrawal"], windowDays: 120, again: .once),
        PlannedJourney(
          name: "becoming_a_trade_ally", starts: ["ally_invitation", "ally_fair"],
          steps: [
            "ally_application", "ally_training", "ally_certificate", "ally_first_job",
            "ally_rating",
          ], ends: ["ally_departure"], windowDays: 120, again: .once),
      ]
    case .business:
      [
        PlannedJourney(
          name: "trial_to_contract", starts: ["trial_signup", "demo_request", "sales_call"],
          steps: [
            "demo", "first_report", ["security_review", "quote"], .optional("champion_meeting"),
            "signature",
          ], ends: ["deal_lost"], windowDays: 90, again: .once),
        PlannedJourney(
          name: "onboarding", starts: ["signature"],
          steps: [
            .promised("kickoff", of: "signature", days: 7), "device_connected", "user_invited",
            .optional("support_ticket"), "weekly_report",
          ], windowDays: 45, again: .once),
        PlannedJourney(
          name: "device_rollout", starts: ["device_shipped"],
          steps: ["device_connected", "device_healthy"], ends: ["device_returned"],
          windowDays: 30, keyed: true),
        PlannedJourney(
          name: "renewal", starts: ["renewal_notice"],
          steps: ["business_review", .optional("quote"), "renewal_signature"],
          ends: ["contract_ended"], windowDays: 60, again: .once),
      ]
    }
  }
}
