import Events
import Statistics

// What shapes the shop's world; the exact counts that come of it are in the planted truths.
//
// - 17 in 20 customers are new, the others begin with an order.
// - Recommended customers go on twice as often as those of an ad.
// - Checkout loses half of its customers in the app and a quarter on the web.
// - 1 in 8 pays twice, because the first payment fails.
// - 1 in 4 delivery notices comes later than two days; late ones bring calls, low scores, few reviews.
// - Surveys ask about 3 parcels in 10; who waited too long gives one or two of five, and says why.
// - Other surveys hear how the team behind a touchpoint feels; see Employee.swift.

extension Diary {
  mutating func liveAsShopper() {
    if chance.chance(0.4) { channel = "app" }
    let household: Double = choose([1: 30, 2: 35, 3: 15, 4: 15, 5: 5])
    let traits: [(name: String, value: PropertyValue)] = [
      ("household", .number(household)),
      ("country", .string(choose(["DE": 70, "AT": 18, "CH": 12]))),
    ]
    let isFrequent: Bool
    if chance.chance(0.85) {
      isFrequent = chance.chance(0.12)
      guard walkToFirstOrder(traits) else { return }
    } else {
      isFrequent = chance.chance(0.5)
      signIn(traits: traits)
      pass(1, to: 5, minute)
      order(revenue: cents(around: 7_400))
      _ = receive()
    }
    for _ in 0..<24 {
      pass(isFrequent ? 4 : 15, to: isFrequent ? 16 : 70, day)
      goToWakingHour()
      guard now < end else { return }
      shopAgain()
    }
  }

  /// The journey of a new shopper; false where no order came of it.
  private mutating func walkToFirstOrder(
    _ traits: [(name: String, value: PropertyValue)]
  ) -> Bool {
    let start = choose(["ad": 48, "search": 37, "referral": 15])
    switch start {
    case "ad":
      note(
        "Ad Clicked", "ad", channel: "social",
        properties("campaign", choose(["spring_trails": 5, "rain_is_fine": 3, "summer_huts": 2])))
    case "search": visit(from: "search", channel: "web")
    default: visit(from: "referral", channel: channel)
    }
    if start == "search" { channel = "web" }
    let persistence = start == "ad" ? 0.40 : start == "search" ? 0.58 : 0.80
    guard chance.chance(0.5 + persistence / 2) else { return false }
    browse()
    if chance.chance(0.2) {
      // They sleep on it and come back.
      pass(10, to: 70, hour)
      goToWakingHour()
      if chance.chance(0.3) { visit(from: "search", channel: "web") }
      browse()
    }
    guard chance.chance(persistence) else { return false }
    if !chance.chance(0.06) { putAside() }
    guard chance.chance(0.75) else { return false }
    pass(1, to: 9, minute)
    signIn(traits: traits)
    return checkOut() && receive()
  }

  /// A later visit, and perhaps another order.
  private mutating func shopAgain() {
    switch choose(["newsletter": 45, "direct": 35, "store": 12, "ad": 8]) {
    case "newsletter":
      note("Newsletter Opened", "newsletter", channel: "email")
      beAsked("letter", about: "newsletter", of: "growth", share: 0.15)
    case "store":
      note("Store Visited", "store_visit", channel: "store", late: 20 * hour)
      beAsked("advice", about: "store_visit", of: "store", share: 0.4)
      pass(3, to: 60, hour)
      goToWakingHour()
    case "ad": note("Ad Clicked", "ad", channel: "social", properties("campaign", "summer_huts"))
    default: visit(from: "direct", channel: channel)
    }
    browse()
    guard chance.chance(0.7) else { return }
    putAside()
    pass(1, to: 9, minute)
    if checkOut() { _ = receive() }
  }

  private mutating func visit(from source: String, channel: String) {
    note(
      "Visit Started", source == "direct" ? "direct_visit" : source, channel: channel,
      properties("source", source))
  }

  private mutating func browse() {
    for _ in 0..<(2 + chance.below(9)) {
      pass(0.3, to: 4, minute)
      if chance.chance(0.45) {
        note("Filter Applied", nil, channel: channel)
        pass(0.1, to: 0.7, minute)
      }
      let page = choose([
        "tents/halla-2": 3, "boots/ridge-mid": 5, "packs/fell-40": 4, "jackets/drizzle": 5,
        "stoves/ember": 2, "socks/wool-3": 3,
      ])
      note(
        "Page Viewed", "product_page", channel: channel, properties("path", "/p/" + page),
        late: lateness)
      guard chance.chance(0.08) else { continue }
      pass(0.2, to: 1, minute)
      note("Size Guide Viewed", nil, channel: channel, properties("path", "/help/sizes"))
    }
  }

  /// Phones without a network send what they kept up to two days later.
  private var lateness: Int64 {
    mutating get { channel == "app" && chance.chance(0.15) ? 2 * day : 0 }
  }

  private mutating func putAside() {
    pass(0.3, to: 3, minute)
    if chance.chance(0.15) {
      note("Wishlist Saved", "wishlist", channel: channel, late: lateness)
      pass(1, to: 30, hour)
    } else {
      for _ in 0..<choose([1: 7, 2: 2, 3: 1]) {
        note("Product Added", "cart", channel: channel, late: lateness)
        pass(0.3, to: 3, minute)
      }
    }
  }

