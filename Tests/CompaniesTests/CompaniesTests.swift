import Events
import Experience
import Foundation
import Testing

@testable import Companies

@Suite
struct `A made-up world` {
  @Test(arguments: Company.allCases)
  func `is the same for the same seed, and another for another`(company: Company) throws {
    let first = try bytes(company, seed: 5)
    #expect(try bytes(company, seed: 5) == first)
    #expect(try bytes(company, seed: 6) != first)
  }

  private func bytes(_ company: Company, seed: UInt64) throws -> [UInt8] {
    var all: [UInt8] = []
    _ = try CompanyWorld(company, seed: seed, customers: 150).writeLines { all += $0 }
    return all
  }

  @Test(arguments: Company.allCases)
  func `is written as one JSON object a line that says it is made up`(company: Company) throws {
    let lines = try bytes(company, seed: 3).split(separator: UInt8(ascii: "\n"))
    #expect(lines.count > 300)
    for line in lines {
      let row = try #require(
        try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
      let id = try #require(row["user_id"] as? String ?? row["anonymous_id"] as? String)
      #expect(!Identity.placeholders.contains(id))
      #expect((row["message_id"] as? String)?.hasPrefix("made-up-\(company.rawValue)-") == true)
      #expect((row["time"] as? String)?.hasSuffix("Z") == true)
      #expect(row["event"] is String && row["properties"] is [String: Any])
    }
  }

  @Test(arguments: Company.allCases)
  func `arrives in order, though it did not happen in that order`(company: Company) throws {
    let world = try CompanyWorld(company, seed: 2, customers: 400)
    var made: [MadeEvent] = []
    let truths = world.visit { made.append($0) }
    let pairs = zip(made, made.dropFirst())
    #expect(pairs.allSatisfy { $0.receivedAt <= $1.receivedAt })
    #expect(pairs.contains { $0.event.time > $1.event.time })
    #expect(made.allSatisfy { $0.event.time <= $0.receivedAt && $0.receivedAt < world.end })

    let messages = Dictionary(grouping: made) { $0.event.messageID }
    #expect(messages.count == truths.events)
    #expect(made.count == truths.events + truths.resent)
    #expect(truths.resent > 0 && truths.late > 0)
    #expect(messages.values.allSatisfy { Set($0.map(\.event)).count == 1 })
    #expect(made.map(\.event.time).max() == truths.watermark)
    #expect(made.contains { $0.event.identity.namespace == .anonymous })
    #expect(made.contains { $0.event.linked != nil })
  }

