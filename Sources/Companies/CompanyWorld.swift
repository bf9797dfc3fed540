import Events
import Statistics

/// A made-up company's customers: every event they cause, in order of arrival, and the truth about them.
///
///     let world = try CompanyWorld(.shop, seed: 7, customers: 2_000)
///     let truths = world.visit { print($0.event.name, $0.receivedAt) }
///     truths.journey("first_order")?.cases.completed
///
/// The same arguments give the same events on every machine. All of it is invented: message ids begin
/// with `made-up-`, so each event says so.
public struct CompanyWorld: Sendable {
  public let company: Company
  public let seed: UInt64
  public let customers: Int
  /// The first day, in UTC.
  public let from: CivilDate
  /// How many days there are; what would arrive later is not in the world.
  public let days: Int

  /// The most customers, so that event numbers and memory stay reasonable.
  public static let mostCustomers = 5_000_000
  /// The most days: four years.
  public static let mostDays = 1_461
  /// The day on which worlds end where nobody says otherwise: 1 June 2026 is not in them.
  public static let usualEnd = CivilDate(year: 2026, month: 6, day: 1)

  /// Makes a world; what is left out is taken from the company.
  ///
  /// - Throws: `company.customers` or `company.days` where a limit is passed, `company.from` where the
  ///   first day is before 1970 or the world would reach past the year 2199.
  public init(
    _ company: Company, seed: UInt64 = 1, customers: Int? = nil, from: CivilDate? = nil,
    days: Int? = nil
  ) throws(Refusal) {
    let customers = customers ?? company.usualCustomers
    let days = days ?? company.usualDays
    guard (1...Self.mostCustomers).contains(customers) else {
      throw Refusal(
        "company.customers", problem: "\(customers) customers cannot be made up.",
        remedy: "Ask for 1 to \(Self.mostCustomers).")
    }
    guard (1...Self.mostDays).contains(days) else {
      throw Refusal(
        "company.days", problem: "\(days) days cannot be made up.",
        remedy: "Ask for 1 to \(Self.mostDays).")
    }
    let first =
      from ?? CivilDate(daysSinceEpoch: Self.usualEnd.daysSinceEpoch - days)
    guard (1970..<2199).contains(first.year),
      (first.daysSinceEpoch + days) < CivilDate(year: 2200, month: 1, day: 1).daysSinceEpoch
    else {
      throw Refusal(
        "company.from", problem: "A world cannot begin on \(first).",
        remedy: "Choose a first day from 1970-01-01 to 2198-12-31.")
    }
    (self.company, self.seed, self.customers) = (company, seed, customers)
    (self.from, self.days) = (first, days)
  }

  /// The moment at which the world ends: nothing arrives at or after it.
  public var end: Instant { Instant(milliseconds: start + Int64(days) * day) }

  var start: Int64 { Int64(from.daysSinceEpoch) * day }

  /// Gives every event to `body` in order of arrival, and returns what is true of all of them.
  ///
  /// Late events arrive after later ones, and about one in a hundred arrives twice. Memory holds only
  /// what has happened but not yet arrived, and what lies ahead of customers already met.
  public func visit<Failure: Error>(
    _ body: (MadeEvent) throws(Failure) -> Void
  ) throws(Failure) -> PlantedTruths {
    var ledger = Ledger(company: company)
    var waiting: [[MadeEvent]] = Array(repeating: [], count: days)
    var firstDays = FirstDays(days: days, customers: customers, from: from)
    var number = 0
    for made in staffStories(into: &ledger) {
      waiting[Int((made.receivedAt.milliseconds - start) / day)].append(made)
    }
    for today in 0..<days {
      while number < customers, firstDays.day(of: number) == today {
        for made in story(of: number, firstDay: today, into: &ledger) {
          waiting[Int((made.receivedAt.milliseconds - start) / day)].append(made)
        }
        number += 1
      }
      waiting[today].sort { ($0.receivedAt, $0.ordinal) < ($1.receivedAt, $1.ordinal) }
      for made in waiting[today] { try body(made) }
      waiting[today] = []
    }
    return ledger.truths(of: self)
  }

  /// Every event in order of arrival, those that arrive twice included.
  public func events() -> [Event] {
    var all: [Event] = []
    _ = visit { all.append($0.event) }
    return all
  }

  /// What is true of the world: the figures that a measurement must find again.
  public func truths() -> PlantedTruths { visit { _ in } }

  /// One customer's events, by when they happened, entered in the ledger.
  func story(of number: Int, firstDay: Int, into ledger: inout Ledger) -> [MadeEvent] {
    var diary = Diary(
      world: self, number: number, firstDay: start + Int64(firstDay) * day)
    switch company {
    case .shop: diary.liveAsShopper()
    case .energy: diary.liveAsHouseholdOrAlly()
    case .business: diary.liveAsAccount()
    }
    return arriving(diary.finished(), into: &ledger)
  }

  /// A story entered in the ledger, with what arrives twice.
  func arriving(_ story: [MadeEvent], into ledger: inout Ledger) -> [MadeEvent] {
    ledger.enter(story)
    return story.flatMap { made in
      guard let again = made.arrivesAgainAt, again < end else { return [made] }
      ledger.resent += 1
      var copy = made
      copy.receivedAt = again
      return [made, copy]
    }
  }
}

/// The length of a day, an hour and a minute in milliseconds.
let day: Int64 = 86_400_000
let hour: Int64 = 3_600_000
let minute: Int64 = 60_000

/// On which day each customer is first met: more at the beginning of the week than on Saturdays.
struct FirstDays {
  private var firstNumber: [Int] = []
  private var at = 0

  /// Weights from Monday.
  private static let weights = [1.15, 1.05, 1.0, 1.0, 0.9, 0.75, 1.15]

  init(days: Int, customers: Int, from: CivilDate) {
    // 1970-01-01 was a Thursday.
    let weights = (0..<days).map { Self.weights[(from.daysSinceEpoch + $0 + 3) % 7] }
    let total = weights.reduce(0, +)
    var before = 0.0
    for weight in weights {
      firstNumber.append(Int((before / total * Double(customers)).rounded()))
      before += weight
    }
    firstNumber.append(customers)
  }

  /// The day of a customer; customers are asked for in rising order.
  mutating func day(of number: Int) -> Int {
    while at + 1 < firstNumber.count - 1, firstNumber[at + 1] <= number { at += 1 }
    return at
  }
}