  /// From the checkout to the order; false where it comes to none.
  private mutating func checkOut() -> Bool {
    note("Checkout Started", "checkout", channel: channel)
    guard !chance.chance(channel == "app" ? 0.5 : 0.25) else { return false }
    pass(1, to: 6, minute)
    let method = choose(["card": 5, "paypal": 3, "invoice": 2])
    if chance.chance(0.125) {
      note(
        "Payment Submitted", "payment", channel: channel,
        [("method", .string(method)), ("accepted", .boolean(false))])
      pass(0.5, to: 3, minute)
      guard chance.chance(0.8) else { return false }
    }
    note(
      "Payment Submitted", "payment", channel: channel,
      [("method", .string(method)), ("accepted", .boolean(true))])
    pass(2, to: 20, minute / 60)
    order(revenue: cents(around: 8_900))
    return true
  }

  private mutating func order(revenue: Int) {
    subject = hexadecimalID(digits: 12)
    note(
      "Order Completed", "order", channel: channel, key: ("order_id", subject),
      [
        ("revenue", .number(Double(revenue) / 100)),
        ("items", .number(Double(1 + chance.below(4)))),
      ])
    beAsked("ordering", about: "order", of: "web", share: 0.15)
  }

  private mutating func about(
    _ name: String, _ touchpoint: String?, channel: String?,
    _ properties: [(name: String, value: PropertyValue)] = [], offChannel: Bool = false,
    late: Int64 = 0
  ) {
    note(
      name, touchpoint, channel: channel, key: ("order_id", subject), properties, late: late,
      offChannel: offChannel)
  }

  /// From the order to the review; false where the order is cancelled.
  private mutating func receive() -> Bool {
    pass(2, to: 30, minute)
    let invoiceIsFirst = chance.chance(0.7)
    if invoiceIsFirst { about("Invoice Sent", "invoice", channel: "email") }
    if chance.chance(0.05) {
      pass(1, to: 20, hour)
      about(
        "Order Cancelled", "order_cancelled",
        channel: chance.chance(0.4) ? "phone" : channel)
      return false
    }
    let isLate = chance.chance(0.25)
    if isLate { pass(49, to: 120, hour) } else { pass(5, to: 44, hour) }
    if chance.chance(0.04) {
      about("Shipment Notified", "delivery_notice", channel: "phone", offChannel: true)
    } else {
      about("Shipment Notified", "delivery_notice", channel: chance.chance(0.7) ? "email" : "sms")
    }
    if !invoiceIsFirst {
      pass(1, to: 20, minute)
      about("Invoice Sent", "invoice", channel: "email")
    }
    track(times: isLate ? 3 : 1)
    if chance.chance(isLate ? 0.3 : 0.06) {
      pass(1, to: 6, hour)
      about(
        chance.chance(0.8) ? "Call Answered" : "Callback Made", "support_call",
        channel: "phone",
        [("rating", score(good: chance.chance(isLate ? 0.35 : 0.8)))], late: 8 * hour)
    }
    pass(8, to: 40, hour)
    about(
      "Parcel Received", "parcel_received", channel: nil,
      chance.chance(0.45) ? [("rating", score(good: chance.chance(isLate ? 0.25 : 0.93)))] : [])
    beAskedAboutParcel(isLate)
    speakUp(isLate)
    return true
  }

  /// Follows the parcel on another device, which is nobody's until the customer signs in on it.
  private mutating func track(times: Int) {
    guard chance.chance(0.4) else { return }
    let (device, channel) = (device, channel)
    if chance.chance(0.3) {
      self.device = hexadecimalID(digits: 16)
      self.channel = "app"
      signedIn = false
      pass(0.2, to: 2, hour)
      about("Parcel Tracked", "tracking", channel: self.channel)
      pass(0.2, to: 2, minute)
      signIn(traits: [])
    }
    for _ in 0..<(1 + chance.below(times)) {
      pass(0.5, to: 5, hour)
      about("Parcel Tracked", "tracking", channel: self.channel)
    }
    (self.device, self.channel) = (device, channel)
  }

  private mutating func speakUp(_ isLate: Bool) {
    let isPleased = chance.chance(isLate ? 0.25 : 0.9)
    beAskedForAdvice(pleased: isPleased)
    pass(4, to: 40, hour)
    if chance.chance(0.35) {
      about(
        "Parcel Rated", "delivery_survey", channel: "email",
        [("rating", score(good: isPleased))])
    }
    if chance.chance(isPleased ? 0.03 : 0.14) {
      pass(5, to: 60, hour)
      about("Return Registered", "parcel_return", channel: channel)
      return
    }
    pass(1, to: 4, day)
    about("Review Requested", "review_request", channel: "email")
    guard chance.chance(isLate ? 0.07 : 0.28) else { return }
    pass(2, to: 90, hour)
    about("Review Posted", "review", channel: channel, [("rating", score(good: isPleased))])
  }

  /// One property with a text.
  func properties(_ name: String, _ text: String) -> [(name: String, value: PropertyValue)] {
    [(name, .string(text))]
  }
}