  @Test(arguments: [(0, 90), (-1, 90), (5_000_001, 90), (10, 0), (10, 1_462)])
  func `has limits`(customers: Int, days: Int) {
    #expect(throws: Refusal.self) {
      try CompanyWorld(.shop, customers: customers, days: days)
    }
  }

  @Test(arguments: [1, 2, 40])
  func `may be very small`(days: Int) throws {
    for company in Company.allCases {
      let truths = try CompanyWorld(company, customers: 3, days: days).truths()
      #expect(truths.journeys.allSatisfy { $0.cases.total <= 30 })
    }
  }

  @Test func `holds the story worth finding`() throws {
    let world = try CompanyWorld(.shop, seed: 11, customers: 4_000)
    var checkouts: [String: Set<Identity>] = [:]
    var payments: [String: Set<Identity>] = [:]
    let truths = world.visit { made in
      guard case .string(let channel) = made.event.properties["channel"] else { return }
      switch made.event.name {
      case "Checkout Started": checkouts[channel, default: []].insert(made.event.identity)
      case "Payment Submitted": payments[channel, default: []].insert(made.event.identity)
      default: break
      }
    }
    func lost(_ channel: String) -> Double {
      1 - Double(payments[channel, default: []].count)
        / Double(max(1, checkouts[channel, default: []].count))
    }
    // Returning customers try more than once, so fewer of them are lost for good.
    #expect(lost("app") > 1.3 * lost("web"))

    let journey = try #require(truths.journey("first_order"))
    let notice = try #require(journey.steps.first { $0.touchpoints == ["delivery_notice"] })
    #expect((0.2...0.3).contains(Double(notice.late ?? 0) / Double(notice.cases)))
    #expect((0.02...0.07).contains(Double(notice.offChannel) / Double(notice.interactions)))
    let payment = try #require(journey.steps.first { $0.touchpoints == ["payment"] })
    #expect((0.08...0.17).contains(Double(payment.casesRepeating) / Double(payment.cases)))
    let rates = journey.starts.map { Double($0.cases.completed) / Double($0.cases.total) }
    #expect(rates[0] < rates[1] && rates[1] < rates[2])
    #expect(journey.steps[1].skipped > 0 && journey.cases.open > 0 && journey.cases.ended > 0)
  }

  @Test func `lets customers feel what employees feel`() throws {
    let world = try CompanyWorld(.shop, seed: 4, customers: 6_000)
    var teams: [Identity: String] = [:]
    var heard: [String: [Double]] = [:]
    _ = world.visit { made in
      let event = made.event
      if case .string(let team)? = event.properties["traits.team"] { teams[event.identity] = team }
      guard event.name == "Survey Answered", case .number(let score)? = event.properties["score"],
        case .string(let survey)? = event.properties["survey"]
      else { return }
      let month = world.month(of: event.time.milliseconds)
      let who = teams[event.identity] ?? survey
      for name in [who, "\(who) \(month)"] { heard[name, default: []].append(score) }
    }
    func mean(_ name: String) -> Double {
      let scores = heard[name] ?? []
      return scores.reduce(0, +) / Double(max(1, scores.count))
    }
    #expect(Set(teams.values) == Set(world.company.staff.map(\.team)))
    #expect(teams.count == world.company.staff.reduce(0) { $0 + $1.count })
    #expect(mean("store") > mean("logistics") && mean("logistics") > mean("support") + 1)
    #expect(mean("web 0") > mean("web 2") + 0.5 && mean("growth 2") > mean("growth 0") + 0.5)
    // Customers of the web shop and of the store do likewise.
    #expect(mean("ordering 0") > mean("ordering 2"), "\(mean("ordering 0"))")
    #expect(mean("advice") > mean("letter") + 0.3)
  }
}

@Suite
struct `The planted truths` {
  @Test(arguments: Company.allCases)
  func `add up`(company: Company) throws {
    let truths = try CompanyWorld(company, seed: 9, customers: 600).truths()
    #expect(truths.journeys.count == company.planned.count)
    for journey in truths.journeys {
      let cases = journey.cases
      #expect(cases.total > 0, "\(journey.name) is never walked")
      #expect(cases.completed > 0, "\(journey.name) is never completed")
      #expect(cases.total == cases.completed + cases.ended + cases.abandoned + cases.open)
      #expect(journey.starts.reduce(0) { $0 + $1.cases.total } == cases.total)
      #expect(journey.starts.reduce(0) { $0 + $1.cases.completed } == cases.completed)
      for step in journey.steps {
        #expect(step.casesByStart.reduce(0, +) == step.cases)
        #expect(step.cases <= step.reached && step.reached <= cases.total)
        #expect(step.interactions >= step.cases)
      }
      #expect(zip(journey.steps, journey.steps.dropFirst()).allSatisfy { $0.reached >= $1.reached })
      #expect(journey.steps.last?.cases == cases.completed)
    }
    let again = try JSONDecoder().decode(
      PlantedTruths.self, from: JSONEncoder().encode(truths))
    #expect(again == truths)
  }

  @Test(arguments: Company.allCases, [1, 2, 3] as [UInt64])
  func `are found again by a plain recount through the example's rules and links`(
    company: Company, seed: UInt64
  ) throws {
    let world = try CompanyWorld(company, seed: seed, customers: 350)
    var events: [Event] = []
    let truths = world.visit { events.append($0.event) }
    let experience = try example(company)
    let recount = Recount(events, experience)
    for truth in truths.journeys {
      let journey = try #require(experience.journey(truth.name))
      let found = recount.measure(journey)
      #expect(found.outcomes == truth.starts.map(\.cases), "\(truth.name)")
      #expect(found.met == truth.steps.map(\.cases), "\(truth.name)")
      #expect(found.interactions == truth.steps.map(\.interactions), "\(truth.name)")
    }
  }
}
